import type { ActivityEvent } from "../activity/ActivityEvent.ts"
import { noLinks } from "../activity/ActivityEvent.ts"
import { creditsToUsd } from "../credits/Credits.ts"
import type { Attempt } from "./Attempt.ts"
import type { Receipt, Reversal } from "./Receipt.ts"

/** The events of the closed registry that payments write (contract/api.md 10.3): one for each change, none without one. */
export type Draft = Omit<ActivityEvent, "id" | "occurredAt" | "organizationId" | "traceId">

export const checkoutCreated = (attempt: Attempt, sessionId: string): Draft => ({
  type: "payment.checkout_session.created",
  summary: "A checkout page waits for a person to pay.",
  operation: "payment",
  subject: { type: "payment", id: attempt.id },
  links: { ...noLinks, quoteId: attempt.quoteId, paymentAttemptId: attempt.id, checkoutSessionId: sessionId },
  status: "requires_action",
  cost: null,
  details: { credits: attempt.credits, live_money: attempt.liveMoney }
})

export const granted = (receipt: Receipt): Draft => ({
  type: "credits.payment_backed_granted",
  summary: "A payment was verified and its credits were granted.",
  operation: "credits",
  subject: { type: "credit", id: receipt.creditEventId },
  links: { ...noLinks, quoteId: receipt.quoteId, receiptId: receipt.id, creditEventId: receipt.creditEventId },
  status: "succeeded",
  cost: null,
  details: {
    credits: receipt.credits,
    amount_usd: creditsToUsd(receipt.amountCents),
    payment_method: receipt.methodId,
    live_money: receipt.liveMoney
  }
})

const said = {
  refund: { type: "credits.payment_backed_refunded", status: "succeeded", summary: "A refund took its credits back." },
  dispute: {
    type: "credits.payment_backed_disputed",
    status: "succeeded",
    summary: "A dispute took its credits back."
  },
  reinstatement: {
    type: "credits.payment_backed_reinstated",
    status: "succeeded",
    summary: "Credits of a reversal were given back."
  },
  rejected: {
    type: "credits.payment_backed_reversal_rejected",
    status: "rejected",
    summary: "A reversal did not fit its payment."
  }
} as const

const pending = {
  type: "credits.payment_backed_reversal_pending",
  status: "pending",
  summary: "A reversal took what was there; the rest is owed."
} as const

/** What could not be taken at once is said as pending, whatever it came from. */
const wordsFor = ({ kind, owed }: Reversal) => (kind !== "reinstatement" && owed > 0 ? pending : said[kind])

/** The registry gives an entry of the ledger to refunds and disputes only; for the others it stands in the details. */
const entryLink = (type: Draft["type"], creditEventId: string | null) =>
  creditEventId !== null && (type === said.refund.type || type === said.dispute.type) ? { creditEventId } : {}

export const reversed = (receipt: Receipt, reversal: Reversal): Draft => {
  const words = wordsFor(reversal)
  return {
    ...words,
    operation: "credits",
    subject: { type: "credit", id: reversal.id },
    links: {
      ...noLinks,
      quoteId: receipt.quoteId,
      receiptId: receipt.id,
      paymentReversalId: reversal.id,
      ...entryLink(words.type, reversal.creditEventId)
    },
    cost: null,
    details: {
      kind: reversal.kind,
      credits: reversal.credits,
      owed_credits: reversal.owed,
      amount_usd: creditsToUsd(reversal.cents),
      credit_event_id: reversal.creditEventId
    }
  }
}
