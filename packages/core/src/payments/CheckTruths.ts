import type { Violation } from "../credits/CheckCredits.ts"
import type { PaymentTruth } from "./PaymentRail.ts"
import type { PaymentDump } from "./PaymentStore.ts"
import { reversals, settle } from "./Settlement.ts"

/**
 * Compares the books with what the provider says now. Between a change there and the look that follows, they may differ:
 * whoever calls this has looked.
 */
export const checkTruths = (
  { attempts, receipts }: PaymentDump,
  truths: ReadonlyMap<string, PaymentTruth>
): ReadonlyArray<Violation> => {
  const byAttempt = new Map(receipts.map((receipt) => [receipt.attemptId, receipt]))
  return attempts.flatMap((attempt) => {
    const truth = truths.get(attempt.id)
    const receipt = byAttempt.get(attempt.id)
    if (truth === undefined) return []
    if (receipt === undefined) {
      const granted = settle(attempt, truth)._tag === "Granted" && attempt.exception === null
      return granted ? [violation(9, `payment ${attempt.id} was settled and its credits were not granted`)] : []
    }
    if (truth.settled === null) return [violation(8, `payment ${attempt.id} was granted and never settled`)]
    const { disputedCents, refundedCents, steps } = reversals(receipt, truth)
    const agrees =
      steps.length === 0 &&
      receipt.paidCents === truth.settled.paidCents &&
      receipt.refundedCents === refundedCents &&
      receipt.disputedCents === disputedCents
    return agrees ? [] : [violation(21, `receipt ${receipt.id} is not what the provider says`)]
  })
}

const violation = (invariant: number, message: string): Violation => ({ invariant, message })
