import type { Model, TokenRates } from "../Model.ts"
import { sizePattern } from "../Parameters.ts"
import { autoOrModelDefined, imageOutput, modelDefined, openAi, source } from "./Defaults.ts"

const gptImage2: TokenRates = { imageOutput: 30_000_000, imageInput: 8_000_000, textInput: 5_000_000 }
const gptImage15: TokenRates = { imageOutput: 32_000_000, imageInput: 8_000_000, textInput: 5_000_000 }

export const openAiModels: ReadonlyArray<Model> = [
  openAi({
    id: "openai.gpt-image-2",
    displayName: "OpenAI GPT Image 2",
    operation: "image.generate",
    aspectRatios: modelDefined,
    parameters: {
      size: {
        type: "string",
        pattern: sizePattern,
        description: "width x height in pixels; auto leaves the cost unknown"
      },
      quality: {
        type: "string",
        enum: ["low", "medium", "high", "auto"],
        description: "auto leaves the cost unknown until after the run"
      },
      background: { type: "string", enum: ["opaque", "auto"], description: "background of the picture" },
      output_format: {
        type: "string",
        enum: ["png", "jpeg", "webp"],
        default: "png",
        description: "file type of the output"
      },
      output_compression: {
        type: "integer",
        minimum: 0,
        maximum: 100,
        description: "0 to 100, for jpeg and webp only"
      },
      moderation: { type: "string", enum: ["auto", "low"], description: "how strictly the provider filters" }
    },
    maxOutputs: 10,
    price: {
      _tag: "Tiered",
      tokenTable: true,
      rates: gptImage2,
      otherwise: null,
      listed: { quality: "medium", size: "1024x1024" },
      tiers: [
        { when: { quality: "low", size: "1024x1024" }, microUsd: 6_000 },
        { when: { quality: "medium", size: "1024x1024" }, microUsd: 53_000 },
        { when: { quality: "high", size: "1024x1024" }, microUsd: 211_000 }
      ]
    },
    priceSource: source(
      "provider_public",
      "public figures for 1024x1024; other sizes and auto are known only afterwards"
    ),
    taskTags: ["create", "generate", "text-to-image", "multi-output"]
  }),
  openAi({
    id: "openai.gpt-image-2-edit",
    displayName: "OpenAI GPT Image 2 Edit",
    operation: "image.edit",
    endpoint: "edit",
    supports: "edit",
    inputImage: "required",
    maxInputs: 16,
    mask: "optional",
    aspectRatios: autoOrModelDefined,
    parameters: {
      size: {
        type: "string",
        pattern: sizePattern,
        description: "width x height in pixels; auto leaves the cost unknown"
      },
      quality: {
        type: "string",
        enum: ["low", "medium", "high", "auto"],
        description: "auto leaves the cost unknown until after the run"
      },
      background: { type: "string", enum: ["opaque", "auto"], description: "background of the picture" },
      output_format: {
        type: "string",
        enum: ["png", "jpeg", "webp"],
        default: "png",
        description: "file type of the output"
      },
      output_compression: {
        type: "integer",
        minimum: 0,
        maximum: 100,
        description: "0 to 100, for jpeg and webp only"
      },
      moderation: { type: "string", enum: ["auto", "low"], description: "how strictly the provider filters" }
    },
    price: { _tag: "Usage", rates: gptImage2 },
    priceSource: source("contract", "metered by tokens: 30 / 8 / 5 USD per million (image out, image in, text in)"),
    taskTags: ["edit", "image-to-image", "multi-input", "mask"]
  }),
  openAi({
    id: "openai.gpt-image-1.5",
    displayName: "OpenAI GPT Image 1.5",
    operation: "image.generate",
    aspectRatios: modelDefined,
    parameters: {
      size: {
        type: "string",
        enum: ["1024x1024", "1024x1536", "1536x1024"],
        description: "width x height in pixels; auto leaves the cost unknown"
      },
      quality: {
        type: "string",
        enum: ["low", "medium", "high", "auto"],
        description: "auto leaves the cost unknown until after the run"
      },
      background: {
        type: "string",
        enum: ["transparent", "opaque", "auto"],
        description: "transparent needs png or webp"
      },
      output_format: {
        type: "string",
        enum: ["png", "jpeg", "webp"],
        default: "png",
        description: "file type of the output"
      },
      output_compression: {
        type: "integer",
        minimum: 0,
        maximum: 100,
        description: "0 to 100, for jpeg and webp only"
      },
      moderation: { type: "string", enum: ["auto", "low"], description: "how strictly the provider filters" }
    },
    maxOutputs: 10,
    output: imageOutput(null, true),
    price: {
      _tag: "Tiered",
      tokenTable: true,
      rates: gptImage15,
      otherwise: null,
      listed: { quality: "medium", size: "1024x1024" },
      tiers: [
        { when: { quality: "low", size: "1024x1024" }, microUsd: 8_704 },
        { when: { quality: "low", size: "1024x1536" }, microUsd: 13_056 },
        { when: { quality: "low", size: "1536x1024" }, microUsd: 12_800 },
        { when: { quality: "medium", size: "1024x1024" }, microUsd: 33_792 },
        { when: { quality: "medium", size: "1024x1536" }, microUsd: 50_688 },
        { when: { quality: "medium", size: "1536x1024" }, microUsd: 50_176 },
        { when: { quality: "high", size: "1024x1024" }, microUsd: 133_120 },
        { when: { quality: "high", size: "1024x1536" }, microUsd: 199_680 },
        { when: { quality: "high", size: "1536x1024" }, microUsd: 198_656 }
      ]
    },
    priceSource: source("provider_public", "output tokens by quality and size at 32 USD per million"),
    taskTags: ["create", "generate", "text-to-image", "multi-output"],
    notes: ["a transparent background needs output_format png or webp"]
  }),
  openAi({
    id: "openai.gpt-image-1.5-edit",
    displayName: "OpenAI GPT Image 1.5 Edit",
    operation: "image.edit",
    endpoint: "edit",
    supports: "edit",
    inputImage: "required",
    maxInputs: 16,
    mask: "optional",
    aspectRatios: autoOrModelDefined,
    parameters: {
      size: {
        type: "string",
        enum: ["1024x1024", "1024x1536", "1536x1024"],
        description: "width x height in pixels; auto leaves the cost unknown"
      },
      quality: {
        type: "string",
        enum: ["low", "medium", "high", "auto"],
        description: "auto leaves the cost unknown until after the run"
      },
      background: {
        type: "string",
        enum: ["transparent", "opaque", "auto"],
        description: "transparent needs png or webp"
      },
      input_fidelity: { type: "string", enum: ["low", "high"], description: "how closely the input is kept" },
      output_format: {
        type: "string",
        enum: ["png", "jpeg", "webp"],
        default: "png",
        description: "file type of the output"
      },
      output_compression: {
        type: "integer",
        minimum: 0,
        maximum: 100,
        description: "0 to 100, for jpeg and webp only"
      },
      moderation: { type: "string", enum: ["auto", "low"], description: "how strictly the provider filters" }
    },
    output: imageOutput(null, true),
    price: { _tag: "Usage", rates: gptImage15 },
    priceSource: source("contract", "metered by tokens: 32 / 8 / 5 USD per million (image out, image in, text in)"),
    taskTags: ["edit", "image-to-image", "multi-input", "mask"],
    notes: ["a transparent background needs output_format png or webp"]
  })
]
