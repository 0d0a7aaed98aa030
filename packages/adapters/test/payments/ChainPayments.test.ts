import { assert, describe, it } from "@effect/vitest"
import { isJsonObject, jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import { books, brokenBooks } from "@image-skill/core/payments/BrokenBooks"
import { Fulfilment } from "@image-skill/core/payments/Fulfilment"
import { ServiceApi } from "@image-skill/core/service/ServiceApi"
import * as AnvilChain from "@image-skill/testing/payments/chain/AnvilChain"
import * as MemoryService from "@image-skill/testing/service/MemoryService"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { configuredRails, credits, madeIn, operatorOf } from "./PaymentLife.ts"
import { emulator } from "./StripeWorld.ts"

/** What 240 credits cost, in millionths of a US dollar. */
const price = 2_400_000n

/** A service with a chain behind its provider, and a deposit that an agent is to pay. */
const bought = Effect.gen(function* () {
  const chain = yield* AnvilChain.start()
  const stripe = yield* emulator({ chain: { rpcUrl: chain.rpcUrl, confirmations: 3 } })
  const methodId = "stripe_x402.exact.usdc"
  const { events, rails } = configuredRails(stripe)
  const built = yield* Layer.build(MemoryService.layer({ rails, events, limits: { previewCredits: 0 } }))
  const inside = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.provideContext(effect, built)
  const service = yield* inside(Effect.map(ServiceApi, (api) => api))
  const signup = yield* service.signup({ agentName: "buyer", runtime: "test", returnToken: true })
  const token = Redacted.make(textField(signup.envelope.data, "token"))
  const quote = yield* service.creditsQuote({ credits, paymentMethod: methodId, idempotencyKey: "topup" }, token)
  const quoteId = textField(quote.envelope.data, "quote_id")
  const buy = yield* service.creditsBuyDeposit({ quoteId, idempotencyKey: "topup-buy" }, token)
  const instructions = jsonField(jsonField(buy.envelope.data, "stripe_x402"), "payable_instructions")
  const payer = "0x00000000000000000000000000000000000000Aa"
  for (const asset of [AnvilChain.usdcAddress, AnvilChain.wrongTokenAddress])
    yield* chain.mint(payer, 100_000_000n, asset)
  const address = textField(instructions, "deposit_address")
  const paymentAttemptId = textField(buy.envelope.data, "payment_attempt_id")
  return {
    chain,
    stripe,
    address,
    sends: (amount: bigint, asset: string = AnvilChain.usdcAddress) =>
      chain.transfer({ from: payer, to: address, amount, token: asset }),
    /** The provider looks once, with everything deep enough in the chain. */
    looksDeep: Effect.andThen(chain.mine(3), stripe.control.scanChain()),
    looks: stripe.control.scanChain(),
    /** What an agent is told: the state, whether there is still something to pay to, and what it may spend. */
    status: Effect.map(service.creditsStatus({ paymentAttemptId }, token), ({ envelope: { data } }) => {
      const payable = jsonField(jsonField(jsonField(data, "payment_attempt"), "stripe_x402"), "payable_instructions")
      return {
        state: textField(data, "state"),
        isPayable: isJsonObject(payable),
        credits: jsonField(jsonField(data, "limits"), "payment_backed_remaining_credits"),
        next: textField(data, "next_command").replaceAll(/^image-skill | --.*$/gu, "")
      }
    }),
    /** The hour of the attempt and the day after it, in which late payments are still looked for. */
    lets: Effect.fnUntraced(function* (time: "2 minutes" | "61 minutes" | "26 hours") {
      yield* TestClock.adjust(time)
      yield* inside(Effect.flatMap(Fulfilment, ({ sweep }) => sweep(10)))
    }),
    made: madeIn(operatorOf(stripe)),
    books: inside(Effect.zip(books, brokenBooks))
  }
})

type Bought = Effect.Success<typeof bought>

const waiting = { state: "action_required", isPayable: true, credits: 0, next: "credits settle" }
const underWay = { state: "processing", isPayable: false, credits: 0, next: "credits status" }
const paid = { state: "succeeded", isPayable: false, credits: 240, next: "create" }

/** The time is over, and there is nothing to pay to any more. */
const isOver = Effect.fnUntraced(function* ({ status }: Bought) {
  const { state, ...rest } = yield* status
  assert.strictEqual(state, "expired")
  assert.deepStrictEqual(rest, { isPayable: false, credits: 0, next: "credits quote" })
})

/** Nothing was granted, the provider took nothing, and that stays so. */
const isLost = Effect.fnUntraced(function* (deposit: Bought, before: typeof waiting = waiting) {
  assert.deepStrictEqual(yield* deposit.status, before)
  yield* deposit.lets("61 minutes")
  yield* isOver(deposit)
  yield* deposit.lets("26 hours")
  yield* deposit.looksDeep
  yield* isOver(deposit)
  const { charges, intents } = yield* deposit.made
  assert.deepStrictEqual([charges.length, intents.map(({ status }) => status)], [0, ["canceled"]])
  const [{ payments }, broken] = yield* deposit.books
  assert.deepStrictEqual([payments.receipts.length, broken.length], [0, 0])
})

const isGrantedOnce = Effect.fnUntraced(function* (deposit: Bought) {
  assert.deepStrictEqual(yield* deposit.status, paid)
  yield* deposit.lets("61 minutes")
  yield* deposit.looksDeep
  assert.deepStrictEqual(yield* deposit.status, paid)
  const { charges } = yield* deposit.made
  assert.deepStrictEqual(
    charges.map(({ amount, status }) => [amount, status]),
    [[240, "succeeded"]]
  )
  const [{ payments }, broken] = yield* deposit.books
  assert.deepStrictEqual([payments.receipts.length, broken.length], [1, 0])
})

describe("a deposit in the chain", () => {
  it.effect("of exactly the amount is a payment once it is deep enough, and before that it is under way", () =>
    Effect.gen(function* () {
      const deposit = yield* bought
      assert.deepStrictEqual(yield* deposit.status, waiting)
      yield* deposit.sends(price)
      yield* deposit.looks
      assert.deepStrictEqual(yield* deposit.status, underWay)
      yield* deposit.looksDeep
      yield* isGrantedOnce(deposit)
      assert.strictEqual(yield* deposit.chain.balanceOf(deposit.address), price)
    })
  )

  for (const [name, amount] of [
    ["less", price - 1n],
    ["more", price + 1n]
  ] as const)
    it.effect(`of ${name} than the amount is never matched: the attempt expires, and no credits come of it`, () =>
      Effect.gen(function* () {
        const deposit = yield* bought
        yield* deposit.sends(amount)
        const { unmatched } = yield* deposit.looksDeep
        assert.deepStrictEqual(
          unmatched.map(({ reason }) => reason),
          [name === "less" ? "under" : "over"]
        )
        yield* isLost(deposit)
      })
    )

  it.effect("of the amount in two parts is never matched", () =>
    Effect.gen(function* () {
      const deposit = yield* bought
      yield* deposit.sends(price / 2n)
      yield* deposit.sends(price / 2n)
      yield* deposit.looksDeep
      yield* isLost(deposit)
    })
  )

  it.effect("of another token of the same name is never seen", () =>
    Effect.gen(function* () {
      const deposit = yield* bought
      yield* deposit.sends(price, AnvilChain.wrongTokenAddress)
      assert.deepStrictEqual((yield* deposit.looksDeep).unmatched, [])
      yield* isLost(deposit)
    })
  )

  it.effect("that comes after the attempt ended is never matched", () =>
    Effect.gen(function* () {
      const deposit = yield* bought
      yield* deposit.lets("61 minutes")
      yield* isOver(deposit)
      yield* deposit.sends(price)
      assert.deepStrictEqual(
        (yield* deposit.looksDeep).unmatched.map(({ reason }) => reason),
        ["late"]
      )
      yield* deposit.lets("26 hours")
      yield* isOver(deposit)
      assert.lengthOf((yield* deposit.made).charges, 0)
    })
  )

  it.effect("that was seen in time counts, however late it is deep enough", () =>
    Effect.gen(function* () {
      const deposit = yield* bought
      yield* deposit.sends(price)
      yield* deposit.looks
      yield* deposit.lets("61 minutes")
      assert.strictEqual((yield* deposit.status).credits, 0)
      yield* deposit.looksDeep
      yield* deposit.lets("61 minutes")
      yield* isGrantedOnce(deposit)
    })
  )

  const reorganised = Effect.gen(function* () {
    const deposit = yield* bought
    yield* deposit.sends(price)
    yield* deposit.looks
    assert.deepStrictEqual(yield* deposit.status, underWay)
    yield* deposit.chain.reorg(1)
    assert.lengthOf((yield* deposit.looks).vanished, 1)
    assert.strictEqual(yield* deposit.chain.balanceOf(deposit.address), 0n)
    yield* deposit.lets("2 minutes")
    // Payments only move onward: what was under way once is not asked for again.
    assert.deepStrictEqual(yield* deposit.status, underWay)
    return deposit
  })

  it.effect("that a reorganisation took away, and a later block holds again, is granted once", () =>
    Effect.gen(function* () {
      const deposit = yield* reorganised
      yield* deposit.sends(price)
      yield* deposit.looks
      yield* deposit.looksDeep
      yield* isGrantedOnce(deposit)
    })
  )

  it.effect("that a reorganisation took away for good is never granted", () =>
    Effect.gen(function* () {
      yield* isLost(yield* reorganised, underWay)
    })
  )

  it.effect("that is made twice is granted once", () =>
    Effect.gen(function* () {
      const deposit = yield* bought
      yield* deposit.sends(price)
      yield* deposit.looks
      yield* deposit.sends(price)
      yield* deposit.looksDeep
      yield* isGrantedOnce(deposit)
    })
  )
})
