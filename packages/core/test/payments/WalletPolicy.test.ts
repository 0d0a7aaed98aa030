import { assert, describe, it } from "@effect/vitest"
import { baseChainId, usdcAddress } from "@image-skill/core/payments/BaseUsdc"
import {
  defaultPolicy,
  lowered,
  policyObjections,
  readPolicy,
  type Spending,
  type WalletPolicy
} from "@image-skill/core/payments/WalletPolicy"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

const caps = { per_payment_usd_cents: 500, per_day_usd_cents: 1_000, per_month_usd_cents: 3_000 }

const spending: Spending = {
  attemptId: "payatt_2b9n4h6w1d4q9m2x7c3v8k0t5r",
  cents: 240,
  origin: "https://api.image-skill.com",
  chainId: baseChainId,
  token: usdcAddress,
  spentDayCents: 0,
  spentMonthCents: 0
}

const codes = (policy: Partial<WalletPolicy>, changed: Partial<Spending> = {}) =>
  policyObjections({ ...defaultPolicy, ...policy }, { ...spending, ...changed }).map(({ code }) => code)

const Cents = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 10_000 }))

describe("WalletPolicy", () => {
  it("three caps are a whole policy, and the rest has its stated values", () => {
    const policy = Result.getOrThrow(readPolicy(JSON.stringify(caps)))
    assert.deepStrictEqual(
      { ...policy },
      {
        perPaymentUsdCents: 500,
        perDayUsdCents: 1_000,
        perMonthUsdCents: 3_000,
        serviceOrigins: null,
        chains: [8453],
        tokens: [usdcAddress],
        requireConfirmAboveUsdCents: null,
        confirmedAttempts: []
      }
    )
  })

  const bad: ReadonlyArray<readonly [what: string, text: string]> = [
    ["an unknown key", JSON.stringify({ ...caps, per_week_usd_cents: 5 })],
    ["a key in camel case", JSON.stringify({ ...caps, serviceOrigins: [] })],
    ["a missing cap", JSON.stringify({ per_payment_usd_cents: 500, per_day_usd_cents: 1_000 })],
    ["a cap as text", JSON.stringify({ ...caps, per_day_usd_cents: "1000" })],
    ["a part of a cent", JSON.stringify({ ...caps, per_day_usd_cents: 0.5 })],
    ["a negative cap", JSON.stringify({ ...caps, per_day_usd_cents: -1 })],
    ["a cap without end", `{"per_payment_usd_cents":1e400,"per_day_usd_cents":1,"per_month_usd_cents":1}`],
    ["a token that is no address", JSON.stringify({ ...caps, tokens: ["USDC"] })],
    ["a list", "[]"],
    ["no JSON", "per_day_usd_cents = 5"],
    ["nothing", ""]
  ]
  for (const [what, text] of bad) {
    it(`a policy with ${what} is an error`, () => {
      assert.isTrue(Result.isFailure(readPolicy(text)))
    })
  }

  it("an unknown key is named", () => {
    const failure = Result.getFailure(readPolicy(JSON.stringify({ ...caps, per_dya_usd_cents: 1 })))
    assert.include(JSON.stringify(failure), "per_dya_usd_cents")
  })

  it.prop("a flag never raises what one payment may cost", [Cents, Cents], ([cap, flag]) => {
    const { perPaymentUsdCents } = lowered({ ...defaultPolicy, perPaymentUsdCents: cap }, { maxUsdCents: flag })
    assert.strictEqual(perPaymentUsdCents, Math.min(cap, flag))
  })

  it("without a flag the policy stays as it is", () => {
    assert.strictEqual(lowered(defaultPolicy, { maxUsdCents: null }), defaultPolicy)
  })

  it("a flag below zero allows nothing", () => {
    assert.deepStrictEqual(codes(lowered(defaultPolicy, { maxUsdCents: -5 }), { cents: 1 }), ["over_payment_cap"])
  })

  it("the default allows five dollars a payment and ten a day", () => {
    assert.deepStrictEqual(codes({}, { cents: 500, spentDayCents: 500, spentMonthCents: 500 }), [])
    assert.deepStrictEqual(codes({}, { cents: 501 }), ["over_payment_cap"])
    assert.deepStrictEqual(codes({}, { cents: 500, spentDayCents: 501, spentMonthCents: 501 }), ["over_day_cap"])
    assert.deepStrictEqual(codes({}, { cents: 500, spentMonthCents: 4_501 }), ["over_month_cap"])
  })

  it("services, chains and tokens that are not named are not paid", () => {
    assert.deepStrictEqual(codes({ serviceOrigins: ["https://other.example"] }), ["service_not_allowed"])
    assert.deepStrictEqual(codes({ serviceOrigins: [spending.origin] }), [])
    assert.deepStrictEqual(codes({ chains: [] }), ["chain_not_allowed"])
    assert.deepStrictEqual(codes({ tokens: [] }), ["token_not_allowed"])
  })

  it("a dear payment waits for its owner's word", () => {
    assert.deepStrictEqual(codes({ requireConfirmAboveUsdCents: 239 }), ["confirmation_required"])
    assert.deepStrictEqual(codes({ requireConfirmAboveUsdCents: 240 }), [])
    const confirmed = { requireConfirmAboveUsdCents: 239, confirmedAttempts: [spending.attemptId] }
    assert.deepStrictEqual(codes(confirmed), [])
    assert.deepStrictEqual(codes(confirmed, { attemptId: "payatt_other" }), ["confirmation_required"])
  })

  it.prop("no sequence of allowed payments exceeds a day's cap", [Schema.Array(Cents), Cents], ([wishes, cap]) => {
    const policy = { ...defaultPolicy, perPaymentUsdCents: 10_000, perDayUsdCents: cap, perMonthUsdCents: 10 ** 9 }
    let spent = 0
    for (const cents of wishes) {
      const refused = policyObjections(policy, { ...spending, cents, spentDayCents: spent, spentMonthCents: spent })
      if (refused.length === 0) spent += cents
    }
    assert.isAtMost(spent, cap)
  })
})
