import { assert, describe, it } from "@effect/vitest"
import { embeddedLimits } from "@image-skill/core/credits/Limits"
import type { Quota } from "@image-skill/core/credits/Quota"
import { lineOf } from "@image-skill/core/envelope/Start"
import { fake, stripeCheckout, stripeDeposit } from "@image-skill/core/payments/KnownRails"
import { type Rail, unavailable, unsettleable } from "@image-skill/core/payments/Rail"
import { isCopyRunnable, topUpOf } from "@image-skill/core/payments/TopUp"

const start = { prefix: "image-skill", apiBaseUrl: null }
const none = { granted: 0, used: 0, reserved: 0, remaining: 0 }

interface Wallet {
  readonly preview?: number
  readonly paid?: number | null
  readonly jobsUsed?: number
  readonly required?: number | null
}

/** 50 free credits and four jobs a day; paid credits, where there ever were any, raise that to two hundred. */
const standing = ({ jobsUsed = 0, paid = null, preview = 50, required = null }: Wallet) => {
  const isPaid = paid !== null && paid > 0
  const limit = isPaid ? 200 : 4
  const quota: Quota = {
    preview: { granted: 50, used: 50 - preview, reserved: 0, remaining: preview },
    paid: paid === null ? none : { granted: 500, used: 500 - paid, reserved: 0, remaining: paid },
    owed: 0,
    dailyJobs: {
      limit,
      used: jobsUsed,
      remaining: Math.max(0, limit - jobsUsed),
      basis: isPaid ? "payment_backed" : "free_preview",
      resetsAt: "2026-11-22T00:00:00.000Z"
    },
    maxOutputsPerRequest: 4,
    maxCreditsPerJob: 100
  }
  return { quota, limits: { ...embeddedLimits, dailyJobsWhenPaid: 200 }, required }
}

const both: ReadonlyArray<Rail> = [stripeCheckout, stripeDeposit]

const capOf = (wallet: Wallet) => topUpOf(both, standing(wallet)).dailyJobCap

const quoteOf = (rails: ReadonlyArray<Rail>, wallet: Wallet): string | null => {
  const { quote } = topUpOf(rails, standing(wallet))
  return quote === null ? null : lineOf(quote, start)
}

const quote = (amount: string, rail: string): string =>
  `image-skill credits quote --${amount} --payment-method ${rail} --json`

describe("topUpOf", () => {
  /** contract/api.md 16: the reason, its urgency and score, and whether credits would help. */
  const table: ReadonlyArray<readonly [Wallet, string, string, number, boolean, ReadonlyArray<string>]> = [
    [{ preview: 50 }, "available", "available", 0, false, []],
    [{ preview: 25 }, "available", "available", 0, false, []],
    [{ preview: 24 }, "self_fund_setup_missing", "setup_recommended", 60, true, ["self_fund_setup_missing"]],
    [{ preview: 24, paid: 100 }, "available", "available", 0, false, []],
    [{ preview: 12, paid: 0 }, "available", "available", 0, false, []],
    [{ preview: 0, paid: 12 }, "available", "available", 0, false, []],
    [
      { preview: 11 },
      "low_remaining_credits",
      "near_wall",
      80,
      true,
      ["low_remaining_credits", "self_fund_setup_missing"]
    ],
    [{ preview: 0, paid: 11 }, "low_remaining_credits", "near_wall", 80, true, ["low_remaining_credits"]],
    [{ preview: 0, paid: 0 }, "credits_depleted", "blocked", 100, true, ["credits_depleted"]],
    [{ preview: 40, required: 41 }, "credits_depleted", "blocked", 100, true, ["credits_depleted"]],
    [{ preview: 40, required: 40 }, "available", "available", 0, false, []],
    [{ preview: 40, jobsUsed: 4 }, "daily_job_cap_reached", "blocked", 100, true, ["daily_job_cap_reached"]],
    [{ paid: 400, jobsUsed: 200 }, "daily_job_cap_reached", "blocked", 100, false, ["daily_job_cap_reached"]],
    [{ preview: 40, jobsUsed: 200 }, "daily_job_cap_reached", "blocked", 100, false, ["daily_job_cap_reached"]]
  ]

  it("says how urgent credits are and why, and recommends them only where they help", () => {
    for (const [wallet, reason, urgency, score, recommended, reasons] of table) {
      const topUp = topUpOf(both, standing(wallet))
      assert.deepStrictEqual(
        [topUp.reason, topUp.urgency, topUp.score, topUp.recommended, topUp.reasons],
        [reason, urgency, score, recommended, reasons],
        JSON.stringify(wallet)
      )
    }
  })

  it("does not take a used-up day for a lack of credits, and says when it ends and what raises it", () => {
    assert.strictEqual(capOf({ preview: 0 }), null)
    assert.deepStrictEqual(capOf({ jobsUsed: 4 }), { resetsAt: "2026-11-22T00:00:00.000Z", liftedByCredits: true })
    assert.strictEqual(capOf({ paid: 400, jobsUsed: 200 })?.liftedByCredits, false)
  })

  const unusable = unavailable(stripeDeposit, "limited_rollout", null)
  const started = unsettleable(stripeDeposit, "no address")
  const ways: ReadonlyArray<readonly [ReadonlyArray<Rail>, string, string | null, string | null]> = [
    [both, "browserless_agent_self_fund", "stripe_x402.exact.usdc", "stripe_checkout"],
    [[stripeCheckout, unusable], "human_payment_handoff", "stripe_checkout", null],
    [[started, stripeCheckout], "human_payment_handoff", "stripe_checkout", "stripe_x402.exact.usdc"],
    [[started], "payment_method_inspection", "stripe_x402.exact.usdc", null],
    [[fake], "browserless_agent_self_fund", "fake", null],
    [[fake, stripeCheckout], "human_payment_handoff", "stripe_checkout", null],
    [[unusable], "payment_method_inspection", null, null],
    [[], "payment_method_inspection", null, null]
  ]

  it("goes by the rail that an agent can finish alone, then by one that a person finishes", () => {
    for (const [rails, path, preferred, fallback] of ways) {
      const topUp = topUpOf(rails, standing({ preview: 0 }))
      const isOpen = preferred !== null
      assert.deepStrictEqual(
        [topUp.path, topUp.preferred?.methodId ?? null, topUp.fallback?.methodId ?? null],
        [path, preferred, fallback],
        rails.map(({ methodId }) => methodId).join()
      )
      assert.deepStrictEqual(
        [topUp.available, topUp.recommended, isCopyRunnable(topUp.quote)],
        [isOpen, isOpen, isOpen],
        rails.map(({ methodId }) => methodId).join()
      )
    }
  })

  it("quotes what a refused request lacks where the rail sells so little, else its least, else its pack", () => {
    const [deposit, checkout] = ["stripe_x402.exact.usdc", "stripe_checkout"]
    assert.strictEqual(quoteOf(both, { preview: 0 }), quote("pack starter-500", deposit))
    assert.strictEqual(quoteOf(both, { preview: 3, required: 40 }), quote("credits 37", deposit))
    assert.strictEqual(quoteOf([stripeCheckout], { preview: 3, required: 40 }), quote("credits 50", checkout))
    assert.strictEqual(quoteOf([stripeCheckout], { preview: 0, required: 9_000 }), quote("pack starter-500", checkout))
    assert.strictEqual(quoteOf([unusable], { preview: 0 }), null)
  })
})
