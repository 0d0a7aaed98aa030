import type { AspectRatios, Model, ParameterSchema, PriceRule } from "../Model.ts"
import { local, source } from "./Defaults.ts"

/** Rows of Google's Gemini API (https://ai.google.dev/gemini-api/docs/image-generation). */
const google = (own: Parameters<typeof local>[0]): Model => ({
  ...local(own),
  provider: "google",
  fixed: [{ name: "responseModalities", value: "IMAGE", reason: "only pictures are asked for" }]
})

const priceList = (note: string) => source("provider_public", `https://ai.google.dev/gemini-api/docs/pricing: ${note}`)

const ratios = ["1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9"] as const
const create: AspectRatios = { values: ratios, default: "1:1", ignored: null }
const edit: AspectRatios = { values: ["auto", ...ratios], default: "auto", ignored: null }

const sampling: { readonly [name: string]: ParameterSchema } = {
  temperature: { type: "number", minimum: 0, maximum: 2, description: "higher values vary more" },
  topP: { type: "number", minimum: 0, maximum: 1, description: "share of the probability that is sampled from" }
}

const sized: { readonly [name: string]: ParameterSchema } = {
  imageSize: {
    type: "string",
    enum: ["1K", "2K", "4K"],
    default: "1K",
    description: "output tier; a higher one may cost more"
  },
  ...sampling
}

const output = (maxResolution: string): Model["output"] => ({
  mimeTypes: ["image/png", "image/jpeg"],
  assetPrefix: "image",
  maxResolution,
  transparentBackground: false
})

const createTags = ["create", "generate", "text-to-image"]
const editTags = ["edit", "image-to-image", "multi-input"]

/** A picture is 1,290 tokens at 30 USD per million; what goes in costs 0.30 USD per million. */
const flash25: PriceRule = {
  _tag: "Tiered",
  tokenTable: true,
  listed: {},
  otherwise: {},
  tiers: [{ when: {}, microUsd: 39_000 }],
  rates: { imageOutput: 30_000_000, imageInput: 300_000, textInput: 300_000 }
}

const bySize = (oneK: number, twoK: number, fourK: number) => [
  { when: { imageSize: "1K" }, microUsd: oneK },
  { when: { imageSize: "2K" }, microUsd: twoK },
  { when: { imageSize: "4K" }, microUsd: fourK }
]

const pro3: PriceRule = {
  _tag: "Tiered",
  tokenTable: false,
  listed: { imageSize: "1K" },
  otherwise: { imageSize: "1K" },
  tiers: bySize(134_000, 134_000, 240_000)
}

const pro3Edit: PriceRule = {
  _tag: "SourcesAndOutputs",
  sourceMicroUsd: 1_100,
  listed: { imageSize: "1K" },
  tiers: bySize(134_000, 134_000, 240_000)
}

const flash31: PriceRule = {
  _tag: "Tiered",
  tokenTable: false,
  listed: { imageSize: "1K" },
  otherwise: { imageSize: "1K" },
  tiers: bySize(67_000, 101_000, 151_000)
}

const flash25Source = priceList("0.039 USD a picture of 1,290 tokens; 30 USD per million tokens out, 0.30 in")
const pro3Source = priceList("0.134 USD a picture at 1K and 2K, 0.24 at 4K; words and thoughts are not counted")
const pro3EditSource = priceList("0.134 USD a picture at 1K and 2K, 0.24 at 4K; 0.0011 an input")
const flash31Source = priceList("0.067 USD a picture at 1K, 0.101 at 2K, 0.151 at 4K; inputs are not counted")

const flash25Ends = ["Google has named 2 October 2026 as the earliest day on which it ends"]
const pro3PreviewEnds = ["Google ended the preview for google.gemini-3-pro-image, and may refuse its name"]

const flash31Row = { upstream: "gemini-3.1-flash-image", parameters: sized, output: output("4K") }
const pro3Row = { upstream: "gemini-3-pro-image", parameters: sized, output: output("4K") }
const pro3PreviewRow = { ...pro3Row, upstream: "gemini-3-pro-image-preview", notes: pro3PreviewEnds }
const flash25Row = {
  upstream: "gemini-2.5-flash-image",
  parameters: sampling,
  output: output("1K"),
  notes: flash25Ends
}

const creates = { operation: "image.generate", aspectRatios: create, taskTags: createTags } as const
const edits = {
  operation: "image.edit",
  endpoint: "edit",
  supports: "edit",
  inputImage: "required",
  aspectRatios: edit,
  taskTags: editTags
} as const

/** The newest first. */
export const googleModels: ReadonlyArray<Model> = [
  google({
    id: "google.gemini-3-1-flash-image",
    displayName: "Google Gemini 3.1 Flash Image",
    price: flash31,
    priceSource: flash31Source,
    ...flash31Row,
    ...creates
  }),
  google({
    id: "google.gemini-3-1-flash-image-edit",
    displayName: "Google Gemini 3.1 Flash Image Edit",
    maxInputs: 14,
    price: flash31,
    priceSource: flash31Source,
    ...flash31Row,
    ...edits
  }),
  google({
    id: "google.gemini-3-pro-image",
    displayName: "Google Gemini 3 Pro Image",
    price: pro3,
    priceSource: pro3Source,
    ...pro3Row,
    ...creates
  }),
  google({
    id: "google.gemini-3-pro-image-edit",
    displayName: "Google Gemini 3 Pro Image Edit",
    maxInputs: 14,
    price: pro3Edit,
    priceSource: pro3EditSource,
    ...pro3Row,
    ...edits
  }),
  google({
    id: "google.gemini-3-pro-image-preview",
    displayName: "Google Gemini 3 Pro Image Preview",
    price: pro3,
    priceSource: pro3Source,
    ...pro3PreviewRow,
    ...creates
  }),
  google({
    id: "google.gemini-3-pro-image-preview-edit",
    displayName: "Google Gemini 3 Pro Image Preview Edit",
    maxInputs: 14,
    price: pro3Edit,
    priceSource: pro3EditSource,
    ...pro3PreviewRow,
    ...edits
  }),
  google({
    id: "google.gemini-2-5-flash-image",
    displayName: "Google Gemini 2.5 Flash Image",
    price: flash25,
    priceSource: flash25Source,
    ...flash25Row,
    ...creates
  }),
  google({
    id: "google.gemini-2-5-flash-image-edit",
    displayName: "Google Gemini 2.5 Flash Image Edit",
    maxInputs: 3,
    price: flash25,
    priceSource: flash25Source,
    ...flash25Row,
    ...edits
  })
]
