import { command, json, positional } from "@image-skill/core/envelope/CommandLine"
import { docsUrl } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
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
    if (takes === "forbidden") return prompt === "" ? null : yield* promptForbidden(modelId ?? "")
    if (found === null)
      return takes === "required"
        ? yield* invalid(context, "say what to change: --prompt TEXT, or --prompt-file PATH")
        : null
    return prompt === "" ? yield* invalid(context, blank(found)) : prompt
  })

const promptForbidden = (modelId: string): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: `${modelId} takes no prompt; leave --prompt out`,
    outcome: "not_sent",
    recovery: {
      suggestedCommand: command("models show", positional(modelId), json),
      docsUrl: docsUrl("image-skill-edit")
    }
  })

const modelOf = (id: string): Model | undefined => {
  const known = resolveModelId(id.trim(), publishedModels)
  return publishedModels.find((model) => model.id === known)
}
