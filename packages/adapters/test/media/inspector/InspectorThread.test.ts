import { assert, describe, it } from "@effect/vitest"
import * as NodeDigest from "@image-skill/adapters/envelope/NodeDigest"
import * as WorkerInspector from "@image-skill/adapters/media/inspector/WorkerInspector"
import { ArtifactStore } from "@image-skill/core/media/ArtifactStore"
import { measure } from "@image-skill/core/media/Measure"
import { type InspectionFailed, MediaInspector } from "@image-skill/core/media/MediaInspector"
import { bombPng, type Paint, paintedPng } from "@image-skill/testing/media/InspectorFixtures"
import * as MemoryArtifactStore from "@image-skill/testing/media/MemoryArtifactStore"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import sharp from "sharp"

const memory = Layer.provide(MemoryArtifactStore.layer, NodeDigest.layer)

const program = (name: string) => new URL(`./programs/${name}.ts`, import.meta.url)

const withWorker = (name: string, timeLimit = Duration.seconds(20)) =>
  Effect.provide(Layer.provideMerge(WorkerInspector.layerOf({ worker: program(name), timeLimit }), memory), {
    local: true
  })

const store = Effect.fnUntraced(function* (bytes: Uint8Array) {
  const artifacts = yield* ArtifactStore
  return { ...(yield* artifacts.put(bytes)), mimeType: measure(bytes)?.mimeType ?? "" }
})

const waves: Paint = (x, y) => [(x * 3) & 255, (y * 2) & 255, (x + y) & 255, 255]
const picture = paintedPng(200, 120, waves)

const heldAs = (orientation: number, source: Uint8Array, format: "jpeg" | "png" | "webp") =>
  Effect.promise(() => sharp(source).withMetadata({ orientation }).toFormat(format, { quality: 95 }).toBuffer())

const reasonOf = <A, R>(effect: Effect.Effect<A, InspectionFailed, R>) =>
  Effect.map(Effect.flip(effect), ({ reason }) => reason)

describe("the thread of the inspector", () => {
  it.live("a picture that kills the decoder fails, and the next one is decoded by a new thread", () =>
    Effect.gen(function* () {
      const inspector = yield* MediaInspector
      const media = yield* store(picture)
      assert.strictEqual(yield* reasonOf(inspector.thumbnail(media, 16)), "crashed")
      assert.deepStrictEqual((yield* inspector.thumbnail(media, 100)).size, { width: 100, height: 60 })
      assert.strictEqual(yield* reasonOf(inspector.thumbnail(media, 16)), "crashed")
      assert.isFalse((yield* inspector.inspect(media)).blank)
    }).pipe(withWorker("MoodyWorker"))
  )

  it.live("a picture that takes too long is given up, and the next one is decoded", () =>
    Effect.gen(function* () {
      const inspector = yield* MediaInspector
      const media = yield* store(picture)
      yield* inspector.thumbnail(media, 100)
      assert.strictEqual(yield* reasonOf(inspector.thumbnail(media, 17)), "timeout")
      assert.deepStrictEqual((yield* inspector.thumbnail(media, 100)).size, { width: 100, height: 60 })
    }).pipe(withWorker("MoodyWorker", Duration.seconds(3)))
  )

  it.live("a look that is given up stops its thread and leaves the ones behind it be", () =>
    Effect.gen(function* () {
      const inspector = yield* MediaInspector
      const media = yield* store(picture)
      const stuck = yield* Effect.forkChild(inspector.thumbnail(media, 17), { startImmediately: true })
      const next = yield* Effect.forkChild(inspector.thumbnail(media, 100), { startImmediately: true })
      yield* Fiber.interrupt(stuck)
      assert.deepStrictEqual((yield* Fiber.join(next)).size, { width: 100, height: 60 })
    }).pipe(withWorker("MoodyWorker"))
  )

  it.live("a decoder that always dies fails each look, and nothing else", () =>
    Effect.gen(function* () {
      const inspector = yield* MediaInspector
      const media = yield* store(picture)
      const looks = Effect.forEach([1, 2, 3], () => reasonOf(inspector.inspect(media)), { concurrency: "unbounded" })
      assert.deepStrictEqual(yield* looks, ["crashed", "crashed", "crashed"])
    }).pipe(withWorker("DyingWorker"))
  )

  it.live("without sharp a header is still read, and what needs pixels is unsupported", () =>
    Effect.gen(function* () {
      const inspector = yield* MediaInspector
      const media = yield* store(picture)
      const { blank, dominantColors, frames, lookHash, size, transparent } = yield* inspector.inspect(media)
      assert.deepStrictEqual({ size, frames }, { size: { width: 200, height: 120 }, frames: 1 })
      assert.deepStrictEqual([blank, transparent, lookHash, dominantColors], [null, null, null, []])
      assert.strictEqual(yield* reasonOf(inspector.thumbnail(media, 64)), "unsupported")
      const same = { input: media, mask: media, output: media }
      assert.strictEqual(yield* reasonOf(inspector.changedOutside(same)), "unsupported")
    }).pipe(withWorker("WithoutSharpWorker"))
  )
})

const scene: Paint = (x, y) =>
  (x - 100) ** 2 + (y - 60) ** 2 < 1_600 ? [220, 60, 40, 255] : [(x >> 1) + 60, 120, 200 - y, 255]

it.layer(Layer.provideMerge(WorkerInspector.layer, memory))("real encoders", (it) => {
  for (const format of ["png", "jpeg", "webp", "avif", "gif"] as const) {
    it.effect(`a ${format} is measured, decoded and made a thumbnail of`, () =>
      Effect.gen(function* () {
        const inspector = yield* MediaInspector
        const media = yield* store(yield* Effect.promise(() => sharp(picture).toFormat(format).toBuffer()))
        const evidence = yield* inspector.inspect(media)
        assert.deepStrictEqual([evidence.mimeType, evidence.size], [`image/${format}`, { width: 200, height: 120 }])
        assert.deepStrictEqual([evidence.frames, evidence.blank, evidence.transparent], [1, false, false])
        assert.deepStrictEqual((yield* inspector.thumbnail(media, 50)).size, { width: 50, height: 30 })
      })
    )
  }

  it.effect("a thumbnail is upright and carries no metadata", () =>
    Effect.gen(function* () {
      const inspector = yield* MediaInspector
      const gps = { IFD3: { GPSLatitudeRef: "N", GPSLatitude: "48/1 51/1 0/1" } }
      const turned = yield* Effect.promise(() =>
        sharp(picture).withMetadata({ orientation: 6 }).withExifMerge(gps).jpeg().toBuffer()
      )
      const { bytes, size } = yield* inspector.thumbnail(yield* store(turned), 100)
      assert.deepStrictEqual(size, { width: 60, height: 100 })
      const { exif, orientation, xmp } = yield* Effect.promise(() => sharp(bytes).metadata())
      assert.deepStrictEqual([exif, orientation, xmp], [undefined, undefined, undefined])
    })
  )

  it.effect("formats that are no media of ours are closed to the decoder, vector pictures among them", () =>
    Effect.gen(function* () {
      const inspector = yield* MediaInspector
      yield* inspector.inspect(yield* store(picture))
      const svg = Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>`)
      // What the thread closed is closed for the whole process.
      const { message } = yield* Effect.flip(Effect.tryPromise(() => sharp(svg).png().toBuffer()))
      assert.isNotEmpty(message)
      assert.strictEqual(yield* reasonOf(inspector.inspect(yield* store(svg))), "unreadable")
    })
  )

  it.effect.each([
    { format: "jpeg", quality: 75 },
    { format: "jpeg", quality: 90 },
    { format: "webp", quality: 75 },
    { format: "avif", quality: 60 }
  ] as const)("compressing to $format at quality $quality is not taken for an edit", ({ format, quality }) =>
    Effect.gen(function* () {
      const inspector = yield* MediaInspector
      const source = paintedPng(200, 120, scene)
      const input = yield* store(source)
      const mask = yield* store(paintedPng(200, 120, (x) => [0, 0, 0, x < 20 ? 0 : 255]))
      const same = yield* store(yield* Effect.promise(() => sharp(source).toFormat(format, { quality }).toBuffer()))
      const another = paintedPng(200, 120, (x, y) => (x > 170 ? [250, 250, 60, 255] : scene(x, y)))
      const edited = yield* store(yield* Effect.promise(() => sharp(another).toFormat(format, { quality }).toBuffer()))
      assert.isBelow(yield* inspector.changedOutside({ input, mask, output: same }), 0.01)
      assert.approximately(yield* inspector.changedOutside({ input, mask, output: edited }), 29 / 180, 0.02)
    })
  )

  it.effect.each(["jpeg", "png", "webp"] as const)("an edit of a turned %s is compared as it is shown", (format) =>
    Effect.gen(function* () {
      const inspector = yield* MediaInspector
      const upright = paintedPng(120, 200, scene)
      // Stored a quarter turn to the left, with the word that it is to be turned to the right.
      const stored = yield* Effect.promise(() => sharp(upright).rotate(270).png().toBuffer())
      const input = yield* store(yield* heldAs(6, stored, format))
      const mask = yield* store(paintedPng(120, 200, (_, y) => [0, 0, 0, y < 100 ? 0 : 255]))
      assert.deepStrictEqual((yield* inspector.inspect(input)).size, { width: 120, height: 200 })
      const edited = (from: number, to: number) =>
        heldAs(
          1,
          paintedPng(120, 200, (x, y) => (y >= from && y < to ? [250, 250, 60, 255] : scene(x, y))),
          format
        )
      const inside = yield* store(yield* edited(0, 95))
      const outside = yield* store(yield* edited(150, 200))
      assert.isBelow(yield* inspector.changedOutside({ input, mask, output: inside }), 0.01)
      assert.approximately(yield* inspector.changedOutside({ input, mask, output: outside }), 0.5, 0.02)
      assert.isBelow(yield* inspector.changedOutside({ input: inside, mask, output: input }), 0.01)
    })
  )

  it.effect("a picture of too many pixels says that it was not decoded", () =>
    Effect.gen(function* () {
      const inspector = yield* MediaInspector
      const { message } = yield* Effect.flip(inspector.inspect(yield* store(bombPng(30_000))))
      assert.strictEqual(message, "its 30000 by 30000 pixels are more than are safe to decode")
    })
  )
})
