import { command, json } from "@image-skill/core/envelope/CommandLine"
import { docsUrl } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import * as Effect from "effect/Effect"
import type { Context } from "./Context.ts"

/** The one positional of a command, or the flag that stands for it. */
export const requiredWord = (
  { parsed }: Context,
  flagValue: string | null,
  flagName: string | null,
  what: string
): Effect.Effect<string, Refusal> => {
  const word = parsed.positionals[0] ?? flagValue
  return word === null || word.trim() === ""
    ? Effect.fail(
        new Refusal({
          code: "INVALID_ARGUMENTS",
          message: `${parsed.name} needs ${what}${flagName === null ? "" : `, as an argument or by --${flagName}`}`,
          outcome: "not_sent",
          recovery: {
            suggestedCommand: command(parsed.name, { _tag: "Flag", name: "help", value: null }, json),
            docsUrl: docsUrl(`image-skill-${parsed.name.replaceAll(" ", "-")}`)
          }
        })
      )
    : Effect.succeed(word)
}
