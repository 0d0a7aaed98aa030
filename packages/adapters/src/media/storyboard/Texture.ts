import { clamp, type Rgb } from "./Color.ts"
import { makeNoise, type Noise } from "./Noise.ts"

/**
 * What a level or upright plane is made of. Coordinates are metres on the plane. A row is asked for at a time; `du` and
 * `dv` say how much of the plane one pixel covers, so that detail finer than a pixel can fade instead of flickering.
 */
export interface Texture {
  /** How much of the surroundings it mirrors, 0..1, and how blurred that is, 0..1. */
  readonly gloss: number
  readonly roughness: number
  /** Metals tint what they mirror. */
  readonly metal: boolean
  /** Its colour seen from afar. */
  readonly color: Rgb
  /** Fills `out` with red, green, blue of `count` pixels, as seen in white light. */
  row(out: Float32Array, count: number, u0: number, du: number, v: number, dv: number): void
}

/** Scratch rows of noise, shared by all textures of a picture; a row is used up before the next is asked for. */
export interface Grain {
  /** Noise in 0..1 at `frequency` cells a metre in each direction, in one of four buffers. */
  row(
    slot: 0 | 1 | 2 | 3,
    count: number,
    u0: number,
    du: number,
    v: number,
    across: number,
    along: number
  ): Float32Array
  readonly noise: Noise
}

export const makeGrain = (seed: number, width: number): Grain => {
  const noise = makeNoise(seed, "grain")
  const slots = [0, 1, 2, 3].map(() => new Float32Array(width))
  const spare = new Float32Array(width)
  return {
    noise,
    row: (slot, count, u0, du, v, across, along) => {
      const out = slots[slot] ?? spare
      // Far from whole numbers, so that frequencies that are multiples of each other do not share lattice lines.
      const shift = slot * 61.7 + 17.3
      noise.row(out, count, u0 * across + shift, du * across, v * along + shift * 0.7)
      return out
    }
  }
}

/** 1 while a detail of `frequency` cells a metre is wider than about two pixels, 0 when it is finer than one. */
export const visible = (frequency: number, pixel: number): number => clamp(1.6 - frequency * pixel * 1.6)

/** Writes a mix of two colours, scaled by `level`, as pixel `index`. */
export const put = (out: Float32Array, index: number, from: Rgb, to: Rgb, amount: number, level: number): void => {
  const target = index * 3
  out[target] = (from[0] + (to[0] - from[0]) * amount) * level
  out[target + 1] = (from[1] + (to[1] - from[1]) * amount) * level
  out[target + 2] = (from[2] + (to[2] - from[2]) * amount) * level
}

/** A number in 0..1 for a whole-numbered cell: the tint of one board, the size of one stone. */
export const cellValue = (column: number, row: number): number => {
  let hash = (Math.imul(column, 374761393) + Math.imul(row, 668265263)) | 0
  hash = Math.imul(hash ^ (hash >>> 13), 1274126177)
  return ((hash ^ (hash >>> 16)) >>> 0) / 4294967296
}
