import { creditsToUsd, creditUnitUsd } from "../credits/Credits.ts"
import { roundUp } from "../credits/Pricing.ts"
import type { GuideWish, ModelFacts } from "./GuideFacts.ts"

/** What one output is expected to cost; null where the service does not say. */
export interface Cost {
  readonly credits: number | null
  readonly debitUsd: number | null
  readonly providerUsd: number | null
  readonly creditUnitUsd: number
  readonly confidence: string | null
}

/**
 * The model a create would name (contract/cli.md 9.3): the one asked for, else the first that can run, in the order of
 * the service, and within the cap if any is. A provider narrows the choice where the service has rows of it.
 */
export const pickModel = (models: ReadonlyArray<ModelFacts>, wish: GuideWish): ModelFacts | null => {
  const executable = models.filter(isExecutableCreate)
  if (wish.model !== null) return executable.find(({ id }) => id === wish.model) ?? null
  const provided = executable.filter(({ provider }) => wish.provider !== null && provider === wish.provider)
  const candidates = provided.length > 0 ? provided : executable
  const { cap } = wish
  const affordable = cap === null ? candidates : candidates.filter((model) => fits(model, cap.usd))
  return affordable[0] ?? candidates[0] ?? null
}

/** Where nothing was said of a provider, or nothing is known of the model's, none contradicts the other. */
export const isOfProvider = ({ provider }: ModelFacts, wish: GuideWish): boolean =>
  wish.provider === null || provider === null || provider === wish.provider

const isExecutableCreate = ({ executionStatus, status, supports }: ModelFacts): boolean =>
  status === "available" && executionStatus === "executable" && supports.includes("create")

const fits = (model: ModelFacts, capUsd: number): boolean => {
  const estimate = debitEstimate(model)
  return estimate === null || estimate <= capUsd + 1e-9
}

/** The debit where it is known, else the provider's cost in its place. */
const debitEstimate = ({ estimatedUsdPerImage, pricing }: ModelFacts): number | null =>
  pricing?.estimatedRevenueUsd ??
  estimatedUsdPerImage ??
  pricing?.estimatedProviderCostUsd ??
  pricing?.fallbackProviderCostUsd ??
  null

export const costOf = (model: ModelFacts | null): Cost => {
  const pricing = model?.pricing ?? null
  const providerUsd =
    model?.estimatedUsdPerImage ?? pricing?.estimatedProviderCostUsd ?? pricing?.fallbackProviderCostUsd ?? null
  return {
    credits: pricing?.creditsRequired ?? null,
    debitUsd: pricing?.estimatedRevenueUsd ?? providerUsd,
    providerUsd,
    creditUnitUsd: pricing?.creditUnitUsd ?? creditUnitUsd,
    confidence: pricing?.pricingConfidence ?? null
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
