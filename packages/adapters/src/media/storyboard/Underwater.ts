import { type Backdrop, dull } from "./Backdrop.ts"
import { clamp, fromHex, lerp, mix, type Rgb, smoothstep, toHex } from "./Color.ts"
import { noiseField } from "./Noise.ts"
import type { Scenery } from "./Scenery.ts"
import { paintLevel } from "./Surface.ts"
import { groundTextures, tinted } from "./TexturesGround.ts"
import { ellipse, n, path } from "./Vector.ts"
import { wash } from "./Wash.ts"
import { lightShafts } from "./Woods.ts"

export const underwater: Backdrop = (s) => {
  const { height, unit, width } = s.stage
  const tint = s.scene.backdrop.color
  const night = 1 - 0.62 * s.light.lamps
  const base = tint === null ? fromHex("#1f8fb0") : fromHex(tint.name)
  const top: Rgb = mix(base, [0.75, 0.97, 0.95], 0.45)
  const deep: Rgb = mix(base, [0.01, 0.08, 0.2], 0.72)
  wash(s, "water", 0.5, (value, x, y) => {
    const color = mix(mix(top, base, smoothstep(0, 0.4, y)), deep, smoothstep(0.3, 1, y))
    const near = Math.exp(-((x - 0.5 + s.stage.side * -0.1) ** 2) * 5) * (1 - y) * 0.18
    const level = (0.94 + (value - 0.5) * 0.16 + near) * night
    return [color[0] * level, color[1] * level, color[2] * level]
  })
  const bedY = height * 0.8
  const reef = s.random("reef")
  let far = ""
  for (let index = 0; index < Math.round((9 * width) / unit); index++) {
    const x = reef() * width
    const r = unit * reef.between(0.07, 0.2)
    far += path(
      `M${n(x - r * 1.6)} ${n(bedY + unit * 0.05)}Q${n(x - r)} ${n(bedY - r * 1.1)} ${n(x - r * 0.1)} ${n(bedY - r * reef.between(0.6, 1.2))}Q${n(x + r)} ${n(bedY - r)} ${n(x + r * 1.6)} ${n(bedY + unit * 0.05)}Z`,
      toHex(mix(deep, base, 0.35 + 0.2 * reef()))
    )
  }
  s.draw(far, 7)
  const bed = groundTextures.seabed(s.grain)
  const watery = tinted(bed, mix(bed.color, base, 0.42))
  paintLevel(
    s.canvas,
    {
      ...s.light,
      key: [night * 1.05, night * 1.1, night * 1.1],
      ambient: [night, night, night],
      haze: deep,
      hazeStrength: 0.9
    },
    { texture: watery, top: bedY, bottom: height, horizon: bedY - unit * 0.12, metres: (4 * width) / unit, haze: 0.95 }
  )
  caustics(s, bedY)
  s.draw(weeds(s, bedY, base, night))
  lightShafts(
    { ...s, light: { ...s.light, glow: mix(top, [1, 1, 1], 0.3), sunHeight: 0.8, moon: false } },
    0.26 * night
  )
  s.draw(bubbles(s))
  return { mirror: dull, water: null }
}

/** The net of light that waves throw on the ground: where two noises both cross their mean. */
const caustics = (s: Scenery, top: number): void => {
  const { height, rgb, width } = s.canvas
  const rows = height - Math.floor(top)
  if (rows < 2) return
  const a = noiseField(width, rows, {
    seed: s.scene.seed,
    label: "caustic a",
    cellWidth: s.stage.unit * 0.07,
    cellHeight: s.stage.unit * 0.03,
    octaves: 2
  })
  for (let y = 0; y < rows; y++) {
    const near = y / rows
    for (let x = 0; x < width; x++) {
      const line = clamp(1 - Math.abs((a.values[y * width + x] ?? 0) - 0.5) * 13)
      const target = ((y + Math.floor(top)) * width + x) * 3
      const light = line * line * 0.22 * near
      rgb[target] = (rgb[target] ?? 0) + light * 0.8
      rgb[target + 1] = (rgb[target + 1] ?? 0) + light
      rgb[target + 2] = (rgb[target + 2] ?? 0) + light * 0.92
    }
  }
}

const weeds = (s: Scenery, bedY: number, water: Rgb, level: number): string => {
  const { height, unit, width } = s.stage
  const random = s.random("weeds")
  const tone = (hex: string, far: number): string => {
    const [red, green, blue] = mix(fromHex(hex), water, far)
    return toHex([red * level, green * level, blue * level])
  }
  let svg = ""
  for (let index = 0; index < Math.round((13 * width) / unit); index++) {
    const edge = random.chance(0.75)
      ? random.chance(0.5)
        ? random.between(-0.02, 0.26)
        : random.between(0.74, 1.02)
      : random()
    const near = random()
    const x = width * edge
    const y = lerp(bedY + unit * 0.02, height, near)
    const far = lerp(0.55, 0.1, near)
    if (random.chance(0.5)) {
      const tall = unit * lerp(0.16, 0.42, near) * random.between(0.6, 1.1)
      const w = unit * 0.014
      const sway = random.between(-1, 1) * unit * 0.05
      svg += path(
        `M${n(x - w)} ${n(y)}C${n(x - w + sway)} ${n(y - tall * 0.35)} ${n(x - sway)} ${n(y - tall * 0.7)} ${n(x + sway)} ${n(y - tall)}C${n(x + w * 1.6 - sway)} ${n(y - tall * 0.66)} ${n(x + w * 2 + sway)} ${n(y - tall * 0.34)} ${n(x + w)} ${n(y)}Z`,
        tone(random.pick(["#3f8f4a", "#6a9a3a", "#2f7a5a"]), far)
      )
    } else {
      const size = unit * lerp(0.05, 0.13, near)
      const color = tone(random.pick(["#ff7a6a", "#f2a34a", "#d66ab0", "#ffd06a", "#a86ad6"]), far)
      for (let branch = 0; branch < 7; branch++) {
        const angle = -Math.PI * (0.14 + (branch / 6) * 0.72)
        const reach = size * random.between(0.7, 1.1)
        svg += `<path d="M${n(x)} ${n(y)}Q${n(x + Math.cos(angle) * reach * 0.4)} ${n(y - reach * 0.6)} ${n(x + Math.cos(angle) * reach)} ${n(y + Math.sin(angle) * reach)}" fill="none" stroke="${color}" stroke-width="${n(size * 0.17)}" stroke-linecap="round"/>`
      }
    }
  }
  return svg
}

const bubbles = (s: Scenery): string => {
  const { height, unit, width } = s.stage
  const random = s.random("bubbles")
  let svg = ""
  for (let index = 0; index < Math.round((26 * width) / unit); index++) {
    const r = unit * random.between(0.003, 0.014)
    const x = random() * width
    const y = random() * height * 0.9
    svg += `<circle cx="${n(x)}" cy="${n(y)}" r="${n(r)}" fill="#e6fbff" fill-opacity="0.14" stroke="#e6fbff" stroke-opacity="0.55" stroke-width="${n(r * 0.16)}"/>${ellipse(
      x - r * 0.35,
      y - r * 0.35,
      r * 0.22,
      r * 0.18,
      "#ffffff",
      'opacity="0.8"'
    )}`
  }
  return svg
}
