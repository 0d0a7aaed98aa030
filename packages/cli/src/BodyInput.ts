import * as NodeLocalFiles from "@image-skill/adapters/media/NodeLocalFiles"
import type { Parsed } from "@image-skill/core/envelope/Arguments"
import type { CommandName } from "@image-skill/core/envelope/CommandBook"
import { command, flag, json } from "@image-skill/core/envelope/CommandLine"
import { takesBody } from "@image-skill/core/envelope/CommandTree"
import { docsUrl } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import { type LocalFileFailed, LocalFiles } from "@image-skill/core/media/LocalFiles"
import { withBody } from "@image-skill/core/service/CommandBody"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { bodiesOf, withoutBody } from "./BodyNeed.ts"
import type { Machine } from "./Machine.ts"

/** Bytes. A request that is larger carries media, which is named by its path. */
const largest = 262_144

/** The arguments with what stands in the body that `--input` names: `-`, `@-` or `@FILE`. Nothing was sent yet. */
export const readBody = (parsed: Parsed, machine: Machine): Effect.Effect<Parsed, Refusal> =>
  Effect.gen(function* () {
    const { name } = parsed
    const [given, ...more] = bodiesOf(parsed)
    if (given === undefined) return parsed
    if (!takesBody(name))
      return yield* refuse(name, `${name} takes no request, so there is nothing for --input to fill`)
    if (more.length > 0) return yield* refuse(name, "--input names several request bodies; give one")
    const path = pathOf(given)
    if (path === null) return yield* refuse(name, "--input takes - for standard input, or @FILE")
    const rest = withoutBody(parsed)
    if (path === "-") yield* judgeStdin(rest, machine)
    const text = yield* Effect.flatMap(LocalFiles, (files) => files.readText(path, largest)).pipe(
      Effect.mapError((error) => unreadable(name, error)),
      Effect.provide(NodeLocalFiles.layer)
    )
    const body = yield* Effect.mapError(decodeJson(text), () => refuse(name, "the body of --input is no JSON"))
    return yield* Effect.fromResult(withBody(rest, body))
  })

const decodeJson = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Json))

/** Null where it is neither. */
const pathOf = (given: string | true): string | null => {
  if (given === "-" || given === "@-") return "-"
  return given !== true && given.length > 1 && given.startsWith("@") ? given.slice(1) : null
}

/** Standard input can be read once. */
const judgeStdin = (
  { flags, name, positionals }: Parsed,
  { stdinIsTerminal }: Machine
): Effect.Effect<void, Refusal> => {
  if (stdinIsTerminal) return refuse(name, "--input - reads a pipe, but standard input is a terminal")
  const token = flags.get("token-stdin")?.at(-1)
  const others = [
    ...(token === undefined || token === "false" ? [] : ["--token-stdin"]),
    ...[...flags].filter(([, values]) => values.some(isStdin)).map(([flagName]) => `--${flagName} -`),
    ...(positionals.some(isStdin) ? ["the argument -"] : [])
  ]
  return others.length === 0
    ? Effect.void
    : refuse(name, `--input - and ${others.join(" and ")} read the same standard input, and only one of them can`)
}

const isStdin = (value: string | true): boolean => value !== true && /^-(?:@|$)/u.test(value)

const refuse = (name: CommandName, message: string): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message,
    outcome: "not_sent",
    recovery: {
      requiredFlag: "--input",
      suggestedCommand: command(name, flag("help"), json),
      docsUrl: docsUrl(`image-skill-${name.replaceAll(" ", "-")}`)
    }
  })

const unreadable = (name: CommandName, { message, path, reason }: LocalFileFailed): Refusal => {
  const shown = path.length > 120 ? `${path.slice(0, 120)}…` : path
  return reason === "too_large" || reason === "not_text"
    ? refuse(name, `the body of --input must be JSON of at most 256 KiB: ${message}`)
    : new Refusal({
        code: "INPUT_FILE_UNREADABLE",
        message: `the body ${shown} of --input cannot be read: ${message}`,
        recovery: { requiredFlag: "--input", docsUrl: docsUrl(`image-skill-${name.replaceAll(" ", "-")}`) },
        details: { reason }
      })
}
