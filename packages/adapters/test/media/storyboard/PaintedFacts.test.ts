import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as FileArtifactStore from "@image-skill/adapters/media/FileArtifactStore"
import * as WorkerInspector from "@image-skill/adapters/media/inspector/WorkerInspector"
import { type Illustration, paintScene, parseScene } from "@image-skill/adapters/media/storyboard/Illustrate"
import { paintedFacts } from "@image-skill/adapters/media/storyboard/PaintedFacts"
import type { Scene } from "@image-skill/adapters/media/storyboard/Scene"
import { ArtifactStore } from "@image-skill/core/media/ArtifactStore"
import { MediaInspector } from "@image-skill/core/media/MediaInspector"
import { looksAlike } from "@image-skill/core/media/PixelFacts"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { requestFor } from "./Pictures.ts"

const files = Layer.unwrap(
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => mkdtempSync(join(tmpdir(), "image-skill-painted-"))),
      (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
    ),
    (folder) => FileArtifactStore.layer(folder)
  )
)

const inspected = Effect.fnUntraced(
  function* ({ bytes, mimeType }: Illustration) {
    const stored = yield* (yield* ArtifactStore).put(bytes)
    return yield* (yield* MediaInspector).inspect({ ...stored, mimeType })
  },
  Effect.provide(Layer.provideMerge(WorkerInspector.layer, files))
)

/** How far two colours are apart in their widest channel, of 255. */
const apart = (one: string, other: string): number =>
  Math.max(
    ...[1, 3, 5].map((at) =>
      Math.abs(Number.parseInt(one.slice(at, at + 2), 16) - Number.parseInt(other.slice(at, at + 2), 16))
    )
  )

const scenes: ReadonlyArray<readonly [string, Scene]> = [
  ["a red fox in the snow", parseScene(requestFor("a red fox in the snow", { width: 1024, height: 768 }))],
  ["two mugs on a wooden table, watercolor", parseScene(requestFor("two mugs on a wooden table, watercolor"))],
  ["a lighthouse at night", parseScene(requestFor("a lighthouse at night", { width: 300, height: 500 }))],
  ["a cut out cat", { ...parseScene(requestFor("a cat on a beach")), cutout: true }]
]

describe("what a painted picture looks like", () => {
  for (const [name, scene] of scenes)
    it.effect(`it is what a decoder would have seen: ${name}`, () =>
      Effect.gen(function* () {
        const picture = yield* Effect.promise(() => paintScene(scene, "png"))
        const { blank, dominantColors, lookHash, transparent } = yield* inspected(picture)
        const { pixels } = picture
        assert.deepStrictEqual([pixels?.blank, pixels?.transparent], [blank, transparent])
        assert.isTrue(looksAlike(pixels?.lookHash ?? "", lookHash ?? ""))
        // Colours of nearly the same share may change places.
        for (const color of dominantColors.slice(0, 3))
          assert.isTrue(pixels?.dominantColors.some((other) => apart(color, other) <= 4) === true, color)
      })
    )

  it("a single pixel that lets something through is noticed", () => {
    const pixels = new Uint8Array(256 * 256 * 4).fill(255)
    assert.isFalse(paintedFacts(pixels, { width: 256, height: 256 }).transparent)
    pixels[70_003] = 254
    const { blank, transparent } = paintedFacts(pixels, { width: 256, height: 256 })
    assert.deepStrictEqual({ blank, transparent }, { blank: true, transparent: true })
  })

  it.effect("it is not told of a JPEG of something cut out, which loses what is transparent", () =>
    Effect.gen(function* () {
      const { pixels } = yield* Effect.promise(() =>
        paintScene({ ...parseScene(requestFor("a cat on a beach")), cutout: true }, "jpeg")
      )
      assert.isNull(pixels)
    })
  )
})
