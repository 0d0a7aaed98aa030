import { assert, describe, it } from "@effect/vitest"
import * as StripeEmulator from "@image-skill/testing/payments/StripeEmulator"
import * as Effect from "effect/Effect"
import { Stripe } from "stripe"
import { attempt, client, sessionParams } from "./StripeClient.ts"

const path = "/v1/checkout/sessions"

describe("StripeEmulator, idempotency", () => {
  it.effect("thirty creations at once with one key are one session", () =>
    Effect.gen(function* () {
      const emulator = yield* StripeEmulator.start()
      const stripe = client(emulator)
      yield* emulator.control.fault({ kind: "delay", path, milliseconds: 100 })
      const sessions = yield* Effect.promise(() =>
        Promise.all(
          Array.from({ length: 30 }, () => stripe.checkout.sessions.create(sessionParams, { idempotencyKey: "one" }))
        )
      )
      assert.strictEqual(new Set(sessions.map(({ id }) => id)).size, 1)
      assert.strictEqual((yield* Effect.promise(() => stripe.checkout.sessions.list())).data.length, 1)
      const replayed = sessions.filter(({ lastResponse }) => lastResponse.headers["idempotent-replayed"] === "true")
      assert.strictEqual(replayed.length, 29)
    })
  )

  it.effect("a key with another body is an idempotency error, and the first session stands", () =>
    Effect.gen(function* () {
      const stripe = client(yield* StripeEmulator.start())
      const first = yield* Effect.promise(() =>
        stripe.checkout.sessions.create(sessionParams, { idempotencyKey: "one" })
      )
      const error = yield* attempt(() =>
        stripe.checkout.sessions.create({ ...sessionParams, client_reference_id: "other" }, { idempotencyKey: "one" })
      )
      assert.instanceOf(error, Stripe.errors.StripeIdempotencyError)
      assert.strictEqual(error.statusCode, 400)
      const again = yield* Effect.promise(() =>
        stripe.checkout.sessions.create(sessionParams, { idempotencyKey: "one" })
      )
      assert.strictEqual(again.id, first.id)
    })
  )

  it.effect("a refusal is replayed, a malformed request leaves the key free", () =>
    Effect.gen(function* () {
      const emulator = yield* StripeEmulator.start()
      const stripe = client(emulator)
      const params = { amount: 500, currency: "usd", confirm: true, payment_method: "pm_card_chargeDeclined" }
      const pay = () => stripe.paymentIntents.create(params, { idempotencyKey: "declined" })
      const first = yield* attempt(pay)
      const second = yield* attempt(pay)
      assert.instanceOf(first, Stripe.errors.StripeCardError)
      assert.instanceOf(second, Stripe.errors.StripeCardError)
      assert.strictEqual(second.payment_intent?.id, first.payment_intent?.id)
      assert.strictEqual((yield* Effect.promise(() => stripe.paymentIntents.list())).data.length, 1)

      const malformed = yield* attempt(() =>
        stripe.checkout.sessions.create({ ...sessionParams, success_url: "" }, { idempotencyKey: "free" })
      )
      assert.instanceOf(malformed, Stripe.errors.StripeInvalidRequestError)
      yield* Effect.promise(() => stripe.checkout.sessions.create(sessionParams, { idempotencyKey: "free" }))
    })
  )

  it.effect("who waits for a request that never began goes first", () =>
    Effect.gen(function* () {
      const emulator = yield* StripeEmulator.start()
      const stripe = client(emulator)
      yield* emulator.control.fault({ kind: "limit", path, milliseconds: 100 })
      const create = () => stripe.checkout.sessions.create(sessionParams, { idempotencyKey: "one" })
      const answers = yield* Effect.promise(() => Promise.allSettled(Array.from({ length: 5 }, create)))
      const ids = answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value.id] : []))
      assert.deepStrictEqual([ids.length, new Set(ids).size], [4, 1])
    })
  )

  it.effect("a key is forgotten after a day", () =>
    Effect.gen(function* () {
      const emulator = yield* StripeEmulator.start()
      const stripe = client(emulator)
      const create = () => stripe.checkout.sessions.create(sessionParams, { idempotencyKey: "one" })
      const first = yield* Effect.promise(create)
      yield* emulator.control.advance({ seconds: 86_399 })
      assert.strictEqual((yield* Effect.promise(create)).id, first.id)
      yield* emulator.control.advance({ seconds: 2 })
      assert.notStrictEqual((yield* Effect.promise(create)).id, first.id)
    })
  )
})

describe("StripeEmulator, faults", () => {
  it.effect("a socket closed after the commit leaves one session, which the key finds again", () =>
    Effect.gen(function* () {
      const emulator = yield* StripeEmulator.start()
      const stripe = client(emulator)
      yield* emulator.control.fault({ kind: "dropAfter", method: "POST", path, count: 2 })
      const create = () => stripe.checkout.sessions.create(sessionParams, { idempotencyKey: "one" })
      assert.instanceOf(yield* attempt(create), Stripe.errors.StripeConnectionError)
      const [committed] = (yield* Effect.promise(() => stripe.checkout.sessions.list())).data
      assert.strictEqual((yield* Effect.promise(create)).id, committed?.id)
      const posts = (yield* emulator.control.requests()).filter(({ method }) => method === "POST")
      assert.deepStrictEqual(
        posts.map(({ replayed, status }) => [status, replayed]),
        [
          [null, false],
          [null, true],
          [200, true]
        ]
      )
    })
  )

  it.effect("a socket closed before the commit leaves nothing", () =>
    Effect.gen(function* () {
      const emulator = yield* StripeEmulator.start()
      const stripe = client(emulator)
      yield* emulator.control.fault({ kind: "dropBefore", method: "POST", path, count: 2 })
      const create = () => stripe.checkout.sessions.create(sessionParams, { idempotencyKey: "one" })
      assert.instanceOf(yield* attempt(create), Stripe.errors.StripeConnectionError)
      assert.deepStrictEqual((yield* Effect.promise(() => stripe.checkout.sessions.list())).data, [])
      yield* Effect.promise(create)
    })
  )

  it.effect("409 and 429 pass, a 500 is kept by the key unless it is told not to be", () =>
    Effect.gen(function* () {
      const emulator = yield* StripeEmulator.start()
      const stripe = client(emulator)
      const create = (idempotencyKey: string) => () =>
        stripe.checkout.sessions.create(sessionParams, { idempotencyKey })
      yield* emulator.control.fault({ kind: "conflict", path })
      assert.propertyVal(yield* attempt(create("one")), "statusCode", 409)
      yield* emulator.control.fault({ kind: "limit", path })
      assert.instanceOf(yield* attempt(create("one")), Stripe.errors.StripeRateLimitError)
      yield* Effect.promise(create("one"))
      yield* emulator.control.fault({ kind: "error", path })
      assert.instanceOf(yield* attempt(create("two")), Stripe.errors.StripeAPIError)
      assert.instanceOf(yield* attempt(create("two")), Stripe.errors.StripeAPIError)
      yield* emulator.control.fault({ kind: "error", path, remembered: false })
      assert.instanceOf(yield* attempt(create("three")), Stripe.errors.StripeAPIError)
      yield* Effect.promise(create("three"))
      yield* emulator.control.fault({ kind: "errorAfter", path, remembered: false })
      assert.instanceOf(yield* attempt(create("four")), Stripe.errors.StripeAPIError)
      assert.strictEqual((yield* Effect.promise(() => stripe.checkout.sessions.list())).data.length, 3)
    })
  )

  it.effect("a delayed answer outlives a client that does not wait", () =>
    Effect.gen(function* () {
      const emulator = yield* StripeEmulator.start()
      const stripe = client(emulator)
      yield* emulator.control.fault({ kind: "delay", path, milliseconds: 200, count: 2 })
      const error = yield* attempt(() =>
        stripe.checkout.sessions.create(sessionParams, { idempotencyKey: "one", timeout: 50 })
      )
      assert.instanceOf(error, Stripe.errors.StripeConnectionError)
      const found = yield* Effect.promise(() =>
        stripe.checkout.sessions.create(sessionParams, { idempotencyKey: "one" })
      )
      assert.deepStrictEqual(
        (yield* Effect.promise(() => stripe.checkout.sessions.list())).data.map(({ id }) => id),
        [found.id]
      )
    })
  )
})
