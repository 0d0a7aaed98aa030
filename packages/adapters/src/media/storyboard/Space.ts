import { type Backdrop, dull } from "./Backdrop.ts"
import { clamp, fromHex, lerp, mix, type Rgb, smoothstep } from "./Color.ts"
import { noiseField } from "./Noise.ts"
import type { Scenery } from "./Scenery.ts"
import { paintSky } from "./Sky.ts"
import { glow } from "./Surface.ts"
import { wash } from "./Wash.ts"

export const space: Backdrop = (s) => {
  const { canvas, stage } = s
  const { height, side, unit, width } = stage
  const random = s.random("space")
  const asked = s.scene.backdrop.color
  const nebula =
    asked === null ? fromHex(random.pick(["#7a3fb0", "#2f6fc0", "#b03f7a", "#2f9a9a"])) : fromHex(asked.name)
  const second = fromHex(random.pick(["#e07a4a", "#4a7ae0", "#c04ad0", "#3fc0a0"]))
  const dark: Rgb = [0.012, 0.016, 0.045]
  wash(s, "nebula", 0.42, (value, x, y) => {
    const band = Math.exp(-(((x - 0.5) * 0.8 + (y - 0.5) * side) ** 2) * 5)
    const cloud = smoothstep(0.42, 0.72, value) * band
    const core = smoothstep(0.58, 0.78, value) * band
    return mix(mix(dark, nebula, cloud * 0.62), second, core * 0.42)
  })
  for (let index = 0; index < Math.round((width * height) / 1900); index++) {
    const bright = random() ** 5
    const size = lerp(0.6, 1.9, random() ** 6) * Math.max(0.7, unit / 1000)
    const at = { x: random() * width, y: random() * height, width: size * 2, height: size * 2 }
    glow(canvas, at, [0.9 + 0.1 * random(), 0.92, 0.9 + 0.1 * random()], 0.3 + bright)
    if (bright > 0.6) glow(canvas, { ...at, width: size * 9, height: size * 9 }, [0.6, 0.7, 1], 0.2)
  }
  if (s.wants("planet")) paintPlanet(s)
  return { mirror: dull, water: null }
}

/** The limb of a great planet rises into a lower corner, with an atmosphere that glows towards the sun. */
const paintPlanet = (s: Scenery): void => {
  const { canvas, stage } = s
  const { height, side, unit, width } = stage
  const { rgb } = canvas
  const random = s.random("planet")
  const radius = unit * 0.92
  const cx = width * (0.5 - side * 0.42)
  const cy = height + radius * 0.55
  const [pale, deep] = random.pick<readonly [string, string]>([
    ["#7fb8e8", "#1f4f8f"],
    ["#e0a878", "#7a3a2a"],
    ["#8fd0b8", "#1f6a5a"],
    ["#c8a8e0", "#4a3080"]
  ])
  const light = fromHex(pale)
  const dark = fromHex(deep)
  const bands = noiseField(width, Math.ceil(height * 0.6), {
    seed: s.scene.seed,
    label: "planet",
    cellWidth: unit * 0.6,
    cellHeight: unit * 0.07,
    octaves: 5
  })
  const top = Math.max(0, Math.floor(cy - radius * 1.1))
  for (let y = top; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const dx = (x - cx) / radius
      const dy = (y - cy) / radius
      const squared = dx * dx + dy * dy
      if (squared > 1.25) continue
      const distance = Math.sqrt(squared)
      const target = (y * width + x) * 3
      const lit = clamp(0.5 + dx * side * 0.9 - dy * 0.35)
      if (distance < 1) {
        const z = Math.sqrt(1 - distance * distance)
        const band = bands.values[Math.min(y - top, Math.ceil(height * 0.6) - 1) * width + x] ?? 0
        const cover = clamp((1 - distance) * radius * 0.7)
        const shade = lit * (0.25 + 0.75 * z) * 1.15
        for (let channel = 0; channel < 3; channel++) {
          const color = lerp(dark[channel] ?? 0, light[channel] ?? 0, clamp(band * 1.5 - 0.2)) * shade
          rgb[target + channel] = lerp(rgb[target + channel] ?? 0, color, cover)
        }
      }
      const rim =
        Math.exp(-((distance - 1) ** 2) * 900) * lit * 0.9 +
        (distance > 1 ? Math.exp((1 - distance) * 34) * lit * 0.35 : 0)
      rgb[target] = (rgb[target] ?? 0) + rim * lerp(0.5, light[0], 0.5)
      rgb[target + 1] = (rgb[target + 1] ?? 0) + rim * lerp(0.7, light[1], 0.5)
      rgb[target + 2] = (rgb[target + 2] ?? 0) + rim * lerp(1, light[2], 0.5)
    }
  }
}

/** High above the ground: sky all over, and a sea of cloud far below. */
export const sky: Backdrop = (s) => {
  paintSky(s.canvas, { ...s.stage, horizon: s.stage.height * 0.94 }, s.light, s.scene.seed)
  const { height, rgb, width } = s.canvas
  const top = Math.floor(height * 0.72)
  const field = noiseField(width, height - top, {
    seed: s.scene.seed,
    label: "cloud sea",
    cellWidth: s.stage.unit * 0.3,
    cellHeight: s.stage.unit * 0.07,
    octaves: 5
  })
  if (s.wants("cloud")) {
    for (let y = top; y < height; y++) {
      const down = (y - top) / (height - top)
      for (let x = 0; x < width; x++) {
        const value = field.values[(y - top) * width + x] ?? 0
        const cover = smoothstep(0.55 - down * 0.42, 0.72 - down * 0.3, value) * 0.94 * smoothstep(0, 0.22, down)
        const bright = clamp(0.35 + (value - 0.4) * 2.2)
        const target = (y * width + x) * 3
        for (let channel = 0; channel < 3; channel++) {
          const color = lerp(s.light.cloudShade[channel] ?? 0, s.light.cloudLit[channel] ?? 0, bright)
          rgb[target + channel] = lerp(rgb[target + channel] ?? 0, color, cover)
        }
      }
    }
  }
  return { mirror: dull, water: null }
}
