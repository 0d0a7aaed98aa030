import { assert, describe, it } from "@effect/vitest"
import { jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import * as Pay from "./PaySite.ts"
import { assertEnvelope } from "./RawHttp.ts"

describe("without a single webhook", () => {
  const deaf = Effect.gen(function* () {
    const site = yield* Pay.paySite()
    yield* site.control.delivery({ mode: "lose" })
    return Pay.told(site, yield* Pay.bought(site.origin))
  })

  it.effect("the worker finds a payment by asking", () =>
    Effect.gen(function* () {
      const { control, credits, broken, receipt, rows, sessionId, sweep } = yield* deaf
      yield* control.pay({ session: sessionId })
      yield* sweep
      assert.strictEqual(yield* credits, 0)
      yield* TestClock.adjust("6 seconds")
      yield* sweep
      assert.strictEqual(yield* credits, 500)
      assert.deepStrictEqual([(yield* rows).payments.events, yield* broken], [[], []])
      assert.deepStrictEqual(yield* receipt, ["succeeded", "none", 0, 0])
    }).pipe(Effect.scoped)
  )

  it.effect("whoever asks for the status need not wait for the worker", () =>
    Effect.gen(function* () {
      const { broken, control, credits, origin, sessionId, ...bought } = yield* deaf
      assert.strictEqual(textField(yield* Pay.statusOf(origin, bought), "state"), "action_required")
      yield* control.pay({ session: sessionId })
      const status = yield* Pay.statusOf(origin, bought)
      assert.deepStrictEqual(
        [textField(status, "state"), jsonField(status, "provider_event"), yield* credits],
        ["succeeded", null, 500]
      )
      assert.deepStrictEqual(yield* broken, [])
    }).pipe(Effect.scoped)
  )

  it.effect("the events that were lost are caught up with, once", () =>
    Effect.gen(function* () {
      const { broken, catchUp, control, credits, origin, sessionId, sweep, ...bought } = yield* deaf
      yield* control.pay({ session: sessionId })
      assert.isAtLeast(yield* catchUp, 2)
      yield* sweep
      assert.strictEqual(yield* credits, 500)
      yield* catchUp
      assert.strictEqual(yield* sweep, 0)
      const event = jsonField(yield* Pay.statusOf(origin, bought), "provider_event")
      assert.strictEqual(jsonField(event, "verified"), true)
      assert.deepStrictEqual(yield* broken, [])
    }).pipe(Effect.scoped)
  )

  it.effect("a refund is found too, and one that failed", () =>
    Effect.gen(function* () {
      const site = yield* Pay.paid()
      yield* site.control.delivery({ mode: "lose" })
      const { id } = yield* Pay.refund(site, 200)
      yield* site.catchUp
      yield* site.sweep
      assert.deepStrictEqual(yield* site.receipt, ["succeeded", "partially_refunded", 200, 0])
      yield* TestClock.adjust("10 minutes")
      yield* site.control.failRefund({ refund: id })
      yield* site.catchUp
      yield* site.sweep
      assert.deepStrictEqual(
        [yield* site.receipt, yield* site.credits, yield* site.happened, yield* site.broken],
        [["succeeded", "reinstated", 0, 0], 500, ["granted", "refunded", "reinstated"], []]
      )
    }).pipe(Effect.scoped)
  )

  it.effect("a payment in the last second is honoured, although its time is over when somebody looks", () =>
    Effect.gen(function* () {
      const { broken, control, credits, receipt, sessionId, sweep } = yield* deaf
      yield* TestClock.adjust("59 minutes")
      yield* control.pay({ session: sessionId })
      yield* TestClock.adjust("1 day")
      yield* sweep
      assert.deepStrictEqual([yield* credits, yield* broken], [500, []])
      assert.deepStrictEqual(yield* receipt, ["succeeded", "none", 0, 0])
    }).pipe(Effect.scoped)
  )

  it.effect("a page that nobody paid is closed at the provider, and its quote is over", () =>
    Effect.gen(function* () {
      const { attemptId, broken, credits, operator, origin, quoteId, sessionId, sweep, token } = yield* deaf
      yield* TestClock.adjust("61 minutes")
      yield* sweep
      yield* sweep
      const { status } = yield* Effect.promise(() => operator.checkout.sessions.retrieve(sessionId))
      const known = yield* Pay.statusOf(origin, { attemptId, token })
      assert.deepStrictEqual(
        [status, textField(known, "state"), textField(jsonField(known, "quote"), "state"), yield* credits],
        ["expired", "expired", "expired", 0]
      )
      const late = yield* Pay.buy(origin, token, quoteId, "another")
      assertEnvelope(late, { status: 409, exit: 2, code: "CREDIT_QUOTE_EXPIRED", command: "image-skill credits buy" })
      assert.deepStrictEqual(yield* broken, [])
    }).pipe(Effect.scoped)
  )
})
