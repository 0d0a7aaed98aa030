import { assert, describe, it } from "@effect/vitest"
import * as StripeEmulator from "@image-skill/testing/payments/StripeEmulator"
import * as Effect from "effect/Effect"
import { Stripe } from "stripe"
import { attempt, client, depositParams, depositsOf, preview, sessionParams } from "./StripeClient.ts"

const succeeds = "0x00000000000000000000000000000000000000000000000000000testsuccess"
const fails = "0x000000000000000000000000000000000000000000000000000000testfailed"

const simulate = (stripe: Stripe, id: string, hash: string) =>
  stripe.rawRequest(
    "POST",
    `/v1/test_helpers/payment_intents/${id}/simulate_crypto_deposit`,
    { transaction_hash: hash, network: "base", buyer_wallet: `0x${"1".repeat(40)}` },
    { apiVersion: preview }
  )

describe("StripeEmulator, crypto deposits", () => {
  it.effect("a preview version answers with a fresh address per network and the pinned token", () =>
    Effect.gen(function* () {
      const stripe = client(yield* StripeEmulator.start())
      const [one, two] = yield* Effect.promise(() =>
        Promise.all([
          stripe.paymentIntents.create(depositParams, { apiVersion: preview }),
          stripe.paymentIntents.create(depositParams, { apiVersion: preview })
        ])
      )
      assert.strictEqual(one.status, "requires_action")
      assert.strictEqual(one.next_action?.type, "crypto_display_details")
      const first = depositsOf(one)["base"]
      assert.match(first?.address ?? "", /^0x[0-9a-f]{40}$/u)
      assert.notStrictEqual(first?.address, depositsOf(two)["base"]?.address)
      assert.deepStrictEqual(first?.supported_tokens, [
        { token_currency: "usdc", token_contract_address: "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913" }
      ])
    })
  )

  it.effect("the version of the SDK does not know the crypto mode, and nothing is created", () =>
    Effect.gen(function* () {
      const stripe = client(yield* StripeEmulator.start())
      const { payment_method_types: types, ...others } = depositParams
      const current = { ...others, allowed_payment_method_types: types }
      for (const [params, options] of [
        [current, {}],
        [depositParams, { apiVersion: "2026-02-25.preview" }],
        [depositParams, { apiVersion: "2026-03-04.dahlia" }]
      ] as const) {
        const error = yield* attempt(() => stripe.paymentIntents.create(params, options))
        assert.instanceOf(error, Stripe.errors.StripeInvalidRequestError)
        assert.deepStrictEqual([error.code, error.param], ["parameter_unknown", "payment_method_options[crypto][mode]"])
      }
      assert.deepStrictEqual((yield* Effect.promise(() => stripe.paymentIntents.list())).data, [])
    })
  )

  it.effect("the addresses are not in the answer to a version without them", () =>
    Effect.gen(function* () {
      const stripe = client(yield* StripeEmulator.start())
      const { id } = yield* Effect.promise(() => stripe.paymentIntents.create(depositParams, { apiVersion: preview }))
      const read = yield* Effect.promise(() => stripe.paymentIntents.retrieve(id))
      assert.deepStrictEqual(depositsOf(read), {})
    })
  )

  it.effect("a simulated deposit is processing, then succeeded with the chain's facts on its charge", () =>
    Effect.gen(function* () {
      const emulator = yield* StripeEmulator.start({ depositSeconds: 15 })
      const stripe = client(emulator)
      const { id } = yield* Effect.promise(() => stripe.paymentIntents.create(depositParams, { apiVersion: preview }))
      yield* Effect.promise(() => simulate(stripe, id, succeeds))
      assert.strictEqual((yield* Effect.promise(() => stripe.paymentIntents.retrieve(id))).status, "processing")
      yield* emulator.control.advance({ seconds: 15 })
      const intent = yield* Effect.promise(() => stripe.paymentIntents.retrieve(id, { expand: ["latest_charge"] }))
      assert.strictEqual(intent.status, "succeeded")
      const charge = intent.latest_charge
      if (charge === null || typeof charge === "string") return assert.fail("the charge was not expanded")
      assert.deepStrictEqual(charge.payment_method_details?.crypto, {
        buyer_address: `0x${"1".repeat(40)}`,
        network: "base",
        token_currency: "usdc",
        transaction_hash: succeeds
      })
      const { data } = yield* Effect.promise(() => stripe.events.list())
      assert.deepStrictEqual(
        data.map(({ type }) => type),
        [
          "payment_intent.succeeded",
          "charge.succeeded",
          "payment_intent.processing",
          "payment_intent.requires_action",
          "payment_intent.created"
        ]
      )
    })
  )

  it.effect("a simulated deposit can fail, an unknown hash is refused, and live mode has no helper", () =>
    Effect.gen(function* () {
      const emulator = yield* StripeEmulator.start()
      const stripe = client(emulator)
      const { id } = yield* Effect.promise(() => stripe.paymentIntents.create(depositParams, { apiVersion: preview }))
      const unknown = yield* attempt(() => simulate(stripe, id, `0x${"2".repeat(64)}`))
      assert.instanceOf(unknown, Stripe.errors.StripeInvalidRequestError)
      yield* Effect.promise(() => simulate(stripe, id, fails))
      const intent = yield* Effect.promise(() => stripe.paymentIntents.retrieve(id))
      assert.strictEqual(intent.status, "requires_payment_method")
      assert.strictEqual(intent.last_payment_error?.code, "payment_intent_payment_attempt_failed")

      const live = client(yield* StripeEmulator.start({ live: true }))
      const open = yield* Effect.promise(() => live.paymentIntents.create(depositParams, { apiVersion: preview }))
      assert.instanceOf(
        yield* attempt(() => simulate(live, open.id, succeeds)),
        Stripe.errors.StripeInvalidRequestError
      )
      assert.strictEqual((yield* Effect.promise(() => live.paymentIntents.retrieve(open.id))).status, "requires_action")
    })
  )

  it.effect("a canceled intent stays canceled, and a succeeded one cannot be canceled", () =>
    Effect.gen(function* () {
      const stripe = client(yield* StripeEmulator.start())
      const create = () => stripe.paymentIntents.create(depositParams, { apiVersion: preview })
      const first = yield* Effect.promise(create)
      const canceled = yield* Effect.promise(() =>
        stripe.paymentIntents.cancel(first.id, { cancellation_reason: "abandoned" })
      )
      assert.strictEqual(canceled.status, "canceled")
      assert.strictEqual(canceled.cancellation_reason, "abandoned")
      assert.isNumber(canceled.canceled_at)
      assert.instanceOf(
        yield* attempt(() => simulate(stripe, first.id, succeeds)),
        Stripe.errors.StripeInvalidRequestError
      )

      const second = yield* Effect.promise(create)
      yield* Effect.promise(() => simulate(stripe, second.id, succeeds))
      const error = yield* attempt(() => stripe.paymentIntents.cancel(second.id))
      assert.instanceOf(error, Stripe.errors.StripeInvalidRequestError)
      assert.strictEqual(error.code, "payment_intent_unexpected_state")
    })
  )

  it.effect("a deposit can be confirmed in a second step", () =>
    Effect.gen(function* () {
      const stripe = client(yield* StripeEmulator.start())
      const created = yield* Effect.promise(() =>
        stripe.paymentIntents.create({ ...depositParams, confirm: false }, { apiVersion: preview })
      )
      assert.strictEqual(created.status, "requires_confirmation")
      const confirmed = yield* Effect.promise(() =>
        stripe.paymentIntents.confirm(created.id, {}, { apiVersion: preview })
      )
      assert.strictEqual(confirmed.status, "requires_action")
      assert.hasAllKeys(depositsOf(confirmed), ["base"])
    })
  )

  it.effect("reusable deposit addresses are there from their preview on", () =>
    Effect.gen(function* () {
      const stripe = client(yield* StripeEmulator.start())
      const create = (apiVersion: string) =>
        stripe.rawRequest("POST", "/v1/crypto/deposit_addresses", { network: "base" }, { apiVersion })
      assert.instanceOf(yield* attempt(() => create(preview)), Stripe.errors.StripeInvalidRequestError)
      const created: unknown = yield* Effect.promise(() => create("2026-05-27.preview"))
      const list: unknown = yield* Effect.promise(() =>
        stripe.rawRequest("GET", "/v1/crypto/deposit_addresses", undefined, { apiVersion: "2026-05-27.preview" })
      )
      assert.propertyVal(created, "object", "crypto.deposit_address")
      assert.nestedPropertyVal(list, "data.length", 1)
    })
  )
})

describe("StripeEmulator, cards", () => {
  it.effect("a card pays at once, and a refused one is Stripe's card error", () =>
    Effect.gen(function* () {
      const stripe = client(yield* StripeEmulator.start())
      const pay = (payment_method: string) =>
        stripe.paymentIntents.create({ amount: 500, currency: "usd", confirm: true, payment_method })
      assert.strictEqual((yield* Effect.promise(() => pay("pm_card_visa"))).status, "succeeded")
      const error = yield* attempt(() => pay("pm_card_visa_chargeDeclinedInsufficientFunds"))
      assert.instanceOf(error, Stripe.errors.StripeCardError)
      assert.strictEqual(error.statusCode, 402)
      assert.strictEqual(error.decline_code, "insufficient_funds")
      assert.strictEqual(error.payment_intent?.status, "requires_payment_method")
    })
  )

  it.effect("the payment of an open session is canceled with the session, not by itself", () =>
    Effect.gen(function* () {
      const emulator = yield* StripeEmulator.start()
      const stripe = client(emulator)
      const { id } = yield* Effect.promise(() => stripe.checkout.sessions.create(sessionParams))
      const declined = yield* emulator.control.decline({ session: id })
      assert.strictEqual(declined.status, "open")
      const intent = declined.payment_intent ?? ""
      assert.instanceOf(
        yield* attempt(() => stripe.paymentIntents.cancel(intent)),
        Stripe.errors.StripeInvalidRequestError
      )
      yield* Effect.promise(() => stripe.checkout.sessions.expire(id))
      assert.strictEqual((yield* Effect.promise(() => stripe.paymentIntents.retrieve(intent))).status, "canceled")
    })
  )
})

describe("StripeEmulator, lists", () => {
  it.effect("cursors walk forward and back over the same rows, and the SDK pages by itself", () =>
    Effect.gen(function* () {
      const stripe = client(yield* StripeEmulator.start())
      const ids: Array<string> = []
      for (let index = 0; index < 7; index += 1) {
        const { id } = yield* Effect.promise(() =>
          stripe.paymentIntents.create({ amount: 100 + index, currency: "usd" })
        )
        ids.unshift(id)
      }
      const first = yield* Effect.promise(() => stripe.paymentIntents.list({ limit: 3 }))
      assert.deepStrictEqual([first.data.map(({ id }) => id), first.has_more], [ids.slice(0, 3), true])
      const after = first.data.at(-1)?.id ?? ""
      const second = yield* Effect.promise(() => stripe.paymentIntents.list({ limit: 3, starting_after: after }))
      assert.deepStrictEqual([second.data.map(({ id }) => id), second.has_more], [ids.slice(3, 6), true])
      const before = second.data.at(0)?.id ?? ""
      const back = yield* Effect.promise(() => stripe.paymentIntents.list({ limit: 2, ending_before: before }))
      assert.deepStrictEqual([back.data.map(({ id }) => id), back.has_more], [ids.slice(1, 3), true])
      const whole = yield* Effect.promise(() => stripe.paymentIntents.list({ limit: 7 }))
      assert.deepStrictEqual([whole.data.length, whole.has_more], [7, false])
      const all = yield* Effect.promise(() =>
        stripe.paymentIntents.list({ limit: 2 }).autoPagingToArray({ limit: 100 })
      )
      assert.deepStrictEqual(
        all.map(({ id }) => id),
        ids
      )
    })
  )

  it.effect("events are filtered by type and by time", () =>
    Effect.gen(function* () {
      const emulator = yield* StripeEmulator.start()
      const stripe = client(emulator)
      yield* Effect.promise(() => stripe.paymentIntents.create({ amount: 100, currency: "usd" }))
      const { now } = yield* emulator.control.advance({ seconds: 1000 })
      const late = yield* Effect.promise(() => stripe.paymentIntents.create({ amount: 200, currency: "usd" }))
      const { data } = yield* Effect.promise(() =>
        stripe.events.list({ types: ["payment_intent.created", "charge.succeeded"], created: { gte: now - 10 } })
      )
      assert.strictEqual(data.length, 1)
      assert.propertyVal(data[0]?.data.object, "id", late.id)
      const one = yield* Effect.promise(() => stripe.events.retrieve(data[0]?.id ?? ""))
      assert.strictEqual(one.request?.id, late.lastResponse.requestId)
      assert.strictEqual(
        (yield* Effect.promise(() => stripe.events.list({ created: { lt: now - 10 } }))).data.length,
        1
      )
    })
  )
})
