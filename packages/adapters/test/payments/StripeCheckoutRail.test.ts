import { assert, describe, it } from "@effect/vitest"
import * as StripeCheckoutRail from "@image-skill/adapters/payments/StripeCheckoutRail"
import * as PaymentRailSuite from "@image-skill/testing/payments/PaymentRailSuite"
import type { StripeEmulator } from "@image-skill/testing/payments/StripeEmulator"
import * as Loopback from "@image-skill/testing/service/Loopback"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { attemptOn, order } from "./Orders.ts"
import { checkoutHarness, clientOf, configuredRail, emulator, intentOf, operatorOf } from "./StripeWorld.ts"

const sessions = "/v1/checkout/sessions"

const harnessed = (stripe: StripeEmulator, options: StripeCheckoutRail.CheckoutOptions = {}) =>
  checkoutHarness(stripe, StripeCheckoutRail.make(clientOf(stripe.baseUrl, stripe.secretKey), options))

/** A harness whose next request to make a session meets a fault. */
const faulty = (fault: Parameters<StripeEmulator["control"]["fault"]>[0]) =>
  Effect.gen(function* () {
    const stripe = yield* emulator()
    yield* stripe.control.fault(fault)
    return harnessed(stripe)
  })

/** A harness of a rail whose Stripe is some server that answers so. */
const answeredBy = (answer: Loopback.Answering) =>
  Effect.gen(function* () {
    const stripe = yield* emulator()
    const { origin } = yield* Loopback.loopback(answer)
    return checkoutHarness(stripe, StripeCheckoutRail.make(clientOf(origin, stripe.secretKey)))
  })

PaymentRailSuite.suite(
  "Stripe Checkout, emulator",
  Effect.map(emulator(), (stripe) =>
    checkoutHarness(stripe, configuredRail("stripe_checkout", stripe.baseUrl, stripe.secretKey))
  ),
  {
    ending: "awaited",
    isRemote: true,
    refunds: true,
    failing: {
      refused: answeredBy(
        Loopback.answering(400, `{"error":{"type":"invalid_request_error","message":"no such thing"}}`)
      ),
      denied: Effect.map(emulator(), (stripe) =>
        checkoutHarness(stripe, configuredRail("stripe_checkout", stripe.baseUrl, stripe.restrictedKey))
      ),
      unavailable: faulty({ kind: "limit", path: sessions }),
      unknown: faulty({ kind: "dropAfter", path: sessions, count: 2 }),
      malformed: answeredBy(Loopback.answering(200, `{"id":"cs_live_1","object":"checkout.session"}`))
    }
  }
)

const attempt = attemptOn("stripe_checkout")

const opening = Effect.gen(function* () {
  const stripe = yield* emulator()
  const harness = harnessed(stripe)
  const opened = yield* harness.rail.open(order)
  return { ...harness, stripe, opened, attempt: { ...attempt, ...opened } }
})

/** The sessions at Stripe, as the account's operator sees them. */
const sessionsAt = (stripe: StripeEmulator) =>
  Effect.promise(async () => (await operatorOf(stripe).checkout.sessions.list({ limit: 100 })).data)

const posts = (stripe: StripeEmulator) =>
  Effect.map(stripe.control.requests(), (seen) =>
    seen.filter(({ method, path }) => method === "POST" && path === sessions)
  )

/** Milliseconds: by itself, a connection on which nothing moves ends after twenty seconds. */
const beforeSilence = 15_000

describe("StripeCheckoutRail", () => {
  it.effect("the page is made of the order, and what leads back to it stands on the session and on the payment", () =>
    Effect.gen(function* () {
      const { attempt: opened, pay, stripe } = yield* opening
      yield* pay(opened)
      const [session] = yield* sessionsAt(stripe)
      const metadata = { payment_attempt_id: "payatt_order", quote_id: "quote_order", organization_id: "org_order" }
      assert.deepInclude(session, {
        mode: "payment",
        client_reference_id: order.attemptId,
        amount_subtotal: 240,
        currency: "usd",
        metadata,
        success_url: order.returnUrl,
        cancel_url: order.returnUrl,
        expires_at: Date.parse(order.expiresAt) / 1000,
        after_expiration: null,
        allow_promotion_codes: null
      })
      const intents = yield* Effect.promise(() => operatorOf(stripe).paymentIntents.list())
      assert.deepStrictEqual(intents.data[0]?.metadata, metadata)
      assert.deepStrictEqual(
        (yield* posts(stripe)).map(({ idempotencyKey }) => idempotencyKey),
        ["payatt_order:checkout:v1"]
      )
    })
  )

  it.effect("the address of the page is kept with what follows its #", () =>
    Effect.gen(function* () {
      const { opened, stripe } = yield* opening
      const [session] = yield* sessionsAt(stripe)
      assert.match(session?.url ?? "", /#fid/u)
      assert.deepStrictEqual(opened.checkout, { sessionId: session?.id, url: session?.url })
    })
  )

  it.effect("without a page of its own the deployment sends a payer to the documents", () =>
    Effect.gen(function* () {
      const stripe = yield* emulator()
      yield* harnessed(stripe).rail.open({ ...order, returnUrl: null })
      const [session] = yield* sessionsAt(stripe)
      assert.match(session?.success_url ?? "", /^https:\/\/[^/]+\/cli\.md$/u)
    })
  )

  it.effect.each([
    { asked: "2026-11-21T00:10:00.000Z", seconds: 31 * 60 },
    { asked: "2026-11-21T00:45:00.000Z", seconds: 45 * 60 },
    { asked: "2026-11-25T00:00:00.000Z", seconds: 24 * 3600 - 60 }
  ])("a page lives as long as the order, within what Stripe allows ($seconds s)", ({ asked, seconds }) =>
    Effect.gen(function* () {
      const stripe = yield* emulator()
      yield* harnessed(stripe).rail.open({ ...order, expiresAt: asked })
      const [session] = yield* sessionsAt(stripe)
      assert.strictEqual(session?.expires_at, Date.parse("2026-11-21T00:00:00.000Z") / 1000 + seconds)
    })
  )

  it.effect("an answer that was lost after the page was made is found again, and there is one page", () =>
    Effect.gen(function* () {
      const stripe = yield* emulator()
      const { made, rail } = harnessed(stripe)
      yield* stripe.control.fault({ kind: "dropAfter", path: sessions, count: 2 })
      assert.strictEqual((yield* Effect.flip(rail.open(order))).reason, "unknown")
      const opened = yield* rail.open(order)
      assert.strictEqual(opened.status, "requires_action")
      assert.strictEqual(yield* made(order.attemptId), 1)
    })
  )

  it.effect("a short order that is repeated later, when its page would live longer, finds the page that it has", () =>
    Effect.gen(function* () {
      const stripe = yield* emulator()
      const { made, rail } = harnessed(stripe)
      const short = { ...order, expiresAt: "2026-11-21T00:10:00.000Z" }
      yield* stripe.control.fault({ kind: "dropAfter", path: sessions, count: 2 })
      yield* Effect.flip(rail.open(short))
      yield* TestClock.adjust(Duration.minutes(5))
      const opened = yield* rail.open(short)
      const [session] = yield* sessionsAt(stripe)
      assert.strictEqual(opened.checkout?.url, session?.url)
      assert.strictEqual(yield* made(order.attemptId), 1)
    })
  )

  it.effect("a failure that Stripe repeats for a day does not hide the page that was made", () =>
    Effect.gen(function* () {
      const stripe = yield* emulator()
      const { made, rail } = harnessed(stripe)
      yield* stripe.control.fault({ kind: "errorAfter", path: sessions })
      assert.strictEqual((yield* Effect.flip(rail.open(order))).reason, "unknown")
      assert.strictEqual((yield* rail.open(order)).status, "requires_action")
      assert.strictEqual(yield* made(order.attemptId), 1)
    })
  )

  it.effect("a failure that Stripe repeats for a day, and that made nothing, is a refusal", () =>
    Effect.gen(function* () {
      const stripe = yield* emulator()
      const { made, rail } = harnessed(stripe)
      yield* stripe.control.fault({ kind: "error", path: sessions })
      assert.strictEqual((yield* Effect.flip(rail.open(order))).reason, "unknown")
      assert.strictEqual((yield* Effect.flip(rail.open(order))).reason, "refused")
      assert.strictEqual(yield* made(order.attemptId), 0)
    })
  )

  it.effect("while another request with its key is at work, nobody can tell, and later it is found", () =>
    Effect.gen(function* () {
      const stripe = yield* emulator()
      const { rail } = harnessed(stripe)
      yield* stripe.control.fault({ kind: "conflict", path: sessions })
      assert.strictEqual((yield* Effect.flip(rail.open(order))).reason, "unknown")
      assert.strictEqual((yield* rail.open(order)).status, "requires_action")
    })
  )

  it.effect("a promotion that takes all of the price is a payment of nothing for the whole quote", () =>
    Effect.gen(function* () {
      const stripe = yield* emulator()
      const { rail } = harnessed(stripe, { promotionCodes: true })
      yield* stripe.control.promotion({ code: "FREE", percent: 100 })
      const opened = yield* rail.open(order)
      const page = new URL(opened.checkout?.url ?? "")
      const form = { action: "promotion", promotion: "FREE", fragment: page.hash.slice(1) }
      yield* Effect.promise(() => fetch(page, { method: "POST", body: new URLSearchParams(form) }))
      yield* stripe.control.pay({ session: opened.checkout?.sessionId ?? "" })
      const truth = yield* rail.read({ ...attempt, ...opened })
      assert.deepInclude(truth, { status: "succeeded", refundedCents: 0, disputedCents: 0 })
      assert.deepInclude(truth.settled, { quotedCents: 240, paidCents: 0, currency: "usd", liveMoney: true })
    })
  )

  it.effect("a bank debit is no money until the bank has paid", () =>
    Effect.gen(function* () {
      const { attempt: opened, rail, stripe } = yield* opening
      const session = opened.checkout?.sessionId ?? ""
      yield* stripe.control.payLater({ session })
      const waiting = yield* rail.read(opened)
      assert.deepStrictEqual([waiting.status, waiting.settled], ["processing", null])
      assert.deepStrictEqual(yield* rail.close(opened), waiting)
      yield* stripe.control.settle({ session, outcome: "succeeded" })
      assert.strictEqual((yield* rail.read(opened)).settled?.paidCents, 240)
    })
  )

  it.effect("a bank debit that failed is no money", () =>
    Effect.gen(function* () {
      const { attempt: opened, rail, stripe } = yield* opening
      const session = opened.checkout?.sessionId ?? ""
      yield* stripe.control.payLater({ session })
      yield* stripe.control.settle({ session, outcome: "failed" })
      const truth = yield* rail.read(opened)
      assert.deepStrictEqual([truth.status, truth.settled], ["failed", null])
    })
  )

  it.effect("what the payer saw in another currency does not matter", () =>
    Effect.gen(function* () {
      const { attempt: opened, pay, rail, stripe } = yield* opening
      const session = opened.checkout?.sessionId ?? ""
      yield* stripe.control.present({ session, currency: "eur", amount: 221 })
      yield* pay(opened)
      assert.deepInclude((yield* rail.read(opened)).settled, { quotedCents: 240, paidCents: 240, currency: "usd" })
    })
  )

  it.effect("a refund that failed gives nothing back, and a dispute counts while its money is away", () =>
    Effect.gen(function* () {
      const { attempt: opened, pay, rail, refund, stripe } = yield* opening
      yield* pay(opened)
      yield* refund(opened, 40)
      const reversed = Effect.map(rail.read(opened), ({ disputedCents, refundedCents }) => [
        refundedCents,
        disputedCents
      ])
      assert.deepStrictEqual(yield* reversed, [40, 0])
      const { data } = yield* Effect.promise(() => operatorOf(stripe).refunds.list())
      yield* stripe.control.failRefund({ refund: data[0]?.id ?? "" })
      assert.deepStrictEqual(yield* reversed, [0, 0])
      const { handles } = yield* rail.read(opened)
      const charge = handles.find((handle) => handle.startsWith("ch_")) ?? ""
      const { id: dispute } = yield* stripe.control.createDispute({ charge, amount: 200 })
      assert.deepStrictEqual(yield* reversed, [0, 0])
      yield* stripe.control.withdrawDispute({ dispute })
      assert.deepStrictEqual(yield* reversed, [0, 200])
      yield* stripe.control.reinstateDispute({ dispute })
      assert.deepStrictEqual(yield* reversed, [0, 0])
      yield* stripe.control.reviewDispute({ dispute, status: "of_a_later_year" })
      assert.deepStrictEqual(yield* reversed, [0, 200])
    })
  )

  it.effect("a page of another payment is not taken for this one", () =>
    Effect.gen(function* () {
      const { attempt: opened, rail } = yield* opening
      const failure = yield* Effect.flip(rail.read({ ...opened, id: "payatt_other" }))
      assert.strictEqual(failure.reason, "malformed")
    })
  )

  it.effect("the payment is a handle as soon as somebody tried to pay", () =>
    Effect.gen(function* () {
      const { attempt: opened, decline, rail } = yield* opening
      yield* decline(opened)
      assert.match(intentOf(yield* rail.read(opened)), /^pi_/u)
    })
  )

  it.effect(
    "giving up ends the connection",
    () =>
      Effect.gen(function* () {
        const { asked, hungUp, origin } = yield* Loopback.loopback(() => {})
        yield* TestClock.setTime(Date.parse("2026-11-21T00:00:00.000Z"))
        const rail = StripeCheckoutRail.make(clientOf(origin, "sk_test_0123456789"))
        const opening = yield* Effect.forkChild(rail.open(order), { startImmediately: true })
        yield* asked
        yield* Fiber.interrupt(opening)
        yield* hungUp
      }),
    beforeSilence
  )

  it.effect(
    "no answer within half a minute means that nobody can tell",
    () =>
      Effect.gen(function* () {
        const { asked, hungUp, origin } = yield* Loopback.loopback(() => {})
        yield* TestClock.setTime(Date.parse("2026-11-21T00:00:00.000Z"))
        const rail = StripeCheckoutRail.make(clientOf(origin, "sk_test_0123456789"))
        const opening = yield* Effect.forkChild(Effect.flip(rail.open(order)), { startImmediately: true })
        yield* asked
        yield* TestClock.adjust(Duration.seconds(30))
        assert.strictEqual((yield* Fiber.join(opening)).reason, "unknown")
        yield* hungUp
      }),
    beforeSilence
  )
})
