import { clamp } from "./Color.ts"
import { makeRandom } from "./Random.ts"
import { blur, type Canvas, resize, shrink } from "./Raster.ts"

/** What a lens and a film would add, in order: bloom, a vignette, grain. All amounts 0..1. */
export interface Finish {
  readonly bloom: number
  readonly vignette: number
  readonly grain: number
}

export const finish = (canvas: Canvas, options: Finish, seed: number): void => {
  if (options.bloom > 0) bloom(canvas, options.bloom)
  lens(canvas, options, seed)
}

/** Light above white spills into its surroundings. Computed at a quarter of the size. */
const bloom = (canvas: Canvas, amount: number): void => {
  const { height, rgb, width } = canvas
  const small = shrink(rgb, width, height, 3, 4)
  const { values } = small
  for (let index = 0; index < values.length; index++) values[index] = Math.max(0, (values[index] ?? 0) - 0.82)
  blur(values, small.width, small.height, 3, Math.min(small.width, small.height) * 0.05)
  const full = resize(values, small.width, small.height, 3, width, height)
  const gain = amount * 1.3
  for (let index = 0; index < rgb.length; index++) rgb[index] = (rgb[index] ?? 0) + (full[index] ?? 0) * gain
}

const lens = (canvas: Canvas, options: Finish, seed: number): void => {
  const { height, rgb, width } = canvas
  const random = makeRandom(seed, "film")
  // A table of grain, read from a place that changes by row, costs a tenth of a random number per pixel.
  const table = new Float32Array(8192)
  for (let index = 0; index < table.length; index++) table[index] = (random() + random() - 1) * options.grain * 0.07
  for (let y = 0; y < height; y++) {
    const dy = (y / height - 0.5) * 2
    const offset = Math.floor(random() * 8192)
    for (let x = 0, at = y * width * 3; x < width; x++, at += 3) {
      const dx = (x / width - 0.5) * 2
      const far = dx * dx * 0.85 + dy * dy
      const level = 1 - options.vignette * 0.3 * far * far * 0.35 - options.vignette * 0.1 * clamp(far - 0.6)
      const speck = table[(x + offset) & 8191] ?? 0
      rgb[at] = shoulder((rgb[at] ?? 0) * level) + speck
      rgb[at + 1] = shoulder((rgb[at + 1] ?? 0) * level) + speck
      rgb[at + 2] = shoulder((rgb[at + 2] ?? 0) * level) + speck
    }
  }
}

/** Straight up to 0.85, then bends so that light above white keeps some of its shape. */
const shoulder = (value: number): number => (value < 0.85 ? value : 0.85 + 0.15 * (1 - Math.exp((0.85 - value) / 0.17)))
