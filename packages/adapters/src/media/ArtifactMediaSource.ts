import { pathToFileURL } from "node:url"
import { ArtifactStore, type ArtifactStoreFailed } from "@image-skill/core/media/ArtifactStore"
import { type FetchedMedia, MediaFetchFailed, MediaSource } from "@image-skill/core/media/MediaSource"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { started } from "../internal/Started.ts"

/** Media of the embedded service: its `file:` URLs are read through the artifact store, which verifies what it reads. */
export const layer: Layer.Layer<MediaSource, never, ArtifactStore> = Layer.effect(
  MediaSource,
  Effect.gen(function* () {
    const artifacts = yield* ArtifactStore
    return MediaSource.of({
      fetch: (url) => {
        const sha256 = url.slice(url.lastIndexOf("/") + 1)
        const path = /^[0-9a-f]{64}$/u.test(sha256) ? artifacts.locate(sha256) : null
        if (path === null || pathToFileURL(path).href !== url) {
          return Effect.fail(
            new MediaFetchFailed({ reason: "not_owned", message: "this is no media of the embedded service" })
          )
        }
        return Effect.map(started(Stream.mapError(artifacts.stream(sha256), toFetchFailed)), (body): FetchedMedia => ({
          contentType: null,
          contentLength: null,
          body
        }))
      }
    })
  })
)

const toFetchFailed = ({ message, reason }: ArtifactStoreFailed): MediaFetchFailed =>
  new MediaFetchFailed({ reason: reason === "missing" ? "missing" : "unreachable", message })
