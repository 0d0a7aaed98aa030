import { assert, it } from "@effect/vitest"
import { SecretBytes } from "@image-skill/core/envelope/SecretBytes"
import { isSendable, mint } from "@image-skill/core/identity/Token"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

/** The contract every `SecretBytes` adapter meets. That its bytes are hard to guess is nothing a test can show. */
export const suite = <E>(name: string, layer: Layer.Layer<SecretBytes, E>): void =>
  it.layer(layer)(`SecretBytes (${name})`, (it) => {
    it.effect.each([0, 1, 16, 32, 1000])("%i bytes are as many as were asked for", (length) =>
      Effect.gen(function* () {
        const secret = yield* SecretBytes
        assert.strictEqual((yield* secret.bytes(length)).length, length)
      })
    )

    it.effect("no two runs of bytes are the same", () =>
      Effect.gen(function* () {
        const secret = yield* SecretBytes
        const runs = yield* Effect.replicateEffect(secret.bytes(16), 1000)
        assert.strictEqual(new Set(runs.map((bytes) => bytes.join())).size, 1000)
      })
    )

    it.effect("tokens can be minted from them, each another one", () =>
      Effect.gen(function* () {
        const tokens = (yield* Effect.replicateEffect(mint, 100)).map((token) => Redacted.value(token))
        assert.isTrue(tokens.every((token) => isSendable(token) && /^isk_r_[0-9A-Za-z]{32}$/u.test(token)))
        assert.strictEqual(new Set(tokens).size, 100)
      })
    )
  })
