import { assert, describe, it } from "@effect/vitest"
import { Credits, fromUsd, MicroUsd, toUsd } from "@image-skill/core/credits/Credits"
import {
  CreditPricing,
  creditPricing,
  creditsFor,
  exceeded,
  known,
  roundUp,
  unknown
} from "@image-skill/core/credits/Pricing"
import * as Schema from "effect/Schema"

/** contract/api.md 6.1: every published pair of provider cost and debit, and the further values for tests. */
const published: ReadonlyArray<readonly [providerUsd: number, credits: number]> = [
  [0.005243, 1],
  [0.01, 2],
  [0.02, 4],
  [0.022, 4],
  [0.025, 5],
  [0.028, 5],
  [0.03, 5],
  [0.033792, 6],
  [0.035, 6],
  [0.04, 7],
  [0.042, 7],
  [0.05, 9],
  [0.053, 9],
  [0.056, 10],
  [0.06, 10],
  [0.07, 12],
  [0.08, 14],
  [0.1, 17],
  [0.12, 20],
  [0.13312, 23],
  [0.15, 25],
  [0.16, 27],
  [0.19968, 34],
  [0.2, 34],
  [0.211, 36],
  [0.3, 50]
]

/** Edges of the formula that are not in the contract's table: around whole credits, and the floor of one. */
const edges: ReadonlyArray<readonly [providerMicroUsd: number, credits: number]> = [
  [0, 0],
  [1, 1],
  [5_999, 1],
  [6_000, 1],
  [6_001, 2],
  [11_999, 2],
  [12_000, 2],
  [12_001, 3],
  [42_000, 7],
  [6_000_000_000, 1_000_000],
  [6_000_000_001, 1_000_001]
]

const cost = Schema.Natural.check(Schema.isBetween({ minimum: 1, maximum: 1_000_000_000_000 }))

/**
 * The published formula, step by step, in exact fractions: `max(1, ceil(round6(cost / 0.6 / 0.01)))`, where the cost is a
 * whole number of millionths and so the quotient is `cost / 6,000`.
 */
const formula = (microUsd: number): bigint => {
  const millionths = (2_000_000n * BigInt(microUsd) + 6_000n) / 12_000n
  const credits = (millionths + 999_999n) / 1_000_000n
  return credits < 1n ? 1n : credits
}

/** The guards of contract/api.md 6.4. `null` stands for a guard that was not given, and for a debit that fits. */
const guards: ReadonlyArray<
  readonly [
    what: string,
    credits: number,
    outputs: number,
    perOutputUsd: number | null,
    totalUsd: number | null,
    refusal: readonly [guard: string, requiredUsd: number] | null
  ]
> = [
  ["no guard", 1_000, 1, null, null, null],
  ["a guard equal to the debit", 12, 1, 0.12, null, null],
  ["a guard above the debit", 12, 1, 0.13, null, null],
  ["a guard a cent below the debit", 12, 1, 0.11, null, ["max_estimated_usd_per_image", 0.12]],
  ["a guard sized to the provider cost", 12, 1, 0.07, null, ["max_estimated_usd_per_image", 0.12]],
  ["a guard a millionth below the debit", 12, 1, 0.119999, null, ["max_estimated_usd_per_image", 0.12]],
  ["a guard below the debit by less than the tolerance", 12, 1, 0.12 - 0.9e-9, null, null],
  [
    "a guard below the debit by more than the tolerance",
    12,
    1,
    0.12 - 1.1e-9,
    null,
    ["max_estimated_usd_per_image", 0.12]
  ],
  ["a guard of nothing on what is free", 0, 4, 0, 0, null],
  ["a guard of nothing on what costs a credit", 1, 1, 0, null, ["max_estimated_usd_per_image", 0.01]],
  ["a total guard of nothing on what costs a credit", 1, 1, null, 0, ["max_usd", 0.01]],
  ["a guard per output, met by each of several", 10, 2, 0.05, null, null],
  ["a guard per output, broken by each of several", 10, 2, 0.04, null, ["max_estimated_usd_per_image", 0.05]],
  [
    "a guard per output, where a third of a cent is due",
    25,
    3,
    0.083333,
    null,
    ["max_estimated_usd_per_image", 0.083334]
  ],
  ["a guard per output, sufficient at the sixth decimal", 25, 3, 0.083334, null, null],
  ["a total guard equal to the debit", 25, 3, null, 0.25, null],
  ["a total guard below the debit of all outputs", 25, 3, null, 0.24, ["max_usd", 0.25]],
  ["a total guard that only one output would meet", 27, 3, 0.09, 0.09, ["max_usd", 0.27]],
  ["both guards broken", 12, 1, 0.01, 0.02, ["max_estimated_usd_per_image", 0.12]],
  ["sums that are not exact in binary", 30, 1, 0.1 + 0.2, 0.1 + 0.2, null]
]

describe("Pricing.creditsFor", () => {
  for (const [providerUsd, credits] of published) {
    it(`a provider cost of ${providerUsd} USD is ${credits} credits`, () => {
      assert.strictEqual<number>(creditsFor(fromUsd(providerUsd)), credits)
    })
  }

  for (const [providerMicroUsd, credits] of edges) {
    it(`a provider cost of ${providerMicroUsd} millionths is ${credits} credits`, () => {
      assert.strictEqual<number>(creditsFor(MicroUsd.make(providerMicroUsd)), credits)
    })
  }

  it.prop("credits follow the published formula exactly", [cost], ([microUsd]) => {
    assert.strictEqual(BigInt(creditsFor(MicroUsd.make(microUsd))), formula(microUsd))
  })

  it.prop("credits cover the cost with 40 per cent to spare, and one credit less would not", [cost], ([microUsd]) => {
    const credits = creditsFor(MicroUsd.make(microUsd))
    assert.isAtLeast(credits * 6_000, microUsd)
    assert.isBelow((credits - 1) * 6_000, microUsd)
  })

  it.prop(
    "dollars with six decimals are kept to the millionth",
    [Schema.Natural.check(Schema.isLessThanOrEqualTo(1_000_000_000))],
    ([microUsd]) => {
      assert.strictEqual<number>(
        fromUsd(Number(`${Math.floor(microUsd / 1e6)}.${`${microUsd % 1e6}`.padStart(6, "0")}`)),
        microUsd
      )
      assert.strictEqual<number>(fromUsd(toUsd(microUsd)), microUsd)
    }
  )
})

describe("Pricing.creditPricing", () => {
  it("a known price is the published sample", () => {
    assert.strictEqual(
      JSON.stringify(Schema.encodeSync(CreditPricing)(creditPricing(known(MicroUsd.make(70_000), "model_parameters")))),
      JSON.stringify({
        credit_unit_usd: 0.01,
        credits_required: 12,
        estimated_provider_cost_usd: 0.07,
        fallback_provider_cost_usd: null,
        estimated_revenue_usd: 0.12,
        estimated_gross_margin: 0.417,
        target_gross_margin: 0.4,
        pricing_confidence: "known",
        pricing_source: "model_parameters",
        margin_model: "provider_cost_plus_margin",
        payment_fee_rate: 0.015,
        payment_fee_model: "stripe_stablecoin_usd_percent",
        estimated_payment_fee_usd: 0.0018,
        estimated_net_revenue_usd: 0.1182,
        estimated_fee_adjusted_margin: 0.402,
        self_fundable: true,
        self_fund_block_reason: null
      })
    )
  })

  it("a debit that its cost and the payment's fee eat up is not self-fundable, and says why", () => {
    const dear = { ...known(MicroUsd.make(9_851), "model_registry"), credits: Credits.make(1) }
    assert.deepInclude(Schema.encodeSync(CreditPricing)(creditPricing(dear)), {
      estimated_net_revenue_usd: 0.00985,
      estimated_fee_adjusted_margin: -0,
      self_fundable: false,
      self_fund_block_reason: "payment_fee_margin_negative"
    })
    const even = { ...dear, providerCost: MicroUsd.make(9_850) }
    assert.strictEqual(creditPricing(even).selfFundBlockReason, null)
  })

  it("an unknown price names its stand-in and nothing that would follow from the cost", () => {
    assert.deepInclude(Schema.encodeSync(CreditPricing)(creditPricing(unknown(MicroUsd.make(100_000)))), {
      credits_required: 17,
      estimated_provider_cost_usd: null,
      fallback_provider_cost_usd: 0.1,
      estimated_revenue_usd: 0.17,
      estimated_gross_margin: null,
      pricing_confidence: "unknown",
      pricing_source: "fallback"
    })
  })

  it("what costs nothing is free and has no margin", () => {
    assert.deepInclude(Schema.encodeSync(CreditPricing)(creditPricing(known(MicroUsd.make(0), "model_registry"))), {
      credits_required: 0,
      estimated_provider_cost_usd: 0,
      estimated_revenue_usd: 0,
      estimated_gross_margin: null,
      pricing_confidence: "known"
    })
  })

  it.prop("the margin is rounded half up to thousandths and never below its target", [cost], ([microUsd]) => {
    const { creditsRequired, estimatedGrossMargin } = creditPricing(
      known(MicroUsd.make(microUsd), "provider_usage", "settled")
    )
    const debit = BigInt(creditsRequired) * 10_000n
    const thousandths = (2_000n * (debit - BigInt(microUsd)) + debit) / (2n * debit)
    assert.strictEqual(estimatedGrossMargin, Number(thousandths) / 1_000)
    assert.isAtLeast(estimatedGrossMargin ?? 0, 0.4)
  })

  it.prop("the revenue is the credits in dollars, to the cent", [Credits], ([credits]) => {
    const { estimatedRevenueUsd } = creditPricing({ ...known(MicroUsd.make(0), "model_registry"), credits })
    if (credits <= 1_000_000_000) assert.strictEqual(estimatedRevenueUsd, Number((credits / 100).toFixed(2)))
  })
})

describe("Pricing.exceeded", () => {
  for (const [what, credits, outputs, perOutputUsd, totalUsd, refusal] of guards) {
    it(`${what} ${refusal === null ? "is kept" : "is broken"} by ${credits} credits for ${outputs}`, () => {
      const found = exceeded(credits, outputs, { perOutputUsd, totalUsd })
      assert.deepStrictEqual<unknown>(found === null ? null : [found.guard, found.requiredUsd], refusal)
    })
  }

  const jobs = {
    credits: Schema.Natural.check(Schema.isLessThanOrEqualTo(100_000)),
    outputs: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1_000 }))
  }

  it.prop("a guard that is rounded up as its refusal says is sufficient", jobs, ({ credits, outputs }) => {
    const perOutput = credits / 100 / outputs
    const sufficient = roundUp(perOutput)
    assert.isNull(exceeded(credits, outputs, { perOutputUsd: sufficient, totalUsd: null }))
    assert.isNull(exceeded(credits, outputs, { perOutputUsd: Number(sufficient.toFixed(6)), totalUsd: null }))
    assert.isAtLeast(sufficient, perOutput - 1e-9)
    assert.isBelow(sufficient, perOutput + 1e-6)
  })

  it.prop(
    "a refused guard names a figure that is accepted",
    { ...jobs, guard: Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 100 })) },
    ({ credits, guard, outputs }) => {
      for (const which of ["perOutputUsd", "totalUsd"] as const) {
        const given = { perOutputUsd: null, totalUsd: null, [which]: guard }
        const refusal = exceeded(credits, outputs, given)
        if (refusal !== null) assert.isNull(exceeded(credits, outputs, { ...given, [which]: refusal.requiredUsd }))
      }
    }
  )
})
