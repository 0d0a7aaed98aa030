import {
  type GenerationRequest,
  MediaProviderError,
  type NativeRequest,
  type ProviderInput
} from "@image-skill/core/media/MediaProvider"
import { proportion } from "@image-skill/core/models/OutputSize"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"

/**
 * The request of OpenAI's image API, generations or edits (https://platform.openai.com/docs/api-reference/images). An
 * edit goes out as a form whose file parts are `image[]` and `mask`.
 */
export const native = (request: GenerationRequest): Result.Result<NativeRequest, MediaProviderError> => {
  const problem = problemOf(request, { mask: true, prompt: true })
  if (problem !== null) return rejected("openai", request, problem)
  const { inputs, outputCount, parameters, prompt } = request
  const own = { model: upstreamOf(request), prompt, n: outputCount }
  const body = { ...sizeFor(request), ...parameters, ...own }
  if (request.model.endpoint === "create") return Result.succeed({ path: "/images/generations", body })
  const mask = inputs.findIndex(({ role }) => role === "mask")
  return Result.succeed({
    path: "/images/edits",
    body: { ...body, "image[]": sourcesOf(inputs), ...(mask === -1 ? {} : { mask: { media: mask } }) }
  })
}

/** The provider's name of the model; the rows of edits are called after it with `-edit`. */
export const upstreamOf = ({ model: { id, provider, upstream } }: GenerationRequest): string =>
  upstream ?? id.slice(provider.length + 1).replace(/-edit$/u, "")

/** All inputs but the mask, in their order. */
export const sourcesOf = (inputs: ReadonlyArray<ProviderInput>): ReadonlyArray<Schema.JsonObject> =>
  inputs.flatMap(({ role }, media) => (role === "mask" ? [] : [{ media }]))

/** contract/api.md 13: the ratio chooses the size where none is named. */
const sizeFor = ({ aspectRatio }: GenerationRequest): Schema.JsonObject => {
  const ratio = proportion(aspectRatio)
  if (ratio === null) return {}
  if (ratio === 1) return { size: "1024x1024" }
  return { size: ratio < 1 ? "1024x1536" : "1536x1024" }
}

/** Why the request cannot be one of this API; null when it can. */
export const problemOf = (
  { inputs, model, outputCount, prompt }: GenerationRequest,
  takes: { readonly mask: boolean; readonly prompt: boolean }
): string | null => {
  const masks = inputs.filter(({ role }) => role === "mask").length
  const sources = inputs.length - masks
  const stranger = inputs.find(({ mimeType }) => !pictures.has(mimeType))
  if (takes.prompt && (prompt === null || prompt === "")) return "needs a prompt"
  if (outputCount > model.maxOutputs) return `gives at most ${model.maxOutputs} outputs at a time`
  if (model.inputImage === "none" && inputs.length > 0) return "takes no pictures"
  if (model.inputImage === "required" && sources === 0) return "needs a picture to work on"
  if (masks > (takes.mask && model.mask !== "none" ? 1 : 0))
    return takes.mask ? "takes one mask at most" : "takes no mask"
  return stranger === undefined ? null : `does not take ${stranger.mimeType}`
}

const pictures = new Set(["image/png", "image/jpeg", "image/webp"])

export const rejected = (
  provider: string,
  { model }: GenerationRequest,
  problem: string
): Result.Result<never, MediaProviderError> =>
  Result.fail(new MediaProviderError({ provider, reason: "rejected", message: `${model.id} ${problem}` }))
