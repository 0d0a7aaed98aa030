import type { GenerationRequest, MediaProviderError, NativeRequest } from "@image-skill/core/media/MediaProvider"
import type { Model } from "@image-skill/core/models/Model"
import * as Result from "effect/Result"
import { problemOf, rejected, upstreamOf } from "./OpenAiNative.ts"

export const provider = "compatible"

/** Multiples of 64, of the size for which small models were trained. */
const sizes = {
  "1:1": { width: 512, height: 512 },
  "4:3": { width: 640, height: 512 },
  "3:4": { width: 512, height: 640 },
  "3:2": { width: 768, height: 512 },
  "2:3": { width: 512, height: 768 },
  "16:9": { width: 896, height: 512 },
  "9:16": { width: 512, height: 896 }
}

/**
 * The rows of `IMAGE_SKILL_COMPATIBLE_MODELS`, names separated by commas; of two that read alike the first. They cost
 * nothing here: the server is the operator's own.
 */
export const modelsOf = (variable: (name: string) => string | null): ReadonlyArray<Model> => {
  const names = (variable("IMAGE_SKILL_COMPATIBLE_MODELS") ?? "").split(",").map((name) => name.trim())
  const slugs = names.map(slugOf)
  return names.flatMap((name, index) => {
    const slug = slugs[index] ?? ""
    return slug === "" || slugs.indexOf(slug) < index ? [] : [row(slug, name)]
  })
}

const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9.]+/gu, "-")
    .replaceAll(/^[-.]+|[-.]+$/gu, "")

const row = (slug: string, name: string): Model => ({
  id: `${provider}.${slug}`,
  displayName: `${name} (own server)`,
  provider,
  upstream: name,
  modality: "image",
  operation: "image.generate",
  endpoint: "create",
  supports: "create",
  wired: true,
  prompt: "required",
  inputImage: "none",
  maxInputs: 0,
  mask: "none",
  references: null,
  aspectRatios: { values: Object.keys(sizes), default: "1:1", ignored: null },
  parameters: {
    size: { type: "string", pattern: "^[1-9][0-9]{1,3}x[1-9][0-9]{1,3}$", description: "width x height in pixels" },
    seed: { type: "integer", description: "the same seed repeats the same picture where the server allows it" },
    step: { type: "integer", minimum: 1, maximum: 1000, description: "sampling steps" },
    negative_prompt: { type: "string", description: "what should not be there" }
  },
  catalogedOnly: [],
  fixed: [{ name: "response_format", value: "b64_json", reason: "outputs are always copied into owned storage" }],
  maxOutputs: 4,
  sizes,
  output: {
    mimeTypes: ["image/png", "image/jpeg", "image/webp"],
    assetPrefix: "image",
    maxResolution: null,
    transparentBackground: false
  },
  price: { _tag: "Free" },
  priceSource: { basis: "ours", asOf: "2026-11-21", note: "runs on the operator's own server" },
  taskTags: ["create", "generate", "text-to-image"],
  latency: "slow",
  notes: ["what it does with each parameter is the server's own affair"]
})

/** Image generations as OpenAI has them, with what LocalAI and stable-diffusion.cpp add. */
export const native = (request: GenerationRequest): Result.Result<NativeRequest, MediaProviderError> => {
  const problem = problemOf(request, { mask: false, prompt: true })
  if (problem !== null) return rejected(provider, request, problem)
  const { outputCount, parameters, prompt, size } = request
  return Result.succeed({
    path: "/images/generations",
    body: {
      ...(size === null ? {} : { size: `${size.width}x${size.height}` }),
      ...parameters,
      model: upstreamOf(request),
      prompt,
      n: outputCount,
      response_format: "b64_json"
    }
  })
}
