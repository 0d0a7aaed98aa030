import { assert, describe, it } from "@effect/vitest"
import { type ActivityEvent, noLinks } from "@image-skill/core/activity/ActivityEvent"
import type { AccountKind } from "@image-skill/core/credits/Account"
import { checkCredits } from "@image-skill/core/credits/CheckCredits"
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
    dump: { accounts: [], journals: [], postings: [], holds: [first, second, third, fourth], debts: [] },
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

const withTables = ({ dump, events }: Books, tables: Partial<LedgerDump>): Books => ({
  events,
  dump: { ...dump, ...tables }
})

const isOf = (kind: AccountKind) => (row: { readonly kind: AccountKind }) => row.kind === kind

/** One way to spoil the books, and the one invariant that it breaks (research/payments.md 6.3). */
interface Mutant {
  readonly breaks: number
  readonly by: string
  readonly spoil: (books: Books) => Books
}

const mutants: ReadonlyArray<Mutant> = [
  {
    breaks: 1,
    by: "a journal that does not sum to zero",
    spoil: (books) => post(books, "mutant", { "owed:issued": -5 })
  },
  {
    breaks: 1,
    by: "a posting of nothing",
    spoil: (books) => post(books, "mutant", { "paid:available": 0, "paid:issued": 0 })
  },
  {
    breaks: 2,
    by: "a balance in the chain that does not follow",
    spoil: (books) =>
      withTables(books, {
        postings: books.dump.postings.map((row) =>
          row.kind === "preview:available" && row.seq === 2 ? { ...row, balanceAfter: row.balanceAfter + 1 } : row
        )
      })
  },
  {
    breaks: 2,
    by: "a gap in the numbers of an account",
    spoil: (books) =>
      withTables(books, {
        postings: books.dump.postings.map((row) =>
          row.kind === "preview:available" && row.seq > 2 ? { ...row, seq: row.seq + 1 } : row
        )
      })
  },
  {
    breaks: 2,
    by: "an account whose row is gone",
    spoil: (books) => withTables(books, { accounts: books.dump.accounts.filter((row) => !isOf("preview:issued")(row)) })
  },
  {
    breaks: 3,
    by: "a journal without postings",
    spoil: (books) => post(books, "mutant", {})
  },
  {
    breaks: 3,
    by: "postings whose journal is gone",
    spoil: (books) => withTables(books, { journals: books.dump.journals.filter(({ key }) => key !== "key_gift") })
  },
  {
    breaks: 4,
    by: "an account that was overdrawn and filled again",
    spoil: (books) =>
      post(post(books, "overdraw", { "preview:available": -1000, "preview:issued": 1000 }), "refill", {
        "preview:available": 1000,
        "preview:issued": -1000
      })
  },
  {
    breaks: 5,
    by: "an open hold for which nothing is held",
    spoil: (books) => addHold(books, hold("mutant"))
  },
  {
    breaks: 5,
    by: "held credits that belong to no hold",
    spoil: (books) => post(books, "mutant", { "paid:available": -1, "paid:held": 1 })
  },
  {
    breaks: 5,
    by: "a hold that was closed twice",
    spoil: (books) =>
      post(
        post(books, "again", { "preview:available": -4, "preview:held": 4 }),
        "twice",
        {
          "preview:held": -4,
          "preview:available": 4
        },
        { kind: "operation_release", reference: third.id }
      )
  },
  {
    breaks: 5,
    by: "a hold that was closed without a journal",
    spoil: (books) =>
      withTables(
        post(books, "mutant", { "preview:held": -3, "preview:available": 3, "paid:held": -1, "paid:available": 1 }),
        {
          holds: books.dump.holds.map((row) => (row.id === fourth.id ? { ...row, state: "released" } : row))
        }
      )
  },
  {
    breaks: 6,
    by: "a capture above its hold, hidden by a smaller one elsewhere",
    spoil: ({ dump }) => ({
      events: [consumed(first, 11), consumed(second, 3)],
      dump: {
        ...dump,
        holds: [
          { ...first, captured: { preview: 11, paid: 0 } },
          { ...second, captured: { preview: 1, paid: 2 } },
          third,
          fourth
        ]
      }
    })
  },
  {
    breaks: 6,
    by: "a released hold that captured something",
    spoil: ({ dump }) => ({
      events: [consumed(first, 4), consumed(second, 7)],
      dump: {
        ...dump,
        holds: [
          { ...first, captured: { preview: 4, paid: 0 } },
          second,
          { ...third, captured: { preview: 3, paid: 0 } },
          fourth
        ]
      }
    })
  },
  {
    breaks: 10,
    by: "credits that were spent without a capture",
    spoil: (books) => post(books, "mutant", { "paid:available": -2, "paid:spent": 2 })
  },
  {
    breaks: 14,
    by: "a key that moved credits twice",
    spoil: (books) => post(books, "mutant", { "preview:issued": -50, "preview:available": 50 }, { key: "key_gift" })
  },
  {
    breaks: 16,
    by: "an account that says more than its postings",
    spoil: (books) =>
      withTables(books, {
        accounts: books.dump.accounts.map((row) =>
          isOf("preview:available")(row) ? { ...row, balance: row.balance + 1 } : row
        )
      })
  },
  {
    breaks: 16,
    by: "an account that lost count of its postings",
    spoil: (books) =>
      withTables(books, {
        accounts: books.dump.accounts.map((row) => (isOf("paid:held")(row) ? { ...row, seq: row.seq + 1 } : row))
      })
  },
  {
    breaks: 18,
    by: "a capture that nobody was told of",
    spoil: ({ dump, events }) => ({ dump, events: events.slice(1) })
  },
  {
    breaks: 18,
    by: "a capture that was told twice",
    spoil: ({ dump, events }) => ({ dump, events: [...events, { ...consumed(first, 7), id: "evt_twice" }] })
  },
  {
    breaks: 18,
    by: "an event that tells another amount",
    spoil: ({ dump }) => ({ dump, events: [consumed(first, 6), consumed(second, 7)] })
  },
  {
    breaks: 18,
    by: "an event of a capture that never was",
    spoil: ({ dump, events }) => ({ dump, events: [...events, consumed(third, 4)] })
  },
  ...["isk_r_0123456789abcdef", "sk_live_0123456789", "whsec_0123456789", "pi_1_secret_2"].map((secret): Mutant => ({
    breaks: 19,
    by: `a journal key with ${secret}`,
    spoil: (books) => post(books, "mutant", { "preview:issued": -1, "preview:available": 1 }, { key: secret })
  })),
  {
    breaks: 20,
    by: "preview credits that became paid ones",
    spoil: (books) => post(books, "mutant", { "preview:available": -5, "paid:available": 5 })
  }
]

describe("checkCredits", () => {
  it("finds nothing in sound books", () => {
    const { dump, events } = sound()
    assert.deepStrictEqual(checkCredits(dump, events), [])
  })

  it("finds nothing in empty books", () => {
    assert.deepStrictEqual(checkCredits({ accounts: [], journals: [], postings: [], holds: [], debts: [] }, []), [])
  })

  it.each(mutants)("finds that invariant $breaks, and no other, is broken by $by", ({ breaks, spoil }) => {
    const { dump, events } = spoil(sound())
    const found = checkCredits(dump, events)
    assert.deepStrictEqual([...new Set(found.map(({ invariant }) => invariant))], [breaks], JSON.stringify(found))
  })

  it("has a mutant for every invariant that it checks", () => {
    assert.deepStrictEqual(
      [...new Set(mutants.map(({ breaks }) => breaks))],
      [1, 2, 3, 4, 5, 6, 10, 14, 16, 18, 19, 20]
    )
  })
})
