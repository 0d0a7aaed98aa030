import { assert, describe, it } from "@effect/vitest"
import { type AnvilChain, start, usdcAddress, wrongTokenAddress } from "@image-skill/testing/payments/chain/AnvilChain"
import { askText } from "@image-skill/testing/payments/chain/JsonRpc"
import { domainSeparatorCall } from "@image-skill/testing/payments/chain/TokenCalls"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { encodeFunctionData, hashDomain, type Hex, parseAbi, parseSignature } from "viem"
import { privateKeyToAccount } from "viem/accounts"

const payee = "0x7a1c0e5b3d9f42c68e1b7a90f3d5c2468be0a1d4"
const someone = "0x52908400098527886E0F7030069857D2E4169EE7"

const domain = (verifyingContract: Hex) => ({ name: "USD Coin", version: "2", chainId: 8453n, verifyingContract })

const types = {
  TransferWithAuthorization: [
    { name: "from", type: "address" },
    { name: "to", type: "address" },
    { name: "value", type: "uint256" },
    { name: "validAfter", type: "uint256" },
    { name: "validBefore", type: "uint256" },
    { name: "nonce", type: "bytes32" }
  ]
} as const

const domainTypes = {
  EIP712Domain: [
    { name: "name", type: "string" },
    { name: "version", type: "string" },
    { name: "chainId", type: "uint256" },
    { name: "verifyingContract", type: "address" }
  ]
} as const

const abi = parseAbi([
  "function transferWithAuthorization(address,address,uint256,uint256,uint256,bytes32,uint8,bytes32,bytes32)"
])

const nonce = `0x${"5e".repeat(32)}` as const

/** The first account signs for `contract`; anybody may hand it in. */
const authorized = Effect.fnUntraced(function* (chain: AnvilChain, contract: Hex, amount: bigint, validBefore: bigint) {
  const signer = privateKeyToAccount((chain.accounts[0]?.privateKey ?? "0x") as Hex)
  const message = { from: signer.address, to: payee, value: amount, validAfter: 0n, validBefore, nonce } as const
  const signature = yield* Effect.promise(() =>
    signer.signTypedData({ domain: domain(contract), types, primaryType: "TransferWithAuthorization", message })
  )
  const { r, s, v = 0n } = parseSignature(signature)
  const args = [message.from, payee, amount, 0n, validBefore, nonce, Number(v), r, s] as const
  return encodeFunctionData({ abi, functionName: "transferWithAuthorization", args })
})

const Status = Schema.Struct({ status: Schema.Literals(["0x0", "0x1"]) })

/** Whether the transaction did what it says. */
const handIn = (chain: AnvilChain, data: string) =>
  chain.ask("eth_sendTransactionSync", { from: chain.accounts[1]?.address, to: usdcAddress, data }).pipe(
    Effect.flatMap(Schema.decodeUnknownEffect(Status)),
    Effect.map(({ status }) => status === "0x1")
  )

describe("AnvilChain", () => {
  it.effect("a chain has Base's id and answers on loopback", () =>
    Effect.gen(function* () {
      const chain = yield* start()
      assert.strictEqual(yield* chain.ask("eth_chainId"), "0x2105")
      assert.match(chain.rpcUrl, /^http:\/\/127\.0\.0\.1:\d+$/u)
    })
  )

  it.effect("the token at the address of USDC has its signing domain, and the wrong one has another", () =>
    Effect.gen(function* () {
      const chain = yield* start()
      for (const address of [usdcAddress, wrongTokenAddress] as const) {
        const separator = hashDomain({ domain: domain(address), types: domainTypes })
        assert.strictEqual(
          yield* chain.ask("eth_call", { to: address, data: domainSeparatorCall }, "latest"),
          separator
        )
      }
    })
  )

  it.effect("the code in place holds the address it stands at, so its signing domain is the stored one", () =>
    Effect.gen(function* () {
      const chain = yield* start()
      const code = yield* askText(chain.ask, "eth_getCode", usdcAddress, "latest")
      assert.include(code, usdcAddress.slice(2).toLowerCase())
      assert.include(code, hashDomain({ domain: domain(usdcAddress), types: domainTypes }).slice(2))
    })
  )

  it.effect("minted and transferred amounts are what the balances say", () =>
    Effect.gen(function* () {
      const chain = yield* start()
      yield* chain.mint(someone, 5_000_000n)
      const { succeeded } = yield* chain.transfer({ from: someone, to: payee, amount: 2_400_000n })
      assert.isTrue(succeeded)
      assert.strictEqual(yield* chain.balanceOf(someone), 2_600_000n)
      assert.strictEqual(yield* chain.balanceOf(payee), 2_400_000n)
    })
  )

  it.effect("the wrong token moves nothing of the right one", () =>
    Effect.gen(function* () {
      const chain = yield* start()
      yield* chain.mint(someone, 5_000_000n, wrongTokenAddress)
      yield* chain.transfer({ from: someone, to: payee, amount: 5_000_000n, token: wrongTokenAddress })
      assert.strictEqual(yield* chain.balanceOf(payee, wrongTokenAddress), 5_000_000n)
      assert.strictEqual(yield* chain.balanceOf(payee), 0n)
    })
  )

  it.effect("an address has the ether it was given", () =>
    Effect.gen(function* () {
      const chain = yield* start()
      yield* chain.fund(someone, 7n)
      assert.strictEqual(yield* chain.etherOf(someone), 7n)
    })
  )

  it.effect("an authorization moves USDC once and is refused the second time", () =>
    Effect.gen(function* () {
      const chain = yield* start()
      yield* chain.mint(chain.accounts[0]?.address ?? "", 5_000_000n)
      const data = yield* authorized(chain, usdcAddress, 1_000_000n, (yield* chain.time) + 600n)
      assert.isTrue(yield* handIn(chain, data))
      assert.strictEqual(yield* chain.balanceOf(payee), 1_000_000n)
      assert.isFalse(yield* handIn(chain, data))
      assert.strictEqual(yield* chain.balanceOf(payee), 1_000_000n)
    })
  )

  it.effect("an authorization for another contract, or after its time, moves nothing", () =>
    Effect.gen(function* () {
      const chain = yield* start()
      yield* chain.mint(chain.accounts[0]?.address ?? "", 5_000_000n)
      const limit = (yield* chain.time) + 600n
      assert.isFalse(yield* handIn(chain, yield* authorized(chain, wrongTokenAddress, 1_000_000n, limit)))
      const late = yield* authorized(chain, usdcAddress, 1_000_000n, limit)
      yield* chain.setTime(limit + 1n)
      yield* chain.mine(1)
      assert.isFalse(yield* handIn(chain, late))
      assert.strictEqual(yield* chain.balanceOf(payee), 0n)
    })
  )

  it.effect("the clock of the chain goes where it is set", () =>
    Effect.gen(function* () {
      const chain = yield* start()
      const next = (yield* chain.time) + 3_600n
      yield* chain.nextTimestamp(next)
      yield* chain.mine(1)
      assert.strictEqual(yield* chain.time, next)
    })
  )

  it.effect("without automatic mining a transfer waits for a block", () =>
    Effect.gen(function* () {
      const chain = yield* start()
      yield* chain.mint(someone, 5n)
      yield* chain.autoMine(false)
      const hash = yield* chain.submit({ from: someone, to: payee, amount: 5n })
      assert.isNull(yield* chain.receipt(hash))
      const before = yield* chain.blockNumber
      yield* chain.mine(3)
      assert.strictEqual(yield* chain.blockNumber, before + 3n)
      assert.strictEqual((yield* chain.receipt(hash))?.blockNumber, before + 1n)
    })
  )

  it.effect("a chain can start without automatic mining", () =>
    Effect.gen(function* () {
      const chain = yield* start({ autoMine: false })
      const before = yield* chain.blockNumber
      yield* chain.submit({ from: someone, to: payee, amount: 0n })
      assert.strictEqual(yield* chain.blockNumber, before)
    })
  )

  it.effect("after a revert a transfer never happened", () =>
    Effect.gen(function* () {
      const chain = yield* start()
      yield* chain.mint(someone, 5n)
      const before = yield* chain.snapshot
      const { hash } = yield* chain.transfer({ from: someone, to: payee, amount: 5n })
      yield* chain.revert(before)
      assert.isNull(yield* chain.receipt(hash))
      assert.strictEqual(yield* chain.balanceOf(payee), 0n)
      yield* Effect.flip(chain.revert(before))
    })
  )

  it.effect("a reorganisation takes a mined transfer away and changes the hash of its block", () =>
    Effect.gen(function* () {
      const chain = yield* start()
      yield* chain.mint(someone, 5n)
      const { blockHash, blockNumber, hash } = yield* chain.transfer({ from: someone, to: payee, amount: 5n })
      yield* chain.reorg(1)
      assert.isNull(yield* chain.receipt(hash))
      assert.strictEqual(yield* chain.blockNumber, blockNumber)
      const block = yield* chain.ask("eth_getBlockByNumber", "latest", false)
      assert.notInclude(JSON.stringify(block), blockHash)
      assert.strictEqual(yield* chain.balanceOf(payee), 0n)
    })
  )
})
