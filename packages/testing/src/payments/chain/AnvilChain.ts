import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as AnvilProcess from "./AnvilProcess.ts"
import { type Ask, askAt, askNumber, askText, ChainRefused, quantity } from "./JsonRpc.ts"
import { balanceOfCall, mintCall, transferCall } from "./TokenCalls.ts"
import { bytecode } from "./UsdcBytecode.ts"

/** The chain id of Base. */
export const chainId = 8453
/** USDC on Base (Circle's list of contract addresses). */
export const usdcAddress = "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913"
/** A contract that says it is USDC and has the same name, symbol and decimals, at an address that is not. */
export const wrongTokenAddress = "0x000000000000000000000000000000000badc0de"

/** A test key of the chain's own list, which every copy of anvil holds. Each has ether for gas and no USDC. */
export interface TestAccount {
  readonly address: string
  readonly privateKey: string
}

/** One transfer of the token. */
export interface Transfer {
  /** Any address: the chain sends for it without its key, and gives it ether for the gas. */
  readonly from: string
  readonly to: string
  /** Atomic units: a millionth of a US dollar. */
  readonly amount: bigint
  /** `usdcAddress` when left out. */
  readonly token?: string
}

/** Where a transaction stands in the chain. */
export interface Mined {
  readonly hash: string
  readonly blockNumber: bigint
  readonly blockHash: string
  /** False when the transaction was mined and did nothing but cost gas. */
  readonly succeeded: boolean
}

export interface AnvilChainOptions {
  /** False: a transaction waits until `mine` is called. True when left out: each gets a block of its own at once. */
  readonly autoMine?: boolean
}

/** A chain of its own on this machine, with Base's id and a token at the address of Base USDC. */
export interface AnvilChain {
  readonly rpcUrl: string
  readonly accounts: ReadonlyArray<TestAccount>
  /** Any JSON-RPC request. */
  readonly ask: Ask
  /** Like `transfer`, this waits for the block; without automatic mining there is none to wait for. */
  readonly mint: (to: string, amount: bigint, token?: string) => Effect.Effect<Mined, ChainRefused>
  /** Sets the ether of an address, in wei. */
  readonly fund: (to: string, wei: bigint) => Effect.Effect<void, ChainRefused>
  readonly transfer: (transfer: Transfer) => Effect.Effect<Mined, ChainRefused>
  /** Hands a transfer to the node and does not wait for a block. Gives the transaction's hash. */
  readonly submit: (transfer: Transfer) => Effect.Effect<string, ChainRefused>
  readonly balanceOf: (holder: string, token?: string) => Effect.Effect<bigint, ChainRefused>
  readonly etherOf: (holder: string) => Effect.Effect<bigint, ChainRefused>
  readonly mine: (blocks: number) => Effect.Effect<void, ChainRefused>
  readonly autoMine: (on: boolean) => Effect.Effect<void, ChainRefused>
  readonly blockNumber: Effect.Effect<bigint, ChainRefused>
  /** The time of the latest block, in seconds since 1970. */
  readonly time: Effect.Effect<bigint, ChainRefused>
  /** The next block has this time, in seconds since 1970; it has to be later than the latest block's. */
  readonly nextTimestamp: (seconds: bigint) => Effect.Effect<void, ChainRefused>
  /** Moves the clock of the chain: later blocks count on from this time. */
  readonly setTime: (seconds: bigint) => Effect.Effect<void, ChainRefused>
  /** Remembers the whole state under a name, for `revert`. */
  readonly snapshot: Effect.Effect<string, ChainRefused>
  /** Takes the chain back. A snapshot can be used once. */
  readonly revert: (snapshot: string) => Effect.Effect<void, ChainRefused>
  /** Replaces the latest blocks by empty ones of the same number: what they held never happened. */
  readonly reorg: (blocks: number) => Effect.Effect<void, ChainRefused>
  /** Where a transaction stands, or null while (or since) it stands nowhere. */
  readonly receipt: (hash: string) => Effect.Effect<Mined | null, ChainRefused>
}

/** Starts a chain that ends with the scope. */
export const start = Effect.fn("AnvilChain.start")(function* ({
  autoMine = true
}: AnvilChainOptions = {}): Effect.fn.Return<AnvilChain, ChainRefused, Scope.Scope> {
  const words = `--chain-id ${chainId} --accounts 5 --slots-in-an-epoch 1 --mnemonic`.split(" ")
  const rpcUrl = yield* AnvilProcess.start([...words, mnemonic])
  const ask = askAt(rpcUrl)
  yield* placeToken(ask, usdcAddress)
  yield* placeToken(ask, wrongTokenAddress)
  if (!autoMine) yield* ask("evm_setAutomine", false)
  return { rpcUrl, accounts, ask, ...moves(ask), ...clock(ask) }
})

const mnemonic = "test test test test test test test test test test test junk"

/** The first accounts of that phrase, at Ethereum's usual path. The first one sends what the chain itself wants done. */
const accounts: ReadonlyArray<TestAccount> = [
  {
    address: "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
    privateKey: "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"
  },
  {
    address: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
    privateKey: "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d"
  },
  {
    address: "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC",
    privateKey: "0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a"
  }
]

const operator = "0x15d34AAf54267DB7D7c367839AAf71A00a2C6A65"

/**
 * Runs the constructor at the final address, as a call: it answers with the code to place there. The contract keeps
 * its own address in that code, so code that was made elsewhere would sign for another contract.
 */
const placeToken = Effect.fnUntraced(function* (ask: Ask, address: string) {
  yield* ask("anvil_setCode", address, bytecode)
  const runtime = yield* askText(ask, "eth_call", { to: address }, "latest")
  yield* ask("anvil_setCode", address, runtime)
})

const moves = (ask: Ask) => {
  // The node answers once the transaction is in a block (EIP-7966).
  const sendAndWait = (from: string, to: string, data: string) =>
    Effect.flatMap(ask("eth_sendTransactionSync", { from, to, data }), minedFrom("eth_sendTransactionSync"))
  const prepare = Effect.fnUntraced(function* (from: string) {
    yield* ask("anvil_impersonateAccount", from)
    if ((yield* askNumber(ask, "eth_getBalance", from, "latest")) < gasMoney) {
      yield* ask("anvil_setBalance", from, quantity(gasMoney))
    }
  })
  return {
    mint: (to: string, amount: bigint, token: string = usdcAddress) =>
      sendAndWait(operator, token, mintCall(to, amount)),
    fund: (to: string, wei: bigint) => Effect.asVoid(ask("anvil_setBalance", to, quantity(wei))),
    submit: ({ amount, from, to, token = usdcAddress }: Transfer) =>
      Effect.andThen(
        prepare(from),
        askText(ask, "eth_sendTransaction", { from, to: token, data: transferCall(to, amount) })
      ),
    transfer: ({ amount, from, to, token = usdcAddress }: Transfer) =>
      Effect.andThen(prepare(from), sendAndWait(from, token, transferCall(to, amount))),
    receipt: Effect.fnUntraced(function* (hash: string) {
      const method = "eth_getTransactionReceipt"
      const found = yield* ask(method, hash)
      return found === null ? null : yield* minedFrom(method)(found)
    }),
    balanceOf: (holder: string, token: string = usdcAddress) =>
      askNumber(ask, "eth_call", { to: token, data: balanceOfCall(holder) }, "latest"),
    etherOf: (holder: string) => askNumber(ask, "eth_getBalance", holder, "latest")
  }
}

/** A tenth of an ether. */
const gasMoney = 10n ** 17n

const Receipt = Schema.Struct({
  transactionHash: Schema.String,
  blockNumber: Schema.String,
  blockHash: Schema.String,
  status: Schema.String
})

const minedFrom = (method: string) => (receipt: unknown) =>
  Schema.decodeUnknownEffect(Receipt)(receipt).pipe(
    Effect.map(({ blockHash, blockNumber, status, transactionHash }): Mined => ({
      hash: transactionHash,
      blockNumber: BigInt(blockNumber),
      blockHash,
      succeeded: BigInt(status) === 1n
    })),
    Effect.mapError(({ message }) => new ChainRefused({ method, detail: message }))
  )

const Block = Schema.Struct({ timestamp: Schema.String })

const clock = (ask: Ask) => ({
  mine: (blocks: number) => Effect.asVoid(ask("anvil_mine", quantity(blocks))),
  autoMine: (on: boolean) => Effect.asVoid(ask("evm_setAutomine", on)),
  blockNumber: askNumber(ask, "eth_blockNumber"),
  time: ask("eth_getBlockByNumber", "latest", false).pipe(
    Effect.flatMap(Schema.decodeUnknownEffect(Block)),
    Effect.map(({ timestamp }) => BigInt(timestamp)),
    Effect.catchTag("SchemaError", ({ message }) =>
      Effect.fail(new ChainRefused({ method: "eth_getBlockByNumber", detail: message }))
    )
  ),
  nextTimestamp: (seconds: bigint) => Effect.asVoid(ask("evm_setNextBlockTimestamp", quantity(seconds))),
  setTime: (seconds: bigint) => Effect.asVoid(ask("evm_setTime", Number(seconds))),
  snapshot: askText(ask, "evm_snapshot"),
  revert: (snapshot: string) =>
    Effect.flatMap(ask("evm_revert", snapshot), (done) =>
      done === true
        ? Effect.void
        : Effect.fail(new ChainRefused({ method: "evm_revert", detail: `there is no snapshot ${snapshot}` }))
    ),
  reorg: (blocks: number) => Effect.asVoid(ask("anvil_reorg", blocks, []))
})
