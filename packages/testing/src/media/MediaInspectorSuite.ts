import { assert, it } from "@effect/vitest"
import { ArtifactStore } from "@image-skill/core/media/ArtifactStore"
import { measure } from "@image-skill/core/media/Measure"
import { MediaInspector, type StoredMedia } from "@image-skill/core/media/MediaInspector"
import { differingBits } from "@image-skill/core/media/PixelFacts"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import {
  bombPng,
  headerMp4,
  type Paint,
  paintedPng,
  pixelGif,
  pngChunk,
  squareWav,
  triangleGlb
} from "./InspectorFixtures.ts"

/** What differs from inspector to inspector. */
export interface Options {
  /** Whether it decodes pixels; one that does not leaves what they tell null, and compares nothing. */
  readonly pixels: boolean
}

const store = Effect.fnUntraced(function* (bytes: Uint8Array) {
  const artifacts = yield* ArtifactStore
  const stored = yield* artifacts.put(bytes)
  const media: StoredMedia = { ...stored, mimeType: measure(bytes)?.mimeType ?? "application/octet-stream" }
  return media
})

const inspect = (bytes: Uint8Array) =>
  Effect.gen(function* () {
    const inspector = yield* MediaInspector
    return yield* inspector.inspect(yield* store(bytes))
  })

const reasonOf = <A, E extends { readonly reason: string }, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.flip(effect), ({ reason }) => reason)

const landscape: Paint = (x, y) => (y < 40 ? [90 + x, 140, 230, 255] : [40, 110 + (x % 40), 30, 255])
const flat: Paint = () => [200, 30, 40, 255]
const holed: Paint = (x, y) => [x & 255, y & 255, 60, x === 700 && y === 300 ? 254 : 255]
const noise: Paint = (x, y) => [(x * 7919 + y * 104_729) & 255, (x * y) & 255, (x ^ y) & 255, 255]
/** Two spellings of the same mask: its left half lets through. */
const clear: Paint = (x) => [0, 0, 0, x < 50 ? 0 : 255]
const white: Paint = (x) => (x < 50 ? [255, 255, 255, 255] : [0, 0, 0, 255])
const painted =
  (from: number, to: number): Paint =>
  (x, y) =>
    x >= from && x < to ? [255, 0, 255, 255] : landscape(x, y)
const film = { width: 64, height: 48, frames: 72, framesPerSecond: 24, pictures: true }

/** The contract every `MediaInspector` meets. */
export const suite = <E>(
  name: string,
  layer: Layer.Layer<MediaInspector | ArtifactStore, E>,
  { pixels }: Options
): void => {
  const decoding = pixels ? [{}] : []

  it.layer(layer)(`MediaInspector (${name})`, (it) => {
    it.effect("a still picture has its type, its exact pixels and one frame", () =>
      Effect.gen(function* () {
        const evidence = yield* inspect(paintedPng(97, 61, landscape))
        assert.strictEqual(evidence.mimeType, "image/png")
        assert.deepStrictEqual(evidence.size, { width: 97, height: 61 })
        assert.strictEqual(evidence.frames, 1)
        assert.isNull(evidence.durationSeconds)
        assert.deepStrictEqual(evidence.contentCredentials, [])
      })
    )

    it.effect("what pixels tell is measured, or null", () =>
      Effect.gen(function* () {
        const evidence = yield* inspect(paintedPng(97, 61, landscape))
        assert.strictEqual(evidence.blank, pixels ? false : null)
        assert.strictEqual(evidence.transparent, pixels ? false : null)
        assert.strictEqual(evidence.lookHash === null, !pixels)
        assert.strictEqual(evidence.dominantColors.length > 0, pixels)
      })
    )

    it.effect("the pictures of an animation are counted", () =>
      Effect.gen(function* () {
        assert.strictEqual((yield* inspect(pixelGif(7))).frames, 7)
      })
    )

    it.effect("a film has its pixels, its pictures and its duration", () =>
      Effect.gen(function* () {
        const { durationSeconds, frames, size } = yield* inspect(headerMp4(film))
        assert.deepStrictEqual(
          { durationSeconds, frames, size },
          {
            durationSeconds: 3,
            frames: 72,
            size: { width: 64, height: 48 }
          }
        )
      })
    )

    it.effect("a film without a track of pictures has none of them", () =>
      Effect.gen(function* () {
        assert.strictEqual((yield* inspect(headerMp4({ ...film, pictures: false }))).frames, 0)
      })
    )

    it.effect.each([
      { loudness: 0, silent: true },
      { loudness: 0.0005, silent: true },
      { loudness: 0.01, silent: false },
      { loudness: 1, silent: false }
    ])("a sound of loudness $loudness is silent: $silent", ({ loudness, silent }) =>
      Effect.gen(function* () {
        const evidence = yield* inspect(squareWav(1.5, loudness))
        assert.deepStrictEqual([evidence.silent, evidence.durationSeconds], [silent, 1.5])
      })
    )

    it.effect("the triangles of a mesh are counted", () =>
      Effect.gen(function* () {
        assert.strictEqual((yield* inspect(triangleGlb(1_234))).triangles, 1_234)
      })
    )

    it.effect("content credentials are reported", () =>
      Effect.gen(function* () {
        const signed = paintedPng(32, 32, landscape, [pngChunk("caBX", Buffer.from("jumb"))])
        assert.deepStrictEqual((yield* inspect(signed)).contentCredentials, ["c2pa"])
      })
    )

    it.effect("bytes that are no media are unreadable, and bytes that are not there a matter of storage", () =>
      Effect.gen(function* () {
        const inspector = yield* MediaInspector
        assert.strictEqual(yield* reasonOf(inspect(new TextEncoder().encode("<!doctype html>"))), "unreadable")
        const gone = { sha256: "0".repeat(64), bytes: 10, mimeType: "image/png" }
        assert.strictEqual(yield* reasonOf(inspector.inspect(gone)), "storage")
        assert.strictEqual(yield* reasonOf(inspector.thumbnail(gone, 64)), "storage")
      })
    )

    it.effect.each([
      { width: 300, height: 200, edge: 96, expected: { width: 96, height: 64 } },
      { width: 200, height: 300, edge: 96, expected: { width: 64, height: 96 } },
      { width: 50, height: 40, edge: 256, expected: { width: 50, height: 40 } },
      { width: 400, height: 1, edge: 16, expected: { width: 16, height: 1 } }
    ])("a thumbnail of $width by $height fits into $edge, and is never enlarged", ({ edge, expected, height, width }) =>
      Effect.gen(function* () {
        const inspector = yield* MediaInspector
        const { bytes, mimeType, size } = yield* inspector.thumbnail(
          yield* store(paintedPng(width, height, landscape)),
          edge
        )
        assert.deepStrictEqual(size, expected)
        assert.deepStrictEqual(measure(bytes), { mimeType, size })
      })
    )

    it.effect("only pictures have thumbnails", () =>
      Effect.gen(function* () {
        const inspector = yield* MediaInspector
        const sound = yield* store(squareWav(0.1, 1))
        assert.strictEqual(yield* reasonOf(inspector.thumbnail(sound, 64)), "unsupported")
      })
    )

    it.effect("media that are looked at at once are not mixed up", () =>
      Effect.gen(function* () {
        const widths = [20, 31, 42, 53, 64, 75]
        const evidence = yield* Effect.forEach(widths, (width) => inspect(paintedPng(width, 60, landscape)), {
          concurrency: "unbounded"
        })
        assert.deepStrictEqual(
          evidence.map(({ size }) => size?.width),
          widths
        )
      })
    )

    it.effect.each(decoding)("a picture of one colour is blank, and that colour dominates", () =>
      Effect.gen(function* () {
        const { blank, dominantColors } = yield* inspect(paintedPng(80, 80, flat))
        assert.deepStrictEqual([blank, dominantColors], [true, ["#c81e28"]])
      })
    )

    it.effect.each(decoding)("one pixel that lets something through is found among a million", () =>
      Effect.gen(function* () {
        assert.isTrue((yield* inspect(paintedPng(1_000, 1_000, holed))).transparent)
      })
    )

    it.effect.each(decoding)("the same picture has the same look, and its mirror image another one", () =>
      Effect.gen(function* () {
        const one = (yield* inspect(paintedPng(120, 80, landscape))).lookHash ?? ""
        const larger = (yield* inspect(paintedPng(240, 160, (x, y) => landscape(x / 2, y / 2)))).lookHash ?? ""
        const mirrored = (yield* inspect(paintedPng(120, 80, (x, y) => landscape(119 - x, y)))).lookHash ?? ""
        assert.match(one, /^[0-9a-f]{16}$/u)
        assert.isAtMost(differingBits(one, larger), 2)
        assert.isAbove(differingBits(one, mirrored), 2)
      })
    )

    it.effect.each(decoding)("a picture of nine hundred million pixels is refused by its header", () =>
      Effect.gen(function* () {
        const inspector = yield* MediaInspector
        const bomb = yield* store(bombPng(30_000))
        assert.strictEqual(yield* reasonOf(inspector.inspect(bomb)), "too_large")
        assert.strictEqual(yield* reasonOf(inspector.thumbnail(bomb, 64)), "too_large")
      })
    )

    it.effect.each(decoding)("a picture that is cut off is unreadable", () =>
      Effect.gen(function* () {
        const whole = paintedPng(200, 200, noise)
        assert.strictEqual(yield* reasonOf(inspect(whole.subarray(0, whole.length >> 1))), "unreadable")
      })
    )

    it.effect.each(
      decoding.flatMap(() => [
        { what: "nothing", output: landscape, share: 0 },
        { what: "all that the mask lets through", output: painted(0, 50), share: 0 },
        { what: "a fifth of what it protects", output: painted(40, 60), share: 0.2 },
        { what: "all that it protects", output: painted(50, 100), share: 1 }
      ])
    )("when an edit changes $what, the share is $share, however the mask is spelled", ({ output, share }) =>
      Effect.gen(function* () {
        const inspector = yield* MediaInspector
        const input = yield* store(paintedPng(100, 40, landscape))
        const edited = yield* store(paintedPng(100, 40, output))
        for (const paint of [clear, white]) {
          const mask = yield* store(paintedPng(100, 40, paint))
          assert.strictEqual(yield* inspector.changedOutside({ input, mask, output: edited }), share)
        }
      })
    )

    it.effect("pictures of different sizes are not compared", () =>
      Effect.gen(function* () {
        const inspector = yield* MediaInspector
        const input = yield* store(paintedPng(100, 40, landscape))
        const mask = yield* store(paintedPng(100, 40, clear))
        const output = yield* store(paintedPng(90, 40, landscape))
        assert.strictEqual(yield* reasonOf(inspector.changedOutside({ input, mask, output })), "unsupported")
      })
    )
  })
}
