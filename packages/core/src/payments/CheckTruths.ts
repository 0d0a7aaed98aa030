import type { Violation } from "../credits/CheckCredits.ts"
import type { Attempt } from "./Attempt.ts"
import type { PaymentTruth, Settled } from "./PaymentRail.ts"
import type { PaymentDump } from "./PaymentStore.ts"
import type { Receipt } from "./Receipt.ts"

type ByAttempt = ReadonlyMap<string, PaymentTruth>

/**
 * Compares the books with what the provider says now. Between a change there and the look that follows, they may differ:
 * whoever calls this has looked.
 */
export const checkTruths = (dump: PaymentDump, truths: ByAttempt): ReadonlyArray<Violation> => [
  ...grantsAreTrue(dump, truths),
  ...settledIsGranted(dump, truths),
  ...clears(dump, truths)
]

const violation = (invariant: number, message: string): Violation => ({ invariant, message })

/** In dollars, in the right mode, for no less than the price, and no more paid than was asked for. */
const isAsQuoted = (attempt: Attempt, { currency, liveMoney, paidCents, quotedCents }: Settled): boolean =>
  currency === "usd" &&
  liveMoney === attempt.liveMoney &&
  quotedCents >= attempt.amountCents &&
  paidCents >= 0 &&
  paidCents <= quotedCents

const receiptsOf = ({ receipts }: PaymentDump): ReadonlyMap<string, Receipt> =>
  new Map(receipts.map((receipt) => [receipt.attemptId, receipt]))

/** 8: whatever was granted was settled as it was quoted. True at any time: what was settled stays settled. */
export const grantsAreTrue = (dump: PaymentDump, truths: ByAttempt): ReadonlyArray<Violation> => {
  const attempts = new Map(dump.attempts.map((attempt) => [attempt.id, attempt]))
  return dump.receipts.flatMap(({ attemptId, chain, paidCents }) => {
    const attempt = attempts.get(attemptId)
    const settled = truths.get(attemptId)?.settled
    if (attempt === undefined || settled === undefined) return []
    if (settled === null) return [violation(8, `payment ${attemptId} was granted and never settled`)]
    const isProof = settled.paidCents === paidCents && settled.chain?.transaction === chain?.transaction
    return isAsQuoted(attempt, settled) && isProof
      ? []
      : [violation(8, `payment ${attemptId} was granted and not settled as it was quoted`)]
  })
}

/** 9: whatever was settled as it was quoted is granted, but for a second payment of one quote. */
export const settledIsGranted = (dump: PaymentDump, truths: ByAttempt): ReadonlyArray<Violation> => {
  const receipts = receiptsOf(dump)
  const paidQuotes = new Set(dump.receipts.map(({ quoteId }) => quoteId))
  return dump.attempts.flatMap((attempt) => {
    const settled = truths.get(attempt.id)?.settled ?? null
    if (settled === null || receipts.has(attempt.id) || !isAsQuoted(attempt, settled)) return []
    return paidQuotes.has(attempt.quoteId)
      ? []
      : [violation(9, `payment ${attempt.id} was settled and its credits were not granted`)]
  })
}

/**
 * 21: the provider's balance and ours clear, payment by payment: each one's money stands behind a receipt, or the payment
 * is listed as an exception; and what went back there went back here.
 */
const clears = (dump: PaymentDump, truths: ByAttempt): ReadonlyArray<Violation> => {
  const receipts = receiptsOf(dump)
  const attempts = new Map(dump.attempts.map((attempt) => [attempt.id, attempt]))
  return [...truths].flatMap(([id, truth]) => {
    const attempt = attempts.get(id)
    const receipt = receipts.get(id)
    if (truth.settled === null) return []
    if (receipt === undefined) {
      return (attempt?.exception ?? null) === null
        ? [violation(21, `payment ${id} holds money that is neither granted nor listed`)]
        : []
    }
    const refunded = Math.min(truth.refundedCents, receipt.paidCents)
    const disputed = Math.min(truth.disputedCents, receipt.paidCents - refunded)
    const beyond = truth.refundedCents + truth.disputedCents - refunded - disputed
    const isListed = truth.settled.quotedCents <= receipt.amountCents || attempt?.exception !== null
    const agrees = receipt.refundedCents === refunded && receipt.disputedCents === disputed
    return agrees && isListed && receipt.rejectedCents >= beyond
      ? []
      : [violation(21, `receipt ${receipt.id} is not what the provider says`)]
  })
}
