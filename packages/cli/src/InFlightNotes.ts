import {
  chmodSync,
  closeSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync
} from "node:fs"
import { dirname, join } from "node:path"
import type { Answer } from "@image-skill/core/envelope/Envelope"
import { jsonField } from "@image-skill/core/envelope/JsonFields"
import { scrub } from "@image-skill/core/envelope/Redaction"
import {
  type InFlightEntry,
  inFlightFile,
  inFlightName,
  inFlightReport,
  isSettled,
  newestFirst,
  readInFlight,
  unreadableInFlight
} from "@image-skill/core/jobs/InFlight"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type { Context } from "./Context.ts"
import type { Again } from "./Repeat.ts"
import type { Target } from "./Target.ts"

/** The note of one live call. */
export interface Note {
  /** Takes it away, unless the answer leaves open whether it was charged. */
  readonly settle: (answer: Answer) => Effect.Effect<void>
}

/** Of a hosted service where its token is kept, of the embedded one with its data. */
const folderOf = ({ machine }: Context, { configPath, isEmbedded }: Target): string =>
  join(isEmbedded ? machine.dataHome : dirname(configPath), "in-flight")

/**
 * Writes how to find out what became of this call, before it is made (contract/after-0.1.24.md 1). A disk that takes no
 * note is no reason not to make it: the caller has the line on stderr.
 */
export const leaveNote = Effect.fnUntraced(function* (context: Context, target: Target, { command, key }: Again) {
  if (key === null) return kept
  const startedAt = yield* DateTime.now
  const folder = folderOf(context, target)
  const path = join(folder, inFlightName(key))
  const apiBaseUrl = target.isEmbedded ? null : target.shown
  const file = inFlightFile({ again: command, key, apiBaseUrl, startedAt }, context.host)
  yield* Effect.ignore(Effect.try(() => write(folder, path, `${JSON.stringify(file, null, 2)}\n`)))
  const note: Note = {
    settle: (answer) =>
      isSettled({ ok: answer.envelope.ok, retryable: jsonField(answer.envelope.error, "retryable") === true })
        ? Effect.ignore(Effect.try(() => rmSync(path, { force: true })))
        : Effect.void
  }
  return note
})

const kept: Note = { settle: () => Effect.void }

/** Whole or not at all, and readable by its owner only, whatever was there before. */
const write = (folder: string, path: string, text: string): void => {
  if (isLink(folder)) return
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  chmodSync(folder, 0o700)
  const beside = `${path}.${process.pid}.tmp`
  rmSync(beside, { force: true })
  const descriptor = openSync(beside, "wx", 0o600)
  try {
    writeFileSync(descriptor, text)
    fsyncSync(descriptor)
    closeSync(descriptor)
    renameSync(beside, path)
  } catch (error) {
    rmSync(beside, { force: true })
    throw error
  }
}

/** What is longer is none of ours. */
const maxBytes = 256 * 1024
/** Of more files nobody wants to know. */
const maxFiles = 1_000

/** `data.in_flight` of doctor, and the command of the newest call that can still be recovered. */
export interface Notes {
  readonly report: Schema.JsonObject
  readonly open: string | null
}

/** Deletes only what is old enough, and only when asked to. */
export const inFlightOf = (context: Context, target: Target, sweep: boolean): Effect.Effect<Notes> =>
  Effect.map(DateTime.now, (now) => {
    const directory = folderOf(context, target)
    try {
      const names = namesIn(directory)
      const read = names.map((file) => {
        const path = join(directory, file)
        return readInFlight({ file, path, text: textOf(path) }, now, context.host)
      })
      const found = read.filter((entry) => entry !== null)
      const swept = sweep ? found.filter((entry) => entry.sweep_eligible && isRemoved(entry)) : []
      const entries = newestFirst(found.filter((entry) => !swept.includes(entry)))
      const invalid = read.length - found.length
      const [newest] = entries
      return {
        report: inFlightReport({ directory, entries, invalid, swept: swept.length, sweepRequested: sweep }),
        open: newest?.state === "recoverable" ? newest.recover_command : null
      }
    } catch (error) {
      const message = scrub(error instanceof Error ? error.message : "unreadable")
      return { report: unreadableInFlight(directory, message, sweep), open: null }
    }
  })

/** No folder means no call. */
const namesIn = (directory: string): ReadonlyArray<string> => {
  if (isLink(directory)) throw new Error("it is a link, which is not followed")
  if (lstatSync(directory, { throwIfNoEntry: false }) === undefined) return []
  return readdirSync(directory)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .slice(0, maxFiles)
}

/** A folder that is a link may be anybody's: nothing is written or deleted behind it. */
const isLink = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true

/** Empty for what is no readable file of its own: a link may lead anywhere. */
const textOf = (path: string): string => {
  try {
    const found = lstatSync(path)
    return found.isFile() && found.size <= maxBytes ? readFileSync(path, "utf8") : ""
  } catch {
    return ""
  }
}

const isRemoved = ({ path }: InFlightEntry): boolean => {
  try {
    rmSync(path)
    return true
  } catch {
    return false
  }
}
