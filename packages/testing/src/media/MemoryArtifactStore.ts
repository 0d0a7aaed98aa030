import { Digest } from "@image-skill/core/envelope/Digest"
import { ArtifactStore, ArtifactStoreFailed, type ByteRange } from "@image-skill/core/media/ArtifactStore"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"

/** Bytes in memory, which no program but this one can read. */
export const layer: Layer.Layer<ArtifactStore, never, Digest> = Layer.effect(
  ArtifactStore,
  Effect.map(Digest, (digest) => {
    const artifacts = new Map<string, Uint8Array>()
    const putAt = new Map<string, DateTime.DateTime>()
    const put = Effect.fnUntraced(function* (bytes: Uint8Array) {
      const sha256 = yield* digest.sha256(bytes)
      artifacts.set(sha256, bytes.slice())
      putAt.set(sha256, yield* DateTime.now)
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
      removeOlder: (sha256, before) =>
        Effect.sync(() => {
          const at = artifacts.has(sha256) ? putAt.get(sha256) : undefined
          if (at !== undefined && DateTime.isGreaterThan(at, before)) return false
          artifacts.delete(sha256)
          return true
        }),
      list: (from, limit) =>
        Effect.sync(() => {
          const names = [...artifacts.keys()].filter((name) => name >= (from ?? "")).toSorted()
          return { names: names.slice(0, limit), next: names[limit] ?? null }
        }),
      locate: () => null,
      check: Effect.void
    })
  })
)

const failed = (reason: ArtifactStoreFailed["reason"], message: string) =>
  Effect.fail(new ArtifactStoreFailed({ reason, message }))
