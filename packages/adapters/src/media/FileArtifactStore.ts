import type * as Crypto from "node:crypto"
import { constants } from "node:fs"
import * as fs from "node:fs/promises"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { ArtifactStore, ArtifactStoreFailed, type StoredArtifact } from "@image-skill/core/media/ArtifactStore"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { makeFolders } from "../internal/MakeFolders.ts"

/**
 * Artifacts as files of a data folder: `objects/sha256/ab/cd/abcd...`, named by what is in them. A file appears under its
 * name only when it is whole and on the disk, by way of `tmp/`, which is swept of what a crash left there a day ago.
 */
export const layer = (folder: string): Layer.Layer<ArtifactStore> =>
  Layer.effect(
    ArtifactStore,
    Effect.gen(function* () {
      const sweepOnce = yield* Effect.cached(Effect.uninterruptible(Effect.ignore(sweep(join(folder, "tmp")))))
      const pathOf = (sha256: string) =>
        join(folder, "objects", "sha256", sha256.slice(0, 2), sha256.slice(2, 4), sha256)

      const put = Effect.fn("FileArtifactStore.put")(function* (bytes: Uint8Array) {
        const stored: StoredArtifact = { sha256: sha256Of(bytes), bytes: bytes.length }
        const path = pathOf(stored.sha256)
        // A copy that was damaged meanwhile is replaced, not trusted.
        if (yield* holds(path, bytes)) return stored
        yield* sweepOnce
        yield* write(folder, path, bytes)
        return stored
      })

      const get: ArtifactStore["Service"]["get"] = Effect.fn("FileArtifactStore.get")(function* (sha256, range) {
        if (!isSha256(sha256)) return yield* missing(sha256)
        const path = pathOf(sha256)
        if (range !== undefined) return yield* readRange(path, range)
        const bytes = yield* readWhole(path)
        return sha256Of(bytes) === sha256 ? bytes : yield* damaged()
      })

      return ArtifactStore.of({
        put,
        get,
        locate: (sha256) => (isSha256(sha256) ? pathOf(sha256) : null),
        check: Effect.flatMap(nearestFolder(folder), canTakeFiles)
      })
    })
  )

/** Loading OpenSSL costs 7 ms, so it waits for the first digest. */
const load: (id: "node:crypto") => typeof Crypto = createRequire(import.meta.url)
let loaded: typeof Crypto | undefined
const crypto = (): typeof Crypto => (loaded ??= load("node:crypto"))

const sha256Of = (bytes: Uint8Array): string => crypto().createHash("sha256").update(bytes).digest("hex")

/** Also what keeps a path of somebody else's making out of the folder. */
const isSha256 = (name: string): boolean => /^[0-9a-f]{64}$/u.test(name)

const attempt = <A>(run: () => Promise<A>): Effect.Effect<A, ArtifactStoreFailed> =>
  Effect.tryPromise({ try: run, catch: toFailure })

const reasons: { readonly [code: string]: ArtifactStoreFailed["reason"] } = {
  ENOSPC: "full",
  EDQUOT: "full",
  EACCES: "denied",
  EPERM: "denied",
  EROFS: "denied",
  ENOENT: "missing"
}

const toFailure = (error: unknown): ArtifactStoreFailed => {
  const code = error instanceof Error && "code" in error ? String(error.code) : ""
  const message = error instanceof Error ? error.message : "the file system did not do what was asked"
  return new ArtifactStoreFailed({ reason: reasons[code] ?? "unknown", message })
}

const missing = (sha256: string) =>
  new ArtifactStoreFailed({ reason: "missing", message: `there are no bytes of ${sha256.slice(0, 64)}` })

const damaged = () => new ArtifactStoreFailed({ reason: "damaged", message: "the stored file is damaged" })

const isMissing = ({ reason }: ArtifactStoreFailed): boolean => reason === "missing"

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

const opened = <A>(
  path: string,
  flags: string,
  use: (handle: fs.FileHandle) => Effect.Effect<A, ArtifactStoreFailed>
): Effect.Effect<A, ArtifactStoreFailed> =>
  Effect.acquireUseRelease(
    attempt(() => fs.open(path, flags, 0o600)),
    use,
    (handle) => Effect.promise(() => handle.close())
  )

const readRange = (path: string, { end, start }: { readonly start: number; readonly end: number }) =>
  opened(path, "r", (handle) =>
    Effect.gen(function* () {
      const bytes = new Uint8Array(end - start + 1)
      let filled = 0
      while (filled < bytes.length) {
        const at = filled
        const { bytesRead } = yield* attempt(() => handle.read(bytes, at, bytes.length - at, start + at))
        // Whoever asks knows the length from the asset, so a file that ends before is a truncated one.
        if (bytesRead === 0) return yield* damaged()
        filled += bytesRead
      }
      return bytes
    })
  )

const write = Effect.fnUntraced(function* (folder: string, path: string, bytes: Uint8Array) {
  const temporary = join(folder, "tmp")
  yield* folders(temporary)
  yield* Effect.acquireUseRelease(
    attempt(() => fs.mkdtemp(join(temporary, "put-"))),
    (own) =>
      Effect.gen(function* () {
        const part = join(own, "part")
        yield* opened(part, "wx", (handle) =>
          Effect.andThen(
            attempt(() => handle.writeFile(bytes)),
            attempt(() => handle.sync())
          )
        )
        const made = yield* folders(dirname(path))
        yield* attempt(() => fs.rename(part, path))
        yield* syncFolders(dirname(path), made ?? path)
      }),
    (own) => Effect.ignore(attempt(() => fs.rm(own, { recursive: true, force: true })))
  )
})

/** The topmost folder that had to be made, if any. On a read-only disk Node says that there is no such folder. */
const folders = (path: string) =>
  Effect.try({ try: () => makeFolders(path, 0o700), catch: toFailure }).pipe(
    Effect.catchIf(isMissing, ({ message }) => Effect.fail(new ArtifactStoreFailed({ reason: "denied", message })))
  )

/** A name survives a crash once the folder it stands in is on the disk: from `path` up to the one that holds `top`. */
const syncFolders = (path: string, top: string): Effect.Effect<void, ArtifactStoreFailed> => {
  const synced = opened(path, "r", (handle) => attempt(() => handle.sync()))
  return path === dirname(top) || path === dirname(path)
    ? synced
    : Effect.andThen(
        synced,
        Effect.suspend(() => syncFolders(dirname(path), top))
      )
}

const staleAfter = Duration.days(1)

/** What cannot be swept is somebody else's, or stays until the next time. */
const sweep = Effect.fnUntraced(function* (temporary: string) {
  const now = DateTime.toEpochMillis(yield* DateTime.now)
  const removeIfStale = Effect.fnUntraced(function* (name: string) {
    const path = join(temporary, name)
    const { mtimeMs } = yield* attempt(() => fs.stat(path))
    if (now - mtimeMs <= Duration.toMillis(staleAfter)) return
    yield* attempt(() => fs.rm(path, { recursive: true, force: true }))
  })
  yield* Effect.forEach(yield* attempt(() => fs.readdir(temporary)), (name) => Effect.ignore(removeIfStale(name)), {
    discard: true
  })
})

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
