import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { isTrue, lenient, listOf, maybeBoolean, maybeNumber } from "../envelope/Lenient.ts"
import type { ModelFacts, ModelsFacts, PricingFacts } from "./GuideFacts.ts"
import { maybeAmount, maybeName, maybeWord, name, word } from "./ReadLimits.ts"

/**
 * Reads the rows of a model list, whole or compact (contract/after-0.1.24.md 5). A missing or odd field becomes its
 * fallback.
 */

const Pricing = Schema.Struct({
  credits_required: maybeAmount,
  credit_unit_usd: maybeAmount,
  estimated_provider_cost_usd: maybeAmount,
  fallback_provider_cost_usd: maybeAmount,
  estimated_revenue_usd: maybeAmount,
  pricing_confidence: maybeName
})

const Tier = Schema.Struct({
  when: Schema.Record(Schema.String, word),
  credits_required: Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0)),
  estimated_provider_cost_usd: maybeAmount
})

const maybeNames = lenient(Schema.NullOr(Schema.Array(name)), null)
const maybeRatios = lenient(
  Schema.NullOr(Schema.Union([Schema.Struct({ values: Schema.Array(word) }), Schema.Array(word)])),
  null
)
const maybeRequired = lenient(Schema.NullOr(Schema.Struct({ required: maybeBoolean })), null)

const Media = Schema.Struct({
  input: lenient(
    Schema.NullOr(
      Schema.Struct({
        prompt: maybeRequired,
        images: maybeRequired,
        accepts_input_images: maybeBoolean,
        aspect_ratios: maybeRatios
      })
    ),
    null
  ),
  output: lenient(Schema.NullOr(Schema.Struct({ max_outputs_per_request: maybeNumber })), null)
})

const Row = Schema.Struct({
  id: name,
  default: isTrue,
  status: maybeName,
  supports: listOf(Schema.String),
  provider_id: maybeName,
  modality: maybeWord,
  media: lenient(Schema.NullOr(Media), null),
  migration: lenient(Schema.NullOr(Schema.Struct({ aliases: maybeNames })), null),
  parameters: lenient(Schema.NullOr(Schema.Struct({ wired: maybeNames })), null),
  execution: lenient(Schema.NullOr(Schema.Struct({ model_execution_status: maybeName })), null),
  economics: lenient(
    Schema.NullOr(
      Schema.Struct({
        estimated_usd_per_image: maybeAmount,
        credit_pricing: lenient(Schema.NullOr(Pricing), null),
        tiers: listOf(Tier)
      })
    ),
    null
  ),
  // Later services send compact rows, with these at the top.
  model_execution_status: maybeName,
  credits_required: maybeAmount,
  estimated_usd_per_image: maybeAmount,
  pricing_confidence: maybeName,
  aspect_ratios: maybeRatios,
  accepts_input_images: maybeBoolean,
  max_outputs_per_request: maybeNumber
})
type Row = typeof Row.Type

const Models = Schema.Struct({
  models: listOf(Row),
  summary: lenient(Schema.NullOr(Schema.Struct({ executable: maybeNumber, cataloged_not_wired: maybeNumber })), null)
})

export const readModels = (data: Schema.Json): ModelsFacts => {
  const answer = Option.getOrNull(Schema.decodeUnknownOption(Models)(data))
  return {
    models: (answer?.models ?? []).flatMap((row) => (row === null ? [] : [modelFacts(row)])),
    executable: answer?.summary?.executable ?? 0,
    catalogedNotWired: answer?.summary?.cataloged_not_wired ?? 0
  }
}

const modelFacts = (row: Row): ModelFacts => ({
  id: row.id,
  isDefault: row.default,
  aliases: row.migration?.aliases ?? [],
  status: row.status,
  executionStatus: row.execution?.model_execution_status ?? row.model_execution_status,
  modality: row.modality,
  supports: row.supports.filter((entry) => entry !== null),
  provider: row.provider_id,
  needsImage:
    row.media?.input?.images?.required ?? row.media?.input?.accepts_input_images ?? row.accepts_input_images ?? false,
  takesPrompt: row.media?.input?.prompt?.required !== false,
  aspectRatios: ratiosOf(row.media?.input?.aspect_ratios ?? row.aspect_ratios),
  parameterNames: row.parameters?.wired ?? null,
  maxOutputs: row.media?.output?.max_outputs_per_request ?? row.max_outputs_per_request,
  estimatedUsdPerImage: row.economics?.estimated_usd_per_image ?? row.estimated_usd_per_image,
  pricing: pricingFacts(row),
  tiers: (row.economics?.tiers ?? []).flatMap((tier) =>
    tier === null
      ? []
      : [{ when: tier.when, creditsRequired: tier.credits_required, providerUsd: tier.estimated_provider_cost_usd }]
  )
})

/** Arrays have a method `values`, so a list is told apart from an object that holds one by being a list. */
const ratiosOf = (said: Row["aspect_ratios"]): ReadonlyArray<string> | null => {
  if (said === null || isRatioList(said)) return said
  return said.values
}

const isRatioList = Schema.is(Schema.Array(word))

const pricingFacts = (row: Row): PricingFacts | null => {
  const pricing = row.economics?.credit_pricing ?? null
  if (pricing === null && row.credits_required === null) return null
  return {
    creditsRequired: pricing?.credits_required ?? row.credits_required,
    creditUnitUsd: pricing?.credit_unit_usd ?? null,
    estimatedProviderCostUsd: pricing?.estimated_provider_cost_usd ?? null,
    fallbackProviderCostUsd: pricing?.fallback_provider_cost_usd ?? null,
    estimatedRevenueUsd: pricing?.estimated_revenue_usd ?? null,
    pricingConfidence: pricing?.pricing_confidence ?? row.pricing_confidence
  }
}
