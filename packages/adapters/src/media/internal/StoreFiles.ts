import type * as Crypto from "node:crypto"
import * as fs from "node:fs/promises"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { ArtifactStoreFailed, type ByteRange, type StoredArtifact } from "@image-skill/core/media/ArtifactStore"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { makeFolders } from "../../internal/MakeFolders.ts"

/** Loading OpenSSL costs 7 ms, so it waits for the first digest. */
const load: (id: "node:crypto") => typeof Crypto = createRequire(import.meta.url)
let loaded: typeof Crypto | undefined
const crypto = (): typeof Crypto => (loaded ??= load("node:crypto"))

export const hasher = (): Crypto.Hash => crypto().createHash("sha256")

export const sha256Of = (bytes: Uint8Array): string => hasher().update(bytes).digest("hex")

/** Also what keeps a path of somebody else's making out of the folder. */
export const isSha256 = (name: string): boolean => /^[0-9a-f]{64}$/u.test(name)

export const attempt = <A>(run: () => Promise<A>): Effect.Effect<A, ArtifactStoreFailed> =>
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

export const missing = (sha256: string) =>
  new ArtifactStoreFailed({ reason: "missing", message: `there are no bytes of ${sha256.slice(0, 64)}` })

export const damaged = () => new ArtifactStoreFailed({ reason: "damaged", message: "the stored bytes are damaged" })

export const tooLarge = (maxBytes: number) =>
  new ArtifactStoreFailed({ reason: "too_large", message: `more than ${maxBytes} bytes came` })

export const isMissing = ({ reason }: ArtifactStoreFailed): boolean => reason === "missing"

export const opened = <A, E>(
  path: string,
  flags: string,
  use: (handle: fs.FileHandle) => Effect.Effect<A, E>
): Effect.Effect<A, E | ArtifactStoreFailed> =>
  Effect.acquireUseRelease(
    attempt(() => fs.open(path, flags, 0o600)),
    use,
    (handle) => Effect.promise(() => handle.close())
  )

/** Fills `bytes` from a file; whoever asks knows how long the file is, so one that ends before is a truncated one. */
export const fill = Effect.fnUntraced(function* (handle: fs.FileHandle, bytes: Uint8Array, start: number) {
  let filled = 0
  while (filled < bytes.length) {
    const at = filled
    const { bytesRead } = yield* attempt(() => handle.read(bytes, at, bytes.length - at, start + at))
    if (bytesRead === 0) return yield* damaged()
    filled += bytesRead
  }
})

/** A file in chunks. A range must be there to its end. */
export const chunksOf = (path: string, range?: ByteRange): Stream.Stream<Uint8Array, ArtifactStoreFailed> =>
  Stream.unwrap(
    Effect.map(
      Effect.acquireRelease(
        attempt(() => fs.open(path, "r")),
        (handle) => Effect.promise(() => handle.close())
      ),
      (handle) => {
        const end = range === undefined ? Number.MAX_SAFE_INTEGER : range.end + 1
        const next = Effect.fnUntraced(function* (at: number) {
          // Each chunk is the reader's to keep.
          const buffer = new Uint8Array(Math.min(chunkBytes, end - at))
          const { bytesRead } = yield* attempt(() => handle.read(buffer, 0, buffer.length, at))
          if (bytesRead === 0 && buffer.length > 0 && range !== undefined) return yield* damaged()
          return bytesRead === 0 ? undefined : ([buffer.subarray(0, bytesRead), at + bytesRead] as const)
        })
        return Stream.unfold(range?.start ?? 0, next)
      }
    )
  )

const chunkBytes = 64 * 1024

/** The bytes of a file that is whole and on the disk, under a name of its own that goes with `use`. */
export interface ReceivedFile extends StoredArtifact {
  readonly path: string
}

/** Takes a stream into a temporary file below `temporary`, hashing as it comes. Nothing of it stays, unless it is moved away. */
export const received = <A, E, E2>(
  temporary: string,
  { body, maxBytes }: { readonly body: Stream.Stream<Uint8Array, E>; readonly maxBytes: number },
  use: (file: ReceivedFile) => Effect.Effect<A, E2>
): Effect.Effect<A, E | E2 | ArtifactStoreFailed> =>
  within(temporary, (own) =>
    Effect.gen(function* () {
      const path = join(own, "part")
      const hash = hasher()
      let bytes = 0
      yield* opened(path, "wx", (handle) =>
        Effect.andThen(
          Stream.runForEach(body, (chunk) => {
            bytes += chunk.length
            if (bytes > maxBytes) return Effect.fail(tooLarge(maxBytes))
            hash.update(chunk)
            return attempt(() => handle.writeFile(chunk))
          }),
          attempt(() => handle.sync())
        )
      )
      return yield* use({ path, sha256: hash.digest("hex"), bytes })
    })
  )

/** Writes a file whole and onto the disk, by way of `temporary`, and replaces what was there under its name. */
export const write = (temporary: string, path: string, bytes: Uint8Array): Effect.Effect<void, ArtifactStoreFailed> =>
  within(temporary, (own) =>
    Effect.gen(function* () {
      const part = join(own, "part")
      yield* opened(part, "wx", (handle) =>
        Effect.andThen(
          attempt(() => handle.writeFile(bytes)),
          attempt(() => handle.sync())
        )
      )
      yield* move(part, path)
    })
  )

/** Gives a file that is on the disk its name, durably. */
export const move = Effect.fnUntraced(function* (from: string, to: string) {
  const made = yield* folders(dirname(to))
  yield* attempt(() => fs.rename(from, to))
  yield* syncFolders(dirname(to), made ?? to)
})

/** Removes a file, durably, if it is there. */
export const unlink = (path: string): Effect.Effect<void, ArtifactStoreFailed> =>
  Effect.andThen(
    attempt(() => fs.unlink(path)),
    syncFolders(dirname(path), path)
  ).pipe(Effect.catchIf(isMissing, () => Effect.void))

/** A folder of its own below `temporary`, which goes with `use`. */
export const within = <A, E>(
  temporary: string,
  use: (own: string) => Effect.Effect<A, E>
): Effect.Effect<A, E | ArtifactStoreFailed> =>
  Effect.andThen(
    folders(temporary),
    Effect.acquireUseRelease(
      attempt(() => fs.mkdtemp(join(temporary, "put-"))),
      use,
      (own) => Effect.ignore(attempt(() => fs.rm(own, { recursive: true, force: true })))
    )
  )

/** The topmost folder that had to be made, if any. On a read-only disk Node says that there is no such folder. */
const folders = (path: string) =>
  Effect.try({ try: () => makeFolders(path, 0o700), catch: toFailure }).pipe(
    Effect.catchIf(isMissing, ({ message }) => Effect.fail(new ArtifactStoreFailed({ reason: "denied", message })))
  )

/** A name survives a crash once the folder it stands in is on the disk: from `path` up to the one that holds `top`. */
export const syncFolders = (path: string, top: string): Effect.Effect<void, ArtifactStoreFailed> => {
  const synced = opened(path, "r", (handle) => attempt(() => handle.sync()))
  return path === dirname(top) || path === dirname(path)
    ? synced
    : Effect.andThen(
        synced,
        Effect.suspend(() => syncFolders(dirname(path), top))
      )
}

const staleAfter = Duration.days(1)

/** Clears a folder of what a crash left there. What cannot be swept is somebody else's, or stays until the next time. */
export const sweep = Effect.fnUntraced(function* (temporary: string) {
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
