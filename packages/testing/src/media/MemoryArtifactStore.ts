import { Digest } from "@image-skill/core/envelope/Digest"
import { ArtifactStore, ArtifactStoreFailed, type ByteRange } from "@image-skill/core/media/ArtifactStore"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"

/** Bytes in memory, which no program but this one can read. */
export const layer: Layer.Layer<ArtifactStore, never, Digest> = Layer.effect(
  ArtifactStore,
  Effect.map(Digest, (digest) => {
    const artifacts = new Map<string, Uint8Array>()
    const put = (bytes: Uint8Array) =>
      Effect.map(digest.sha256(bytes), (sha256) => {
        artifacts.set(sha256, bytes.slice())
        return { sha256, bytes: bytes.length }
      })
    const get = (sha256: string, range?: ByteRange) =>
      Effect.suspend(() => {
        const bytes = artifacts.get(sha256)
        if (bytes === undefined) return failed("missing", `there are no bytes of ${sha256}`)
        const { end, start } = range ?? { start: 0, end: bytes.length - 1 }
        return end < bytes.length
          ? Effect.succeed(bytes.slice(start, end + 1))
          : failed("damaged", `${sha256} ends before byte ${end}`)
      })
    return ArtifactStore.of({
      put,
      putStream: (body, maxBytes) =>
        Effect.gen(function* () {
          let bytes = 0
          const limited = Stream.tap(body, (chunk) => {
            bytes += chunk.length
            return bytes > maxBytes ? failed("too_large", `more than ${maxBytes} bytes came`) : Effect.void
          })
          return yield* put(yield* Stream.mkUint8Array(limited))
        }),
      get,
      stream: (sha256, range) => Stream.fromEffect(get(sha256, range)),
      remove: (sha256) => Effect.sync(() => void artifacts.delete(sha256)),
      locate: () => null,
      check: Effect.void
    })
  })
)

const failed = (reason: ArtifactStoreFailed["reason"], message: string) =>
  Effect.fail(new ArtifactStoreFailed({ reason, message }))
