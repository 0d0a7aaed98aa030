import { toHex } from "@image-skill/core/envelope/Ids"
import { SecretBytes } from "@image-skill/core/envelope/SecretBytes"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Dice } from "../payments/Dice.ts"

/** Everything in a simulation that nobody may read where it does not belong. */
export interface Secrets {
  readonly layer: Layer.Layer<SecretBytes>
  /** A text of our own that looks like a secret, and is looked for everywhere from now on. */
  readonly canary: () => string
  /** The secrets in a text: tokens and canaries. */
  readonly in: (text: string) => ReadonlyArray<string>
  /** Also every run of secret bytes, in every spelling. Slower. */
  readonly anyIn: (text: string) => ReadonlyArray<string>
}

const spellings = (bytes: Uint8Array): ReadonlyArray<string> => [
  toHex(bytes),
  Buffer.from(bytes).toString("base64"),
  Buffer.from(bytes).toString("base64url")
]

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

/** Tokens are spelled in base 62; bytes that would make a letter likelier are left out (core/identity/Token). */
const spelled = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => (byte < base62.length * 4 ? base62.charAt(byte % base62.length) : "")).join("")

const found = (text: string, all: ReadonlyArray<string>) => all.filter((secret) => text.includes(secret))

export const make = (dice: Dice): Secrets => {
  const known: Array<string> = []
  const raw: Array<Uint8Array> = []
  const spelt: Array<string> = []
  const issue = (length: number): Uint8Array => {
    // A byte that is no letter of a token would make two calls of one token.
    const bytes = Uint8Array.from({ length }, () => dice.below(248))
    if (length < 16) return bytes
    known.push(spelled(bytes))
    raw.push(bytes)
    return bytes
  }
  return {
    layer: Layer.succeed(SecretBytes, SecretBytes.of({ bytes: (length) => Effect.sync(() => issue(length)) })),
    canary: () => {
      const letters = spelled(Uint8Array.from({ length: 24 }, () => dice.below(248)))
      known.push(letters)
      return `${dice.pick("sk_live_", "ghp_", "isk_r_")}${letters}`
    },
    in: (text) => found(text, known),
    anyIn: (text) => {
      spelt.push(...raw.splice(0).flatMap(spellings))
      return found(text, [...known, ...spelt])
    }
  }
}
