import { assert, describe, it } from "@effect/vitest"
import { Ids, toHex } from "@image-skill/core/envelope/Ids"
import { SecretBytes } from "@image-skill/core/envelope/SecretBytes"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** Every byte the same, or each one more than the last. */
const idsFrom = (next: (index: number) => number): Layer.Layer<Ids> => {
  const bytes = (length: number) => Effect.sync(() => Uint8Array.from({ length }, (_, index) => next(index)))
  return Ids.layer.pipe(Layer.provide(Layer.succeed(SecretBytes, { bytes })))
}

describe("Ids", () => {
  it.effect("an id is its prefix and 20 letters of lower-case Crockford base32, without a dot", () =>
    Effect.gen(function* () {
      const ids = yield* Ids
      assert.strictEqual(yield* ids.next("image"), "image_0123456789abcdefghjk")
      assert.match(yield* ids.next("org"), /^org_[0-9a-hjkmnp-tv-z]{20}$/u)
    }).pipe(Effect.provide(idsFrom((index) => index)))
  )

  it.effect("no letter is likelier than another", () =>
    Effect.gen(function* () {
      const letters = yield* Effect.forEach(
        Array.from({ length: 256 }, (_, value) => value),
        (value) =>
          Effect.gen(function* () {
            const id = yield* (yield* Ids).next("job")
            return id.slice(-1)
          }).pipe(Effect.provide(idsFrom(() => value)))
      )
      const counts = [...new Set(letters)].map((letter) => letters.filter((other) => other === letter).length)
      assert.deepStrictEqual(
        counts,
        Array.from({ length: 32 }, () => 8)
      )
    })
  )

  it.effect("a trace is 16 hex digits, and a tail has as many as were asked for", () =>
    Effect.gen(function* () {
      const ids = yield* Ids
      assert.strictEqual(yield* ids.trace, "trace_f0f1f2f3f4f5f6f7")
      assert.strictEqual(yield* ids.hex(8), "f0f1f2f3")
      assert.strictEqual(yield* ids.hex(7), "f0f1f2f")
      assert.strictEqual(yield* ids.hex(0), "")
    }).pipe(Effect.provide(idsFrom((index) => 0xf0 + index)))
  )

  it("hex digits are lower-case and keep their zeros", () => {
    assert.strictEqual(toHex(Uint8Array.of(0, 1, 171, 255)), "0001abff")
  })
})
