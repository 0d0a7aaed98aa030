import { constants } from "node:fs"
import * as fs from "node:fs/promises"
import { dirname, join } from "node:path"
import { ArtifactStore, ArtifactStoreFailed, type StoredArtifact } from "@image-skill/core/media/ArtifactStore"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import {
  attempt,
  chunksOf,
  damaged,
  fill,
  isMissing,
  isSha256,
  missing,
  move,
  opened,
  received,
  sha256Of,
  sweep,
  unlink,
  write
} from "./internal/StoreFiles.ts"
import { listed, touch, unlinkOlder } from "./internal/UnusedFiles.ts"
import { verified } from "./internal/Verified.ts"

/**
 * Artifacts as files of a data folder: `objects/sha256/ab/cd/abcd...`, named by what is in them. A file appears under its
 * name only when it is whole and on the disk, by way of `tmp/`, which is swept of what a crash left there a day ago.
 */
export const layer = (folder: string): Layer.Layer<ArtifactStore> =>
  Layer.effect(
    ArtifactStore,
    Effect.gen(function* () {
      const temporary = join(folder, "tmp")
      const sweepOnce = yield* Effect.cached(Effect.uninterruptible(Effect.ignore(sweep(temporary))))
      const pathOf = (sha256: string) =>
        join(folder, "objects", "sha256", sha256.slice(0, 2), sha256.slice(2, 4), sha256)

      const put = Effect.fn("FileArtifactStore.put")(function* (bytes: Uint8Array) {
        const stored: StoredArtifact = { sha256: sha256Of(bytes), bytes: bytes.length }
        const path = pathOf(stored.sha256)
        // A copy that was damaged meanwhile is replaced, not trusted.
        if ((yield* holds(path, bytes)) && (yield* touch(path))) return stored
        yield* sweepOnce
        yield* write(temporary, path, bytes)
        return stored
      })

      /** What was there under the name is replaced by the same bytes; whoever reads it goes on reading the old file. */
      const putStream: ArtifactStore["Service"]["putStream"] = (body, maxBytes) =>
        Effect.andThen(
          sweepOnce,
          received(temporary, { body, maxBytes }, ({ bytes, path, sha256 }) =>
            Effect.as(move(path, pathOf(sha256)), { sha256, bytes })
          )
        )

      const get: ArtifactStore["Service"]["get"] = Effect.fn("FileArtifactStore.get")(function* (sha256, range) {
        if (!isSha256(sha256)) return yield* missing(sha256)
        const path = pathOf(sha256)
        if (range !== undefined) {
          const bytes = new Uint8Array(range.end - range.start + 1)
          yield* opened(path, "r", (handle) => fill(handle, bytes, range.start))
          return bytes
        }
        const bytes = yield* readWhole(path)
        return sha256Of(bytes) === sha256 ? bytes : yield* damaged()
      })

      return ArtifactStore.of({
        put,
        putStream,
        get,
        stream: (sha256, range) => {
          if (!isSha256(sha256)) return Stream.fail(missing(sha256))
          const chunks = chunksOf(pathOf(sha256), range)
          return range === undefined ? verified(chunks, sha256) : chunks
        },
        remove: (sha256) => (isSha256(sha256) ? unlink(pathOf(sha256)) : Effect.void),
        removeOlder: (sha256, before) =>
          isSha256(sha256) ? unlinkOlder(temporary, pathOf(sha256), before) : Effect.succeed(true),
        list: (from, limit) => listed(join(folder, "objects", "sha256"), from ?? "", limit),
        locate: (sha256) => (isSha256(sha256) ? pathOf(sha256) : null),
        check: Effect.flatMap(nearestFolder(folder), canTakeFiles)
      })
    })
  )

const readWhole = (path: string) =>
  Effect.map(
    attempt(() => fs.readFile(path)),
    ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength)
  )

const holds = (path: string, bytes: Uint8Array): Effect.Effect<boolean, ArtifactStoreFailed> =>
  attempt(() => fs.readFile(path)).pipe(
    Effect.map((found) => found.equals(bytes)),
    Effect.catchIf(isMissing, () => Effect.succeed(false))
  )

const nearestFolder = (path: string): Effect.Effect<string, ArtifactStoreFailed> =>
  attempt(() => fs.stat(path)).pipe(
    Effect.as(path),
    Effect.catchIf(isMissing, () => Effect.suspend(() => nearestFolder(dirname(path))))
  )

const canTakeFiles = Effect.fnUntraced(function* (path: string) {
  yield* attempt(() => fs.access(path, constants.W_OK | constants.X_OK))
  const { bavail, ffree, files } = yield* attempt(() => fs.statfs(path))
  // Some file systems count no files at all.
  if (bavail === 0 || (files > 0 && ffree === 0)) {
    return yield* new ArtifactStoreFailed({ reason: "full", message: `no space is left where ${path} is` })
  }
})
