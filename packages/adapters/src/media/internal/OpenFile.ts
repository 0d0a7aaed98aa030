import { constants, type Stats } from "node:fs"
import * as fs from "node:fs/promises"
import { LocalFileFailed, type OpenedFile } from "@image-skill/core/media/LocalFiles"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { attempt, tooLarge } from "./FileFailure.ts"

const chunkBytes = 256 * 1024

/** A file of at most `maxBytes` that is held open, so that nobody can put another one in its place. */
export const openFile = (path: string, maxBytes: number): Effect.Effect<OpenedFile, LocalFileFailed, Scope.Scope> =>
  Effect.gen(function* () {
    const { bytes, handle } = yield* openJudged(path, maxBytes)
    return {
      bytes,
      head: (count) => readAt(path, handle, 0, Math.min(count, bytes)),
      body: Stream.unfold(
        0,
        Effect.fnUntraced(function* (offset: number) {
          // One byte more is asked for at the end: a file that has grown is not the one that was judged.
          const chunk = yield* readAt(path, handle, offset, Math.min(chunkBytes, bytes - offset + 1))
          const next = offset + chunk.length
          if (next > bytes || (chunk.length === 0 && offset < bytes)) return yield* changed(path)
          return chunk.length === 0 ? undefined : ([chunk, next] as const)
        })
      )
    }
  })

/** The same, whole. */
export const readFile = (path: string, maxBytes: number): Effect.Effect<Uint8Array, LocalFileFailed> =>
  Effect.flatMap(openFile(path, maxBytes), ({ body }) => Stream.runCollect(body)).pipe(
    Effect.map((chunks) => Buffer.concat(chunks)),
    Effect.scoped
  )

/** Opening a pipe would wait for a writer, so what it is is asked before it is opened, and again after. */
const openJudged = (path: string, maxBytes: number) =>
  Effect.gen(function* () {
    yield* judged(path, yield* attempt(path, () => fs.stat(path)), maxBytes)
    const handle = yield* Effect.acquireRelease(
      attempt(path, () => fs.open(path, constants.O_RDONLY | constants.O_NONBLOCK)),
      (opened) => Effect.promise(() => opened.close())
    )
    const bytes = yield* judged(path, yield* attempt(path, () => handle.stat()), maxBytes)
    return { handle, bytes }
  })

const judged = (path: string, stats: Stats, maxBytes: number): Effect.Effect<number, LocalFileFailed> => {
  if (!stats.isFile()) {
    const message = stats.isDirectory() ? "it is a folder" : "it is a pipe, a device or a socket, not a file"
    return Effect.fail(new LocalFileFailed({ path, reason: "not_a_file", message }))
  }
  return stats.size > maxBytes ? Effect.fail(tooLarge(path, maxBytes)) : Effect.succeed(stats.size)
}

const changed = (path: string): LocalFileFailed =>
  new LocalFileFailed({ path, reason: "unknown", message: "it was changed while it was read" })

/** A read may give less than was asked for; only nothing at all is the end. */
const readAt = (
  path: string,
  handle: fs.FileHandle,
  position: number,
  count: number
): Effect.Effect<Uint8Array, LocalFileFailed> => {
  const chunk = Buffer.alloc(count)
  const fill = (filled: number): Effect.Effect<Uint8Array, LocalFileFailed> =>
    filled === count
      ? Effect.succeed(chunk)
      : Effect.flatMap(
          attempt(path, () => handle.read(chunk, filled, count - filled, position + filled)),
          ({ bytesRead }) => (bytesRead === 0 ? Effect.succeed(chunk.subarray(0, filled)) : fill(filled + bytesRead))
        )
  return fill(0)
}
