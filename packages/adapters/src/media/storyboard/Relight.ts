import { clamp, lerp, mix, type Rgb } from "./Color.ts"
import type { Light } from "./Light.ts"
import { blur, type Sprite } from "./Raster.ts"

/**
 * Gives a flat cut-out body: its blurred outline is taken as a height map and lit from the side of the scene's light,
 * so that it turns away towards its edges; then the hour tints it, and a low sun behind it draws a bright rim.
 */
export const relight = (
  sprite: Sprite,
  light: Light,
  side: 1 | -1,
  options: { readonly glow: number; readonly lit: number; readonly volume: number }
): void => {
  const { height, rgba, width } = sprite
  const size = Math.min(width, height)
  const broad = outline(sprite)
  const tight = broad.slice()
  blur(broad, width, height, 1, size * 0.09)
  blur(tight, width, height, 1, Math.max(1.5, size * 0.012))
  const slope = size * 0.09 * options.volume
  const { backlit, glow } = light
  const vivid = lerp(light.vividness, 1, options.glow)
  const own = options.glow
  const key = brighten(mix(light.key, [1, 1, 1], own), 0.99)
  const ambient = mix(light.ambient, [1, 1, 1], own * 0.9)
  const rimStrength = backlit * 0.75 * (1 - own) * Math.min(1, options.volume + 0.4)
  for (let y = 0; y < height; y++) {
    const up = y > 0 ? -width : 0
    const down = y < height - 1 ? width : 0
    // A little darker towards the ground, which throws back less light than the sky.
    const settle = lerp(1.04, lerp(0.88, 1, own), y / height) - 1
    for (let x = 0, at = y * width; x < width; x++, at++) {
      const pixel = at * 4
      const alpha = rgba[pixel + 3] ?? 0
      if (alpha <= 0) continue
      const left = x > 0 ? -1 : 0
      const right = x < width - 1 ? 1 : 0
      const nx = ((broad[at + left] ?? 0) - (broad[at + right] ?? 0)) * slope
      const ny = ((broad[at + up] ?? 0) - (broad[at + down] ?? 0)) * slope
      const facing = clamp(0.66 + nx * side * 0.95 - ny * -0.75, 0, 1.25)
      const edge = 1 - (tight[at] ?? 0)
      const rim = edge > 0.02 ? Math.min(1, edge * 2.4) * rimStrength * clamp(0.35 + nx * side * 1.2 - ny * -0.6) : 0
      const level = 1 + settle
      const red = rgba[pixel] ?? 0
      const green = rgba[pixel + 1] ?? 0
      const blue = rgba[pixel + 2] ?? 0
      const bright = 0.299 * red + 0.587 * green + 0.114 * blue
      const grey = bright * (1 - vivid)
      // Warm and bright in the drawing: a lamp, or a window with somebody at home.
      const lamp = bright > 0.72 * alpha && red - blue > 0.12 * alpha ? options.lit : 0
      const shade = (1 - lamp) * level
      rgba[pixel] =
        (grey + red * vivid) * ((ambient[0] + (key[0] - ambient[0]) * facing) * shade + lamp * 1.08) +
        glow[0] * rim * alpha
      rgba[pixel + 1] =
        (grey + green * vivid) * ((ambient[1] + (key[1] - ambient[1]) * facing) * shade + lamp) + glow[1] * rim * alpha
      rgba[pixel + 2] =
        (grey + blue * vivid) * ((ambient[2] + (key[2] - ambient[2]) * facing) * shade + lamp * 0.8) +
        glow[2] * rim * alpha
    }
  }
}

const outline = (sprite: Sprite): Float32Array => {
  const { height, rgba, width } = sprite
  const out = new Float32Array(width * height)
  for (let index = 0; index < out.length; index++) out[index] = rgba[index * 4 + 3] ?? 0
  return out
}

const brighten = (color: Rgb, by: number): Rgb => [color[0] * by, color[1] * by, color[2] * by]
