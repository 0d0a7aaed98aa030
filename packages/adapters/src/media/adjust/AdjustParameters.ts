import { wire } from "@image-skill/core/envelope/Wire"
import type { Adjustment, PictureArea, PictureFormat } from "@image-skill/core/media/Renderer"
import type { Size } from "@image-skill/core/models/Model"
import { proportion } from "@image-skill/core/models/OutputSize"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

/** What a request for `local.adjust` comes to. */
export interface AdjustPlan {
  readonly adjustment: Adjustment
  readonly format: PictureFormat
  readonly quality: number
}

/** What is known of the media before anything is read. */
export interface AdjustMedia {
  readonly mimeType: string
  readonly size: Size | null
  /** Undefined without a mask, null when its size is not known. */
  readonly maskSize: Size | null | undefined
}

/** The parameters as a plan, or a sentence that says why there is none. */
export const readAdjustment = (parameters: unknown, media: AdjustMedia): Result.Result<AdjustPlan, string> => {
  const read = Schema.decodeUnknownOption(AdjustParameters)(parameters)
  if (Option.isNone(read)) return Result.fail("a parameter does not have the form that its schema states")
  const given = read.value
  const adjustment = adjustmentOf(given)
  const problem = problemOf(given, adjustment, media)
  if (problem !== null) return Result.fail(problem)
  return Result.succeed({ adjustment, format: formatOf(given, media), quality: given.quality ?? usualQuality })
}

const color = Schema.optionalKey(Schema.String)
const amount = Schema.optionalKey(Schema.Number)
const format = Schema.Literals(["png", "jpeg", "webp"])

const AdjustParameters = wire({
  crop: Schema.optionalKey(
    Schema.Union([
      Schema.Struct({ left: Schema.Number, top: Schema.Number, width: Schema.Number, height: Schema.Number }),
      wire({ aspectRatio: Schema.String })
    ])
  ),
  rotate: amount,
  flip: Schema.optionalKey(Schema.Boolean),
  flop: Schema.optionalKey(Schema.Boolean),
  width: amount,
  height: amount,
  fit: Schema.optionalKey(Schema.Literals(["cover", "contain", "inside"])),
  recolor: Schema.optionalKey(Schema.Struct({ from: Schema.String, to: Schema.String, tolerance: amount })),
  brightness: amount,
  saturation: amount,
  hue: amount,
  contrast: amount,
  greyscale: Schema.optionalKey(Schema.Boolean),
  tint: color,
  blur: amount,
  sharpen: amount,
  background: color,
  outputFormat: Schema.optionalKey(format),
  quality: amount
})

type Given = typeof AdjustParameters.Type

const usualQuality = 90
const usualTolerance = 25

/** A value that changes nothing is the same as none. */
const adjustmentOf = (given: Given): Adjustment => {
  const turned = given.rotate === undefined ? 0 : ((given.rotate % 360) + 360) % 360
  return {
    crop: cropOf(given.crop),
    rotate: turned === 0 ? null : turned,
    flip: given.flip ?? false,
    flop: given.flop ?? false,
    resize:
      given.width === undefined && given.height === undefined
        ? null
        : { width: given.width ?? null, height: given.height ?? null, fit: given.fit ?? "cover" },
    recolor:
      given.recolor === undefined ? null : { ...given.recolor, tolerance: given.recolor.tolerance ?? usualTolerance },
    brightness: unless(given.brightness, 1),
    saturation: unless(given.saturation, 1),
    hue: unless(given.hue === undefined ? undefined : given.hue % 360, 0),
    contrast: unless(given.contrast, 1),
    greyscale: given.greyscale ?? false,
    tint: given.tint ?? null,
    blur: given.blur ?? null,
    sharpen: given.sharpen ?? null,
    background: given.background ?? null
  }
}

const unless = (value: number | undefined, neutral: number): number | null =>
  value === undefined || value === neutral ? null : value

const cropOf = (crop: Given["crop"]): Adjustment["crop"] => {
  if (crop === undefined) return null
  return "aspectRatio" in crop ? { aspectRatio: proportion(crop.aspectRatio) ?? 1 } : crop
}

const formatOf = ({ outputFormat }: Given, { maskSize, mimeType }: AdjustMedia): PictureFormat => {
  if (outputFormat !== undefined) return outputFormat
  if (maskSize !== undefined) return "png"
  return mimeType === "image/jpeg" ? "jpeg" : mimeType === "image/webp" ? "webp" : "png"
}

const problemOf = (given: Given, adjustment: Adjustment, media: AdjustMedia): string | null =>
  emptiness(given, adjustment, media) ??
  colorProblem(given) ??
  cropProblem(adjustment, media) ??
  (given.fit !== undefined && (given.width === undefined || given.height === undefined)
    ? "fit says how a picture goes into a width and a height: give both, or leave fit away"
    : null) ??
  (given.greyscale === true && (given.saturation !== undefined || given.hue !== undefined)
    ? "greyscale leaves no colour that saturation or hue could change: give one or the other"
    : null) ??
  (given.quality !== undefined && formatOf(given, media) === "png"
    ? "quality is for jpeg and webp; a png is lossless"
    : null) ??
  (media.maskSize === undefined ? cornerProblem(given, adjustment, media) : maskProblem(given, adjustment, media))

/** Another file type is a change, too; the same one is not. */
const emptiness = (given: Given, adjustment: Adjustment, media: AdjustMedia): string | null => {
  const changes = Object.values(adjustment).some((value) => value !== null && value !== false)
  const reencodes = given.quality !== undefined || `image/${formatOf(given, media)}` !== media.mimeType
  if (changes || (reencodes && media.maskSize === undefined)) return null
  return "nothing to do: the parameters change nothing of this picture"
}

const colorProblem = ({ background, recolor, tint }: Given): string | null => {
  const named = Object.entries({ background, "recolor.from": recolor?.from, "recolor.to": recolor?.to, tint })
  const wrong = named.find(([, value]) => value !== undefined && !/^#[\da-f]{6}$/iu.test(value))
  return wrong === undefined ? null : `${wrong[0]} must be a colour such as #1e90ff`
}

/** A picture that says how it is held may be turned before it is cropped; then either way up counts. */
const cropProblem = ({ crop }: Adjustment, { mimeType, size }: AdjustMedia): string | null => {
  if (crop === null || size === null || "aspectRatio" in crop) return null
  const { height, width } = size
  const upright = mimeType === "image/png" || mimeType === "image/gif"
  const fits = within(crop, size) || (!upright && within(crop, { width: height, height: width }))
  return fits
    ? null
    : `the crop reaches to ${crop.left + crop.width}x${crop.top + crop.height}, beyond the picture of ${width}x${height}`
}

const within = ({ height, left, top, width }: PictureArea, size: Size): boolean =>
  left + width <= size.width && top + height <= size.height

/** Turned or padded, the picture has corners of nothing. */
const cornerProblem = (given: Given, { background, resize, rotate }: Adjustment, media: AdjustMedia): string | null => {
  const corners = (rotate !== null && rotate % 90 !== 0) || resize?.fit === "contain"
  return corners && background === null && formatOf(given, media) === "jpeg"
    ? "the corners would be transparent, which jpeg cannot be: give a background, or output_format png or webp"
    : null
}

const maskProblem = (
  given: Given,
  { crop, flip, flop, resize, rotate }: Adjustment,
  { maskSize, size }: AdjustMedia
): string | null => {
  if (crop !== null || rotate !== null || flip || flop || resize !== null)
    return "a mask keeps the rest of the picture where it is, so crop, rotate, flip, flop, width and height cannot go with one"
  if (given.outputFormat !== undefined && given.outputFormat !== "png")
    return "with a mask the output is a png: any other type would change pixels outside of the mask"
  const differs =
    size !== null &&
    maskSize !== null &&
    maskSize !== undefined &&
    (size.width !== maskSize.width || size.height !== maskSize.height)
  return differs
    ? `the mask measures ${maskSize.width}x${maskSize.height} and the input ${size.width}x${size.height}; they must be the same`
    : null
}
