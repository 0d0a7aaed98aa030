import * as Effect from "effect/Effect"
import { askOpenly } from "../../AskOpenly.ts"
import { discardToken } from "../../DiscardToken.ts"
import type { Leaf } from "../../Leaf.ts"

/** The rails. A token that a wrapper adds blindly is never sent. */
export const leaf: Leaf = (context) =>
  Effect.andThen(
    discardToken(context),
    askOpenly(context, (service) => service.paymentMethods({}))
  )
