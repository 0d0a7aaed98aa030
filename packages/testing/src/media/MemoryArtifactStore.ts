import { Digest } from "@image-skill/core/envelope/Digest"
import { ArtifactStore, ArtifactStoreFailed } from "@image-skill/core/media/ArtifactStore"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** Bytes in memory, which no program but this one can read. */
export const layer: Layer.Layer<ArtifactStore, never, Digest> = Layer.effect(
  ArtifactStore,
  Effect.map(Digest, (digest) => {
    const artifacts = new Map<string, Uint8Array>()
    return ArtifactStore.of({
      put: (bytes) =>
        Effect.map(digest.sha256(bytes), (sha256) => {
          artifacts.set(sha256, bytes.slice())
          return { sha256, bytes: bytes.length }
        }),
      get: (sha256, range) =>
        Effect.suspend(() => {
          const bytes = artifacts.get(sha256)
          if (bytes === undefined) return failed("missing", `there are no bytes of ${sha256}`)
          const { end, start } = range ?? { start: 0, end: bytes.length - 1 }
          return end < bytes.length
            ? Effect.succeed(bytes.slice(start, end + 1))
            : failed("damaged", `${sha256} ends before byte ${end}`)
        }),
      locate: () => null,
      check: Effect.void
    })
  })
)

const failed = (reason: ArtifactStoreFailed["reason"], message: string) =>
  Effect.fail(new ArtifactStoreFailed({ reason, message }))
