import type * as Crypto from "node:crypto"
import { createRequire } from "node:module"
import { Digest } from "@image-skill/core/envelope/Digest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** Loading OpenSSL costs 7 ms, so it waits for the first digest. */
const load: (id: "node:crypto") => Hashing = createRequire(import.meta.url)
let loaded: Hashing | undefined
const crypto = (): Hashing => (loaded ??= load("node:crypto"))

/** Since Node 20.12 one call does it all. */
type Hashing = Pick<typeof Crypto, "createHash" | "createHmac"> & Partial<Pick<typeof Crypto, "hash">>

export const layer: Layer.Layer<Digest> = Layer.succeed(Digest, {
  sha256: (content) => Effect.sync(() => sha256(content)),
  hmacSha256: (key, content) => Effect.sync(() => crypto().createHmac("sha256", key).update(content).digest("hex"))
})

const sha256 = (content: string | Uint8Array): string => {
  const { createHash, hash } = crypto()
  return hash === undefined ? createHash("sha256").update(content).digest("hex") : hash("sha256", content)
}
