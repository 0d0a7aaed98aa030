import { Digest } from "@image-skill/core/envelope/Digest"
import { LocalFileFailed, LocalFiles, type PendingFile } from "@image-skill/core/media/LocalFiles"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"

/** The files of a machine that has only these, by path; standard input is the one called `-`. What is saved joins them. */
export const layer = (files = new Map<string, Uint8Array>()): Layer.Layer<LocalFiles, never, Digest> =>
  Layer.effect(
    LocalFiles,
    Effect.map(Digest, (digest) =>
      LocalFiles.of({
        readText: (path, maxBytes) =>
          Effect.flatMap(read(files, path, maxBytes), (bytes) =>
            Effect.try({
              try: () => new TextDecoder("utf-8", { fatal: true }).decode(bytes),
              catch: () => new LocalFileFailed({ path, reason: "not_text", message: "it is not UTF-8 text" })
            })
          ),
        readBytes: (path, maxBytes) => read(files, path, maxBytes),
        open: (path, maxBytes) =>
          Effect.map(
            path === "-" ? failed(path, "missing", "there is no such file") : read(files, path, maxBytes),
            (bytes) => ({
              bytes: bytes.length,
              head: (count) => Effect.succeed(bytes.slice(0, count)),
              body: bytes.length === 0 ? Stream.empty : Stream.make(bytes)
            })
          ),
        exists: (path) => Effect.sync(() => files.has(path) || isFolder(files, path)),
        create: (path, overwrite) =>
          Effect.suspend(() => {
            if (isFolder(files, path)) return failed(path, "not_a_file", "it is a folder")
            let written = new Uint8Array()
            const pending: PendingFile = {
              write: (chunk) =>
                Effect.sync(() => {
                  written = new Uint8Array([...written, ...chunk])
                }),
              digest: Effect.suspend(() =>
                Effect.map(digest.sha256(written), (sha256) => ({ sha256, bytes: written.length }))
              ),
              commit: Effect.suspend(() => {
                if (!overwrite && files.has(path)) return failed(path, "exists", "there is a file of that name")
                files.set(path, written)
                return Effect.void
              })
            }
            return Effect.succeed(pending)
          })
      })
    )
  )

const read = (
  files: ReadonlyMap<string, Uint8Array>,
  path: string,
  maxBytes: number
): Effect.Effect<Uint8Array, LocalFileFailed> =>
  Effect.suspend(() => {
    const bytes = files.get(path)
    if (bytes === undefined) {
      return isFolder(files, path)
        ? failed(path, "not_a_file", "it is a folder")
        : failed(path, "missing", "there is no such file")
    }
    return bytes.length > maxBytes
      ? failed(path, "too_large", `it has more than ${maxBytes} bytes`)
      : Effect.succeed(bytes)
  })

const isFolder = (files: ReadonlyMap<string, Uint8Array>, path: string): boolean =>
  [...files.keys()].some((name) => name.startsWith(`${path}/`))

const failed = (path: string, reason: LocalFileFailed["reason"], message: string) =>
  Effect.fail(new LocalFileFailed({ path, reason, message }))
