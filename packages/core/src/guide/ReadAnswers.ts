import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { Answer, Envelope } from "../envelope/Envelope.ts"
import { isTrue, lenient, listOf, maybeBoolean, maybeNumber, maybeText } from "../envelope/Lenient.ts"
import { receive } from "../envelope/ReceivedCommand.ts"
import type { RailFacts } from "../payments/RailChoice.ts"
import type {
  Check,
  HealthFacts,
  ModelFacts,
  ModelsFacts,
  PaymentFacts,
  PricingFacts,
  QuotaFacts
} from "./GuideFacts.ts"

/**
 * Reads what a guide needs from the answers of any service, honest or broken. A missing or odd field becomes its
 * fallback; nothing here can fail.
 */

/**
 * What a service may say at most, so that no service makes a guide long (decision D3.11): a name, a word, a sentence, a list, a command.
 */
const longestName = 120
const longestWord = 40
const longestSentence = 300
const longestList = 6
const longestCommand = 400

const name = Schema.String.check(Schema.isMaxLength(longestName))
const word = Schema.String.check(Schema.isMaxLength(longestWord))
const maybeName = lenient(Schema.NullOr(name), null)

/** A price below nothing is none that anybody can mean. */
const maybeAmount = lenient(Schema.NullOr(Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0))), null)

const ErrorFacts = Schema.Struct({ code: maybeName, message: maybeText })

export const readCheck = <A>({ envelope, exitCode, status }: Answer, read: (data: Schema.Json) => A): Check<A> => {
  if (envelope.ok) return { _tag: "Answered", value: read(envelope.data) }
  const { code = null, message = null } = readRefusal(envelope) ?? {}
  return { _tag: "Failed", code, message, status, exitCode }
}

/** What a failing envelope says; null for a success. */
export const readRefusal = ({ error, ok }: Envelope): typeof ErrorFacts.Type | null =>
  ok
    ? null
    : Option.match(Schema.decodeUnknownOption(ErrorFacts)(error), {
        onNone: () => null,
        onSome: ({ code, message }) => ({ code, message: message?.slice(0, longestSentence) ?? null })
      })

const Health = Schema.Struct({ status: maybeName })

export const readHealth = (data: Schema.Json): HealthFacts =>
  Option.getOrElse(Schema.decodeUnknownOption(Health)(data), () => ({ status: null }))

const Pricing = Schema.Struct({
  credits_required: maybeAmount,
  credit_unit_usd: maybeAmount,
  estimated_provider_cost_usd: maybeAmount,
  fallback_provider_cost_usd: maybeAmount,
  estimated_revenue_usd: maybeAmount,
  pricing_confidence: maybeName
})

const Row = Schema.Struct({
  id: name,
  status: maybeName,
  supports: listOf(Schema.String),
  provider_id: maybeName,
  // Later services send compact rows, with these figures at the top.
  model_execution_status: maybeName,
  credits_required: maybeAmount,
  estimated_usd_per_image: maybeAmount,
  pricing_confidence: maybeName,
  execution: lenient(Schema.NullOr(Schema.Struct({ model_execution_status: maybeName })), null),
  economics: lenient(
    Schema.NullOr(
      Schema.Struct({
        estimated_usd_per_image: maybeAmount,
        credit_pricing: lenient(Schema.NullOr(Pricing), null)
      })
    ),
    null
  )
})

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

const modelFacts = (row: typeof Row.Type): ModelFacts => ({
  id: row.id,
  status: row.status,
  executionStatus: row.execution?.model_execution_status ?? row.model_execution_status,
  supports: row.supports.filter((word) => word !== null),
  provider: row.provider_id,
  estimatedUsdPerImage: row.economics?.estimated_usd_per_image ?? row.estimated_usd_per_image,
  pricing: pricingFacts(row)
})

const pricingFacts = (row: typeof Row.Type): PricingFacts | null => {
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

const Method = Schema.Struct({
  method_id: word,
  available: isTrue,
  quoteable: isTrue,
  purchasable: isTrue,
  live_money: isTrue,
  requires_browser: maybeBoolean,
  agent_initiated: isTrue,
  agent_settleable: isTrue,
  settlement_blocker: maybeName,
  unavailable_reason: maybeName,
  buyer_modes: listOf(word),
  limits: lenient(Schema.NullOr(Schema.Struct({ min_credits: maybeNumber, max_credits: maybeNumber })), null),
  recovery: lenient(
    Schema.NullOr(Schema.Struct({ quote_command: maybeText, purchase_command: maybeText, status_command: maybeText })),
    null
  )
})

const Methods = Schema.Struct({ methods: listOf(Method) })

export const readPayments = (data: Schema.Json): PaymentFacts => {
  const answer = Option.getOrNull(Schema.decodeUnknownOption(Methods)(data))
  const methods = (answer?.methods ?? []).filter((method) => method !== null).slice(0, longestList)
  const lines = methods
    .filter(({ available, purchasable, quoteable }) => available && quoteable && purchasable)
    .flatMap(({ recovery }) =>
      recovery === null ? [] : [recovery.quote_command, recovery.purchase_command, recovery.status_command]
    )
  return {
    checked: answer !== null,
    rails: methods.map(railFacts),
    droppedCommands: lines.filter((line) => line !== null && Option.isNone(receive(line))).length
  }
}

const command = (line: string | null | undefined) =>
  line === null || line === undefined || line.length > longestCommand ? null : Option.getOrNull(receive(line))

const railFacts = (method: typeof Method.Type): RailFacts => ({
  methodId: method.method_id,
  available: method.available,
  quoteable: method.quoteable,
  purchasable: method.purchasable,
  liveMoney: method.live_money,
  requiresBrowser: method.requires_browser,
  agentInitiated: method.agent_initiated,
  agentSettleable: method.agent_settleable,
  settlementBlocker: method.settlement_blocker,
  unavailableReason: method.unavailable_reason,
  buyerModes: method.buyer_modes.filter((mode) => mode !== null).slice(0, longestList),
  limits: { minCredits: method.limits?.min_credits ?? null, maxCredits: method.limits?.max_credits ?? null },
  commands: {
    quote: command(method.recovery?.quote_command),
    purchase: command(method.recovery?.purchase_command),
    status: command(method.recovery?.status_command)
  }
})

const Quota = Schema.Struct({
  authenticated: isTrue,
  claim_state: maybeName,
  token_status: maybeName,
  limits: lenient(
    Schema.NullOr(Schema.Struct({ remaining_credits: maybeNumber, payment_backed_remaining_credits: maybeNumber })),
    null
  ),
  daily_jobs: lenient(Schema.NullOr(Schema.Struct({ remaining: maybeNumber, resets_at: maybeName })), null)
})

/** Within an answer, missing figures count as zero, so that nothing is spent on a promise that was not made. */
export const readQuota = (data: Schema.Json): QuotaFacts => {
  const answer = Option.getOrNull(Schema.decodeUnknownOption(Quota)(data))
  const { payment_backed_remaining_credits: paid, remaining_credits: preview } = answer?.limits ?? {}
  return {
    authenticated: answer?.authenticated ?? false,
    claimState: answer?.claim_state ?? null,
    tokenStatus: answer?.token_status ?? null,
    remainingCredits: answer === null ? null : (preview ?? 0) + (paid ?? 0),
    dailyJobsRemaining: answer?.daily_jobs?.remaining ?? null,
    dailyJobsResetAt: answer?.daily_jobs?.resets_at ?? null
  }
}
