import { flagOf, type Parsed, read } from "./Arguments.ts"
import { type Command, command, flag, json, type Part, positional, quoted } from "./CommandLine.ts"

/** Flags that are about one run only, or that hand over a secret: a repeated command does without them. */
const forOnce: ReadonlySet<string> = new Set([
  "token",
  "token-stdin",
  "api-base-url",
  "stream",
  "fields",
  "json",
  "help"
])

/** A private text that is the request itself: without it there would be nothing to repeat. */
const isOwnText = (name: string): boolean => name === "prompt"

/**
 * What was typed as a command that can be printed again: without secrets, without the service, which whoever prints it
 * adds, and as JSON. Flags that the command does not have are left out.
 */
export const typedCommand = ({ flags, name, positionals }: Parsed): Command =>
  command(
    name,
    ...positionals.map((word) => positional(quoted(word))),
    ...[...flags].flatMap(([flagName, values]): ReadonlyArray<Part> => {
      const spec = flagOf(name, flagName)
      if (spec === undefined || forOnce.has(flagName) || (spec.secret === true && !isOwnText(flagName))) return []
      const kept = spec.repeatable === true ? values : values.slice(-1)
      if (spec.kind === "switch") return kept.at(-1) === "false" ? [] : [flag(flagName)]
      return kept.flatMap((value) => (value === true ? [] : [flag(flagName, quoted(value))]))
    }),
    json
  )

/** An argument vector understood by our own grammar; null for what is no command of ours with flags of ours. */
export const commandOfArgv = (argv: ReadonlyArray<string>): TypedArgv | null => {
  if (argv.some((word) => word.includes("\0"))) return null
  const reading = read(argv)
  if (reading._tag !== "Command" || reading.unknown.length > 0) return null
  const base = reading.flags.get("api-base-url")?.at(-1)
  return { parsed: reading, command: typedCommand(reading), apiBaseUrl: typeof base === "string" ? base : null }
}

export interface TypedArgv {
  readonly parsed: Parsed
  readonly command: Command
  /** The service that it names. */
  readonly apiBaseUrl: string | null
}
