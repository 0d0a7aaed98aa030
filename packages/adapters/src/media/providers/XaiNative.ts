import type { GenerationRequest, MediaProviderError, NativeRequest } from "@image-skill/core/media/MediaProvider"
import * as Result from "effect/Result"
import { problemOf, rejected, sourcesOf, upstreamOf } from "./OpenAiNative.ts"

/** An edit takes so many pictures: the one that is edited and two references. */
const mostSources = 3

/**
 * The request of xAI's image API, generations or edits, both JSON (https://docs.x.ai/docs/guides/image-generations).
 * Pictures go within it; `auto` leaves the ratio to the model.
 */
export const native = (request: GenerationRequest): Result.Result<NativeRequest, MediaProviderError> => {
  const { aspectRatio, inputs, model, outputCount, parameters, prompt } = request
  const sources = sourcesOf(inputs)
  const problem =
    problemOf(request, { mask: false, prompt: true }) ??
    (sources.length > mostSources ? `takes at most ${mostSources} pictures` : null)
  if (problem !== null) return rejected("xai", request, problem)
  const [first] = sources
  return Result.succeed({
    path: model.endpoint === "edit" ? "/images/edits" : "/images/generations",
    body: {
      ...(aspectRatio === "auto" ? {} : { aspect_ratio: aspectRatio }),
      ...parameters,
      model: upstreamOf(request),
      prompt,
      n: outputCount,
      response_format: "b64_json",
      ...(sources.length > 1 ? { images: sources } : {}),
      ...(sources.length === 1 && first !== undefined ? { image: first } : {})
    }
  })
}
