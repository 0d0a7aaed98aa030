import * as Schema from "effect/Schema"
import { wire } from "../envelope/Wire.ts"
import { Credits, creditUnitUsd, creditsToUsd, type MicroUsd, microUsdPerCredit, toUsd } from "./Credits.ts"

/**
 * `known`: the catalogue or the parameters fix it. `estimated`: from a token table. `unknown`: only after the run; the
 * fallback sizes the reservation. `settled`: from what the provider reported.
 */
export const PricingConfidence = Schema.Literals(["known", "estimated", "unknown", "settled"])
export type PricingConfidence = typeof PricingConfidence.Type

export const PricingSource = Schema.Literals([
  "model_registry",
  "model_parameters",
  "token_table",
  "provider_usage",
  "fallback"
])
export type PricingSource = typeof PricingSource.Type

/** The price of one operation over all its outputs. `providerCost` is null while nobody can know it. */
export interface Price {
  readonly credits: Credits
  readonly providerCost: MicroUsd | null
  readonly fallbackCost: MicroUsd | null
  readonly confidence: PricingConfidence
  readonly source: PricingSource
}

const targetMarginPercent = 40

/**
 * `max(1, ceil(cost / 0.6 / 0.01))`, in integers: a credit is bought with 6,000 millionths of provider cost. The inner
 * rounding of the published formula (contract/api.md 6.1) exists to hide binary fractions and cannot change an exact
 * quotient, whose smallest distance above a whole number is 1/6,000. What costs nothing is free (decision D1.5).
 */
export const creditsFor = (providerCost: MicroUsd): Credits =>
  Credits.make(
    providerCost === 0
      ? 0
      : Math.max(1, Math.ceil(providerCost / ((microUsdPerCredit * (100 - targetMarginPercent)) / 100)))
  )

export const known = (
  providerCost: MicroUsd,
  source: PricingSource,
  confidence: PricingConfidence = "known"
): Price => ({
  credits: creditsFor(providerCost),
  providerCost,
  fallbackCost: null,
  confidence,
  source
})

/** Nobody knows the cost before the run; `fallbackCost` stands in for it in the reservation (contract/api.md 6.6). */
export const unknown = (fallbackCost: MicroUsd): Price => ({
  credits: creditsFor(fallbackCost),
  providerCost: null,
  fallbackCost,
  confidence: "unknown",
  source: "fallback"
})

/** The `credit_pricing` object (contract/api.md 6.2). */
export const CreditPricing = wire({
  creditUnitUsd: Schema.Number,
  creditsRequired: Schema.Number,
  estimatedProviderCostUsd: Schema.NullOr(Schema.Number),
  fallbackProviderCostUsd: Schema.NullOr(Schema.Number),
  estimatedRevenueUsd: Schema.Number,
  estimatedGrossMargin: Schema.NullOr(Schema.Number),
  targetGrossMargin: Schema.Number,
  pricingConfidence: PricingConfidence,
  pricingSource: PricingSource,
  marginModel: Schema.Literal("provider_cost_plus_margin"),
  paymentFeeRate: Schema.Number,
  paymentFeeModel: Schema.Literal("stripe_stablecoin_usd_percent"),
  estimatedPaymentFeeUsd: Schema.Number,
  estimatedNetRevenueUsd: Schema.Number,
  estimatedFeeAdjustedMargin: Schema.NullOr(Schema.Number),
  selfFundable: Schema.Boolean,
  selfFundBlockReason: Schema.NullOr(Schema.Literal("payment_fee_margin_negative"))
})
export type CreditPricing = typeof CreditPricing.Type

export const creditPricing = (price: Price): CreditPricing => ({
  creditUnitUsd,
  creditsRequired: price.credits,
  estimatedProviderCostUsd: price.providerCost === null ? null : toUsd(price.providerCost),
  fallbackProviderCostUsd: price.fallbackCost === null ? null : toUsd(price.fallbackCost),
  estimatedRevenueUsd: creditsToUsd(price.credits),
  estimatedGrossMargin: grossMargin(price),
  targetGrossMargin: targetMarginPercent / 100,
  pricingConfidence: price.confidence,
  pricingSource: price.source,
  marginModel: "provider_cost_plus_margin",
  ...paymentFee(price)
})

/** What a payment of this debit would cost the operator. It is told and never added to the price (contract/api.md 6.1). */
const paymentFee = ({ credits, fallbackCost, providerCost }: Price) => {
  const debit = credits * microUsdPerCredit
  const fee = Math.round((debit * paymentFeePerMille) / 1000)
  const cost = providerCost ?? fallbackCost ?? 0
  const selfFundable = debit - fee - cost >= 0
  return {
    paymentFeeRate: paymentFeePerMille / 1000,
    paymentFeeModel: "stripe_stablecoin_usd_percent" as const,
    estimatedPaymentFeeUsd: fee / 1_000_000,
    estimatedNetRevenueUsd: (debit - fee) / 1_000_000,
    estimatedFeeAdjustedMargin: providerCost === null ? null : shareOf(debit - fee - providerCost, debit),
    selfFundable,
    selfFundBlockReason: selfFundable ? null : ("payment_fee_margin_negative" as const)
  }
}

/** 1.5 per cent (contract/api.md 16). */
const paymentFeePerMille = 15

/** To thousandths; nothing can be said of nothing. */
const shareOf = (part: number, whole: number): number | null =>
  whole === 0 ? null : Math.round((part / whole) * 1000) / 1000

/** The operator's share of the debit, to thousandths; nothing can be said while either side is unknown or zero. */
const grossMargin = ({ credits, providerCost }: Price): number | null => {
  if (providerCost === null) return null
  const debit = credits * microUsdPerCredit
  return shareOf(debit - providerCost, debit)
}

/** What the caller allows: `perOutput` guards the debit of one output, `total` that of the whole operation. */
export interface BudgetGuard {
  readonly perOutputUsd: number | null
  readonly totalUsd: number | null
}

export interface GuardExceeded {
  readonly guard: "max_estimated_usd_per_image" | "max_usd"
  readonly requiredUsd: number
}

/** The first guard that the debit breaks. Equal is allowed; a billionth of a dollar is not worth an argument. */
export const exceeded = (credits: number, outputCount: number, guard: BudgetGuard): GuardExceeded | null => {
  const perOutput = creditsToUsd(credits) / outputCount
  if (isBelow(guard.perOutputUsd, perOutput)) {
    return { guard: "max_estimated_usd_per_image", requiredUsd: roundUp(perOutput) }
  }
  const total = creditsToUsd(credits)
  return isBelow(guard.totalUsd, total) ? { guard: "max_usd", requiredUsd: total } : null
}

const isBelow = (guardUsd: number | null, usd: number): boolean => guardUsd !== null && usd > guardUsd + 1e-9

/** Up at the sixth decimal, so that the figure is sufficient when the caller gives it back (decision D3.5). */
export const roundUp = (usd: number): number => Math.ceil(Math.round(usd * 1e9) / 1e3) / 1e6
