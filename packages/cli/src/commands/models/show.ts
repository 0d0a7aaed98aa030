import * as Effect from "effect/Effect"
import { askOpenly } from "../../AskOpenly.ts"
import type { Leaf } from "../../Leaf.ts"
import { requiredWord } from "../../RequiredWord.ts"

/** One model, with its parameters, price and limits. */
export const leaf: Leaf = (context) =>
  Effect.flatMap(requiredWord(context, null, null, "a model id"), (modelId) =>
    askOpenly(context, (service) => service.modelsShow({ modelId }))
  )
