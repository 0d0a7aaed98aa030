import { assert, it } from "@effect/vitest"
import { OrganizationId } from "@image-skill/core/identity/Actor"
import { type PaymentDump, PaymentStore } from "@image-skill/core/payments/PaymentStore"
import type { Receipt } from "@image-skill/core/payments/Receipt"
import { Store } from "@image-skill/core/store/Store"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { attempt, fullAttempt, idsOf, inboxEvent, minute, quote, receipt, reversal } from "./PaymentSample.ts"

/** The part of the `PaymentStore` contract that is about receipts, reversals, events and notes. */
export const suite = <E>(name: string, layer: Layer.Layer<PaymentStore | Store, E>): void => {
  receipts(name, layer)
  events(name, layer)
}

const receipts = <E>(name: string, layer: Layer.Layer<PaymentStore, E>): void =>
  it.layer(layer)(`PaymentStore receipts (${name})`, (it) => {
    it.effect("a receipt is found by its id, its attempt and its quote, as it was written", () =>
      Effect.gen(function* () {
        const payments = yield* PaymentStore
        const plain = receipt("plain")
        const full = receipt("full", {
          provider: "stripe",
          methodId: "stripe_x402.exact.usdc",
          liveMoney: true,
          chain: { network: "base", transaction: "0xfeed", payer: "0xpayer" },
          event: { type: "payment_intent.succeeded", receivedAt: "2026-01-02T03:04:59.000Z" },
          refundedCents: 100,
          disputedCents: 50,
          reversedCredits: 166,
          rejectedCents: 7,
          reversalState: "pending"
        })
        const unsigned = receipt("unsigned", { chain: { network: "base", transaction: "0xbeef", payer: null } })
        for (const written of [plain, full, unsigned]) {
          yield* prove(written)
          const found = Option.some(written)
          assert.deepStrictEqual(yield* payments.receipt(written.organizationId, written.id), found)
          assert.deepStrictEqual(yield* payments.receiptOfAttempt(written.attemptId), found)
          assert.deepStrictEqual(yield* payments.receiptOfQuote(written.quoteId), found)
        }
      })
    )

    it.effect("a receipt of another organization is as unknown as one that never was", () =>
      Effect.gen(function* () {
        const payments = yield* PaymentStore
        const owned = receipt("owned")
        yield* prove(owned)
        assert.deepStrictEqual(yield* payments.receipt(OrganizationId.make("org_stranger"), owned.id), Option.none())
        assert.deepStrictEqual(yield* payments.receipt(owned.organizationId, "receipt_never_was"), Option.none())
        assert.deepStrictEqual(yield* payments.receiptOfAttempt("payatt_never_was"), Option.none())
        assert.deepStrictEqual(yield* payments.receiptOfQuote("quote_never_was"), Option.none())
      })
    )

    it.effect("there is one receipt for an id, an attempt, a quote and a chain transaction", () =>
      Effect.gen(function* () {
        const payments = yield* PaymentStore
        const chain = { network: "base", transaction: "0xonce", payer: "0xpayer" }
        const first = receipt("first", { chain })
        const second = receipt("second")
        yield* prove(first)
        yield* payments.insertQuote(quote("second"))
        yield* payments.insertAttempt(attempt("second"))
        const clashes: ReadonlyArray<Partial<Receipt>> = [
          { id: first.id },
          { attemptId: first.attemptId },
          { quoteId: first.quoteId },
          { chain: { ...chain, payer: "0xsomebody_else" } }
        ]
        for (const clash of clashes) {
          const failure = yield* Effect.flip(payments.insertReceipt({ ...second, ...clash }))
          assert.strictEqual(failure.reason, "conflict", Object.keys(clash).join())
        }
        assert.deepStrictEqual(yield* payments.receiptOfAttempt(second.attemptId), Option.none())
        yield* payments.insertReceipt({ ...second, chain: { ...chain, network: "solana" } })
        assert.deepStrictEqual(yield* payments.receiptOfAttempt(first.attemptId), Option.some(first))
      })
    )

    it.effect("receipts without a chain transaction never collide", () =>
      Effect.gen(function* () {
        yield* prove(receipt("chainless_1"))
        yield* prove(receipt("chainless_2"))
      })
    )

    it.effect("what was reversed is written, and nothing else of a receipt changes", () =>
      Effect.gen(function* () {
        const payments = yield* PaymentStore
        const granted = receipt("reversed")
        const other = receipt("not_reversed")
        yield* prove(granted)
        yield* prove(other)
        const totals = {
          refundedCents: 100,
          disputedCents: 350,
          reversedCredits: 500,
          rejectedCents: 5,
          reversalState: "disputed"
        } as const
        yield* payments.updateReversed({ ...granted, ...totals, credits: 9, paidCents: 9_999, quoteId: "quote_other" })
        const found = yield* payments.receiptOfQuote(granted.quoteId)
        assert.deepStrictEqual(found, Option.some({ ...granted, ...totals }))
        assert.deepStrictEqual(yield* payments.receiptOfQuote(other.quoteId), Option.some(other))
      })
    )

    it.effect("an id of a reversal is given once", () =>
      Effect.gen(function* () {
        const payments = yield* PaymentStore
        yield* prove(receipt("twice"))
        yield* payments.insertReversal(reversal("twice"))
        const failure = yield* Effect.flip(payments.insertReversal(reversal("twice", { kind: "dispute" })))
        assert.strictEqual(failure.reason, "conflict")
      })
    )
  })

const events = <E>(name: string, layer: Layer.Layer<PaymentStore | Store, E>): void =>
  it.layer(layer)(`PaymentStore events and notes (${name})`, (it) => {
    it.effect("an event is taken in once, and its first words stay", () =>
      Effect.gen(function* () {
        const payments = yield* PaymentStore
        const first = inboxEvent("first", { dueAt: minute(1), handles: ["one", "two"] })
        assert.isTrue(yield* payments.insertEvent(first))
        assert.isFalse(yield* payments.insertEvent({ ...first, payload: "{}", type: "another" }))
        const anonymous = inboxEvent("anonymous", { dueAt: minute(1), attemptId: null, handles: [] })
        assert.isTrue(yield* payments.insertEvent(anonymous))
        assert.deepStrictEqual(yield* payments.dueEvents(minute(1), 10), [first, anonymous])
        for (const event of [first, anonymous]) yield* payments.updateEvent({ ...event, processedAt: minute(1) })
      })
    )

    it.effect(
      "due are the events that wait for their work and whose time has come, oldest first, up to the limit",
      () =>
        Effect.gen(function* () {
          const payments = yield* PaymentStore
          yield* payments.insertEvent(inboxEvent("due_3", { dueAt: minute(3) }))
          yield* payments.insertEvent(inboxEvent("due_1", { dueAt: minute(1), problem: "nobody answered", tries: 4 }))
          yield* payments.insertEvent(inboxEvent("due_2", { dueAt: minute(2) }))
          yield* payments.insertEvent(inboxEvent("due_2_too", { dueAt: minute(2) }))
          yield* payments.insertEvent(inboxEvent("done", { dueAt: minute(1), processedAt: minute(1) }))
          yield* payments.insertEvent(inboxEvent("due_later", { dueAt: minute(5) }))
          const due = (at: number, limit: number) => Effect.map(payments.dueEvents(minute(at), limit), idsOf)
          const all = ["event_due_1", "event_due_2", "event_due_2_too", "event_due_3"]
          assert.deepStrictEqual(yield* due(3, 10), all)
          assert.deepStrictEqual(yield* due(4, 2), all.slice(0, 2))
          assert.deepStrictEqual(yield* due(0, 10), [])
        })
    )

    it.effect("what became of an event is written, and nothing else of it changes", () =>
      Effect.gen(function* () {
        const payments = yield* PaymentStore
        const taken = inboxEvent("worked")
        yield* payments.insertEvent(taken)
        const retried = { dueAt: minute(0), tries: 1, problem: "the provider did not answer" }
        yield* payments.updateEvent({ ...taken, ...retried, payload: "{}", handles: [], type: "another" })
        const before = yield* ownEvents("event_worked")
        assert.deepStrictEqual(before, [{ ...taken, ...retried }])
        const done = { ...taken, processedAt: minute(1), tries: 2 }
        yield* payments.updateEvent(done)
        assert.deepStrictEqual(yield* ownEvents("event_worked"), [done])
        assert.deepStrictEqual(yield* payments.dueEvents(minute(0), 10), [])
      })
    )

    it.effect("a note is remembered, and the last word counts", () =>
      Effect.gen(function* () {
        const payments = yield* PaymentStore
        assert.deepStrictEqual(yield* payments.note("cursor"), Option.none())
        yield* payments.setNote("cursor", "event_1")
        yield* payments.setNote("other", "beside")
        yield* payments.setNote("cursor", "event_2")
        assert.deepStrictEqual(yield* payments.note("cursor"), Option.some("event_2"))
        assert.deepStrictEqual(yield* payments.note("other"), Option.some("beside"))
      })
    )

    it.effect("the dump has everything that was written, in the order in which it was", () =>
      Effect.gen(function* () {
        const payments = yield* PaymentStore
        const names = ["dump_b", "dump_a"]
        const written: PaymentDump = {
          quotes: names.map((name) => quote(name)),
          attempts: names.map((name) => fullAttempt(name)),
          receipts: names.map((name) => receipt(name)),
          reversals: names.map((name) =>
            reversal(name, { kind: "rejected", credits: 0, owed: 0, creditEventId: null })
          ),
          events: names.map((name) => inboxEvent(name))
        }
        yield* Effect.forEach(written.quotes, payments.insertQuote)
        yield* Effect.forEach(written.attempts, payments.insertAttempt)
        yield* Effect.forEach(written.receipts, payments.insertReceipt)
        yield* Effect.forEach(written.reversals, payments.insertReversal)
        yield* Effect.forEach(written.events, payments.insertEvent)
        const dump = yield* payments.dump
        const own = <A extends { readonly id: string }>(rows: ReadonlyArray<A>) =>
          rows.filter(({ id }) => names.some((name) => id.endsWith(`_${name}`)))
        assert.deepStrictEqual(
          {
            quotes: own(dump.quotes),
            attempts: own(dump.attempts),
            receipts: own(dump.receipts),
            reversals: own(dump.reversals),
            events: own(dump.events)
          },
          written
        )
      })
    )

    it.effect("the dump of a transaction has what was written in it", () =>
      Effect.gen(function* () {
        const payments = yield* PaymentStore
        const store = yield* Store
        const { quotes } = yield* store.transaction(
          Effect.andThen(payments.insertQuote(quote("inside")), payments.dump)
        )
        assert.deepStrictEqual(
          quotes.filter(({ id }) => id === quote("inside").id),
          [quote("inside")]
        )
      })
    )
  })

/** Writes a receipt with the quote and the attempt that it proves. */
const prove = Effect.fnUntraced(function* (written: Receipt) {
  const payments = yield* PaymentStore
  const { attemptId, id, quoteId } = written
  yield* payments.insertQuote(quote("proved", { id: quoteId, key: `quote_key_of_${id}` }))
  yield* payments.insertAttempt(attempt("proved", { id: attemptId, quoteId, key: `buy_key_of_${id}` }))
  yield* payments.insertReceipt(written)
})

const ownEvents = (id: string) =>
  Effect.flatMap(PaymentStore, ({ dump }) =>
    Effect.map(dump, ({ events: all }) => all.filter((event) => event.id === id))
  )
