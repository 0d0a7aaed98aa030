import { assert, describe, it } from "@effect/vitest"
import { payableAttempt } from "@image-skill/core/payments/PayableInstructions"
import { affordability, settlementBlockers, type WalletFacts } from "@image-skill/core/payments/SettlementBlockers"
import { defaultPolicy } from "@image-skill/core/payments/WalletPolicy"
import * as DateTime from "effect/DateTime"

const facts: WalletFacts = {
  present: true,
  address: "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
  chainId: 8453,
  isLocalChain: false,
  usdcAtomic: 2_400_000n,
  gasWei: 1_000n,
  gasNeededWei: 1_000n,
  policy: defaultPolicy,
  spentDayCents: 0,
  spentMonthCents: 0,
  now: DateTime.makeUnsafe("2026-06-02T19:00:00.000Z")
}

const payment = { attemptId: "payatt_1", cents: 240, origin: "https://api.image-skill.com" }

const codes = (changed: Partial<WalletFacts>) =>
  affordability({ ...facts, ...changed }, payment).blockers.map(({ code }) => code)

describe("SettlementBlockers", () => {
  it("a wallet with exactly the amount and the fee can pay now", () => {
    assert.deepStrictEqual(affordability(facts, payment), { settleableNow: true, blockers: [] })
  })

  it("each missing thing is a blocker of its own", () => {
    assert.deepStrictEqual(codes({ usdcAtomic: 2_399_999n }), ["insufficient_usdc"])
    assert.deepStrictEqual(codes({ gasWei: 999n }), ["insufficient_gas"])
    assert.deepStrictEqual(codes({ chainId: 1 }), ["other_chain"])
    assert.deepStrictEqual(codes({ chainId: null, usdcAtomic: null, gasWei: null }), ["chain_unreachable"])
    assert.deepStrictEqual(codes({ present: false, address: null }), ["wallet_missing"])
    assert.deepStrictEqual(codes({ spentDayCents: 800, spentMonthCents: 800 }), ["over_day_cap"])
  })

  it("what could not be asked counts as missing", () => {
    assert.deepStrictEqual(codes({ usdcAtomic: null, gasNeededWei: null }), ["insufficient_usdc", "insufficient_gas"])
  })

  it("an attempt adds its own reasons", () => {
    const { blockers, settleableNow } = settlementBlockers(facts, payableAttempt({}), payment)
    assert.isFalse(settleableNow)
    assert.includeMembers(
      blockers.map(({ code }) => code),
      ["attempt_mismatch", "no_instructions"]
    )
  })

  it("the price of an attempt is compared with the wallet", () => {
    const attempt = payableAttempt({ quote: { price_amount_cents: 241 } })
    const found = settlementBlockers(facts, attempt, payment).blockers.map(({ code }) => code)
    assert.include(found, "insufficient_usdc")
  })
})
