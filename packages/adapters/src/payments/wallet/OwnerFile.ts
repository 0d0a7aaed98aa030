import { closeSync, constants, fstatSync, openSync, readFileSync, statSync, type Stats } from "node:fs"
import { dirname } from "node:path"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { userId } from "./internal/CurrentProcess.ts"
import { WalletFailed } from "./WalletFailed.ts"

const maxBytes = 65_536

/**
 * Reads a file that its owner alone may read and write (0600 or stricter), in a folder that nobody else may write to. A
 * symbolic link in its place, another owner, or a looser mode of either is refused. None where there is no file.
 */
export const readOwnerFile = Effect.fnUntraced(function* (path: string) {
  yield* Effect.when(
    checkFolder(dirname(path)),
    Effect.sync(() => exists(dirname(path)))
  )
  const descriptor = yield* open(path)
  if (Option.isNone(descriptor)) return Option.none<string>()
  return yield* readOpened(path, descriptor.value).pipe(
    Effect.map(Option.some),
    Effect.ensuring(Effect.ignore(Effect.try(() => closeSync(descriptor.value))))
  )
})

/** A folder that nobody but its owner may write to, and that is this user's or the system's. */
export const checkFolder = Effect.fnUntraced(function* (path: string) {
  const found = yield* Effect.try({ try: () => statSync(path), catch: () => unreadable(path) })
  if (!found.isDirectory()) return yield* unsafe(path, "it is no folder")
  if (!isOwn(found) && found.uid !== 0) return yield* unsafe(path, "the folder belongs to another user")
  if (userId !== null && (found.mode & 0o022) !== 0) {
    return yield* unsafe(path, "others may write to the folder; chmod 700 it")
  }
})

const exists = (path: string): boolean => statSync(path, { throwIfNoEntry: false }) !== undefined

/** A link is not followed, and a pipe is not waited for. */
const open = (path: string): Effect.Effect<Option.Option<number>, WalletFailed> =>
  Effect.try({
    try: () => Option.some(openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)),
    catch: codeOf
  }).pipe(
    Effect.catch((code) => {
      if (code === "ENOENT") return Effect.succeed(Option.none())
      return Effect.fail(code === "ELOOP" ? unsafe(path, "it is a symbolic link") : unreadable(path))
    })
  )

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : ""

const readOpened = Effect.fnUntraced(function* (path: string, descriptor: number) {
  const found = yield* Effect.try({ try: () => fstatSync(descriptor), catch: () => unreadable(path) })
  if (!found.isFile()) return yield* unsafe(path, "it is no file")
  if (!isOwn(found)) return yield* unsafe(path, "it belongs to another user")
  if (userId !== null && (found.mode & 0o077) !== 0) return yield* unsafe(path, "others may use it; chmod 600 it")
  if (found.size > maxBytes) return yield* unsafe(path, "it is too large")
  return yield* Effect.try({ try: () => readFileSync(descriptor, "utf8"), catch: () => unreadable(path) })
})

const isOwn = ({ uid }: Stats): boolean => userId === null || uid === userId

const unsafe = (path: string, why: string): WalletFailed =>
  new WalletFailed({ reason: "unsafe", message: `${path} is not used: ${why}` })

const unreadable = (path: string): WalletFailed =>
  new WalletFailed({ reason: "unavailable", message: `${path} cannot be read` })
