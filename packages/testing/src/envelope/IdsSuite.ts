import { assert, it } from "@effect/vitest"
import { type IdPrefix, Ids } from "@image-skill/core/envelope/Ids"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"

const prefixes: ReadonlyArray<IdPrefix> = [
  "agt",
  "org",
  "job",
  "image",
  "video",
  "audio",
  "asset",
  "evt",
  "usage",
  "hold",
  "journal",
  "sig"
]

/** The contract every `Ids` adapter meets. */
export const suite = <E>(name: string, layer: Layer.Layer<Ids, E>): void =>
  it.layer(layer)(`Ids (${name})`, (it) => {
    it.effect.each(prefixes)("an id of %s is the prefix and 20 characters of Crockford's base32", (prefix) =>
      Effect.gen(function* () {
        const ids = yield* Ids
        assert.match(yield* ids.next(prefix), new RegExp(`^${prefix}_[0-9a-hjkmnp-tv-z]{20}$`, "u"))
      })
    )

    it.effect("a trace is 16 hex digits", () =>
      Effect.gen(function* () {
        const ids = yield* Ids
        assert.match(yield* ids.trace, /^trace_[0-9a-f]{16}$/u)
      })
    )

    it.effect.each([1, 8, 16, 31])("%i hex digits are as many as were asked for", (length) =>
      Effect.gen(function* () {
        const ids = yield* Ids
        assert.match(yield* ids.hex(length), new RegExp(`^[0-9a-f]{${length}}$`, "u"))
      })
    )

    it.effect("no two are the same", () =>
      Effect.gen(function* () {
        const ids = yield* Ids
        const many = yield* Effect.replicateEffect(Effect.all([ids.next("job"), ids.trace, ids.hex(16)]), 1000)
        assert.strictEqual(new Set(many.flat()).size, 3000)
      })
    )
  })
