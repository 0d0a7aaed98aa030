import { assert, describe, it } from "@effect/vitest"
import type { Attempt, AttemptStatus } from "@image-skill/core/payments/Attempt"
import type { PaymentRail } from "@image-skill/core/payments/PaymentRail"
import { statusAnswer } from "@image-skill/core/service/answers/PaymentStatus"
import { purchaseAnswer } from "@image-skill/core/service/answers/Purchases"
import * as Sample from "@image-skill/testing/payments/PaymentSample"

const now = "2026-11-21T00:00:00.000Z"
const [before, after] = ["2026-11-20T23:59:59.999Z", "2026-11-21T00:00:00.001Z"]

const checkout: Partial<Attempt> = {
  methodId: "stripe_checkout",
  checkout: { sessionId: "cs_test_1", url: "https://checkout.example/c/pay/cs_test_1#fid" },
  deposit: null
}

const deposit: Partial<Attempt> = {
  methodId: "stripe_x402.exact.usdc",
  checkout: null,
  deposit: {
    network: "base",
    tokenCurrency: "usdc",
    tokenContractAddress: "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913",
    address: "0x7A1c0E5b3D9f42C68e1B7a90F3d5C2468bE0a1D4",
    supportedTokenCurrencies: ["usdc"]
  }
}

const statuses: ReadonlyArray<AttemptStatus> = [
  "opening",
  "requires_action",
  "processing",
  "succeeded",
  "expired",
  "failed",
  "canceled"
]

const limits = {
  remainingCredits: 0,
  previewCreditsGranted: 0,
  previewCreditsUsed: 0,
  previewCreditsReserved: 0,
  paymentBackedRemainingCredits: 0,
  paymentBackedCreditsGranted: 0,
  paymentBackedCreditsUsed: 0,
  paymentBackedCreditsReserved: 0,
  totalRemainingCredits: 0
}

/** Every standing that an attempt of one of the two rails can have. */
const standings = [checkout, deposit].flatMap((of) =>
  statuses.flatMap((status) =>
    [before, after].flatMap((expiresAt) =>
      [null, "less was paid than the price"].map((exception) =>
        Sample.attempt("answers", { ...of, provider: "stripe", status, expiresAt, exception })
      )
    )
  )
)

const handoff = (id: string) => `https://api.example/pay/${id}`

const asked = (attempt: Attempt) => {
  const quote = Sample.quote("answers", { methodId: attempt.methodId, state: "purchase_started" })
  const bought = purchaseAnswer({ attempt, quote, replayed: true }, "key", handoff, now)
  const facts = { referenceType: "payment_attempt_id", reference: attempt.id } as const
  const rail: PaymentRail | null = null
  const known = statusAnswer({ ...facts, quote, attempt, receipt: null, owed: 0, limits, now }, rail, handoff)
  return [
    { ...bought, x402: bought.stripeX402 ?? null, reason: null },
    { ...known, x402: known.paymentAttempt?.stripeX402 ?? null, reason: known.paymentAttempt?.reason ?? null }
  ] as const
}

const isPayable = ({ exception, expiresAt, status }: Attempt): boolean =>
  (status === "opening" || status === "requires_action") && expiresAt > now && exception === null

describe("what is told of a payment", () => {
  it("asks somebody to pay exactly while it can still be paid, and has not been", () => {
    for (const attempt of standings) {
      const isDeposit = attempt.deposit !== null
      for (const { next, nextActions, x402 } of asked(attempt)) {
        const told = [
          next.humanAction === "open_checkout_url",
          next.agentAction === "pay_stripe_crypto_deposit",
          x402 !== null && x402.payableInstructions !== null,
          "recommended_settlement" in nextActions
        ]
        const payable = isPayable(attempt)
        const expected = [payable && !isDeposit, payable && isDeposit, payable && isDeposit, payable && isDeposit]
        const { exception, expiresAt, methodId, status } = attempt
        assert.deepStrictEqual(told, expected, JSON.stringify({ methodId, status, expiresAt, exception }))
      }
    }
  })

  it("leads nobody to a new quote while money may be on its way, or has arrived", () => {
    for (const attempt of standings) {
      const isOver = ["expired", "failed", "canceled"].includes(attempt.status) && attempt.exception === null
      for (const { nextActions, nextCommand } of asked(attempt)) {
        const { exception, methodId, status } = attempt
        const about = JSON.stringify({ methodId, status, exception })
        assert.strictEqual("recommended_quote" in nextActions, isOver, about)
        assert.strictEqual(nextCommand?.includes("credits quote"), isOver, about)
      }
    }
  })

  it("tells a wallet where what it pays stands in this very answer, and what settling does", () => {
    const open = standings.filter((attempt) => isPayable(attempt) && attempt.deposit !== null)
    assert.isAbove(open.length, 0)
    const paths = ["data.stripe_x402.payable_instructions", "data.payment_attempt.stripe_x402.payable_instructions"]
    for (const attempt of open) {
      for (const [index, { nextActions }] of asked(attempt).entries()) {
        assert.deepInclude(nextActions["recommended_settlement"], {
          purpose: "settle_payable_instructions",
          quote_id: attempt.quoteId,
          payment_attempt_id: attempt.id,
          method_id: "stripe_x402.exact.usdc",
          payable_instructions_path: paths[index],
          status_command: `image-skill credits status --payment-attempt-id ${attempt.id} --json`,
          quota_command: "image-skill usage quota --json"
        })
        assert.deepInclude(nextActions["recommended_settlement"]?.["command_effect"], {
          no_spend: false,
          wallet_settlement: true,
          credit_debit: false,
          media_write: false
        })
      }
    }
  })

  it("says to its owner why a payment gave no credits", () => {
    for (const attempt of standings.filter(({ exception }) => exception !== null)) {
      const [, { reason }] = asked(attempt)
      assert.strictEqual(reason, attempt.status === "succeeded" ? attempt.reason : attempt.exception)
    }
  })
})
