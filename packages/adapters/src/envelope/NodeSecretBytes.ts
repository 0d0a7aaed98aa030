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
  bytes: (length) => Effect.sync(() => new Uint8Array(crypto().randomBytes(length)))
})
