import { clamp } from "./Color.ts"
import { noiseField } from "./Noise.ts"
import { blur, type Canvas, type Plane } from "./Raster.ts"
import type { Scene } from "./Scene.ts"
import type { Stage } from "./Stage.ts"

/** What a style works on: the finished picture in colour, and where in it the things are. */
export interface Plate {
  readonly canvas: Canvas
  readonly stage: Stage
  readonly scene: Scene
  /** How much of each pixel belongs to a thing, 0..1. */
  readonly things: Plane
  /** The frames of the things, in pixels, hero first. */
  readonly frames: ReadonlyArray<{
    readonly x: number
    readonly y: number
    readonly width: number
    readonly height: number
  }>
}

export type StylePass = (plate: Plate) => void

export const luminanceOf = (canvas: Canvas): Float32Array => {
  const { rgb } = canvas
  const out = new Float32Array(rgb.length / 3)
  for (let index = 0; index < out.length; index++) {
    const at = index * 3
    out[index] = 0.299 * (rgb[at] ?? 0) + 0.587 * (rgb[at + 1] ?? 0) + 0.114 * (rgb[at + 2] ?? 0)
  }
  return out
}

/**
 * The filter of Kuwahara: each pixel takes the mean of that one of four neighbourhoods which varies least. Flat parts
 * become flatter and edges stay, which is what a brush does to a photograph.
 */
export const simplify = (canvas: Canvas, radius: number): void => {
  const { height, rgb, width } = canvas
  const reach = Math.max(1, Math.round(radius))
  const mean = rgb.slice()
  const light = luminanceOf(canvas)
  const square = new Float32Array(light.length)
  for (let index = 0; index < light.length; index++) square[index] = (light[index] ?? 0) ** 2
  const spread = reach * 0.55
  blur(mean, width, height, 3, spread)
  blur(light, width, height, 1, spread)
  blur(square, width, height, 1, spread)
  const offset = Math.max(1, Math.round(reach * 0.75))
  for (let y = 0; y < height; y++) {
    const up = clamp(y - offset, 0, height - 1) * width
    const down = clamp(y + offset, 0, height - 1) * width
    for (let x = 0; x < width; x++) {
      const left = x > offset ? x - offset : 0
      const right = x + offset < width ? x + offset : width - 1
      let best = up + left
      let least = (square[best] ?? 0) - (light[best] ?? 0) ** 2
      let other = up + right
      let variance = (square[other] ?? 0) - (light[other] ?? 0) ** 2
      if (variance < least) {
        least = variance
        best = other
      }
      other = down + left
      variance = (square[other] ?? 0) - (light[other] ?? 0) ** 2
      if (variance < least) {
        least = variance
        best = other
      }
      other = down + right
      variance = (square[other] ?? 0) - (light[other] ?? 0) ** 2
      if (variance < least) best = other
      const target = (y * width + x) * 3
      const source = best * 3
      rgb[target] = mean[source] ?? 0
      rgb[target + 1] = mean[source + 1] ?? 0
      rgb[target + 2] = mean[source + 2] ?? 0
    }
  }
}

/**
 * Lines where a pencil would draw them: the difference of a fine and a coarse blur, made hard. The outlines of the
 * things count three times as much as the edges of what is behind them. 0 is no line, 1 a full one.
 */
export const linesOf = (plate: Plate, width: number, strength: number): Float32Array => {
  const { canvas, things } = plate
  const w = canvas.width
  const h = canvas.height
  const fine = luminanceOf(canvas)
  for (let index = 0; index < fine.length; index++) fine[index] = Math.min(1, fine[index] ?? 0)
  blur(fine, w, h, 1, Math.max(0.9, width * 0.9))
  const coarse = fine.slice()
  blur(coarse, w, h, 1, Math.max(1.7, width * 2.1))
  const rim = things.values.slice()
  blur(rim, w, h, 1, Math.max(0.9, width))
  const out = new Float32Array(fine.length)
  for (let index = 0; index < out.length; index++) {
    const inside = things.values[index] ?? 0
    const dip = (coarse[index] ?? 0) - (fine[index] ?? 0)
    const inner = clamp((dip - 0.008) * strength * (inside > 0.5 ? 34 : 15))
    const outline = clamp((0.25 - Math.abs((rim[index] ?? 0) - 0.5)) * 5) * strength * 0.95
    out[index] = clamp(Math.max(inner, outline))
  }
  return out
}

/** The tooth of paper: 0.5 on average, finer with more octaves. */
export const paperOf = (plate: Plate, label: string, cell: number, octaves: number): Float32Array =>
  noiseField(plate.canvas.width, plate.canvas.height, {
    seed: plate.scene.seed,
    label,
    cellWidth: cell,
    cellHeight: cell,
    octaves,
    gain: 0.6
  }).values

/** Moves every pixel by up to `amount`, along slow noise: no hand draws straight. */
export const wobble = (plate: Plate, amount: number, cell: number): void => {
  const { canvas } = plate
  const { height, rgb, width } = canvas
  const source = rgb.slice()
  const across = paperOf(plate, "wobble x", cell, 3)
  const down = paperOf(plate, "wobble y", cell, 3)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x
      const sx = clamp(Math.round(x + ((across[at] ?? 0.5) - 0.5) * amount * 2), 0, width - 1)
      const sy = clamp(Math.round(y + ((down[at] ?? 0.5) - 0.5) * amount * 2), 0, height - 1)
      const from = (sy * width + sx) * 3
      const to = at * 3
      rgb[to] = source[from] ?? 0
      rgb[to + 1] = source[from + 1] ?? 0
      rgb[to + 2] = source[from + 2] ?? 0
    }
  }
}

/** How far inside a frame of width `margin` a pixel is, in pixels; negative in the frame itself. */
export const insideFrame = (width: number, height: number, x: number, y: number, margin: number): number =>
  Math.min(x - margin, y - margin, width - 1 - margin - x, height - 1 - margin - y)
