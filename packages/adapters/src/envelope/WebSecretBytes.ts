import { SecretBytes } from "@image-skill/core/envelope/SecretBytes"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** What one call of `getRandomValues` gives at most (https://www.w3.org/TR/webcrypto/#Crypto-method-getRandomValues). */
const most = 65_536

/** From the Web Crypto that browsers, workers and Node have. */
export const layer: Layer.Layer<SecretBytes> = Layer.succeed(SecretBytes, {
  bytes: (length) =>
    Effect.sync(() => {
      const bytes = new Uint8Array(length)
      for (let start = 0; start < length; start += most) {
        globalThis.crypto.getRandomValues(bytes.subarray(start, start + most))
      }
      return bytes
    })
})
