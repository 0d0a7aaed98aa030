import { readFile } from "node:fs/promises"
import { join } from "node:path"
import {
  ArtifactStore,
  ArtifactStoreFailed,
  type ByteRange,
  type StoredArtifact
} from "@image-skill/core/media/ArtifactStore"
import type * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { client, S3Refused, type S3Settings, type SendS3, toFailure } from "./internal/S3Client.ts"
import { partBytes, putParts, putWhole, writtenBy } from "./internal/S3Write.ts"
import { attempt, damaged, isSha256, missing, received, sha256Of, sweep } from "./internal/StoreFiles.ts"
import { verified } from "./internal/Verified.ts"

export type { S3Settings } from "./internal/S3Client.ts"

/**
 * Artifacts as objects of a bucket of S3 or anything compatible: `objects/sha256/ab/cd/abcd...`. A write never replaces
 * what is there, but for something else under its name. Streams go through a file in `tmp/` of the data folder, because
 * their name is known only when they have ended; then in parts of 8 MB, one after the other.
 */
export const layer = (settings: S3Settings, dataFolder: string): Layer.Layer<ArtifactStore> =>
  Layer.effect(
    ArtifactStore,
    Effect.gen(function* () {
      const send = yield* client(settings)
      const temporary = join(dataFolder, "tmp")
      const sweepOnce = yield* Effect.cached(Effect.uninterruptible(Effect.ignore(sweep(temporary))))
      const failing = Effect.mapError((error: S3Refused | ArtifactStoreFailed) =>
        error._tag === "S3Refused" ? toFailure(settings)(error) : error
      )

      const put = Effect.fn("S3ArtifactStore.put")(function* (bytes: Uint8Array) {
        const stored: StoredArtifact = { sha256: sha256Of(bytes), bytes: bytes.length }
        yield* failing(putWhole(send, keyOf(stored.sha256), bytes))
        return stored
      })

      const putStream: ArtifactStore["Service"]["putStream"] = (body, maxBytes) =>
        Effect.andThen(
          sweepOnce,
          received(temporary, { body, maxBytes }, (file) => {
            const { bytes, path, sha256 } = file
            const sent =
              bytes <= partBytes
                ? Effect.flatMap(
                    attempt(() => readFile(path)),
                    (whole) => putWhole(send, keyOf(sha256), whole)
                  )
                : putParts(send, keyOf(sha256), file)
            return Effect.as(failing(sent), { sha256, bytes })
          })
        )

      const stream: ArtifactStore["Service"]["stream"] = (sha256, range) => {
        if (!isSha256(sha256)) return Stream.fail(missing(sha256))
        const chunks = chunksOf(send, keyOf(sha256), range).pipe(
          Stream.mapError((error) => {
            if (error._tag === "ArtifactStoreFailed") return error
            return isGone(error) ? missing(sha256) : toFailure(settings)(error)
          })
        )
        return range === undefined ? verified(chunks, sha256) : chunks
      }

      const remove = Effect.fn("S3ArtifactStore.remove")(function* (sha256: string) {
        if (!isSha256(sha256)) return
        yield* failing(
          Effect.catchIf(send({ method: "DELETE", key: keyOf(sha256), repeatable: true }), isGone, () => Effect.void)
        )
      })

      const removeOlder = Effect.fn("S3ArtifactStore.removeOlder")(function* (
        sha256: string,
        before: DateTime.DateTime
      ) {
        if (!isSha256(sha256)) return true
        const found = yield* failing(
          Effect.catchIf(send({ method: "HEAD", key: keyOf(sha256), repeatable: true }), isGone, () =>
            Effect.succeed(null)
          )
        )
        if (found === null) return true
        if (!writtenBy(found.headers["last-modified"], before)) return false
        yield* remove(sha256)
        return true
      })

      const check = yield* Effect.cachedWithTTL(
        failing(Effect.asVoid(send({ method: "HEAD", key: "", repeatable: true }))),
        Duration.seconds(5)
      )

      return ArtifactStore.of({
        put,
        putStream,
        get: (sha256, range) => Stream.mkUint8Array(stream(sha256, range)),
        stream,
        remove,
        removeOlder,
        // A bucket may be shared by services with books of their own: none can tell what nobody owns.
        list: () => Effect.succeed({ names: [], next: null }),
        locate: () => null,
        check
      })
    })
  ).pipe(Layer.provide(FetchHttpClient.layer))

const keyOf = (sha256: string): string => `objects/sha256/${sha256.slice(0, 2)}/${sha256.slice(2, 4)}/${sha256}`

/** A bucket that is not there is another matter: nothing was lost, it is named wrongly. */
const isGone = ({ code, status }: S3Refused): boolean => status === 404 && code !== "NoSuchBucket"

/** How often a download that breaks off is taken up again where it was. */
const resumptions = 4

type Chunks = Stream.Stream<Uint8Array, S3Refused | ArtifactStoreFailed>

const chunksOf = (send: SendS3, key: string, range: ByteRange | undefined): Chunks =>
  from(send, key, { at: range?.start ?? 0, end: range?.end ?? null, left: resumptions })

interface Place {
  readonly at: number
  /** Inclusive; null before anybody knows how long the object is. */
  readonly end: number | null
  readonly left: number
}

const from = (send: SendS3, key: string, { at, end, left }: Place): Chunks =>
  Stream.unwrap(
    Effect.gen(function* () {
      const isPart = at > 0 || end !== null
      const headers = isPart ? { range: `bytes=${at}-${end ?? ""}` } : {}
      const response = yield* Effect.mapError(send({ method: "GET", key, headers, repeatable: true }), (refused) =>
        refused.status === 416 ? damaged() : refused
      )
      if (isPart && response.status !== 206) return yield* ignoresRanges()
      const length = Number(response.headers["content-length"])
      // Whoever asks for a range knows how long the object is, so one that ends before is a truncated one.
      if (end !== null && length !== end - at + 1) return yield* damaged()
      const last = at + length - 1
      let seen = at
      const counted = Stream.map(response.stream, (chunk) => {
        seen += chunk.length
        return chunk
      })
      const whole = Stream.suspend(() => (seen > last ? Stream.empty : Stream.fail(brokenOff())))
      return Stream.concat(Stream.mapError(counted, brokenOff), whole).pipe(
        Stream.catch((broken) =>
          left > 0 && seen <= last ? from(send, key, { at: seen, end: last, left: left - 1 }) : Stream.fail(broken)
        )
      )
    })
  )

const brokenOff = (): S3Refused => new S3Refused({ status: null, code: "the download broke off" })

const ignoresRanges = () =>
  new ArtifactStoreFailed({
    reason: "unknown",
    message: "the object store does not answer with the range it was asked for"
  })
