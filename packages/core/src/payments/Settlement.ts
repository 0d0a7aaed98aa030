import { type Attempt, mayBecome } from "./Attempt.ts"
import type { PaymentTruth, Settled } from "./PaymentRail.ts"
import type { Receipt, Reversal, ReversalState } from "./Receipt.ts"

/** What the truth of a provider asks of our books. Pure, and the same whenever and however often it is asked. */
export type Settlement =
  | { readonly _tag: "Nothing" }
  /** The attempt stands elsewhere now; no credits move. */
  | { readonly _tag: "Moved"; readonly status: Attempt["status"]; readonly reason: string | null }
  /** Paid as quoted: grant, once. `remark`: the operator should know something about it. */
  | { readonly _tag: "Granted"; readonly settled: Settled; readonly remark: string | null }
  /** Paid, and not what was quoted: grant nothing, tell the operator. */
  | { readonly _tag: "Odd"; readonly reason: string }

/** Before there is a receipt. */
export const settle = (attempt: Attempt, truth: PaymentTruth): Settlement => {
  if (truth.settled !== null && attempt.status !== "succeeded") {
    const odd = oddity(attempt, truth.settled)
    if (odd === null) {
      const isMore = truth.settled.quotedCents > attempt.amountCents
      return { _tag: "Granted", settled: truth.settled, remark: isMore ? "more was paid than the price" : null }
    }
    return attempt.exception === odd ? { _tag: "Nothing" } : { _tag: "Odd", reason: odd }
  }
  if (truth.status === "succeeded" && attempt.status !== "succeeded") {
    const reason = truth.reason ?? unknownSettlement
    return attempt.exception === reason ? { _tag: "Nothing" } : { _tag: "Odd", reason }
  }
  if (!mayBecome(attempt.status, truth.status)) return { _tag: "Nothing" }
  return { _tag: "Moved", status: truth.status, reason: truth.reason }
}

/** Settled, and without saying what was paid. */
const unknownSettlement = "it was settled in a way that this version does not know"

/** Why what was paid is not what was quoted; null when it is. What the payer's bank made of it does not matter. */
const oddity = (attempt: Attempt, { currency, liveMoney, paidCents, quotedCents }: Settled): string | null => {
  if (currency !== "usd") return "it was paid in another currency than the quote's"
  if (liveMoney !== attempt.liveMoney) return "it was paid in another mode, live or test, than the quote's"
  if (quotedCents < attempt.amountCents) return "less was paid than the price"
  return paidCents < 0 || paidCents > quotedCents ? "the amounts of the payment contradict each other" : null
}

/** One change of what is reversed: credits to move, and the cents behind them. */
export interface ReversalStep {
  readonly kind: Reversal["kind"]
  readonly cents: number
  readonly credits: number
}

/**
 * What has to happen so that a receipt says what the provider says. Refunds are counted first, disputes take what is
 * left, and both together never more than was paid; the last cent reversed takes the last credit. The result depends on
 * the totals alone, so any order and any number of events ends the same.
 */
export const reversals = (receipt: Receipt, truth: Pick<PaymentTruth, "refundedCents" | "disputedCents">) => {
  const refunded = Math.min(truth.refundedCents, receipt.paidCents)
  const disputed = Math.min(truth.disputedCents, receipt.paidCents - refunded)
  const rejected = truth.refundedCents + truth.disputedCents - refunded - disputed
  const target = share(receipt, refunded + disputed)
  const change = target - receipt.reversedCredits
  const steps: ReadonlyArray<ReversalStep> = [
    ...(change > 0 ? taken(receipt, refunded, disputed, change) : []),
    ...(change < 0
      ? [
          {
            kind: "reinstatement",
            cents: receipt.refundedCents + receipt.disputedCents - refunded - disputed,
            credits: -change
          } as const
        ]
      : []),
    ...(rejected > receipt.rejectedCents
      ? [{ kind: "rejected", cents: rejected - receipt.rejectedCents, credits: 0 } as const]
      : [])
  ]
  return {
    steps,
    refundedCents: refunded,
    disputedCents: disputed,
    rejectedCents: Math.max(rejected, receipt.rejectedCents)
  }
}

/** What grew explains the change; where both did, refunds explain as much as they can, and disputes the rest. */
const taken = (receipt: Receipt, refunded: number, disputed: number, change: number): ReadonlyArray<ReversalStep> => {
  const refund = Math.max(0, refunded - receipt.refundedCents)
  const dispute = Math.max(0, disputed - receipt.disputedCents)
  const explained = share(receipt, refunded) - share(receipt, receipt.refundedCents)
  const byRefund = refund === 0 ? 0 : dispute === 0 ? change : Math.min(change, explained)
  const steps: ReadonlyArray<ReversalStep> = [
    { kind: "refund", cents: refund, credits: byRefund },
    { kind: "dispute", cents: dispute, credits: change - byRefund }
  ]
  return steps.filter(({ credits }) => credits > 0)
}

/** Credits that stand for so many of the cents that were paid. */
const share = ({ credits, paidCents }: Receipt, cents: number): number =>
  paidCents === 0 ? 0 : Math.floor((credits * cents) / paidCents)

/** How a receipt stands, from its totals and from what is still owed for it. */
export const reversalState = (
  { disputedCents, paidCents, refundedCents, rejectedCents, reversedCredits }: Receipt,
  owed: number,
  wasReversed: boolean
): ReversalState => {
  if (owed > 0) return "pending"
  if (disputedCents > 0) return "disputed"
  if (refundedCents > 0) return refundedCents >= paidCents ? "refunded" : "partially_refunded"
  if (rejectedCents > 0) return "rejected"
  return wasReversed && reversedCredits === 0 ? "reinstated" : "none"
}
