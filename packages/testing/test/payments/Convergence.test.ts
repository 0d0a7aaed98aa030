import { assert, describe, it } from "@effect/vitest"
import { CreditLedger } from "@image-skill/core/credits/CreditLedger"
import type { Attempt } from "@image-skill/core/payments/Attempt"
import { brokenBooks } from "@image-skill/core/payments/BrokenBooks"
import { Fulfilment } from "@image-skill/core/payments/Fulfilment"
import { fake } from "@image-skill/core/payments/KnownRails"
import { PaymentBooks } from "@image-skill/core/payments/PaymentBooks"
import { PaymentEvents } from "@image-skill/core/payments/PaymentEvents"
import { type PaymentRail, PaymentRailError, type PaymentTruth } from "@image-skill/core/payments/PaymentRail"
import { PaymentRails } from "@image-skill/core/payments/PaymentRails"
import { PaymentStore } from "@image-skill/core/payments/PaymentStore"
import { ReturnPage } from "@image-skill/core/payments/ReturnPage"
import * as CountingIds from "@image-skill/testing/envelope/CountingIds"
import * as CountingSecretBytes from "@image-skill/testing/envelope/CountingSecretBytes"
import { attempt, inboxEvent, quote } from "@image-skill/testing/payments/PaymentSample"
import * as MemoryRepositories from "@image-skill/testing/store/MemoryRepositories"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as TestClock from "effect/testing/TestClock"

const settled: PaymentTruth = {
  status: "succeeded",
  reason: null,
  handles: ["session_a"],
  settled: { quotedCents: 500, paidCents: 500, currency: "usd", liveMoney: false, chain: null },
  refundedCents: 0,
  disputedCents: 0
}

const readTooLittle = () =>
  Effect.succeed({
    ...settled,
    handles: [],
    settled: { quotedCents: 400, paidCents: 400, currency: "usd", liveMoney: false, chain: null }
  })

/** Fulfilment over rows in memory and a rail whose truth the test tells. */
const deployment = (read: PaymentRail["read"], close = read) => {
  const rail: PaymentRail = {
    methodId: "fake",
    provider: "fake",
    purchaseProvider: "fake",
    describe: Effect.succeed(fake),
    open: ({ attemptId }) =>
      Effect.succeed({
        status: "requires_action",
        reason: null,
        handles: [`session_${attemptId}`],
        checkout: null,
        deposit: null
      }),
    read,
    close
  }
  return Fulfilment.layer.pipe(
    Layer.provideMerge(PaymentBooks.layer),
    Layer.provideMerge(CreditLedger.layer),
    Layer.provideMerge(Layer.mergeAll(PaymentRails.layerOf([rail]), PaymentEvents.none, ReturnPage.none)),
    Layer.provideMerge(
      Layer.merge(Layer.provide(MemoryRepositories.layer, CountingSecretBytes.layer), CountingIds.layer)
    ),
    Layer.fresh
  )
}

const start = 1_767_323_100_000

/** A quote with an attempt that waits for its payment. */
const begun = Effect.fnUntraced(function* (name: string, change: Partial<Attempt> = {}) {
  const rows = yield* PaymentStore
  yield* rows.insertQuote(quote(name, { state: "purchase_started" }))
  const waiting = attempt(name, { status: "requires_action", handles: [`session_${name}`], ...change })
  yield* rows.insertAttempt(waiting)
  return waiting
})

const sweepFor = Effect.fnUntraced(function* (rounds: number) {
  const fulfilment = yield* Fulfilment
  for (let round = 0; round < rounds; round += 1) {
    yield* TestClock.adjust("1 minute")
    yield* fulfilment.sweep(10)
  }
})

describe("converging on the truth of a provider", () => {
  it.effect("ends at the newest truth, although an older answer comes in after it", () =>
    Effect.gen(function* () {
      const asked = yield* Deferred.make<void>()
      const late = yield* Deferred.make<void>()
      let truth = settled
      let calls = 0
      const read = () =>
        Effect.suspend(() => {
          const answer = Effect.succeed(truth)
          calls += 1
          return calls === 2
            ? Deferred.succeed(asked, undefined).pipe(Effect.andThen(Deferred.await(late)), Effect.andThen(answer))
            : answer
        })
      yield* Effect.gen(function* () {
        yield* TestClock.setTime(start)
        const fulfilment = yield* Fulfilment
        const rows = yield* PaymentStore
        const granted = yield* fulfilment.look(yield* begun("a"), null)
        const slow = yield* Effect.forkChild(fulfilment.look(granted, null))
        yield* Deferred.await(asked)
        truth = { ...settled, refundedCents: 500 }
        yield* fulfilment.take(inboxEvent("refund", { attemptId: granted.id }))
        yield* fulfilment.sweep(10)
        yield* Deferred.succeed(late, undefined)
        yield* Fiber.join(slow)
        yield* sweepFor(30)
        const receipt = Option.getOrThrow(yield* rows.receiptOfAttempt(granted.id))
        assert.deepInclude(receipt, { refundedCents: 500, reversedCredits: 500 })
        assert.deepStrictEqual(yield* brokenBooks, [])
      }).pipe(Effect.provide(deployment(read)))
    })
  )

  it.effect.each([
    { type: "payment_intent.created", isNamed: false },
    { type: "payment_intent.succeeded", isNamed: true },
    { type: "checkout.session.completed", isNamed: true },
    { type: "checkout.session.async_payment_succeeded", isNamed: true }
  ])("names $type on the receipt only if it says that the payment was made", ({ isNamed, type }) =>
    Effect.gen(function* () {
      yield* TestClock.setTime(start)
      const fulfilment = yield* Fulfilment
      const rows = yield* PaymentStore
      const { id } = yield* begun("a")
      yield* fulfilment.take(inboxEvent("hint", { attemptId: id, type }))
      yield* fulfilment.workOff(1)
      const { event } = Option.getOrThrow(yield* rows.receiptOfAttempt(id))
      assert.strictEqual(event?.type ?? null, isNamed ? type : null)
    }).pipe(Effect.provide(deployment(() => Effect.succeed(settled))))
  )

  it.effect("lists a second payment with the transaction of another one, and works on what waits behind it", () =>
    Effect.gen(function* () {
      const chain = { network: "base", transaction: "0xabc", payer: null }
      const read = ({ id }: Attempt) =>
        Effect.succeed({
          ...settled,
          handles: [`session_of_${id}`],
          settled: { quotedCents: 500, paidCents: 500, currency: "usd", liveMoney: false, chain }
        })
      yield* Effect.gen(function* () {
        yield* TestClock.setTime(start)
        const fulfilment = yield* Fulfilment
        const rows = yield* PaymentStore
        yield* fulfilment.look(yield* begun("a"), null)
        const second = yield* begun("b")
        yield* sweepFor(30)
        const after = Option.getOrThrow(yield* rows.attempt(second.id))
        assert.isNotNull(after.exception)
        assert.deepStrictEqual(yield* brokenBooks, [])
      }).pipe(Effect.provide(deployment(read)))
    })
  )

  it.effect("lets quotes expire whose place in the line is behind ones that cannot", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(start)
      const rows = yield* PaymentStore
      for (const name of ["a", "b", "c"]) yield* begun(name)
      const lapsed = quote("d", { expiresAt: "2026-01-02T03:40:00.000Z" })
      yield* rows.insertQuote(lapsed)
      const fulfilment = yield* Fulfilment
      for (let hour = 0; hour < 50; hour += 1) {
        yield* TestClock.adjust("1 hour")
        yield* fulfilment.sweep(2)
      }
      const after = Option.getOrThrow(yield* rows.quote(lapsed.organizationId, lapsed.id))
      assert.strictEqual(after.state, "expired")
    }).pipe(Effect.provide(deployment(readTooLittle)))
  )

  it.effect("lists a payment of less than the price, and does not look at it for ever", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(start)
      const rows = yield* PaymentStore
      const { id } = yield* begun("a")
      const fulfilment = yield* Fulfilment
      for (let hour = 0; hour < 40 * 24; hour += 8) {
        yield* TestClock.adjust("8 hours")
        yield* fulfilment.sweep(10)
      }
      const after = Option.getOrThrow(yield* rows.attempt(id))
      assert.isNotNull(after.exception)
      assert.isNull(after.checkAt)
    }).pipe(Effect.provide(deployment(readTooLittle)))
  )

  it.effect("ends what is still payable for a quote that another payment of it has fulfilled", () =>
    Effect.gen(function* () {
      const closed: Array<string> = []
      const read = ({ id }: Attempt): Effect.Effect<PaymentTruth> =>
        Effect.succeed(
          id === "payatt_a"
            ? settled
            : { ...settled, handles: [], settled: null, status: closed.includes(id) ? "canceled" : "requires_action" }
        )
      const close = (made: Attempt) =>
        Effect.suspend(() => {
          closed.push(made.id)
          return read(made)
        })
      yield* Effect.gen(function* () {
        yield* TestClock.setTime(start)
        const rows = yield* PaymentStore
        const late = yield* begun("a", { status: "expired" })
        yield* rows.insertAttempt(attempt("b", { quoteId: late.quoteId, status: "requires_action" }))
        const fulfilment = yield* Fulfilment
        yield* fulfilment.look(late, null)
        yield* sweepFor(10)
        assert.deepStrictEqual(closed, ["payatt_b"])
      }).pipe(Effect.provide(deployment(read, close)))
    })
  )

  it.effect("finds a payment after days without a look, although the provider did not answer at first", () =>
    Effect.gen(function* () {
      let calls = 0
      const silence = new PaymentRailError({ methodId: "fake", reason: "unavailable", message: "no answer" })
      const read = () =>
        Effect.suspend(() => {
          calls += 1
          return calls === 1 ? Effect.fail(silence) : Effect.succeed(settled)
        })
      yield* Effect.gen(function* () {
        yield* TestClock.setTime(start)
        const rows = yield* PaymentStore
        const { id } = yield* begun("a", { status: "failed" })
        yield* TestClock.adjust("3 days")
        const fulfilment = yield* Fulfilment
        for (let hour = 0; hour < 24; hour += 1) {
          yield* fulfilment.sweep(10)
          yield* TestClock.adjust("1 hour")
        }
        assert.isTrue(Option.isSome(yield* rows.receiptOfAttempt(id)))
      }).pipe(Effect.provide(deployment(read)))
    })
  )
})
