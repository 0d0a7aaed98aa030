import { assert, describe, it } from "@effect/vitest"
import { LedgerStore } from "@image-skill/core/credits/LedgerStore"
import { PaymentStore } from "@image-skill/core/payments/PaymentStore"
import type { StoreUnavailable } from "@image-skill/core/store/Store"
import { attempt, inboxEvent, quote, receipt, reversal } from "@image-skill/testing/payments/PaymentSample"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import { repositories } from "./Repositories.ts"

/** A payment that was granted and reversed in part. */
const paid = Effect.gen(function* () {
  const payments = yield* PaymentStore
  yield* payments.insertQuote(quote("paid"))
  yield* payments.insertAttempt(attempt("paid", { status: "succeeded", handles: ["handle_paid"] }))
  yield* payments.insertReceipt(receipt("paid"))
  yield* payments.insertReversal(reversal("paid"))
  yield* payments.insertEvent(inboxEvent("paid"))
})

describe("the tables of payments", () => {
  it.effect.each([
    "credit_quote",
    "payment_attempt",
    "payment_key",
    "provider_object",
    "receipt",
    "payment_reversal",
    "provider_event"
  ])("lose nothing from %s", (table) =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* paid
      const before = yield* sql`SELECT * FROM ${sql(table)}`
      assert.strictEqual(before.length, 1)
      const failure = yield* Effect.flip(sql`DELETE FROM ${sql(table)}`)
      assert.strictEqual(failure.message, `${table} is append-only`)
      assert.deepStrictEqual(yield* sql`SELECT * FROM ${sql(table)}`, before)
    }).pipe(Effect.provide(repositories))
  )

  it.effect.each([
    { table: "payment_key", mayChange: [] },
    { table: "provider_object", mayChange: [] },
    { table: "payment_reversal", mayChange: [] },
    {
      table: "receipt",
      mayChange: ["refunded_cents", "disputed_cents", "reversed_credits", "rejected_cents", "reversal_state"]
    }
  ])("change nothing of $table but $mayChange", ({ mayChange, table }) =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* paid
      const before = yield* sql`SELECT * FROM ${sql(table)}`
      const columns = Object.keys(before[0] ?? {})
      const changed = yield* Effect.filter(columns, (column) =>
        sql`UPDATE ${sql(table)} SET ${sql(column)} = ${sql(column)}`.pipe(
          Effect.as(true),
          Effect.catch(({ message }) => Effect.succeed(message !== `${table} is append-only`))
        )
      )
      assert.deepStrictEqual(changed, mayChange)
      assert.isAbove(columns.length, mayChange.length)
    }).pipe(Effect.provide(repositories))
  )

  const rows = Effect.all({ payments: PaymentStore, ledger: LedgerStore })
  type Rows = Effect.Success<typeof rows>

  const wrong: ReadonlyArray<{
    readonly what: string
    readonly rule: string
    readonly write: (rows: Rows) => Effect.Effect<unknown, StoreUnavailable>
  }> = [
    {
      what: "quote of nothing",
      rule: "credits > 0",
      write: ({ payments }) => payments.insertQuote(quote("wrong", { credits: 0 }))
    },
    {
      what: "attempt at nothing",
      rule: "credits > 0",
      write: ({ payments }) => payments.insertAttempt(attempt("wrong", { quoteId: "quote_paid", credits: 0 }))
    },
    {
      what: "attempt to pay nothing",
      rule: "amount_cents > 0",
      write: ({ payments }) => payments.insertAttempt(attempt("wrong", { quoteId: "quote_paid", amountCents: 0 }))
    },
    {
      what: "receipt of nothing",
      rule: "credits > 0",
      write: ({ payments }) => payments.insertReceipt(receipt("wrong", { credits: 0 }))
    },
    {
      what: "receipt without a price",
      rule: "amount_cents > 0",
      write: ({ payments }) => payments.insertReceipt(receipt("wrong", { amountCents: 0 }))
    },
    {
      what: "receipt of less than nothing",
      rule: "paid_cents >= 0",
      write: ({ payments }) => payments.insertReceipt(receipt("wrong", { paidCents: -1 }))
    },
    {
      what: "refunds and disputes above what was paid",
      rule: "refunded_cents + disputed_cents <= paid_cents",
      write: ({ payments }) => payments.updateReversed(receipt("paid", { refundedCents: 400, disputedCents: 51 }))
    },
    {
      what: "refunds below zero",
      rule: "refunded_cents >= 0",
      write: ({ payments }) => payments.updateReversed(receipt("paid", { refundedCents: -1 }))
    },
    {
      what: "disputes below zero",
      rule: "disputed_cents >= 0",
      write: ({ payments }) => payments.updateReversed(receipt("paid", { disputedCents: -1 }))
    },
    {
      what: "more credits reversed than were granted",
      rule: "reversed_credits BETWEEN 0 AND credits",
      write: ({ payments }) => payments.updateReversed(receipt("paid", { reversedCredits: 501 }))
    },
    {
      what: "credits reversed below zero",
      rule: "reversed_credits BETWEEN 0 AND credits",
      write: ({ payments }) => payments.updateReversed(receipt("paid", { reversedCredits: -1 }))
    },
    {
      what: "reversal that owes more than it takes",
      rule: "owed BETWEEN 0 AND credits",
      write: ({ payments }) => payments.insertReversal(reversal("wrong", { receiptId: "receipt_paid", owed: 51 }))
    },
    {
      what: "debt below zero",
      rule: "owed > 0",
      write: ({ ledger }) =>
        ledger.setDebt({ organizationId: quote("paid").organizationId, paymentId: "payatt_paid", owed: -1 })
    }
  ]

  it.effect.each(wrong)("take no $what", ({ rule, write }) =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* paid
      const before = yield* sql`SELECT * FROM receipt`
      const failure = yield* Effect.flip(Effect.asVoid(write(yield* rows)))
      assert.strictEqual(failure.message, `CHECK constraint failed: ${rule}`)
      assert.deepStrictEqual(yield* sql`SELECT * FROM receipt`, before)
    }).pipe(Effect.provide(repositories))
  )

  it.effect("take no row without what it belongs to", () =>
    Effect.gen(function* () {
      const payments = yield* PaymentStore
      yield* paid
      const orphans = [
        payments.insertAttempt(attempt("orphan")),
        payments.rememberKey(attempt("paid").agentId, "key_orphan", "payatt_never_was"),
        payments.insertReceipt(receipt("orphan")),
        payments.insertReversal(reversal("orphan"))
      ]
      const failures = yield* Effect.forEach(orphans, Effect.flip)
      for (const { message } of failures) assert.match(message, /FOREIGN KEY constraint failed/u)
    }).pipe(Effect.provide(repositories))
  )
})
