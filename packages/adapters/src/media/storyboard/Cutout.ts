import type { Plane } from "./Raster.ts"
import type { Plate } from "./StyleTools.ts"

/**
 * How much of each pixel belongs to a thing. The canvas loses what shines through at their rims: there each pixel takes
 * the colour of the nearest ones that are all thing.
 */
export const cutOut = ({ canvas, things }: Plate): Plane => {
  const { height, rgb, width } = canvas
  const known = new Uint8Array(things.values.length)
  for (let index = 0; index < known.length; index++) known[index] = (things.values[index] ?? 0) > 0.98 ? 1 : 0
  for (let pass = 0; pass < reach; pass++) {
    const found: Array<number> = []
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const at = y * width + x
        if (known[at] === 1 || (things.values[at] ?? 0) <= 0) continue
        if (takeFromNeighbours(rgb, known, { width, height, x, y })) found.push(at)
      }
    }
    if (found.length === 0) break
    for (const at of found) known[at] = 1
  }
  return things
}

/** A rim is one or two pixels wide; what is thin all over, like whiskers, keeps its own colour. */
const reach = 3

interface Point {
  readonly width: number
  readonly height: number
  readonly x: number
  readonly y: number
}

const takeFromNeighbours = (rgb: Float32Array, known: Uint8Array, { height, width, x, y }: Point): boolean => {
  const sum = [0, 0, 0]
  let count = 0
  for (let ny = Math.max(0, y - 1); ny <= Math.min(height - 1, y + 1); ny++) {
    for (let nx = Math.max(0, x - 1); nx <= Math.min(width - 1, x + 1); nx++) {
      const at = ny * width + nx
      if (known[at] !== 1) continue
      count += 1
      for (let channel = 0; channel < 3; channel++) sum[channel] = (sum[channel] ?? 0) + (rgb[at * 3 + channel] ?? 0)
    }
  }
  if (count === 0) return false
  for (let channel = 0; channel < 3; channel++) rgb[(y * width + x) * 3 + channel] = (sum[channel] ?? 0) / count
  return true
}
