import * as Schema from "effect/Schema"
import type { Chain, Transfer } from "./Chain.ts"

/** A local node and what to watch on it. */
export interface RpcChainOptions {
  readonly rpcUrl: string
  /** The token's contract; Base USDC where it is left out. */
  readonly tokenAddress?: string | undefined
  /** How many blocks a transfer must have, its own among them; 1 where it is left out. */
  readonly confirmations?: number | undefined
}

/** keccak256("Transfer(address,address,uint256)"), the first topic of an ERC-20 transfer: https://eips.ethereum.org/EIPS/eip-20. */
const transferTopic = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"
const baseUsdc = "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913"

const Log = Schema.Struct({
  address: Schema.String,
  topics: Schema.Array(Schema.String),
  data: Schema.String,
  blockNumber: Schema.String,
  transactionHash: Schema.String
})

const Answer = Schema.Struct({
  result: Schema.optionalKey(Schema.Unknown),
  error: Schema.optionalKey(Schema.Struct({ message: Schema.String }))
})

const decodeAnswer = Schema.decodeUnknownSync(Answer)
const decodeHead = Schema.decodeUnknownSync(Schema.String)
const decodeLogs = Schema.decodeUnknownSync(Schema.Array(Log))
const decodeReceipt = Schema.decodeUnknownSync(
  Schema.NullOr(Schema.Struct({ status: Schema.String, logs: Schema.Array(Log) }))
)

/** An EVM node read by plain JSON-RPC: `eth_blockNumber`, `eth_getLogs`, `eth_getTransactionReceipt`. */
export const open = async ({ confirmations = 1, rpcUrl, tokenAddress = baseUsdc }: RpcChainOptions): Promise<Chain> => {
  const token = tokenAddress.toLowerCase()
  const call = async (method: string, params: ReadonlyArray<unknown>): Promise<unknown> => {
    const answer = await fetch(rpcUrl, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params })
    })
    const { error, result } = decodeAnswer(await answer.json())
    if (error !== undefined) throw new Error(`${method} was refused by the node: ${error.message}`)
    return result
  }
  const head = async () => Number(decodeHead(await call("eth_blockNumber", [])))
  const start = await head()
  return {
    confirmations,
    token: tokenAddress,
    head,
    transfersTo: async (addresses) => {
      const topics = [transferTopic, null, addresses.map(padded)]
      const fromBlock = `0x${start.toString(16)}`
      const logs = decodeLogs(await call("eth_getLogs", [{ address: token, fromBlock, toBlock: "latest", topics }]))
      return logs.flatMap((log) => transfersIn(log, token))
    },
    receipt: async (hash) => {
      const receipt = decodeReceipt((await call("eth_getTransactionReceipt", [hash])) ?? null)
      return receipt?.status === "0x1" ? receipt.logs.flatMap((log) => transfersIn(log, token)) : undefined
    }
  }
}

const transfersIn = (
  { address, blockNumber, data, topics: [topic, from, to], transactionHash }: typeof Log.Type,
  token: string
): ReadonlyArray<Transfer> =>
  topic !== transferTopic || from === undefined || to === undefined || address.toLowerCase() !== token
    ? []
    : [
        {
          hash: transactionHash.toLowerCase(),
          from: addressIn(from),
          to: addressIn(to),
          amount: BigInt(data),
          block: Number(blockNumber)
        }
      ]

const padded = (address: string): string => `0x${address.slice(2).toLowerCase().padStart(64, "0")}`

const addressIn = (topic: string): string => `0x${topic.slice(-40).toLowerCase()}`
