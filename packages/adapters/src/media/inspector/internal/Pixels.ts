import type * as Sharp from "sharp"
import { decodeSeconds, type InspectorTask, mostPixels, type Picture } from "./InspectorTask.ts"
import type { Compared, Looked, Refused, Thumbnailed } from "./InspectorTask.ts"

export type SharpModule = typeof Sharp.default

/** Both edges of the small copy that facts are taken from. */
const rasterEdge = 64
/** Pixels that are compared at once: 64 MB each of the input and the output. */
const bandPixels = 16_000_000

/** Everything but the formats of the product is refused by the library, e.g. SVG and PDF, which it reads otherwise. */
export const limited = (sharp: SharpModule): SharpModule => {
  sharp.block({ operation: ["VipsForeignLoad"] })
  sharp.unblock({
    operation: [
      "VipsForeignLoadPng",
      "VipsForeignLoadJpeg",
      "VipsForeignLoadWebp",
      "VipsForeignLoadHeif",
      "VipsForeignLoadNsgif"
    ]
  })
  sharp.cache(false)
  return sharp
}

/** The first picture of an animation, upright. */
const open = (sharp: SharpModule, picture: Picture): Sharp.Sharp =>
  sharp("path" in picture ? picture.path : picture.bytes, {
    failOn: "warning",
    limitInputPixels: mostPixels,
    pages: 1,
    sequentialRead: true
  })
    .timeout({ seconds: decodeSeconds })
    .autoOrient()

const as8Bit = (image: Sharp.Sharp): Sharp.Sharp => image.toColourspace("srgb").ensureAlpha()

export const look = async (sharp: SharpModule, picture: Picture): Promise<Looked> => {
  const [{ hasAlpha }, { data, info }] = await Promise.all([
    open(sharp, picture).metadata(),
    as8Bit(open(sharp, picture))
      .resize(rasterEdge, rasterEdge, { fit: "fill", kernel: "linear" })
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true })
  ])
  const transparent = hasAlpha && (await leastAlpha(sharp, picture)) < 255
  return { kind: "look", width: info.width, height: info.height, rgba: new Uint8Array(data), transparent }
}

/** Of the very pixels, since a small copy would average a few transparent ones away. */
const leastAlpha = async (sharp: SharpModule, picture: Picture): Promise<number> => {
  const alpha = await open(sharp, picture).extractChannel("alpha").raw({ depth: "uchar" }).toBuffer()
  let least = 255
  for (const value of alpha) if (value < least) least = value
  return least
}

export const thumbnail = async (sharp: SharpModule, picture: Picture, maxEdge: number): Promise<Thumbnailed> => {
  const { data, info } = await open(sharp, picture)
    .resize({ width: maxEdge, height: maxEdge, fit: "inside", withoutEnlargement: true })
    .webp({ quality: 80 })
    .toBuffer({ resolveWithObject: true })
  return { kind: "thumbnail", bytes: new Uint8Array(data), width: info.width, height: info.height }
}

type Comparison = Extract<InspectorTask, { readonly kind: "compare" }>

/** In bands of rows, so that large pictures take bounded memory. */
export const compare = async (sharp: SharpModule, task: Comparison): Promise<Compared | Refused> => {
  const { input, mask, output } = task
  const [{ height, width }, ...others] = await Promise.all([
    uprightSize(sharp, input),
    uprightSize(sharp, mask),
    uprightSize(sharp, output)
  ])
  if (others.some((other) => other.width !== width || other.height !== height)) {
    const message = "the input, the mask and the output do not have the same size"
    return { kind: "refused", reason: "unsupported", message }
  }
  const byAlpha = (await open(sharp, mask).metadata()).hasAlpha && (await leastAlpha(sharp, mask)) < 255
  const rows = Math.max(1, Math.floor(bandPixels / width))
  const bands = Array.from({ length: Math.ceil(height / rows) }, (_, index) => {
    const top = index * rows
    return { left: 0, top, width, height: Math.min(rows, height - top) }
  })
  // One after the other, so that no more than one band is in memory at a time.
  const { changed, outside } = await bands.reduce<Promise<Count>>(
    async (before, band) => add(await before, await compareBand(sharp, task, band, byAlpha)),
    Promise.resolve({ outside: 0, changed: 0 })
  )
  return { kind: "compare", changedOutside: outside === 0 ? 0 : changed / outside }
}

/** Pixels that the mask protects, and those of them that changed. */
interface Count {
  readonly outside: number
  readonly changed: number
}

const add = (one: Count, other: Count): Count => ({
  outside: one.outside + other.outside,
  changed: one.changed + other.changed
})

const compareBand = async (
  sharp: SharpModule,
  { input, mask, output, radius, tolerance }: Comparison,
  band: Sharp.Region,
  byAlpha: boolean
): Promise<Count> => {
  const before = await as8Bit(open(sharp, input)).extract(band).raw({ depth: "uchar" }).toBuffer()
  const after = await as8Bit(open(sharp, output)).extract(band).raw({ depth: "uchar" }).toBuffer()
  const light = byAlpha ? open(sharp, mask).extractChannel("alpha") : open(sharp, mask).removeAlpha().greyscale()
  const lets = await light.extract(band).toColourspace("b-w").raw({ depth: "uchar" }).toBuffer()
  let outside = 0
  let changed = 0
  for (let pixel = 0; pixel < lets.length; pixel += 1) {
    const value = lets[pixel] ?? 0
    // What the mask lets through by half or more may change.
    if (byAlpha ? value < 128 : value >= 128) continue
    outside += 1
    if (!differs(before, after, pixel * 4, tolerance)) continue
    if (radius === 0 || !isBetween(before, after, pixel, band.width, { radius, tolerance })) changed += 1
  }
  return { outside, changed }
}

const differs = (before: Uint8Array, after: Uint8Array, at: number, tolerance: number): boolean => {
  for (let channel = 0; channel < 4; channel += 1) {
    if (Math.abs(seen(before, at, channel) - seen(after, at, channel)) > tolerance) return true
  }
  return false
}

interface Nearness {
  readonly radius: number
  readonly tolerance: number
}

/** Whether each channel is between the least and the most of the pixels around it, as they were before. */
const isBetween = (
  before: Uint8Array,
  after: Uint8Array,
  pixel: number,
  width: number,
  { radius, tolerance }: Nearness
): boolean => {
  const rows = before.length / 4 / width
  const column = pixel % width
  const row = (pixel - column) / width
  for (let channel = 0; channel < 4; channel += 1) {
    const value = seen(after, pixel * 4, channel)
    let least = 255
    let most = 0
    for (let y = Math.max(0, row - radius); y <= Math.min(rows - 1, row + radius); y += 1) {
      for (let x = Math.max(0, column - radius); x <= Math.min(width - 1, column + radius); x += 1) {
        const near = seen(before, 4 * (y * width + x), channel)
        if (near < least) least = near
        if (near > most) most = near
      }
    }
    if (value < least - tolerance || value > most + tolerance) return false
  }
  return true
}

/** A colour by how much of it is seen; the fourth channel is transparency itself. */
const seen = (pixels: Uint8Array, at: number, channel: number): number => {
  const alpha = pixels[at + 3] ?? 0
  return channel === 3 ? alpha : ((pixels[at + channel] ?? 0) * alpha) / 255
}

const uprightSize = async (sharp: SharpModule, picture: Picture) => (await open(sharp, picture).metadata()).autoOrient
