import { assert, describe, it } from "@effect/vitest"
import * as StripeEmulator from "@image-skill/testing/payments/StripeEmulator"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { Stripe } from "stripe"
import { attempt, client, sessionParams } from "./StripeClient.ts"

describe("StripeEmulator, checkout", () => {
  it.effect("creates a session the official SDK can read back", () =>
    Effect.gen(function* () {
      const emulator = yield* StripeEmulator.start()
      const stripe = client(emulator)
      const created = yield* Effect.promise(() => stripe.checkout.sessions.create(sessionParams))
      assert.match(created.id, /^cs_test_/u)
      assert.strictEqual(created.status, "open")
      assert.strictEqual(created.payment_status, "unpaid")
      assert.strictEqual(created.payment_intent, null)
      assert.strictEqual(created.amount_total, 500)
      assert.deepStrictEqual(created.metadata, { payment_attempt_id: "payatt_1" })
      assert.match(created.url ?? "", /#fid.{100,}$/u)
      assert.match(created.lastResponse.requestId, /^req_/u)
      const read = yield* Effect.promise(() =>
        stripe.checkout.sessions.retrieve(created.id, { expand: ["line_items", "payment_intent"] })
      )
      const { lastResponse: _, ...sent } = created
      const { lastResponse: __, line_items, ...kept } = read
      assert.deepStrictEqual(kept, sent)
      const [item] = line_items?.data ?? []
      assert.deepStrictEqual([item?.description, item?.price?.unit_amount], ["500 credits", 500])
    })
  )

  it.effect("a paid session has a succeeded PaymentIntent with the metadata of the session's payment_intent_data", () =>
    Effect.gen(function* () {
      const emulator = yield* StripeEmulator.start()
      const stripe = client(emulator)
      const { id } = yield* Effect.promise(() => stripe.checkout.sessions.create(sessionParams))
      yield* emulator.control.pay({ session: id })
      const read = yield* Effect.promise(() =>
        stripe.checkout.sessions.retrieve(id, { expand: ["payment_intent.latest_charge.refunds"] })
      )
      assert.strictEqual(read.status, "complete")
      assert.strictEqual(read.payment_status, "paid")
      assert.strictEqual(read.url, null)
      const intent = read.payment_intent
      if (intent === null || typeof intent === "string") return assert.fail("the intent was not expanded")
      assert.strictEqual(intent.status, "succeeded")
      assert.strictEqual(intent.amount_received, 500)
      assert.deepStrictEqual(intent.metadata, { payment_attempt_id: "payatt_1" })
      const charge = intent.latest_charge
      if (charge === null || typeof charge === "string") return assert.fail("the charge was not expanded")
      assert.deepStrictEqual(charge.refunds?.data, [])
      const { data } = yield* Effect.promise(() => stripe.events.list({ limit: 100 }))
      assert.deepStrictEqual(
        data.map(({ type }) => type),
        ["checkout.session.completed", "payment_intent.succeeded", "charge.succeeded", "payment_intent.created"]
      )
    })
  )

  it.effect("refuses what Stripe refuses of a new session, and names the parameter", () =>
    Effect.gen(function* () {
      const emulator = yield* StripeEmulator.start()
      const stripe = client(emulator)
      const { now } = yield* emulator.control.now()
      const unknownParam = { ...sessionParams, colour: "red" }
      const item = { price_data: { currency: "usd", unit_amount: 49, product_data: { name: "few" } }, quantity: 1 }
      const cases: ReadonlyArray<
        readonly [Stripe.Checkout.SessionCreateParams, string | undefined, string | undefined]
      > = [
        [{ ...sessionParams, expires_at: now + 1700 }, "expires_at", undefined],
        [{ ...sessionParams, expires_at: now + 90_000 }, "expires_at", undefined],
        [{ ...sessionParams, line_items: [item] }, undefined, "amount_too_small"],
        [{ ...sessionParams, line_items: [] }, "line_items", "parameter_missing"],
        [{ line_items: sessionParams.line_items, mode: "payment" }, "success_url", "parameter_missing"],
        [{ ...sessionParams, success_url: "nowhere" }, "success_url", "url_invalid"],
        [{ ...sessionParams, client_reference_id: "x".repeat(201) }, "client_reference_id", undefined],
        [unknownParam, "colour", "parameter_unknown"]
      ]
      for (const [params, param, code] of cases) {
        const error = yield* attempt(() => stripe.checkout.sessions.create(params))
        assert.instanceOf(error, Stripe.errors.StripeInvalidRequestError)
        assert.strictEqual(error.statusCode, 400)
        if (param !== undefined) assert.strictEqual(error.param, param)
        if (code !== undefined) assert.strictEqual(error.code, code)
      }
      const { data } = yield* Effect.promise(() => stripe.checkout.sessions.list())
      assert.deepStrictEqual(data, [])
    })
  )

  it.effect("a session expires by the clock, once, and is not paid afterwards", () =>
    Effect.gen(function* () {
      const emulator = yield* StripeEmulator.start()
      const stripe = client(emulator)
      const { now } = yield* emulator.control.now()
      const { id } = yield* Effect.promise(() =>
        stripe.checkout.sessions.create({ ...sessionParams, expires_at: now + 1900 })
      )
      yield* emulator.control.advance({ seconds: 1850 })
      assert.strictEqual((yield* Effect.promise(() => stripe.checkout.sessions.retrieve(id))).status, "open")
      yield* emulator.control.advance({ seconds: 100 })
      const read = yield* Effect.promise(() => stripe.checkout.sessions.retrieve(id))
      assert.strictEqual(read.status, "expired")
      assert.strictEqual(read.url, null)
      const again = yield* attempt(() => stripe.checkout.sessions.expire(id))
      assert.instanceOf(again, Stripe.errors.StripeInvalidRequestError)
      const { data } = yield* Effect.promise(() => stripe.events.list({ type: "checkout.session.expired" }))
      assert.strictEqual(data.length, 1)
    })
  )

  it.effect("a bank debit completes the session unpaid, and its answer comes later", () =>
    Effect.gen(function* () {
      const emulator = yield* StripeEmulator.start()
      const stripe = client(emulator)
      const pay = Effect.fnUntraced(function* (outcome: "succeeded" | "failed") {
        const { id } = yield* Effect.promise(() => stripe.checkout.sessions.create(sessionParams))
        const waiting = yield* emulator.control.payLater({ session: id })
        assert.strictEqual(waiting.status, "complete")
        assert.strictEqual(waiting.payment_status, "unpaid")
        yield* emulator.control.settle({ session: id, outcome })
        assert.isTrue(
          Exit.isFailure(yield* Effect.exit(emulator.control.settle({ session: id, outcome: "succeeded" })))
        )
        return yield* Effect.promise(() => stripe.checkout.sessions.retrieve(id, { expand: ["payment_intent"] }))
      })
      const paid = yield* pay("succeeded")
      assert.strictEqual(paid.payment_status, "paid")
      const failed = yield* pay("failed")
      assert.strictEqual(failed.payment_status, "unpaid")
      const intent = failed.payment_intent
      if (intent === null || typeof intent === "string") return assert.fail("the intent was not expanded")
      assert.strictEqual(intent.status, "requires_payment_method")
      const { data } = yield* Effect.promise(() =>
        stripe.events.list({
          types: ["checkout.session.async_payment_succeeded", "checkout.session.async_payment_failed"]
        })
      )
      assert.deepStrictEqual(
        data.map(({ type }) => type),
        ["checkout.session.async_payment_failed", "checkout.session.async_payment_succeeded"]
      )
    })
  )
})

describe("StripeEmulator, keys", () => {
  it.effect("a wrong key is unauthorized, and a restricted one may do what it was granted", () =>
    Effect.gen(function* () {
      const emulator = yield* StripeEmulator.start({ permissions: { checkout_sessions: "write", events: "read" } })
      const wrong = yield* attempt(() => client(emulator, "sk_test_wrong").accounts.retrieveCurrent())
      assert.instanceOf(wrong, Stripe.errors.StripeAuthenticationError)
      const restricted = client(emulator, emulator.restrictedKey)
      yield* Effect.promise(() => restricted.checkout.sessions.create(sessionParams))
      yield* Effect.promise(() => restricted.events.list())
      const refused = yield* attempt(() => restricted.paymentIntents.create({ amount: 500, currency: "usd" }))
      assert.instanceOf(refused, Stripe.errors.StripePermissionError)
      assert.match(refused.message, /rak_payment_intents_write/u)
      assert.notInclude(refused.message, emulator.restrictedKey)
    })
  )

  it.effect("live mode is live in its key, its ids and its objects", () =>
    Effect.gen(function* () {
      const emulator = yield* StripeEmulator.start({ live: true })
      assert.match(emulator.secretKey, /^sk_live_/u)
      const session = yield* Effect.promise(() => client(emulator).checkout.sessions.create(sessionParams))
      assert.match(session.id, /^cs_live_/u)
      assert.strictEqual(session.livemode, true)
    })
  )
})
