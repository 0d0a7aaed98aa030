import type { GenerationRequest, MediaProviderError, NativeRequest } from "@image-skill/core/media/MediaProvider"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import { failure } from "../internal/ProviderFailure.ts"

/** What the models read (https://ai.google.dev/gemini-api/docs/image-understanding). */
const readable = new Set(["image/png", "image/jpeg", "image/webp"])

/** The native request; `mediaAt` says how an input stands in it: for the provider as base64 text. */
export const native = (
  provider: string,
  request: GenerationRequest,
  mediaAt: (index: number) => Schema.Json
): Result.Result<NativeRequest, MediaProviderError> => {
  const problem = problemOf(request)
  if (problem !== null) return Result.fail(failure(provider, "rejected", `${request.model.id} ${problem}`))
  const { aspectRatio, inputs, model, parameters, prompt } = request
  const { imageSize, ...sampling } = parameters
  const imageConfig = {
    ...(aspectRatio === "auto" ? {} : { aspectRatio }),
    ...(imageSize === undefined ? {} : { imageSize })
  }
  const media = inputs.map(({ mimeType }, index) => ({ inlineData: { mimeType, data: mediaAt(index) } }))
  return Result.succeed({
    path: `/models/${model.upstream}:generateContent`,
    body: {
      contents: [{ role: "user", parts: [...media, { text: prompt ?? "" }] }],
      generationConfig: {
        ...sampling,
        responseModalities: ["IMAGE"],
        ...(Object.keys(imageConfig).length === 0 ? {} : { imageConfig })
      }
    }
  })
}

const problemOf = ({ inputs, model, outputCount, parameters, prompt }: GenerationRequest): string | null => {
  if (model.upstream === null) return "has no name at the provider"
  if (prompt === null) return "needs a prompt"
  if (outputCount > 1) return "gives one output at a time"
  const set = ["responseModalities", "imageConfig"].find((name) => Object.hasOwn(parameters, name))
  if (set !== undefined) return `does not take ${set}: it is set by other means`
  if (inputs.some(({ role }) => role === "mask")) return "takes no mask"
  if (inputs.length === 0 && model.inputImage === "required") return "needs an input"
  if (inputs.length > model.maxInputs) return `takes no more than ${model.maxInputs} inputs`
  const strange = inputs.find(({ mimeType }) => !readable.has(mimeType))
  return strange === undefined ? null : `does not read inputs of type ${strange.mimeType}`
}
