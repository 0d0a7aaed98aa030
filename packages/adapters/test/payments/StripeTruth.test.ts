import { assert, describe, it } from "@effect/vitest"
import type { Dispute, PaymentIntent, Refund, Session } from "@image-skill/adapters/payments/StripeObjects"
import * as Truth from "@image-skill/adapters/payments/StripeTruth"

const intent: PaymentIntent = {
  id: "pi_1",
  livemode: true,
  status: "requires_action",
  amount: 500,
  amountReceived: 0,
  currency: "usd",
  metadata: {},
  nextAction: null,
  lastPaymentError: null,
  latestCharge: null
}

const session: Session = {
  id: "cs_1",
  livemode: true,
  url: "https://checkout.stripe.example/c/pay/cs_1#fid",
  status: "open",
  paymentStatus: "unpaid",
  amountSubtotal: 500,
  amountTotal: 450,
  currency: "usd",
  clientReferenceId: "payatt_1",
  paymentIntent: null
}

const same = (livemode: boolean) => livemode

const standing = (change: Partial<Session>) => {
  const { settled, status } = Truth.ofSession({ ...session, ...change }, same)
  return `${status} ${settled === null ? "unsettled" : settled.paidCents}`
}

const refund = (status: string | null, amount: number, currency = "usd"): Refund => ({
  id: "re_1",
  amount,
  currency,
  status
})

const dispute = (status: string, lines: ReadonlyArray<number>, currency = "usd"): Dispute => ({
  id: "du_1",
  amount: 200,
  currency: "usd",
  status,
  balanceTransactions: lines.map((amount) => ({ amount, currency }))
})

describe("StripeTruth", () => {
  it("a session is money when it says so, and only then", () => {
    const complete = { status: "complete", url: null } as const
    const cases: ReadonlyArray<readonly [string, Partial<Session>]> = [
      ["requires_action unsettled", {}],
      ["requires_action unsettled", { paymentIntent: { ...intent, status: "requires_payment_method" } }],
      ["requires_action unsettled", { paymentStatus: "no_payment_required" }],
      ["succeeded 450", { ...complete, paymentStatus: "paid" }],
      ["succeeded 0", { ...complete, paymentStatus: "no_payment_required", amountTotal: 0 }],
      ["processing unsettled", { ...complete }],
      ["processing unsettled", { ...complete, paymentIntent: { ...intent, status: "processing" } }],
      ["failed unsettled", { ...complete, paymentIntent: { ...intent, status: "requires_payment_method" } }],
      ["canceled unsettled", { ...complete, paymentIntent: { ...intent, status: "canceled" } }],
      ["expired unsettled", { status: "expired", url: null }]
    ]
    for (const [expected, change] of cases) assert.strictEqual(standing(change), expected)
  })

  it("a deposit stands where its payment intent stands", () => {
    const statuses = [
      "requires_action",
      "requires_confirmation",
      "processing",
      "requires_capture",
      "requires_payment_method",
      "canceled",
      "succeeded"
    ] as const
    assert.deepStrictEqual(
      statuses.map((status) => Truth.ofDeposit({ ...intent, status }, same).status),
      ["requires_action", "requires_action", "processing", "processing", "failed", "canceled", "succeeded"]
    )
  })

  it("every object that the payment is known by is a handle", () => {
    const latestCharge = { id: "ch_1", paymentMethodDetails: null }
    const { handles } = Truth.ofSession({ ...session, paymentIntent: { ...intent, latestCharge } }, same)
    assert.deepStrictEqual(handles, ["cs_1", "pi_1", "ch_1"])
  })

  it("refunds stand unless they failed or were canceled", () => {
    const all = [
      refund("succeeded", 1),
      refund("pending", 10),
      refund("requires_action", 100),
      refund(null, 1_000),
      refund("of a later year", 10_000),
      refund("failed", 100_000),
      refund("canceled", 1_000_000)
    ]
    assert.strictEqual(Truth.refundedCents(all, "usd"), 11_111)
    assert.strictEqual(Truth.refundedCents([], "usd"), 0)
    assert.isNull(Truth.refundedCents([refund("succeeded", 1), refund("succeeded", 1, "eur")], "usd"))
  })

  it("disputes count by what was withdrawn and has not come back", () => {
    const cases: ReadonlyArray<readonly [number, Dispute]> = [
      [0, dispute("needs_response", [])],
      [200, dispute("needs_response", [-200])],
      [200, dispute("lost", [-200])],
      [0, dispute("won", [-200, 200])],
      [50, dispute("won", [-200, 150])],
      [0, dispute("warning_closed", [])],
      [0, dispute("prevented", [])],
      [200, dispute("appeal_under_review", [-200])],
      [200, dispute("under_review", [-181], "eur")],
      [0, dispute("won", [-181, 181], "eur")],
      [200, dispute("of a later year", [])],
      [200, dispute("of a later year", [-200, 200])]
    ]
    for (const [expected, one] of cases) assert.strictEqual(Truth.disputedCents([one], "usd"), expected)
    assert.strictEqual(
      Truth.disputedCents(
        cases.map(([, one]) => one),
        "usd"
      ),
      1_250
    )
    assert.isNull(Truth.disputedCents([dispute("lost", [-200])], "eur"))
  })
})
