import { assert, describe, it } from "@effect/vitest"
import { type Account, type AccountKind, accountKinds } from "@image-skill/core/credits/Account"
import { type Debt, reinstatementEntries, repay, repaying, reversalEntries } from "@image-skill/core/credits/Debt"
import { grantEntries } from "@image-skill/core/credits/Hold"
import { type Entries, type Journal, post } from "@image-skill/core/credits/Journal"
import { OrganizationId } from "@image-skill/core/identity/Actor"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

const organizationId = OrganizationId.make("org_1")

const journal: Journal = {
  id: "journal_1",
  organizationId,
  key: "key",
  kind: "payment_backed_refund",
  reference: "payatt_1",
  traceId: "trace_1",
  at: "2026-06-02T18:41:20.300Z"
}

type Books = { readonly [K in AccountKind]: number }

const empty = Object.fromEntries(accountKinds.map((kind) => [kind, 0])) as Books

const accountsIn = (books: Books): ReadonlyArray<Account> =>
  accountKinds.map((kind) => ({ organizationId, kind, balance: books[kind], seq: 1 }))

interface Standing {
  readonly books: Books
  readonly debts: ReadonlyArray<Debt>
}

/** What the ledger does with any entries: it repays what it can, in the same journal. */
const write = ({ books, debts }: Standing, entries: Entries): Standing => {
  const { entries: all, repaid } = repaying(entries, accountsIn(books))
  const postings = Result.getOrThrow(post(journal, all, accountsIn(books)))
  const next = { ...books, ...Object.fromEntries(postings.map(({ balanceAfter, kind }) => [kind, balanceAfter])) }
  const changed = new Map(repay(debts, repaid).map((debt) => [debt.paymentId, debt]))
  return {
    books: next,
    debts: debts.map((debt) => changed.get(debt.paymentId) ?? debt).filter(({ owed }) => owed > 0)
  }
}

const owing = (standing: Standing, paymentId: string, change: number): Standing => {
  const before = standing.debts.find((debt) => debt.paymentId === paymentId)
  const debt = { organizationId, paymentId, owed: (before?.owed ?? 0) + change }
  const debts =
    before === undefined
      ? [...standing.debts, debt]
      : standing.debts.map((other) => (other.paymentId === paymentId ? debt : other))
  return { ...standing, debts: debts.filter(({ owed }) => owed > 0) }
}

const payments = ["payatt_1", "payatt_2", "payatt_3"] as const

const Move = Schema.Struct({
  kind: Schema.Literals(["grant", "spend", "reverse", "reinstate"]),
  payment: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: payments.length - 1 })),
  credits: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 60 }))
})
type Move = typeof Move.Type

/** Moves as payments make them: no more is reversed than was granted, and no more given back than was reversed. */
const life = (moves: ReadonlyArray<Move>, check: (standing: Standing, reversed: number) => void): void => {
  let standing: Standing = { books: empty, debts: [] }
  const granted = new Map<string, number>()
  const reversed = new Map<string, number>()
  for (const { credits, kind, payment } of moves) {
    const id = payments[payment] ?? payments[0]
    const [had, gone] = [granted.get(id) ?? 0, reversed.get(id) ?? 0]
    const accounts = accountsIn(standing.books)
    if (kind === "grant") {
      granted.set(id, had + credits)
      standing = write(standing, grantEntries("paid", credits))
    } else if (kind === "spend") {
      const spent = Math.min(credits, standing.books["paid:available"])
      standing = write(standing, { "paid:available": -spent, "paid:spent": spent })
    } else if (kind === "reverse") {
      const part = Math.min(credits, had - gone)
      const { entries, owed } = reversalEntries(part, accounts)
      reversed.set(id, gone + part)
      standing = write(owing(standing, id, owed), entries)
    } else {
      const part = Math.min(credits, gone)
      const debt = standing.debts.find(({ paymentId }) => paymentId === id)?.owed ?? 0
      const { canceled, entries } = reinstatementEntries(part, debt)
      assert.strictEqual(canceled, Math.min(part, debt))
      reversed.set(id, gone - part)
      standing = write(owing(standing, id, -canceled), entries)
    }
    check(
      standing,
      [...reversed.values()].reduce((sum, amount) => sum + amount, 0)
    )
  }
}

/** Short lives owe nothing, so there are none. */
const Moves = Schema.Array(Move).check(Schema.isBetweenLength(12, 40))

const often = { arbitrary: { runs: 300 } } as const

describe("a debt", () => {
  it.prop(
    "never stands beside credits that are free",
    [Moves],
    ([moves]) =>
      life(moves, ({ books }) =>
        assert.isTrue(books.owed === 0 || books["paid:available"] === 0, JSON.stringify(books))
      ),
    often
  )

  it.prop(
    "is what the account says, payment by payment",
    [Moves],
    ([moves]) =>
      life(moves, ({ books, debts }) => {
        assert.strictEqual(
          debts.reduce((sum, { owed }) => sum + owed, 0),
          books.owed
        )
        assert.isTrue(debts.every(({ owed }) => owed > 0))
        assert.strictEqual(books.owed + books["owed:issued"], 0)
      }),
    often
  )

  it.prop(
    "and what was taken are together what was reversed",
    [Moves],
    ([moves]) =>
      life(moves, ({ books }, reversed) => assert.strictEqual(books["paid:reversed"] + books.owed, reversed)),
    often
  )

  it("is repaid oldest first, and only those that changed are written", () => {
    const debts = payments.map((paymentId): Debt => ({ organizationId, paymentId, owed: 10 }))
    assert.deepStrictEqual(repay(debts, 0), [])
    assert.deepStrictEqual(repay(debts, 14), [
      { organizationId, paymentId: "payatt_1", owed: 0 },
      { organizationId, paymentId: "payatt_2", owed: 6 }
    ])
  })

  it("that a reversal makes is what was not there to take", () => {
    const accounts = accountsIn({ ...empty, "paid:available": 30, "paid:issued": -30 })
    assert.deepInclude(reversalEntries(50, accounts), { taken: 30, owed: 20 })
    assert.deepInclude(reversalEntries(30, accounts), { taken: 30, owed: 0 })
  })

  it("leaves entries as they are while nothing is owed", () => {
    const entries = grantEntries("paid", 5)
    assert.deepStrictEqual(repaying(entries, accountsIn(empty)), { entries, repaid: 0 })
  })
})
