import type { ActivityEvent } from "../activity/ActivityEvent.ts"
import { type AccountKind, accountOf, buckets, mayBeNegative } from "./Account.ts"
import { sum } from "./Hold.ts"
import type { Posting } from "./Journal.ts"
import type { LedgerDump } from "./LedgerStore.ts"

/** A broken invariant, with its number in research/payments.md 6.3 and the row that breaks it. */
export interface Violation {
  readonly invariant: number
  readonly message: string
}

/**
 * Proves the ledger from its own rows: the postings are the truth, everything else must follow from them. Of the
 * invariants, those that need no payment to be judged; `checkLedger` has all of them.
 */
export const checkCredits = (dump: LedgerDump, events: ReadonlyArray<ActivityEvent>): ReadonlyArray<Violation> => [
  ...journalsBalance(dump),
  ...accountsFollowPostings(dump),
  ...historyIsComplete(dump),
  ...floorsHold(dump),
  ...holdsMatchAccounts(dump),
  ...capturesAreBounded(dump),
  ...grantsAndSpendsAddUp(dump),
  ...debtsMatchAccounts(dump),
  ...eventsMatchCaptures(dump, events),
  ...noSecrets(dump),
  ...bucketsStaySeparate(dump)
]

const violation = (invariant: number, message: string): Violation => ({ invariant, message })

/** Rows by a key of theirs, in their order. */
export const groupBy = <A>(rows: ReadonlyArray<A>, key: (row: A) => string): ReadonlyMap<string, ReadonlyArray<A>> => {
  const groups = new Map<string, Array<A>>()
  for (const row of rows) {
    const group = groups.get(key(row))
    if (group === undefined) groups.set(key(row), [row])
    else group.push(row)
  }
  return groups
}

const total = (postings: ReadonlyArray<Posting>): number =>
  postings.reduce((amount, posting) => amount + posting.amount, 0)

const accountKey = ({ kind, organizationId }: { readonly organizationId: string; readonly kind: string }) =>
  `${organizationId} ${kind}`

/** 1: every journal sums to zero, in whole credits. */
const journalsBalance = ({ postings }: LedgerDump): ReadonlyArray<Violation> =>
  [...groupBy(postings, (posting) => posting.journalId)].flatMap(([journal, rows]) =>
    total(rows) === 0 && rows.every(({ amount }) => Number.isSafeInteger(amount) && amount !== 0)
      ? []
      : [violation(1, `journal ${journal} sums to ${total(rows)}`)]
  )

/** 2 and 16: each balance is the sum of its postings, and the chain of balances and numbers has no gap. */
const accountsFollowPostings = ({ accounts, postings }: LedgerDump): ReadonlyArray<Violation> => {
  const byAccount = groupBy(postings, accountKey)
  const known = new Map(accounts.map((account) => [accountKey(account), account]))
  const missing = [...byAccount.keys()]
    .filter((key) => !known.has(key))
    .map((key) => violation(2, `account ${key} has no row`))
  const broken = accounts.flatMap((account) => {
    const rows = [...(byAccount.get(accountKey(account)) ?? [])].toSorted((left, right) => left.seq - right.seq)
    let balance = 0
    for (const [index, row] of rows.entries()) {
      balance += row.amount
      if (row.seq !== index + 1) return [violation(2, `account ${accountKey(account)} jumps to seq ${row.seq}`)]
      if (row.balanceAfter !== balance)
        return [violation(2, `account ${accountKey(account)} has a wrong balance at seq ${row.seq}`)]
    }
    return account.balance === balance && account.seq === rows.length
      ? []
      : [
          violation(
            16,
            `account ${accountKey(account)} says ${account.balance} at seq ${account.seq}; its postings say ${balance} at ${rows.length}`
          )
        ]
  })
  return [...missing, ...broken]
}

/** 3: nothing was deleted: every posting has its journal, every journal its postings. */
const historyIsComplete = ({ journals, postings }: LedgerDump): ReadonlyArray<Violation> => {
  const withPostings = new Set(postings.map(({ journalId }) => journalId))
  const known = new Set(journals.map(({ id }) => id))
  return [
    ...journals
      .filter(({ id }) => !withPostings.has(id))
      .map(({ id }) => violation(3, `journal ${id} lost its postings`)),
    ...postings
      .filter(({ journalId }) => !known.has(journalId))
      .map(({ journalId }) => violation(3, `journal ${journalId} is gone`)),
    ...duplicates(journals.map(({ key }) => key)).map((key) => violation(14, `journal key ${key} was used twice`))
  ]
}

const duplicates = (values: ReadonlyArray<string>): ReadonlyArray<string> =>
  [...groupBy(values, (value) => value)].filter(([, rows]) => rows.length > 1).map(([value]) => value)

/** 4: no account but the source of grants was below zero, at any posting. */
const floorsHold = ({ postings }: LedgerDump): ReadonlyArray<Violation> =>
  postings
    .filter(({ balanceAfter, kind }) => balanceAfter < 0 && !mayBeNegative(kind))
    .map((posting) =>
      violation(4, `account ${accountKey(posting)} was at ${posting.balanceAfter} at seq ${posting.seq}`)
    )

const balancesOf = (accounts: LedgerDump["accounts"]) => {
  const byKey = new Map(accounts.map((account) => [accountKey(account), account.balance]))
  return (organizationId: string, kind: AccountKind): number => byKey.get(accountKey({ organizationId, kind })) ?? 0
}

/** 5: what an account holds is what its open holds reserve. */
const holdsMatchAccounts = ({ accounts, holds }: LedgerDump): ReadonlyArray<Violation> => {
  const balances = balancesOf(accounts)
  const open = groupBy(
    holds.filter(({ state }) => state === "open"),
    ({ organizationId }) => organizationId
  )
  const organizations = new Set([...accounts, ...holds].map(({ organizationId }) => organizationId))
  return [...organizations].flatMap((organizationId) =>
    buckets.flatMap((bucket) => {
      const kind = accountOf(bucket, "held")
      const balance = balances(organizationId, kind)
      const reserved = (open.get(organizationId) ?? []).reduce((amount, { held }) => amount + held[bucket], 0)
      return balance === reserved
        ? []
        : [violation(5, `${organizationId} holds ${balance} ${bucket} credits for holds of ${reserved}`)]
    })
  )
}

/** 6: 0 ≤ captured ≤ held, in each bucket; only a captured hold captured anything; every closed hold was closed once. */
const capturesAreBounded = ({ holds, journals }: LedgerDump): ReadonlyArray<Violation> => {
  const closings = groupBy(
    journals.filter(({ kind }) => kind === "operation_capture" || kind === "operation_release"),
    ({ reference }) => reference
  )
  return holds.flatMap((hold) => {
    const bounded = buckets.every((bucket) => hold.captured[bucket] >= 0 && hold.captured[bucket] <= hold.held[bucket])
    const closed = closings.get(hold.id)?.length ?? 0
    const expected = hold.state === "open" ? 0 : 1
    return [
      ...(bounded && (hold.state === "captured" || sum(hold.captured) === 0)
        ? []
        : [violation(6, `hold ${hold.id} captured more than it may`)]),
      ...(closed === expected ? [] : [violation(5, `hold ${hold.id} is ${hold.state} and was closed ${closed} times`)])
    ]
  })
}

/** 10: what an organization spent is what its holds captured, in each bucket. */
const grantsAndSpendsAddUp = ({ accounts, holds }: LedgerDump): ReadonlyArray<Violation> => {
  const balances = balancesOf(accounts)
  const byOrganization = groupBy(holds, ({ organizationId }) => organizationId)
  const organizations = new Set([...accounts, ...holds].map(({ organizationId }) => organizationId))
  return [...organizations].flatMap((organizationId) =>
    buckets.flatMap((bucket) => {
      const spent = balances(organizationId, accountOf(bucket, "spent"))
      const captured = (byOrganization.get(organizationId) ?? []).reduce(
        (amount, hold) => amount + hold.captured[bucket],
        0
      )
      return spent === captured
        ? []
        : [violation(10, `${organizationId} spent ${spent} ${bucket} credits and its holds captured ${captured}`)]
    })
  )
}

/** 12: what an organization owes is what its debts say, and nobody owes and has paid credits free at once. */
const debtsMatchAccounts = ({ accounts, debts }: LedgerDump): ReadonlyArray<Violation> => {
  const organizations = new Set([...accounts, ...debts].map(({ organizationId }) => organizationId))
  const balances = balancesOf(accounts)
  const byOrganization = groupBy(debts, ({ organizationId }) => organizationId)
  return [...organizations].flatMap((organizationId) => {
    const balance = (kind: AccountKind) => balances(organizationId, kind)
    const mine = byOrganization.get(organizationId) ?? []
    const owed = mine.reduce((amount, debt) => amount + debt.owed, 0)
    return [
      ...(balance("owed") === owed && mine.every((debt) => debt.owed >= 0)
        ? []
        : [violation(12, `${organizationId} owes ${balance("owed")} credits for debts of ${owed}`)]),
      ...(balance("owed") > 0 && balance("paid:available") > 0
        ? [violation(12, `${organizationId} owes ${balance("owed")} credits and has paid credits free`)]
        : [])
    ]
  })
}

/** 18: one `usage.credit_consumed` for each capture that took something, and none without one. */
const eventsMatchCaptures = ({ holds }: LedgerDump, events: ReadonlyArray<ActivityEvent>): ReadonlyArray<Violation> => {
  const consumed = events.filter(({ type }) => type === "usage.credit_consumed")
  const told = groupBy(consumed, ({ links }) => links.jobId ?? "")
  const captures = holds.filter(({ captured, state }) => state === "captured" && sum(captured) > 0)
  const jobs = new Set(captures.map(({ jobId }) => jobId))
  return [
    ...captures.flatMap(({ jobId, captured }) => {
      const rows = told.get(jobId) ?? []
      return rows.length === 1 && rows[0]?.cost?.credits === sum(captured)
        ? []
        : [violation(18, `job ${jobId} captured ${sum(captured)} credits and has ${rows.length} events that say so`)]
    }),
    ...consumed
      .filter(({ links }) => !jobs.has(links.jobId ?? ""))
      .map(({ id }) => violation(18, `event ${id} tells of a capture that never was`))
  ]
}

/** 19: nothing that looks like a secret stands in the journal. */
const noSecrets = ({ journals }: LedgerDump): ReadonlyArray<Violation> =>
  journals
    .filter(({ key, reference }) => /isk_[a-z]_|\bsk_|\brk_|whsec_|_secret_/u.test(`${key} ${reference}`))
    .map(({ id }) => violation(19, `journal ${id} carries something that looks like a secret`))

/** 20: no journal moves credits between the preview and the paid bucket. */
const bucketsStaySeparate = ({ postings }: LedgerDump): ReadonlyArray<Violation> =>
  [...groupBy(postings, ({ journalId }) => journalId)].flatMap(([journal, rows]) =>
    buckets
      .filter((bucket) => total(rows.filter(({ kind }) => kind.startsWith(bucket))) !== 0)
      .map((bucket) => violation(20, `journal ${journal} moves ${bucket} credits out of their bucket`))
  )
