import { assert, describe, it } from "@effect/vitest"
import * as StripeEmulator from "@image-skill/testing/payments/StripeEmulator"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { Stripe } from "stripe"
import { attempt, client, sessionParams } from "./StripeClient.ts"

const paid = Effect.gen(function* () {
  const emulator = yield* StripeEmulator.start()
  const stripe = client(emulator)
  const { id } = yield* Effect.promise(() => stripe.checkout.sessions.create(sessionParams))
  const { payment_intent } = yield* emulator.control.pay({ session: id })
  const intent = yield* Effect.promise(() => stripe.paymentIntents.retrieve(payment_intent ?? ""))
  const charge = typeof intent.latest_charge === "string" ? intent.latest_charge : ""
  const read = () => Effect.promise(() => stripe.charges.retrieve(charge, { expand: ["refunds"] }))
  const types = Effect.map(
    Effect.promise(() => stripe.events.list({ limit: 100 })),
    ({ data }) =>
      data
        .map(({ type }) => type)
        .toReversed()
        .slice(4)
  )
  return { charge, emulator, intent, read, stripe, types }
})

describe("StripeEmulator, refunds", () => {
  it.effect("partial refunds add up on the charge and never exceed it", () =>
    Effect.gen(function* () {
      const { charge, intent, read, stripe, types } = yield* paid
      const first = yield* Effect.promise(() => stripe.refunds.create({ payment_intent: intent.id, amount: 200 }))
      assert.strictEqual(first.status, "succeeded")
      const over = yield* attempt(() => stripe.refunds.create({ charge, amount: 301 }))
      assert.instanceOf(over, Stripe.errors.StripeInvalidRequestError)
      yield* Effect.promise(() => stripe.refunds.create({ charge }))
      const after = yield* read()
      assert.deepStrictEqual([after.amount_refunded, after.refunded], [500, true])
      assert.deepStrictEqual(
        after.refunds?.data.map(({ amount }) => amount),
        [300, 200]
      )
      const again = yield* attempt(() => stripe.refunds.create({ charge }))
      assert.propertyVal(again, "code", "charge_already_refunded")
      assert.deepStrictEqual(yield* types, ["refund.created", "charge.refunded", "refund.created", "charge.refunded"])
    })
  )

  it.effect("a refund that fails gives its amount back to the charge, once", () =>
    Effect.gen(function* () {
      const { charge, emulator, read, stripe, types } = yield* paid
      const { id } = yield* Effect.promise(() => stripe.refunds.create({ charge, amount: 200 }))
      yield* emulator.control.failRefund({ refund: id })
      const failed = yield* Effect.promise(() => stripe.refunds.retrieve(id))
      assert.deepStrictEqual([failed.status, failed.failure_reason], ["failed", "lost_or_stolen_card"])
      const after = yield* read()
      assert.deepStrictEqual([after.amount_refunded, after.refunded], [0, false])
      assert.deepStrictEqual(yield* types, [
        "refund.created",
        "charge.refunded",
        "refund.updated",
        "charge.refund.updated",
        "refund.failed"
      ])
      assert.instanceOf(yield* attempt(() => stripe.refunds.cancel(id)), Stripe.errors.StripeInvalidRequestError)
    })
  )

  it.effect("a bank debit is refunded later, and until then the refund can be canceled", () =>
    Effect.gen(function* () {
      const emulator = yield* StripeEmulator.start()
      const stripe = client(emulator)
      const { id } = yield* Effect.promise(() => stripe.checkout.sessions.create(sessionParams))
      yield* emulator.control.payLater({ session: id })
      const { payment_intent } = yield* emulator.control.settle({ session: id, outcome: "succeeded" })
      const create = () => stripe.refunds.create({ payment_intent: payment_intent ?? "", amount: 100 })
      const first = yield* Effect.promise(create)
      assert.strictEqual(first.status, "pending")
      assert.strictEqual((yield* Effect.promise(() => stripe.refunds.cancel(first.id))).status, "canceled")
      const second = yield* Effect.promise(create)
      assert.strictEqual((yield* emulator.control.settleRefund({ refund: second.id })).status, "succeeded")
      const { data } = yield* Effect.promise(() => stripe.charges.list({ payment_intent: payment_intent ?? "" }))
      assert.deepStrictEqual(
        data.map(({ amount_refunded }) => amount_refunded),
        [100]
      )
    })
  )
})

describe("StripeEmulator, disputes", () => {
  it.effect("opening moves no money; withdrawing, reinstating and closing are steps of their own", () =>
    Effect.gen(function* () {
      const { charge, emulator, read, stripe, types } = yield* paid
      const { id } = yield* emulator.control.createDispute({ charge, amount: 300 })
      const dispute = () => Effect.promise(() => stripe.disputes.retrieve(id))
      assert.match(id, /^du_/u)
      assert.deepStrictEqual(
        [(yield* dispute()).status, (yield* dispute()).balance_transactions],
        ["needs_response", []]
      )
      assert.strictEqual((yield* read()).disputed, true)
      assert.propertyVal(yield* attempt(() => stripe.refunds.create({ charge })), "code", "charge_disputed")
      const withdraw = emulator.control.withdrawDispute({ dispute: id })
      const reinstate = emulator.control.reinstateDispute({ dispute: id })
      assert.isTrue(Exit.isFailure(yield* Effect.exit(reinstate)))
      yield* withdraw
      assert.isTrue(Exit.isFailure(yield* Effect.exit(withdraw)))
      yield* emulator.control.closeDispute({ dispute: id, status: "won" })
      yield* reinstate
      assert.isTrue(Exit.isFailure(yield* Effect.exit(reinstate)))
      const after = yield* dispute()
      assert.strictEqual(after.status, "won")
      assert.deepStrictEqual(
        after.balance_transactions.map(({ amount, fee, net }) => [amount, fee, net]),
        [
          [-300, 1500, -1800],
          [300, 0, 300]
        ]
      )
      assert.deepStrictEqual(yield* types, [
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.closed",
        "charge.dispute.funds_reinstated"
      ])
      const { data } = yield* Effect.promise(() => stripe.disputes.list({ charge }))
      assert.deepStrictEqual(
        data.map((row) => row.id),
        [id]
      )
    })
  )

  it.effect("closing by the API gives the dispute up, once", () =>
    Effect.gen(function* () {
      const { charge, emulator, stripe } = yield* paid
      const { id } = yield* emulator.control.createDispute({ charge })
      assert.strictEqual((yield* Effect.promise(() => stripe.disputes.close(id))).status, "lost")
      assert.instanceOf(yield* attempt(() => stripe.disputes.close(id)), Stripe.errors.StripeInvalidRequestError)
    })
  )
})
