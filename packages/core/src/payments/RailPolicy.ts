import * as Effect from "effect/Effect"
import { showPolicy } from "../credits/PolicyRefusals.ts"
import { type SpendBlocked, SpendGuard, type SpendRequest } from "../credits/SpendGuard.ts"
import { command, flag, json } from "../envelope/CommandLine.ts"
import type { Agent } from "../identity/Actor.ts"
import { stripeCheckout, stripeDeposit } from "./KnownRails.ts"
import { PaymentStore } from "./PaymentStore.ts"
import type { QuoteTerms } from "./Quote.ts"

/**
 * The spend policies, asked about buying credits. A quote is only looked at, because it moves nothing; the approval that
 * let it pass is used by the purchase, which is the same request.
 */
export const railPolicy = Effect.gen(function* () {
  const guard = yield* SpendGuard
  const rows = yield* PaymentStore

  const requestOf = (
    agent: Agent,
    { credits, methodId }: Pick<QuoteTerms, "credits" | "methodId">,
    reference: string
  ): SpendRequest => ({
    agent,
    operation: "credits buy",
    fingerprint: `${methodId}:${credits}`,
    spending: { _tag: "Purchase", credits, methodId },
    reference,
    spentSince: (organizationId, since) => rows.boughtSince(organizationId, methodId, since)
  })

  return {
    look: (agent: Agent, terms: Pick<QuoteTerms, "credits" | "methodId">) => guard.look(requestOf(agent, terms, "")),
    take: (agent: Agent, terms: Pick<QuoteTerms, "credits" | "methodId">, attemptId: string) =>
      guard.take(requestOf(agent, terms, attemptId)),
    ask: (blocked: SpendBlocked) => guard.ask(blocked, withinCap(blocked))
  }
})

const knownRails = [stripeCheckout, stripeDeposit]

/** A quote for as much as may still be bought today, where the rail sells so little. */
const withinCap = ({ objection: { limit, rule, subject, used } }: SpendBlocked) => {
  const left = rule === "rails" ? (limit ?? 0) - (used ?? 0) : 0
  const least = knownRails.find(({ methodId }) => methodId === subject)?.limits.minCredits ?? 1
  return left < least || subject === null
    ? showPolicy
    : command("credits quote", flag("credits", `${left}`), flag("payment-method", subject), json)
}
