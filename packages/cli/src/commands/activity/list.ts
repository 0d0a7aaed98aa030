import * as Effect from "effect/Effect"
import { askSigned } from "../../AskSigned.ts"
import { flagReader, number, text } from "../../Flags.ts"
import type { Leaf } from "../../Leaf.ts"
import { withUnknownActivity } from "./unknown.ts"

/** What happened in this organization, newest first. */
export const leaf: Leaf = (context) =>
  Effect.gen(function* () {
    const flag = flagReader(context.parsed)
    const limit = yield* flag(number("limit"))
    const subject = yield* flag(text("subject"))
    const cursor = yield* flag(text("cursor"))
    const answer = yield* askSigned(context, (service, token) =>
      service.activityList(
        {
          ...(limit === null ? {} : { limit: `${limit}` }),
          ...(subject === null ? {} : { subject }),
          ...(cursor === null ? {} : { cursor })
        },
        token
      )
    )
    return withUnknownActivity(context, answer)
  })
