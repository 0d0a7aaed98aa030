import { Ids } from "@image-skill/core/envelope/Ids"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

/** A key for a quote of a caller who gave none, so that even this one can be repeated safely (contract/cli.md 10.3). */
export const quoteKey: Effect.Effect<string, never, Ids> = Effect.gen(function* () {
  const { hex } = yield* Ids
  return `quote-${yield* Clock.currentTimeMillis}-${yield* hex(8)}`
})
