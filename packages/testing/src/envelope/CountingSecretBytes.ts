import { SecretBytes } from "@image-skill/core/envelope/SecretBytes"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/**
 * Bytes that count up: zeros, and in the last ones the number of the call. A digit stays below 32, so that each call
 * makes another token, another id and another run of hex digits.
 */
export const layer: Layer.Layer<SecretBytes> = Layer.sync(SecretBytes, () => {
  let calls = 0
  return SecretBytes.of({
    bytes: (length) =>
      Effect.sync(() => {
        calls += 1
        const bytes = new Uint8Array(length)
        for (let index = length - 1, rest = calls; index >= 0 && rest > 0; index -= 1, rest = Math.floor(rest / 32)) {
          bytes[index] = rest % 32
        }
        return bytes
      })
  })
})
