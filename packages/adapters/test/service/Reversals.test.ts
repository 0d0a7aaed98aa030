import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Pay from "./PaySite.ts"
import { bearer, post, send } from "./RawHttp.ts"

describe("a payment that is taken back", () => {
  it.effect("in parts takes its share of the credits, and in full all of them", () =>
    Effect.gen(function* () {
      const site = yield* Pay.paid()
      const states: Array<unknown> = []
      for (const cents of [1, 199, 300]) {
        yield* Pay.refund(site, cents)
        yield* site.quiet
        states.push([...(yield* site.receipt), yield* site.credits])
      }
      assert.deepStrictEqual(states, [
        ["succeeded", "partially_refunded", 1, 0, 499],
        ["succeeded", "partially_refunded", 200, 0, 300],
        ["reversed", "refunded", 500, 0, 0]
      ])
      assert.deepStrictEqual(yield* site.happened, ["granted", "refunded", "refunded", "refunded"])
      assert.deepStrictEqual(yield* site.broken, [])
    }).pipe(Effect.scoped)
  )

  it.effect("by a refund that failed is given back", () =>
    Effect.gen(function* () {
      const site = yield* Pay.paid()
      const { id } = yield* Pay.refund(site, 500)
      yield* site.quiet
      assert.deepStrictEqual([yield* site.receipt, yield* site.credits], [["reversed", "refunded", 500, 0], 0])
      yield* site.control.failRefund({ refund: id })
      yield* site.quiet
      assert.deepStrictEqual(
        [yield* site.receipt, yield* site.credits, yield* site.happened, yield* site.broken],
        [["succeeded", "reinstated", 0, 0], 500, ["granted", "refunded", "reinstated"], []]
      )
    }).pipe(Effect.scoped)
  )

  it.effect("by a dispute changes the books when the money goes, and when it comes back", () =>
    Effect.gen(function* () {
      const site = yield* Pay.paid()
      const { id } = yield* site.control.createDispute({ charge: site.charge })
      yield* site.quiet
      assert.deepStrictEqual([yield* site.receipt, yield* site.credits], [["succeeded", "none", 0, 0], 500])
      yield* site.control.withdrawDispute({ dispute: id })
      yield* site.quiet
      assert.deepStrictEqual([yield* site.receipt, yield* site.credits], [["reversed", "disputed", 500, 0], 0])
      yield* site.control.closeDispute({ dispute: id, status: "won" })
      yield* site.control.reinstateDispute({ dispute: id })
      yield* site.quiet
      assert.deepStrictEqual(
        [yield* site.receipt, yield* site.credits, yield* site.happened, yield* site.broken],
        [["succeeded", "reinstated", 0, 0], 500, ["granted", "disputed", "reinstated"], []]
      )
    }).pipe(Effect.scoped)
  )

  it.effect("by a dispute that is lost stays taken", () =>
    Effect.gen(function* () {
      const site = yield* Pay.paid()
      const { id } = yield* site.control.createDispute({ charge: site.charge, amount: 200 })
      yield* site.control.withdrawDispute({ dispute: id })
      yield* site.control.closeDispute({ dispute: id, status: "lost" })
      yield* site.quiet
      assert.deepStrictEqual(
        [yield* site.receipt, yield* site.credits, yield* site.happened, yield* site.broken],
        [["succeeded", "disputed", 200, 0], 300, ["granted", "disputed"], []]
      )
    }).pipe(Effect.scoped)
  )

  it.effect("twice, by a refund and by a dispute, takes no more than was given", () =>
    Effect.gen(function* () {
      const site = yield* Pay.paid()
      yield* Pay.refund(site, 200)
      const { id } = yield* site.control.createDispute({ charge: site.charge, amount: 500 })
      yield* site.control.withdrawDispute({ dispute: id })
      yield* site.quiet
      assert.deepStrictEqual([yield* site.receipt, yield* site.credits], [["reversed", "disputed", 500, 0], 0])
      assert.deepStrictEqual((yield* site.happened).toSorted(), [
        "disputed",
        "granted",
        "refunded",
        "reversal_rejected"
      ])
      yield* site.control.reinstateDispute({ dispute: id })
      yield* site.quiet
      assert.deepStrictEqual(
        [yield* site.receipt, yield* site.credits, yield* site.broken],
        [["succeeded", "partially_refunded", 200, 0], 300, []]
      )
    }).pipe(Effect.scoped)
  )

  it.effect("after its credits were spent is owed, and repaid by the next one", () =>
    Effect.gen(function* () {
      const site = yield* Pay.paySite()
      const bought = yield* Pay.bought(site.origin, { quoting: { credits: 60 } })
      const one = Pay.told(site, bought)
      yield* site.control.pay({ session: bought.sessionId })
      yield* site.quiet
      const paint = (key: string) =>
        send(
          site.origin,
          post("/v1/create", { prompt: "a boat", model: "fake.painter", idempotency_key: key }, bearer(bought.token))
        )
      for (const key of ["1", "2", "3", "4", "5", "6", "7"]) assert.strictEqual((yield* paint(key)).status, 200, key)
      const left = yield* one.credits
      assert.isBelow(Number(left), 60)
      yield* Pay.refund({ ...site, ...(yield* Pay.paymentOf(site, bought.sessionId)) }, 60)
      yield* site.quiet
      const owed = 60 - Number(left)
      assert.deepStrictEqual([yield* one.receipt, yield* one.credits], [["reversed", "pending", 60, owed], 0])
      assert.deepStrictEqual(yield* one.happened, ["granted", "reversal_pending"])
      const next = yield* Pay.bought(site.origin, { token: bought.token })
      yield* site.control.pay({ session: next.sessionId })
      yield* site.quiet
      assert.deepStrictEqual([yield* one.receipt, yield* one.credits], [["reversed", "refunded", 60, 0], 500 - owed])
      assert.deepStrictEqual(yield* site.broken, [])
    }).pipe(Effect.scoped)
  )
})
