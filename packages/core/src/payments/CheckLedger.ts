import type { ActivityEvent } from "../activity/ActivityEvent.ts"
import type { Account } from "../credits/Account.ts"
import { checkCredits, groupBy, type Violation } from "../credits/CheckCredits.ts"
import type { Journal } from "../credits/Journal.ts"
import type { LedgerDump } from "../credits/LedgerStore.ts"
import { checkPaymentRows } from "./CheckPaymentRows.ts"
import { checkTruths } from "./CheckTruths.ts"
import type { PaymentTruth } from "./PaymentRail.ts"
import type { PaymentDump } from "./PaymentStore.ts"
import type { Reversal } from "./Receipt.ts"

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
  ...reversalsMatchReceipts(books),
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

const told = {
  grant: "credits.payment_backed_granted",
  refund: "credits.payment_backed_refunded",
  dispute: "credits.payment_backed_disputed",
  reinstatement: "credits.payment_backed_reinstated",
  rejected: "credits.payment_backed_reversal_rejected",
  pending: "credits.payment_backed_reversal_pending"
} as const

const typeFor = ({ kind, owed }: Reversal): string =>
  owed > 0 && (kind === "refund" || kind === "dispute") ? told.pending : told[kind]

/** 18: one event for each grant and each reversal, that says what it was and how much, and none without one. */
const eventsMatchPayments = ({ events, payments }: Books): ReadonlyArray<Violation> => {
  const types = new Set<string>(Object.values(told))
  const mine = events.filter(({ type }) => types.has(type))
  const bySubject = groupBy(mine, ({ subject }) => subject.id)
  const changes = [
    ...payments.receipts.map(({ creditEventId, credits }) => ({ id: creditEventId, type: told.grant, credits })),
    ...payments.reversals.map((reversal) => ({
      id: reversal.id,
      type: typeFor(reversal),
      credits: reversal.credits
    }))
  ]
  const subjects = new Set(changes.map(({ id }) => id))
  return [
    ...changes.flatMap(({ credits, id, type }) => {
      const rows = bySubject.get(id) ?? []
      return rows.length === 1 && rows[0]?.type === type && rows[0].details["credits"] === credits
        ? []
        : [violation(18, `${id}, ${type} of ${credits} credits, has ${rows.length} events that tell of it`)]
    }),
    ...mine
      .filter(({ subject }) => !subjects.has(subject.id))
      .map(({ id }) => violation(18, `event ${id} tells of a change that never was`))
  ]
}

const reversalKinds = new Set<Journal["kind"]>([
  "payment_backed_refund",
  "payment_backed_dispute",
  "payment_backed_reinstatement"
])

/** 10: of each payment, its own journals reversed what its receipt says. Repaying a debt changes nothing in that. */
const reversalsMatchReceipts = ({ ledger, payments }: Books): ReadonlyArray<Violation> => {
  const paymentOf = new Map(
    ledger.journals.filter(({ kind }) => reversalKinds.has(kind)).map(({ id, reference }) => [id, reference])
  )
  const moved = new Map<string, number>()
  for (const { amount, journalId, kind } of ledger.postings) {
    const payment = paymentOf.get(journalId)
    if (payment === undefined || (kind !== "paid:reversed" && kind !== "owed")) continue
    moved.set(payment, (moved.get(payment) ?? 0) + amount)
  }
  const known = new Set(payments.receipts.map(({ attemptId }) => attemptId))
  return [
    ...payments.receipts.flatMap(({ attemptId, reversedCredits }) => {
      const amount = moved.get(attemptId) ?? 0
      return amount === reversedCredits
        ? []
        : [violation(10, `payment ${attemptId} had ${amount} credits reversed and its receipt says ${reversedCredits}`)]
    }),
    ...[...moved.keys()]
      .filter((payment) => !known.has(payment))
      .map((payment) => violation(10, `credits of ${payment} were reversed, which has no receipt`))
  ]
}

/**
 * What a payment can owe at most, by its reversals: what they could not take, less what was canceled. One that gave
 * credits back had canceled the whole debt before (13).
 */
const mostOwed = (reversals: ReadonlyArray<Reversal>): number =>
  reversals.reduce((most, { credits, kind, owed }) => {
    if (kind === "rejected") return most
    if (kind === "reinstatement") return owed < credits ? 0 : Math.max(0, most - owed)
    return most + owed
  }, 0)

/** 11, 12 and 13: a debt belongs to a granted payment, and is no more than its reversals left of it. */
const debtsBelongToReceipts = ({ ledger, payments }: Books): ReadonlyArray<Violation> => {
  const receipts = new Map(payments.receipts.map((receipt) => [receipt.attemptId, receipt]))
  const reversals = groupBy(payments.reversals, ({ receiptId }) => receiptId)
  return ledger.debts.flatMap(({ owed, paymentId }) => {
    const receipt = receipts.get(paymentId)
    if (receipt === undefined) return [violation(12, `a debt of ${owed} credits belongs to no receipt`)]
    if (owed > receipt.reversedCredits)
      return [violation(11, `payment ${paymentId} owes ${owed} credits of ${receipt.reversedCredits} reversed`)]
    const most = mostOwed(reversals.get(receipt.id) ?? [])
    return owed <= most
      ? []
      : [violation(13, `payment ${paymentId} owes ${owed} credits, and its reversals left ${most}`)]
  })
}
