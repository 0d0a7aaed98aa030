import type * as Crypto from "node:crypto"
import { createRequire } from "node:module"
import { SecretBytes } from "@image-skill/core/envelope/SecretBytes"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** Loading OpenSSL costs 7 ms, so it waits for the first secret. */
const load: (id: "node:crypto") => typeof Crypto = createRequire(import.meta.url)
let loaded: typeof Crypto | undefined
const crypto = (): typeof Crypto => (loaded ??= load("node:crypto"))

export const layer: Layer.Layer<SecretBytes> = Layer.succeed(SecretBytes, {
  bytes: (length) =>
    Effect.sync(() => (length > pool.length ? crypto().randomFillSync(new Uint8Array(length)) : take(length)))
})

/** Asking the system costs the same for few bytes as for many, so they are fetched ahead; nothing stays of what was taken. */
const pool = new Uint8Array(1024)
let taken = pool.length

const take = (length: number): Uint8Array => {
  if (taken + length > pool.length) {
    crypto().randomFillSync(pool)
    taken = 0
  }
  const bytes = pool.slice(taken, taken + length)
  pool.fill(0, taken, taken + length)
  taken += length
  return bytes
}
