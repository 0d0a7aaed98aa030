import * as Effect from "effect/Effect"
import { askSigned } from "../../AskSigned.ts"
import { flagReader, text } from "../../Flags.ts"
import type { Leaf } from "../../Leaf.ts"
import { requiredWord } from "../../RequiredWord.ts"
import { withUnknownActivity } from "./unknown.ts"

/** One event, or the events of one subject. */
export const leaf: Leaf = (context) =>
  Effect.gen(function* () {
    const named = yield* flagReader(context.parsed)(text("reference"))
    const reference = yield* requiredWord(context, named, "reference", "a reference")
    const answer = yield* askSigned(context, (service, token) => service.activityShow({ reference }, token))
    return withUnknownActivity(context, answer)
  })
