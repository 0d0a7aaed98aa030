import type { GenerationRequest, MediaProviderError, NativeRequest } from "@image-skill/core/media/MediaProvider"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import { failure } from "../internal/ProviderFailure.ts"

/** The native request; `mediaAt` says how an input stands in it: for the provider as base64 text. */
export const native = (
  provider: string,
  request: GenerationRequest,
  mediaAt: (index: number) => Schema.Json
): Result.Result<NativeRequest, MediaProviderError> => {
  const { model, parameters, prompt } = request
  const own = {
    ...(prompt === null ? {} : { prompt }),
    ...shapeOf(request),
    ...mediaOf(request, mediaAt)
  }
  const problem = problemOf(request, own)
  if (problem !== null) return Result.fail(failure(provider, "rejected", `${model.id} ${problem}`))
  return Result.succeed({ path: `/${model.upstream}`, body: { ...parameters, ...own } })
}

/** Models with a table of sizes take pixels, the others a ratio; without one an edit keeps the shape of its input. */
const shapeOf = ({ aspectRatio, model, size }: GenerationRequest): Schema.JsonObject => {
  if (model.sizes !== null) return size === null ? {} : { width: size.width, height: size.height }
  return aspectRatio === "auto" ? {} : { aspect_ratio: aspectRatio }
}

const mediaOf = ({ inputs, model }: GenerationRequest, mediaAt: (index: number) => Schema.Json): Schema.JsonObject => {
  const name = model.mask === "none" ? "input_image" : "image"
  const images = inputs.flatMap(({ role }, index) => (role === "mask" ? [] : [mediaAt(index)]))
  const mask = inputs.findIndex(({ role }) => role === "mask")
  return {
    ...Object.fromEntries(images.map((image, index) => [index === 0 ? name : `${name}_${index + 1}`, image])),
    ...(mask === -1 ? {} : { mask: mediaAt(mask) })
  }
}

const problemOf = (
  { inputs, model, outputCount, parameters, prompt, size }: GenerationRequest,
  own: Schema.JsonObject
): string | null => {
  const masks = inputs.filter(({ role }) => role === "mask").length
  if (model.upstream === null) return "has no name at the provider"
  if (prompt === null) return "needs a prompt"
  if (outputCount > 1) return "gives one output at a time"
  if (inputs.length - masks === 0 && model.inputImage === "required") return "needs an input"
  if (inputs.length - masks > model.maxInputs) return `takes no more than ${model.maxInputs} inputs`
  if (masks !== (model.mask === "none" ? 0 : 1)) return model.mask === "none" ? "takes no mask" : "needs one mask"
  const edges = model.sizes === null || size === null ? [] : [size.width, size.height]
  if (edges.some((edge) => edge % 32 !== 0)) return `takes multiples of 32 pixels, not ${edges.join(" x ")}`
  const taken = Object.keys(parameters).find((name) => Object.hasOwn(own, name) && own[name] !== parameters[name])
  return taken === undefined ? null : `does not take ${taken}: it is set by other means`
}
