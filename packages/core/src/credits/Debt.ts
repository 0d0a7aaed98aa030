import type { OrganizationId } from "../identity/Actor.ts"
import { type Account, accountOf } from "./Account.ts"
import type { Entries } from "./Journal.ts"

/** Credits that a reversal took after they were spent. They come out of the next paid credits that are free. */
export interface Debt {
  readonly organizationId: OrganizationId
  /** The payment whose reversal it is. */
  readonly paymentId: string
  readonly owed: number
}

const available = accountOf("paid", "available")

/** Paid credits that a reversal takes now, and what is left owing. */
export const reversalEntries = (credits: number, accounts: ReadonlyArray<Account>) => {
  const taken = Math.min(credits, balance(accounts, available))
  const owed = credits - taken
  const entries: Entries = { [available]: -taken, "paid:reversed": taken, owed, "owed:issued": -owed }
  return { entries, taken, owed }
}

/** Credits of a reversal that are given back: the debt of that payment first, then credits. */
export const reinstatementEntries = (credits: number, debt: number) => {
  const canceled = Math.min(credits, debt)
  const returned = credits - canceled
  const entries: Entries = {
    [available]: returned,
    "paid:reversed": -returned,
    owed: -canceled,
    "owed:issued": canceled
  }
  return { entries, canceled }
}

/**
 * The entries, and with them the repayment of what is owed from the paid credits they leave free: so that no organization
 * ever owes and has at the same time.
 */
export const repaying = (entries: Entries, accounts: ReadonlyArray<Account>) => {
  const after = (kind: keyof Entries) => balance(accounts, kind) + (entries[kind] ?? 0)
  const repaid = Math.max(0, Math.min(after("owed"), after(available)))
  if (repaid === 0) return { entries, repaid }
  const plus = (kind: keyof Entries, amount: number) => ({ [kind]: (entries[kind] ?? 0) + amount })
  return {
    repaid,
    entries: {
      ...entries,
      ...plus(available, -repaid),
      ...plus("paid:reversed", repaid),
      ...plus("owed", -repaid),
      ...plus("owed:issued", repaid)
    }
  }
}

/** The debts after `repaid` credits came in, oldest paid first; only those that changed. */
export const repay = (debts: ReadonlyArray<Debt>, repaid: number): ReadonlyArray<Debt> => {
  let left = repaid
  return debts.flatMap((debt) => {
    const part = Math.min(left, debt.owed)
    left -= part
    return part === 0 ? [] : [{ ...debt, owed: debt.owed - part }]
  })
}

const balance = (accounts: ReadonlyArray<Account>, kind: keyof Entries): number =>
  accounts.find((account) => account.kind === kind)?.balance ?? 0
