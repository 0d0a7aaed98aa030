import type { GenerationRequest, MediaProviderError, NativeRequest } from "@image-skill/core/media/MediaProvider"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import { failure } from "../internal/ProviderFailure.ts"

/** The native request; `mediaAt` says how an input stands in it: for the provider as a URL. */
export const native = (
  provider: string,
  request: GenerationRequest,
  mediaAt: (index: number) => Schema.Json
): Result.Result<NativeRequest, MediaProviderError> => {
  const { aspectRatio, model, outputCount, parameters, prompt } = request
  const own = {
    ...(prompt === null ? {} : { prompt }),
    ...(aspectRatio === "auto" ? {} : { aspect_ratio: aspectRatio }),
    ...(model.maxOutputs > 1 ? { num_outputs: outputCount } : {}),
    ...mediaOf(request, mediaAt)
  }
  const problem = problemOf(request, own)
  if (problem !== null) return Result.fail(failure(provider, "rejected", `${model.id} ${problem}`))
  return Result.succeed({ path: `/models/${model.upstream}/predictions`, body: { input: { ...parameters, ...own } } })
}

const mediaOf = ({ inputs, model }: GenerationRequest, mediaAt: (index: number) => Schema.Json): Schema.JsonObject => {
  const image = inputs.findIndex(({ role }) => role === "input")
  const mask = inputs.findIndex(({ role }) => role === "mask")
  return {
    ...(image === -1 ? {} : { [model.mask === "none" ? "input_image" : "image"]: mediaAt(image) }),
    ...(mask === -1 ? {} : { mask: mediaAt(mask) })
  }
}

const problemOf = (
  { inputs, model, outputCount, parameters, prompt }: GenerationRequest,
  own: Schema.JsonObject
): string | null => {
  const masks = inputs.filter(({ role }) => role === "mask").length
  if (model.upstream === null) return "has no name at the provider"
  if (prompt === null) return "needs a prompt"
  if (outputCount > model.maxOutputs) return `gives no more than ${model.maxOutputs} outputs at a time`
  if (inputs.length - masks === 0 && model.inputImage === "required") return "needs an input"
  if (inputs.length - masks > model.maxInputs) return `takes no more than ${model.maxInputs} inputs`
  if (masks !== (model.mask === "none" ? 0 : 1)) return model.mask === "none" ? "takes no mask" : "needs one mask"
  const taken = Object.keys(parameters).find((name) => Object.hasOwn(own, name))
  return taken === undefined ? null : `does not take ${taken}: it is set by other means`
}
