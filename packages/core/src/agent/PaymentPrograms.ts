import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Answer } from "../envelope/Envelope.ts"
import { readPayments } from "../guide/ReadAnswers.ts"
import { centsOf } from "../payments/Cents.ts"
import { packOrCredits } from "../payments/PaymentRefusals.ts"
import { PlanAnswer, planAnswer } from "../payments/PlanAnswer.ts"
import type { JsonOperationId } from "../service/ServiceApi.ts"
import { agentOperations } from "./AgentOperations.ts"
import { agentRequests, type BuyRequest } from "./AgentRequests.ts"
import { over, type Program, type Tools } from "./Programs.ts"

const quoteKey = Effect.fnUntraced(function* ({ ids: { hex } }: Tools) {
  return `quote-${yield* Clock.currentTimeMillis}-${yield* hex(8)}`
})

const defaultCredits = 500

/** Which rail to buy on, and why not on the others. Asks only for the rails, and moves no money. */
export const plan: Program = over(
  agentRequests.creditsPlan,
  Effect.fnUntraced(function* (tools, { credits = defaultCredits, maxUsd, noHuman = false }) {
    const { abilities, host, rails: selection, service } = tools
    const answer = yield* service.paymentMethods({})
    if (!answer.envelope.ok) return labelled(answer)
    const { checked, rails } = readPayments(answer.envelope.data)
    const local = yield* abilities.localRails(rails)
    // Each rail has a quote of its own, so only the chosen one has a key.
    const wish = { credits, maxUsdCents: maxUsd === undefined ? null : centsOf(maxUsd), noHuman, key: null }
    const chosen = selection.plan(rails, wish, local.facts)
    const data = yield* Effect.orDie(
      Schema.encodeEffect(PlanAnswer)(planAnswer(wish, chosen, yield* quoteKey(tools), host))
    )
    const { envelope } = answer
    const warnings = [...envelope.warnings, ...(checked ? [] : [unreadable]), ...local.warnings]
    return labelled({ ...answer, envelope: { ...envelope, data, warnings } })
  })
)

const unreadable = "the service did not say which rails it has"

const labelled = (answer: Answer): Answer => ({
  ...answer,
  envelope: { ...answer.envelope, command: agentOperations.creditsPlan.label }
})

/** The price of credits on a rail; moves no money. A quote without a key gets one, so that it can be repeated. */
export const quote: Program = over(
  agentRequests.creditsQuote,
  Effect.fnUntraced(function* (tools, request, token) {
    if ((request.credits === undefined) === (request.packId === undefined)) return yield* packOrCredits()
    const { service } = tools
    const given = request.idempotencyKey ?? null
    const key = given ?? (yield* quoteKey(tools))
    // Published clients say the rail always; a service may have another default.
    const asked = { ...request, paymentMethod: request.paymentMethod ?? "stripe_checkout", idempotencyKey: key }
    const answer = yield* service.creditsQuote(asked, token?.value ?? null)
    return given === null ? withKey(answer, key) : answer
  })
)

const withKey = (answer: Answer, key: string): Answer => {
  const { envelope } = answer
  const warning = `no idempotency_key was given; ${key} was used, repeat with it to get the same quote`
  return { ...answer, envelope: { ...envelope, warnings: [...envelope.warnings, warning] } }
}

const purchases = {
  stripe: "creditsBuyCheckout",
  stripe_x402: "creditsBuyDeposit",
  fake: "creditsFakePurchase"
} as const satisfies { readonly [P in (typeof BuyRequest.Type)["provider"]]: JsonOperationId }

/** Begins to pay a quote. A key is never made here: whoever repeats a purchase has to know it. */
export const buy: Program = over(
  agentRequests.creditsBuy,
  Effect.fnUntraced(function* ({ service }, { idempotencyKey, provider, quoteId }, token) {
    const answer = yield* service[purchases[provider]]({ quoteId, idempotencyKey }, token?.value ?? null)
    return { ...answer, envelope: { ...answer.envelope, command: agentOperations.creditsBuy.label } }
  })
)
