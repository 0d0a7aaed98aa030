import { assert, it } from "@effect/vitest"
import type { Asset } from "@image-skill/core/media/Asset"
import { MediaLinks } from "@image-skill/core/media/MediaLinks"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { asset } from "./AssetSample.ts"

export interface Options<R> {
  /** Whether whoever has this link gets the bytes of the asset now. */
  readonly opens: (url: string, asset: Asset) => Effect.Effect<boolean, never, R>
  /** False where links need no signature because nobody else can use them, as those to files. */
  readonly signs?: boolean
}

const [open, hidden, other] = [
  asset("open"),
  asset("hidden", { visibility: "private" }),
  asset("other", { visibility: "private" })
]

const urlOf = (one: Asset) => Effect.flatMap(MediaLinks, ({ urlsOf }) => Effect.map(urlsOf([one]), (url) => url(one)))

/** The contract every `MediaLinks` adapter meets. It runs on a `TestClock`. */
export const suite = <E, R>(
  name: string,
  layer: Layer.Layer<MediaLinks | R, E>,
  { opens, signs = true }: Options<R>
): void =>
  it.layer(layer)(`MediaLinks (${name})`, (it) => {
    it.effect("every asset has a link of its own that leads to it", () =>
      Effect.gen(function* () {
        const { urlsOf } = yield* MediaLinks
        const url = yield* urlsOf([open, hidden, other])
        const all = [open, hidden, other].map(url)
        assert.strictEqual(new Set(all).size, 3)
        for (const one of [open, hidden, other]) {
          assert.isTrue(URL.canParse(url(one)), url(one))
          assert.isTrue(yield* opens(url(one), one))
        }
      })
    )

    it.effect("the link of a public asset stays the same, whoever else is asked about", () =>
      Effect.gen(function* () {
        const { urlsOf } = yield* MediaLinks
        const first = yield* urlOf(open)
        yield* TestClock.adjust("30 days")
        assert.strictEqual((yield* urlsOf([hidden, open]))(open), first)
        assert.isTrue(yield* opens(first, open))
      })
    )

    if (!signs) return

    it.effect("the link of a private asset ends, and a fresh one takes its place", () =>
      Effect.gen(function* () {
        const first = yield* urlOf(hidden)
        yield* TestClock.adjust("30 days")
        assert.isFalse(yield* opens(first, hidden))
        assert.isTrue(yield* opens(yield* urlOf(hidden), hidden))
      })
    )

    it.effect("the link of one private asset is of no use for another, nor is one that was not asked for", () =>
      Effect.gen(function* () {
        const { urlsOf } = yield* MediaLinks
        const url = yield* urlsOf([hidden])
        assert.isFalse(yield* opens(url(other), other))
        const query = (yield* urlOf(hidden)).split("?")[1] ?? ""
        assert.isFalse(yield* opens(`${(yield* urlOf(other)).split("?")[0]}?${query}`, other))
      })
    )
  })
