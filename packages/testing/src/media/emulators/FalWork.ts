import { measure } from "@image-skill/core/media/Measure"
import type { Size } from "@image-skill/core/models/Model"
import * as Predicate from "effect/Predicate"
import type * as Schema from "effect/Schema"
import type { FalModel } from "./FalModels.ts"
import { glb, mp4, picture, wav } from "./Fixtures.ts"
import type { Fields } from "./OpenAiWire.ts"

/** What a request came to: the result that is kept, and the files that it names. */
export interface Outcome {
  readonly status: number
  readonly body: Schema.Json
  readonly files: ReadonlyArray<MadeFile>
}

export interface MadeFile {
  /** Below `/files/`. */
  readonly name: string
  readonly contentType: string
  readonly bytes: Uint8Array
}

export interface Work {
  readonly id: string
  /** How many requests came before it. */
  readonly number: number
  readonly model: FalModel
  readonly input: Fields
  /** Whether the first output comes twice. */
  readonly isDoubled: boolean
}

/** The bytes at a URL that came in; null where nothing can be fetched from it. */
export type FetchInput = (url: string) => Promise<Uint8Array | null>

/** A refusal of a model in the shape that all share (https://fal.ai/docs/documentation/model-apis/errors). */
export const modelError = (field: string, type: string, msg: string, input: Schema.Json): Outcome => ({
  status: 422,
  body: { detail: [{ loc: ["body", field], msg, type, url: `https://docs.fal.ai/errors#${type}`, input }] },
  files: []
})

export const flagged = ({ input }: Work): Outcome =>
  modelError(
    "prompt",
    "content_policy_violation",
    "The content could not be processed because it contained material flagged by a content checker.",
    typeof input["prompt"] === "string" ? input["prompt"] : null
  )

/** Does what was asked: checks the input, fetches what it names, and makes the outputs. */
export const perform = async (work: Work, origin: string, fetchInput: FetchInput): Promise<Outcome> => {
  const { input, model } = work
  const missing = model.needs.find((field) => input[field] === undefined)
  if (missing !== undefined) return modelError(missing, "missing", "Field required", null)
  for (const [field, values] of Object.entries(model.choices)) {
    const value = input[field]
    if (typeof value === "string" && !values.includes(value))
      return modelError(field, "literal_error", `Input should be ${values.map((one) => `'${one}'`).join(", ")}`, value)
  }
  const count = input["num_images"] ?? 1
  if (typeof count !== "number" || !Number.isInteger(count) || count < 1 || count > Math.max(1, model.most))
    return modelError("num_images", "less_than_equal", `Input should be less than or equal to ${model.most}`, null)
  const inputs = await fetched(model, input, fetchInput)
  if ("status" in inputs) return inputs
  return made(work, origin, count, inputs.sizes)
}

/** Every URL of the input with the field that it stands in. */
const urlsIn = (value: unknown, field: string): ReadonlyArray<{ readonly field: string; readonly url: string }> => {
  if (typeof value === "string") return /_urls?$/u.test(field) ? [{ field, url: value }] : []
  if (Array.isArray(value)) return value.flatMap((item) => urlsIn(item, field))
  return Predicate.isObject(value) ? Object.entries(value).flatMap(([name, item]) => urlsIn(item, name)) : []
}

const fetched = async (
  model: FalModel,
  input: Fields,
  fetchInput: FetchInput
): Promise<Outcome | { readonly sizes: { readonly [field: string]: Size } }> => {
  const sizes: { [field: string]: Size } = {}
  const all = await Promise.all(
    urlsIn(input, "").map(async ({ field, url }) => ({ field, url, bytes: await fetchInput(url) }))
  )
  for (const { bytes, field, url } of all) {
    if (bytes === null) return modelError(field, "file_download_error", "Failed to download the file", url)
    const measured = measure(bytes)
    if (field.startsWith("audio")) continue
    if (measured?.size === undefined || measured.size === null || !measured.mimeType.startsWith("image/"))
      return modelError(field, "image_load_error", "Failed to load the image", url)
    const { height, width } = measured.size
    if (Math.min(width, height) < model.shortEdge)
      return modelError(field, "image_too_small", `Image must be at least ${model.shortEdge} pixels`, url)
    sizes[field] ??= measured.size
  }
  const { image_url: image, mask_url: mask } = sizes
  if (mask !== undefined && (mask.width !== image?.width || mask.height !== image.height))
    return modelError("mask_url", "value_error", "Mask and image must have the same size", null)
  return { sizes }
}

const edges: { readonly [preset: string]: Size } = {
  square_hd: { width: 1024, height: 1024 },
  square: { width: 512, height: 512 },
  portrait_4_3: { width: 768, height: 1024 },
  portrait_16_9: { width: 576, height: 1024 },
  landscape_4_3: { width: 1024, height: 768 },
  landscape_16_9: { width: 1024, height: 576 },
  auto_2K: { width: 2048, height: 2048 },
  auto_3K: { width: 3072, height: 3072 },
  auto_4K: { width: 4096, height: 4096 }
}
const steps: { readonly [resolution: string]: number } = { "0.5K": 0.5, "1K": 1, "2K": 2, "4K": 4 }

const sizeOf = ({ input, model }: Work, incoming: Size | undefined): Size => {
  const { aspect_ratio: ratio, image_size: size, resolution } = input
  const source = incoming ?? { width: 1024, height: 1024 }
  if (model.sizing === "input" || (model.sizing === "image_size" && size === "auto")) return source
  if (model.sizing === "image_size") {
    if (typeof size === "string") return edges[size] ?? source
    const { height, width } = Object.fromEntries(Object.entries(Predicate.isObject(size) ? size : {}))
    return typeof width === "number" && typeof height === "number" ? { width, height } : { width: 1024, height: 768 }
  }
  const [across = 1, down = 1] =
    typeof ratio === "string" && ratio !== "auto" ? ratio.split(":").map(Number) : [source.width, source.height]
  const edge = Math.sqrt(model.megapixels * 2 ** 20) * (typeof resolution === "string" ? (steps[resolution] ?? 1) : 1)
  return {
    width: rounded(edge * Math.sqrt(across / down)),
    height: rounded(edge * Math.sqrt(down / across))
  }
}

const rounded = (length: number): number => Math.max(16, Math.round(length / 16) * 16)

const made = async (
  work: Work,
  origin: string,
  count: number,
  sizes: { readonly [field: string]: Size }
): Promise<Outcome> => {
  const { id, input, model, number } = work
  const seed = typeof input["seed"] === "number" ? input["seed"] : 1_000 + number
  // Without a seed a few pictures take turns, since each costs time to make.
  const first = typeof input["seed"] === "number" ? Math.abs(seed) % 1_000 : number % 4
  const fileAt = (name: string, contentType: string, bytes: Uint8Array) => ({
    name: `${id}/${name}`,
    contentType,
    bytes
  })
  const entry = ({ bytes, contentType, name }: MadeFile) => ({
    url: `${origin}/files/${name}`,
    content_type: contentType,
    file_name: name.slice(id.length + 1),
    file_size: bytes.length
  })
  const timings = { inference: 0.8 }
  switch (model.output) {
    case "images":
    case "image": {
      const size = sizeOf(work, sizes["image_url"] ?? sizes["image_urls"])
      const format =
        input["output_format"] === "png" || input["output_format"] === "jpeg" ? input["output_format"] : model.format
      const files = await Promise.all(
        Array.from({ length: count }, async (_, index) =>
          fileAt(
            `${index}.${format === "jpeg" ? "jpg" : format}`,
            `image/${format}`,
            await picture({ ...size, format, seed: first + index })
          )
        )
      )
      const twice = files.slice(0, work.isDoubled ? 1 : 0).map((file) => ({ ...file, name: `${id}/again-0` }))
      const delivered = [...files, ...twice]
      const images = delivered.map((file) => ({ ...entry(file), ...size }))
      const common = { seed, prompt: typeof input["prompt"] === "string" ? input["prompt"] : "", timings }
      return model.output === "image"
        ? { status: 200, body: { ...common, image: images[0] ?? null }, files: delivered }
        : { status: 200, body: { ...common, images, has_nsfw_concepts: images.map(() => false) }, files: delivered }
    }
    case "video": {
      const file = fileAt("video.mp4", "video/mp4", await mp4({ seed: first }))
      return { status: 200, body: { video: entry(file), seed, prompt: "" }, files: [file] }
    }
    case "audio":
    case "audio_file": {
      const file = fileAt("audio.wav", "audio/wav", wav({ seed: first % 20 }))
      return { status: 200, body: { [model.output]: entry(file), seed }, files: [file] }
    }
    case "model_mesh": {
      const file = fileAt("model.glb", "application/octet-stream", glb(first))
      return { status: 200, body: { model_mesh: entry(file), timings }, files: [file] }
    }
  }
}
