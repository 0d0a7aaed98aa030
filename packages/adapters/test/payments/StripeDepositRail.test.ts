import { assert, describe, it } from "@effect/vitest"
import { make as clientWith } from "@image-skill/adapters/payments/StripeClient"
import * as StripeDepositRail from "@image-skill/adapters/payments/StripeDepositRail"
import * as PaymentRailSuite from "@image-skill/testing/payments/PaymentRailSuite"
import type { StripeEmulator, StripeEmulatorOptions } from "@image-skill/testing/payments/StripeEmulator"
import * as Loopback from "@image-skill/testing/service/Loopback"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { attemptOn, order } from "./Orders.ts"
import { clientOf, configuredRail, deposit, depositHarness, emulator, intentOf, operatorOf } from "./StripeWorld.ts"

const intents = "/v1/payment_intents"
const usdc = "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913"

const harnessed = (stripe: StripeEmulator) =>
  depositHarness(stripe, StripeDepositRail.make(clientOf(stripe.baseUrl, stripe.secretKey)))

const faulty = (fault: Parameters<StripeEmulator["control"]["fault"]>[0]) =>
  Effect.gen(function* () {
    const stripe = yield* emulator()
    yield* stripe.control.fault(fault)
    return harnessed(stripe)
  })

const invalidRequest = `{"error":{"type":"invalid_request_error","message":"no such thing"}}`

PaymentRailSuite.suite(
  "Stripe deposits, emulator",
  Effect.map(emulator(), (stripe) =>
    depositHarness(stripe, configuredRail("stripe_x402.exact.usdc", stripe.baseUrl, stripe.secretKey))
  ),
  {
    ending: "awaited",
    isRemote: true,
    refunds: true,
    failing: {
      refused: Effect.gen(function* () {
        const stripe = yield* emulator()
        const { origin } = yield* Loopback.loopback(Loopback.answering(400, invalidRequest))
        return depositHarness(stripe, StripeDepositRail.make(clientOf(origin, stripe.secretKey)))
      }),
      denied: Effect.map(emulator(), (stripe) =>
        depositHarness(stripe, configuredRail("stripe_x402.exact.usdc", stripe.baseUrl, stripe.restrictedKey))
      ),
      unavailable: faulty({ kind: "limit", path: intents }),
      unknown: faulty({ kind: "dropAfter", path: intents, count: 2 }),
      malformed: Effect.gen(function* () {
        const stripe = yield* emulator()
        const { origin } = yield* Loopback.loopback(Loopback.answering(200, `{"id":"pi_1","status":"wonderful"}`))
        return depositHarness(stripe, StripeDepositRail.make(clientOf(origin, stripe.secretKey)))
      })
    }
  }
)

const attempt = attemptOn("stripe_x402.exact.usdc")

const openingIn = (options: StripeEmulatorOptions = {}) =>
  Effect.gen(function* () {
    const stripe = yield* emulator(options)
    const harness = harnessed(stripe)
    const opened = yield* harness.rail.open(order)
    return { ...harness, stripe, opened, attempt: { ...attempt, ...opened } }
  })

/** A payment intent as Stripe writes it, with other words in some places. */
const intentSaying = (change: { readonly [name: string]: unknown }) =>
  JSON.stringify({
    id: "pi_0123456789",
    object: "payment_intent",
    livemode: true,
    status: "requires_action",
    amount: 240,
    amount_received: 0,
    currency: "usd",
    metadata: { payment_attempt_id: order.attemptId },
    next_action: displaying({ base: base() }),
    last_payment_error: null,
    latest_charge: null,
    ...change
  })

const base = (address = "0x7A1c0E5b3D9f42C68e1B7a90F3d5C2468bE0a1D4", contract = usdc.toLowerCase()) => ({
  address,
  supported_tokens: [{ token_currency: "usdc", token_contract_address: contract }]
})

const displaying = (addresses: unknown) => ({
  type: "crypto_display_details",
  crypto_display_details: { deposit_addresses: addresses }
})

const chargeOf = (crypto: unknown) => ({
  status: "succeeded",
  amount_received: 240,
  next_action: null,
  latest_charge: { id: "ch_1", payment_method_details: { type: "crypto", crypto } }
})

const railSaying = (change: { readonly [name: string]: unknown }) =>
  Effect.gen(function* () {
    yield* TestClock.setTime(Date.parse("2026-11-21T00:00:00.000Z"))
    const server = yield* Loopback.loopback((response, request) =>
      Loopback.answering(
        200,
        request.path.startsWith(intents) ? intentSaying(change) : `{"object":"list","data":[],"has_more":false}`
      )(response, request)
    )
    return { server, rail: StripeDepositRail.make(clientOf(server.origin, "sk_live_0123456789")) }
  })

const described = (key: string, baseUrl: string | null) =>
  StripeDepositRail.make(
    baseUrl === null ? clientWith({ secretKey: Redacted.make(key), base: null }) : clientOf(baseUrl, key)
  ).describe

describe("StripeDepositRail", () => {
  it.effect("the address is on Base, takes USDC at its own contract, and nothing else is promised", () =>
    Effect.gen(function* () {
      const { opened, stripe } = yield* openingIn()
      assert.deepStrictEqual(
        { ...opened, deposit: { ...opened.deposit, address: null } },
        {
          status: "requires_action",
          reason: null,
          handles: [intentOf(opened)],
          checkout: null,
          deposit: {
            network: "base",
            tokenCurrency: "usdc",
            tokenContractAddress: usdc,
            address: null,
            supportedTokenCurrencies: ["usdc"]
          }
        }
      )
      assert.match(opened.deposit?.address ?? "", /^0x[0-9a-fA-F]{40}$/u)
      const made = (yield* stripe.control.requests()).find(({ method }) => method === "POST")
      assert.deepInclude(made, {
        path: intents,
        idempotencyKey: "payatt_order:deposit:v1",
        version: "2026-03-04.preview"
      })
    })
  )

  it.effect("the preview version is asked for by each call, and by no other", () =>
    Effect.gen(function* () {
      const { attempt: opened, pay, rail, stripe } = yield* openingIn()
      yield* pay(opened)
      yield* rail.read({ ...opened, handles: [] })
      yield* rail.close({
        ...opened,
        ...(yield* rail.open({ ...order, attemptId: "payatt_other" })),
        id: "payatt_other"
      })
      const seen = yield* stripe.control.requests()
      const versions = (part: string) =>
        new Set(seen.filter(({ path }) => path.startsWith(part)).map(({ version }) => version))
      assert.deepStrictEqual([...versions(intents)], ["2026-03-04.preview"])
      assert.deepStrictEqual([...versions("/v1/refunds")], ["2026-10-28.endive"])
    })
  )

  it.effect("a payment is proved by its transaction", () =>
    Effect.gen(function* () {
      const { attempt: opened, pay, rail } = yield* openingIn()
      yield* pay(opened)
      const { settled } = yield* rail.read(opened)
      assert.deepStrictEqual(settled, {
        quotedCents: 240,
        paidCents: 240,
        currency: "usd",
        liveMoney: true,
        chain: {
          network: "base",
          transaction: "0x00000000000000000000000000000000000000000000000000000testsuccess",
          payer: "0x0000000000000000000000000000000000000b0b"
        }
      })
    })
  )

  it.effect("a deposit that is being confirmed is no money yet, and cannot be closed", () =>
    Effect.gen(function* () {
      const { attempt: opened, rail, stripe } = yield* openingIn({ depositSeconds: 15 })
      yield* deposit(operatorOf(stripe), intentOf(opened), "success")
      const waiting = yield* rail.read(opened)
      assert.deepStrictEqual([waiting.status, waiting.settled], ["processing", null])
      assert.deepStrictEqual(yield* rail.close(opened), waiting)
      yield* TestClock.adjust(Duration.seconds(15))
      assert.strictEqual((yield* rail.close(opened)).status, "succeeded")
    })
  )

  it.effect("a deposit that could not be validated has failed", () =>
    Effect.gen(function* () {
      const { attempt: opened, decline, rail } = yield* openingIn()
      yield* decline(opened)
      const truth = yield* rail.read(opened)
      assert.deepStrictEqual([truth.status, truth.settled], ["failed", null])
    })
  )

  it.effect("an answer that was lost after the address was made is found again, and there is one address", () =>
    Effect.gen(function* () {
      const stripe = yield* emulator()
      const { made, rail } = harnessed(stripe)
      yield* stripe.control.fault({ kind: "dropAfter", path: intents, count: 2 })
      assert.strictEqual((yield* Effect.flip(rail.open(order))).reason, "unknown")
      assert.isNotNull((yield* rail.open(order)).deposit)
      assert.strictEqual(yield* made(order.attemptId), 1)
    })
  )

  it.effect("a failure that Stripe repeats for a day does not hide the address that was made", () =>
    Effect.gen(function* () {
      const stripe = yield* emulator()
      const { made, rail } = harnessed(stripe)
      yield* stripe.control.fault({ kind: "errorAfter", path: intents })
      assert.strictEqual((yield* Effect.flip(rail.open(order))).reason, "unknown")
      assert.isNotNull((yield* rail.open(order)).deposit)
      assert.strictEqual(yield* made(order.attemptId), 1)
    })
  )

  const cannotBeTrusted: ReadonlyArray<readonly [string, unknown]> = [
    [
      "a token of another contract",
      displaying({ base: base(undefined, "0x00000000000000000000000000000000000000aa") })
    ],
    ["no USDC at all", displaying({ base: { ...base(), supported_tokens: [] } })],
    [
      "two contracts for USDC",
      displaying({
        base: {
          ...base(),
          supported_tokens: [...base().supported_tokens, ...base(undefined, `0x${"1".repeat(40)}`).supported_tokens]
        }
      })
    ],
    ["the zero address", displaying({ base: base(`0x${"0".repeat(40)}`) })],
    ["the token's own address", displaying({ base: base(usdc) })],
    ["an address that is none", displaying({ base: base("0x12") })],
    [
      "an address of another network's form",
      displaying({ base: base("EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v") })
    ],
    ["an address under another name", displaying({ base: { addr: "0x7A1c0E5b3D9f42C68e1B7a90F3d5C2468bE0a1D4" } })],
    ["details of another form", { type: "crypto_display_details", crypto_display_details: null }]
  ]
  it.effect.each(cannotBeTrusted)("nobody is told to pay to %s", ([, nextAction]) =>
    Effect.gen(function* () {
      const { rail } = yield* railSaying({ next_action: nextAction })
      assert.strictEqual((yield* Effect.flip(rail.open(order))).reason, "malformed")
    })
  )

  const withoutAddress: ReadonlyArray<readonly [string, unknown]> = [
    ["no next step", null],
    ["another next step", { type: "redirect_to_url", redirect_to_url: { url: "https://pay.example" } }],
    ["an address on another network only", displaying({ tempo: base() })]
  ]
  it.effect.each(withoutAddress)("with %s there is nothing to pay to", ([, nextAction]) =>
    Effect.gen(function* () {
      const { rail } = yield* railSaying({ next_action: nextAction })
      const opened = yield* rail.open(order)
      assert.deepStrictEqual([opened.status, opened.deposit], ["requires_action", null])
    })
  )

  const paidOnBase = { network: "base", token_currency: "usdc", transaction_hash: "0xab", buyer_address: "0xcd" }
  it.effect.each<readonly [string, unknown]>([
    ["another network", { ...paidOnBase, network: "tempo" }],
    ["another token", { ...paidOnBase, token_currency: "usdp" }],
    ["no transaction", { ...paidOnBase, transaction_hash: null }],
    ["no details", null]
  ])("what was paid with %s is not settled", ([, crypto]) =>
    Effect.gen(function* () {
      const { rail } = yield* railSaying(chargeOf(crypto))
      const truth = yield* rail.read({ ...attempt, handles: ["pi_0123456789"] })
      assert.isNull(truth.settled)
      assert.isNotNull(truth.reason)
    })
  )

  it.effect("the same, paid as it was asked for, is settled", () =>
    Effect.gen(function* () {
      const { rail } = yield* railSaying(chargeOf(paidOnBase))
      const { settled } = yield* rail.read({ ...attempt, handles: ["pi_0123456789"] })
      assert.deepStrictEqual(settled?.chain, { network: "base", transaction: "0xab", payer: "0xcd" })
    })
  )

  it.effect("a deposit of another payment is not taken for this one", () =>
    Effect.gen(function* () {
      const { rail } = yield* railSaying({ metadata: { payment_attempt_id: "payatt_other" } })
      assert.strictEqual((yield* Effect.flip(rail.open(order))).reason, "malformed")
    })
  )

  it.effect("a test key can be started with and not settled, since no test network is watched", () =>
    Effect.gen(function* () {
      const loopback = yield* described("sk_test_0123456789", "http://127.0.0.1:1")
      const live = yield* described("rk_live_0123456789", null)
      const test = yield* described("sk_test_0123456789", null)
      assert.deepStrictEqual([test.liveMoney, test.agentSettleable, test.notice], [false, false, null])
      assert.isNotNull(test.settlementBlocker)
      assert.deepStrictEqual([live.liveMoney, live.agentSettleable, live.notice], [true, true, null])
      assert.deepStrictEqual([loopback.liveMoney, loopback.agentSettleable], [true, true])
      assert.match(loopback.notice ?? "", /emulator/u)
    })
  )
})
