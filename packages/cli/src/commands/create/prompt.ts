import * as NodeLocalFiles from "@image-skill/adapters/media/NodeLocalFiles"
import { command, flag as flagPart, json } from "@image-skill/core/envelope/CommandLine"
import { placeholders } from "@image-skill/core/envelope/Placeholders"
import { docsUrl } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import { type LocalFileFailed, LocalFiles } from "@image-skill/core/media/LocalFiles"
import * as Effect from "effect/Effect"
import type { Context } from "../../Context.ts"
import { flagReader, text, toggle } from "../../Flags.ts"

/** A prompt has at most 8,000 characters; four bytes each is as long as its file can be. */
const maxPromptBytes = 32_000

/** The prompt of a live create or a dry run: text, a file, or standard input. Never blank. */
export const readPrompt = (context: Context): Effect.Effect<string, Refusal> =>
  Effect.gen(function* () {
    const found = yield* findPrompt(context)
    if (found === null) return yield* invalid(context, missing(context))
    return found.text.trim() === "" ? yield* invalid(context, blank(found)) : found.text
  })

/** As it was typed, or as it stands in its file. */
export interface FoundPrompt {
  readonly text: string
  readonly flag: "--prompt" | "--prompt-file"
}

export const findPrompt = (context: Context): Effect.Effect<FoundPrompt | null, Refusal> =>
  Effect.gen(function* () {
    const flag = flagReader(context.parsed)
    const given = yield* flag(text("prompt"))
    const path = yield* flag(text("prompt-file"))
    if (given !== null && path !== null)
      return yield* invalid(context, "--prompt and --prompt-file exclude each other; give one")
    if (given !== null) return { text: given, flag: "--prompt" }
    if (path === null) return null
    if (path === "-" && (yield* flag(toggle("token-stdin")))) {
      return yield* invalid(
        context,
        "--prompt-file - and --token-stdin both read standard input; give the token by IMAGE_SKILL_TOKEN"
      )
    }
    return { text: yield* readFile(context, path), flag: "--prompt-file" }
  })

export const blank = ({ flag }: FoundPrompt): string => `the prompt of ${flag} is blank; say what to make`

const readFile = (context: Context, path: string) =>
  Effect.flatMap(LocalFiles, (files) => files.readText(path, maxPromptBytes)).pipe(
    Effect.mapError((error) => unreadable(context, error)),
    Effect.provide(NodeLocalFiles.layer)
  )

const missing = ({ parsed }: Context): string =>
  parsed.positionals.length > 0
    ? "a live create takes its prompt by --prompt or --prompt-file; a bare argument is understood by --guide only"
    : "say what to make: --prompt TEXT, or --prompt-file PATH"

export const invalid = ({ parsed: { name } }: Context, message: string): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message,
    outcome: "not_sent",
    recovery: {
      requiredFlag: "--prompt",
      ...(name === "create"
        ? { suggestedCommand: command("create", flagPart("guide"), flagPart("prompt", placeholders.PROMPT), json) }
        : {}),
      docsUrl: docsUrl(`image-skill-${name}`)
    }
  })

const unreadable = ({ parsed: { name } }: Context, { message, path, reason }: LocalFileFailed): Refusal =>
  new Refusal({
    code: "INPUT_FILE_UNREADABLE",
    message: `the prompt file ${path} cannot be read: ${message}`,
    recovery: { requiredFlag: "--prompt-file", docsUrl: docsUrl(`image-skill-${name}`) },
    details: { reason }
  })
