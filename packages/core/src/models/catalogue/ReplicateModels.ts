import type { AspectRatios, Model, ParameterSchema, PriceRule } from "../Model.ts"
import { local, seed, source } from "./Defaults.ts"

/** Rows of models that Replicate keeps running and bills by output (https://replicate.com/docs/topics/models/official-models). */
const replicate = (own: Parameters<typeof local>[0]): Model => ({ ...local(own), provider: "replicate" })

const priced = (upstream: string, microUsd: number): Pick<Model, "upstream" | "price" | "priceSource"> => ({
  upstream,
  price: { _tag: "PerOutput", microUsd } satisfies PriceRule,
  priceSource: source("provider_public", `https://replicate.com/${upstream}: ${microUsd / 1_000_000} USD a picture`)
})

const fluxRatios = ["1:1", "16:9", "21:9", "3:2", "2:3", "4:5", "5:4", "3:4", "4:3", "9:16", "9:21"] as const
const create: AspectRatios = { values: fluxRatios, default: "1:1", ignored: null }
const edit: AspectRatios = { values: ["auto", ...fluxRatios, "2:1", "1:2"], default: "auto", ignored: null }
const auto: AspectRatios = { values: ["auto"], default: "auto", ignored: null }

const output = (...mimeTypes: ReadonlyArray<string>): Model["output"] => ({
  mimeTypes,
  assetPrefix: "image",
  maxResolution: null,
  transparentBackground: false
})

const flux: { readonly [name: string]: ParameterSchema } = {
  seed,
  megapixels: {
    type: "string",
    enum: ["1", "0.25"],
    default: "1",
    description: "about how many million pixels the output has"
  },
  go_fast: {
    type: "boolean",
    description: "a faster variant of the model, whose pictures a seed does not repeat"
  },
  output_format: {
    type: "string",
    enum: ["webp", "jpg", "png"],
    default: "webp",
    description: "file type of the output"
  },
  output_quality: {
    type: "integer",
    minimum: 0,
    maximum: 100,
    default: 80,
    description: "0 to 100, for webp and jpg only"
  }
}

const steps = (maximum: number, preferred: number): ParameterSchema => ({
  type: "integer",
  minimum: 1,
  maximum,
  default: preferred,
  description: "more steps take longer"
})

const edited = (maximum: number): { readonly [name: string]: ParameterSchema } => ({
  seed,
  prompt_upsampling: {
    type: "boolean",
    default: false,
    description: "lets the provider write the prompt anew, for more variety"
  },
  safety_tolerance: {
    type: "integer",
    minimum: maximum === 2 ? 0 : 1,
    maximum,
    default: 2,
    description: "lower values filter more strictly"
  },
  output_format: { type: "string", enum: ["jpg", "png"], description: "file type of the output" }
})

const creates = {
  operation: "image.generate",
  aspectRatios: create,
  maxOutputs: 4,
  output: output("image/webp", "image/jpeg", "image/png"),
  catalogedOnly: ["disable_safety_checker"],
  taskTags: ["create", "generate", "text-to-image", "multi-output"]
} as const
const edits = {
  operation: "image.edit",
  endpoint: "edit",
  supports: "edit",
  inputImage: "required",
  output: output("image/png", "image/jpeg"),
  taskTags: ["edit", "image-to-image"]
} as const

export const replicateModels: ReadonlyArray<Model> = [
  replicate({
    ...creates,
    ...priced("black-forest-labs/flux-schnell", 3_000),
    id: "replicate.flux-schnell",
    displayName: "Replicate FLUX.1 schnell",
    parameters: { ...flux, num_inference_steps: steps(4, 4) }
  }),
  replicate({
    ...creates,
    ...priced("black-forest-labs/flux-dev", 25_000),
    id: "replicate.flux-dev",
    displayName: "Replicate FLUX.1 dev",
    parameters: {
      ...flux,
      num_inference_steps: steps(50, 28),
      guidance: {
        type: "number",
        minimum: 0,
        maximum: 10,
        default: 3,
        description: "higher values follow the prompt more closely"
      }
    },
    catalogedOnly: ["disable_safety_checker", "prompt_strength"]
  }),
  replicate({
    ...edits,
    ...priced("black-forest-labs/flux-kontext-pro", 40_000),
    id: "replicate.flux-kontext-pro-edit",
    displayName: "Replicate FLUX.1 Kontext [pro] Edit",
    aspectRatios: edit,
    // The provider takes no more than 2 together with an input.
    parameters: edited(2)
  }),
  replicate({
    ...edits,
    ...priced("black-forest-labs/flux-fill-pro", 50_000),
    id: "replicate.flux-fill-pro",
    displayName: "Replicate FLUX.1 Fill [pro]",
    mask: "required",
    aspectRatios: auto,
    parameters: { ...edited(6), steps: steps(50, 50) },
    catalogedOnly: ["guidance", "outpaint"],
    taskTags: ["edit", "inpaint", "mask"],
    notes: ["what the mask lets through is painted anew; one without transparency is black and white: white is painted"]
  })
]
