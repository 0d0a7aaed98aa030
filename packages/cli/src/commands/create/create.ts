import * as Effect from "effect/Effect"
import { flagReader, toggle } from "../../Flags.ts"
import type { Leaf } from "../../Leaf.ts"

/** Makes media, plans it, or asks the guide: three ways of one command, each loaded only when it is meant. */
export const leaf: Leaf = (context) =>
  Effect.flatMap(flagReader(context.parsed)(toggle("guide")), (isGuide) =>
    isGuide
      ? Effect.flatMap(
          Effect.promise(() => import("./guide.ts")),
          ({ guide }) => guide(context)
        )
      : Effect.flatMap(
          Effect.promise(() => import("./live.ts")),
          ({ create }) => create(context)
        )
  )
