import * as Effect from "effect/Effect"
import { askOpenly } from "../../AskOpenly.ts"
import { flagReader, number, text } from "../../Flags.ts"
import type { Leaf } from "../../Leaf.ts"

/** The capability catalogue, whole or page by page. */
export const leaf: Leaf = (context) =>
  Effect.gen(function* () {
    const flag = flagReader(context.parsed)
    const limit = yield* flag(number("limit"))
    const cursor = (yield* flag(text("cursor")))?.trim() ?? ""
    return yield* askOpenly(context, (service) =>
      service.capabilitiesList({
        ...(limit === null ? {} : { limit: `${limit}` }),
        ...(cursor === "" ? {} : { cursor })
      })
    )
  })
