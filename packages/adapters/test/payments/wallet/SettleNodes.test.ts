import type { ServerResponse } from "node:http"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import { nonceOf, typedData } from "@image-skill/adapters/payments/wallet/Authorization"
import * as Wallet from "@image-skill/adapters/payments/wallet/Wallet"
import * as WalletJournal from "@image-skill/adapters/payments/wallet/WalletJournal"
import { facts } from "@image-skill/adapters/payments/wallet/WalletReport"
import * as NodeHttpTransport from "@image-skill/adapters/service/NodeHttpTransport"
import { affordability } from "@image-skill/core/payments/SettlementBlockers"
import { defaultPolicy } from "@image-skill/core/payments/WalletPolicy"
import { type AnvilChain, start, usdcAddress } from "@image-skill/testing/payments/chain/AnvilChain"
import { type Arrived, loopback } from "@image-skill/testing/service/Loopback"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { encodeFunctionData, parseAbi, parseSignature } from "viem"
import { privateKeyToAccount } from "viem/accounts"
import { temporaryFolder } from "../../Folder.ts"
import { furnish, journalFolder, keyFile, pay, payee, payer, payerKey, type Payment } from "./Payment.ts"

const price = 2_400_000n
const attemptId = "payatt_9q2m8x1c7v9k3t0r6w4d5b1n4h"

const scene = Effect.gen(function* () {
  const chain = yield* start()
  const home = join(yield* temporaryFolder, "home")
  furnish(home)
  yield* chain.mint(payer, 100_000_000n)
  const expiresAt = (Number(yield* chain.time) + 1_800) * 1_000
  const payment: Payment = { home, rpcUrl: chain.rpcUrl, attemptId, cents: 240, payee, expiresAt, waitMs: 10_000 }
  return { chain, payment }
})

const whileMining = <A, E, R>(chain: AnvilChain, program: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const mining = yield* Effect.forkChild(Effect.forever(Effect.andThen(chain.mine(1), Effect.sleep("60 millis"))))
    const result = yield* program
    yield* Fiber.interrupt(mining)
    return result
  })

/** A node that passes everything on, and does something else with the answers to one method. */
const nodeBefore = (chain: AnvilChain, method: string, spoil: (response: ServerResponse, id: number) => void) =>
  loopback((response, { body }: Arrived) => {
    const passed = Effect.tryPromise(async () => {
      const reply = await fetch(chain.rpcUrl, { method: "POST", headers: { "content-type": "application/json" }, body })
      const text = await reply.text()
      if (body.includes(`"${method}"`)) spoil(response, Number(/"id":(\d+)/u.exec(text)?.[1]))
      else response.end(text)
    })
    Effect.runFork(passed)
  })

describe("Settle with nodes that misbehave", () => {
  it.live("a node that takes the payment and loses its answer has it paid once", () =>
    Effect.gen(function* () {
      const { chain, payment } = yield* scene
      const { origin } = yield* nodeBefore(chain, "eth_sendRawTransaction", (response) => response.destroy())
      const outcome = yield* whileMining(chain, pay({ ...payment, rpcUrl: origin }))
      assert.strictEqual(outcome._tag, "Paid")
      assert.strictEqual(yield* chain.balanceOf(payee), price)
    })
  )

  it.live("a node that goes silent after the payment leaves it unknown, and another one finds it", () =>
    Effect.gen(function* () {
      const { chain, payment } = yield* scene
      const { origin } = yield* nodeBefore(chain, "eth_getTransactionReceipt", (response) => response.destroy())
      const unknown = yield* pay({ ...payment, rpcUrl: origin, waitMs: 300 })
      assert.strictEqual(unknown._tag, "Unknown")
      assert.isNotNull(unknown._tag === "Unknown" ? unknown.transaction : null)
      assert.strictEqual((yield* whileMining(chain, pay(payment)))._tag, "Paid")
      assert.strictEqual(yield* chain.balanceOf(payee), price)
    })
  )

  it.live("a node that has no receipt yet for what is paid takes nothing from who paid it", () =>
    Effect.gen(function* () {
      const { chain, payment } = yield* scene
      const { origin } = yield* nodeBefore(chain, "eth_getTransactionReceipt", (response, id) =>
        response.end(`{"jsonrpc":"2.0","id":${id},"result":null}`)
      )
      const outcome = yield* whileMining(chain, pay({ ...payment, rpcUrl: origin }))
      assert.strictEqual(outcome._tag, "Paid")
      assert.strictEqual(yield* chain.balanceOf(payee), price)
    })
  )

  it.live("a node that answers with something else than JSON-RPC, or not at all, gets nothing to sign", () =>
    Effect.gen(function* () {
      const { chain, payment } = yield* scene
      const { arrived, origin } = yield* loopback((response) => response.end("<html>"))
      for (const rpcUrl of [origin, "http://127.0.0.1:9"]) {
        const outcome = yield* pay({ ...payment, rpcUrl })
        assert.deepInclude(outcome, { _tag: "Unknown", transaction: null })
      }
      assert.lengthOf(arrived, 1)
      assert.strictEqual(yield* chain.balanceOf(payee), 0n)
    })
  )

  it.live("a node of another chain is refused before anything is signed", () =>
    Effect.gen(function* () {
      const { payment } = yield* scene
      const { arrived, origin } = yield* loopback((response) => response.end(`{"jsonrpc":"2.0","id":1,"result":"0x1"}`))
      const outcome = yield* pay({ ...payment, rpcUrl: origin })
      assert.strictEqual(outcome._tag, "Refused")
      assert.lengthOf(arrived, 1)
    })
  )
})

const report = ({ home, rpcUrl }: Payment) =>
  Effect.gen(function* () {
    const wallet = yield* Wallet.open({ signer: null, keychain: null, keyFile: keyFile(home), key: null })
    const journal = yield* WalletJournal.open(journalFolder(home))
    return yield* facts({ wallet, journal, policy: defaultPolicy, rpcUrl })
  }).pipe(Effect.provide(NodeHttpTransport.layer))

describe("WalletReport", () => {
  it.live("what a wallet can pay is what the chain and its journal say", () =>
    Effect.gen(function* () {
      const { chain, payment } = yield* scene
      const before = yield* report(payment)
      const amount = { attemptId, cents: 500, origin: "https://service.example" }
      assert.deepInclude(before, { address: payer, chainId: 8453, usdcAtomic: 100_000_000n, spentDayCents: 0 })
      assert.isTrue(affordability(before, amount).settleableNow)
      yield* whileMining(chain, pay(payment))
      const after = yield* report(payment)
      assert.deepInclude(after, { usdcAtomic: 97_600_000n, spentDayCents: 240, spentMonthCents: 240 })
      yield* chain.fund(payer, 1n)
      yield* chain.transfer({ from: payer, to: payee, amount: 97_600_000n })
      yield* chain.fund(payer, 1n)
      const { blockers } = affordability(yield* report(payment), { ...amount, cents: 761 })
      const codes = blockers.map(({ code }) => code)
      assert.deepStrictEqual(codes, ["insufficient_usdc", "insufficient_gas", "over_payment_cap", "over_day_cap"])
    })
  )

  it.live("a node that does not answer leaves its facts out", () =>
    Effect.gen(function* () {
      const { payment } = yield* scene
      const found = yield* report({ ...payment, rpcUrl: "http://127.0.0.1:9" })
      assert.deepInclude(found, { chainId: null, usdcAtomic: null, gasWei: null, gasNeededWei: null })
    })
  )
})

describe("Settle with other authorizers", () => {
  const signer = [process.execPath, fileURLToPath(new URL("SignerProgram.ts", import.meta.url)), payerKey.slice(2)]
  const feeKey = "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d"

  it.live("an external signer pays the amount and another account's key the fee", () =>
    Effect.gen(function* () {
      const { chain, payment } = yield* scene
      furnish(payment.home, feeKey)
      const ether = yield* chain.etherOf(payer)
      const outcome = yield* whileMining(chain, pay({ ...payment, signer }))
      assert.strictEqual(outcome._tag, "Paid")
      assert.strictEqual(yield* chain.balanceOf(payee), price)
      assert.strictEqual(yield* chain.etherOf(payer), ether)
    })
  )

  it.live("an authorization that its owner canceled pays nothing, and says so", () =>
    Effect.gen(function* () {
      const { chain, payment } = yield* scene
      const account = privateKeyToAccount(payerKey)
      const authorization = {
        from: payer,
        to: payee,
        value: price,
        validAfter: 0n,
        validBefore: 0n,
        nonce: nonceOf(attemptId, payee, price)
      } as const
      const signature = yield* Effect.promise(() =>
        account.signTypedData({
          domain: typedData(authorization).domain,
          types: {
            CancelAuthorization: [
              { name: "authorizer", type: "address" },
              { name: "nonce", type: "bytes32" }
            ]
          },
          primaryType: "CancelAuthorization",
          message: { authorizer: payer, nonce: authorization.nonce }
        })
      )
      const { r, s, v = 27n } = parseSignature(signature)
      const abi = parseAbi(["function cancelAuthorization(address,bytes32,uint8,bytes32,bytes32)"])
      const data = encodeFunctionData({ abi, args: [payer, authorization.nonce, Number(v), r, s] })
      yield* chain.ask("eth_sendTransactionSync", { from: chain.accounts[1]?.address, to: usdcAddress, data })
      const outcome = yield* whileMining(chain, pay(payment))
      assert.strictEqual(outcome._tag, "Refused")
      if (outcome._tag === "Refused") assert.strictEqual(outcome.reasons[0]?.code, "authorization_canceled")
      assert.strictEqual(yield* chain.balanceOf(payee), 0n)
    })
  )
})
