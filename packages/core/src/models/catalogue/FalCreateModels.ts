import type { Model } from "../Model.ts"
import {
  fal,
  gemini3Pro,
  imageOutput,
  modelDefined,
  noAspectRatio,
  resolutionTier,
  seed,
  sizePreset,
  sizePresetOrExact,
  source
} from "./Defaults.ts"

export const falCreateModels: ReadonlyArray<Model> = [
  fal({
    id: "fal.flux-dev",
    displayName: "Fal FLUX.1 dev",
    upstream: "fal-ai/flux/dev",
    operation: "image.generate",
    aspectRatios: { values: ["1:1", "4:3", "3:4", "16:9", "9:16"], default: "1:1", ignored: null },
    parameters: { image_size: sizePreset(), seed },
    price: { _tag: "PerOutput", microUsd: 25_000 },
    priceSource: source("contract", "the provider's public list says 0.025 USD per megapixel"),
    taskTags: ["create", "generate", "text-to-image"]
  }),
  fal({
    id: "fal.flux-pro-v1-1-ultra",
    displayName: "Fal FLUX Pro 1.1 Ultra Create",
    upstream: "fal-ai/flux-pro/v1.1-ultra",
    operation: "image.generate",
    aspectRatios: modelDefined,
    parameters: { seed, raw: { type: "boolean", description: "less processed, more natural pictures" } },
    catalogedOnly: ["reference-image controls"],
    price: { _tag: "PerOutput", microUsd: 60_000 },
    priceSource: source("contract"),
    taskTags: ["create", "generate", "text-to-image"]
  }),
  fal({
    id: "fal.z-image-turbo",
    displayName: "Fal Z-Image Turbo Create",
    upstream: "fal-ai/z-image/turbo",
    operation: "image.generate",
    aspectRatios: modelDefined,
    parameters: { image_size: sizePreset() },
    price: { _tag: "PerMegapixel", microUsd: 5_000 },
    priceSource: source("contract", "known where image_size names a preset or the aspect ratio has one"),
    taskTags: ["create", "generate", "text-to-image"]
  }),
  fal({
    id: "fal.gemini-3-pro-image-preview",
    displayName: "Fal Gemini 3 Pro Image Preview Create",
    upstream: "fal-ai/gemini-3-pro-image-preview",
    operation: "image.generate",
    aspectRatios: modelDefined,
    parameters: {
      resolution: resolutionTier("1K", "2K", "4K"),
      seed
    },
    output: imageOutput("4K"),
    price: gemini3Pro,
    priceSource: source("contract", "4K costs twice the standard tier"),
    taskTags: ["create", "generate", "text-to-image"]
  }),
  fal({
    id: "fal.nano-banana-pro",
    displayName: "Fal Nano Banana Pro Create",
    upstream: "fal-ai/nano-banana-pro",
    operation: "image.generate",
    aspectRatios: modelDefined,
    parameters: {
      resolution: resolutionTier("1K", "2K", "4K"),
      seed
    },
    output: imageOutput("4K"),
    price: gemini3Pro,
    priceSource: source("contract", "4K costs twice the standard tier"),
    taskTags: ["create", "generate", "text-to-image"]
  }),
  fal({
    id: "fal.nano-banana-2",
    displayName: "Fal Nano Banana 2",
    upstream: "fal-ai/nano-banana-2",
    operation: "image.generate",
    wired: false,
    aspectRatios: modelDefined,
    price: { _tag: "Unknown" },
    priceSource: source("none", "provider list price in USD: 1K 0.08, 2K 0.12, 4K 0.16, 0.5K 0.06"),
    taskTags: ["create", "generate", "text-to-image"]
  }),
  fal({
    id: "fal.bytedance-seedream-v4-5-text-to-image",
    displayName: "Fal Seedream 4.5 Create",
    upstream: "fal-ai/bytedance/seedream/v4.5/text-to-image",
    operation: "image.generate",
    aspectRatios: modelDefined,
    parameters: { image_size: sizePreset("auto_2K", "auto_4K"), seed },
    catalogedOnly: ["multi-output controls", "multi-reference controls"],
    price: { _tag: "PerOutput", microUsd: 40_000 },
    priceSource: source("contract"),
    taskTags: ["create", "generate", "text-to-image"]
  }),
  fal({
    id: "fal.bytedance-seedream-v5-lite-text-to-image",
    displayName: "Fal Seedream 5.0 Lite Create",
    upstream: "fal-ai/bytedance/seedream/v5/lite/text-to-image",
    operation: "image.generate",
    aspectRatios: modelDefined,
    parameters: { image_size: sizePreset("auto_2K", "auto_3K") },
    catalogedOnly: ["multi-output controls", "multi-reference controls"],
    price: { _tag: "PerOutput", microUsd: 35_000 },
    priceSource: source("contract"),
    taskTags: ["create", "generate", "text-to-image"]
  }),
  fal({
    id: "fal.dreamo",
    displayName: "Fal DreamO",
    upstream: "fal-ai/dreamo",
    operation: "image.generate",
    references: { roles: ["reference_image"], maxEntries: 2, tasks: ["ip", "id", "style"] },
    aspectRatios: modelDefined,
    parameters: { image_size: sizePresetOrExact },
    price: { _tag: "Unknown" },
    priceSource: source("contract", "no figure is published; a documented sample bounds it at 0.036 USD"),
    taskTags: ["create", "generate", "text-to-image", "references"],
    notes: ["takes up to two reference images, each with an optional reference_task"]
  }),
  fal({
    id: "fal.kling-image-o3-text-to-image",
    displayName: "Fal Kling Image O3 Text-to-Image",
    upstream: "fal-ai/kling-image/o3/text-to-image",
    operation: "image.generate",
    references: { roles: ["element_frontal", "element_reference"], maxEntries: 40, tasks: [] },
    aspectRatios: modelDefined,
    maxOutputs: 9,
    price: { _tag: "PerOutput", microUsd: 28_000 },
    priceSource: source("provider_public", "0.056 USD for 4K, which no wired control can ask for"),
    taskTags: ["create", "generate", "text-to-image", "multi-output", "references"]
  }),
  fal({
    id: "fal.kling-image-v3-text-to-image",
    displayName: "Fal Kling Image v3 Text-to-Image",
    upstream: "fal-ai/kling-image/v3/text-to-image",
    operation: "image.generate",
    references: { roles: ["element_frontal", "element_reference"], maxEntries: 40, tasks: [] },
    aspectRatios: modelDefined,
    maxOutputs: 9,
    price: { _tag: "PerOutput", microUsd: 28_000 },
    priceSource: source("provider_public"),
    taskTags: ["create", "generate", "text-to-image", "multi-output", "references"]
  }),
  fal({
    id: "fal.imagen4-preview",
    displayName: "Fal Imagen 4 Preview",
    upstream: "fal-ai/imagen4/preview",
    operation: "image.generate",
    wired: false,
    aspectRatios: modelDefined,
    price: { _tag: "Unknown" },
    priceSource: source("none"),
    taskTags: ["create", "generate", "text-to-image"]
  }),
  fal({
    id: "fal.imagen4-preview-fast",
    displayName: "Fal Imagen 4 Preview Fast",
    upstream: "fal-ai/imagen4/preview/fast",
    operation: "image.generate",
    wired: false,
    aspectRatios: modelDefined,
    price: { _tag: "Unknown" },
    priceSource: source("none"),
    taskTags: ["create", "generate", "text-to-image"]
  }),
  fal({
    id: "fal.imagen4-preview-ultra",
    displayName: "Fal Imagen 4 Preview Ultra",
    upstream: "fal-ai/imagen4/preview/ultra",
    operation: "image.generate",
    wired: false,
    aspectRatios: modelDefined,
    price: { _tag: "Unknown" },
    priceSource: source("none"),
    taskTags: ["create", "generate", "text-to-image"]
  }),
  fal({
    id: "fal.ltx-video-13b-distilled",
    displayName: "Fal LTX Video 13B Distilled",
    upstream: "fal-ai/ltx-video-13b-distilled",
    modality: "video",
    operation: "video.generate",
    fixed: [],
    aspectRatios: { values: ["16:9", "9:16", "1:1"], default: "16:9", ignored: null },
    output: { mimeTypes: ["video/mp4"], assetPrefix: "video", maxResolution: null, transparentBackground: false },
    price: { _tag: "PerOutput", microUsd: 40_000 },
    priceSource: source("provider_public", "list price of this model family; none in the documents"),
    latency: "slow",
    taskTags: ["create", "text-to-video"],
    notes: ["never chosen unless it is named; may take longer than an image"]
  }),
  fal({
    id: "fal.stable-audio-25-text-to-audio",
    displayName: "Fal Stable Audio 2.5",
    upstream: "fal-ai/stable-audio-25/text-to-audio",
    modality: "audio",
    operation: "audio.generate",
    aspectRatios: noAspectRatio("1:1"),
    catalogedOnly: ["duration", "steps"],
    output: { mimeTypes: ["audio/wav"], assetPrefix: "audio", maxResolution: null, transparentBackground: false },
    price: { _tag: "PerOutput", microUsd: 200_000 },
    priceSource: source("contract"),
    taskTags: ["create", "text-to-audio"],
    notes: ["never chosen unless it is named; has no tunable parameters"]
  })
]
