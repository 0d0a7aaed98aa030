import type { AspectRatios, Model, ParameterSchema, PriceBasis, PriceRule } from "../Model.ts"

/**
 * What most rows share, so that a row states only what is its own. Facts and prices come from contract/models.json and
 * contract/api.md 13; the date of a price is the day on which it was taken over.
 */
const takenOver = "2026-11-21"

export const source = (basis: PriceBasis, note: string | null = null): Model["priceSource"] => ({
  basis,
  asOf: takenOver,
  note
})

/** Where a provider says "model defined", these are the ratios (decision D4a.8). */
const ratios = ["1:1", "4:3", "3:4", "3:2", "2:3", "16:9", "9:16"] as const

export const modelDefined: AspectRatios = { values: ratios, default: "1:1", ignored: null }
export const autoOrModelDefined: AspectRatios = { values: ["auto", ...ratios], default: "auto", ignored: null }
export const autoOnly: AspectRatios = { values: ["auto"], default: "auto", ignored: null }
export const noAspectRatio = (ignored: string): AspectRatios => ({ values: [], default: null, ignored })

export const imageOutput = (maxResolution: string | null, transparentBackground = false): Model["output"] => ({
  mimeTypes: ["image/png", "image/jpeg", "image/webp"],
  assetPrefix: "image",
  maxResolution,
  transparentBackground
})

export const seed: ParameterSchema = {
  type: "integer",
  description: "the same seed repeats the same picture where the provider allows it"
}

const presets = ["square_hd", "square", "portrait_4_3", "portrait_16_9", "landscape_4_3", "landscape_16_9"] as const

export const sizePreset = (...more: ReadonlyArray<string>): ParameterSchema => ({
  type: "string",
  enum: [...presets, ...more],
  description: "size preset of the provider"
})

export const sizePresetOrExact: ParameterSchema = {
  oneOf: [
    { type: "string", enum: presets },
    {
      type: "object",
      properties: { width: { type: "integer", minimum: 64 }, height: { type: "integer", minimum: 64 } },
      required: ["width", "height"]
    }
  ],
  description: "size preset of the provider, or exact pixels"
}

export const resolutionTier = (...tiers: ReadonlyArray<string>): ParameterSchema => ({
  type: "string",
  enum: tiers,
  default: "1K",
  description: "output tier; a higher one may cost more"
})

/** Gemini 3 Pro and Nano Banana Pro: 4K costs twice the standard tier (contract/api.md 6.3). */
export const gemini3Pro: PriceRule = {
  _tag: "Tiered",
  tokenTable: false,
  otherwise: { resolution: "1K" },
  listed: { resolution: "1K" },
  tiers: [
    { when: { resolution: "1K" }, microUsd: 150_000 },
    { when: { resolution: "2K" }, microUsd: 150_000 },
    { when: { resolution: "4K" }, microUsd: 300_000 }
  ]
}

type Own = Partial<Model> &
  Pick<Model, "id" | "displayName" | "operation" | "aspectRatios" | "price" | "priceSource" | "taskTags">

const row =
  (provider: string, fixed: Model["fixed"]) =>
  (own: Own): Model => ({
    provider,
    upstream: null,
    modality: "image",
    endpoint: "create",
    supports: "create",
    wired: true,
    prompt: "required",
    inputImage: "none",
    maxInputs: own.inputImage === "required" ? 1 : 0,
    mask: "none",
    references: null,
    parameters: {},
    catalogedOnly: [],
    fixed,
    maxOutputs: 1,
    sizes: null,
    output: imageOutput(null),
    latency: "interactive",
    notes: [],
    ...own
  })

const ownedStorage = "outputs are always copied into owned storage"

export const xai = row("xai", [{ name: "response_format", value: "bytes", reason: ownedStorage }])
export const openAi = row("openai", [
  { name: "stream", value: "false", reason: "the whole answer is kept before it is read" }
])
export const fal = row("fal", [{ name: "sync_mode", value: "false", reason: ownedStorage }])
export const local = row("local", [])
