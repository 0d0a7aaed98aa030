import { makeRandom } from "./Random.ts"
import type { Plane } from "./Raster.ts"

/**
 * Value noise: random numbers on a lattice, joined smoothly. Everything that is not flat in a picture comes from it:
 * clouds, grain of wood, veins of marble, paper. It is evaluated by whole rows, since on a level surface a row of
 * pixels has one depth, and since a loop over a typed array is what the engine compiles best.
 */
export interface Noise {
  /** Fills `out` with values in 0..1 for the points `(u0 + i * du, v)`, one lattice cell a unit. */
  row(out: Float32Array, count: number, u0: number, du: number, v: number): void
  /** A value in 0..1 at one point; for the few places that do not work by rows. */
  at(u: number, v: number): number
}

const side = 256
const wrap = side - 1

export const makeNoise = (seed: number, label: string): Noise => {
  const lattice = new Float32Array(side * side)
  const random = makeRandom(seed, label)
  for (let index = 0; index < lattice.length; index++) lattice[index] = random()

  const row: Noise["row"] = (out, count, u0, du, v) => {
    const floorV = Math.floor(v)
    const fractionV = v - floorV
    const weightV = fractionV * fractionV * (3 - 2 * fractionV)
    const upper = (floorV & wrap) * side
    const lower = ((floorV + 1) & wrap) * side
    for (let index = 0; index < count; index++) {
      const u = u0 + index * du
      const floorU = Math.floor(u)
      const fractionU = u - floorU
      const weightU = fractionU * fractionU * (3 - 2 * fractionU)
      const left = floorU & wrap
      const right = (floorU + 1) & wrap
      const a = lattice[upper + left] ?? 0
      const c = lattice[lower + left] ?? 0
      const top = a + ((lattice[upper + right] ?? 0) - a) * weightU
      const bottom = c + ((lattice[lower + right] ?? 0) - c) * weightU
      out[index] = top + (bottom - top) * weightV
    }
  }

  const single = new Float32Array(1)
  return {
    row,
    at: (u, v) => {
      row(single, 1, u, 0, v)
      return single[0] ?? 0
    }
  }
}

export interface FieldOptions {
  readonly seed: number
  readonly label: string
  /** Width and height of one lattice cell of the first octave, in pixels. */
  readonly cellWidth: number
  readonly cellHeight: number
  readonly octaves: number
  /** How much weaker each octave is than the one before. Default one half. */
  readonly gain?: number
}

/** A whole plane of fractal noise in 0..1, the mean near one half. */
export const noiseField = (width: number, height: number, options: FieldOptions): Plane => {
  const { cellHeight, cellWidth, gain = 0.5, label, octaves, seed } = options
  const values = new Float32Array(width * height)
  const line = new Float32Array(width)
  const noise = makeNoise(seed, label)
  let amplitude = 1
  let total = 0
  for (let octave = 0; octave < octaves; octave++) {
    const du = 2 ** octave / cellWidth
    const dv = 2 ** octave / cellHeight
    // Octaves start at different places, or their lattices would line up at the origin.
    const offset = octave * 37.31
    for (let y = 0; y < height; y++) {
      noise.row(line, width, offset, du, offset + y * dv)
      const start = y * width
      for (let x = 0; x < width; x++) values[start + x] = (values[start + x] ?? 0) + (line[x] ?? 0) * amplitude
    }
    total += amplitude
    amplitude *= gain
  }
  const scale = 1 / total
  for (let index = 0; index < values.length; index++) values[index] = (values[index] ?? 0) * scale
  return { width, height, values }
}
