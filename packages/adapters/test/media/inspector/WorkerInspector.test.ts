import { rmSync, mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as NodeDigest from "@image-skill/adapters/envelope/NodeDigest"
import * as FileArtifactStore from "@image-skill/adapters/media/FileArtifactStore"
import * as WorkerInspector from "@image-skill/adapters/media/inspector/WorkerInspector"
import * as MediaInspectorSuite from "@image-skill/testing/media/MediaInspectorSuite"
import * as MemoryArtifactStore from "@image-skill/testing/media/MemoryArtifactStore"
import * as MemoryInspector from "@image-skill/testing/media/MemoryInspector"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

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
