import * as Data from "effect/Data"
import * as Result from "effect/Result"
import type { OrganizationId } from "../identity/Actor.ts"
import { type Account, type AccountKind, mayBeNegative } from "./Account.ts"
import type { PolicyNote } from "./SpendPolicy.ts"

export const journalKinds = [
  "preview_grant",
  "operation_reserve",
  "operation_capture",
  "operation_release",
  "payment_backed_grant",
  "payment_backed_refund",
  "payment_backed_dispute",
  "payment_backed_reinstatement"
] as const
export type JournalKind = (typeof journalKinds)[number]

/** One movement of credits. It is written once and never changed; a correction is another journal. */
export interface Journal {
  readonly id: string
  readonly organizationId: OrganizationId
  /** Unique: the same key can never move credits twice. */
  readonly key: string
  readonly kind: JournalKind
  /** What it belongs to, e.g. a hold. */
  readonly reference: string
  readonly traceId: string
  readonly at: string
  /** Of a reservation: by which rule of which spend policy it was allowed. Absent where none applied. */
  readonly policy?: PolicyNote
}

export interface Posting {
  readonly journalId: string
  readonly organizationId: OrganizationId
  readonly kind: AccountKind
  /** Never zero. Positive adds to the account. */
  readonly amount: number
  readonly seq: number
  readonly balanceAfter: number
}

/** What a journal does to each account; entries of zero are left out. */
export type Entries = { readonly [K in AccountKind]?: number }

/** A journal that must not be written: it does not sum to zero, or an account would go below its floor. */
export class LedgerFault extends Data.TaggedError("LedgerFault")<{
  readonly reason: "unbalanced" | "not_an_integer" | "below_zero"
  readonly account: AccountKind | null
}> {}

/** The postings of a journal over the accounts as they stand, with the new balances. Pure. */
export const post = (
  journal: Journal,
  entries: Entries,
  accounts: ReadonlyArray<Account>
): Result.Result<ReadonlyArray<Posting>, LedgerFault> => {
  const moves = Object.entries(entries).filter((entry): entry is [AccountKind, number] => entry[1] !== 0)
  if (moves.some(([, amount]) => !Number.isSafeInteger(amount))) {
    return Result.fail(new LedgerFault({ reason: "not_an_integer", account: null }))
  }
  if (moves.reduce((sum, [, amount]) => sum + amount, 0) !== 0) {
    return Result.fail(new LedgerFault({ reason: "unbalanced", account: null }))
  }
  const postings = moves.map(([kind, amount]): Posting => {
    const account = accounts.find((candidate) => candidate.kind === kind)
    return {
      journalId: journal.id,
      organizationId: journal.organizationId,
      kind,
      amount,
      seq: (account?.seq ?? 0) + 1,
      balanceAfter: (account?.balance ?? 0) + amount
    }
  })
  const overdrawn = postings.find(({ balanceAfter, kind }) => balanceAfter < 0 && !mayBeNegative(kind))
  return overdrawn === undefined
    ? Result.succeed(postings)
    : Result.fail(new LedgerFault({ reason: "below_zero", account: overdrawn.kind }))
}
