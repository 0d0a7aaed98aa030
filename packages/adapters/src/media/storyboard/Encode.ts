import { constants, crc32, deflateSync } from "node:zlib"
import type { Canvas, Plane } from "./Raster.ts"

export type IllustrationFormat = "png" | "jpeg" | "webp"

export const mimeTypes = { png: "image/png", jpeg: "image/jpeg", webp: "image/webp" } as const

/** JPEG and WebP need the optional package `sharp`; PNG never does. */
export class ImageEncoderMissing extends Error {
  override readonly name = "ImageEncoderMissing"
  readonly format: IllustrationFormat
  constructor(format: IllustrationFormat, cause: unknown) {
    super(`Writing ${format} needs the package "sharp", which could not be loaded. Ask for png, or install sharp.`, {
      cause
    })
    this.format = format
  }
}

/** Levels of 0 to 255, three or four to a pixel, by rows. */
export const encodeBytes = async (
  pixels: Uint8Array,
  { height, width }: { readonly width: number; readonly height: number },
  format: IllustrationFormat
): Promise<Uint8Array<ArrayBuffer>> => {
  const channels = pixels.length === width * height * 4 ? 4 : 3
  if (format === "png") return encodePng(pixels, width, height, channels)
  const { default: sharp } = await import("sharp").catch((cause: unknown) => {
    throw new ImageEncoderMissing(format, cause)
  })
  const image = sharp(pixels, { raw: { width, height, channels } })
  const bytes =
    format === "jpeg"
      ? await image.jpeg({ quality: 90, chromaSubsampling: "4:4:4" }).toBuffer()
      : await image.webp({ quality: 88, effort: 3 }).toBuffer()
  // A copy of its own, which can be handed to another thread.
  return new Uint8Array(bytes)
}

/** Where `alpha` is given, the picture is transparent there; JPEG drops it. */
export const toBytes = ({ rgb }: Canvas, alpha: Plane | null): Uint8Array => {
  if (alpha !== null) return withAlpha(rgb, alpha.values)
  const out = new Uint8Array(rgb.length)
  for (let index = 0; index < rgb.length; index++) {
    const value = (rgb[index] ?? 0) * 255 + 0.5
    out[index] = Math.min(255, Math.max(0, value))
  }
  return out
}

/** What is not seen at all is black, so that it takes no room in the file. */
const withAlpha = (rgb: Float32Array, alpha: Float32Array): Uint8Array => {
  const out = new Uint8Array(alpha.length * 4)
  for (let pixel = 0; pixel < alpha.length; pixel++) {
    const level = Math.round((alpha[pixel] ?? 0) * 255)
    if (level === 0) continue
    for (let channel = 0; channel < 3; channel++) {
      out[pixel * 4 + channel] = Math.min(255, Math.max(0, (rgb[pixel * 3 + channel] ?? 0) * 255 + 0.5))
    }
    out[pixel * 4 + 3] = level
  }
  return out
}

/** https://www.w3.org/TR/png-3/ with 8 bits a channel, no interlace. */
const encodePng = (pixels: Uint8Array, width: number, height: number, channels: 3 | 4): Uint8Array<ArrayBuffer> => {
  const header = new Uint8Array(13)
  const view = new DataView(header.buffer)
  view.setUint32(0, width)
  view.setUint32(4, height)
  header.set([8, channels === 4 ? 6 : 2, 0, 0, 0], 8)
  const data = deflateSync(filterRows(pixels, width, height, channels), {
    level: 4,
    memLevel: 9,
    strategy: constants.Z_FILTERED
  })
  const chunks = [
    chunk("IHDR", header),
    chunk("sRGB", new Uint8Array([0])),
    chunk("IDAT", data),
    chunk("IEND", new Uint8Array(0))
  ]
  const out = new Uint8Array(8 + chunks.reduce((sum, part) => sum + part.length, 0))
  out.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  let offset = 8
  for (const part of chunks) {
    out.set(part, offset)
    offset += part.length
  }
  return out
}

const chunk = (type: string, data: Uint8Array): Uint8Array => {
  const out = new Uint8Array(data.length + 12)
  const view = new DataView(out.buffer)
  view.setUint32(0, data.length)
  for (let index = 0; index < 4; index++) out[4 + index] = type.charCodeAt(index)
  out.set(data, 8)
  view.setUint32(out.length - 4, crc32(out.subarray(4, -4)))
  return out
}

/** For each row the filter (Up or Paeth) with the smaller sum of differences, as the PNG specification advises. */
const filterRows = (pixels: Uint8Array, width: number, height: number, channels: 3 | 4): Uint8Array => {
  const stride = width * channels
  const out = new Uint8Array((stride + 1) * height)
  const up = new Uint8Array(stride)
  const paeth = new Uint8Array(stride)
  const blank = new Uint8Array(stride)
  for (let y = 0; y < height; y++) {
    const row = pixels.subarray(y * stride, (y + 1) * stride)
    const above = y === 0 ? blank : pixels.subarray((y - 1) * stride, y * stride)
    let upSum = 0
    let paethSum = 0
    for (let x = 0; x < stride; x++) {
      const here = row[x] ?? 0
      const b = above[x] ?? 0
      const a = x >= channels ? (row[x - channels] ?? 0) : 0
      const c = x >= channels ? (above[x - channels] ?? 0) : 0
      const fromUp = (here - b) & 255
      const pa = b > c ? b - c : c - b
      const pb = a > c ? a - c : c - a
      const sum = a + b - c - c
      const pc = sum < 0 ? -sum : sum
      const fromPaeth = (here - (pa <= pb && pa <= pc ? a : pb <= pc ? b : c)) & 255
      up[x] = fromUp
      paeth[x] = fromPaeth
      upSum += fromUp < 128 ? fromUp : 256 - fromUp
      paethSum += fromPaeth < 128 ? fromPaeth : 256 - fromPaeth
    }
    const start = y * (stride + 1)
    out[start] = upSum < paethSum ? 2 : 4
    out.set(upSum < paethSum ? up : paeth, start + 1)
  }
  return out
}
