import type {
  GenerationRequest,
  MediaProviderError,
  NativeRequest,
  ProviderInput
} from "@image-skill/core/media/MediaProvider"
import type { Model } from "@image-skill/core/models/Model"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import type { ImageModel, VideoModel } from "../internal/AiSdkShape.ts"
import { rejected } from "./OpenAiNative.ts"

/** What the catalogue shall say of the model. Its native parameters are the SDK's, in the SDK's spelling. */
export type Own = Partial<Model> & Pick<Model, "provider" | "price">

/** A model of the AI SDK with its row of the catalogue. */
export type Bridged = {
  readonly row: Model
  /** The name under which the SDK's provider looks for its options, e.g. `openai`. */
  readonly options: string
  /** What it charged, in millionths of a US dollar, read from the provider metadata of its answer. */
  readonly cost: ((metadata: Schema.Json) => number | null) | null
} & ({ readonly _tag: "Image"; readonly model: ImageModel } | { readonly _tag: "Video"; readonly model: VideoModel })

export interface BridgeOptions {
  readonly options?: string
  readonly cost?: (metadata: Schema.Json) => number | null
}

export const fromImageModel = (model: ImageModel, own: Own, more: BridgeOptions = {}): Bridged => ({
  _tag: "Image",
  model,
  row: rowOf(model, own, {
    modality: "image",
    operation: "image.generate",
    maxOutputs: typeof model.maxImagesPerCall === "number" ? model.maxImagesPerCall : 1,
    mimeTypes: ["image/png", "image/jpeg", "image/webp"],
    latency: "interactive"
  }),
  options: more.options ?? vendorOf(model),
  cost: more.cost ?? null
})

/** Only models that can be started and asked after in another process: `doStart` and `doStatus`. */
export const fromVideoModel = (model: VideoModel, own: Own, more: BridgeOptions = {}): Bridged => ({
  _tag: "Video",
  model,
  row: {
    ...rowOf(model, own, {
      modality: "video",
      operation: "video.generate",
      maxOutputs: 1,
      mimeTypes: ["video/mp4"],
      latency: "slow"
    }),
    ...(model.doStart === undefined || model.doStatus === undefined ? { wired: false } : {})
  },
  options: more.options ?? vendorOf(model),
  cost: more.cost ?? null
})

/** `openai.image` is of `openai`. */
const vendorOf = ({ provider }: { readonly provider: string }): string => provider.split(".")[0] ?? provider

const rowOf = (
  { modelId }: { readonly modelId: string },
  own: Own,
  kind: Pick<Model, "modality" | "operation" | "maxOutputs" | "latency"> & Pick<Model["output"], "mimeTypes">
): Model => ({
  id: `${own.provider}.${modelId.toLowerCase().replaceAll(/[^a-z0-9.]+/gu, "-")}`,
  displayName: modelId,
  upstream: modelId,
  modality: kind.modality,
  operation: kind.operation,
  endpoint: "create",
  supports: "create",
  wired: true,
  prompt: "required",
  inputImage: "none",
  maxInputs: 0,
  mask: "none",
  references: null,
  aspectRatios: { values: ["1:1", "4:3", "3:4", "3:2", "2:3", "16:9", "9:16"], default: "1:1", ignored: null },
  parameters: {},
  catalogedOnly: [],
  fixed: [{ name: "maxRetries", value: "0", reason: "a paid request is never sent twice" }],
  maxOutputs: kind.maxOutputs,
  sizes: null,
  output: {
    mimeTypes: kind.mimeTypes,
    assetPrefix: kind.modality === "video" ? "video" : "image",
    maxResolution: null,
    transparentBackground: false
  },
  priceSource: { basis: "ours", asOf: "2026-11-21", note: "as whoever added the model says" },
  taskTags: ["create"],
  latency: kind.latency,
  notes: ["runs through the AI SDK"],
  ...own
})

/** The call options of the SDK that are parameters of ours under the same name; all others are provider options. */
const callOptions: { readonly [T in Bridged["_tag"]]: ReadonlySet<string> } = {
  Image: new Set(["size", "seed"]),
  Video: new Set(["resolution", "duration", "fps", "seed", "generateAudio"])
}

/** The options of `doGenerate` or `doStart`, with media by their index. */
export const native = (
  bridged: Bridged | undefined,
  request: GenerationRequest
): Result.Result<NativeRequest, MediaProviderError> => {
  const { inputs, model, outputCount, parameters, prompt } = request
  if (bridged === undefined) return rejected(model.provider, request, "is not bridged here")
  const problem = problemOf(bridged, request)
  if (problem !== null) return rejected(model.provider, request, problem)
  const [own, more] = split(parameters, callOptions[bridged._tag])
  return Result.succeed({
    path: `/${bridged.model.provider}/${bridged.model.modelId}`,
    body: {
      ...own,
      ...shapeOf(bridged, request),
      prompt,
      n: outputCount,
      providerOptions: Object.keys(more).length === 0 ? {} : { [bridged.options]: more },
      ...(bridged._tag === "Image" ? imageMedia(inputs) : videoMedia(inputs))
    }
  })
}

const problemOf = ({ _tag, row }: Bridged, { inputs, outputCount, prompt }: GenerationRequest): string | null => {
  const masks = inputs.filter(({ role }) => role === "mask").length
  if (row.prompt === "required" && (prompt === null || prompt === "")) return "needs a prompt"
  if (outputCount > row.maxOutputs) return `gives at most ${row.maxOutputs} outputs at a time`
  if (row.inputImage === "required" && inputs.length === masks) return "needs a picture to work on"
  if (row.inputImage === "none" && row.references === null && inputs.length > 0) return "takes no pictures"
  if (masks > (row.mask === "none" ? 0 : 1)) return "takes no such mask"
  return _tag === "Image" || row.wired ? null : "cannot be asked after once it was started"
}

const split = (
  parameters: Schema.JsonObject,
  names: ReadonlySet<string>
): readonly [own: Schema.JsonObject, more: Schema.JsonObject] => {
  const entries = Object.entries(parameters)
  return [
    Object.fromEntries(entries.filter(([name]) => names.has(name))),
    Object.fromEntries(entries.filter(([name]) => !names.has(name)))
  ]
}

/** Exact pixels win over the ratio; models without ratios are sent none. */
const shapeOf = (bridged: Bridged, { aspectRatio, parameters, size }: GenerationRequest): Schema.JsonObject => {
  const pixels = bridged._tag === "Image" ? "size" : "resolution"
  if (parameters[pixels] !== undefined) return {}
  if (size !== null) return { [pixels]: `${size.width}x${size.height}` }
  return bridged.row.aspectRatios.values.length === 0 || aspectRatio === "auto" ? {} : { aspectRatio }
}

const imageMedia = (inputs: ReadonlyArray<ProviderInput>): Schema.JsonObject => {
  const files = indices(inputs, ({ role }) => role !== "mask")
  const [mask] = indices(inputs, ({ role }) => role === "mask")
  return { ...(files.length === 0 ? {} : { files }), ...(mask === undefined ? {} : { mask }) }
}

const videoMedia = (inputs: ReadonlyArray<ProviderInput>): Schema.JsonObject => {
  const [image] = indices(inputs, ({ role }) => role === "input")
  const inputReferences = indices(inputs, ({ role }) => role !== "input" && role !== "mask")
  return {
    ...(image === undefined ? {} : { image }),
    ...(inputReferences.length === 0 ? {} : { inputReferences })
  }
}

const indices = (
  inputs: ReadonlyArray<ProviderInput>,
  takes: (input: ProviderInput) => boolean
): ReadonlyArray<Schema.JsonObject> => inputs.flatMap((input, media) => (takes(input) ? [{ media }] : []))
