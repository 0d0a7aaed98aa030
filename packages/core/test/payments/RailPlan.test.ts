import { assert, describe, it } from "@effect/vitest"
import { render } from "@image-skill/core/envelope/CommandLine"
import { fake, stripeCheckout, stripeDeposit } from "@image-skill/core/payments/KnownRails"
import type { RailFacts } from "@image-skill/core/payments/RailChoice"
import { type LocalFacts, type PaymentWish, plan } from "@image-skill/core/payments/RailPlan"
import type { Settleability } from "@image-skill/core/payments/SettlementBlockers"
import * as Schema from "effect/Schema"

const wish = (change: Partial<PaymentWish> = {}): PaymentWish => ({
  credits: 60,
  maxUsdCents: null,
  noHuman: false,
  key: "topup-1",
  ...change
})

const checkout: RailFacts = stripeCheckout
const deposit: RailFacts = stripeDeposit
const blocked: Settleability = {
  settleableNow: false,
  blockers: [{ code: "wallet_missing", message: "no wallet is configured" }]
}
const able: Settleability = { settleableNow: true, blockers: [] }

const here =
  (facts: Settleability | null): LocalFacts =>
  () =>
    facts

/** What is wished for, what this machine can do, and the rails in the order in which to use them. */
const plans: ReadonlyArray<
  readonly [what: string, wish: Partial<PaymentWish>, local: Settleability | null, ranked: ReadonlyArray<string>]
> = [
  ["what an agent can settle comes first", {}, null, ["stripe_x402.exact.usdc", "stripe_checkout"]],
  ["what this machine can settle now stays first", {}, able, ["stripe_x402.exact.usdc", "stripe_checkout"]],
  ["what this machine cannot settle now comes last", {}, blocked, ["stripe_checkout", "stripe_x402.exact.usdc"]],
  ["without a person only an agent's rails are left", { noHuman: true }, able, ["stripe_x402.exact.usdc"]],
  ["a blocked rail is still named when no other is left", { noHuman: true }, blocked, ["stripe_x402.exact.usdc"]],
  [
    "a cap below a rail's least leaves that rail out",
    { credits: 10, maxUsdCents: 49 },
    able,
    ["stripe_x402.exact.usdc"]
  ],
  ["a cap of the price is enough", { maxUsdCents: 60 }, able, ["stripe_x402.exact.usdc", "stripe_checkout"]],
  ["a cap below the price leaves nothing", { maxUsdCents: 59 }, able, []],
  ["more than a rail sells at a time leaves nothing", { credits: 5_001 }, able, []],
  [
    "as much as a rail sells at a time is planned",
    { credits: 5_000 },
    able,
    ["stripe_x402.exact.usdc", "stripe_checkout"]
  ]
]

/** Why a rail is out, in words. */
const refusals: ReadonlyArray<readonly [what: string, wish: Partial<PaymentWish>, method: string, reason: string]> = [
  ["a person", { noHuman: true }, "stripe_checkout", "a person has to finish the hosted checkout page in a browser"],
  ["the cap", { maxUsdCents: 59 }, "stripe_x402.exact.usdc", "$0.60 is above the limit of $0.59"],
  [
    "the least of the rail",
    { credits: 10, maxUsdCents: 20 },
    "stripe_checkout",
    "its least, 50 credits for $0.50, is above the limit of $0.20"
  ],
  ["the most of the rail", { credits: 5_001 }, "stripe_checkout", "it sells at most 5000 credits at a time"]
]

const Wish = Schema.Struct({
  credits: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 6_000 })),
  maxUsdCents: Schema.NullOr(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 6_000 }))),
  noHuman: Schema.Boolean,
  isBlocked: Schema.Boolean
})

describe("plan", () => {
  it.each(plans)("%s", (_, change, local, ranked) => {
    const planned = plan([checkout, deposit], wish(change), here(local))
    assert.deepStrictEqual(
      planned.ranked.map(({ rail }) => rail.methodId),
      ranked
    )
    assert.strictEqual(planned.preferred, planned.ranked[0] ?? null)
  })

  it.each(refusals)("names %s as the reason", (_, change, method, reason) => {
    const { rejected } = plan([checkout, deposit], wish(change))
    assert.strictEqual(rejected.find(({ rail }) => rail.methodId === method)?.reason, reason)
  })

  it("buys a rail's least where less is needed", () => {
    const { ranked } = plan([checkout], wish({ credits: 10 }))
    assert.deepInclude(ranked[0], { credits: 50, amountCents: 50 })
  })

  it("gives a quote command for each rail, under the key of the wish or with a gap for one", () => {
    const [row] = plan([deposit], wish()).ranked
    const expected =
      "credits quote --credits 60 --payment-method stripe_x402.exact.usdc --idempotency-key topup-1 --json"
    assert.include(row === undefined ? "" : render(row.quote, "image-skill"), expected)
    const [open] = plan([deposit], wish({ key: null })).ranked
    assert.notInclude(open === undefined ? "" : render(open.quote, "image-skill"), "topup-1")
  })

  it("asks this machine only of rails that an agent can pay on, and for what would be paid", () => {
    const asked: Array<readonly [string, number]> = []
    plan([checkout, deposit, fake], wish(), ({ methodId }, cents) => {
      asked.push([methodId, cents])
      return null
    })
    assert.deepStrictEqual(asked, [["stripe_x402.exact.usdc", 60]])
  })

  it("says nothing of this machine where nobody asked it", () => {
    for (const row of plan([checkout, deposit], wish()).ranked)
      assert.deepInclude(row, { settleableNow: null, blockers: [] })
  })

  it.prop(
    "ranks or rejects each rail once, and plans nothing beyond the cap and the limits",
    [Wish],
    ([{ isBlocked, ...drawn }]) => {
      const rails = [checkout, deposit, fake]
      const { ranked, rejected } = plan(rails, wish(drawn), here(isBlocked ? blocked : able))
      const all = [...ranked, ...rejected].map(({ rail }) => rail.methodId)
      assert.deepStrictEqual(all.toSorted(), rails.map(({ methodId }) => methodId).toSorted())
      for (const { amountCents, credits, rail } of ranked) {
        assert.strictEqual(amountCents, credits)
        assert.isAtLeast(credits, drawn.credits)
        assert.isAtMost(amountCents, drawn.maxUsdCents ?? amountCents)
        assert.isTrue(credits >= (rail.limits.minCredits ?? 1) && credits <= (rail.limits.maxCredits ?? credits))
        assert.isTrue(!drawn.noHuman || rail.agentSettleable)
      }
      const firstBlocked = ranked.findIndex(({ settleableNow }) => settleableNow === false)
      assert.isTrue(
        firstBlocked === -1 || ranked.slice(firstBlocked).every(({ settleableNow }) => settleableNow === false)
      )
      for (const { reason } of [...ranked, ...rejected]) assert.isNotEmpty(reason)
    }
  )
})
