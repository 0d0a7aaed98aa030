import { assert, describe, it } from "@effect/vitest"
import * as StripeCheckoutRail from "@image-skill/adapters/payments/StripeCheckoutRail"
import * as StripeEvents from "@image-skill/adapters/payments/StripeEvents"
import { PaymentEvents } from "@image-skill/core/payments/PaymentEvents"
import type { StripeEmulator } from "@image-skill/testing/payments/StripeEmulator"
import * as Loopback from "@image-skill/testing/service/Loopback"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { Stripe } from "stripe"
import { attemptOn, order } from "./Orders.ts"
import { checkoutHarness, clientOf, emulator, operatorOf } from "./StripeWorld.ts"

const now = Date.parse("2026-11-21T00:00:00.000Z") / 1000

const eventsOf = (stripe: Pick<StripeEmulator, "baseUrl" | "secretKey">, secrets: ReadonlyArray<string>) =>
  Effect.provide(
    Effect.map(PaymentEvents, (events) => events),
    StripeEvents.layer(
      clientOf(stripe.baseUrl, stripe.secretKey),
      secrets.map((secret) => Redacted.make(secret))
    )
  )

/** Needs no Stripe: only what is pushed is looked at. */
const receiving = (...secrets: ReadonlyArray<string>) =>
  Effect.andThen(
    TestClock.setTime(now * 1000),
    eventsOf({ baseUrl: "http://127.0.0.1:1", secretKey: "sk_test_0123456789" }, secrets)
  )

const secret = "whsec_ofThisEndpoint"
const event = {
  id: "evt_1",
  object: "event",
  type: "charge.refunded",
  created: now,
  data: {
    object: { id: "ch_1", object: "charge", payment_intent: "pi_1", metadata: { payment_attempt_id: "payatt_1" } }
  }
}
const body = JSON.stringify(event)

const signed = (
  payload: string,
  options: { readonly secret?: string; readonly timestamp?: number; readonly scheme?: string } = {}
) => Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp: now, ...options })

const bytes = (text: string) => new TextEncoder().encode(text)

const reasonOf = (raw: string, signature: string, ...secrets: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const events = yield* receiving(...secrets)
    return yield* Effect.match(events.verify(bytes(raw), signature), {
      onFailure: ({ reason }): string => reason,
      onSuccess: () => "genuine"
    })
  })

/** An emulator with one webhook endpoint, and what arrived there. */
const delivering = Effect.gen(function* () {
  const stripe = yield* emulator()
  const inbox = yield* Loopback.loopback(Loopback.answering(200))
  yield* stripe.control.addWebhook({ url: `${inbox.origin}/hook` })
  const { pay, rail } = checkoutHarness(stripe, StripeCheckoutRail.make(clientOf(stripe.baseUrl, stripe.secretKey)))
  const opened = yield* rail.open(order)
  const events = yield* eventsOf(stripe, [stripe.webhookSecret])
  const verdicts = Effect.andThen(
    stripe.control.settled(),
    Effect.forEach(inbox.arrived, ({ body: raw, headers }) =>
      Effect.match(events.verify(bytes(raw), String(headers["stripe-signature"])), {
        onFailure: ({ reason }): string => reason,
        onSuccess: ({ type }): string => type
      })
    )
  )
  return { attempt: { ...attemptOn("stripe_checkout"), ...opened }, events, inbox, pay, stripe, verdicts }
})

describe("StripeEvents", () => {
  it.effect("a genuine event says what it names", () =>
    Effect.gen(function* () {
      const events = yield* receiving(secret)
      const { payload, ...named } = yield* events.verify(bytes(body), signed(body))
      assert.deepStrictEqual(named, {
        id: "evt_1",
        type: "charge.refunded",
        attemptId: "payatt_1",
        handles: ["ch_1", "pi_1"]
      })
      assert.deepStrictEqual(JSON.parse(payload), event)
    })
  )

  it.effect.each<readonly [string, string, string, ReadonlyArray<string>, string]>([
    ["signed just now", body, signed(body), [secret], "genuine"],
    ["signed five minutes ago", body, signed(body, { timestamp: now - 300 }), [secret], "genuine"],
    ["signed longer ago", body, signed(body, { timestamp: now - 301 }), [secret], "signature"],
    ["signed by a clock five minutes ahead", body, signed(body, { timestamp: now + 300 }), [secret], "genuine"],
    ["signed further in the future", body, signed(body, { timestamp: now + 301 }), [secret], "signature"],
    ["signed by somebody else", body, signed(body, { secret: "whsec_other" }), [secret], "signature"],
    ["signed with an empty secret", body, signed(body, { secret: "" }), [secret], "signature"],
    ["signed for the test scheme only", body, signed(body, { scheme: "v0" }), [secret], "signature"],
    ["changed after it was signed", body.replace("ch_1", "ch_2"), signed(body), [secret], "signature"],
    ["cut off after it was signed", body.slice(0, -9), signed(body), [secret], "signature"],
    ["not signed", body, "", [secret], "signature"],
    ["signed with two times", body, `t=${now},${signed(body)}`, [secret], "signature"],
    ["signed with a time that is none", body, signed(body).replace(`${now}`, "soon"), [secret], "signature"],
    ["empty", "", signed("x"), [secret], "signature"],
    ["signed with the secret of before", body, signed(body), ["whsec_new", secret], "genuine"],
    [
      "signed with both secrets",
      body,
      `${signed(body, { secret: "whsec_old" })},${signed(body).split(",")[1]}`,
      [secret],
      "genuine"
    ],
    ["signed and no JSON", "{", signed("{"), [secret], "malformed"],
    ["signed and no event", `{"id":"evt_1"}`, signed(`{"id":"evt_1"}`), [secret], "malformed"],
    ["signed, without a secret here", body, signed(body), [], "not_configured"],
    ["signed with an empty secret, with an empty one here", body, signed(body, { secret: "" }), [""], "not_configured"],
    ["signed with a blank secret, with a blank one here", body, signed(body, { secret: " " }), [" "], "not_configured"],
    [
      "signed with an empty secret, with an empty one beside the real",
      body,
      signed(body, { secret: "" }),
      [secret, ""],
      "signature"
    ]
  ])("an event that is %s", ([, raw, signature, secrets, verdict]) =>
    Effect.gen(function* () {
      assert.strictEqual(yield* reasonOf(raw, signature, ...secrets), verdict)
    })
  )

  it.effect("what is kept of an event holds no client secret and no address of a page that can be paid", () =>
    Effect.gen(function* () {
      const events = yield* receiving(secret)
      const raw = JSON.stringify({
        ...event,
        data: {
          object: {
            id: "cs_1",
            object: "checkout.session",
            client_reference_id: "payatt_2",
            client_secret: "cs_1_secret_one",
            url: "https://checkout.stripe.com/c/pay/cs_1#fidkdWxOYHwnPyd1blpxYHZxWjA0",
            payment_intent: { id: "pi_1", client_secret: "pi_1_secret_two", next_action: [{ client_secret: "three" }] }
          },
          previous_attributes: { client_secret: "pi_1_secret_four", amount: 5 }
        }
      })
      const taken = yield* events.verify(bytes(raw), signed(raw))
      assert.deepStrictEqual([taken.attemptId, taken.handles], ["payatt_2", ["cs_1", "pi_1"]])
      assert.notMatch(taken.payload, /_secret_|three|fidkd|#/u)
      assert.include(taken.payload, "https://checkout.stripe.com/c/pay/cs_1")
      assert.include(taken.payload, `"amount":5`)
    })
  )

  it.effect("an event that names no attempt of ours in words we know names none", () =>
    Effect.gen(function* () {
      const events = yield* receiving(secret)
      const object = {
        id: "du_1",
        object: "dispute",
        charge: "ch_1",
        payment_intent: "pi_1",
        metadata: { payment_attempt_id: "a b" }
      }
      const raw = JSON.stringify({ ...event, data: { object } })
      const { attemptId, handles } = yield* events.verify(bytes(raw), signed(raw))
      assert.deepStrictEqual([attemptId, handles], [null, ["pi_1", "ch_1"]])
    })
  )

  it.effect("what Stripe delivers is genuine, and leads to the payment", () =>
    Effect.gen(function* () {
      const { attempt, events, inbox, pay, stripe, verdicts } = yield* delivering
      yield* pay(attempt)
      assert.includeMembers(yield* verdicts, ["payment_intent.succeeded", "checkout.session.completed"])
      for (const { body: raw, headers } of inbox.arrived) {
        const taken = yield* events.verify(bytes(raw), String(headers["stripe-signature"]))
        assert.strictEqual(taken.attemptId, attempt.id)
        assert.notMatch(taken.payload, /_secret_|#fid/u)
      }
      assert.isNotEmpty(yield* stripe.control.deliveries())
    })
  )

  it.effect.each(["wrongSecret", "stale", "future", "truncated"] as const)("what arrives %s is refused", (mode) =>
    Effect.gen(function* () {
      const { attempt, pay, stripe, verdicts } = yield* delivering
      yield* stripe.control.delivery({ mode })
      yield* pay(attempt)
      const all = yield* verdicts
      assert.isNotEmpty(all)
      assert.deepStrictEqual([...new Set(all)], ["signature"])
    })
  )

  it.effect("a forged event is refused", () =>
    Effect.gen(function* () {
      const { stripe, verdicts } = yield* delivering
      yield* stripe.control.forge({
        type: "payment_intent.succeeded",
        object: { id: "pi_1", object: "payment_intent" }
      })
      assert.deepStrictEqual([...new Set(yield* verdicts)], ["signature"])
    })
  )

  it.effect("while a secret is rotated, both the old and the new one are enough", () =>
    Effect.gen(function* () {
      const stripe = yield* emulator()
      const inbox = yield* Loopback.loopback(Loopback.answering(200))
      const { id: endpoint, secret: old } = yield* stripe.control.addWebhook({ url: inbox.origin })
      const { secret: fresh } = yield* stripe.control.rotateSecret({ endpoint, seconds: 3600 })
      const { rail } = checkoutHarness(stripe, StripeCheckoutRail.make(clientOf(stripe.baseUrl, stripe.secretKey)))
      const { checkout } = yield* rail.open(order)
      yield* stripe.control.pay({ session: checkout?.sessionId ?? "" })
      yield* stripe.control.settled()
      for (const secrets of [[old], [fresh], [fresh, old]]) {
        const events = yield* eventsOf(stripe, secrets)
        for (const { body: raw, headers } of inbox.arrived)
          yield* events.verify(bytes(raw), String(headers["stripe-signature"]))
      }
      assert.isNotEmpty(inbox.arrived)
      const stranger = yield* eventsOf(stripe, ["whsec_stranger"])
      const [first] = inbox.arrived
      const refusal = yield* Effect.flip(
        stranger.verify(bytes(first?.body ?? ""), String(first?.headers["stripe-signature"]))
      )
      assert.strictEqual(refusal.reason, "signature")
    })
  )

  it.effect("events that never arrived are listed, oldest first, and the cursor leads to the later ones", () =>
    Effect.gen(function* () {
      const { attempt, events, pay, stripe } = yield* delivering
      assert.deepStrictEqual((yield* events.since(null)).events, [])
      yield* pay(attempt)
      const first = yield* events.since(null)
      const types = first.events.map(({ type }) => type)
      assert.sameMembers(types, ["payment_intent.succeeded", "checkout.session.completed"])
      assert.isTrue(
        first.events.every(({ attemptId, payload }) => attemptId === attempt.id && !payload.includes("_secret_"))
      )
      assert.isBelow(types.indexOf("payment_intent.succeeded"), types.indexOf("checkout.session.completed"))
      yield* TestClock.adjust(Duration.hours(1))
      const { data } = yield* Effect.promise(() => operatorOf(stripe).charges.list())
      const { id: dispute } = yield* stripe.control.createDispute({ charge: data[0]?.id ?? "" })
      yield* stripe.control.withdrawDispute({ dispute })
      const later = yield* events.since(first.cursor)
      const disputed = ["charge.dispute.created", "charge.dispute.funds_withdrawn"]
      assert.deepStrictEqual(later.events.map(({ type }) => type).slice(-2), disputed)
      assert.includeMembers([...(later.events.at(-1)?.handles ?? [])], [data[0]?.id ?? ""])
      // The five minutes before a cursor are listed again, and no more.
      const again = yield* events.since(later.cursor)
      assert.deepStrictEqual(again.events, later.events.slice(-2))
      assert.strictEqual(again.cursor, later.cursor)
    })
  )

  it.effect("more events than one page holds are all given", () =>
    Effect.gen(function* () {
      const stripe = yield* emulator()
      const { rail } = checkoutHarness(stripe, StripeCheckoutRail.make(clientOf(stripe.baseUrl, stripe.secretKey)))
      for (let count = 0; count < 130; count += 1) {
        const { checkout } = yield* rail.open({ ...order, attemptId: `payatt_${count}` })
        yield* stripe.control.expire({ session: checkout?.sessionId ?? "" })
      }
      const events = yield* eventsOf(stripe, [])
      const { events: given } = yield* events.since(null)
      assert.deepStrictEqual(
        given.map(({ attemptId }) => attemptId),
        Array.from({ length: 130 }, (_, count) => `payatt_${count}`)
      )
    })
  )

  it.effect("of more events than twenty pages hold, the older come first and none is left out", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now * 1000)
      // One event every ten seconds of the last twelve hours: more than twenty pages of a hundred.
      const all = Array.from({ length: 4320 }, (_, index) => ({
        ...event,
        id: `evt_${index}`,
        created: now - index * 10
      }))
      const { origin } = yield* Loopback.loopback((response, request) => {
        const query = new URL(request.path, "http://stripe.example").searchParams
        const [from, until] = [Number(query.get("created[gte]")), Number(query.get("created[lte]") ?? now)]
        const listed = all.filter(({ created }) => created >= from && created <= until)
        const start = listed.findIndex(({ id }) => id === query.get("starting_after")) + 1
        const data = listed.slice(start, start + 100)
        const list = { object: "list", url: "/v1/events", has_more: start + 100 < listed.length, data }
        Loopback.answering(200, JSON.stringify(list))(response, request)
      })
      const events = yield* eventsOf({ baseUrl: origin, secretKey: "sk_test_0123456789" }, [])
      const seen = new Set<string>()
      let cursor: string | null = null
      let calls = 0
      while (seen.size < all.length && calls < 10) {
        const given: { readonly events: ReadonlyArray<{ readonly id: string }>; readonly cursor: string | null } =
          yield* events.since(cursor)
        for (const { id } of given.events) seen.add(id)
        cursor = given.cursor
        calls += 1
      }
      assert.strictEqual(seen.size, all.length)
      assert.isAbove(calls, 1)
    })
  )

  it.effect("a list that cannot be read is a failure, and the cursor stays where it was", () =>
    Effect.gen(function* () {
      const stripe = yield* emulator()
      yield* stripe.control.fault({ kind: "error", path: "/v1/events" })
      const events = yield* eventsOf(stripe, [])
      assert.strictEqual((yield* Effect.flip(events.since(null))).reason, "unknown")
    })
  )
})
