import * as Schema from "effect/Schema"
import { toUsd } from "../../credits/Credits.ts"
import { sum } from "../../credits/Hold.ts"
import { CreditPricing, creditPricing, type Price } from "../../credits/Pricing.ts"
import { PolicyNote } from "../../credits/SpendPolicy.ts"
import { NextActionsWire } from "../../envelope/NextAction.ts"
import { wire } from "../../envelope/Wire.ts"
import {
  type Job,
  jobOperations,
  jobStatuses,
  type Produced,
  selectionPolicies,
  type SelectionReceipt
} from "../../jobs/Job.ts"
import type { Asset } from "../../media/Asset.ts"
import type { ExpectedOutput } from "../../models/OutputSize.ts"
import { AssetRow, assetRow, type UrlOf } from "./Assets.ts"

export const CapabilityRef = wire({ id: Schema.String })

/** `estimated_usd` is the provider's cost; the debit stands in `credit_pricing` (contract/api.md 6.2). */
export const CostBlock = wire({
  estimatedUsd: Schema.NullOr(Schema.Number),
  providerReportedUsdTicks: Schema.optionalKey(Schema.Number),
  creditPricing: CreditPricing
})

export const costBlock = (price: Price, produced: Produced | null): typeof CostBlock.Type => {
  const reported = produced?.reportedMicroUsd ?? null
  const cost = reported ?? price.providerCost
  return {
    estimatedUsd: cost === null ? null : toUsd(cost),
    // One tick is a ten-thousandth of a millionth of a dollar.
    ...(reported === null ? {} : { providerReportedUsdTicks: reported * 10_000 }),
    creditPricing: creditPricing(price)
  }
}

export const ModelParametersBlock = wire({
  acceptedKeys: Schema.Array(Schema.String),
  provenance: Schema.Record(Schema.String, Schema.Literals(["request", "default_policy"]))
})

/** contract/api.md 7.7; `downgraded` and `preferred_credits` are ours (decision D1.6). */
export const SelectionBlock = wire({
  policy: Schema.Literals(selectionPolicies),
  reason: Schema.String,
  intent: Schema.String,
  intentClass: Schema.Literals(["budget_draft", "final", "general"]),
  capability: CapabilityRef,
  modelParameters: wire({
    keys: Schema.Array(Schema.String),
    defaultsApplied: Schema.Array(Schema.String),
    source: Schema.Literals(["request", "default_policy", "request_and_default_policy", "none"])
  }),
  output: wire({
    resolutionClass: Schema.NullOr(Schema.String),
    expectedWidth: Schema.NullOr(Schema.Number),
    expectedHeight: Schema.NullOr(Schema.Number),
    expectedMinShortEdge: Schema.NullOr(Schema.Number)
  }),
  pricing: wire({
    creditsRequired: Schema.Number,
    estimatedProviderCostUsd: Schema.NullOr(Schema.Number),
    estimatedRevenueUsd: Schema.Number,
    pricingConfidence: Schema.String
  }),
  considered: Schema.Array(wire({ capabilityId: Schema.String, outcome: Schema.String })),
  downgraded: Schema.Boolean,
  preferredCredits: Schema.NullOr(Schema.Number)
})

export const selectionBlock = (
  receipt: SelectionReceipt,
  capability: string,
  price: Price
): typeof SelectionBlock.Type => ({
  policy: receipt.policy,
  reason: receipt.reason,
  intent: receipt.intent,
  intentClass: receipt.intentClass,
  capability: { id: capability },
  modelParameters: {
    keys: receipt.parameterKeys,
    defaultsApplied: receipt.defaultsApplied,
    source: parameterSource(receipt)
  },
  output: outputBlock(receipt.output),
  pricing: {
    creditsRequired: price.credits,
    estimatedProviderCostUsd: price.providerCost === null ? null : toUsd(price.providerCost),
    estimatedRevenueUsd: creditPricing(price).estimatedRevenueUsd,
    pricingConfidence: price.confidence
  },
  considered: receipt.considered,
  downgraded: receipt.preferredCredits !== null,
  preferredCredits: receipt.preferredCredits
})

const parameterSource = ({ defaultsApplied, parameterKeys }: SelectionReceipt) => {
  if (parameterKeys.length === 0) return "none"
  if (defaultsApplied.length === 0) return "request"
  return defaultsApplied.length === parameterKeys.length ? "default_policy" : "request_and_default_policy"
}

const outputBlock = ({ minShortEdge, resolutionClass, size }: ExpectedOutput) => ({
  resolutionClass,
  expectedWidth: size?.width ?? null,
  expectedHeight: size?.height ?? null,
  expectedMinShortEdge: minShortEdge
})

export const SafetyBlock = wire({
  status: Schema.Literals(["allowed", "not_checked"]),
  checks: Schema.Array(Schema.String)
})

/** Says which checks really ran; none is not the same as passed. */
export const safetyBlock = (checks: ReadonlyArray<string>): typeof SafetyBlock.Type => ({
  status: checks.length === 0 ? "not_checked" : "allowed",
  checks
})

/** Planned media: measured nowhere yet, so without ids and URLs. */
export const PlanReceipt = wire({
  schema: Schema.Literal("image-skill.plan-receipt.v1"),
  jobId: Schema.NullOr(Schema.String),
  operation: Schema.Literals(["create", "edit"]),
  status: Schema.Literal("planned"),
  capability: CapabilityRef,
  plannedOutputs: Schema.Array(
    wire({
      index: Schema.Number,
      mimeType: Schema.String,
      resolutionClass: Schema.NullOr(Schema.String),
      expectedMinShortEdge: Schema.NullOr(Schema.Number),
      expectedWidth: Schema.NullOr(Schema.Number),
      expectedHeight: Schema.NullOr(Schema.Number),
      assetId: Schema.Null,
      url: Schema.Null
    })
  ),
  cost: wire({ creditPricing: CreditPricing }),
  modelParameters: ModelParametersBlock,
  effects: wire({ providerCall: Schema.Boolean, creditDebit: Schema.Boolean, mediaWrite: Schema.Boolean }),
  createdAt: Schema.String
})

export interface PlanFacts {
  readonly operation: "create" | "edit"
  readonly jobId: string | null
  readonly capability: string
  readonly outputCount: number
  readonly mimeType: string
  readonly output: ExpectedOutput
  readonly price: Price
  readonly modelParameters: typeof ModelParametersBlock.Type
  readonly createdAt: string
}

export const planReceipt = (facts: PlanFacts): typeof PlanReceipt.Type => ({
  schema: "image-skill.plan-receipt.v1",
  jobId: facts.jobId,
  operation: facts.operation,
  status: "planned",
  capability: { id: facts.capability },
  plannedOutputs: Array.from({ length: facts.outputCount }, (_, index) => ({
    index,
    mimeType: facts.mimeType,
    ...outputBlock(facts.output),
    assetId: null,
    url: null
  })),
  cost: { creditPricing: creditPricing(facts.price) },
  modelParameters: facts.modelParameters,
  effects: { providerCall: false, creditDebit: false, mediaWrite: false },
  createdAt: facts.createdAt
})

const JobRow = wire({
  jobId: Schema.String,
  operation: Schema.Literals(jobOperations),
  status: Schema.Literals(jobStatuses),
  outcome: Schema.NullOr(Schema.Literal("unknown")),
  cancelRequestedAt: Schema.optionalKey(Schema.String),
  traceId: Schema.String,
  createdAt: Schema.String,
  startedAt: Schema.NullOr(Schema.String),
  completedAt: Schema.NullOr(Schema.String),
  capability: CapabilityRef,
  request: wire({
    intent: Schema.String,
    aspectRatio: Schema.String,
    outputCount: Schema.Number,
    promptCharacters: Schema.Number
  }),
  cost: CostBlock,
  credits: Schema.NullOr(
    wire({
      reserved: Schema.Number,
      captured: Schema.Number,
      released: Schema.Number,
      state: Schema.Literals(["reserved", "captured", "released", "free"])
    })
  ),
  /** By which rule of which spend policy its credits were reserved; absent where none applied. */
  policy: Schema.optionalKey(PolicyNote),
  safety: SafetyBlock,
  assets: Schema.Array(AssetRow),
  usageEventId: Schema.NullOr(Schema.String),
  idempotencyKey: Schema.NullOr(Schema.String),
  retry: wire({
    safe: Schema.Boolean,
    reason: Schema.String,
    idempotencyKey: Schema.optionalKey(Schema.String)
  }),
  error: Schema.NullOr(Schema.Struct({ code: Schema.String, message: Schema.String, retryable: Schema.Boolean })),
  planReceipt: Schema.NullOr(PlanReceipt)
})

/** contract/api.md 9.3, with the top-level mirrors of later versions. */
export const JobsShowAnswer = wire({
  request: wire({ jobId: Schema.String }),
  job: JobRow,
  status: Schema.String,
  state: Schema.String,
  assets: Schema.Array(AssetRow),
  cost: CostBlock,
  nextActions: NextActionsWire,
  nextCommand: Schema.NullOr(Schema.String)
})

export const jobRow = (
  job: Job,
  assets: ReadonlyArray<Asset>,
  urlOf: UrlOf,
  plannedMimeType: string
): typeof JobRow.Type => ({
  jobId: job.id,
  operation: job.operation,
  status: job.status,
  outcome: job.outcome,
  ...(job.cancelRequestedAt === null ? {} : { cancelRequestedAt: job.cancelRequestedAt }),
  traceId: job.traceId,
  createdAt: job.createdAt,
  startedAt: job.startedAt,
  completedAt: job.endedAt,
  capability: { id: job.capabilityId },
  request: {
    intent: job.request.wish.intent,
    aspectRatio: job.request.wish.aspectRatio,
    outputCount: job.request.wish.outputCount,
    promptCharacters: job.request.promptCharacters
  },
  cost: costBlock(job.price, job.produced),
  credits: creditsOf(job),
  safety: safetyBlock(job.safetyChecks),
  assets: assets.map((asset) => assetRow(asset, urlOf, factsOf(job, asset.id))),
  usageEventId: job.usageEventId,
  idempotencyKey: job.idempotencyKey,
  retry: retryOf(job),
  error:
    job.error === null ? null : { code: job.error.code, message: job.error.message, retryable: job.error.retryable },
  planReceipt: job.status === "planned" ? planReceipt(planFactsOf(job, plannedMimeType)) : null
})

/** What the maker said about one of its outputs. */
export const factsOf = ({ produced }: Job, assetId: string): Schema.JsonObject | undefined =>
  produced?.outputs.find((output) => output.assetId === assetId)?.facts

const planFactsOf = (job: Job, mimeType: string): PlanFacts => ({
  operation: job.operation === "edit" ? "edit" : "create",
  jobId: job.id,
  capability: job.capabilityId,
  outputCount: job.request.wish.outputCount,
  mimeType,
  output: job.request.selection.output,
  price: job.price,
  modelParameters: job.request.modelParameters,
  createdAt: job.createdAt
})

export const creditsOf = (job: Job): (typeof JobRow.Type)["credits"] => {
  if (job.status === "planned") return null
  if (job.price.credits === 0) return { reserved: 0, captured: 0, released: 0, state: "free" }
  const reserved = job.price.credits
  if (job.step !== "ended") return { reserved, captured: 0, released: 0, state: "reserved" }
  const captured = job.receipt === null ? 0 : sum(job.receipt.captured)
  return { reserved, captured, released: reserved - captured, state: captured > 0 ? "captured" : "released" }
}

const retryOf = (job: Job): (typeof JobRow.Type)["retry"] => {
  const key = job.idempotencyKey === null ? {} : { idempotencyKey: job.idempotencyKey }
  if (job.status === "completed") return { safe: true, reason: "completed; use the assets", ...key }
  if (job.status === "planned") return { safe: true, reason: "a plan; nothing was made" }
  if (job.status === "canceled") return { safe: true, reason: "canceled; nothing was made and nothing was charged" }
  if (job.outcome === "unknown")
    return { safe: false, reason: "nobody can tell whether the provider made it; do not run it again" }
  if (job.status === "failed") {
    return job.error?.retryable === true
      ? { safe: true, reason: "nothing was made; repeat it with the same key", ...key }
      : { safe: false, reason: "it failed for good; change the request" }
  }
  return { safe: false, reason: "still running; do not run it again" }
}
