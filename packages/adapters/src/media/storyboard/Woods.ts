import { type Backdrop, dull } from "./Backdrop.ts"
import { clamp, smoothstep } from "./Color.ts"
import { noiseField } from "./Noise.ts"
import { growth, type OpenPlace, paintGround } from "./OpenAir.ts"
import { broadTree, bush, isSnowy, leafColor, palm, trunks } from "./Plants.ts"
import type { Random } from "./Random.ts"
import type { Scenery } from "./Scenery.ts"
import { paintSky } from "./Sky.ts"
import { ellipse, n, path, rect } from "./Vector.ts"

/** Inside a wood, where no horizon is seen. */

export const forest: Backdrop = (s) => {
  wood(s, {
    ground: isSnowy(s) ? "snow" : "leaves",
    leaf: leafColor(s, s.random("leaf")),
    trunk: "#5c4334",
    undergrowth: "#4f8a48",
    far: "#7fa88a"
  })
  return { mirror: dull, water: null }
}

export const jungle: Backdrop = (s) => {
  wood(s, { ground: "grass", leaf: "#3f8f45", trunk: "#4a4a38", undergrowth: "#2f8a4c", far: "#69b48c" })
  const { height, unit, width } = s.stage
  const random = s.random("fronds")
  let fronds = ""
  for (const side of [0, 1]) {
    for (let index = 0; index < 3; index++) {
      const at = {
        x: width * (side === 0 ? random.between(-0.04, 0.1) : random.between(0.9, 1.04)),
        y: height * random.between(0.66, 0.8)
      }
      fronds += palm(s, random, at, unit * random.between(0.45, 0.7), 0.08, side === 0 ? 0.5 : -0.5)
    }
  }
  s.draw(fronds)
  return { mirror: dull, water: null }
}

interface WoodKind {
  readonly ground: OpenPlace["ground"]
  readonly leaf: string
  readonly trunk: string
  readonly undergrowth: string
  readonly far: string
}

/** Inside a wood: a lit clearing far back, stems in mist, a floor of leaves, ferns, and shafts of light. */
const wood = (s: Scenery, kind: WoodKind): void => {
  const { horizon, unit } = s.stage
  const stems = (part: string, drop: number, amount: number, thick: number, distance: number): string => {
    const count = Math.round((amount * s.stage.width) / unit)
    return trunks(s, s.random(part), horizon + unit * drop, count, unit * thick, distance, kind.trunk)
  }
  paintSky(s.canvas, s.stage, s.light, s.scene.seed)
  s.draw(clearing(s, kind), 5)
  s.draw(stems("trunks far", 0.03, 13, 0.026, 0.56), 2)
  paintGround(s, { ground: kind.ground, metres: 7 })
  s.draw(stems("trunks", 0.07, 8, 0.046, 0.32), 1)
  s.draw(undergrowth(s, kind) + frame(s, kind))
  s.draw(growth({ grass: 70 })(s, s.random("growth")))
  lightShafts(s, 0.24)
}

/** What shines through between the stems: crowns in mist, and a bright spot where the sun stands. */
const clearing = (s: Scenery, kind: WoodKind): string => {
  const { horizon, sun, unit, width } = s.stage
  const random = s.random("far wood")
  let svg = rect(0, 0, width, horizon * 1.1, s.tone(kind.far, 0.72), 'opacity="0.82"')
  svg += ellipse(sun.x, horizon * 0.62, unit * 0.42, unit * 0.4, s.tone("#f4f7d8", 0.85), 'opacity="0.35"')
  for (let index = 0; index < Math.round((26 * width) / unit); index++) {
    const at = { x: random.between(-0.02, 1.02) * width, y: horizon + unit * 0.02 }
    svg += broadTree(s, random, at, unit * random.between(0.3, 0.62), 0.74, kind.leaf)
  }
  return svg
}

const undergrowth = (s: Scenery, kind: WoodKind): string => {
  const { horizon, unit, width } = s.stage
  const random = s.random("undergrowth")
  const amount = Math.round((15 * width) / unit)
  let svg = ""
  for (let index = 0; index < amount; index++) {
    const at = { x: (width * (index + random())) / amount, y: horizon + unit * random.between(0.05, 0.12) }
    svg += bush(s, random, at, unit * random.between(0.06, 0.12), 0.26, seasonal(s, random, kind.undergrowth))
  }
  return svg
}

/** A thick trunk at either side, and a canopy that hangs into the picture from above. */
const frame = (s: Scenery, kind: WoodKind): string => {
  const { horizon, unit, width } = s.stage
  const random = s.random("frame")
  let svg = ""
  for (const side of [-1, 1] as const) {
    const x = width * (0.5 + side * 0.47)
    const w = unit * random.between(0.075, 0.1)
    const at = { x: x - side * w * 0.6, y: horizon + unit * 0.3 }
    svg += trunkAt(s, x, horizon + unit * 0.26, w, kind.trunk)
    svg += bush(s, random, at, unit * 0.13, 0.1, seasonal(s, random, kind.undergrowth))
  }
  const amount = Math.round((16 * width) / unit)
  for (let index = 0; index < amount; index++) {
    const edge = Math.abs(index / amount - 0.5) * 2
    const x = (width * (index + random())) / amount
    const y = unit * (0.02 + edge * 0.05) * random.between(0.4, 1.3)
    const color = s.tone(seasonal(s, random, kind.leaf), 0.16 + 0.14 * random())
    svg += ellipse(x, y, unit * random.between(0.06, 0.1), unit * random.between(0.05, 0.08), color)
  }
  return svg
}

/** Leaves as the season has them; in plain summer each plant keeps its own green. */
const seasonal = (s: Scenery, random: Random, color: string): string =>
  isSnowy(s) || s.scene.backdrop.season !== null ? leafColor(s, random) : color

const trunkAt = (s: Scenery, x: number, foot: number, w: number, color: string): string => {
  const { side } = s.stage
  const bark = s.tone(color, 0.06)
  const shade = s.tone("#1d1512", 0.06)
  let ridges = ""
  for (let index = -2; index <= 2; index++)
    ridges += `M${n(x + index * w * 0.18)} ${n(foot - w * 0.4)}q${n(w * 0.06)} ${n(-foot * 0.4)} 0 ${n(-foot)}`
  return (
    path(
      `M${n(x - w)} ${n(foot)}Q${n(x - w * 0.55)} ${n(foot - w)} ${n(x - w * 0.5)} -10H${n(x + w * 0.5)}Q${n(x + w * 0.55)} ${n(foot - w)} ${n(x + w)} ${n(foot)}Z`,
      bark
    ) +
    path(
      `M${n(x)} ${n(foot)}L${n(x - side * w * 0.1)} -10H${n(x - side * w * 0.5)}Q${n(x - side * w * 0.55)} ${n(foot - w)} ${n(x - side * w)} ${n(foot)}Z`,
      shade,
      'opacity="0.35"'
    ) +
    path(ridges, "none", `stroke="${shade}" stroke-width="${n(w * 0.05)}" opacity="0.35"`)
  )
}

/** Slanting beams of light, brightest where the sun is. */
export const lightShafts = (s: Scenery, strength: number): void => {
  const { height, side, unit, width } = s.stage
  const { glow: color, moon, sunHeight } = s.light
  const amount = sunHeight < -0.2 ? 0 : strength * (moon ? 0.35 : 1)
  if (amount <= 0) return
  const noise = noiseField(width, 1, {
    seed: s.scene.seed,
    label: "shafts",
    cellWidth: unit * 0.075,
    cellHeight: 1,
    octaves: 3
  })
  const { rgb } = s.canvas
  for (let y = 0; y < height; y++) {
    const down = y / height
    const fade = amount * (1 - smoothstep(0.15, 0.95, down))
    if (fade <= 0) continue
    for (let x = 0, at = y * width * 3; x < width; x++, at += 3) {
      const along = clamp(Math.round(x + side * y * 0.62 + (side > 0 ? -height * 0.1 : height * 0.1)), 0, width - 1)
      const beam = smoothstep(0.5, 0.78, noise.values[along] ?? 0) * fade
      rgb[at] = (rgb[at] ?? 0) + color[0] * beam
      rgb[at + 1] = (rgb[at + 1] ?? 0) + color[1] * beam
      rgb[at + 2] = (rgb[at + 2] ?? 0) + color[2] * beam * 0.9
    }
  }
}
