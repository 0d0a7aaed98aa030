import type { Model, Size } from "./Model.ts"

/** What one output will measure, as far as it can be known before the run. */
export interface ExpectedOutput {
  /** The provider's own class, e.g. `2k`. */
  readonly resolutionClass: string | null
  readonly size: Size | null
  readonly minShortEdge: number | null
}

/** Pixels of the size presets of fal models (contract/api.md 6.3). */
const presets: { readonly [preset: string]: Size } = {
  square_hd: { width: 1024, height: 1024 },
  square: { width: 512, height: 512 },
  portrait_4_3: { width: 768, height: 1024 },
  portrait_16_9: { width: 576, height: 1024 },
  landscape_4_3: { width: 1024, height: 768 },
  landscape_16_9: { width: 1024, height: 576 }
}

const shortEdges: { readonly [resolution: string]: number } = { "1k": 1024, "2k": 2048, "4k": 4096 }

export const expectedOutput = (
  model: Model,
  parameters: { readonly [name: string]: unknown },
  aspectRatio: string | null
): ExpectedOutput => {
  const resolution = parameters["resolution"]
  const resolutionClass = typeof resolution === "string" ? resolution.toLowerCase() : null
  return {
    resolutionClass,
    size: exactSize(model, parameters, aspectRatio),
    minShortEdge:
      resolutionClass !== null && Object.hasOwn(shortEdges, resolutionClass)
        ? (shortEdges[resolutionClass] ?? null)
        : null
  }
}

const exactSize = (
  model: Model,
  parameters: { readonly [name: string]: unknown },
  aspectRatio: string | null
): Size | null => {
  const preset = parameters["image_size"]
  if (typeof preset === "string") return Object.hasOwn(presets, preset) ? (presets[preset] ?? null) : null
  if (isSize(preset)) return { width: preset.width, height: preset.height }
  const named = typeof parameters["size"] === "string" ? /^(\d+)x(\d+)$/u.exec(parameters["size"]) : null
  if (named !== null) return { width: Number(named[1]), height: Number(named[2]) }
  return fromTable(model, parameters, aspectRatio)
}

/** A model with a size table takes `width` and `height`, one or both, over the table. */
const fromTable = (
  { sizes }: Model,
  { height, width }: { readonly [name: string]: unknown },
  aspectRatio: string | null
): Size | null => {
  if (sizes === null || aspectRatio === null) return null
  const table = Object.hasOwn(sizes, aspectRatio) ? (sizes[aspectRatio] ?? null) : null
  if (typeof width === "number" && typeof height === "number") return { width, height }
  if (table === null) return null
  if (typeof width === "number") return { width, height: Math.round((width * table.height) / table.width) }
  return typeof height === "number" ? { width: Math.round((height * table.width) / table.height), height } : table
}

/** Why a request for exact pixels cannot be met. */
export type SizeProblem =
  | { readonly _tag: "OutOfRange"; readonly size: Size; readonly minimum: number; readonly maximum: number }
  | { readonly _tag: "Contradiction"; readonly size: Size }

/** Exact pixels that contradict a named aspect ratio, or that it makes too large or too small. */
export const sizeProblem = (
  model: Model,
  parameters: { readonly [name: string]: unknown },
  aspectRatio: string
): SizeProblem | null => {
  const { height, width } = model.parameters
  const { size } = expectedOutput(model, parameters, aspectRatio)
  if (width === undefined || height === undefined || size === null) return null
  const { maximum = Infinity, minimum = 1 } = width
  if ([size.width, size.height].some((edge) => edge < minimum || edge > maximum))
    return { _tag: "OutOfRange", size, minimum, maximum }
  const bothGiven = parameters["width"] !== undefined && parameters["height"] !== undefined
  return bothGiven && contradicts(size, aspectRatio) ? { _tag: "Contradiction", size } : null
}

/** By a pixel or more. Published clients send 1:1 unless told otherwise, so that contradicts nothing (contract/api.md 8.1). */
const contradicts = (size: Size, aspectRatio: string): boolean => {
  const [across = 1, down = 1] = aspectRatio.split(":").map(Number)
  return aspectRatio !== "1:1" && Math.abs(size.width * down - size.height * across) > Math.max(across, down)
}

const isSize = (value: unknown): value is Size =>
  typeof value === "object" &&
  value !== null &&
  "width" in value &&
  "height" in value &&
  typeof value.width === "number" &&
  typeof value.height === "number"

/** `16:9` → 16/9; null for `auto` and for what is no ratio. */
export const proportion = (aspectRatio: string): number | null => {
  const match = /^(\d{1,2}):(\d{1,2})$/u.exec(aspectRatio)
  if (match === null) return null
  const [width, height] = [Number(match[1]), Number(match[2])]
  return width === 0 || height === 0 ? null : width / height
}
