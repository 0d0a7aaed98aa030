import type { Refusal } from "@image-skill/core/envelope/Refusal"
import { publishedModels } from "@image-skill/core/models/Catalogue"
import type { Model } from "@image-skill/core/models/Model"
import { resolveModelId } from "@image-skill/core/models/ModelAliases"
import * as Effect from "effect/Effect"
import type { Context } from "../../Context.ts"
import { blank, findPrompt, invalid } from "../create/prompt.ts"

/**
 * What to change, trimmed; null for a model that takes no prompt (contract/cli.md 6.13). A model that is not known here
 * is the service's to judge.
 */
export const readEditPrompt = (context: Context, modelId: string | null): Effect.Effect<string | null, Refusal> =>
  Effect.gen(function* () {
    const found = yield* findPrompt(context)
    const prompt = found?.text.trim() ?? ""
    const takes = modelId === null ? "required" : (modelOf(modelId)?.prompt ?? "unknown")
    if (takes === "forbidden")
      return prompt === "" ? null : yield* invalid(context, `${modelId} takes no prompt; leave --prompt out`)
    if (found === null)
      return takes === "required"
        ? yield* invalid(context, "say what to change: --prompt TEXT, or --prompt-file PATH")
        : null
    return prompt === "" ? yield* invalid(context, blank(found)) : prompt
  })

const modelOf = (id: string): Model | undefined => {
  const known = resolveModelId(id.trim(), publishedModels)
  return publishedModels.find((model) => model.id === known)
}
