import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fchmodSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync
} from "node:fs"
import { dirname, join, resolve } from "node:path"
import { AuthConfig, AuthConfigFailed, type PreparedSave, type SavedAuth } from "@image-skill/core/identity/AuthConfig"
import { serviceAddress } from "@image-skill/core/identity/ServiceAddress"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { makeFolders } from "../internal/MakeFolders.ts"
import { processId } from "./internal/CurrentProcess.ts"

/**
 * The saved token as a file of its owner alone, in the format that published clients share (contract/cli.md 4.1). It is
 * replaced as a whole or not at all: written beside itself, brought to the disk, renamed. A symbolic link in its place
 * is refused, because a rename would put the token elsewhere than the link says.
 */
export const layer = (file: string): Layer.Layer<AuthConfig> => {
  const path = resolve(file)
  return Layer.succeed(AuthConfig, {
    path,
    read: read(path),
    probe: probe(path),
    prepare: prepare(path),
    remove: remove(path)
  })
}

const attempt = <A>(path: string, run: () => A): Effect.Effect<A, AuthConfigFailed> =>
  Effect.try({
    try: run,
    catch: (error) => new AuthConfigFailed({ path, message: error instanceof Error ? error.message : String(error) })
  })

/** What is larger is no config, and may have no end. */
const maxBytes = 65_536

const read = (path: string): Effect.Effect<Option.Option<SavedAuth>> =>
  attempt(path, () => {
    const found = statSync(path)
    return found.isFile() && found.size <= maxBytes ? readFileSync(path, "utf8") : ""
  }).pipe(Effect.option, Effect.map(Option.flatMap(parse)))

const SavedFile = Schema.fromJsonString(
  Schema.Struct({
    api_base_url: Schema.String,
    token: Schema.String,
    saved_at: Schema.optional(Schema.Unknown)
  })
)

const parse = (text: string): Option.Option<SavedAuth> =>
  Schema.decodeUnknownOption(SavedFile)(text).pipe(
    Option.filter(({ api_base_url, token }) => token.trim() !== "" && serviceAddress(api_base_url) !== null),
    Option.map(({ api_base_url, saved_at, token }) => ({
      apiBaseUrl: api_base_url,
      token: Redacted.make(token.trim(), { label: "token" }),
      savedAt: typeof saved_at === "string" ? saved_at : ""
    }))
  )

const render = ({ apiBaseUrl, savedAt, token }: SavedAuth): string =>
  `${JSON.stringify({ api_base_url: apiBaseUrl, token: Redacted.value(token), saved_at: savedAt, actor: null }, null, 2)}\n`

const refuseLink = Effect.fnUntraced(function* (path: string) {
  const found = yield* attempt(path, () => lstatSync(path, { throwIfNoEntry: false }))
  if (found === undefined || found.isFile()) return
  const what = found.isSymbolicLink() ? "a symbolic link" : "no file"
  const message = `it is ${what}, and a token is written to a file only`
  return yield* new AuthConfigFailed({ path, message })
})

/** Makes the folder for its owner alone; what of it is still empty when the scope ends is taken away again. */
const folder = (path: string) =>
  Effect.acquireRelease(
    attempt(path, () => {
      // On a read-only disk Node would say that there is no such folder; asking first gets the true reason.
      accessSync(nearestFolder(dirname(path)), constants.W_OK)
      return makeFolders(dirname(path), 0o700)
    }),
    (made) => (made === undefined ? Effect.void : Effect.ignore(attempt(path, () => removeEmpty(dirname(path), made))))
  )

const nearestFolder = (path: string): string => (existsSync(path) ? path : nearestFolder(dirname(path)))

const removeEmpty = (path: string, top: string): void => {
  rmdirSync(path)
  if (path !== top) removeEmpty(dirname(path), top)
}

/** An own file beside the config, gone when the scope ends unless it was renamed. */
const sibling = Effect.fnUntraced(function* (path: string, purpose: string) {
  const tail = (yield* Random.nextIntBetween(0, 0xffff_ffff)).toString(16).padStart(8, "0")
  const name = `${path}.${purpose}-${processId}-${tail}`
  const descriptor = yield* Effect.acquireRelease(
    attempt(path, () => openSync(name, "wx", 0o600)),
    (opened) =>
      Effect.ignore(
        attempt(path, () => {
          closeSync(opened)
          rmSync(name, { force: true })
        })
      )
  )
  yield* attempt(path, () => fchmodSync(descriptor, 0o600))
  return { name, descriptor }
})

const openSibling = (path: string, purpose: string) =>
  refuseLink(path).pipe(
    Effect.andThen(folder(path)),
    Effect.andThen(sibling(path, purpose)),
    // Another process may just have taken the empty folder away.
    Effect.retry({ times: 2 })
  )

const probe = (path: string): AuthConfig["Service"]["probe"] => {
  const parentPath = dirname(path)
  return openSibling(path, "write-test").pipe(
    Effect.scoped,
    Effect.match({
      onFailure: ({ message }) => ({ _tag: "NotWritable", parentPath, message }) as const,
      onSuccess: () => ({ _tag: "Writable", parentPath }) as const
    })
  )
}

const unsaved = "new"

const prepare = (path: string): AuthConfig["Service"]["prepare"] =>
  Effect.map(openSibling(path, unsaved), ({ descriptor, name }): PreparedSave => ({
    commit: Effect.fnUntraced(function* (auth: SavedAuth) {
      yield* refuseLink(path)
      yield* attempt(path, () => {
        writeFileSync(descriptor, render(auth))
        fsyncSync(descriptor)
      })
      const previousPath = yield* keepPrevious(path, auth.token)
      yield* attempt(path, () => renameSync(name, path)).pipe(
        Effect.onError(() => Effect.ignore(attempt(path, () => rmSync(previousPath ?? name, { force: true }))))
      )
      // The token is in its place; what follows may fail without changing that.
      yield* Effect.ignore(syncFolder(path))
      yield* Effect.ignore(prune(path))
      return { previousPath }
    }, Effect.uninterruptible)
  }))

/** A name survives a crash once the folder that it stands in is on the disk. */
const syncFolder = (path: string) =>
  attempt(path, () => {
    const descriptor = openSync(dirname(path), "r")
    fsyncSync(descriptor)
    closeSync(descriptor)
  })

const previousName = (path: string, at: number | ""): string => `${path}.previous-${at}`

/** Another token is about to be replaced: it stays beside the new one, under the time at which that happened. */
const keepPrevious = Effect.fnUntraced(function* (path: string, next: Redacted.Redacted) {
  const before = yield* read(path)
  if (Option.isNone(before) || Redacted.value(before.value.token) === Redacted.value(next)) return null
  let at = DateTime.toEpochMillis(yield* DateTime.now)
  while (existsSync(previousName(path, at))) at += 1
  const name = previousName(path, at)
  yield* attempt(path, () => linkSync(path, name)).pipe(
    // Where there are no hard links, a copy will do.
    Effect.catch(() => attempt(path, () => copyFileSync(path, name, constants.COPYFILE_EXCL))),
    Effect.andThen(attempt(path, () => chmodSync(name, 0o600)))
  )
  return name
})

const keptTokens = 3
const staleAfter = Duration.days(1)

/** Removes what is older than the tokens that are kept, and what a save that was killed long ago left behind. */
const prune = Effect.fnUntraced(function* (path: string) {
  const now = DateTime.toEpochMillis(yield* DateTime.now)
  yield* attempt(path, () => {
    const names = readdirSync(dirname(path)).map((name) => join(dirname(path), name))
    const previous = previousName(path, "")
    const times = names
      .filter((name) => name.startsWith(previous))
      .map((name) => Number(name.slice(previous.length)))
      .filter((at) => Number.isSafeInteger(at))
    for (const at of times.sort((left, right) => right - left).slice(keptTokens)) rmSync(previousName(path, at))
    for (const name of names.filter((candidate) => candidate.startsWith(`${path}.${unsaved}-`))) {
      if (now - statSync(name).mtimeMs > Duration.toMillis(staleAfter)) rmSync(name)
    }
  })
})

const remove = Effect.fnUntraced(function* (path: string) {
  yield* refuseLink(path)
  const saved = yield* read(path)
  yield* attempt(path, () => rmSync(path, { force: true }))
  return Option.isSome(saved)
})
