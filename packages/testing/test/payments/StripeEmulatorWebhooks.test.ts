import { assert, describe, it } from "@effect/vitest"
import * as StripeEmulator from "@image-skill/testing/payments/StripeEmulator"
import { type Arrived, answering, loopback } from "@image-skill/testing/service/Loopback"
import * as Effect from "effect/Effect"
import { Stripe } from "stripe"
import { client, depositParams, depositsOf, preview, sessionParams } from "./StripeClient.ts"

/** The SDK's own check of a delivery: the event, or its error. */
const verified = (stripe: Stripe, { body, headers }: Arrived, secret: string): Stripe.Event | Error => {
  try {
    return stripe.webhooks.constructEvent(body, String(headers["stripe-signature"]), secret)
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

const typesOf = (stripe: Stripe, arrived: ReadonlyArray<Arrived>, secret: string) =>
  arrived.map((delivery) => {
    const event = verified(stripe, delivery, secret)
    return event instanceof Error ? event.message : event.type
  })

const setUp = Effect.gen(function* () {
  const receiver = yield* loopback(answering(200))
  const emulator = yield* StripeEmulator.start({ webhooks: [{ url: `${receiver.origin}/hook` }] })
  const stripe = client(emulator)
  const session = () => Effect.promise(() => stripe.checkout.sessions.create(sessionParams))
  return { arrived: receiver.arrived, emulator, session, stripe }
})

describe("StripeEmulator, webhooks", () => {
  it.effect("every event is delivered in order, signed so that the SDK accepts it", () =>
    Effect.gen(function* () {
      const { arrived, emulator, session, stripe } = yield* setUp
      const { id } = yield* session()
      yield* emulator.control.pay({ session: id })
      yield* emulator.control.settled()
      assert.deepStrictEqual(typesOf(stripe, arrived, emulator.webhookSecret), [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed"
      ])
      const last = arrived[3]
      if (last === undefined) return assert.fail("nothing was delivered")
      const event = verified(stripe, last, emulator.webhookSecret)
      if (event instanceof Error) return assert.fail(event.message)
      assert.nestedPropertyVal(event, "data.object.id", id)
      assert.strictEqual(event.api_version, "2026-10-28.endive")
      assert.strictEqual((yield* Effect.promise(() => stripe.events.retrieve(event.id))).pending_webhooks, 0)
    })
  )

  it.effect("each fault of a signature is one the SDK refuses, or says what it lets through", () =>
    Effect.gen(function* () {
      const { arrived, emulator, session, stripe } = yield* setUp
      const { id } = yield* session()
      yield* emulator.control.pay({ session: id })
      yield* emulator.control.settled()
      const event = (yield* Effect.promise(() => stripe.events.list({ limit: 1 }))).data[0]?.id ?? ""
      const resent = Effect.fnUntraced(function* (mode: "wrongSecret" | "stale" | "truncated" | "future" | "huge") {
        const before = arrived.length
        yield* emulator.control.resend({ event, mode })
        const [delivery] = arrived.slice(before)
        return delivery === undefined ? new Error("nothing came") : verified(stripe, delivery, emulator.webhookSecret)
      })
      for (const mode of ["wrongSecret", "stale", "truncated"] as const)
        assert.instanceOf(yield* resent(mode), Stripe.errors.StripeSignatureVerificationError)
      assert.propertyVal(yield* resent("future"), "id", event)
      assert.propertyVal(yield* resent("huge"), "id", event)
      assert.isAbove(arrived.at(-1)?.body.length ?? 0, 4_000_000)
    })
  )

  it.effect("events are lost, doubled, or held and let go in another order", () =>
    Effect.gen(function* () {
      const { arrived, emulator, session, stripe } = yield* setUp
      const { webhookSecret } = emulator
      yield* emulator.control.delivery({ mode: "lose", count: 1, types: ["checkout.session.completed"] })
      const lost = yield* session()
      yield* emulator.control.pay({ session: lost.id })
      yield* emulator.control.settled()
      assert.notInclude(typesOf(stripe, arrived, webhookSecret), "checkout.session.completed")
      assert.strictEqual(
        (yield* Effect.promise(() => stripe.events.list({ type: "checkout.session.completed" }))).data.length,
        1
      )

      yield* emulator.control.delivery({ mode: "duplicate", types: ["checkout.session.completed"] })
      const doubled = yield* session()
      yield* emulator.control.pay({ session: doubled.id })
      yield* emulator.control.settled()
      const completed = arrived.slice(3).filter(({ body }) => body.includes('"type": "checkout.session.completed"'))
      assert.strictEqual(completed.length, 2)
      assert.strictEqual(completed[0]?.body, completed[1]?.body)

      yield* emulator.control.delivery({ mode: "normal" })
      yield* emulator.control.delivery({ mode: "hold" })
      const before = arrived.length
      const held = yield* session()
      yield* emulator.control.pay({ session: held.id })
      yield* emulator.control.settled()
      assert.strictEqual(arrived.length, before)
      const waiting = yield* emulator.control.held()
      yield* emulator.control.release({ order: waiting.map(({ id: event }) => event).toReversed() })
      assert.deepStrictEqual(typesOf(stripe, arrived.slice(before), webhookSecret), [
        "checkout.session.completed",
        "payment_intent.succeeded",
        "charge.succeeded",
        "payment_intent.created"
      ])
    })
  )

  it.effect("a receiver that fails is tried again on Stripe's clock, and no more than the schedule says", () =>
    Effect.gen(function* () {
      const receiver = yield* loopback(answering(500))
      const emulator = yield* StripeEmulator.start({
        webhooks: [{ url: receiver.origin, events: ["payment_intent.created"] }]
      })
      const stripe = client(emulator)
      yield* Effect.promise(() => stripe.paymentIntents.create({ amount: 500, currency: "usd" }))
      yield* emulator.control.settled()
      assert.deepStrictEqual(yield* emulator.control.deliverDue(), { count: 0 })
      const counts: Array<number> = []
      for (const seconds of [300, 3600, 10_800, 86_400]) {
        yield* emulator.control.advance({ seconds })
        counts.push((yield* emulator.control.deliverDue()).count)
      }
      assert.deepStrictEqual(counts, [1, 1, 1, 0])
      assert.deepStrictEqual(
        (yield* emulator.control.deliveries()).map(({ attempt, status }) => [attempt, status]),
        [1, 2, 3, 4].map((attempt) => [attempt, 500])
      )
      const { data } = yield* Effect.promise(() => stripe.events.list({ delivery_success: false }))
      assert.strictEqual(data.length, 1)
    })
  )

  it.effect("while a secret is rotated both sign, afterwards the new one alone", () =>
    Effect.gen(function* () {
      const { arrived, emulator, stripe } = yield* setUp
      const [endpoint] = (yield* Effect.promise(() => stripe.webhookEndpoints.list())).data
      const { secret } = yield* emulator.control.rotateSecret({ endpoint: endpoint?.id ?? "", seconds: 3600 })
      yield* Effect.promise(() => stripe.paymentIntents.create({ amount: 500, currency: "usd" }))
      yield* emulator.control.settled()
      const both = arrived.at(-1)
      if (both === undefined) return assert.fail("nothing came")
      assert.match(String(both.headers["stripe-signature"]), /^t=\d+,v1=[0-9a-f]{64},v1=[0-9a-f]{64}$/u)
      for (const key of [secret, emulator.webhookSecret]) assert.notInstanceOf(verified(stripe, both, key), Error)
      yield* emulator.control.advance({ seconds: 3600 })
      yield* Effect.promise(() => stripe.paymentIntents.create({ amount: 500, currency: "usd" }))
      yield* emulator.control.settled()
      const one = arrived.at(-1)
      if (one === undefined) return assert.fail("nothing came")
      assert.notInstanceOf(verified(stripe, one, secret), Error)
      assert.instanceOf(verified(stripe, one, emulator.webhookSecret), Stripe.errors.StripeSignatureVerificationError)
    })
  )

  it.effect("a forged event is valid JSON, is refused, and is no event of the account", () =>
    Effect.gen(function* () {
      const { arrived, emulator, stripe } = yield* setUp
      const { event } = yield* emulator.control.forge({
        type: "checkout.session.completed",
        object: { id: "cs_test_forged", object: "checkout.session", payment_status: "paid" }
      })
      const [forged] = arrived
      if (forged === undefined) return assert.fail("nothing came")
      assert.include(forged.body, event)
      assert.instanceOf(
        verified(stripe, forged, emulator.webhookSecret),
        Stripe.errors.StripeSignatureVerificationError
      )
      assert.deepStrictEqual((yield* Effect.promise(() => stripe.events.list())).data, [])
    })
  )

  it.effect("an endpoint gets its own version, its own types, and its own secret, which is shown once", () =>
    Effect.gen(function* () {
      const receiver = yield* loopback(answering(200))
      const emulator = yield* StripeEmulator.start()
      const stripe = client(emulator)
      const created = yield* Effect.promise(() =>
        stripe.webhookEndpoints.create({
          url: receiver.origin,
          enabled_events: ["payment_intent.requires_action"],
          api_version: "2026-10-28.endive"
        })
      )
      assert.notProperty(yield* Effect.promise(() => stripe.webhookEndpoints.retrieve(created.id)), "secret")
      const intent = yield* Effect.promise(() => stripe.paymentIntents.create(depositParams, { apiVersion: preview }))
      assert.hasAllKeys(depositsOf(intent), ["base"])
      yield* emulator.control.settled()
      assert.deepStrictEqual(typesOf(stripe, receiver.arrived, created.secret ?? ""), [
        "payment_intent.requires_action"
      ])
      assert.notInclude(receiver.arrived[0]?.body ?? "", depositsOf(intent)["base"]?.address ?? "none")
      yield* Effect.promise(() => stripe.webhookEndpoints.update(created.id, { disabled: true }))
      yield* Effect.promise(() => stripe.paymentIntents.create(depositParams, { apiVersion: preview }))
      yield* emulator.control.settled()
      assert.strictEqual(receiver.arrived.length, 1)
      const gone = yield* Effect.promise(() => stripe.webhookEndpoints.del(created.id))
      assert.strictEqual(gone.deleted, true)
    })
  )
})
