import { baseChainId, type Hex, usdcAddress, usdcDomain } from "@image-skill/core/payments/BaseUsdc"
import { encodeAbiParameters, encodeFunctionData, keccak256 } from "viem/utils"

/** The right to move exactly this amount from one account to another, once, before a time (EIP-3009). */
export interface Authorization {
  readonly from: Hex
  readonly to: Hex
  /** Atomic units of USDC. */
  readonly value: bigint
  readonly validAfter: bigint
  /** Seconds since 1970; in a block of that time or later it moves nothing. */
  readonly validBefore: bigint
  readonly nonce: Hex
}

const domainTag = "image-skill credits settle 1"

/**
 * The token accepts a nonce of an account once. Derived from what is paid and for which attempt, it makes a second payment of
 * the attempt impossible, even for a process that has lost all memory of the first.
 */
export const nonceOf = (attemptId: string, to: Hex, value: bigint): Hex =>
  keccak256(
    encodeAbiParameters(
      [
        { type: "string" },
        { type: "uint256" },
        { type: "address" },
        { type: "address" },
        { type: "uint256" },
        { type: "string" }
      ],
      [domainTag, BigInt(baseChainId), lower(usdcAddress), lower(to), value, attemptId]
    )
  )

/** Without capitals an address needs no checksum. */
const lower = (address: Hex): Hex => `0x${address.slice(2).toLowerCase()}`

const fields = [
  { name: "from", type: "address" },
  { name: "to", type: "address" },
  { name: "value", type: "uint256" },
  { name: "validAfter", type: "uint256" },
  { name: "validBefore", type: "uint256" },
  { name: "nonce", type: "bytes32" }
] as const

const domain = { ...usdcDomain, chainId: baseChainId, verifyingContract: lower(usdcAddress) } as const

/** What is signed (EIP-712). */
export const typedData = ({ from, nonce, to, validAfter, validBefore, value }: Authorization) =>
  ({
    domain,
    types: { TransferWithAuthorization: fields },
    primaryType: "TransferWithAuthorization",
    message: { from: lower(from), to: lower(to), value, validAfter, validBefore, nonce }
  }) as const

/** The same as JSON, for a signer elsewhere (`eth_signTypedData_v4`). */
export const typedDataJson = ({ from, nonce, to, validAfter, validBefore, value }: Authorization): string =>
  JSON.stringify({
    domain,
    types: {
      EIP712Domain: [
        { name: "name", type: "string" },
        { name: "version", type: "string" },
        { name: "chainId", type: "uint256" },
        { name: "verifyingContract", type: "address" }
      ],
      TransferWithAuthorization: fields
    },
    primaryType: "TransferWithAuthorization",
    message: {
      from: lower(from),
      to: lower(to),
      value: `${value}`,
      validAfter: `${validAfter}`,
      validBefore: `${validBefore}`,
      nonce
    }
  })

const uint = (name: string) => ({ name, type: "uint256" }) as const

const transferAbi = [
  {
    type: "function",
    name: "transferWithAuthorization",
    stateMutability: "nonpayable",
    inputs: [
      { name: "from", type: "address" },
      { name: "to", type: "address" },
      uint("value"),
      uint("validAfter"),
      uint("validBefore"),
      { name: "nonce", type: "bytes32" },
      { name: "v", type: "uint8" },
      { name: "r", type: "bytes32" },
      { name: "s", type: "bytes32" }
    ],
    outputs: []
  }
] as const

/** The call that uses an authorization. Whoever sends it pays the fee and cannot change anything. */
export const transferCall = (
  { from, nonce, to, validAfter, validBefore, value }: Authorization,
  signature: Hex
): Hex => {
  const { r, s, v } = partsOf(signature)
  return encodeFunctionData({
    abi: transferAbi,
    functionName: "transferWithAuthorization",
    args: [lower(from), lower(to), value, validAfter, validBefore, nonce, v, r, s]
  })
}

/** A signature is 65 bytes: two numbers of 32, and one that says which of the two possible keys made it. */
const partsOf = (signature: Hex) => {
  const last = Number.parseInt(signature.slice(130, 132), 16)
  return { r: part(signature, 0), s: part(signature, 1), v: last < 27 ? last + 27 : last }
}

const part = (signature: Hex, index: number): Hex => `0x${signature.slice(2 + 64 * index, 66 + 64 * index)}`

/** `authorizationState(address,bytes32)` of the token: whether a nonce was used or canceled. */
export const stateCall = (from: Hex, nonce: Hex): Hex => `0xe94a0102${word(from)}${word(nonce)}`

/** `balanceOf(address)` of the token. */
export const balanceCall = (holder: Hex): Hex => `0x70a08231${word(holder)}`

/** An argument of at most 32 bytes, as it stands in a call or in the topics of a log. */
export const word = (hex: Hex): string => hex.slice(2).toLowerCase().padStart(64, "0")

/** Keccak-256 of `AuthorizationUsed(address,bytes32)` and of `AuthorizationCanceled(address,bytes32)`. */
export const usedTopic: Hex = "0x98de503528ee59b575ef0c0a2576a82497bfc029a5685b209e9ec333479b10a5"
export const canceledTopic: Hex = "0x1cdd46ff242716cdaa72d159d339a485b3438398348d68f09d7c8c0a59353d81"
