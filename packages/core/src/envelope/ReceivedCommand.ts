import * as Option from "effect/Option"
import { flagOf, read } from "./Arguments.ts"
import { laterCommands } from "./CommandBook.ts"
import { type Command, command, flag, json, positional, type Word } from "./CommandLine.ts"
import type { FlagSpec } from "./CommandSpec.ts"
import { placeholderNamed } from "./Placeholders.ts"
import { executable } from "./Product.ts"
import { words } from "./ShellWords.ts"

/**
 * A command line sent by a service, understood or dropped (decision D3.6).
 *
 * It is taken only when it is our bare program name followed by a command we have, with flags that command has, and
 * nothing that could carry a credential or send the caller to another place. What is taken is data: it is printed
 * again by our own renderer, never passed on as text.
 */
export const receive = (line: string): Option.Option<Command> =>
  Option.flatMap(words(line), ([program, ...tokens]) => {
    if (program !== executable || tokens.length === 0) return Option.none()
    const reading = read(tokens)
    if (reading._tag === "Help") return asksNothingElse(tokens) ? Option.some(helpOn(reading.topic)) : Option.none()
    if (reading._tag !== "Command" || reading.unknown.length > 0) return Option.none()
    const named = [...reading.flags]
    if (
      named.some(
        ([name, values]) => refused.has(name) || !values.every((value) => fits(flagOf(reading.name, name), value))
      )
    )
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

/** Whether a line that is not taken is a command of ours that this version does not have yet. */
export const isForLater = (line: string): boolean => {
  const [program, ...tokens] = Option.getOrElse(words(line), (): ReadonlyArray<string> => [])
  const reading = program === executable ? read(tokens) : null
  return reading?._tag === "NotAvailable" && laterCommands.has(reading.typed)
}

/** Flags that no service may put into a command it proposes. */
const refused = new Set(["token", "token-stdin", "api-base-url", "help"])

/** A switch is on, or says so; with any other value it could not be printed again. */
const fits = (spec: FlagSpec | undefined, value: string | true): boolean =>
  spec?.kind !== "switch" || value === true || value === "true" || value === "false"

const word = (value: string): Word => placeholderNamed(value) ?? value
