import { assert, describe, it } from "@effect/vitest"
import { jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { deposit } from "../payments/StripeWorld.ts"
import { until } from "./Compositions.ts"
import * as Pay from "./PaySite.ts"
import { assertEnvelope, bearer, json, post, send } from "./RawHttp.ts"
import { data, signUp } from "./Site.ts"

describe("a checkout page", () => {
  it.effect("that a promotion code makes free still gives all the credits", () =>
    Effect.gen(function* () {
      const site = yield* Pay.paySite({ promotionCodes: true })
      const bought = yield* Pay.bought(site.origin)
      yield* site.control.promotion({ code: "FREE", percent: 100 })
      const [address = "", fragment = ""] = bought.url.split("#")
      const act = (fields: { readonly [name: string]: string }) =>
        Effect.promise(() =>
          fetch(address, { method: "POST", body: new URLSearchParams({ fragment, ...fields }), redirect: "manual" })
        )
      assert.strictEqual((yield* act({ action: "promotion", promotion: "FREE" })).status, 200)
      const done = yield* act({ action: "pay", method: "card" })
      assert.deepStrictEqual(
        [done.status, done.headers.get("location")],
        [303, `${site.origin}/pay/${bought.attemptId}`]
      )
      yield* site.quiet
      const receipt = jsonField(yield* Pay.statusOf(site.origin, bought), "receipt")
      assert.deepStrictEqual([jsonField(receipt, "credits_granted"), jsonField(receipt, "amount_paid_cents")], [500, 0])
      assert.deepStrictEqual([yield* Pay.paidCredits(site.origin, bought.token), yield* site.broken], [500, []])
      const page = yield* send(site.origin, { path: `/pay/${bought.attemptId}` })
      assert.deepStrictEqual([page.status, page.text.includes("was paid")], [200, false])
    }).pipe(Effect.scoped)
  )

  it.effect("that is paid from a bank account gives credits when the bank has paid", () =>
    Effect.gen(function* () {
      const site = yield* Pay.paySite()
      const bought = yield* Pay.bought(site.origin)
      yield* site.control.payLater({ session: bought.sessionId })
      yield* site.quiet
      const waiting = yield* Pay.statusOf(site.origin, bought)
      assert.strictEqual(textField(waiting, "state"), "processing")
      assert.notProperty(jsonField(waiting, "next"), "human_action")
      assert.strictEqual(yield* Pay.paidCredits(site.origin, bought.token), 0)
      yield* TestClock.adjust("3 days")
      yield* site.control.settle({ session: bought.sessionId, outcome: "succeeded" })
      yield* site.quiet
      assert.strictEqual(yield* Pay.paidCredits(site.origin, bought.token), 500)
      assert.deepStrictEqual(yield* site.broken, [])
    }).pipe(Effect.scoped)
  )

  it.effect("that the bank did not pay gives none, and a new key opens another while the quote lives", () =>
    Effect.gen(function* () {
      const site = yield* Pay.paySite()
      const bought = yield* Pay.bought(site.origin)
      yield* site.control.payLater({ session: bought.sessionId })
      yield* site.control.settle({ session: bought.sessionId, outcome: "failed" })
      yield* site.quiet
      const failed = yield* Pay.statusOf(site.origin, bought)
      assert.strictEqual(textField(failed, "state"), "failed")
      const same = data(yield* Pay.buy(site.origin, bought.token, bought.quoteId, `buy:${bought.quoteId}`))
      assert.deepStrictEqual(
        [textField(same, "payment_attempt_id"), textField(same, "state"), jsonField(same, "idempotent_replay")],
        [bought.attemptId, "failed", true]
      )
      const other = yield* Pay.buy(site.origin, bought.token, bought.quoteId, "once-more")
      assert.strictEqual(other.status, 200, other.text)
      const second = { ...bought, attemptId: textField(data(other), "payment_attempt_id") }
      assert.notStrictEqual(second.attemptId, bought.attemptId)
      yield* site.control.pay({ session: textField(data(other), "checkout_session_id") })
      yield* site.quiet
      assert.strictEqual(textField(yield* Pay.statusOf(site.origin, second), "state"), "succeeded")
      assert.deepStrictEqual([yield* Pay.paidCredits(site.origin, bought.token), yield* site.broken], [500, []])
    }).pipe(Effect.scoped)
  )

  it.effect("is one, for many purchases of a quote at once", () =>
    Effect.gen(function* () {
      const site = yield* Pay.paySite()
      const token = yield* signUp(site.origin, "hasty")
      const quoteId = yield* Pay.quote(site.origin, token)
      const all = yield* Effect.forEach(
        ["a", "a", "b", "c", "c", "a"],
        (key) => Pay.buy(site.origin, token, quoteId, key),
        { concurrency: "unbounded" }
      )
      const answered = all.filter(({ status }) => status === 200)
      for (const reply of all.filter((one) => !answered.includes(one))) {
        const error = jsonField(json(reply), "error")
        assert.deepStrictEqual(
          [textField(error, "code"), jsonField(error, "retryable")],
          ["PAYMENT_PROVIDER_FAILURE", true]
        )
      }
      const again = yield* Effect.forEach(["a", "b", "c", "d"], (key) => Pay.buy(site.origin, token, quoteId, key))
      const urls = new Set([...answered, ...again].map((reply) => textField(data(reply), "checkout_url")))
      assert.strictEqual(urls.size, 1)
      const sessions = yield* Effect.promise(() => site.operator.checkout.sessions.list({ limit: 100 }))
      assert.strictEqual(sessions.data.length, 1)
    }).pipe(Effect.scoped)
  )

  it.effect.each(["dropAfter", "errorAfter"] as const)(
    "whose making Stripe did not answer (%s) is found by the same command",
    (kind) =>
      Effect.gen(function* () {
        const site = yield* Pay.paySite()
        const token = yield* signUp(site.origin, "patient")
        const quoteId = yield* Pay.quote(site.origin, token)
        yield* site.control.fault({ kind, method: "POST", path: "/v1/checkout/sessions", count: 2 })
        const lost = yield* Pay.buy(site.origin, token, quoteId)
        const expected = { status: 502, exit: 7, code: "PAYMENT_PROVIDER_FAILURE", command: "image-skill credits buy" }
        assertEnvelope(lost, expected)
        const error = jsonField(json(lost), "error")
        assert.deepStrictEqual(
          ["retryable", "outcome", "money_moved"].map((field) => jsonField(error, field)),
          [true, "unknown", "no"]
        )
        yield* site.control.clearFaults()
        const found = yield* Pay.buy(site.origin, token, quoteId)
        assert.strictEqual(found.status, 200, found.text)
        const sessions = yield* Effect.promise(() => site.operator.checkout.sessions.list({ limit: 100 }))
        assert.deepStrictEqual(
          sessions.data.map(({ id }) => id),
          [textField(data(found), "checkout_session_id")]
        )
        assert.deepStrictEqual(yield* site.broken, [])
      }).pipe(Effect.scoped)
  )

  it.effect("is told of as it was known, when Stripe does not answer in time", () =>
    Effect.gen(function* () {
      const site = yield* Pay.paySite()
      const bought = yield* Pay.bought(site.origin)
      yield* site.control.fault({ kind: "delay", path: "/v1/checkout/sessions/*", milliseconds: 60_000, count: 9 })
      const asking = yield* Effect.forkChild(
        send(site.origin, {
          path: `/v1/credit-purchases/status?payment_attempt_id=${bought.attemptId}`,
          headers: bearer(bought.token)
        })
      )
      const before = yield* Clock.currentTimeMillis
      yield* until(
        Effect.andThen(
          TestClock.adjust("10 millis"),
          Effect.sync(() => asking.pollUnsafe() !== undefined)
        )
      )
      const reply = yield* Fiber.join(asking)
      const waited = (yield* Clock.currentTimeMillis) - before
      assert.strictEqual(textField(data(reply), "state"), "action_required")
      const warnings = jsonField(json(reply), "warnings")
      assert.include(JSON.stringify(warnings), "could not be asked")
      assert.isAtLeast(waited, 10_000)
      assert.isBelow(waited, 20_000)
    }).pipe(Effect.scoped)
  )

  it.effect("of somebody else reads like one that is none", () =>
    Effect.gen(function* () {
      const site = yield* Pay.paySite()
      const { sessionId } = yield* Pay.bought(site.origin)
      const token = yield* signUp(site.origin, "curious")
      const replies = yield* Effect.forEach([sessionId, `${sessionId}x`], (id) =>
        send(site.origin, { path: `/v1/credit-purchases/status?checkout_session_id=${id}`, headers: bearer(token) })
      )
      const told = replies.map((reply) => {
        assertEnvelope(reply, {
          status: 404,
          exit: 1,
          code: "PAYMENT_NOT_FOUND",
          command: "image-skill credits status"
        })
        return jsonField(json(reply), "error")
      })
      assert.deepStrictEqual(told[0], told[1])
    }).pipe(Effect.scoped)
  )
})

describe("a deposit", () => {
  const opened = Effect.fnUntraced(function* (options: Pay.PaySiteOptions = {}) {
    const site = yield* Pay.paySite(options)
    const token = yield* signUp(site.origin, "agent")
    const quoteId = yield* Pay.quote(site.origin, token, { credits: 240, payment_method: "stripe_x402.exact.usdc" })
    const reply = yield* Pay.buy(site.origin, token, quoteId, "deposit", Pay.depositPath)
    assert.strictEqual(reply.status, 200, reply.text)
    const attemptId = textField(data(reply), "payment_attempt_id")
    const intents = yield* Effect.promise(() => site.operator.paymentIntents.list())
    const status = Pay.statusOf(site.origin, { attemptId, token })
    return { ...site, token, attemptId, intent: intents.data[0]?.id ?? "", status, reply }
  })

  it.effect("is paid by the agent alone, and no id or secret of Stripe is told", () =>
    Effect.gen(function* () {
      const { intent, operator, origin, quiet, reply, status, token, broken } = yield* opened()
      const x402 = jsonField(data(reply), "stripe_x402")
      const instructions = jsonField(x402, "payable_instructions")
      assert.deepStrictEqual(
        [jsonField(instructions, "token_amount_atomic"), jsonField(jsonField(data(reply), "next"), "agent_action")],
        ["2400000", "pay_stripe_crypto_deposit"]
      )
      yield* deposit(operator, intent, "success")
      yield* quiet
      const settled = yield* status
      assert.strictEqual(textField(settled, "state"), "succeeded")
      assert.strictEqual(yield* Pay.paidCredits(origin, token), 240)
      for (const text of [reply.text, JSON.stringify(settled)]) {
        for (const word of [intent, "_secret_"]) assert.notInclude(text, word)
      }
      assert.deepStrictEqual(yield* broken, [])
    }).pipe(Effect.scoped)
  )

  it.effect("that is on its way is not asked for again", () =>
    Effect.gen(function* () {
      const { intent, operator, status } = yield* opened({ emulator: { depositSeconds: 10 } })
      yield* deposit(operator, intent, "success")
      const processing = yield* status
      assert.deepStrictEqual(
        [
          textField(processing, "state"),
          jsonField(jsonField(jsonField(processing, "payment_attempt"), "stripe_x402"), "payable_instructions")
        ],
        ["processing", null]
      )
      assert.notProperty(jsonField(processing, "next"), "agent_action")
      assert.notProperty(jsonField(processing, "next_actions"), "recommended_settlement")
    }).pipe(Effect.scoped)
  )

  it.effect("whose time is over is not asked for, even while the provider cannot be reached", () =>
    Effect.gen(function* () {
      const { control, origin, reply, status, token } = yield* opened()
      yield* TestClock.adjust("61 minutes")
      yield* control.fault({ kind: "limit", path: "/v1/payment_intents/*", count: 50 })
      yield* control.fault({ kind: "limit", path: "/v1/payment_intents/*/cancel", count: 50 })
      const quoteId = textField(data(reply), "quote_id")
      const again = data(yield* Pay.buy(origin, token, quoteId, "deposit", Pay.depositPath))
      const late = yield* status
      for (const next of [jsonField(again, "next"), jsonField(late, "next")]) assert.notProperty(next, "agent_action")
      for (const block of [
        jsonField(again, "stripe_x402"),
        jsonField(jsonField(late, "payment_attempt"), "stripe_x402")
      ])
        assert.strictEqual(jsonField(block, "payable_instructions"), null)
    }).pipe(Effect.scoped)
  )
})

describe("a request for money", () => {
  it.effect("with a field that nobody knows is refused before anything is made", () =>
    Effect.gen(function* () {
      const { origin, rows } = yield* Pay.paySite()
      const token = yield* signUp(origin, "odd")
      const before = yield* rows
      const asked = [
        ["/v1/credit-quotes", "credits quote", { credits: 500, coupon: "FREE" }],
        [Pay.buyPath, "credits buy", { quote_id: "quote_x", idempotency_key: "k", amount_cents: 1 }],
        [Pay.depositPath, "credits buy", { quote_id: "quote_x", idempotency_key: "k", network: "base" }],
        ["/v1/credit-purchases", "credits fake-purchase", { quote_id: "quote_x", idempotency_key: "k", script: "x" }]
      ] as const
      for (const [path, label, body] of asked) {
        const reply = yield* send(origin, post(path, body, bearer(token)))
        const command = `image-skill ${label}`
        assertEnvelope(reply, { status: 400, exit: 2, code: "INVALID_ARGUMENTS", command }, path)
      }
      assert.deepStrictEqual(yield* rows, before)
    }).pipe(Effect.scoped)
  )
})
