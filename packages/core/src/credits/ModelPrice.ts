import type { Model, PriceRule, Tier } from "../models/Model.ts"
import type { Size } from "../models/Model.ts"
import { fromUsd, MicroUsd } from "./Credits.ts"
import { known, type Price, type PricingSource, unknown } from "./Pricing.ts"

/** Stands in for a cost that nobody can know before the run: 0.10 USD, so 17 credits (contract/api.md 6.6). */
const fallbackCost = fromUsd(0.1)

export interface Priced {
  readonly model: Model
  /** The effective parameters: the caller's and the defaults that were applied. */
  readonly parameters: { readonly [name: string]: unknown }
  readonly outputCount: number
  /** Source images besides the primary input. */
  readonly referenceCount: number
  /** Exact pixels of one output, where they are known beforehand. */
  readonly size: Size | null
}

/** The price of a whole operation: the cost of all outputs is added first, then turned into credits once. */
export const priceOf = ({ model, outputCount, parameters, referenceCount, size }: Priced): Price => {
  const rule = model.price
  switch (rule._tag) {
    case "Free":
      return known(MicroUsd.make(0), "model_registry")
    case "PerOutput":
      return known(MicroUsd.make(rule.microUsd * outputCount), "model_registry")
    case "Tiered": {
      const tier = tierFor(rule, parameters)
      return tier === undefined ? unknown(fallbackCost) : tierPrice(rule, tier, outputCount)
    }
    case "PerMegapixel":
      return size === null
        ? unknown(fallbackCost)
        : known(megapixelCost(rule.microUsd, size, outputCount), "model_parameters")
    case "SourcesAndOutputs": {
      const tier = match(rule.tiers, parameters) ?? match(rule.tiers, rule.listed)
      const cost = rule.sourceMicroUsd * (1 + referenceCount) + (tier?.microUsd ?? 0) * outputCount
      return known(MicroUsd.make(cost), "model_parameters")
    }
    case "Usage":
    case "Unknown":
      return unknown(fallbackCost)
  }
}

/** The price of one output at default settings, as lists show it; an edit is as large as an input nobody has seen. */
export const listedPrice = (model: Model): Price => {
  const rule = model.price
  const parameters = rule._tag === "Tiered" || rule._tag === "SourcesAndOutputs" ? rule.listed : {}
  const size = model.endpoint === "create" ? { width: 1024, height: 1024 } : null
  return withSource(priceOf({ model, parameters, outputCount: 1, referenceCount: 0, size }), "model_registry")
}

/** Every tier with its price, for the model's row. */
export const tierPrices = (model: Model): ReadonlyArray<{ readonly when: Tier["when"]; readonly price: Price }> => {
  const rule = model.price
  if (rule._tag !== "Tiered" && rule._tag !== "SourcesAndOutputs") return []
  return rule.tiers.map(({ when }) => ({
    when,
    price: priceOf({ model, parameters: when, outputCount: 1, referenceCount: 0, size: null })
  }))
}

/** Whether a live run at default settings must accept an unknown cost. */
export const needsConfirmation = (model: Model): boolean => listedPrice(model).confidence === "unknown"

const withSource = (price: Price, source: PricingSource): Price =>
  price.source === "model_parameters" ? { ...price, source } : price

const tierFor = (rule: Extract<PriceRule, { _tag: "Tiered" }>, parameters: Priced["parameters"]): Tier | undefined => {
  const names = new Set(rule.tiers.flatMap(({ when }) => Object.keys(when)))
  const silent = [...names].every((name) => parameters[name] === undefined)
  if (silent && rule.otherwise !== null) return match(rule.tiers, rule.otherwise)
  return match(rule.tiers, parameters)
}

const match = (tiers: ReadonlyArray<Tier>, parameters: Priced["parameters"]): Tier | undefined =>
  tiers.find(({ when }) => Object.entries(when).every(([name, value]) => parameters[name] === value))

const tierPrice = (rule: Extract<PriceRule, { _tag: "Tiered" }>, tier: Tier, outputCount: number): Price =>
  known(
    MicroUsd.make(tier.microUsd * outputCount),
    rule.tokenTable ? "token_table" : "model_parameters",
    rule.tokenTable ? "estimated" : "known"
  )

const megapixelCost = (microUsd: number, { height, width }: Size, outputCount: number): MicroUsd =>
  MicroUsd.make(Math.round((microUsd * width * height * outputCount) / 1_000_000))
