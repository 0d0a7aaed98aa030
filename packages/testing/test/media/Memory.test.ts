import * as NodeDigest from "@image-skill/adapters/envelope/NodeDigest"
import * as StoryboardProvider from "@image-skill/adapters/media/StoryboardProvider"
import { localModels } from "@image-skill/core/models/catalogue/LocalModels"
import * as AnswerSpoolSuite from "@image-skill/testing/media/AnswerSpoolSuite"
import * as ArtifactStoreSuite from "@image-skill/testing/media/ArtifactStoreSuite"
import * as FakeMediaProvider from "@image-skill/testing/media/FakeMediaProvider"
import * as LocalFilesSuite from "@image-skill/testing/media/LocalFilesSuite"
import * as MediaProviderSuite from "@image-skill/testing/media/MediaProviderSuite"
import * as MemoryAnswerSpool from "@image-skill/testing/media/MemoryAnswerSpool"
import * as MemoryArtifactStore from "@image-skill/testing/media/MemoryArtifactStore"
import * as MemoryLocalFiles from "@image-skill/testing/media/MemoryLocalFiles"
import * as MemoryRenderer from "@image-skill/testing/media/MemoryRenderer"
import * as RendererSuite from "@image-skill/testing/media/RendererSuite"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

ArtifactStoreSuite.suite("memory", Layer.provide(MemoryArtifactStore.layer, NodeDigest.layer))

AnswerSpoolSuite.suite("memory", MemoryAnswerSpool.layer)

const files = new Map([["-", new TextEncoder().encode("from a pipe")]])
LocalFilesSuite.suite("memory", Layer.provide(MemoryLocalFiles.layer(files), NodeDigest.layer), "/home/demo")

RendererSuite.suite("memory", MemoryRenderer.layer, { formats: ["png"], styles: ["flat", "oil"] })

for (const model of localModels.filter(({ endpoint }) => endpoint === "create")) {
  MediaProviderSuite.suite(
    `${model.id}, drawn in one colour`,
    Effect.provide(StoryboardProvider.make, MemoryRenderer.layer),
    { model }
  )
}

const failing = (reason: Parameters<typeof FakeMediaProvider.fail>[0]) =>
  FakeMediaProvider.make(() => FakeMediaProvider.fail(reason))

for (const repeatable of [true, false]) {
  MediaProviderSuite.suite(
    `fake, ${repeatable ? "repeatable" : "not repeatable"}`,
    FakeMediaProvider.make(undefined, { repeatable }),
    {
      model: FakeMediaProvider.fakePainter,
      failing: {
        content_refused: failing("content_refused"),
        rejected: failing("rejected"),
        unavailable: failing("unavailable"),
        unknown: failing("unknown")
      }
    }
  )
}
