import { command, flag, json } from "@image-skill/core/envelope/CommandLine"
import { success } from "@image-skill/core/envelope/Envelope"
import { Ids } from "@image-skill/core/envelope/Ids"
import { docsUrl } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import * as Effect from "effect/Effect"
import { flagReader, toggle } from "../../Flags.ts"
import type { Leaf } from "../../Leaf.ts"
import { bashScript } from "./bash.ts"
import { fishScript } from "./fish.ts"
import { type Shell, shells } from "./tree.ts"
import { zshScript } from "./zsh.ts"

/** A script made of the command book, so that pressing the key starts no program. With `--raw` it is all that is printed. */
export const leaf: Leaf = ({ host, parsed }) =>
  Effect.gen(function* () {
    const [typed] = parsed.positionals
    const shell = shells.find((name) => name === typed)
    if (shell === undefined) return yield* unknownShell(typed)
    const isRaw = yield* flagReader(parsed)(toggle("raw"))
    const { trace } = yield* Ids
    const script = scripts[shell]()
    const raw = `${host.prefix} completions ${shell} --raw`
    const answer = success(
      { command: "image-skill completions", traceId: yield* trace, actor: null },
      { shell, install: install[shell](raw), script }
    )
    return isRaw ? { ...answer, raw: script } : answer
  })

const scripts: { readonly [S in Shell]: () => string } = { bash: bashScript, zsh: zshScript, fish: fishScript }

/** What a person types to have it in this shell. */
const install: { readonly [S in Shell]: (raw: string) => string } = {
  bash: (raw) => `eval "$(${raw})"`,
  zsh: (raw) => `source <(${raw})`,
  fish: (raw) => `${raw} | source`
}

const unknownShell = (typed: string | undefined): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: `${typed === undefined ? "name the shell" : "there is no script for that shell"}: ${shells.join(", ")}`,
    outcome: "not_sent",
    recovery: {
      suggestedCommand: command("completions", flag("help"), json),
      docsUrl: docsUrl("image-skill-completions")
    },
    details: { allowed: shells }
  })
