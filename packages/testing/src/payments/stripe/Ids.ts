import { randomBytes } from "node:crypto"

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
const base58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

/** Random letters and digits, as Stripe's ids, keys and secrets have them. */
export const letters = (length: number): string => drawn(alphabet, length)

export const id = (prefix: string): string => `${prefix}_${letters(24)}`

export const session = (livemode: boolean): string => `cs_${livemode ? "live" : "test"}_a1${letters(56)}`

/** A fresh address of the network's form, to which nobody holds a key. */
export const address = (network: string): string =>
  network === "solana" ? drawn(base58, 44) : `0x${randomBytes(20).toString("hex")}`

const drawn = (from: string, length: number): string =>
  [...randomBytes(length)].map((byte) => from.charAt(byte % from.length)).join("")
