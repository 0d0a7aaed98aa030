import * as Schema from "effect/Schema"

/** The chain id of Base (https://chainlist.org/chain/8453, EIP-155). */
export const baseChainId = 8453

/** Bytes in hexadecimal, with their prefix. */
export type Hex = `0x${string}`

/** USDC on Base (https://developers.circle.com/stablecoins/usdc-contract-addresses). */
export const usdcAddress: Hex = "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913"
export const usdcDecimals = 6
/** What the token's signing domain says of it (EIP-712). */
export const usdcDomain = { name: "USD Coin", version: "2" } as const

const atomicPerCent = 10_000n

/** US cents in the token's smallest unit. A part of a cent is a bug of the caller, and is thrown. */
export const atomicOf = (cents: number): bigint => BigInt(cents) * atomicPerCent

/** The token's smallest unit in US cents; a part of a cent counts as a whole one. */
export const centsOf = (atomic: bigint): number => Number((atomic + atomicPerCent - 1n) / atomicPerCent)

/** The token's smallest unit as people write it, e.g. `2.4`. */
export const decimalOf = (atomic: bigint): string => {
  const digits = atomic.toString().padStart(usdcDecimals + 1, "0")
  const fraction = digits.slice(-usdcDecimals).replace(/0+$/u, "")
  const whole = digits.slice(0, -usdcDecimals)
  return fraction === "" ? whole : `${whole}.${fraction}`
}

export const isHex = (text: string): text is Hex => /^0x[0-9a-f]*$/iu.test(text)

export const isAddress = (text: string): text is Hex => /^0x[0-9a-f]{40}$/iu.test(text)

export const sameAddress = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase()

export const zeroAddress: Hex = "0x0000000000000000000000000000000000000000"

/** An account or a contract. */
export const Address = Schema.String.pipe(Schema.refine(isAddress))
