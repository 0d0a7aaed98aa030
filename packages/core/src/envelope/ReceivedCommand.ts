import * as Option from "effect/Option"
import { flagOf, type Parsed, read } from "./Arguments.ts"
import { type Command, command, flag, json, positional, type Word } from "./CommandLine.ts"
import type { FlagSpec } from "./CommandSpec.ts"
import { placeholderNamed } from "./Placeholders.ts"
import { executable } from "./Product.ts"
import { words } from "./ShellWords.ts"

/**
 * A command line sent by a service, understood or dropped (decision D3.6).
 *
 * It is taken only when it is our bare program name followed by a command we have, with flags that command has, and
 * nothing that could carry a credential, send the caller to another place, name a file of this machine, or do what only
 * its operator may. What is taken is data: it is printed again by our own renderer, never passed on as text.
 */
export const receive = (line: string): Option.Option<Command> =>
  Option.filter(understood(line), ({ path }) => !isOperators(path))

/** What a service proposes to the owner of an organization: to decide on what an agent asked for, or to see a policy. */
export const receiveForOwner = (line: string): Option.Option<Command> =>
  Option.filter(understood(line), ({ path }) => forOwners.has(path.join(" ")))

const forOwners: ReadonlySet<string> = new Set(["admin approve", "admin policy"])

/** Commands about the machine itself. No service has a say in them. */
const isOperators = ([first = "", second]: ReadonlyArray<string>): boolean =>
  first === "admin" ||
  first === "serve" ||
  first === "conformance" ||
  first === "mcp" ||
  (first === "auth" && second !== "status")

const understood = (line: string): Option.Option<Command> =>
  Option.flatMap(words(line), ([program, ...tokens]) => {
    if (program !== executable || tokens.length === 0) return Option.none()
    const reading = read(tokens)
    if (reading._tag === "Help") return asksNothingElse(tokens) ? Option.some(helpOn(reading.topic)) : Option.none()
    if (reading._tag !== "Command" || reading.unknown.length > 0 || !isProposable(reading)) return Option.none()
    const named = [...reading.flags]
    const isRefused = named.some(
      ([name, values]) =>
        refused.has(name) ||
        !values.every((value) => fits(flagOf(reading.name, name), value)) ||
        !values.every((value) => namesNoFile(name, value))
    )
    if (isRefused || !reading.positionals.every((value) => reading.name !== "upload" || isAssetWord(value)))
      return Option.none()
    return Option.some({
      path: reading.name.split(" "),
      parts: [
        ...reading.positionals.map((value) => positional(word(value))),
        ...named.flatMap(([name, values]) => values.map((value) => flag(name, value === true ? null : word(value))))
      ]
    })
  })

const asksNothingElse = (tokens: ReadonlyArray<string>): boolean =>
  tokens.every((token) => !token.startsWith("-") || token === "--help" || token === "--json")

/** However it was asked for. */
const helpOn = (topic: ReadonlyArray<string>): Command => command("help", ...topic.map(positional), json)

/**
 * What operators do on their own data is no service's to propose, but for the question that an owner is to answer and
 * the policy that is to be looked at: both only show or ask, of the folder they run on.
 */
const isProposable = ({ flags, name }: Parsed): boolean => {
  if (!name.startsWith("admin ")) return true
  const taken = name === "admin approve" ? ["id", "json"] : name === "admin policy" ? ["organization", "json"] : null
  return taken !== null && [...flags.keys()].every((flagName) => taken.includes(flagName))
}

/** Flags that no service may put into a command it proposes. */
const refused = new Set(["token", "token-stdin", "api-base-url", "help", "prompt-file", "data-dir", "overwrite"])

/** Flags whose value may be a picture of the caller's machine, or of any other place that it reaches. */
const pictures = new Set(["input", "mask", "element-frontal", "element-reference", "reference-image"])

/** A service speaks of assets; which files are sent to it, or written, is for the caller to say. */
const namesNoFile = (name: string, value: string | true): boolean => {
  if (value === true) return true
  if (name === "output") return placeholderNamed(value) !== undefined || /^\w[\w.-]{0,127}$/u.test(value)
  return !pictures.has(name) || isAssetWord(value)
}

/** The id of an asset, with or without what a reference flag says of it, or the word that stands for one. */
const isAssetWord = (value: string): boolean =>
  placeholderNamed(value) !== undefined ||
  /^(?:asset|image|video|audio|mask|thumb|file)_[\w.-]{1,128}(?:@[\w:.-]*)?$/u.test(value)

/** A switch is on, or says so; with any other value it could not be printed again. */
const fits = (spec: FlagSpec | undefined, value: string | true): boolean =>
  spec?.kind !== "switch" || value === true || value === "true" || value === "false"

const word = (value: string): Word => placeholderNamed(value) ?? value
