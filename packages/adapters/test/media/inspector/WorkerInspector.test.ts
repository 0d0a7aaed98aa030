import { rmSync, mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as NodeDigest from "@image-skill/adapters/envelope/NodeDigest"
import * as FileArtifactStore from "@image-skill/adapters/media/FileArtifactStore"
import * as WorkerInspector from "@image-skill/adapters/media/inspector/WorkerInspector"
import { ArtifactStore } from "@image-skill/core/media/ArtifactStore"
import { InspectionFailed, MediaInspector } from "@image-skill/core/media/MediaInspector"
import { headerMp4, paintedPng } from "@image-skill/testing/media/InspectorFixtures"
import * as MediaInspectorSuite from "@image-skill/testing/media/MediaInspectorSuite"
import * as MemoryArtifactStore from "@image-skill/testing/media/MemoryArtifactStore"
import * as MemoryInspector from "@image-skill/testing/media/MemoryInspector"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import sharp from "sharp"

const memory = Layer.provide(MemoryArtifactStore.layer, NodeDigest.layer)

const files = Layer.unwrap(
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => mkdtempSync(join(tmpdir(), "image-skill-inspector-"))),
      (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
    ),
    (folder) => FileArtifactStore.layer(folder)
  )
)

MediaInspectorSuite.suite("a worker thread, files", Layer.provideMerge(WorkerInspector.layer, files), { pixels: true })
MediaInspectorSuite.suite("a worker thread, bytes", Layer.provideMerge(WorkerInspector.layer, memory), { pixels: true })
MediaInspectorSuite.suite("memory", Layer.provideMerge(MemoryInspector.layer(), memory), { pixels: false })

describe("the memory inspector", () => {
  const script = new Map<string, MemoryInspector.Scripted>()

  it.effect("its thumbnails are real pictures of one colour", () =>
    Effect.gen(function* () {
      const [artifacts, inspector] = [yield* ArtifactStore, yield* MediaInspector]
      const stored = yield* artifacts.put(paintedPng(300, 201, () => [1, 2, 3, 255]))
      const { bytes } = yield* inspector.thumbnail({ ...stored, mimeType: "image/png" }, 100)
      const { data, info } = yield* Effect.promise(() => sharp(bytes).raw().toBuffer({ resolveWithObject: true }))
      assert.deepStrictEqual([info.width, info.height], [100, 67])
      const color = [0, 2, 4].map((at) => Number.parseInt(stored.sha256.slice(at, at + 2), 16))
      assert.isTrue(data.every((value, index) => value === color[index % info.channels]))
    }).pipe(Effect.provide(Layer.provideMerge(MemoryInspector.layer(), memory)))
  )

  it.effect("it says of a file what its script says", () =>
    Effect.gen(function* () {
      const [artifacts, inspector] = [yield* ArtifactStore, yield* MediaInspector]
      const stored = yield* artifacts.put(
        headerMp4({ width: 8, height: 6, frames: 4, framesPerSecond: 2, pictures: true })
      )
      const film = { ...stored, mimeType: "video/mp4" }
      const same = { input: film, mask: film, output: film }
      assert.deepStrictEqual((yield* inspector.inspect(film)).frames, 4)
      script.set(film.sha256, { evidence: { frames: 0, blank: true }, changedOutside: 0.5 })
      const { blank, durationSeconds, frames } = yield* inspector.inspect(film)
      assert.deepStrictEqual({ blank, durationSeconds, frames }, { blank: true, durationSeconds: 2, frames: 0 })
      assert.strictEqual(yield* inspector.changedOutside(same), 0.5)
      const crash = new InspectionFailed({ reason: "crashed", message: "as the script says" })
      script.set(film.sha256, { fails: crash })
      assert.strictEqual(yield* Effect.flip(inspector.inspect(film)), crash)
      assert.strictEqual(yield* Effect.flip(inspector.changedOutside(same)), crash)
    }).pipe(Effect.provide(Layer.provideMerge(MemoryInspector.layer(script), memory)))
  )
})
