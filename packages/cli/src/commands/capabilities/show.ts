import * as Effect from "effect/Effect"
import { askOpenly } from "../../AskOpenly.ts"
import type { Leaf } from "../../Leaf.ts"
import { requiredWord } from "../../RequiredWord.ts"

/** One capability: the schema side of a model. */
export const leaf: Leaf = (context) =>
  Effect.flatMap(requiredWord(context, null, null, "a capability id"), (capabilityId) =>
    askOpenly(context, (service) => service.capabilitiesShow({ capabilityId }))
  )
