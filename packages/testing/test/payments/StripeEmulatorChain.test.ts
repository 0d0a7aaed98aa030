import { assert, describe, it } from "@effect/vitest"
import * as AnvilChain from "@image-skill/testing/payments/chain/AnvilChain"
import * as StripeEmulator from "@image-skill/testing/payments/StripeEmulator"
import { answering, loopback } from "@image-skill/testing/service/Loopback"
import * as Effect from "effect/Effect"
import { Stripe } from "stripe"
import { attempt, client, cryptoParams, depositParams, depositsOf, preview } from "./StripeClient.ts"

const verification = "2026-05-27.preview"
const due = 1_010_000n
const payer = "0x00000000000000000000000000000000000000aa"

const paramsOf = (hash: string) =>
  cryptoParams({
    mode: "transaction_verification",
    transaction_verification_options: { network: "base", transaction_hash: hash }
  })

const setUp = Effect.fnUntraced(function* (confirmations: number) {
  const chain = yield* AnvilChain.start()
  yield* chain.mint(payer, 100_000_000n)
  const emulator = yield* StripeEmulator.start({ live: true, chain: { rpcUrl: chain.rpcUrl, confirmations } })
  const stripe = client(emulator)
  const deposit = Effect.map(
    Effect.promise(() => stripe.paymentIntents.create(depositParams, { apiVersion: preview })),
    (intent) => ({ id: intent.id, address: depositsOf(intent)["base"]?.address ?? "" })
  )
  const statusOf = (id: string) =>
    Effect.map(
      Effect.promise(() => stripe.paymentIntents.retrieve(id)),
      ({ status }) => status
    )
  const pay = (to: string, amount: bigint, token?: string) =>
    chain.transfer({ from: payer, to, amount, ...(token === undefined ? {} : { token }) })
  return { chain, deposit, emulator, pay, statusOf, stripe }
})

describe("StripeEmulator, on a chain", { timeout: 30_000 }, () => {
  it.effect("an exact transfer is processing when seen and succeeded when it is deep enough", () =>
    Effect.gen(function* () {
      const { chain, deposit, emulator, pay, statusOf, stripe } = yield* setUp(3)
      const { address, id } = yield* deposit
      const { hash } = yield* pay(address, due)
      assert.deepStrictEqual(yield* emulator.control.scanChain(), {
        seen: [id],
        confirmed: [],
        vanished: [],
        unmatched: []
      })
      assert.strictEqual(yield* statusOf(id), "processing")
      assert.instanceOf(yield* attempt(() => stripe.paymentIntents.cancel(id)), Stripe.errors.StripeInvalidRequestError)
      yield* chain.mine(1)
      assert.deepStrictEqual((yield* emulator.control.scanChain()).confirmed, [])
      yield* chain.mine(1)
      assert.deepStrictEqual((yield* emulator.control.scanChain()).confirmed, [id])
      assert.deepStrictEqual((yield* emulator.control.scanChain()).confirmed, [])
      const intent = yield* Effect.promise(() => stripe.paymentIntents.retrieve(id, { expand: ["latest_charge"] }))
      assert.deepStrictEqual([intent.status, intent.amount_received], ["succeeded", 101])
      const charge = intent.latest_charge
      if (charge === null || typeof charge === "string") return assert.fail("the charge was not expanded")
      assert.deepStrictEqual(charge.payment_method_details?.crypto, {
        buyer_address: payer,
        network: "base",
        token_currency: "usdc",
        transaction_hash: hash
      })
    })
  )

  it.effect("too little, too much, too late and another token are never matched and never returned", () =>
    Effect.gen(function* () {
      const { chain, deposit, emulator, pay, statusOf, stripe } = yield* setUp(1)
      const [under, over, late, wrong] = [yield* deposit, yield* deposit, yield* deposit, yield* deposit]
      yield* chain.mint(payer, due, AnvilChain.wrongTokenAddress)
      yield* Effect.promise(() => stripe.paymentIntents.cancel(late.id))
      const first = yield* pay(under.address, due - 1n)
      const second = yield* pay(over.address, due + 1n)
      const third = yield* pay(late.address, due)
      yield* pay(wrong.address, due, AnvilChain.wrongTokenAddress)
      const scanned = yield* emulator.control.scanChain()
      assert.deepStrictEqual([scanned.seen, scanned.confirmed], [[], []])
      assert.deepStrictEqual(
        scanned.unmatched.map(({ hash, intent, reason }) => [hash, intent, reason]),
        [
          [first.hash, under.id, "under"],
          [second.hash, over.id, "over"],
          [third.hash, late.id, "late"]
        ]
      )
      const statuses = yield* Effect.forEach([under, over, late, wrong], ({ id }) => statusOf(id))
      assert.deepStrictEqual(statuses, ["requires_action", "requires_action", "canceled", "requires_action"])
      yield* pay(under.address, 1n)
      assert.deepStrictEqual((yield* emulator.control.scanChain()).seen, [])
      assert.strictEqual(yield* chain.balanceOf(under.address), due)
    })
  )

  it.effect("a transaction that a reorganisation takes away pays nothing, and the address still takes another", () =>
    Effect.gen(function* () {
      const { chain, deposit, emulator, pay, statusOf } = yield* setUp(2)
      const { address, id } = yield* deposit
      yield* pay(address, due)
      assert.deepStrictEqual((yield* emulator.control.scanChain()).seen, [id])
      yield* chain.reorg(1)
      yield* chain.mine(3)
      assert.deepStrictEqual((yield* emulator.control.scanChain()).vanished, [id])
      assert.strictEqual(yield* statusOf(id), "requires_action")
      yield* pay(address, due)
      yield* chain.mine(1)
      const scanned = yield* emulator.control.scanChain()
      assert.deepStrictEqual([scanned.seen, scanned.confirmed], [[id], [id]])
      assert.strictEqual(yield* statusOf(id), "succeeded")
    })
  )

  it.effect("with an interval the chain is watched without being told", () =>
    Effect.gen(function* () {
      const chain = yield* AnvilChain.start()
      yield* chain.mint(payer, due)
      const receiver = yield* loopback(answering(200))
      const emulator = yield* StripeEmulator.start({
        chain: { rpcUrl: chain.rpcUrl, intervalMilliseconds: 20 },
        webhooks: [{ url: receiver.origin, events: ["payment_intent.succeeded"] }]
      })
      const intent = yield* Effect.promise(() =>
        client(emulator).paymentIntents.create(depositParams, { apiVersion: preview })
      )
      yield* chain.transfer({ from: payer, to: depositsOf(intent)["base"]?.address ?? "", amount: due })
      yield* receiver.asked
      const { status } = yield* Effect.promise(() => client(emulator).paymentIntents.retrieve(intent.id))
      assert.strictEqual(status, "succeeded")
    })
  )

  it.effect("a second payment to a paid address changes nothing", () =>
    Effect.gen(function* () {
      const { deposit, emulator, pay, stripe } = yield* setUp(1)
      const { address, id } = yield* deposit
      yield* pay(address, due)
      yield* emulator.control.scanChain()
      const second = yield* pay(address, due)
      const scanned = yield* emulator.control.scanChain()
      assert.deepStrictEqual(
        scanned.unmatched.map(({ hash, reason }) => [hash, reason]),
        [[second.hash, "late"]]
      )
      const { data } = yield* Effect.promise(() => stripe.charges.list({ payment_intent: id }))
      assert.strictEqual(data.length, 1)
    })
  )

  it.effect("a transaction is verified against the account's deposit addresses, and pays once", () =>
    Effect.gen(function* () {
      const { chain, emulator, pay, statusOf, stripe } = yield* setUp(1)
      const created: unknown = yield* Effect.promise(() =>
        stripe.rawRequest("POST", "/v1/crypto/deposit_addresses", { network: "base" }, { apiVersion: verification })
      )
      assert.isObject(created)
      const address = String(Object.entries(created ?? {}).find(([name]) => name === "address")?.[1])
      yield* chain.mint(payer, due, AnvilChain.wrongTokenAddress)
      const wrong = yield* pay(address, due, AnvilChain.wrongTokenAddress)
      const elsewhere = yield* pay(AnvilChain.usdcAddress, due)
      for (const other of [wrong.hash, elsewhere.hash, `0x${"0".repeat(64)}`]) {
        const error = yield* attempt(() =>
          stripe.paymentIntents.create(paramsOf(other), { apiVersion: verification, idempotencyKey: other })
        )
        assert.instanceOf(error, Stripe.errors.StripeInvalidRequestError)
      }
      const { hash } = yield* pay(address, due)
      const params = paramsOf(hash)
      const record = (amount: number, idempotencyKey: string) =>
        stripe.paymentIntents.create({ ...params, amount }, { apiVersion: verification, idempotencyKey })
      assert.instanceOf(yield* attempt(() => record(102, "other amount")), Stripe.errors.StripeInvalidRequestError)
      const intent = yield* Effect.promise(() => record(101, hash))
      assert.strictEqual(intent.status, "processing")
      yield* emulator.control.scanChain()
      assert.strictEqual(yield* statusOf(intent.id), "succeeded")
      assert.instanceOf(yield* attempt(() => record(101, "again")), Stripe.errors.StripeInvalidRequestError)
      assert.strictEqual((yield* Effect.promise(() => record(101, hash))).id, intent.id)
    })
  )
})
