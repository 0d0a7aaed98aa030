import type { Parsed } from "@image-skill/core/envelope/Arguments"
import { type CommandName, commandNames, specOf } from "@image-skill/core/envelope/CommandBook"
import { type Command, command, flag, json, positional } from "@image-skill/core/envelope/CommandLine"
import { commandNamed, commandsBelow } from "@image-skill/core/envelope/CommandTree"
import { success } from "@image-skill/core/envelope/Envelope"
import { Ids } from "@image-skill/core/envelope/Ids"
import { insteadOf, nearestCommands } from "@image-skill/core/envelope/NearestNames"
import { docsUrl, version } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import { lineOf, type Start } from "@image-skill/core/envelope/Start"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import { flagReader, toggle } from "../../Flags.ts"
import type { Leaf } from "../../Leaf.ts"
import { commandSchema, globalFlagsSchema } from "./command.ts"

/**
 * What commands take and answer. Alone it is an index; with a command it is that command, with `--explain` also the
 * schema of its answer; with `--all` it is everything. No network, no configuration.
 */
export const leaf: Leaf = ({ host, parsed }) =>
  Effect.gen(function* () {
    const flagOf = flagReader(parsed)
    const all = yield* flagOf(toggle("all"))
    const whole = all || isOn(parsed, "explain")
    const words = parsed.positionals.flatMap((word) => word.split(" ")).filter((word) => word !== "")
    const shown = words.length === 0 ? commandNames : namesOf(words)
    if (shown.length === 0) return yield* unknown(words)
    const [only] = shown
    const data =
      words.length > 0 && shown.length === 1 && only !== undefined
        ? one(only, whole, host)
        : all
          ? everything(shown)
          : index(words.join(" "), shown, host)
    const { trace } = yield* Ids
    return success({ command: "image-skill schema", traceId: yield* trace, actor: null }, data)
  })

/** The last one counts, and only `false` is no. */
const isOn = ({ flags }: Parsed, name: string): boolean => (flags.get(name)?.at(-1) ?? "false") !== "false"

/** A command, or those below a group. */
const namesOf = (words: ReadonlyArray<string>): ReadonlyArray<CommandName> => {
  const name = commandNamed(words)
  return name === null ? commandsBelow(words.join(" ")) : [name]
}

/** Characters of a short answer; what does not fit is left out and named. */
const room = 5_400

const one = (name: CommandName, whole: boolean, start: Start): Schema.Json => {
  const all = commandSchema(name)
  if (whole) return all
  const { answer_schema: answer, flags_schema: flags, ...rest } = all
  const short = { ...rest, flags_schema: flags }
  const hasRoom = JSON.stringify(short, null, 2).length <= room
  const omitted = [...(answer === null ? [] : ["answer_schema"]), ...(hasRoom ? [] : ["flags_schema"])]
  if (omitted.length === 0) return all
  return { ...(hasRoom ? short : rest), omitted, omitted_command: lineOf(explained(name), start) }
}

const explained = (name: CommandName): Command =>
  command("schema", ...name.split(" ").map((word) => positional(word)), flag("explain"), json)

const everything = (names: ReadonlyArray<CommandName>): Schema.Json => ({
  schema: "image-skill.command-schemas.v1",
  version,
  global_flags_schema: globalFlagsSchema(),
  commands: names.map(commandSchema)
})

/** One line for each command: what it may do, whether it needs a token, and what it is for. */
const index = (group: string, names: ReadonlyArray<CommandName>, start: Start): Schema.Json => {
  const words = group === "" ? [] : group.split(" ").map((word) => positional(word))
  return {
    schema: "image-skill.command-index.v1",
    version,
    commands: Object.fromEntries(
      names.map((name) => {
        const { about, auth, effect } = specOf(name)
        return [name, `${effect}, token ${auth}: ${about}`]
      })
    ),
    omitted: {
      command_schema: `${start.prefix} schema ${group === "" ? "" : `${group} `}COMMAND`,
      all_schemas: lineOf(command("schema", ...words, flag("all"), json), start)
    }
  }
}

const unknown = (words: ReadonlyArray<string>): Refusal => {
  const near = nearestCommands(words)
  const [likeliest] = near
  return new Refusal({
    code: "INVALID_ARGUMENTS",
    message: `there is no command ${words
      .join(" ")
      .replaceAll(/[^\w .-]/gu, "?")
      .slice(0, 60)} to show the schema of`,
    outcome: "not_sent",
    recovery: {
      suggestedCommand: likeliest === undefined ? command("schema", json) : insteadOf(likeliest.split(" ")),
      docsUrl: docsUrl("image-skill-schema")
    },
    ...(near.length === 0 ? {} : { details: { nearest: near } })
  })
}
