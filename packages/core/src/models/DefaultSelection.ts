import type * as Schema from "effect/Schema"
import { isEmbedded, isRunnable, type Listed } from "./Catalogue.ts"
import type { Model } from "./Model.ts"
import { proportion, sizeProblem } from "./OutputSize.ts"
import { problems } from "./Parameters.ts"

/**
 * Chooses the model and fills tier parameters (contract/api.md 7.7, decision D1.6). Pure: what a choice costs and
 * whether that fits the caller's guard comes in as functions.
 */
export type IntentClass = "budget_draft" | "final" | "general"

export interface Wish {
  readonly intent: string
  readonly provider: string | null
  readonly aspectRatio: string
  readonly outputCount: number
  readonly parameters: { readonly [name: string]: Schema.Json }
}

export interface Budget {
  /** Credits of the whole operation with these effective parameters. */
  readonly credits: (model: Model, parameters: Wish["parameters"]) => number
  readonly fits: (credits: number) => boolean
  /** Whether this may run without a question: the cost is known beforehand, or the caller accepts that it is not. */
  readonly isSettled: (model: Model, parameters: Wish["parameters"]) => boolean
}

export interface Chosen {
  readonly model: Model
  /** The caller's parameters and the defaults that were filled in. */
  readonly parameters: Wish["parameters"]
  readonly defaultsApplied: ReadonlyArray<string>
  /** Set when the guard forced something lower than the policy prefers, with what the preferred one costs. */
  readonly downgradedFrom: { readonly model: Model; readonly credits: number } | null
}

export type Considered = {
  readonly model: Model
  readonly outcome: "selected" | "over_budget" | "unknown_cost" | "unsupported"
}

export type Selection =
  | { readonly _tag: "Chosen"; readonly chosen: Chosen; readonly considered: ReadonlyArray<Considered> }
  /** Nothing can run here at all. */
  | { readonly _tag: "NothingRunnable" }
  /** Models run, but none takes this combination of count, aspect ratio and parameters. */
  | { readonly _tag: "NothingFitting"; readonly candidates: ReadonlyArray<Model> }
  | { readonly _tag: "OverBudget"; readonly cheapestCredits: number }

const intentClasses: { readonly [intent: string]: IntentClass } = {
  cheap: "budget_draft",
  budget: "budget_draft",
  draft: "budget_draft",
  test: "budget_draft",
  final: "final",
  finalize: "final",
  hero: "final",
  product: "final",
  "product-shot": "final",
  campaign: "final",
  publication: "final",
  deliverable: "final"
}

export const intentClass = (intent: string): IntentClass => {
  const word = intent.trim().toLowerCase()
  return Object.hasOwn(intentClasses, word) ? (intentClasses[word] ?? "general") : "general"
}

const quality = "xai.grok-imagine-image-quality"
const preferences: { readonly [C in IntentClass]: ReadonlyArray<string> } = {
  budget_draft: ["fal.flux-dev", quality, "xai.grok-imagine-image", "openai.gpt-image-2"],
  final: [quality, "fal.flux-dev", "xai.grok-imagine-image", "openai.gpt-image-2"],
  general: [quality, "fal.flux-dev", "xai.grok-imagine-image", "openai.gpt-image-2"]
}

/** What may be chosen for somebody who names no model: it runs here, and it is not on its way out. */
export const isChoosable = (row: Listed): boolean => isRunnable(row) && row.model.deprecation === undefined

/** Image create models in the order in which the policy prefers them; embedded ones last. */
export const preferenceOrder = (
  listed: ReadonlyArray<Listed>,
  intent: IntentClass,
  listedCredits: (model: Model) => number
): ReadonlyArray<Listed> => {
  const order = preferences[intent]
  const rank = ({ model }: Listed): number => {
    const preferred = order.indexOf(model.id)
    return isEmbedded(model) ? 2 * order.length : preferred === -1 ? order.length : preferred
  }
  return listed
    .filter(({ model }) => model.operation === "image.generate" && model.inputImage === "none")
    .map((row) => ({ row, rank: rank(row), credits: listedCredits(row.model) }))
    .toSorted((left, right) => left.rank - right.rank || left.credits - right.credits)
    .map(({ row }) => row)
}

/**
 * The first runnable model of the order that takes the wish and fits the budget, with its tier. One whose cost would
 * have to be accepted first is chosen only where there is no other.
 */
export const choose = (ordered: ReadonlyArray<Listed>, wish: Wish, budget: Budget): Selection => {
  const runnable = ordered.filter(
    (row) => isChoosable(row) && (wish.provider === null || row.model.provider === wish.provider)
  )
  if (runnable.length === 0) return { _tag: "NothingRunnable" }
  const hosted = runnable.filter(({ model }) => !isEmbedded(model))
  const candidates = (hosted.length > 0 ? hosted : runnable).map(({ model }) => model)
  const fitting = candidates.filter((model) => accepts(model, wish))
  if (fitting.length === 0) return { _tag: "NothingFitting", candidates }
  const priced = fitting.map((model) => priceTier(model, wish, budget))
  const settled = priced.filter(({ model, parameters }) => budget.isSettled(model, parameters))
  return chooseFrom({ candidates, fitting, pool: settled.length > 0 ? settled : priced }, wish, budget)
}

/** What is left to choose from: `pool` are the models of `fitting` that come into question, in the order of the policy. */
export interface Field {
  readonly candidates: ReadonlyArray<Model>
  readonly fitting: ReadonlyArray<Model>
  readonly pool: ReadonlyArray<Tiered>
}

/** The first of the pool that the budget allows, with what was passed over and why. */
export const chooseFrom = ({ candidates, fitting, pool }: Field, wish: Wish, budget: Budget): Selection => {
  const chosen = pool.find(({ credits }) => budget.fits(credits))
  if (chosen === undefined) {
    return { _tag: "OverBudget", cheapestCredits: Math.min(...pool.map(({ model }) => cheapest(model, wish, budget))) }
  }
  const inPool = pool.map(({ model }) => model)
  const outcomeOf = (model: Model): Considered["outcome"] => {
    if (model === chosen.model) return "selected"
    if (!fitting.includes(model)) return "unsupported"
    return inPool.includes(model) ? "over_budget" : "unknown_cost"
  }
  return {
    _tag: "Chosen",
    chosen: { ...chosen, downgradedFrom: downgrade(inPool, chosen, wish, budget) },
    considered: candidates.slice(0, candidates.indexOf(chosen.model) + 1).map((model): Considered => ({
      model,
      outcome: outcomeOf(model)
    }))
  }
}

/** A named model still gets its tier default (contract/api.md 7.7). */
export const chooseNamed = (model: Model, wish: Wish, budget: Budget): Chosen => {
  const chosen = priceTier(model, wish, budget)
  return { ...chosen, downgradedFrom: downgrade([model], chosen, wish, budget) }
}

/** Whether a model takes the count, the aspect ratio and the parameters together. */
export const accepts = (model: Model, wish: Wish): boolean =>
  wish.outputCount <= model.maxOutputs &&
  takesRatio(model, wish.aspectRatio) &&
  problems(model, wish.parameters).length === 0 &&
  sizeProblem(model, wish.parameters, wish.aspectRatio) === null

export const takesRatio = ({ aspectRatios }: Model, aspectRatio: string): boolean =>
  aspectRatios.values.includes(aspectRatio) || aspectRatios.ignored === aspectRatio

/** A model with its tier filled in, and what that costs. */
export interface Tiered {
  readonly model: Model
  readonly parameters: Wish["parameters"]
  readonly defaultsApplied: ReadonlyArray<string>
  readonly credits: number
}

/** Fills the tier parameter of the model: the best one that fits, else the lowest. */
export const priceTier = (model: Model, wish: Wish, budget: Budget): Tiered => {
  const tiers = tierDefaults(model, wish)
  const filled = tiers.map((defaults) => fill(model, wish, defaults, budget))
  return filled.find(({ credits }) => budget.fits(credits)) ?? filled.at(-1) ?? fill(model, wish, {}, budget)
}

const cheapest = (model: Model, wish: Wish, budget: Budget): number =>
  Math.min(...[{}, ...tierDefaults(model, wish)].map((defaults) => fill(model, wish, defaults, budget).credits))

const fill = (model: Model, wish: Wish, defaults: { readonly [name: string]: string }, budget: Budget): Tiered => {
  const missing = Object.entries(defaults).filter(([name]) => wish.parameters[name] === undefined)
  const parameters = { ...wish.parameters, ...Object.fromEntries(missing) }
  return {
    model,
    parameters,
    defaultsApplied: missing.map(([name, value]) => `${name}=${value}`),
    credits: budget.credits(model, parameters)
  }
}

/** The tiers of a model from the preferred one down. Models without a tier rule have none. */
const tierDefaults = ({ id, provider }: Model, wish: Wish): ReadonlyArray<{ readonly [name: string]: string }> => {
  const draft = intentClass(wish.intent) === "budget_draft"
  switch (id) {
    case quality:
      return draft ? [{ resolution: "1k" }] : [{ resolution: "2k" }, { resolution: "1k" }]
    case "fal.flux-dev":
      return [imageSizeFor(wish.aspectRatio)]
    case "fal.z-image-turbo":
      return [imageSizeFor(wish.aspectRatio)]
    case "openai.gpt-image-2":
      return [
        { quality: "medium", ...openAiSize(wish.aspectRatio) },
        { quality: "low", ...openAiSize(wish.aspectRatio) }
      ]
    default:
      return provider === "openai" ? [openAiSize(wish.aspectRatio)] : []
  }
}

const imageSizes: { readonly [aspectRatio: string]: string } = {
  "1:1": "square_hd",
  "4:3": "landscape_4_3",
  "3:4": "portrait_4_3",
  "16:9": "landscape_16_9",
  "9:16": "portrait_16_9"
}

const imageSizeFor = (aspectRatio: string): { readonly [name: string]: string } => {
  const preset = imageSizes[aspectRatio]
  return preset === undefined ? {} : { image_size: preset }
}

/** Square, taller or wider (contract/api.md 13, notes). */
const openAiSize = (aspectRatio: string): { readonly [name: string]: string } => {
  const ratio = proportion(aspectRatio)
  if (ratio === null) return {}
  return { size: ratio === 1 ? "1024x1024" : ratio < 1 ? "1024x1536" : "1536x1024" }
}

/** What the policy would have taken without a guard, when that is not what was chosen. */
const downgrade = (
  fitting: ReadonlyArray<Model>,
  chosen: Tiered,
  wish: Wish,
  budget: Budget
): Chosen["downgradedFrom"] => {
  const [first] = fitting
  if (first === undefined) return null
  const best = fill(first, wish, tierDefaults(first, wish)[0] ?? {}, budget)
  const same = best.model === chosen.model && best.defaultsApplied.join() === chosen.defaultsApplied.join()
  return same ? null : { model: best.model, credits: best.credits }
}
