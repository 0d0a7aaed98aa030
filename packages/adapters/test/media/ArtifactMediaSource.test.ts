import { pathToFileURL } from "node:url"
import * as ArtifactMediaSource from "@image-skill/adapters/media/ArtifactMediaSource"
import * as FileArtifactStore from "@image-skill/adapters/media/FileArtifactStore"
import { ArtifactStore } from "@image-skill/core/media/ArtifactStore"
import * as MediaSourceSuite from "@image-skill/testing/media/MediaSourceSuite"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { temporaryFolder } from "../Folder.ts"

MediaSourceSuite.suite(
  "artifacts in files",
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const store = FileArtifactStore.layer(folder)
    const bytes = Buffer.alloc(200_000, "a heron standing in the shallows")
    const artifacts = yield* Effect.provide(ArtifactStore, store)
    const { sha256 } = yield* artifacts.put(bytes)
    const urlOf = (name: string) => pathToFileURL(artifacts.locate(name) ?? "").href
    return {
      layer: Layer.provide(ArtifactMediaSource.layer, store),
      url: urlOf(sha256),
      bytes,
      missing: urlOf("0".repeat(64))
    }
  })
)
