import { clamp, lerp, smoothstep } from "./Color.ts"
import { textureOf } from "./OpenAir.ts"
import { blur, type Sprite } from "./Raster.ts"
import type { Material } from "./Scene.ts"
import type { Scenery } from "./Scenery.ts"
import { groundTextures } from "./TexturesGround.ts"

/** Makes a thing look as if it were made of one material: a marble statue, a golden car, a glass bottle. */
export const clad = (s: Scenery, sprite: Sprite, material: Material, icon: string, metres: number): void => {
  const start = upperEdge[icon] ?? 0
  const { height, rgba, width } = sprite
  // A thing of stone is one piece of rock, not a wall.
  const texture = material === "stone" ? groundTextures.rock(s.grain) : textureOf(material, s)
  const { bright, dark, middle } = range(sprite)
  // What is half dark, half bright in the drawing becomes so in the material, however dark its own colours are.
  const gamma = clamp(Math.log(0.62) / Math.log(clamp((middle - dark) / (bright - dark), 0.08, 0.92)), 0.4, 2.2)
  const line = new Float32Array(width * 3)
  // A house has more bricks than a vase has veins, but not so many that they could not be seen.
  const pixel = clamp(metres * 0.5, 0.5, 2) / Math.max(width, height)
  for (let y = Math.round(height * start); y < height; y++) {
    for (let from = 0; from < width; from += s.stage.width) {
      texture.row(
        from === 0 ? line : line.subarray(from * 3),
        Math.min(s.stage.width, width - from),
        from * pixel,
        pixel,
        7 + y * pixel,
        pixel
      )
    }
    for (let x = 0, at = y * width * 4; x < width; x++, at += 4) {
      const alpha = rgba[at + 3] ?? 0
      if (alpha <= 0.002) continue
      // The panes of a house stay glass.
      if (metres >= 5 && (rgba[at + 2] ?? 0) - (rgba[at] ?? 0) > 0.06 * alpha) continue
      const own = (0.299 * (rgba[at] ?? 0) + 0.587 * (rgba[at + 1] ?? 0) + 0.114 * (rgba[at + 2] ?? 0)) / alpha
      const level = clamp((own - dark) / (bright - dark)) ** gamma
      const shine = texture.metal ? metalRamp(level, y / height) : lerp(0.42, 1.08, level)
      const spark = texture.metal ? smoothstep(0.84, 1, level) * 0.45 : texture.gloss * smoothstep(0.9, 1, level) * 0.3
      for (let channel = 0; channel < 3; channel++) {
        const pattern = line[x * 3 + channel] ?? 0
        // Metals have no pattern of their own worth seeing on a small thing.
        const color = texture.metal ? lerp(texture.color[channel] ?? 0, pattern, 0.35) : pattern
        rgba[at + channel] = clamp(color * shine + spark, 0, 1.05) * alpha
      }
    }
  }
  if (material === "glass" || material === "ice") clear(sprite, material === "glass" ? 0.5 : 0.72, start)
}

/** A glass vase of flowers is glass from here down, as a fraction of its height. */
const upperEdge: Readonly<Record<string, number>> = { "flower-vase": 0.5, "potted-plant": 0.68 }

/** Metal shows its surroundings: dark below, a bright band at two thirds of the way up. */
const metalRamp = (level: number, down: number): number => {
  const band = Math.exp(-((down - 0.3) ** 2) * 40) * 0.22 - Math.exp(-((down - 0.62) ** 2) * 60) * 0.16
  return 0.36 + level ** 1.25 * 1.16 + band
}

/** The darkest and the brightest that matter: a hundredth of the pixels may lie beyond either. */
const range = (sprite: Sprite): { readonly dark: number; readonly middle: number; readonly bright: number } => {
  const { rgba } = sprite
  const histogram = new Float32Array(64)
  let total = 0
  for (let at = 0; at < rgba.length; at += 16) {
    const alpha = rgba[at + 3] ?? 0
    if (alpha < 0.6) continue
    const own = (0.299 * (rgba[at] ?? 0) + 0.587 * (rgba[at + 1] ?? 0) + 0.114 * (rgba[at + 2] ?? 0)) / alpha
    const bin = Math.min(63, Math.floor(own * 64))
    histogram[bin] = (histogram[bin] ?? 0) + 1
    total += 1
  }
  const quantile = (share: number): number => {
    let sum = 0
    for (let bin = 0; bin < 64; bin++) {
      sum += histogram[bin] ?? 0
      if (sum >= total * share) return (bin + 0.5) / 64
    }
    return 1
  }
  const dark = quantile(0.02)
  const middle = quantile(0.5)
  const bright = quantile(0.98)
  return bright - dark < 0.12 ? { dark: dark - 0.25, middle, bright: bright + 0.05 } : { dark, middle, bright }
}

/** Lets the background through, least at the edges, where glass is seen at a flat angle. */
const clear = (sprite: Sprite, opacity: number, start: number): void => {
  const { height, rgba, width } = sprite
  const inner = new Float32Array(width * height)
  for (let index = 0; index < inner.length; index++) inner[index] = rgba[index * 4 + 3] ?? 0
  blur(inner, width, height, 1, Math.min(width, height) * 0.05)
  for (let index = Math.round(height * start) * width; index < inner.length; index++) {
    const at = index * 4
    const alpha = rgba[at + 3] ?? 0
    if (alpha <= 0) continue
    const bright = Math.max(rgba[at] ?? 0, rgba[at + 1] ?? 0, rgba[at + 2] ?? 0) / alpha
    const edge = 1 - smoothstep(0.5, 0.97, inner[index] ?? 0)
    const keep = clamp(opacity * 0.8 + edge * 0.5 + smoothstep(0.8, 1, bright) * 0.4)
    // The rim refracts the dark of the surroundings; it is what we see glass by.
    const level = keep * (1 - edge * 0.45)
    for (let channel = 0; channel < 3; channel++) rgba[at + channel] = (rgba[at + channel] ?? 0) * level
    rgba[at + 3] = alpha * keep
  }
}
