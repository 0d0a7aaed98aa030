import * as Result from "effect/Result"
import { needsConfirmation, priceOf } from "../credits/ModelPrice.ts"
import { type BudgetGuard, exceeded, type Price } from "../credits/Pricing.ts"
import type { Refusal } from "../envelope/Refusal.ts"
import { isEmbedded, isRunnable, type Listed } from "../models/Catalogue.ts"
import {
  type Budget,
  type Chosen,
  type Considered,
  intentClass,
  takesRatio,
  type Wish
} from "../models/DefaultSelection.ts"
import { capabilityId, type Model } from "../models/Model.ts"
import { deprecationNotice, resolveModelId } from "../models/ModelAliases.ts"
import { expectedOutput, type ExpectedOutput, sizeProblem } from "../models/OutputSize.ts"
import { problems } from "../models/Parameters.ts"
import { type Reference, referenceProblem } from "../models/References.ts"
import * as EditRefusals from "./EditRefusals.ts"
import type { JobMedia, JobRequest, SelectionPolicy, SelectionReceipt } from "./Job.ts"
import { mediaOf, type MediaWish, referencesIn } from "./MediaWish.ts"
import * as Refusals from "./Refusals.ts"

/** Everything that a create or an edit will do, decided before anything is spent. */
export interface MediaPlan {
  readonly model: Model
  readonly prompt: string
  readonly parameters: Wish["parameters"]
  readonly aspectRatio: string
  readonly outputCount: number
  readonly media: ReadonlyArray<JobMedia>
  readonly visibility: JobMedia["visibility"]
  readonly price: Price
  readonly guard: BudgetGuard
  readonly expected: ExpectedOutput
  readonly selection: SelectionReceipt
  readonly modelParameters: JobRequest["modelParameters"]
  readonly warnings: ReadonlyArray<string>
}

export interface Picked {
  readonly chosen: Chosen
  readonly considered: ReadonlyArray<Considered>
}

/** Every source image but the primary one, which a price may count (contract/api.md 6.3). */
const furtherSources = ({ media }: MediaWish): number =>
  Math.max(0, mediaOf({ media }, "input").length - 1) + referencesIn(media).length

export const priceFor = (model: Model, parameters: Wish["parameters"], wish: MediaWish): Price =>
  priceOf({
    model,
    parameters,
    outputCount: wish.outputCount,
    referenceCount: furtherSources(wish),
    size: expectedOutput(model, parameters, wish.aspectRatio).size
  })

export const budgetFor = (wish: MediaWish): Budget => ({
  credits: (model, parameters) => priceFor(model, parameters, wish).credits,
  fits: (credits) => exceeded(credits, wish.outputCount, wish.guard) === null,
  isSettled: (model, parameters) => wish.acceptUnknownCost || priceFor(model, parameters, wish).confidence !== "unknown"
})

export const overBudget = (wish: MediaWish, credits: number): Refusal | null => {
  const broken = exceeded(credits, wish.outputCount, wish.guard)
  return broken === null ? null : Refusals.overBudget(wish, broken)
}

export const findNamed = (
  wish: MediaWish,
  id: string,
  listed: ReadonlyArray<Listed>
): Result.Result<Model, Refusal> => {
  const known = resolveModelId(
    id,
    listed.map(({ model }) => model)
  )
  const row = listed.find(({ model }) => model.id === known)
  if (row === undefined)
    return Result.fail(
      Refusals.modelNotFound(
        id,
        listed.map(({ model }) => model.id)
      )
    )
  const { model } = row
  if (wish.provider !== null && wish.provider !== model.provider)
    return Result.fail(Refusals.providerMismatch(wish.provider, model))
  if (model.endpoint !== wish.operation) return Result.fail(Refusals.wrongEndpoint(model, wish))
  return isRunnable(row) ? Result.succeed(model) : Result.fail(Refusals.modelNotExecutable(row))
}

/** What is wrong with the native parameters, the ratio, the count and the size. */
export const unfit = (model: Model, wish: MediaWish): Refusal | null => {
  const wrong = problems(model, wish.parameters)
  if (wrong.length > 0) return Refusals.parametersInvalid(model, wrong)
  if (!takesRatio(model, wish.aspectRatio)) return Refusals.aspectRatioNotSupported(model, wish.aspectRatio)
  if (wish.outputCount > model.maxOutputs) return Refusals.tooManyOutputs(model, wish.outputCount)
  const size = sizeProblem(model, wish.parameters, wish.aspectRatio)
  return size === null ? null : Refusals.sizeRefused(model, wish, size)
}

/** What is wrong with the references, by the rules of the model (contract/api.md 7.8). */
export const wrongReferences = (model: Model, media: ReadonlyArray<JobMedia>): Refusal | null => {
  const references = referencesIn(media)
  if (references.length === 0) return null
  const facts = new Map(
    references.map(({ assetId, contentLength, mimeType, size }) => [
      assetId,
      { mimeType, contentLength, width: size?.width ?? null, height: size?.height ?? null }
    ])
  )
  const problem = referenceProblem(model, references.map(asReference), facts)
  return problem === null ? null : EditRefusals.referencesWrong(model, problem)
}

const asReference = ({ role, task, ...reference }: JobMedia): Reference => ({
  ...reference,
  role: role === "input" || role === "mask" ? "reference_image" : role,
  referenceTask: task
})

/** Price and guards, the last of what a plan judges. */
export const priced = (
  model: Model,
  parameters: Wish["parameters"],
  wish: MediaWish
): Result.Result<Price, Refusal> => {
  const price = priceFor(model, parameters, wish)
  if (price.confidence === "unknown" && !wish.acceptUnknownCost && !wish.dryRun)
    return Result.fail(Refusals.unknownCost(model, wish))
  const tooDear = overBudget(wish, price.credits)
  return tooDear === null ? Result.succeed(price) : Result.fail(tooDear)
}

export const assemble = (
  wish: MediaWish,
  { chosen, considered }: Picked,
  price: Price,
  media: ReadonlyArray<JobMedia>
): MediaPlan => {
  const { model } = chosen
  const keys = Object.keys(chosen.parameters)
  const expected = expectedOutput(model, chosen.parameters, wish.aspectRatio)
  return {
    model,
    prompt: wish.prompt,
    parameters: chosen.parameters,
    aspectRatio: wish.aspectRatio,
    outputCount: wish.outputCount,
    media,
    visibility: wish.visibility ?? (media.some(({ visibility }) => visibility === "private") ? "private" : "public"),
    price,
    guard: wish.guard,
    expected,
    selection: {
      policy: policyOf(wish),
      reason: reasonFor(wish, chosen),
      intent: wish.intent,
      intentClass: intentClass(wish.intent),
      parameterKeys: keys,
      defaultsApplied: chosen.defaultsApplied,
      output: expected,
      considered: considered.map((row) => ({ capabilityId: capabilityId(row.model), outcome: row.outcome })),
      preferredCredits: chosen.downgradedFrom?.credits ?? null
    },
    modelParameters: {
      acceptedKeys: keys,
      provenance: Object.fromEntries(
        keys.map((key) => [key, wish.parameters[key] === undefined ? "default_policy" : "request"])
      )
    },
    warnings: warningsFor(wish, chosen, price)
  }
}

const policyOf = ({ model, operation }: MediaWish): SelectionPolicy => {
  if (model !== null) return "explicit_model"
  return operation === "create" ? "hosted_default_create_v1" : "hosted_default_edit_v1"
}

const reasonFor = ({ model }: MediaWish, chosen: Chosen): string => {
  if (model !== null) return "the request names the model"
  return chosen.downgradedFrom === null
    ? "first model of the preference order that can run here"
    : "the guard does not cover the preferred model or tier; this is the best one that it covers"
}

const warningsFor = (wish: MediaWish, { downgradedFrom, model }: Chosen, price: Price): ReadonlyArray<string> => [
  ...(isEmbedded(model) && wish.model === null ? [embeddedNotice[wish.operation]] : []),
  ...deprecationNotice(model),
  ...(downgradedFrom === null
    ? []
    : [
        `the budget guard forces a lower choice; the preferred one needs ${downgradedFrom.credits} credits for this request`
      ]),
  ...(price.confidence === "unknown" ? ["the cost is not known before the run; a stand-in price is reserved"] : []),
  ...(wish.dryRun && needsConfirmation(model) ? ["a live run needs --accept-unknown-cost"] : [])
]

const embeddedNotice: { readonly [O in MediaWish["operation"]]: string } = {
  create:
    "no hosted model can run here, so an embedded one is used: a rule-based illustrator that draws known words, not a neural model",
  edit: "no hosted model can run here, so an embedded one is used: it changes pictures by rules, not by a neural model"
}
