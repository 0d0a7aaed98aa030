import { type CommandName, commandBook, globalFlags, specOf } from "./CommandBook.ts"
import type { FlagSpec } from "./CommandSpec.ts"
import { withoutAlias } from "./ModalityAliases.ts"

/**
 * The contract's argument grammar (contract/cli.md 2, hardened): tokens in, names and raw values out. Values are not
 * judged here; unknown flags are reported, not dropped, because what they mean depends on what the command can do.
 */
export interface Parsed {
  readonly _tag: "Command"
  readonly name: CommandName
  /** Every occurrence of each known flag, in order; `true` where it came without a value. */
  readonly flags: ReadonlyMap<string, ReadonlyArray<string | true>>
  readonly positionals: ReadonlyArray<string>
  /** Names of flags that the command does not have, without dashes, in typed order. */
  readonly unknown: ReadonlyArray<string>
}

export type Reading =
  | Parsed
  /** `--help` or `-h` stood somewhere: nothing may be done but explain. */
  | { readonly _tag: "Help"; readonly topic: ReadonlyArray<string> }
  /** A first word that is no command. */
  | { readonly _tag: "NotAvailable"; readonly typed: string }
  /** A command whose sub-command is missing or wrong; `label` names as much as was understood. */
  | { readonly _tag: "BadSubcommand"; readonly label: string; readonly allowed: ReadonlyArray<string> }

const words = { help: new Set(["help", "--help", "-h"]), version: new Set(["version", "--version", "-v"]) } as const

/** Commands that stand for one of their sub-commands when none is given. */
const shorthand: { readonly [word: string]: CommandName } = {
  models: "models list",
  capabilities: "capabilities list",
  usage: "usage quota"
}

export const read = (tokens: ReadonlyArray<string>): Reading => {
  const [first = "help", ...rest] = withoutAlias(tokens)
  if (words.help.has(first)) return { _tag: "Help", topic: topicOf(withoutAlias(rest)) }
  if (words.version.has(first)) return rest.some(isHelp) ? help("version") : parsed("version", rest)
  const selected = select(first, rest)
  if (selected._tag !== "Selected") return selected
  return rest.some(isHelp) && asksForHelp(selected.name, selected.rest)
    ? help(selected.name)
    : parsed(selected.name, selected.rest)
}

/** The words up to the first flag that takes a value: what stands behind it may be a token, which nobody repeats. */
const topicOf = (tokens: ReadonlyArray<string>): ReadonlyArray<string> => {
  const end = tokens.findIndex((token) => token.startsWith("-") && flagOf("help", token.slice(2))?.kind !== "switch")
  return tokens.slice(0, end === -1 ? tokens.length : end).filter((token) => !token.startsWith("-"))
}

type Selection =
  | { readonly _tag: "Selected"; readonly name: CommandName; readonly rest: ReadonlyArray<string> }
  | Exclude<Reading, Parsed>

/** The longest command name that the leading words spell. */
const select = (first: string, rest: ReadonlyArray<string>): Selection => {
  const flagAt = rest.findIndex(isFlag)
  const leading = [first, ...rest.slice(0, flagAt === -1 ? rest.length : flagAt)]
  for (const count of [3, 2, 1]) {
    const name = leading.slice(0, count).join(" ")
    if (name.split(" ").length === count && leading.length >= count && isCommandName(name))
      return { _tag: "Selected", name, rest: rest.slice(count - 1) }
  }
  return selectPartial(first, leading, rest)
}

const selectPartial = (first: string, leading: ReadonlyArray<string>, rest: ReadonlyArray<string>): Selection => {
  const short = Object.hasOwn(shorthand, first) ? shorthand[first] : undefined
  const allowed = Object.keys(commandBook).filter((name) => name.startsWith(`${first} `))
  const deeper = allowed.filter((name) => leading[1] !== undefined && name.startsWith(`${first} ${leading[1]} `))
  if (rest.some(isHelp) && allowed.length > 0)
    return { _tag: "Help", topic: deeper.length > 0 ? leading.slice(0, 2) : [first] }
  if (short !== undefined && leading.length === 1) return { _tag: "Selected", name: short, rest }
  if (allowed.length === 0) return { _tag: "NotAvailable", typed: first }
  return deeper.length > 0
    ? { _tag: "BadSubcommand", label: `${first} ${leading[1]}`, allowed: deeper }
    : { _tag: "BadSubcommand", label: first, allowed }
}

const isCommandName = (name: string): name is CommandName => Object.hasOwn(commandBook, name)
const isFlag = (token: string): boolean => token.startsWith("--")
const isHelp = (token: string): boolean => token === "-h" || token === "--help" || token.startsWith("--help=")
const help = (name: CommandName): Reading => ({ _tag: "Help", topic: name.split(" ") })

/** `-h` may also be the value of a flag (`--intent -h`); then it asks for nothing. */
const asksForHelp = (name: CommandName, rest: ReadonlyArray<string>): boolean => {
  const { flags, positionals } = parsed(name, rest)
  return flags.has("help") || positionals.includes("-h")
}

/** What a command knows about a flag, its own or one of all commands. */
export const flagOf = (name: CommandName, flag: string): FlagSpec | undefined => {
  const { flags } = specOf(name)
  if (Object.hasOwn(flags, flag)) return flags[flag]
  const shared: { readonly [flag: string]: FlagSpec } = globalFlags
  return Object.hasOwn(shared, flag) ? shared[flag] : undefined
}

const parsed = (name: CommandName, tokens: ReadonlyArray<string>): Parsed => {
  const flags = new Map<string, Array<string | true>>()
  const positionals: Array<string> = []
  const unknown: Array<string> = []
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index] ?? ""
    if (!isFlag(token)) {
      positionals.push(token)
      continue
    }
    const equals = token.indexOf("=")
    const flag = equals === -1 ? token.slice(2) : token.slice(2, equals)
    const spec = flagOf(name, flag)
    const next = tokens[index + 1]
    const consumes = equals === -1 && next !== undefined && !isFlag(next) && takes(spec, next)
    if (consumes) index += 1
    const value = equals === -1 ? (consumes ? next : true) : token.slice(equals + 1)
    if (spec === undefined) unknown.push(flag)
    else flags.set(flag, [...(flags.get(flag) ?? []), value])
  }
  return { _tag: "Command", name, flags, positionals, unknown }
}

/** A switch takes only the words `true` and `false`; every other flag takes the next word. */
const takes = (spec: FlagSpec | undefined, next: string): boolean =>
  spec?.kind !== "switch" || next === "true" || next === "false"
