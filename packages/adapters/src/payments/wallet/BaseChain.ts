import { type Hex, isHex, usdcAddress } from "@image-skill/core/payments/BaseUsdc"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { balanceCall, canceledTopic, stateCall, usedTopic, word } from "./Authorization.ts"
import { type Ask, ChainFailed } from "./JsonRpc.ts"

export interface Block {
  readonly number: bigint
  /** Seconds since 1970. */
  readonly timestamp: bigint
  readonly baseFee: bigint
}

export interface TransactionReceipt {
  readonly blockNumber: bigint
  readonly blockHash: Hex
  readonly succeeded: boolean
}

/** An authorization that is spent, one way or the other. */
export interface Spent {
  readonly transaction: Hex
  readonly blockNumber: bigint
  /** It was canceled by its owner, and moved nothing. */
  readonly isCanceled: boolean
}

/** The questions of a payment, each one request to the node. */
export interface BaseChain {
  readonly chainId: Effect.Effect<number, ChainFailed>
  readonly latest: Effect.Effect<Block, ChainFailed>
  readonly usdcOf: (holder: Hex) => Effect.Effect<bigint, ChainFailed>
  readonly etherOf: (holder: Hex) => Effect.Effect<bigint, ChainFailed>
  /** The nonce of the account's next transaction: after those mined, or after those that wait, too. */
  readonly accountNonce: (holder: Hex, tag: "latest" | "pending") => Effect.Effect<number, ChainFailed>
  readonly tip: Effect.Effect<bigint, ChainFailed>
  /** What the call would use; fails with `reverted` when the token would refuse it. */
  readonly gasOf: (from: Hex, data: Hex) => Effect.Effect<bigint, ChainFailed>
  /** What Base charges for writing to the chain below, in wei; nothing on chains without that. */
  readonly dataFee: (transaction: Hex) => Effect.Effect<bigint, ChainFailed>
  /** Whether an authorization was used or canceled, as of a block. */
  readonly isSpent: (from: Hex, nonce: Hex, block: bigint) => Effect.Effect<boolean, ChainFailed>
  /** Where that happened, looked for from `latest` backwards; null where it is too far back. */
  readonly spentIn: (from: Hex, nonce: Hex, latest: bigint) => Effect.Effect<Spent | null, ChainFailed>
  /** Whether the node has this transaction, mined or waiting. */
  readonly isKnown: (hash: Hex) => Effect.Effect<boolean, ChainFailed>
  readonly broadcast: (raw: Hex) => Effect.Effect<void, ChainFailed>
  readonly receipt: (hash: Hex) => Effect.Effect<TransactionReceipt | null, ChainFailed>
}

type Read = <T>(
  schema: Schema.Codec<T, unknown>,
  method: string,
  ...params: ReadonlyArray<Schema.Json>
) => Effect.Effect<T, ChainFailed>

export const make = (ask: Ask): BaseChain => {
  const read: Read = (schema, method, ...params) =>
    Effect.flatMap(ask(method, ...params), (result) =>
      Effect.mapError(
        Schema.decodeUnknownEffect(schema)(result),
        () => new ChainFailed({ reason: "unreachable", method })
      )
    )
  const number = (method: string, ...params: ReadonlyArray<Schema.Json>) =>
    Effect.map(read(QuantityText, method, ...params), BigInt)
  const call = (data: Hex, block: string) => number("eth_call", { to: usdcAddress, data }, block)
  return {
    chainId: Effect.map(number("eth_chainId"), Number),
    latest: Effect.map(read(BlockWire, "eth_getBlockByNumber", "latest", false), (block) => ({
      number: BigInt(block.number),
      timestamp: BigInt(block.timestamp),
      baseFee: BigInt(block.baseFeePerGas ?? "0x0")
    })),
    usdcOf: (holder) => call(balanceCall(holder), "latest"),
    etherOf: (holder) => number("eth_getBalance", holder, "latest"),
    accountNonce: (holder, tag) => Effect.map(number("eth_getTransactionCount", holder, tag), Number),
    tip: Effect.catchTag(number("eth_maxPriorityFeePerGas"), "ChainFailed", (error) =>
      error.reason === "unreachable" ? Effect.fail(error) : Effect.succeed(usualTip)
    ),
    gasOf: (from, data) => number("eth_estimateGas", { from, to: usdcAddress, data }),
    dataFee: (transaction) => dataFee(ask, transaction),
    isSpent: (from, nonce, block) => Effect.map(call(stateCall(from, nonce), hex(block)), (state) => state === 1n),
    spentIn: (from, nonce, latest) => spentIn(read, { from, nonce, latest }),
    isKnown: (hash) => Effect.map(ask("eth_getTransactionByHash", hash), (found) => found !== null),
    broadcast: (raw) => Effect.asVoid(ask("eth_sendRawTransaction", raw)),
    receipt: (hash) =>
      Effect.map(read(Schema.NullOr(ReceiptWire), "eth_getTransactionReceipt", hash), (found) =>
        found === null
          ? null
          : {
              blockNumber: BigInt(found.blockNumber),
              blockHash: found.blockHash,
              succeeded: BigInt(found.status) === 1n
            }
      )
  }
}

/** A thousandth of a gwei: more than blocks of Base usually ask for. */
const usualTip = 1_000_000n

/** A number in hexadecimal. `0x`, which is what a missing contract answers, is none. */
const QuantityText = Schema.String.check(Schema.isPattern(/^0x[0-9a-f]+$/iu))
const HexText = Schema.String.pipe(Schema.refine(isHex))

const BlockWire = Schema.Struct({
  number: QuantityText,
  timestamp: QuantityText,
  baseFeePerGas: Schema.optional(QuantityText)
})

const ReceiptWire = Schema.Struct({ blockNumber: QuantityText, blockHash: HexText, status: QuantityText })

const LogsWire = Schema.Array(
  Schema.Struct({ transactionHash: HexText, blockNumber: QuantityText, topics: Schema.Array(HexText) })
)

const hex = (value: bigint): string => `0x${value.toString(16)}`

/** Base's price list for its data (https://docs.optimism.io, GasPriceOracle). */
const feeOracle = "0x420000000000000000000000000000000000000f"
/** `getL1Fee(bytes)`. */
const feeSelector = "0x49948e0e"

const dataFee = (ask: Ask, transaction: Hex): Effect.Effect<bigint, ChainFailed> => {
  const bytes = transaction.slice(2)
  const length = (bytes.length / 2).toString(16).padStart(64, "0")
  const padded = bytes.padEnd(Math.ceil(bytes.length / 64) * 64, "0")
  const data = `${feeSelector}${"20".padStart(64, "0")}${length}${padded}`
  return ask("eth_call", { to: feeOracle, data }, "latest").pipe(
    Effect.map((fee) => (isQuantity(fee) ? BigInt(fee) : 0n)),
    Effect.catchTag("ChainFailed", (error) =>
      error.reason === "unreachable" ? Effect.fail(error) : Effect.succeed(0n)
    )
  )
}

const isQuantity = Schema.is(QuantityText)

/** Public nodes look through so many blocks in one request. */
const span = 5_000n
/** Together more than a day of blocks of two seconds: no attempt lives longer. */
const spans = 10

const spentIn = Effect.fnUntraced(function* (
  read: Read,
  { from, latest, nonce }: { readonly from: Hex; readonly nonce: Hex; readonly latest: bigint }
): Effect.fn.Return<Spent | null, ChainFailed> {
  const topics = [[usedTopic, canceledTopic], `0x${word(from)}`, nonce]
  let last = latest
  for (let round = 0; round < spans && last >= 0n; round += 1) {
    const first = last >= span ? last - span + 1n : 0n
    const filter = { address: usdcAddress, topics, fromBlock: hex(first), toBlock: hex(last) }
    const [log] = yield* read(LogsWire, "eth_getLogs", filter)
    if (log !== undefined) {
      const isCanceled = log.topics[0]?.toLowerCase() === canceledTopic
      return { transaction: log.transactionHash, blockNumber: BigInt(log.blockNumber), isCanceled }
    }
    last = first - 1n
  }
  return null
})
