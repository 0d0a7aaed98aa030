import type { ActivityEvent } from "../activity/ActivityEvent.ts"
import type { Account } from "../credits/Account.ts"
import { checkCredits, groupBy, type Violation } from "../credits/CheckCredits.ts"
import type { LedgerDump } from "../credits/LedgerStore.ts"
import { checkPaymentRows } from "./CheckPaymentRows.ts"
import { checkTruths } from "./CheckTruths.ts"
import type { PaymentTruth } from "./PaymentRail.ts"
import type { PaymentDump } from "./PaymentStore.ts"

/** All rows that have to do with money. */
export interface Books {
  readonly ledger: LedgerDump
  readonly payments: PaymentDump
  /** Every event that tells of credits: of captures, grants and reversals. */
  readonly events: ReadonlyArray<ActivityEvent>
}

/** What the provider says of each attempt, where somebody can tell: a simulation or an operator's reconciliation. */
export type Truths = ReadonlyMap<string, PaymentTruth>

/**
 * Proves the books by all 21 invariants of research/payments.md 6.3: the ledger by its postings, and payments by the
 * ledger. With `truths` they are also compared with the provider (8, 9 and 21), which rows alone cannot say whole.
 */
export const checkLedger = (books: Books, truths: Truths | null = null): ReadonlyArray<Violation> => [
  ...checkCredits(books.ledger, books.events),
  ...checkPaymentRows(books.payments),
  ...grantsMatchReceipts(books),
  ...eventsMatchPayments(books),
  ...debtsBelongToReceipts(books),
  ...(truths === null ? [] : checkTruths(books.payments, truths))
]

const violation = (invariant: number, message: string): Violation => ({ invariant, message })

const sumOf = (accounts: ReadonlyArray<Account>, kind: Account["kind"]): number =>
  accounts.filter((account) => account.kind === kind).reduce((amount, { balance }) => amount + balance, 0)

/** 7 and 10: each receipt has one grant and no grant lacks its receipt; what was issued and reversed adds up. */
const grantsMatchReceipts = ({ ledger, payments }: Books): ReadonlyArray<Violation> => {
  const { accounts, journals, postings } = ledger
  const { receipts } = payments
  const grants = journals.filter(({ kind }) => kind === "payment_backed_grant")
  const grantsOf = groupBy(grants, ({ reference }) => reference)
  const issuedBy = new Map(
    postings.filter(({ kind }) => kind === "paid:issued").map(({ amount, journalId }) => [journalId, 0 - amount])
  )
  const proved = new Set(receipts.map(({ attemptId }) => attemptId))
  const issued = 0 - sumOf(accounts, "paid:issued")
  const granted = receipts.reduce((amount, { credits }) => amount + credits, 0)
  const reversed = sumOf(accounts, "paid:reversed") + sumOf(accounts, "owed")
  const said = receipts.reduce((amount, { reversedCredits }) => amount + reversedCredits, 0)
  return [
    ...receipts.flatMap(({ attemptId, credits }) => {
      const mine = grantsOf.get(attemptId) ?? []
      const moved = mine.reduce((amount, { id }) => amount + (issuedBy.get(id) ?? 0), 0)
      return mine.length === 1 && moved === credits
        ? []
        : [violation(7, `payment ${attemptId} of ${credits} credits was granted ${mine.length} times, ${moved} in all`)]
    }),
    ...grants
      .filter(({ reference }) => !proved.has(reference))
      .map(({ id }) => violation(8, `journal ${id} grants credits that no receipt proves`)),
    ...(issued === granted ? [] : [violation(10, `${issued} paid credits were issued for receipts of ${granted}`)]),
    ...(reversed === said ? [] : [violation(10, `${reversed} credits were reversed for receipts that say ${said}`)])
  ]
}

const told = [
  "credits.payment_backed_granted",
  "credits.payment_backed_refunded",
  "credits.payment_backed_disputed",
  "credits.payment_backed_reinstated",
  "credits.payment_backed_reversal_pending",
  "credits.payment_backed_reversal_rejected"
]

/** 18: one event for each grant and each reversal, and none without one. */
const eventsMatchPayments = ({ events, payments }: Books): ReadonlyArray<Violation> => {
  const mine = events.filter(({ type }) => told.includes(type))
  const bySubject = groupBy(mine, ({ subject }) => subject.id)
  const subjects = new Set([
    ...payments.receipts.map(({ creditEventId }) => creditEventId),
    ...payments.reversals.map(({ id }) => id)
  ])
  return [
    ...[...subjects].flatMap((id) => {
      const count = bySubject.get(id)?.length ?? 0
      return count === 1 ? [] : [violation(18, `${id} has ${count} events that tell of it`)]
    }),
    ...mine
      .filter(({ subject }) => !subjects.has(subject.id))
      .map(({ id }) => violation(18, `event ${id} tells of a change that never was`))
  ]
}

/** 11 and 12: a debt belongs to a granted payment, and is no more than what was reversed of it. */
const debtsBelongToReceipts = ({ ledger, payments }: Books): ReadonlyArray<Violation> => {
  const receipts = new Map(payments.receipts.map((receipt) => [receipt.attemptId, receipt]))
  return ledger.debts.flatMap(({ owed, paymentId }) => {
    const receipt = receipts.get(paymentId)
    if (receipt === undefined) return [violation(12, `a debt of ${owed} credits belongs to no receipt`)]
    return owed <= receipt.reversedCredits
      ? []
      : [violation(11, `payment ${paymentId} owes ${owed} credits of ${receipt.reversedCredits} reversed`)]
  })
}
