import type { Model } from "../Model.ts"
import { autoOrModelDefined, imageOutput, modelDefined, source, xai } from "./Defaults.ts"

export const xaiModels: ReadonlyArray<Model> = [
  xai({
    id: "xai.grok-imagine-image-quality",
    displayName: "xAI Grok Imagine Image Quality",
    operation: "image.generate",
    aspectRatios: modelDefined,
    parameters: {
      resolution: { type: "string", enum: ["1k", "2k"], description: "output tier; a higher one may cost more" }
    },
    maxOutputs: 10,
    output: imageOutput("2k"),
    price: {
      _tag: "Tiered",
      tokenTable: false,
      otherwise: { resolution: "1k" },
      listed: { resolution: "1k" },
      tiers: [
        { when: { resolution: "1k" }, microUsd: 50_000 },
        { when: { resolution: "2k" }, microUsd: 70_000 }
      ]
    },
    priceSource: source("later_client", "the contract states the 2k price; that of 1k is the later client's"),
    taskTags: ["create", "generate", "text-to-image", "multi-output"]
  }),
  xai({
    id: "xai.grok-imagine-image",
    displayName: "xAI Grok Imagine Image",
    operation: "image.generate",
    aspectRatios: modelDefined,
    maxOutputs: 10,
    output: imageOutput("1k"),
    price: { _tag: "PerOutput", microUsd: 20_000 },
    priceSource: source("later_client", "resolution does not change the price"),
    taskTags: ["create", "generate", "text-to-image", "multi-output"]
  }),
  xai({
    id: "xai.grok-imagine-image-quality-edit",
    displayName: "xAI Grok Imagine Image Quality Edit",
    operation: "image.edit",
    endpoint: "edit",
    supports: "edit",
    inputImage: "required",
    references: { roles: ["reference_image"], maxEntries: 2, tasks: [] },
    aspectRatios: autoOrModelDefined,
    parameters: {
      resolution: { type: "string", enum: ["1k", "2k"], description: "output tier; a higher one may cost more" }
    },
    output: imageOutput("2k"),
    price: {
      _tag: "SourcesAndOutputs",
      sourceMicroUsd: 10_000,
      tiers: [
        { when: { resolution: "1k" }, microUsd: 50_000 },
        { when: { resolution: "2k" }, microUsd: 70_000 }
      ],
      listed: { resolution: "1k" }
    },
    priceSource: source("later_client", "0.01 USD each source image, and each output by its tier"),
    taskTags: ["edit", "image-to-image", "references"],
    notes: ["the input is source image one; references become source images two and three"]
  }),
  xai({
    id: "xai.grok-imagine-image-edit",
    displayName: "xAI Grok Imagine Image Edit",
    operation: "image.edit",
    endpoint: "edit",
    supports: "edit",
    inputImage: "required",
    references: { roles: ["reference_image"], maxEntries: 2, tasks: [] },
    aspectRatios: autoOrModelDefined,
    output: imageOutput("1k"),
    price: { _tag: "SourcesAndOutputs", sourceMicroUsd: 2_000, tiers: [{ when: {}, microUsd: 20_000 }], listed: {} },
    priceSource: source("later_client", "0.002 USD each source image and 0.02 each output"),
    taskTags: ["edit", "image-to-image", "references"],
    notes: ["the input is source image one; references become source images two and three"]
  })
]
