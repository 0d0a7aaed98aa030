import { assert, describe, it } from "@effect/vitest"
import { type Account, type AccountKind, accountKinds } from "@image-skill/core/credits/Account"
import {
  captureEntries,
  captureSplit,
  fillSplit,
  grantEntries,
  releaseEntries,
  reserveEntries,
  type Split,
  sum
} from "@image-skill/core/credits/Hold"
import { type Entries, type Journal, post } from "@image-skill/core/credits/Journal"
import { OrganizationId } from "@image-skill/core/identity/Actor"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

const organizationId = OrganizationId.make("org_1")

const journal: Journal = {
  id: "journal_1",
  organizationId,
  key: "key",
  kind: "operation_reserve",
  reference: "hold_1",
  traceId: "trace_1",
  at: "2026-06-02T18:41:20.300Z"
}

interface Balances {
  readonly preview: number
  readonly paid: number
  readonly owed?: number
}

const accountsOf = ({ owed = 0, paid, preview }: Balances): ReadonlyArray<Account> =>
  Object.entries({ "preview:available": preview, "paid:available": paid, owed }).map(([kind, balance]) => ({
    organizationId,
    kind: kind as AccountKind,
    balance,
    seq: 1
  }))

/** Decision D4a.1: preview credits first; while something is owed, the paid bucket gives nothing. */
const fills: ReadonlyArray<readonly [what: string, credits: number, balances: Balances, split: Split | null]> = [
  ["nothing is asked for", 0, { preview: 0, paid: 0 }, { preview: 0, paid: 0 }],
  ["preview credits suffice", 12, { preview: 50, paid: 50 }, { preview: 12, paid: 0 }],
  ["preview credits just suffice", 50, { preview: 50, paid: 50 }, { preview: 50, paid: 0 }],
  ["preview credits fall short", 60, { preview: 50, paid: 50 }, { preview: 50, paid: 10 }],
  ["there are only paid credits", 12, { preview: 0, paid: 12 }, { preview: 0, paid: 12 }],
  ["both together just suffice", 100, { preview: 50, paid: 50 }, { preview: 50, paid: 50 }],
  ["both together fall short", 101, { preview: 50, paid: 50 }, null],
  ["there is nothing", 1, { preview: 0, paid: 0 }, null],
  ["something is owed and preview credits suffice", 12, { preview: 12, paid: 50, owed: 1 }, { preview: 12, paid: 0 }],
  ["something is owed and preview credits fall short", 13, { preview: 12, paid: 50, owed: 1 }, null],
  ["something is owed and nothing is asked for", 0, { preview: 0, paid: 0, owed: 5 }, { preview: 0, paid: 0 }]
]

const captures: ReadonlyArray<readonly [held: Split, credits: number, captured: Split]> = [
  [{ preview: 5, paid: 7 }, 12, { preview: 5, paid: 7 }],
  [{ preview: 5, paid: 7 }, 9, { preview: 5, paid: 4 }],
  [{ preview: 5, paid: 7 }, 5, { preview: 5, paid: 0 }],
  [{ preview: 5, paid: 7 }, 3, { preview: 3, paid: 0 }],
  [{ preview: 5, paid: 7 }, 0, { preview: 0, paid: 0 }],
  [{ preview: 5, paid: 7 }, 13, { preview: 5, paid: 7 }],
  [{ preview: 0, paid: 7 }, 4, { preview: 0, paid: 4 }]
]

type Books = { readonly [K in AccountKind]: number }

const empty = Object.fromEntries(accountKinds.map((kind) => [kind, 0])) as Books

const accountsIn = (books: Books): ReadonlyArray<Account> =>
  accountKinds.map((kind) => ({ organizationId, kind, balance: books[kind], seq: 1 }))

/** The books after a journal, written through the real posting rules. */
const write = (books: Books, entries: Entries): Books => {
  const postings = Result.getOrThrow(post(journal, entries, accountsIn(books)))
  return { ...books, ...Object.fromEntries(postings.map(({ balanceAfter, kind }) => [kind, balanceAfter])) }
}

const proveConserved = (books: Books, granted: Split): void => {
  assert.strictEqual(
    accountKinds.reduce((total, kind) => total + books[kind], 0),
    0
  )
  for (const bucket of ["preview", "paid"] as const) {
    const parts = (["available", "held", "spent"] as const).map((part) => books[`${bucket}:${part}` as const])
    assert.isAtLeast(Math.min(...parts), 0, bucket)
    assert.strictEqual(
      parts.reduce((total, part) => total + part, 0),
      granted[bucket],
      bucket
    )
  }
}

const amount = Schema.Natural.check(Schema.isLessThanOrEqualTo(120))
const Work = Schema.Struct({ credits: amount, used: amount, end: Schema.Literals(["capture", "release"]) })

describe("Hold", () => {
  for (const [what, credits, balances, split] of fills) {
    it(`where ${what}, ${credits} credits are ${split === null ? "not held" : "held preview first"}`, () => {
      assert.deepStrictEqual(fillSplit(credits, accountsOf(balances)), split)
    })
  }

  for (const [held, credits, captured] of captures) {
    it(`a capture of ${credits} takes ${captured.preview} preview and ${captured.paid} paid of ${held.preview} and ${held.paid}`, () => {
      assert.deepStrictEqual(captureSplit(held, credits), captured)
    })
  }

  it("an organization without accounts can hold nothing but nothing", () => {
    assert.deepStrictEqual(fillSplit(0, []), { preview: 0, paid: 0 })
    assert.isNull(fillSplit(1, []))
  })

  it.prop(
    "a hold is whole, takes preview credits first, and is refused only where credits are missing",
    { credits: amount, preview: amount, paid: amount, owed: Schema.Natural },
    ({ credits, owed, paid, preview }) => {
      const split = fillSplit(credits, accountsOf({ preview, paid, owed }))
      if (split === null) return assert.isAbove(credits, preview + (owed > 0 ? 0 : paid))
      assert.strictEqual(sum(split), credits)
      assert.isTrue(split.preview <= preview && split.paid <= (owed > 0 ? 0 : paid))
      if (split.paid > 0) assert.strictEqual(split.preview, preview)
    }
  )

  it.prop(
    "whatever is granted, held, captured and released, no credit is made or lost",
    { preview: amount, paid: amount, work: Schema.Array(Work) },
    ({ paid, preview, work }) => {
      const granted = write(write(empty, grantEntries("preview", preview)), grantEntries("paid", paid))
      const ended = work.reduce(
        ({ books, spent }, { credits, end, used }) => {
          const held = fillSplit(credits, accountsIn(books))
          if (held === null) return { books, spent }
          const reserved = write(books, reserveEntries(held))
          proveConserved(reserved, { preview, paid })
          const captured = captureSplit(held, used)
          const after = write(reserved, end === "capture" ? captureEntries(held, captured) : releaseEntries(held))
          proveConserved(after, { preview, paid })
          return { books: after, spent: spent + (end === "capture" ? Math.min(credits, used) : 0) }
        },
        { books: granted, spent: 0 }
      )
      assert.strictEqual(ended.books["preview:held"] + ended.books["paid:held"], 0)
      assert.strictEqual(ended.books["preview:spent"] + ended.books["paid:spent"], ended.spent)
    }
  )

  it.prop(
    "a release puts everything back where it came from",
    { preview: amount, paid: amount },
    ({ paid, preview }) => {
      const books = write(write(empty, grantEntries("preview", preview)), grantEntries("paid", paid))
      const held = { preview, paid }
      assert.deepStrictEqual(write(write(books, reserveEntries(held)), releaseEntries(held)), books)
    }
  )
})
