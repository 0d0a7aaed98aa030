import { assert, describe, it } from "@effect/vitest"
import * as StripeRails from "@image-skill/adapters/payments/StripeRails"
import { PaymentEvents } from "@image-skill/core/payments/PaymentEvents"
import * as Effect from "effect/Effect"
import { Stripe } from "stripe"
import { start } from "../Child.ts"
import { order } from "./Orders.ts"
import { emulator, operatorOf } from "./StripeWorld.ts"

type Variables = { readonly [name: string]: string }

const configuredWith = (variables: Variables) => StripeRails.configured((name) => variables[name] ?? null)

const described = (variables: Variables) =>
  Effect.forEach(configuredWith(variables).rails, ({ describe: rail }) => rail)

/** Id, availability and what the operator is told. */
const listed = (variables: Variables) =>
  Effect.map(described(variables), (rails) =>
    rails.map(({ available, methodId, operatorHint }) => ({ methodId, available, operatorHint: operatorHint ?? "" }))
  )

const ids = ["stripe_checkout", "stripe_x402.exact.usdc"]
const key = { STRIPE_SECRET_KEY: "sk_live_0123456789" }
const webhook = { STRIPE_WEBHOOK_SECRET: "whsec_canary" }

describe("StripeRails", () => {
  it.effect("without a key the live rails are listed, and unavailable", () =>
    Effect.gen(function* () {
      for (const variables of [{}, { STRIPE_SECRET_KEY: "" }, { STRIPE_SECRET_KEY: "  " }]) {
        const rails = yield* listed(variables)
        assert.deepStrictEqual(
          rails.map(({ methodId }) => methodId),
          ids
        )
        for (const { available, operatorHint } of rails) {
          assert.isFalse(available)
          assert.include(operatorHint, "STRIPE_SECRET_KEY")
        }
      }
    })
  )

  it.effect("with a key both are available, and the operator is told what a server lacks", () =>
    Effect.gen(function* () {
      const rails = yield* listed(key)
      assert.deepStrictEqual(
        rails.map(({ available, methodId }) => [methodId, available]),
        ids.map((id) => [id, true])
      )
      for (const { operatorHint } of rails) assert.include(operatorHint, "STRIPE_WEBHOOK_SECRET")
      for (const { operatorHint } of yield* listed({ ...key, ...webhook })) assert.strictEqual(operatorHint, "")
    })
  )

  it.effect.each<readonly [string, Variables, string]>([
    ["a publishable key", { STRIPE_SECRET_KEY: "pk_live_canary0123456789" }, "STRIPE_SECRET_KEY"],
    ["no key at all", { STRIPE_SECRET_KEY: "canary" }, "STRIPE_SECRET_KEY"],
    ["plain http elsewhere", { ...key, STRIPE_BASE_URL: "http://canary.example" }, "STRIPE_BASE_URL"],
    ["a base that is no origin", { ...key, STRIPE_BASE_URL: "https://canary.example/v1" }, "STRIPE_BASE_URL"],
    ["a base that is no URL", { ...key, STRIPE_BASE_URL: "canary" }, "STRIPE_BASE_URL"]
  ])("%s is told by the variable's name, and never with its value", ([, variables, name]) =>
    Effect.gen(function* () {
      const rails = yield* described({ ...variables, ...webhook })
      assert.deepStrictEqual(
        rails.map(({ available, methodId }) => [methodId, available]),
        ids.map((id) => [id, false])
      )
      for (const rail of rails) {
        assert.include(rail.operatorHint, name)
        assert.notInclude(`${rail.unavailableReason}${rail.settlementBlocker}`, name)
        assert.notMatch(JSON.stringify(rail), /canary/u)
      }
    })
  )

  it.effect("no rail that is not configured can be used", () =>
    Effect.gen(function* () {
      const [rail] = configuredWith({ STRIPE_SECRET_KEY: "canary" }).rails
      const failure = yield* Effect.flip(rail?.open(order) ?? Effect.die("there is no rail"))
      assert.strictEqual(failure.reason, "refused")
    })
  )

  it.effect("the fake rail is listed after the live ones, and only while no Stripe key is set", () =>
    Effect.gen(function* () {
      const available = (variables: Variables) =>
        Effect.map(listed(variables), (rails) => rails.filter((rail) => rail.available).map(({ methodId }) => methodId))
      const fake = { IMAGE_SKILL_RAILS: "fake:delay" }
      assert.deepStrictEqual(
        (yield* listed(fake)).map(({ methodId }) => methodId),
        [...ids, "fake"]
      )
      assert.deepStrictEqual(yield* available(fake), ["fake"])
      assert.deepStrictEqual(yield* available({ ...fake, ...key }), ids)
      assert.deepStrictEqual(yield* available({ ...fake, STRIPE_SECRET_KEY: "canary" }), [])
      for (const { operatorHint } of yield* listed({ ...fake, ...key, ...webhook }))
        assert.include(operatorHint, "IMAGE_SKILL_RAILS")
    })
  )

  it.effect("rails that nobody knows are not switched on, and the operator is told", () =>
    Effect.gen(function* () {
      for (const word of ["fake:win", "stripe", "all"]) {
        const rails = yield* listed({ IMAGE_SKILL_RAILS: word })
        assert.deepStrictEqual(
          rails.map(({ methodId }) => methodId),
          ids
        )
        for (const { operatorHint } of rails) assert.include(operatorHint, "IMAGE_SKILL_RAILS")
      }
    })
  )

  it.effect("payers may type promotion codes only where the operator says so", () =>
    Effect.gen(function* () {
      const stripe = yield* emulator()
      const variables: Variables = { STRIPE_SECRET_KEY: stripe.secretKey, STRIPE_BASE_URL: stripe.baseUrl }
      const allowed = Effect.fnUntraced(function* (attemptId: string, options: StripeRails.RailOptions) {
        const { rails } = StripeRails.configured((name) => variables[name] ?? null, options)
        const opened = yield* Effect.forEach(rails.slice(0, 1), (rail) => rail.open({ ...order, attemptId }))
        const id = opened[0]?.checkout?.sessionId ?? ""
        const session = yield* Effect.promise(() => operatorOf(stripe).checkout.sessions.retrieve(id))
        return session.allow_promotion_codes === true
      })
      assert.isFalse(yield* allowed("payatt_a", {}))
      assert.isFalse(yield* allowed("payatt_b", { promotionCodes: false }))
      assert.isTrue(yield* allowed("payatt_c", { promotionCodes: true }))
    })
  )

  const payload = JSON.stringify({ id: "evt_1", type: "charge.refunded", created: 0, data: { object: {} } })
  const verdict = (variables: Variables, secret: string) =>
    Effect.gen(function* () {
      const { verify } = yield* PaymentEvents
      const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp: 1 })
      return yield* Effect.match(verify(new TextEncoder().encode(payload), signature), {
        onFailure: ({ reason }): string => reason,
        onSuccess: ({ id }) => id
      })
    }).pipe(Effect.provide(configuredWith(variables).events))

  it.effect("events are believed with the secret of now and of before, and never with a blank one", () =>
    Effect.gen(function* () {
      const rotated = { ...key, ...webhook, STRIPE_WEBHOOK_SECRET_PREVIOUS: "whsec_before" }
      assert.strictEqual(yield* verdict(rotated, "whsec_canary"), "evt_1")
      assert.strictEqual(yield* verdict(rotated, "whsec_before"), "evt_1")
      assert.strictEqual(yield* verdict({ ...key, ...webhook }, "whsec_before"), "signature")
      assert.strictEqual(yield* verdict({ ...key, STRIPE_WEBHOOK_SECRET: " " }, " "), "not_configured")
      assert.strictEqual(yield* verdict({ ...key, ...webhook, STRIPE_WEBHOOK_SECRET_PREVIOUS: "" }, ""), "signature")
      assert.strictEqual(yield* verdict(webhook, "whsec_canary"), "not_configured")
    })
  )

  it.effect(
    "a start with rails loads neither their programs nor the SDK; the first payment does, and says if there is none",
    () =>
      Effect.gen(function* () {
        const { next } = yield* start("payments/programs/LoadedModules.ts")
        assert.deepStrictEqual(yield* next, ["StripeRails", "StripeSettings"])
        assert.deepStrictEqual(yield* next, ["unavailable", "the package stripe is not installed"])
        assert.deepStrictEqual(yield* next, ["unavailable", "the payment provider could not be reached"])
        assert.deepStrictEqual(yield* next, ["StripeCheckoutRail", "stripe"])
      })
  )
})
