import { assert, it } from "@effect/vitest"
import { type PaymentResolution, PaymentResolutions } from "@image-skill/core/payments/PaymentResolutions"
import { PaymentStore } from "@image-skill/core/payments/PaymentStore"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import { attempt, quote, receipt } from "./PaymentSample.ts"

const resolutionOf = (
  name: string,
  { facts, id }: { readonly facts: string; readonly id: string }
): PaymentResolution => ({
  id: `payres_${name}`,
  subject: id,
  facts,
  resolution: "refunded",
  note: "given back by hand",
  at: "2026-01-05T00:00:00.000Z"
})

/** The contract every `PaymentResolutions` adapter meets. */
export const suite = <E>(name: string, layer: Layer.Layer<PaymentResolutions | PaymentStore, E>): void =>
  it.layer(layer)(`PaymentResolutions (${name})`, (it) => {
    it.effect("finds what a person has to look at, and no more once it was resolved as it is", () =>
      Effect.gen(function* () {
        const payments = yield* PaymentStore
        const rows = yield* PaymentResolutions
        const add = Effect.fnUntraced(function* (mark: string, change: Parameters<typeof attempt>[1]) {
          yield* payments.insertQuote(quote(mark))
          yield* payments.insertAttempt(attempt(mark, change))
        })
        yield* add("odd", { status: "failed", exception: "too little was paid" })
        yield* add("fine", { status: "succeeded" })
        yield* add("back", { status: "succeeded" })
        yield* payments.insertReceipt(receipt("fine"))
        yield* payments.insertReceipt(
          receipt("back", { refundedCents: 90, reversedCredits: 100, reversalState: "pending" })
        )
        yield* payments.insertEvent({
          id: "evt_lost",
          type: "charge.refunded",
          attemptId: null,
          handles: [],
          payload: "{}",
          receivedAt: "2026-01-03T00:00:00.000Z",
          processedAt: "2026-01-03T00:00:01.000Z",
          dueAt: "2026-01-03T00:00:00.000Z",
          tries: 1,
          problem: "it names no payment of this deployment"
        })
        const cases = yield* rows.open(10)
        assert.deepStrictEqual(
          cases.map(({ cents, id, kind }) => [id, kind, cents]),
          [
            ["payatt_odd", "exception", 500],
            ["receipt_back", "reversal_pending", 90],
            ["evt_lost", "event_unmatched", null]
          ]
        )
        assert.strictEqual((yield* rows.open(1)).length, 1)
        const [odd, back] = cases
        if (odd === undefined || back === undefined) return assert.fail("there are three cases")
        assert.isTrue(yield* rows.resolve(resolutionOf("odd", odd)))
        assert.isFalse(yield* rows.resolve(resolutionOf("odd_again", odd)))
        assert.isTrue(yield* rows.resolve(resolutionOf("back", back)))
        assert.deepStrictEqual(yield* rows.of("payatt_odd"), [resolutionOf("odd", odd)])
        assert.deepStrictEqual(
          (yield* rows.open(10)).map(({ id }) => id),
          ["evt_lost"]
        )
        yield* payments.updateReversed(
          receipt("back", { refundedCents: 180, reversedCredits: 200, reversalState: "pending" })
        )
        assert.deepStrictEqual(
          (yield* rows.open(10)).map(({ id }) => id),
          ["receipt_back", "evt_lost"]
        )
      })
    )
  })
