import { assert, describe, it } from "@effect/vitest"
import { atomicOf, centsOf, decimalOf } from "@image-skill/core/payments/BaseUsdc"
import { endOf, objections, payableAttempt, type PaymentFacts } from "@image-skill/core/payments/PayableInstructions"
import * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"

const attemptId = "payatt_2b9n4h6w1d4q9m2x7c3v8k0t5r"

/** The example of contract/api.md 5.5, as 5.7 answers it while it is payable. */
const instructions = {
  kind: "stripe_crypto_deposit",
  network: "base",
  token_currency: "usdc",
  token_decimals: 6,
  token_amount: "2.40",
  token_amount_atomic: "2400000",
  amount_cents: 240,
  amount_usd: "2.40",
  deposit_address: "0x7A1c0E5b3D9f42C68e1B7a90F3d5C2468bE0a1D4",
  token_contract_address: "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913",
  supported_token_currencies: ["usdc"],
  expires_at: "2026-06-02T19:35:00.000Z",
  exact_amount_required: true
}

const quote = { quote_id: "quote_8d1q4m7x2c9v5k0t3r6w", price_amount_cents: 240, currency: "USD", live_money: true }

const attempt = {
  payment_attempt_id: attemptId,
  provider: "stripe",
  attempt_status: "requires_action",
  expires_at: "2026-06-02T19:35:00.000Z"
}

type Fields = { readonly [name: string]: Schema.Json }

/** An answer with some fields changed; undefined leaves one out. */
const answer = (changed: { payable?: Fields | null; attempt?: Fields; quote?: Fields; data?: Fields }) => ({
  state: "action_required",
  quote: { ...quote, ...changed.quote },
  payment_attempt: {
    ...attempt,
    stripe_x402: { payable_instructions: changed.payable === null ? null : { ...instructions, ...changed.payable } },
    ...changed.attempt
  },
  receipt: null,
  ...changed.data
})

const facts: PaymentFacts = {
  attemptId,
  now: DateTime.makeUnsafe("2026-06-02T19:00:00.000Z"),
  from: "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
  isLocalChain: false
}

const codes = (data: unknown, changed: Partial<PaymentFacts> = {}) =>
  objections(payableAttempt(data), { ...facts, ...changed }).map(({ code }) => code)

const codesAt = (time: string) => codes(answer({}), { now: DateTime.makeUnsafe(time) })

describe("PayableInstructions", () => {
  it("what the contract shows can be paid", () => {
    assert.deepStrictEqual(codes(answer({})), [])
  })

  const refused: ReadonlyArray<readonly [what: string, data: unknown, expected: ReadonlyArray<string>]> = [
    ["another network", answer({ payable: { network: "tempo" } }), ["wrong_chain"]],
    ["another token", answer({ payable: { token_currency: "usdt" } }), ["wrong_token"]],
    ["another contract", answer({ payable: { token_contract_address: `0x${"1".repeat(40)}` } }), ["wrong_token"]],
    ["other decimals", answer({ payable: { token_decimals: 18 } }), ["wrong_decimals"]],
    ["one unit too much", answer({ payable: { token_amount_atomic: "2400001" } }), ["amount_mismatch"]],
    [
      "an amount that only looks the same",
      answer({ payable: { token_amount_atomic: "02400000" } }),
      ["amount_mismatch"]
    ],
    ["an amount as a number", answer({ payable: { token_amount_atomic: 2_400_000 } }), ["amount_mismatch"]],
    ["a price that is not the quote's", answer({ quote: { price_amount_cents: 239 } }), ["amount_mismatch"]],
    ["a part of a cent", answer({ quote: { price_amount_cents: 240.5 } }), ["amount_mismatch"]],
    ["no price", answer({ quote: { price_amount_cents: null } }), ["amount_mismatch"]],
    [
      "nothing to pay",
      answer({ quote: { price_amount_cents: 0 }, payable: { amount_cents: 0, token_amount_atomic: "0" } }),
      ["amount_mismatch"]
    ],
    ["another currency", answer({ quote: { currency: "EUR" } }), ["amount_mismatch"]],
    ["an amount that need not be exact", answer({ payable: { exact_amount_required: false } }), ["not_exact"]],
    ["the zero address", answer({ payable: { deposit_address: `0x${"0".repeat(40)}` } }), ["bad_payee"]],
    ["the token itself", answer({ payable: { deposit_address: instructions.token_contract_address } }), ["bad_payee"]],
    ["the wallet itself", answer({ payable: { deposit_address: facts.from?.toLowerCase() ?? "" } }), ["bad_payee"]],
    ["no address", answer({ payable: { deposit_address: "0x7A1c" } }), ["bad_payee"]],
    ["test money", answer({ quote: { live_money: false } }), ["test_money"]],
    ["an unknown mode", answer({ quote: { live_money: null } }), ["test_money"]],
    ["another attempt", answer({ attempt: { payment_attempt_id: "payatt_other" } }), ["attempt_mismatch"]],
    ["no instructions", answer({ payable: null }), ["no_instructions"]],
    ["no end", answer({ payable: { expires_at: null }, attempt: { expires_at: null } }), ["no_expiry"]],
    ["an end that is no time", answer({ payable: { expires_at: "soon" } }), ["no_expiry"]],
    [
      "an earlier end of the attempt",
      answer({ attempt: { expires_at: "2026-06-02T19:01:00.000Z" } }),
      ["attempt_expired"]
    ],
    [
      "an expired attempt",
      answer({ payable: null, attempt: { attempt_status: "expired" }, data: { state: "expired" } }),
      ["attempt_expired"]
    ],
    [
      "a canceled attempt",
      answer({ payable: null, attempt: { attempt_status: "canceled" }, data: { state: "canceled" } }),
      ["attempt_closed"]
    ],
    [
      "an attempt that settles",
      answer({ attempt: { attempt_status: "processing" }, data: { state: "processing" } }),
      ["attempt_closed"]
    ],
    [
      "a paid attempt",
      answer({ attempt: { attempt_status: "succeeded" }, data: { state: "succeeded" } }),
      ["already_paid"]
    ],
    [
      "an attempt with a receipt",
      answer({ data: { receipt: { receipt_id: "receipt_7x3c9v0k5t2r6w8d1q4m" } } }),
      ["already_paid"]
    ]
  ]
  for (const [what, data, expected] of refused) {
    it(`${what} is not paid`, () => {
      assert.deepStrictEqual(codes(data), expected)
    })
  }

  it("an answer without any field, or of another shape, is not paid", () => {
    for (const data of [undefined, null, {}, [], "paid", { payment_attempt: 7, quote: [] }]) {
      assert.include(codes(data), "no_instructions")
    }
  })

  it("two minutes before the end a payment is sent, and a millisecond later it is not", () => {
    assert.deepStrictEqual(codesAt("2026-06-02T19:33:00.000Z"), [])
    assert.deepStrictEqual(codesAt("2026-06-02T19:33:00.001Z"), ["attempt_expired"])
  })

  it("a contract that is not named is USDC's, and spelling in capitals changes no address", () => {
    assert.deepStrictEqual(codes(answer({ payable: { token_contract_address: null } })), [])
    const lower = instructions.token_contract_address.toLowerCase()
    assert.deepStrictEqual(codes(answer({ payable: { token_contract_address: lower } })), [])
  })

  it("test money may be paid on a chain of this machine", () => {
    assert.deepStrictEqual(codes(answer({ quote: { live_money: false } }), { isLocalChain: true }), [])
  })

  it("everything that is wrong is said at once", () => {
    const data = answer({ payable: { network: "solana", token_decimals: 9 }, quote: { live_money: false } })
    assert.deepStrictEqual(codes(data), ["wrong_chain", "wrong_decimals", "test_money"])
  })

  it("the earliest end counts", () => {
    const end = endOf(payableAttempt(answer({ attempt: { expires_at: "2026-06-02T18:00:00.000Z" } })))
    assert.strictEqual(end === null ? null : DateTime.formatIso(end), "2026-06-02T18:00:00.000Z")
  })
})

describe("BaseUsdc", () => {
  it("a cent is ten thousand atomic units, exactly, however many there are", () => {
    assert.strictEqual(atomicOf(101), 1_010_000n)
    assert.strictEqual(atomicOf(Number.MAX_SAFE_INTEGER), 90_071_992_547_409_910_000n)
    assert.throws(() => atomicOf(1.1))
  })

  it.prop(
    "cents come back from atomic units",
    [Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 10 ** 12 }))],
    ([cents]) => {
      assert.strictEqual(centsOf(atomicOf(cents)), cents)
      assert.strictEqual(centsOf(atomicOf(cents) + 1n), cents + 1)
    }
  )

  it("atomic units are written as people write amounts", () => {
    assert.deepStrictEqual([0n, 1n, 2_400_000n, 5_000_000n, 12_345_678n].map(decimalOf), [
      "0",
      "0.000001",
      "2.4",
      "5",
      "12.345678"
    ])
  })
})
