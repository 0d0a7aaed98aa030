import * as fs from "node:fs/promises"
import { dirname, join } from "node:path"
import type { ArtifactStoreFailed, ListedArtifacts } from "@image-skill/core/media/ArtifactStore"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { attempt, isMissing, isSha256, syncFolders, within } from "./StoreFiles.ts"

/** Says that a file is wanted now; false when it went meanwhile. */
export const touch = (path: string): Effect.Effect<boolean, ArtifactStoreFailed> =>
  Effect.flatMap(DateTime.now, (now) => {
    const at = DateTime.toDateUtc(now)
    return attempt(() => fs.utimes(path, at, at))
  }).pipe(
    Effect.as(true),
    Effect.catchIf(isMissing, () => Effect.succeed(false))
  )

/**
 * Removes a file that nobody has written or touched after `before`; false when it stays. It is taken out of its place
 * before it is looked at: whoever writes it from then on writes a new one, and what was written before is put back.
 */
export const unlinkOlder = (
  temporary: string,
  path: string,
  before: DateTime.DateTime
): Effect.Effect<boolean, ArtifactStoreFailed> =>
  Effect.gen(function* () {
    if (!(yield* isOlder(path, before))) return false
    return yield* within(temporary, (own) =>
      Effect.gen(function* () {
        const taken = join(own, "part")
        yield* attempt(() => fs.rename(path, taken))
        const isUnused = yield* isOlder(taken, before)
        if (!isUnused) yield* attempt(() => fs.rename(taken, path))
        yield* syncFolders(dirname(path), path)
        return isUnused
      }).pipe(Effect.uninterruptible)
    )
  }).pipe(Effect.catchIf(isMissing, () => Effect.succeed(true)))

const isOlder = (path: string, before: DateTime.DateTime) =>
  Effect.map(
    attempt(() => fs.stat(path)),
    ({ mtimeMs }) => mtimeMs <= DateTime.toEpochMillis(before)
  )

/** The files of `root/ab/cd/`, whole folders at a time, of which at most `limit` are read. */
export const listed = Effect.fnUntraced(function* (
  root: string,
  from: string,
  limit: number
): Effect.fn.Return<ListedArtifacts, ArtifactStoreFailed> {
  const names: Array<string> = []
  let folders = 0
  for (const first of yield* entries(root)) {
    if (first < from.slice(0, 2)) continue
    for (const second of yield* entries(join(root, first))) {
      const prefix = `${first}${second}`
      if (prefix < from.slice(0, 4)) continue
      if (names.length >= limit || folders >= limit) return { names, next: prefix }
      folders += 1
      names.push(...(yield* entries(join(root, first, second))).filter((name) => isSha256(name) && name >= from))
    }
  }
  return { names, next: null }
})

const entries = (path: string): Effect.Effect<ReadonlyArray<string>, ArtifactStoreFailed> =>
  attempt(() => fs.readdir(path)).pipe(
    Effect.map((names) => names.toSorted()),
    Effect.catchIf(isMissing, () => Effect.succeed([]))
  )
