import * as Effect from "effect/Effect"
import type { Context } from "./Context.ts"
import { flagReader, text } from "./Flags.ts"
import { wrong } from "./PolicyFlags.ts"

/** The text of a flag that a command cannot do without. */
export const requiredText = Effect.fnUntraced(function* ({ parsed }: Context, name: string) {
  const given = yield* flagReader(parsed)(text(name))
  return given === null || given.trim() === "" ? yield* wrong(parsed, `--${name}`, "given") : given.trim()
})
