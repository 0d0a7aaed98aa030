import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { append, argv, type Command, flag, json } from "../envelope/CommandLine.ts"
import { idempotencyKey } from "../envelope/Field.ts"
import { words } from "../envelope/ShellWords.ts"
import { argvOf, bareStart, lineOf, type Start } from "../envelope/Start.ts"
import { commandOfArgv } from "../envelope/TypedCommand.ts"
import { serviceAddress } from "../identity/ServiceAddress.ts"

/**
 * What a live spend leaves on this machine before it is sent, so that whoever finds no answer finds its key
 * (contract/after-0.1.24.md 1). The file is shared with published clients, so its shape is theirs.
 */
export const InFlightFile = Schema.Struct({
  schema: Schema.Literal("image-skill.in-flight-spend.v1"),
  command: Schema.String,
  operation: Schema.String,
  idempotency_key: idempotencyKey,
  recover_command: Schema.String,
  argv: Schema.Array(Schema.String),
  /** ISO 8601. */
  started_at: Schema.String
})
export type InFlightFile = typeof InFlightFile.Type

/** Commands that spend, or that begin to. */
const spending: ReadonlySet<string> = new Set(["create", "edit", "credits buy", "credits fake-purchase"])

/** `again` carries the key; `apiBaseUrl` is the service it goes to, null for the one inside this program. */
export interface Spend {
  readonly again: Command
  readonly key: string
  readonly apiBaseUrl: string | null
  readonly startedAt: DateTime.DateTime
}

/** No token stands in it: `again` is made of what may be printed. */
export const inFlightFile = ({ again, apiBaseUrl, key, startedAt }: Spend, start: Start): InFlightFile => ({
  schema: "image-skill.in-flight-spend.v1",
  command: `image-skill ${again.path.join(" ")}`,
  operation: again.path.join("."),
  idempotency_key: key,
  recover_command: lineOf(again, start),
  argv: argvOf(again, { ...start, apiBaseUrl: apiBaseUrl ?? start.apiBaseUrl }),
  started_at: DateTime.formatIso(startedAt)
})

/** The name of the file of a key: no path, no hidden file, and not longer than a file system takes. */
export const inFlightName = (key: string): string => {
  const safe = key
    .replaceAll(/[^A-Za-z0-9._-]/gu, "_")
    .replace(/^\.+/u, "")
    .slice(0, 120)
  return `${safe === "" ? "key" : safe}.json`
}

/** Whether an answer ends what was in flight: only a retryable failure may have been charged for. */
export const isSettled = (answer: { readonly ok: boolean; readonly retryable: boolean }): boolean =>
  answer.ok || !answer.retryable

export const reservationTtl = Duration.minutes(15)
export const sweepAfter = Duration.hours(24)

/** One file as doctor lists it. `recover_command` is made anew from the arguments, never copied. */
export interface InFlightEntry {
  readonly file: string
  readonly path: string
  readonly operation: string
  readonly command: string
  readonly idempotency_key: string
  readonly started_at: string
  readonly age_ms: number
  readonly state: "recoverable" | "ttl_elapsed"
  readonly sweep_eligible: boolean
  readonly recover_command: string
  /** Null where the file's own line is not the command of its arguments: foreign text is never shown as a command. */
  readonly original_recover_command: string | null
  readonly warning: string | null
}

const decodeFile = Schema.decodeUnknownOption(Schema.fromJsonString(InFlightFile))

/** Null for what is no breadcrumb, or names a command that is none of ours that spends. */
export const readInFlight = (
  { file, path, text }: { readonly file: string; readonly path: string; readonly text: string },
  now: DateTime.DateTime,
  start: Start
): InFlightEntry | null => {
  const found = Option.getOrNull(decodeFile(text))
  const startedAt = Option.getOrNull(DateTime.make(found?.started_at ?? ""))
  const typed = found === null ? null : commandOfArgv(found.argv)
  if (found === null || startedAt === null || typed === null || !spending.has(typed.parsed.name)) return null
  const { apiBaseUrl, parsed } = typed
  if (apiBaseUrl !== null && serviceAddress(apiBaseUrl) === null) return null
  const again = parsed.flags.has("idempotency-key") ? typed.command : withKey(typed.command, found.idempotency_key)
  if (!argv(again).includes(found.idempotency_key)) return null
  const ageMs = Math.max(0, DateTime.toEpochMillis(now) - DateTime.toEpochMillis(startedAt))
  const isElapsed = ageMs >= Duration.toMillis(reservationTtl)
  const isConsistent = isLineOf(found.recover_command, lineOf(again, bareStart))
  return {
    file,
    path,
    operation: parsed.name.replaceAll(" ", "."),
    command: `image-skill ${parsed.name}`,
    idempotency_key: found.idempotency_key,
    started_at: DateTime.formatIso(startedAt),
    age_ms: ageMs,
    state: isElapsed ? "ttl_elapsed" : "recoverable",
    sweep_eligible: ageMs >= Duration.toMillis(sweepAfter),
    recover_command: lineOf(again, apiBaseUrl === null ? start : { ...start, apiBaseUrl }),
    original_recover_command: isConsistent ? lineOf(again, bareStart) : null,
    warning: isElapsed
      ? "its reservation is over: look at jobs list before you repeat it; the same key is still charged once"
      : isConsistent
        ? null
        : "its own recover_command is not the command of its arguments, and is not shown"
  }
}

/** Whether a shell line, however it starts this program, ends in the arguments of this bare line. */
const isLineOf = (line: string, bare: string): boolean => {
  const tokens = Option.getOrElse(words(line), (): ReadonlyArray<string> => [])
  return tokens.slice(0, longestPrefix).some((_, index) => {
    const typed = commandOfArgv(tokens.slice(index + 1))
    return typed !== null && lineOf(typed.command, bareStart) === bare
  })
}

/** Assignments of variables, and a program with its words. */
const longestPrefix = 12

/** In front of `--json`, which every typed command ends with. */
const withKey = (command: Command, key: string): Command =>
  append({ ...command, parts: command.parts.slice(0, -1) }, flag("idempotency-key", key), json)

/** What was found in the folder, and what a sweep took away. */
export interface InFlightFound {
  readonly directory: string
  readonly entries: ReadonlyArray<InFlightEntry>
  readonly invalid: number
  readonly swept: number
  readonly sweepRequested: boolean
}

export const newestFirst = (entries: ReadonlyArray<InFlightEntry>): ReadonlyArray<InFlightEntry> =>
  [...entries].sort((left, right) => left.age_ms - right.age_ms)

/** Entries that doctor lists, the newest first; all are counted. */
export const listed = 20

/** `data.in_flight` of doctor (contract/after-0.1.24.md 1). */
export const inFlightReport = ({
  directory,
  entries,
  invalid,
  swept,
  sweepRequested
}: InFlightFound): Schema.JsonObject => ({
  ...head(directory),
  count: entries.length,
  recoverable_count: entries.filter(({ state }) => state === "recoverable").length,
  ttl_elapsed_count: entries.filter(({ state }) => state === "ttl_elapsed").length,
  sweep_eligible_count: entries.filter(({ sweep_eligible }) => sweep_eligible).length,
  invalid_count: invalid,
  swept_count: swept,
  ...tail(sweepRequested),
  entries: newestFirst(entries)
    .slice(0, listed)
    .map((entry) => ({ ...entry })),
  note:
    entries.length > listed ? `${noteOf(entries.length)}; only the newest ${listed} are listed` : noteOf(entries.length)
})

/** The folder cannot be read; nobody knows what is in it. */
export const unreadableInFlight = (directory: string, message: string, sweepRequested: boolean): Schema.JsonObject => ({
  ...head(directory),
  count: null,
  recoverable_count: null,
  ttl_elapsed_count: null,
  sweep_eligible_count: null,
  invalid_count: null,
  swept_count: null,
  ...tail(sweepRequested),
  entries: [],
  error: message,
  note: "the folder cannot be read, so calls without an answer are not known"
})

const head = (directory: string) => ({ schema: "image-skill.in-flight-spend-report.v1", directory })

const tail = (sweepRequested: boolean) => ({
  reservation_ttl_ms: Duration.toMillis(reservationTtl),
  sweep_after_ms: Duration.toMillis(sweepAfter),
  sweep_requested: sweepRequested
})

const noteOf = (count: number): string =>
  count === 0
    ? "no live call is without its answer"
    : "run recover_command of an entry to learn what became of it: the same key is charged once"
