import type { AspectRatios, Model, ParameterSchema, PriceRule } from "../Model.ts"
import { local, seed, source } from "./Defaults.ts"

/** Rows of the API of Black Forest Labs (https://docs.bfl.ai). */
const bfl = (own: Parameters<typeof local>[0]): Model => ({ ...local(own), provider: "bfl" })

/** A credit is 0.01 USD. */
const priced = (credits: number): Pick<Model, "price" | "priceSource"> => ({
  price: { _tag: "PerOutput", microUsd: credits * 10_000 } satisfies PriceRule,
  priceSource: source(
    "provider_public",
    `https://docs.bfl.ai/quick_start/pricing: ${credits} credits of 0.01 USD a picture`
  )
})

const output: Model["output"] = {
  mimeTypes: ["image/jpeg", "image/png"],
  assetPrefix: "image",
  maxResolution: null,
  transparentBackground: false
}

const ratios = ["1:1", "4:3", "3:4", "3:2", "2:3", "16:9", "9:16", "21:9", "9:21"] as const
const create: AspectRatios = { values: ratios, default: "1:1", ignored: null }
const edit: AspectRatios = { values: ["auto", ...ratios], default: "auto", ignored: null }
const auto: AspectRatios = { values: ["auto"], default: "auto", ignored: null }

const promptUpsampling: ParameterSchema = {
  type: "boolean",
  default: false,
  description: "lets the provider write the prompt anew, for more variety"
}
const safetyTolerance: ParameterSchema = {
  type: "integer",
  minimum: 0,
  maximum: 6,
  default: 2,
  description: "0 filters most strictly, 6 least"
}
const outputFormat = (preferred: "jpeg" | "png"): ParameterSchema => ({
  type: "string",
  enum: ["jpeg", "png"],
  default: preferred,
  description: "file type of the output"
})

const common = (preferred: "jpeg" | "png"): { readonly [name: string]: ParameterSchema } => ({
  seed,
  prompt_upsampling: promptUpsampling,
  safety_tolerance: safetyTolerance,
  output_format: outputFormat(preferred)
})

const edge: ParameterSchema = {
  type: "integer",
  minimum: 256,
  maximum: 1440,
  description: "exact pixels, a multiple of 32; alone it goes with the aspect ratio"
}

const createTags = ["create", "generate", "text-to-image"]
const editTags = ["edit", "image-to-image", "multi-input"]

const kontextPro = { upstream: "flux-kontext-pro", parameters: common("png"), output, ...priced(4) }
const kontextMax = { upstream: "flux-kontext-max", parameters: common("png"), output, ...priced(8) }
const creates = { operation: "image.generate", aspectRatios: create, taskTags: createTags } as const
const edits = {
  operation: "image.edit",
  endpoint: "edit",
  supports: "edit",
  inputImage: "required",
  aspectRatios: edit,
  taskTags: editTags
} as const

export const bflModels: ReadonlyArray<Model> = [
  bfl({
    ...creates,
    id: "bfl.flux-pro-1-1",
    displayName: "Black Forest Labs FLUX1.1 [pro]",
    upstream: "flux-pro-1.1",
    aspectRatios: { values: ["1:1", "4:3", "3:4", "3:2", "2:3", "16:9", "9:16"], default: "1:1", ignored: null },
    // Near one megapixel in multiples of 32, which is what the provider takes.
    sizes: {
      "1:1": { width: 1024, height: 1024 },
      "4:3": { width: 1152, height: 864 },
      "3:4": { width: 864, height: 1152 },
      "3:2": { width: 1248, height: 832 },
      "2:3": { width: 832, height: 1248 },
      "16:9": { width: 1312, height: 736 },
      "9:16": { width: 736, height: 1312 }
    },
    parameters: { ...common("jpeg"), width: edge, height: edge },
    catalogedOnly: ["image_prompt"],
    output: { ...output, maxResolution: "1440x1440" },
    ...priced(4)
  }),
  bfl({
    ...creates,
    id: "bfl.flux-pro-1-1-ultra",
    displayName: "Black Forest Labs FLUX1.1 [pro] Ultra",
    upstream: "flux-pro-1.1-ultra",
    parameters: {
      ...common("jpeg"),
      raw: { type: "boolean", default: false, description: "less processed, more natural pictures" }
    },
    catalogedOnly: ["image_prompt", "image_prompt_strength"],
    output: { ...output, maxResolution: "4MP" },
    ...priced(6)
  }),
  bfl({
    ...creates,
    ...kontextPro,
    id: "bfl.flux-kontext-pro",
    displayName: "Black Forest Labs FLUX.1 Kontext [pro]"
  }),
  bfl({
    ...edits,
    ...kontextPro,
    id: "bfl.flux-kontext-pro-edit",
    displayName: "Black Forest Labs FLUX.1 Kontext [pro] Edit",
    maxInputs: 4
  }),
  bfl({
    ...creates,
    ...kontextMax,
    id: "bfl.flux-kontext-max",
    displayName: "Black Forest Labs FLUX.1 Kontext [max]"
  }),
  bfl({
    ...edits,
    ...kontextMax,
    id: "bfl.flux-kontext-max-edit",
    displayName: "Black Forest Labs FLUX.1 Kontext [max] Edit",
    maxInputs: 4
  }),
  bfl({
    ...edits,
    id: "bfl.flux-pro-1-0-fill",
    displayName: "Black Forest Labs FLUX.1 Fill [pro]",
    upstream: "flux-pro-1.0-fill",
    mask: "required",
    aspectRatios: auto,
    parameters: {
      ...common("jpeg"),
      steps: { type: "integer", minimum: 15, maximum: 50, default: 50, description: "more steps take longer" },
      guidance: {
        type: "number",
        minimum: 1.5,
        maximum: 100,
        default: 60,
        description: "higher values follow the prompt more closely"
      }
    },
    output,
    taskTags: ["edit", "inpaint", "mask"],
    notes: [
      "what the mask lets through is painted anew; one without transparency is black and white: white is painted"
    ],
    ...priced(5)
  })
]
