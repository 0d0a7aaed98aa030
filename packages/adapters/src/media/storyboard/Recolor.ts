import { clamp, fromOklab, type Oklab, type Rgb, smoothstep, toOklab } from "./Color.ts"
import { applyCube, makeCube } from "./Cube.ts"
import type { Sprite } from "./Raster.ts"

/**
 * Paints a thing in another colour the way a person would: the colour that covers most of it changes, with its lights
 * and shadows, and everything else stays. A grey camera has no such colour; there the greys change.
 */
export const recolor = (sprite: Sprite, color: Rgb): void => {
  const main = mainColor(sprite)
  const target = toOklab(color)
  // Black and white leave little room for shading.
  const contrast = target[0] > 0.9 ? 0.42 : target[0] < 0.3 ? 0.6 : 0.9
  const strength = Math.hypot(target[1], target[2])
  const cube = makeCube((rgb) => {
    const lab = toOklab(rgb)
    const share = membership(lab, main)
    if (share <= 0) return rgb
    const lightness = clamp(target[0] + (lab[0] - main.lightness) * contrast, 0.02, 0.995)
    const chroma = Math.hypot(lab[1], lab[2])
    const relative = main.hue === null ? 1 : clamp(chroma / Math.max(0.02, main.chroma), 0.25, 1.25)
    // Highlights lose colour, as light does on any surface.
    const fade = 1 - smoothstep(0.86, 1, lightness) * (strength > 0.02 ? 0.8 : 0)
    const painted: Oklab = [lightness, target[1] * relative * fade, target[2] * relative * fade]
    return fromOklab([
      lab[0] + (painted[0] - lab[0]) * share,
      lab[1] + (painted[1] - lab[1]) * share,
      lab[2] + (painted[2] - lab[2]) * share
    ])
  })
  applyCube(sprite, cube)
}

interface MainColor {
  /** Radians, or null when the thing is mostly grey. */
  readonly hue: number | null
  readonly lightness: number
  readonly chroma: number
}

const bins = 36

/** The hue that covers most of the thing, weighted by how colourful it is; a sample of its pixels is enough. */
const mainColor = (sprite: Sprite): MainColor => {
  const { rgba } = sprite
  const weight = new Float32Array(bins)
  const light = new Float32Array(bins)
  const chromas = new Float32Array(bins)
  let colorful = 0
  let grey = 0
  let greyLight = 0
  const step = Math.max(1, Math.floor(rgba.length / 4 / 6000)) * 4
  for (let at = 0; at < rgba.length; at += step) {
    const alpha = rgba[at + 3] ?? 0
    if (alpha < 0.6) continue
    const [lightness, a, b] = toOklab([
      (rgba[at] ?? 0) / alpha,
      (rgba[at + 1] ?? 0) / alpha,
      (rgba[at + 2] ?? 0) / alpha
    ])
    const chroma = Math.hypot(a, b)
    if (chroma < 0.045) {
      if (lightness > 0.32) {
        grey += 1
        greyLight += lightness
      }
      continue
    }
    colorful += 1
    const bin = Math.floor((Math.atan2(b, a) / (2 * Math.PI) + 1) * bins) % bins
    weight[bin] = (weight[bin] ?? 0) + chroma
    light[bin] = (light[bin] ?? 0) + lightness * chroma
    chromas[bin] = (chromas[bin] ?? 0) + chroma * chroma
  }
  if (colorful < grey * 0.28) return { hue: null, lightness: grey === 0 ? 0.6 : greyLight / grey, chroma: 0 }
  let best = 0
  let most = -1
  for (let bin = 0; bin < bins; bin++) {
    const around = sumAround(weight, bin)
    if (around > most) {
      most = around
      best = bin
    }
  }
  const total = Math.max(1e-6, most)
  return {
    hue: ((best + 0.5) / bins) * 2 * Math.PI,
    lightness: sumAround(light, best) / total,
    chroma: sumAround(chromas, best) / total
  }
}

/** A bin with its neighbours, two to each side. */
const sumAround = (values: Float32Array, bin: number): number => {
  let sum = 0
  for (let offset = -2; offset <= 2; offset++) sum += values[(bin + offset + bins) % bins] ?? 0
  return sum
}

/** How much a colour belongs to what is painted over, 0..1. */
const membership = (lab: Oklab, main: MainColor): number => {
  const chroma = Math.hypot(lab[1], lab[2])
  if (main.hue === null) return (1 - smoothstep(0.05, 0.09, chroma)) * smoothstep(0.26, 0.36, lab[0])
  const turn = Math.abs(Math.atan2(lab[2], lab[1]) - main.hue) % (2 * Math.PI)
  const distance = Math.min(turn, 2 * Math.PI - turn)
  return (1 - smoothstep(0.62, 1.05, distance)) * smoothstep(0.018, 0.05, chroma)
}
