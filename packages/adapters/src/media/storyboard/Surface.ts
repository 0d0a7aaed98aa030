import { clamp, type Rgb } from "./Color.ts"
import { type Light, tone } from "./Light.ts"
import type { Canvas } from "./Raster.ts"
import type { Texture } from "./Texture.ts"

/** A level plane seen in perspective: ground, floor, table top. */
export interface Level {
  readonly texture: Texture
  /** Rows from `top` to `bottom` are painted; the eye is level with row `horizon`. */
  readonly top: number
  readonly bottom: number
  readonly horizon: number
  /** How many metres of the plane the picture is wide at row `bottom`. */
  readonly metres: number
  /** Haze at the far edge, 0..1. */
  readonly haze: number
}

/** Paints a level plane row by row: all of a row is equally far away. */
export const paintLevel = (canvas: Canvas, light: Light, level: Level): void => {
  const { bottom, horizon, metres, texture, top } = level
  const { rgb, width } = canvas
  const line = new Float32Array(width * 3)
  const nearest = metres / width
  const reach = bottom - horizon
  const from = Math.max(0, Math.round(top))
  const to = Math.min(canvas.height, Math.round(bottom))
  for (let y = from; y < to; y++) {
    const below = Math.max(0.75, y + 0.5 - horizon)
    const pixel = (nearest * reach) / below
    const depth = (metres * 0.9 * reach) / below
    // One row down is this much nearer; far away a row covers many metres.
    const rowDepth = (metres * 0.9 * reach) / (below * below)
    texture.row(line, width, -0.5 * width * pixel, pixel, depth, Math.max(pixel, rowDepth))
    const distance = level.haze * (1 - clamp((y - top) / (bottom - top))) ** 2
    tintRow(line, rgb, y * width * 3, width * 3, tone(light, [1, 1, 1], 0), light.haze, clamp(distance))
  }
}

/** An upright plane that faces us: a wall. `metres` is the width of the picture on it. */
export const paintUpright = (
  canvas: Canvas,
  light: Light,
  texture: Texture,
  rows: { readonly top: number; readonly bottom: number },
  metres: number
): void => {
  const { rgb, width } = canvas
  const line = new Float32Array(width * 3)
  const pixel = metres / width
  const from = Math.max(0, Math.round(rows.top))
  const to = Math.min(canvas.height, Math.round(rows.bottom))
  const white = tone(light, [1, 1, 1], 0)
  for (let y = from; y < to; y++) {
    texture.row(line, width, 0, pixel, y * pixel, pixel)
    tintRow(line, rgb, y * width * 3, width * 3, white, white, 0)
  }
}

const tintRow = (
  line: Float32Array,
  rgb: Float32Array,
  start: number,
  length: number,
  white: Rgb,
  haze: Rgb,
  amount: number
): void => {
  const [red, green, blue] = [white[0] * (1 - amount), white[1] * (1 - amount), white[2] * (1 - amount)]
  const [hazeRed, hazeGreen, hazeBlue] = [haze[0] * amount, haze[1] * amount, haze[2] * amount]
  for (let index = 0; index < length; index += 3) {
    rgb[start + index] = (line[index] ?? 0) * red + hazeRed
    rgb[start + index + 1] = (line[index + 1] ?? 0) * green + hazeGreen
    rgb[start + index + 2] = (line[index + 2] ?? 0) * blue + hazeBlue
  }
}

/** Multiplies the picture by a colour inside an ellipse, with a soft edge: pools of light, and their opposite. */
export const pool = (
  canvas: Canvas,
  at: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
  gain: Rgb,
  rows: { readonly top: number; readonly bottom: number } = { top: 0, bottom: canvas.height }
): void => {
  const { rgb, width } = canvas
  const from = Math.max(0, Math.round(Math.max(rows.top, at.y - at.height)))
  const to = Math.min(canvas.height, Math.round(Math.min(rows.bottom, at.y + at.height)))
  const left = Math.max(0, Math.floor(at.x - at.width))
  const right = Math.min(width, Math.ceil(at.x + at.width))
  const [red, green, blue] = [gain[0] - 1, gain[1] - 1, gain[2] - 1]
  for (let y = from; y < to; y++) {
    const dy = (y - at.y) / at.height
    for (let x = left; x < right; x++) {
      const dx = (x - at.x) / at.width
      const inside = 1 - dx * dx - dy * dy
      if (inside <= 0) continue
      const weight = inside * inside
      const target = (y * width + x) * 3
      rgb[target] = (rgb[target] ?? 0) * (1 + red * weight)
      rgb[target + 1] = (rgb[target + 1] ?? 0) * (1 + green * weight)
      rgb[target + 2] = (rgb[target + 2] ?? 0) * (1 + blue * weight)
    }
  }
}

/** Adds light inside an ellipse: the glow around a lamp, the haze in front of the sun. */
export const glow = (
  canvas: Canvas,
  at: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
  color: Rgb,
  strength: number
): void => {
  const { rgb, width } = canvas
  const left = Math.max(0, Math.floor(at.x - at.width))
  const right = Math.min(width, Math.ceil(at.x + at.width))
  for (let y = Math.max(0, Math.floor(at.y - at.height)); y < Math.min(canvas.height, at.y + at.height); y++) {
    const dy = (y - at.y) / at.height
    for (let x = left; x < right; x++) {
      const dx = (x - at.x) / at.width
      const inside = 1 - dx * dx - dy * dy
      if (inside <= 0) continue
      const weight = inside * inside * inside * strength
      const target = (y * width + x) * 3
      rgb[target] = (rgb[target] ?? 0) + color[0] * weight
      rgb[target + 1] = (rgb[target + 1] ?? 0) + color[1] * weight
      rgb[target + 2] = (rgb[target + 2] ?? 0) + color[2] * weight
    }
  }
}
