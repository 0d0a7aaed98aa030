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
    const flag = flagReader(context.parsed)
    const given = yield* flag(text("prompt"))
    const path = yield* flag(text("prompt-file"))
    if (given !== null && path !== null)
      return yield* invalid("--prompt and --prompt-file exclude each other; give one")
    if (given === null && path === null) return yield* invalid(missing(context))
    if (path === "-" && (yield* flag(toggle("token-stdin")))) {
      return yield* invalid(
        "--prompt-file - and --token-stdin both read standard input; give the token by IMAGE_SKILL_TOKEN"
      )
    }
    const prompt = given ?? (yield* readFile(path ?? ""))
    if (prompt.trim() !== "") return prompt
    return yield* invalid(`the prompt of ${given === null ? "--prompt-file" : "--prompt"} is blank; say what to make`)
  })

const readFile = (path: string) =>
  Effect.flatMap(LocalFiles, (files) => files.readText(path, maxPromptBytes)).pipe(
    Effect.mapError(unreadable),
    Effect.provide(NodeLocalFiles.layer)
  )

const missing = ({ parsed }: Context): string =>
  parsed.positionals.length > 0
    ? "a live create takes its prompt by --prompt or --prompt-file; a bare argument is understood by --guide only"
    : "say what to make: --prompt TEXT, or --prompt-file PATH"

const invalid = (message: string): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message,
    outcome: "not_sent",
    recovery: {
      requiredFlag: "--prompt",
      suggestedCommand: command("create", flagPart("guide"), flagPart("prompt", placeholders.PROMPT), json),
      docsUrl: docsUrl("image-skill-create")
    }
  })

const unreadable = ({ message, path, reason }: LocalFileFailed): Refusal =>
  new Refusal({
    code: "INPUT_FILE_UNREADABLE",
    message: `the prompt file ${path} cannot be read: ${message}`,
    recovery: { requiredFlag: "--prompt-file", docsUrl: docsUrl("image-skill-create") },
    details: { reason }
  })
