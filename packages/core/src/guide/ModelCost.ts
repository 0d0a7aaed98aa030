import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { creditsToUsd, creditUnitUsd } from "../credits/Credits.ts"
import { roundUp } from "../credits/Pricing.ts"
import type { GuideWish, ModelFacts, TierFacts } from "./GuideFacts.ts"

/** What one output is expected to cost; null where the service does not say. */
export interface Cost {
  readonly credits: number | null
  readonly debitUsd: number | null
  readonly providerUsd: number | null
  readonly creditUnitUsd: number
  readonly confidence: string | null
  /** Whether the row's own price stands, or that of a tier that parameters choose. */
  readonly source: "model_registry" | "model_parameters" | null
  /** What the service fills in by itself, as `name=value`. */
  readonly defaultsApplied: ReadonlyArray<string>
}

/**
 * The price under the parameters that a create will really have: the caller's, and those that the service fills in
 * (contract/api.md 7.7). Of several tiers it is the best that the cap allows, else the last.
 */
export const costOf = (model: ModelFacts | null, wish: GuideWish): Cost => {
  const listed = listedCost(model)
  if (model === null || model.tiers.length === 0) return listed
  const given = Option.getOrElse(parse(wish.modelParametersJson ?? "{}"), () => ({}))
  const tiered = defaultsFor(model.id, wish).flatMap((defaults) => {
    const missing = Object.entries(defaults).filter(([name]) => !Object.hasOwn(given, name))
    const parameters = { ...given, ...Object.fromEntries(missing) }
    const tier = model.tiers.find(({ when }) => isMet(when, parameters))
    return tier === undefined ? [] : [tierCost(tier, listed, missing)]
  })
  const { cap } = wish
  return tiered.find((cost) => cap === null || isWithin(cost, cap.usd)) ?? tiered.at(-1) ?? listed
}

const parse = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.JsonObject))

const isMet = (when: TierFacts["when"], parameters: { readonly [name: string]: Schema.Json }): boolean =>
  Object.keys(when).length > 0 && Object.entries(when).every(([name, value]) => parameters[name] === value)

const tierCost = (
  { creditsRequired, providerUsd }: TierFacts,
  listed: Cost,
  missing: ReadonlyArray<readonly [name: string, value: string]>
): Cost => ({
  ...listed,
  credits: creditsRequired,
  debitUsd: creditsRequired * listed.creditUnitUsd,
  providerUsd,
  source: "model_parameters",
  defaultsApplied: missing.map(([name, value]) => `${name}=${value}`)
})

const listedCost = (model: ModelFacts | null): Cost => {
  const pricing = model?.pricing ?? null
  const providerUsd =
    model?.estimatedUsdPerImage ?? pricing?.estimatedProviderCostUsd ?? pricing?.fallbackProviderCostUsd ?? null
  return {
    credits: pricing?.creditsRequired ?? null,
    debitUsd: pricing?.estimatedRevenueUsd ?? providerUsd,
    providerUsd,
    creditUnitUsd: pricing?.creditUnitUsd ?? creditUnitUsd,
    confidence: pricing?.pricingConfidence ?? null,
    source: model === null ? null : "model_registry",
    defaultsApplied: []
  }
}

export const isWithin = ({ debitUsd }: Pick<Cost, "debitUsd">, capUsd: number): boolean =>
  debitUsd === null || debitUsd <= capUsd + 1e-9

const drafts: ReadonlySet<string> = new Set(["cheap", "budget", "draft", "test"])

/** Whether an intent asks for a draft; every other one is for quality (contract/after-0.1.24.md 5). */
export const isDraft = ({ intent }: Pick<GuideWish, "intent">): boolean =>
  drafts.has(intent?.trim().toLowerCase() ?? "")

/** What the service fills in where the caller says nothing, the preferred tier first. A test holds it equal to the service. */
const defaultsFor = (id: string, wish: GuideWish): ReadonlyArray<{ readonly [name: string]: string }> => {
  const square = (wish.aspectRatio ?? "1:1") === "1:1" ? { size: "1024x1024" } : {}
  switch (id) {
    case "xai.grok-imagine-image-quality":
      return isDraft(wish) ? [{ resolution: "1k" }] : [{ resolution: "2k" }, { resolution: "1k" }]
    case "openai.gpt-image-2":
      return [
        { quality: "medium", ...square },
        { quality: "low", ...square }
      ]
    default:
      return [{}]
  }
}

/** The credits of everything that is asked for; an upper bound, since several outputs are priced together. */
export const creditsNeeded = ({ credits }: Cost, { outputCount }: GuideWish): number | null =>
  credits === null ? null : credits * (outputCount ?? 1)

/** The cap that the create command states: the caller's own, else one that covers the debit (contract/cli.md 9.4). */
export const guardUsd = (cost: Cost): number => {
  if (cost.debitUsd !== null) return roundUp(cost.debitUsd)
  return cost.credits === null ? 0.07 : creditsToUsd(cost.credits)
}
