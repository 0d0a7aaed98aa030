import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { ActorWire, type Answer, type Envelope } from "../envelope/Envelope.ts"
import { jsonField } from "../envelope/JsonFields.ts"
import { isTrue, lenient, listOf, maybeBoolean, maybeNumber, maybeText } from "../envelope/Lenient.ts"
import { receive } from "../envelope/ReceivedCommand.ts"
import type { RailFacts } from "../payments/RailChoice.ts"
import type { AmountFacts, Check, HealthFacts, PaymentFacts, QuotaFacts } from "./GuideFacts.ts"
import { longestCommand, longestList, longestSentence, maybeName, maybeWord, word } from "./ReadLimits.ts"
import { readTopUp } from "./ReadTopUp.ts"

/**
 * Reads what a guide needs from the answers of any service, honest or broken. A missing or odd field becomes its
 * fallback; nothing here can fail.
 */

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
  default_pack_id: maybeWord,
  limits: lenient(
    Schema.NullOr(
      Schema.Struct({
        min_credits: maybeNumber,
        max_credits: maybeNumber,
        min_amount_cents: maybeNumber,
        max_amount_cents: maybeNumber
      })
    ),
    null
  ),
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
    amounts: Object.fromEntries(methods.map((method) => [method.method_id, amountFacts(method)])),
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

const amountFacts = ({ default_pack_id, limits }: typeof Method.Type): AmountFacts => ({
  defaultPackId: default_pack_id,
  minCents: limits?.min_amount_cents ?? null,
  maxCents: limits?.max_amount_cents ?? null
})

const Actor = ActorWire.check(
  Schema.makeFilter(({ actor_id, organization_id }) => actor_id.length + organization_id.length <= 2 * longestId)
)
const longestId = 60

/** Who asked, as the quota answer says; null where it does not say it in the words of the contract. */
export const readActor = ({ envelope }: Answer): ActorWire | null =>
  envelope.ok ? Option.getOrNull(Schema.decodeUnknownOption(Actor)(envelope.actor)) : null

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
    dailyJobsResetAt: answer?.daily_jobs?.resets_at ?? null,
    topUp: readTopUp(jsonField(data, "top_up"))
  }
}
