import type * as Crypto from "node:crypto"
import { createRequire } from "node:module"
import { Digest } from "@image-skill/core/envelope/Digest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** Loading OpenSSL costs 7 ms, so it waits for the first digest. */
const load: (id: "node:crypto") => typeof Crypto = createRequire(import.meta.url)
let loaded: typeof Crypto | undefined
const crypto = (): typeof Crypto => (loaded ??= load("node:crypto"))

export const layer: Layer.Layer<Digest> = Layer.succeed(Digest, {
  sha256: (content) => Effect.sync(() => crypto().createHash("sha256").update(content).digest("hex"))
})
