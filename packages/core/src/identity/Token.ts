import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { Digest } from "../envelope/Digest.ts"
import { SecretBytes } from "../envelope/SecretBytes.ts"

export type TokenStatus = "active" | "rotated" | "revoked"

/** A token as the service keeps it: its hash and a short fingerprint, never the secret. */
export interface StoredToken {
  readonly hash: string
  readonly fingerprint: string
  readonly status: TokenStatus
  readonly createdAt: string
}

const prefix = "isk_r_"
const ownerPrefix = "isk_o_"
const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
const length = 32

const mintWith = Effect.fnUntraced(function* (start: string) {
  const secret = yield* SecretBytes
  let characters = ""
  // Bytes from 248 up are thrown away, so that every character is equally likely. Each round yields 31 of 32 on average;
  // the bound is there because a source that only ever gives high bytes is broken, not unlucky.
  for (let round = 0; round < 64 && characters.length < length; round += 1) {
    for (const byte of yield* secret.bytes(length)) {
      if (byte < alphabet.length * 4) characters += alphabet.charAt(byte % alphabet.length)
    }
  }
  if (characters.length < length) return yield* Effect.die("the source of secret bytes is broken")
  return Redacted.make(`${start}${characters.slice(0, length)}`, { label: "token" })
})

/** A fresh restricted token: `isk_r_` and 32 base62 characters, about 190 random bits. */
export const mint: Effect.Effect<Redacted.Redacted, never, SecretBytes> = mintWith(prefix)

/** The same for the owner of an organization: `isk_o_` (decision D2.4). */
export const mintOwner: Effect.Effect<Redacted.Redacted, never, SecretBytes> = mintWith(ownerPrefix)

export const isOwners = (token: Redacted.Redacted): boolean => Redacted.value(token).startsWith(ownerPrefix)

/** What the service looks a token up by. */
export const hash = (token: Redacted.Redacted): Effect.Effect<string, never, Digest> =>
  Effect.flatMap(Digest, (digest) => digest.sha256(Redacted.value(token)))

/** Six characters of the hash: enough to tell two tokens apart in a list, useless to anybody else. */
export const fingerprintOf = (tokenHash: string): string => tokenHash.slice(0, 6)

/** Visible ASCII only, so that it can travel in a header without breaking it (contract/cli.md 4.6, rule 7). */
export const isSendable = (token: string): boolean => /^[\u0021-\u007e]{1,4096}$/u.test(token)
