import type { Model } from "../Model.ts"
import { autoOnly, autoOrModelDefined, fal, imageOutput, noAspectRatio, seed, sizePreset, source } from "./Defaults.ts"

export const falEditModels: ReadonlyArray<Model> = [
  fal({
    id: "fal.z-image-turbo-image-to-image",
    displayName: "Fal Z-Image Turbo Edit",
    upstream: "fal-ai/z-image/turbo/image-to-image",
    operation: "image.edit",
    endpoint: "edit",
    supports: "edit",
    inputImage: "required",
    aspectRatios: autoOrModelDefined,
    parameters: { image_size: sizePreset("auto") },
    price: { _tag: "PerMegapixel", microUsd: 5_000 },
    priceSource: source("contract"),
    taskTags: ["edit", "image-to-image"]
  }),
  fal({
    id: "fal.gemini-3-pro-image-preview-edit",
    displayName: "Fal Gemini 3 Pro Image Preview Edit",
    upstream: "fal-ai/gemini-3-pro-image-preview/edit",
    operation: "image.edit",
    endpoint: "edit",
    supports: "edit",
    inputImage: "required",
    aspectRatios: autoOrModelDefined,
    parameters: {
      resolution: {
        type: "string",
        enum: ["1K", "2K", "4K"],
        default: "1K",
        description: "output tier; a higher one may cost more"
      },
      seed
    },
    output: imageOutput("4K"),
    price: {
      _tag: "Tiered",
      tokenTable: false,
      otherwise: { resolution: "1K" },
      listed: { resolution: "1K" },
      tiers: [
        { when: { resolution: "1K" }, microUsd: 150_000 },
        { when: { resolution: "2K" }, microUsd: 150_000 },
        { when: { resolution: "4K" }, microUsd: 300_000 }
      ]
    },
    priceSource: source("contract"),
    taskTags: ["edit", "image-to-image"]
  }),
  fal({
    id: "fal.nano-banana-pro-edit",
    displayName: "Fal Nano Banana Pro Edit",
    upstream: "fal-ai/nano-banana-pro/edit",
    operation: "image.edit",
    endpoint: "edit",
    supports: "edit",
    inputImage: "required",
    aspectRatios: autoOrModelDefined,
    parameters: {
      resolution: {
        type: "string",
        enum: ["1K", "2K", "4K"],
        default: "1K",
        description: "output tier; a higher one may cost more"
      },
      seed
    },
    output: imageOutput("4K"),
    price: {
      _tag: "Tiered",
      tokenTable: false,
      otherwise: { resolution: "1K" },
      listed: { resolution: "1K" },
      tiers: [
        { when: { resolution: "1K" }, microUsd: 150_000 },
        { when: { resolution: "2K" }, microUsd: 150_000 },
        { when: { resolution: "4K" }, microUsd: 300_000 }
      ]
    },
    priceSource: source("contract"),
    taskTags: ["edit", "image-to-image"]
  }),
  fal({
    id: "fal.nano-banana-2-edit",
    displayName: "Fal Nano Banana 2 Edit",
    upstream: "fal-ai/nano-banana-2/edit",
    operation: "image.edit",
    endpoint: "edit",
    supports: "edit",
    inputImage: "required",
    aspectRatios: autoOrModelDefined,
    parameters: {
      resolution: {
        type: "string",
        enum: ["0.5K", "1K", "2K", "4K"],
        default: "1K",
        description: "output tier; a higher one may cost more"
      },
      seed
    },
    output: imageOutput("4K"),
    price: { _tag: "Unknown" },
    priceSource: source("contract", "provider list price in USD: 0.5K 0.06, 1K 0.08, 2K 0.12, 4K 0.16"),
    taskTags: ["edit", "image-to-image"]
  }),
  fal({
    id: "fal.ideogram-v2-edit",
    displayName: "Fal Ideogram V2 Edit",
    upstream: "fal-ai/ideogram/v2/edit",
    operation: "image.edit",
    endpoint: "edit",
    supports: "edit",
    inputImage: "required",
    mask: "required",
    aspectRatios: autoOnly,
    parameters: {
      expand_prompt: { type: "boolean", default: true, description: "let the provider enrich the prompt" },
      seed,
      style: {
        type: "string",
        enum: ["auto", "general", "realistic", "design", "render_3D", "anime"],
        default: "auto",
        description: "rendering style of the provider"
      }
    },
    price: { _tag: "Unknown" },
    priceSource: source("contract", "provider list price in USD: image 0.08"),
    taskTags: ["edit", "image-to-image", "mask"]
  }),
  fal({
    id: "fal.flux-pro-kontext",
    displayName: "Fal FLUX Pro Kontext Edit",
    upstream: "fal-ai/flux-pro/kontext",
    operation: "image.edit",
    endpoint: "edit",
    supports: "edit",
    inputImage: "required",
    aspectRatios: autoOnly,
    parameters: { seed },
    catalogedOnly: ["guidance_scale", "aspect_ratio"],
    price: { _tag: "PerOutput", microUsd: 40_000 },
    priceSource: source("contract"),
    taskTags: ["edit", "image-to-image"]
  }),
  fal({
    id: "fal.flux-pro-kontext-max",
    displayName: "Fal FLUX Pro Kontext Max Edit",
    upstream: "fal-ai/flux-pro/kontext/max",
    operation: "image.edit",
    endpoint: "edit",
    supports: "edit",
    inputImage: "required",
    aspectRatios: autoOnly,
    parameters: { seed },
    catalogedOnly: ["guidance_scale", "aspect_ratio"],
    price: { _tag: "PerOutput", microUsd: 80_000 },
    priceSource: source("contract"),
    taskTags: ["edit", "image-to-image"]
  }),
  fal({
    id: "fal.bytedance-seedream-v4-5-edit",
    displayName: "Fal Seedream 4.5 Edit",
    upstream: "fal-ai/bytedance/seedream/v4.5/edit",
    operation: "image.edit",
    endpoint: "edit",
    supports: "edit",
    inputImage: "required",
    aspectRatios: autoOrModelDefined,
    parameters: { image_size: sizePreset("auto_2K", "auto_4K"), seed },
    catalogedOnly: ["multi-output controls", "multi-reference controls"],
    price: { _tag: "PerOutput", microUsd: 40_000 },
    priceSource: source("contract"),
    taskTags: ["edit", "image-to-image"]
  }),
  fal({
    id: "fal.bytedance-seedream-v5-lite-edit",
    displayName: "Fal Seedream 5.0 Lite Edit",
    upstream: "fal-ai/bytedance/seedream/v5/lite/edit",
    operation: "image.edit",
    endpoint: "edit",
    supports: "edit",
    inputImage: "required",
    aspectRatios: autoOrModelDefined,
    parameters: { image_size: sizePreset("auto_2K", "auto_3K") },
    catalogedOnly: ["multi-output controls", "multi-reference controls"],
    price: { _tag: "PerOutput", microUsd: 35_000 },
    priceSource: source("contract"),
    taskTags: ["edit", "image-to-image"]
  }),
  fal({
    id: "fal.kling-image-o3-image-to-image",
    displayName: "Fal Kling Image O3 Image-to-Image",
    upstream: "fal-ai/kling-image/o3/image-to-image",
    operation: "image.edit",
    endpoint: "edit",
    supports: "edit",
    inputImage: "required",
    references: { roles: ["element_frontal", "element_reference"], maxEntries: 40, tasks: [] },
    aspectRatios: autoOrModelDefined,
    price: { _tag: "Unknown" },
    priceSource: source("contract", "provider list price in USD: 1K/2K 0.028, 4K 0.056"),
    taskTags: ["edit", "image-to-image", "references"]
  }),
  fal({
    id: "fal.kling-image-v3-image-to-image",
    displayName: "Fal Kling Image v3 Image-to-Image",
    upstream: "fal-ai/kling-image/v3/image-to-image",
    operation: "image.edit",
    endpoint: "edit",
    supports: "edit",
    inputImage: "required",
    references: { roles: ["element_frontal", "element_reference"], maxEntries: 40, tasks: [] },
    aspectRatios: autoOrModelDefined,
    price: { _tag: "Unknown" },
    priceSource: source("contract", "provider list price in USD: image 0.028"),
    taskTags: ["edit", "image-to-image", "references"]
  }),
  fal({
    id: "fal.kling-image-o1",
    displayName: "Fal Kling Image O1",
    upstream: "fal-ai/kling-image/o1",
    operation: "image.edit",
    endpoint: "edit",
    supports: "edit",
    inputImage: "required",
    references: { roles: ["element_frontal", "element_reference"], maxEntries: 40, tasks: [] },
    aspectRatios: autoOrModelDefined,
    price: { _tag: "Unknown" },
    priceSource: source("contract", "provider list price in USD: image 0.028"),
    taskTags: ["edit", "image-to-image", "references"]
  }),
  fal({
    id: "fal.flux-dev-redux",
    displayName: "Fal FLUX.1 dev Redux",
    upstream: "fal-ai/flux/dev/redux",
    operation: "image.variation",
    endpoint: "edit",
    supports: "variation",
    prompt: "forbidden",
    inputImage: "required",
    aspectRatios: autoOrModelDefined,
    price: { _tag: "Unknown" },
    priceSource: source("contract"),
    taskTags: ["variation", "image-to-image", "promptless"]
  }),
  fal({
    id: "fal.flux-krea-redux",
    displayName: "Fal FLUX.1 Krea Redux",
    upstream: "fal-ai/flux/krea/redux",
    operation: "image.variation",
    endpoint: "edit",
    supports: "variation",
    prompt: "forbidden",
    inputImage: "required",
    aspectRatios: autoOrModelDefined,
    price: { _tag: "Unknown" },
    priceSource: source("contract"),
    taskTags: ["variation", "image-to-image", "promptless"]
  }),
  fal({
    id: "fal.flux-schnell-redux",
    displayName: "Fal FLUX.1 schnell Redux",
    upstream: "fal-ai/flux/schnell/redux",
    operation: "image.variation",
    endpoint: "edit",
    supports: "variation",
    prompt: "forbidden",
    inputImage: "required",
    aspectRatios: autoOrModelDefined,
    price: { _tag: "Unknown" },
    priceSource: source("contract"),
    taskTags: ["variation", "image-to-image", "promptless"]
  }),
  fal({
    id: "fal.trellis-image-to-3d",
    displayName: "Fal Trellis Image-to-3D",
    upstream: "fal-ai/trellis",
    modality: "3d",
    operation: "3d.generate",
    endpoint: "edit",
    supports: "variation",
    prompt: "forbidden",
    inputImage: "required",
    aspectRatios: noAspectRatio("auto"),
    catalogedOnly: ["guidance", "steps", "mesh_simplify", "texture_size"],
    output: {
      mimeTypes: ["model/gltf-binary"],
      assetPrefix: "asset",
      maxResolution: null,
      transparentBackground: false
    },
    price: { _tag: "PerOutput", microUsd: 20_000 },
    priceSource: source("contract"),
    latency: "slow",
    taskTags: ["edit", "image-to-3d", "promptless"]
  })
]
