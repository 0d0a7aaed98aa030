import { docsUrl } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import * as Effect from "effect/Effect"
import type { Context } from "./Context.ts"
import { flagReader, text, toggle } from "./Flags.ts"
import type { Named } from "./Picture.ts"

/** Standard input can be read once: by the token, the prompt, or one picture. */
export const judgeStdin = ({ parsed }: Context, pictures: ReadonlyArray<Named>): Effect.Effect<void, Refusal> =>
  Effect.gen(function* () {
    const flag = flagReader(parsed)
    const readers = [
      ...((yield* flag(toggle("token-stdin"))) ? ["--token-stdin"] : []),
      ...((yield* flag(text("prompt-file"))) === "-" ? ["--prompt-file -"] : []),
      ...pictures.filter(({ text: given }) => given === "-").map(({ what }) => `${what} -`)
    ]
    if (readers.length > 1) return yield* readTwice(readers, parsed.name)
  })

const readTwice = (readers: ReadonlyArray<string>, name: string): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: `${readers.join(" and ")} all read standard input, and only one of them can; give the token by IMAGE_SKILL_TOKEN, the rest by path`,
    outcome: "not_sent",
    recovery: { docsUrl: docsUrl(`image-skill-${name}`) }
  })
