import type * as Crypto from "node:crypto"
import { constants, createReadStream } from "node:fs"
import * as fs from "node:fs/promises"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { LocalFileFailed, LocalFiles, type PendingFile } from "@image-skill/core/media/LocalFiles"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { makeFolders } from "../internal/MakeFolders.ts"
import { attempt, toFailure, tooLarge } from "./internal/FileFailure.ts"
import { openFile, readFile } from "./internal/OpenFile.ts"
import { standardInput } from "./internal/StandardInput.ts"

/** Files of this machine, with `stdin` under the name `-`; it is asked for only when it is read. */
export const layerOf = (stdin: () => AsyncIterable<Uint8Array>): Layer.Layer<LocalFiles> =>
  Layer.succeed(LocalFiles, {
    readText: (path, maxBytes) =>
      Effect.flatMap(readAtMost(path, maxBytes, stdin), (bytes) =>
        Effect.try({
          try: () => new TextDecoder("utf-8", { fatal: true }).decode(bytes),
          catch: () => new LocalFileFailed({ path, reason: "not_text", message: "it is not UTF-8 text" })
        })
      ),
    readBytes: (path, maxBytes) => (path === "-" ? readAtMost(path, maxBytes, stdin) : readFile(path, maxBytes)),
    open: openFile,
    // Not what a link points to: a link that leads nowhere is in the way all the same.
    exists: (path) => Effect.isSuccess(attempt(path, () => fs.lstat(path))),
    create: Effect.fn("NodeLocalFiles.create")(function* (path: string, overwrite: boolean) {
      const folder = dirname(path)
      yield* checkTarget(path)
      yield* folders(path, folder)
      const own = yield* Effect.acquireRelease(
        attempt(path, () => fs.mkdtemp(join(folder, ".image-skill-"))),
        (own) => Effect.ignore(attempt(path, () => fs.rm(own, { recursive: true, force: true })))
      )
      const part = join(own, "part")
      const handle = yield* Effect.acquireRelease(
        attempt(path, () => fs.open(part, "wx")),
        (handle) => Effect.promise(() => handle.close())
      )
      const hash = crypto().createHash("sha256")
      let bytes = 0
      const pending: PendingFile = {
        write: (chunk) =>
          Effect.map(
            attempt(path, () => handle.writeFile(chunk)),
            () => {
              hash.update(chunk)
              bytes += chunk.length
            }
          ),
        digest: Effect.sync(() => ({ sha256: hash.copy().digest("hex"), bytes })),
        commit: Effect.andThen(
          attempt(path, () => handle.sync()),
          overwrite ? attempt(path, () => fs.rename(part, path)) : moveIntoGap(part, path)
        )
      }
      return pending
    })
  })

export const layer: Layer.Layer<LocalFiles> = layerOf(standardInput)

/** Loading OpenSSL costs 7 ms, so it waits for the first digest. */
const load: (id: "node:crypto") => typeof Crypto = createRequire(import.meta.url)
let loaded: typeof Crypto | undefined
const crypto = (): typeof Crypto => (loaded ??= load("node:crypto"))

/** Also pipes and other things that a shell may hand in, whose length nobody knows beforehand. */
const readAtMost = (
  path: string,
  maxBytes: number,
  stdin: () => AsyncIterable<Uint8Array>
): Effect.Effect<Uint8Array, LocalFileFailed> =>
  Stream.suspend(() =>
    // One byte more than allowed is enough to know that it is too much.
    Stream.fromAsyncIterable(path === "-" ? stdin() : createReadStream(path, { end: maxBytes }), (error) =>
      toFailure(path, error)
    )
  ).pipe(
    Stream.mapAccumEffect(
      () => 0,
      (before, chunk: Uint8Array) => {
        const bytes = before + chunk.length
        return bytes > maxBytes ? Effect.fail(tooLarge(path, maxBytes)) : Effect.succeed([bytes, [chunk]] as const)
      }
    ),
    Stream.runCollect,
    Effect.map((chunks) => Buffer.concat(chunks))
  )

/** On a read-only disk Node says that there is no such folder. */
const folders = (path: string, folder: string) =>
  Effect.try({ try: () => makeFolders(folder), catch: (error) => toFailure(path, error) }).pipe(
    Effect.catchIf(
      ({ reason }) => reason === "missing",
      ({ message }) => Effect.fail(new LocalFileFailed({ path, reason: "denied", message }))
    )
  )

/** A rename would replace a device or a pipe by a file; what is no file is refused. */
const checkTarget = (path: string): Effect.Effect<void, LocalFileFailed> =>
  attempt(path, () => fs.stat(path)).pipe(
    Effect.flatMap((found) =>
      found.isFile()
        ? Effect.void
        : Effect.fail(new LocalFileFailed({ path, reason: "not_a_file", message: `${path} is not a file` }))
    ),
    Effect.catchIf(
      ({ reason }) => reason === "missing",
      () => Effect.void
    )
  )

/**
 * Takes the name only if nobody has it, in one step. Where there are no hard links, the name is taken with an empty file
 * first, which the rename then replaces.
 */
const moveIntoGap = (part: string, path: string): Effect.Effect<void, LocalFileFailed> =>
  attempt(path, () => fs.link(part, path)).pipe(
    Effect.catchIf(
      ({ reason }) => reason !== "exists",
      () =>
        attempt(path, () => fs.open(path, constants.O_CREAT | constants.O_EXCL).then((handle) => handle.close())).pipe(
          Effect.andThen(
            attempt(path, () => fs.rename(part, path)).pipe(
              Effect.onError(() => Effect.ignore(attempt(path, () => fs.rm(path))))
            )
          )
        )
    )
  )
