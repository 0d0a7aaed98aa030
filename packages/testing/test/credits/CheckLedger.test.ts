import { assert, describe, it } from "@effect/vitest"
import { type ActivityEvent, noLinks } from "@image-skill/core/activity/ActivityEvent"
import type { AccountKind } from "@image-skill/core/credits/Account"
import { checkLedger } from "@image-skill/core/credits/CheckLedger"
import type { Hold } from "@image-skill/core/credits/Hold"
import type { Journal } from "@image-skill/core/credits/Journal"
import type { LedgerDump } from "@image-skill/core/credits/LedgerStore"
import { event } from "@image-skill/testing/activity/EventSample"
import { hold, journal, organization } from "@image-skill/testing/credits/LedgerSample"

/** A ledger with the events that go with it. */
interface Books {
  readonly dump: LedgerDump
  readonly events: ReadonlyArray<ActivityEvent>
}

/** Adds a journal with whatever entries, right or wrong, and keeps the chains of its accounts unbroken. */
const post = (
  books: Books,
  name: string,
  entries: { readonly [K in AccountKind]?: number },
  change?: Partial<Journal>
) => {
  const { dump, events } = books
  const added = journal(name, change)
  const postings = Object.entries(entries).map(([kind, amount]) => {
    const before = dump.accounts.find((account) => account.kind === kind) ?? { balance: 0, seq: 0 }
    return {
      journalId: added.id,
      organizationId: organization,
      kind: kind as AccountKind,
      amount,
      seq: before.seq + 1,
      balanceAfter: before.balance + amount
    }
  })
  const others = dump.accounts.filter((account) => !postings.some(({ kind }) => kind === account.kind))
  const changed = postings.map(({ balanceAfter: balance, kind, seq }) => ({
    organizationId: organization,
    kind,
    balance,
    seq
  }))
  return {
    events,
    dump: {
      ...dump,
      journals: [...dump.journals, added],
      postings: [...dump.postings, ...postings],
      accounts: [...others, ...changed]
    }
  }
}

const addHold = ({ dump, events }: Books, added: Hold): Books => ({
  events,
  dump: { ...dump, holds: [...dump.holds, added] }
})

const consumed = (of: Hold, credits: number): ActivityEvent =>
  event(`of_${of.id}`, {
    type: "usage.credit_consumed",
    links: { ...noLinks, jobId: of.jobId },
    cost: { estimatedUsd: null, credits }
  })

const first = hold("first", { held: { preview: 10, paid: 0 }, captured: { preview: 7, paid: 0 }, state: "captured" })
const second = hold("second", { held: { preview: 5, paid: 5 }, captured: { preview: 5, paid: 2 }, state: "captured" })
const third = hold("third", { held: { preview: 4, paid: 0 }, state: "released" })
const fourth = hold("fourth", { held: { preview: 3, paid: 1 } })

/** Preview and paid credits, two captures, a release and a hold that is still open. */
const sound = (): Books => {
  const opening: Books = {
    dump: { accounts: [], journals: [], postings: [], holds: [first, second, third, fourth] },
    events: [consumed(first, 7), consumed(second, 7)]
  }
  const steps: ReadonlyArray<[string, { readonly [K in AccountKind]?: number }, Partial<Journal>]> = [
    ["gift", { "preview:issued": -50, "preview:available": 50 }, {}],
    ["bought", { "paid:issued": -30, "paid:available": 30 }, {}],
    ["reserve_first", { "preview:available": -10, "preview:held": 10 }, { kind: "operation_reserve" }],
    [
      "capture_first",
      { "preview:held": -10, "preview:spent": 7, "preview:available": 3 },
      { kind: "operation_capture", reference: first.id }
    ],
    [
      "reserve_second",
      { "preview:available": -5, "preview:held": 5, "paid:available": -5, "paid:held": 5 },
      { kind: "operation_reserve" }
    ],
    [
      "capture_second",
      { "preview:held": -5, "preview:spent": 5, "paid:held": -5, "paid:spent": 2, "paid:available": 3 },
      { kind: "operation_capture", reference: second.id }
    ],
    ["reserve_third", { "preview:available": -4, "preview:held": 4 }, { kind: "operation_reserve" }],
    [
      "release_third",
      { "preview:held": -4, "preview:available": 4 },
      { kind: "operation_release", reference: third.id }
    ],
    [
      "reserve_fourth",
      { "preview:available": -3, "preview:held": 3, "paid:available": -1, "paid:held": 1 },
      { kind: "operation_reserve" }
    ]
  ]
  return steps.reduce((books, [name, entries, change]) => post(books, name, entries, change), opening)
}

/** Changes the rows of one table. */
const edit = <T extends keyof LedgerDump>(
  { dump, events }: Books,
  table: T,
  change: (row: LedgerDump[T][number], index: number) => LedgerDump[T][number] | null
): Books => ({
  events,
  dump: {
    ...dump,
    [table]: dump[table].flatMap((row: LedgerDump[T][number], index) => change(row, index) ?? [])
  }
})
