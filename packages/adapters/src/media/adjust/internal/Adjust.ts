import type { AdjustRequest } from "@image-skill/core/media/Renderer"
import type { Sharp, SharpOptions } from "sharp"
import { colorKernel } from "./Colors.ts"
import { AdjustmentRefused, cropOf, largestPicture, type Raster, resizeOf } from "./Raster.ts"

export { AdjustmentRefused } from "./Raster.ts"

export type AdjustTask = AdjustRequest

export interface Adjusted {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly size: { readonly width: number; readonly height: number }
  readonly applied: ReadonlyArray<string>
  readonly maskShare: number | null
}

/** Reading and resampling pictures needs the optional package `sharp`. */
export class SharpMissing extends Error {
  override readonly name = "SharpMissing"
  constructor(cause: unknown) {
    super('Adjusting pictures needs the package "sharp", which could not be loaded. Install sharp.', { cause })
  }
}

/** Loaded by the first picture, since a machine may lack it. */
type Tool = (input: Uint8Array, options?: SharpOptions) => Sharp

/** One step after the other, each from pixels to pixels, so that their order is the documented one. */
export const adjust = async (task: AdjustTask): Promise<Adjusted> => {
  const { default: sharp } = await import("sharp").catch((cause: unknown) => {
    throw new SharpMissing(cause)
  })
  const original = await decode(sharp, task.bytes, "input")
  const mask = task.mask === null ? null : letThrough(await decode(sharp, task.mask, "mask"), original)
  const steps = stepsOf(sharp, task)
  const picture = await steps.reduce<Promise<Raster>>(
    async (before, [, step]) => step(await before),
    Promise.resolve(original)
  )
  const result = mask === null ? picture : through(original, picture, mask.levels)
  return {
    bytes: new Uint8Array(await encode(sharp, result, task)),
    size: { width: result.width, height: result.height },
    applied: steps.map(([name]) => name),
    maskShare: mask?.share ?? null
  }
}

type Step = (picture: Raster) => Raster | Promise<Raster>

const stepsOf = (sharp: Tool, { adjustment }: AdjustTask): ReadonlyArray<readonly [name: string, step: Step]> => {
  const { background, blur, crop, flip, flop, resize, rotate, sharpen } = adjustment
  const steps: Array<readonly [string, Step]> = []
  if (crop !== null) {
    steps.push(["crop", (picture) => withSharp(sharp, picture, (image) => image.extract(cropOf(picture, crop)))])
  }
  if (rotate !== null) {
    steps.push([
      "rotate",
      (picture) => withSharp(sharp, picture, (image) => image.rotate(rotate, { background: background ?? nothing }))
    ])
  }
  if (flip) steps.push(["flip", (picture) => withSharp(sharp, picture, (image) => image.flip())])
  if (flop) steps.push(["flop", (picture) => withSharp(sharp, picture, (image) => image.flop())])
  if (resize !== null) {
    steps.push([
      "resize",
      (picture) =>
        withSharp(sharp, picture, (image) =>
          image.resize({ ...resizeOf(picture, resize), fit: resize.fit, background: background ?? nothing })
        )
    ])
  }
  for (const [name, kernel] of colorKernel(adjustment)) steps.push([name, (picture) => eachPixel(picture, kernel)])
  if (blur !== null) steps.push(["blur", (picture) => withSharp(sharp, picture, (image) => image.blur(blur))])
  if (sharpen !== null) {
    steps.push(["sharpen", (picture) => withSharp(sharp, picture, (image) => image.sharpen({ sigma: sharpen }))])
  }
  if (background !== null) {
    steps.push(["background", (picture) => withSharp(sharp, picture, (image) => image.flatten({ background }))])
  }
  return steps
}

const nothing = { r: 0, g: 0, b: 0, alpha: 0 }

/** Upright, in sRGB with 8 bits a channel and an alpha. Of several frames the first. */
const decode = async (sharp: Tool, bytes: Uint8Array, what: string): Promise<Raster> => {
  const image = sharp(bytes, { failOn: "error", limitInputPixels: largestPicture, pages: 1 })
  return raw(image.autoOrient().toColourspace("srgb")).catch((cause: unknown) => {
    throw new AdjustmentRefused(
      `The ${what} cannot be read as a picture of at most ${largestPicture / 1e6} megapixels (${reasonOf(cause)}).`
    )
  })
}

/** The library's sentences may name a path or the whole header; the first line is enough. */
const reasonOf = (cause: unknown): string => (cause instanceof Error ? (cause.message.split("\n")[0] ?? "") : "unknown")

const withSharp = (sharp: Tool, { data, height, width }: Raster, work: (image: Sharp) => Sharp): Promise<Raster> =>
  raw(work(sharp(data, { raw: { width, height, channels: 4 }, limitInputPixels: false })))

const raw = async (image: Sharp): Promise<Raster> => {
  const { data, info } = await image.ensureAlpha().raw({ depth: "uchar" }).toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height }
}

const eachPixel = (picture: Raster, kernel: (pixel: Float32Array) => void): Raster => {
  const data = new Uint8Array(picture.data)
  const pixel = new Float32Array(3)
  for (let at = 0; at < data.length; at += 4) {
    for (let channel = 0; channel < 3; channel++) pixel[channel] = (data[at + channel] ?? 0) / 255
    kernel(pixel)
    for (let channel = 0; channel < 3; channel++) {
      data[at + channel] = Math.min(255, Math.max(0, Math.round((pixel[channel] ?? 0) * 255)))
    }
  }
  return { ...picture, data }
}

/** 255 where everything may change, 0 where nothing may. */
const letThrough = (mask: Raster, original: Raster): { readonly levels: Uint8Array; readonly share: number } => {
  if (mask.width !== original.width || mask.height !== original.height) {
    throw new AdjustmentRefused(
      `The mask measures ${mask.width}x${mask.height} and the input ${original.width}x${original.height}; they must be the same.`
    )
  }
  const levels = new Uint8Array(mask.width * mask.height)
  let transparent = false
  for (let at = 3; at < mask.data.length; at += 4) transparent ||= (mask.data[at] ?? 255) < 255
  let open = 0
  for (let pixel = 0, at = 0; pixel < levels.length; pixel++, at += 4) {
    const { data } = mask
    const light = 0.299 * (data[at] ?? 0) + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0)
    const level = transparent ? 255 - (data[at + 3] ?? 255) : Math.round(light)
    levels[pixel] = level
    if (level > 0) open += 1
  }
  if (open === 0) throw new AdjustmentRefused("The mask lets nothing through: it has no transparent and no white part.")
  return { levels, share: open / levels.length }
}

const through = (original: Raster, changed: Raster, levels: Uint8Array): Raster => {
  const data = new Uint8Array(original.data)
  for (let pixel = 0, at = 0; pixel < levels.length; pixel++, at += 4) {
    const share = (levels[pixel] ?? 0) / 255
    if (share === 0) continue
    for (let channel = at; channel < at + 4; channel++) {
      const before = data[channel] ?? 0
      data[channel] = Math.round(before + ((changed.data[channel] ?? 0) - before) * share)
    }
  }
  return { ...original, data }
}

/** JPEG has no transparency: what is transparent becomes white there. */
const encode = (sharp: Tool, { data, height, width }: Raster, { format, quality }: AdjustTask): Promise<Uint8Array> => {
  let opaque = true
  for (let at = 3; opaque && at < data.length; at += 4) opaque = data[at] === 255
  const image = sharp(data, { raw: { width, height, channels: 4 }, limitInputPixels: false })
  if (format === "jpeg") {
    return image
      .flatten({ background: "#ffffff" })
      .jpeg({ quality, chromaSubsampling: quality >= 90 ? "4:4:4" : "4:2:0" })
      .toBuffer()
  }
  const whole = opaque ? image.removeAlpha() : image
  return format === "webp"
    ? whole.webp({ quality, effort: 4 }).toBuffer()
    : whole.png({ compressionLevel: 6 }).toBuffer()
}
