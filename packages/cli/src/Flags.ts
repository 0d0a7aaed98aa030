import { flagOf, type Parsed } from "@image-skill/core/envelope/Arguments"
import type { CommandName } from "@image-skill/core/envelope/CommandBook"
import { docsUrl } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import type * as CliError from "effect/cli/CliError"
import type * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

/**
 * The flags of the command book, read with the public parser of effect/cli. The contract's grammar has already turned
 * the arguments into occurrences; here they become values, or one refusal that names the flag and what it takes.
 */

/** The last text given; null without one. */
export const text = (name: string): Flag.Flag<string | null> => orNull(Flag.String(name))

/** Present, unless its value is exactly `false`. */
export const toggle = (name: string): Flag.Flag<boolean> => Flag.Boolean(name).pipe(Flag.withDefault(false))

/** What JavaScript's `Number` reads as finite; a blank is not zero here. */
export const number = (name: string): Flag.Flag<number | null> =>
  orNull(Flag.String(name).pipe(Flag.filterMap(finite, () => "a finite number")))

/** A number that is shown again exactly as it was typed. */
export const numberText = (name: string): Flag.Flag<{ readonly text: string; readonly value: number } | null> =>
  orNull(
    Flag.String(name).pipe(
      Flag.filterMap(
        (given) => Option.map(finite(given), (value) => ({ text: given.trim(), value })),
        () => "a finite number"
      )
    )
  )

export const count = (name: string): Flag.Flag<number | null> =>
  orNull(
    Flag.String(name).pipe(
      Flag.filterMap(
        (given) => Option.filter(finite(given), (value) => Number.isInteger(value) && value > 0),
        () => "a positive whole number"
      )
    )
  )

/** One of these words. */
export const choice = <const A extends string>(name: string, words: ReadonlyArray<A>): Flag.Flag<A | null> =>
  orNull(
    Flag.String(name).pipe(
      Flag.filterMap(
        (given) => Option.fromUndefinedOr(words.find((word) => word === given)),
        () => `one of ${words.join(", ")}`
      )
    )
  )

/** A JSON object, with the text it was given as. */
export const object = (name: string): Flag.Flag<{ readonly text: string; readonly value: Schema.JsonObject } | null> =>
  orNull(
    Flag.String(name).pipe(
      Flag.filterMap(
        (given) => Option.map(parseObject(given), (value) => ({ text: given, value })),
        () => "a JSON object"
      )
    )
  )

const parseObject = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.JsonObject))

const finite = (given: string): Option.Option<number> =>
  given.trim() === "" ? Option.none() : Option.filter(Option.some(Number(given)), Number.isFinite)

const orNull = <A>(flag: Flag.Flag<A>): Flag.Flag<A | null> => flag.pipe(Flag.optional, Flag.map(Option.getOrNull))

/** Reads declared flags from the arguments of one command. */
export const flagReader =
  (parsed: Parsed) =>
  <A>(flag: Flag.Flag<A>): Effect.Effect<A, Refusal> => {
    const reading = flag.parse({ flags: occurrences(parsed), arguments: [] })
    return needsNothing(reading)
      ? reading.pipe(
          Effect.map(([, value]) => value),
          Effect.mapError((error) => toRefusal(error, parsed.name))
        )
      : Effect.die("a flag of plain text asked for a service")
  }

/**
 * The parser of a flag may ask for a file system or a terminal, for flags that read files or prompt. Ours are made of
 * text only, so they ask for nothing; the type cannot know that.
 */
const needsNothing = <A, E>(reading: Effect.Effect<A, E, Command.Environment>): reading is Effect.Effect<A, E> =>
  Effect.isEffect(reading)

/** Every value of a flag that may be repeated, in typed order; `true` where it came without one. */
export const valuesOf = ({ flags }: Parsed, name: string): ReadonlyArray<string | true> => flags.get(name) ?? []

/** One value for each flag: the last one that came with text. */
const occurrences = ({ flags, name }: Parsed): Record<string, ReadonlyArray<string>> =>
  Object.fromEntries(
    [...flags].map(([flag, values]) => {
      const last = values.at(-1) ?? true
      const isSwitch = kindOf(name, flag) === "switch"
      const value = isSwitch ? `${last !== "false"}` : last
      return [flag, value === true ? [] : [value]]
    })
  )

const kindOf = (name: CommandName, flag: string): string => flagOf(name, flag)?.kind ?? "text"

const toRefusal = (error: CliError.CliError, name: CommandName): Refusal => {
  const flag = "option" in error ? `--${error.option}` : "a flag"
  const expected = error._tag === "InvalidValue" ? error.expected : "a value"
  return new Refusal({
    code: "INVALID_ARGUMENTS",
    message: `${flag} takes ${expected}`,
    recovery: { requiredFlag: flag, docsUrl: docsUrl(`image-skill-${name.replaceAll(" ", "-")}`) },
    details: { problems: [{ field: flag.slice(2), flag, problem: `must be ${expected}` }] }
  })
}
