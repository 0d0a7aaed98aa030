import { clamp, fromHex, lerp, mix, multiply, type Rgb, smoothstep } from "./Color.ts"
import { makeNoise } from "./Noise.ts"
import type { Scenery } from "./Scenery.ts"

export interface WaterRows {
  readonly top: number
  readonly bottom: number
}

/**
 * Open water: mirrors what is painted above it, row by row, moved sideways by waves that grow towards us, and darkens
 * into its own colour where we look down on it. A low sun lays a path of sparks.
 */
export const paintWater = (s: Scenery, rows: WaterRows, color = "#1f6f8f"): void => {
  const { canvas, light, stage } = s
  const { rgb, width } = canvas
  const top = Math.max(1, Math.round(rows.top))
  const bottom = Math.min(canvas.height, Math.round(rows.bottom))
  const wave = makeNoise(s.scene.seed, "waves")
  const swell = new Float32Array(width)
  const ripple = new Float32Array(width)
  const chop = new Float32Array(width)
  const tint = s.scene.backdrop.color
  const deep = multiply(
    mix(fromHex(color), tint === null ? fromHex(color) : fromHex(tint.name), 0.7),
    mix(light.key, light.ambient, 0.4)
  )
  const path = light.moon ? 0.8 : light.sunHeight > -0.2 ? 0.25 + light.backlit * 0.9 : 0
  const sparkColor: Rgb = mix(light.glow, [1, 1, 1], 0.35)
  for (let y = top; y < bottom; y++) {
    const down = (y - top + 0.5) / Math.max(1, stage.height - top)
    const depth = 1 / (0.02 + down)
    const pixel = (depth * 9) / (stage.unit * 1.2)
    wave.row(swell, width, 0, pixel * 0.5, depth * 7)
    wave.row(ripple, width, 31, pixel * 1.6, depth * 26)
    wave.row(chop, width, 77, pixel * 4, depth * 60)
    const mirrored = Math.max(0, top - 1 - Math.round((y - top) * 0.86))
    const fresnel = lerp(0.92, 0.3, smoothstep(0, 0.75, down))
    const sway = stage.unit * 0.03 * Math.sqrt(down)
    for (let x = 0; x < width; x++) {
      const bump = (swell[x] ?? 0) * 0.6 + (ripple[x] ?? 0) * 0.4 - 0.5
      const sharp = (chop[x] ?? 0) - 0.5
      const sourceX = clamp(Math.round(x + (bump * 2.4 + sharp) * sway), 0, width - 1)
      const sourceY = clamp(mirrored - Math.round((bump + sharp * 0.5) * sway * 0.8), 0, top - 1)
      const source = (sourceY * width + sourceX) * 3
      const mirror = clamp(fresnel + bump * 0.55 + sharp * 0.22)
      const dx = (x - stage.sun.x) / (stage.unit * (0.05 + down * 0.32))
      const near = path > 0 ? path / (1 + dx * dx * 2.2) : 0
      const spark = near * smoothstep(0.1, 0.34, bump * 0.9 + sharp * 0.6 + near * 0.16) * 0.9
      const target = (y * width + x) * 3
      for (let channel = 0; channel < 3; channel++) {
        const sky = rgb[source + channel] ?? 0
        const body = (deep[channel] ?? 0) * (0.9 + bump * 0.5)
        rgb[target + channel] = body + (sky * 0.94 - body) * mirror + (sparkColor[channel] ?? 0) * spark
      }
    }
  }
}

/** Where water meets sand: a band of wet ground that mirrors a little, and a lace of foam along its edge. */
export const paintShoreline = (s: Scenery, y: number): void => {
  const { canvas, light, stage } = s
  const { rgb, width } = canvas
  const noise = makeNoise(s.scene.seed, "foam")
  const edge = new Float32Array(width)
  const lace = new Float32Array(width)
  noise.row(edge, width, 3, 5 / width, 1.5)
  const foam = mix(multiply([1, 1, 1], light.key), light.haze, 0.2)
  const span = stage.unit * 0.05
  for (let row = Math.floor(y - span); row < y + span * 2.2; row++) {
    if (row < 0 || row >= canvas.height) continue
    noise.row(lace, width, 40, 90 / width, row * 0.16)
    for (let x = 0; x < width; x++) {
      const line = y + ((edge[x] ?? 0) - 0.5) * span * 1.6
      const past = (row - line) / span
      const target = (row * width + x) * 3
      const wet = past > 0 ? clamp(1 - past / 1.6) * 0.4 : 0
      const front = 1 - Math.abs(past) / 0.16
      const trail = past < 0 && past > -1.1 ? smoothstep(0.62, 0.72, lace[x] ?? 0) * (1 + past / 1.1) * 0.7 : 0
      const white = clamp(Math.max(front, trail) + (front > -0.4 ? (lace[x] ?? 0) * 0.3 - 0.2 : 0))
      for (let channel = 0; channel < 3; channel++) {
        const ground = (rgb[target + channel] ?? 0) * (1 - wet * 0.55) + (light.sky[2][channel] ?? 0) * wet * 0.22
        rgb[target + channel] = ground + ((foam[channel] ?? 0) - ground) * white * 0.9
      }
    }
  }
}
