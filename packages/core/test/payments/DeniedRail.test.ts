import { assert, describe, it } from "@effect/vitest"
import { stripeDeposit } from "@image-skill/core/payments/KnownRails"
import { type PaymentRail, PaymentRailError } from "@image-skill/core/payments/PaymentRail"
import { PaymentRails } from "@image-skill/core/payments/PaymentRails"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"

const denied = new PaymentRailError({ methodId: stripeDeposit.methodId, reason: "denied", message: "no" })

const rail: PaymentRail = {
  methodId: stripeDeposit.methodId,
  provider: "stripe",
  purchaseProvider: "stripe_x402",
  describe: Effect.succeed(stripeDeposit),
  open: () => Effect.fail(denied),
  read: () => Effect.fail(denied),
  close: () => Effect.fail(denied)
}

const states = Effect.flatMap(PaymentRails, ({ described }) =>
  Effect.map(described, (rails) => rails.map(({ agentSettleable, available }) => [available, agentSettleable]))
)

describe("a rail that its provider denies", () => {
  it.effect("is no choice for ten minutes, and is one again", () =>
    Effect.gen(function* () {
      const rails = yield* PaymentRails
      assert.deepStrictEqual(yield* states, [[true, true]])
      yield* rails.denied(rail.methodId)
      assert.deepStrictEqual(yield* states, [[false, false]])
      const [described] = yield* rails.described
      assert.deepStrictEqual(
        [described?.unavailableReason, described?.quoteable, described?.purchasable],
        ["provider_denied", false, false]
      )
      yield* TestClock.adjust("9 minutes")
      assert.deepStrictEqual(yield* states, [[false, false]])
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(yield* states, [[true, true]])
    }).pipe(Effect.provide(PaymentRails.layerOf([rail])))
  )

  it.effect("is one again as soon as it opens a payment", () =>
    Effect.gen(function* () {
      const rails = yield* PaymentRails
      yield* rails.denied(rail.methodId)
      yield* rails.opened(rail.methodId, {
        status: "requires_action",
        reason: null,
        handles: [],
        checkout: { sessionId: "cs_1", url: "https://pay.example/1" },
        deposit: null
      })
      assert.deepStrictEqual(yield* states, [[true, true]])
    }).pipe(Effect.provide(PaymentRails.layerOf([rail])))
  )
})
