import { type PixelFacts, pixelFacts } from "@image-skill/core/media/PixelFacts"
import type { Size } from "@image-skill/core/models/Model"

/** Both edges of the small copy, as where a picture is decoded to be looked at. */
const edge = 64

/**
 * What a picture looks like, from the levels that are encoded: three or four of 0 to 255 to a pixel, by rows. Nothing is
 * decoded for it.
 */
export const paintedFacts = (pixels: Uint8Array, size: Size): PixelFacts => {
  const channels = pixels.length === size.width * size.height * 4 ? 4 : 3
  const facts = pixelFacts({ width: edge, height: edge, rgba: shrunk(pixels, size, channels) })
  return { ...facts, transparent: channels === 4 && letsThrough(pixels) }
}

/** Each sample is the mean of the pixels that fall into it; colours count by how much of them is seen. */
const shrunk = (pixels: Uint8Array, { height, width }: Size, channels: 3 | 4): Uint8Array => {
  const sums = new Float64Array(edge * edge * 5)
  const columns = Int32Array.from({ length: width }, (_, x) => Math.floor((x * edge) / width) * 5)
  for (let y = 0; y < height; y += 1) {
    const row = Math.floor((y * edge) / height) * edge * 5
    for (let x = 0; x < width; x += 1) {
      const from = (y * width + x) * channels
      const to = row + (columns[x] ?? 0)
      const alpha = channels === 4 ? (pixels[from + 3] ?? 0) : 255
      sums[to] = (sums[to] ?? 0) + (pixels[from] ?? 0) * alpha
      sums[to + 1] = (sums[to + 1] ?? 0) + (pixels[from + 1] ?? 0) * alpha
      sums[to + 2] = (sums[to + 2] ?? 0) + (pixels[from + 2] ?? 0) * alpha
      sums[to + 3] = (sums[to + 3] ?? 0) + alpha
      sums[to + 4] = (sums[to + 4] ?? 0) + 1
    }
  }
  const rgba = new Uint8Array(edge * edge * 4)
  for (let sample = 0; sample < edge * edge; sample += 1) {
    const alpha = sums[sample * 5 + 3] ?? 0
    const count = sums[sample * 5 + 4] ?? 0
    for (let channel = 0; channel < 3; channel += 1)
      rgba[sample * 4 + channel] = alpha === 0 ? 0 : Math.round((sums[sample * 5 + channel] ?? 0) / alpha)
    rgba[sample * 4 + 3] = count === 0 ? 0 : Math.round(alpha / count)
  }
  return rgba
}

const letsThrough = (pixels: Uint8Array): boolean => {
  for (let at = 3; at < pixels.length; at += 4) if ((pixels[at] ?? 0) < 255) return true
  return false
}
