import type { Backdrop } from "./Backdrop.ts"
import { lampPost, picketFence, rowHouses } from "./Buildings.ts"
import { clamp, lerp, smoothstep } from "./Color.ts"
import { noiseField } from "./Noise.ts"
import {
  dunes,
  type Element,
  growth,
  hills,
  mesas,
  mountains,
  type OpenPlace,
  paintGround,
  paintOpenAir,
  skyline,
  trees
} from "./OpenAir.ts"
import { broadTree, bush, fir, isSnowy, leafColor, palm, trunks } from "./Plants.ts"
import type { Random } from "./Random.ts"
import type { Scenery } from "./Scenery.ts"
import { paintSky } from "./Sky.ts"
import { glow, paintLevel, pool } from "./Surface.ts"
import { groundTextures } from "./TexturesGround.ts"
import { ellipse, n, path, rect } from "./Vector.ts"
import { paintShoreline, paintWater } from "./Water.ts"

/** Outdoor places. Most are data; those with water, walls of leaves or no air need a few lines more. */

const dry = { gloss: 0, roughness: 1, ripple: 0 } as const

const open =
  (place: OpenPlace, lamps: ReadonlyArray<number> = []): Backdrop =>
  (s) => {
    paintOpenAir(s, place)
    for (const x of lamps) lampLight(s, s.stage.width * x, s.stage.horizon + s.stage.unit * 0.12)
    return { mirror: wetness(s), water: null }
  }

/** The warm circle that a lamp post throws on the ground. */
const lampLight = (s: Scenery, x: number, y: number): void => {
  const { lamps } = s.light
  if (lamps < 0.2) return
  const { height, horizon, unit } = s.stage
  pool(
    s.canvas,
    { x, y: y + unit * 0.03, width: unit * 0.42, height: unit * 0.2 },
    [1 + lamps * 1.5, 1 + lamps * 1.1, 1 + lamps * 0.4],
    { top: horizon, bottom: height }
  )
}

/** Rain makes hard ground mirror. */
const wetness = (s: Scenery): { readonly gloss: number; readonly roughness: number; readonly ripple: number } =>
  s.scene.backdrop.weather.name === "rain" || s.scene.backdrop.weather.name === "storm"
    ? { gloss: 0.28, roughness: 0.5, ripple: 1.5 }
    : dry

export const meadow = open({
  ground: "grass",
  metres: 7,
  far: [
    mountains({ distance: 0.84, height: 240, color: "#7f8fa8", snow: 0.34 }),
    hills({ distance: 0.66, height: 100, color: "#6fa36a" }),
    hills({ distance: 0.5, height: 60, color: "#74ae58", drop: 8 })
  ],
  near: [
    trees({ kind: "broad", distance: 0.36, height: 125, color: "#7bb552", amount: 13, drop: 16 }),
    growth({ grass: 400, flowers: 60 })
  ]
})

export const mountainsPlace = open({
  ground: "grass",
  metres: 8,
  far: [
    mountains({ distance: 0.82, height: 430, color: "#8796b4", snow: 0.5 }),
    mountains({ distance: 0.6, height: 300, color: "#6f7f98", snow: 0.4 }),
    hills({ distance: 0.5, height: 90, color: "#4f8a5c" })
  ],
  near: [
    trees({ kind: "firs", distance: 0.3, height: 130, color: "#5f9a52", amount: 22, drop: 18 }),
    growth({ grass: 190, flowers: 40 })
  ]
})

export const desert = open({
  ground: "sand",
  metres: 10,
  far: [
    mesas({ distance: 0.78, height: 170, color: "#c07a4c" }),
    dunes({ distance: 0.55, height: 150, color: "#e8bd7a" }),
    dunes({ distance: 0.32, height: 105, color: "#efc98c", drop: 14 })
  ],
  near: [cacti(), growth({ dry: 22 })]
})

export const farm = open({
  ground: "crops",
  metres: 9,
  far: [
    hills({ distance: 0.8, height: 110, color: "#7fae74" }),
    hills({ distance: 0.6, height: 70, color: "#a8bf5e" }),
    trees({ kind: "broad", distance: 0.55, height: 70, color: "#7fae5a", amount: 26, drop: 4 })
  ],
  near: [farmstead(), (s) => picketFence(s, s.stage.horizon + s.stage.unit * 0.075, s.stage.unit * 0.08, 0.12)]
})

export const park = open({
  ground: "grass",
  metres: 7,
  far: [
    skyline({ distance: 0.86, height: 190, color: "#8fa3b5" }),
    trees({ kind: "broad", distance: 0.55, height: 120, color: "#74aa58", amount: 24, drop: 6 })
  ],
  near: [
    parkPath(),
    trees({ kind: "broad", distance: 0.2, height: 250, color: "#7ab752", amount: 4, drop: 30 }),
    (s) =>
      lampPost(
        s,
        s.stage.width * (0.5 - s.stage.side * 0.36),
        s.stage.horizon + s.stage.unit * 0.12,
        s.stage.unit * 0.36
      ),
    growth({ grass: 150, flowers: 30 })
  ]
})

export const garden = open({
  ground: "grass",
  metres: 6,
  far: [
    trees({ kind: "broad", distance: 0.6, height: 230, color: "#6fa656", amount: 16, drop: 4 }),
    trees({ kind: "bushes", distance: 0.4, height: 110, color: "#5f9a48", amount: 14, drop: 10 })
  ],
  near: [
    (s) => picketFence(s, s.stage.horizon + s.stage.unit * 0.09, s.stage.unit * 0.15, 0.08),
    flowerBeds(),
    growth({ grass: 170, flowers: 70 })
  ]
})

export const snowField = open({
  ground: "snow",
  metres: 8,
  far: [
    mountains({ distance: 0.84, height: 300, color: "#93a5c0", snow: 0.75 }),
    hills({ distance: 0.6, height: 90, color: "#e8f0f7" })
  ],
  near: [snowyFirs()]
})

export const mars = open({
  ground: "rust",
  metres: 9,
  far: [
    mesas({ distance: 0.7, height: 210, color: "#b0603a" }),
    hills({ distance: 0.5, height: 60, color: "#b8623c" }),
    mesas({ distance: 0.36, height: 90, color: "#a4522f" })
  ],
  near: [stones("#8a4428", 26)]
})

export const volcano = open({
  ground: "rock",
  metres: 8,
  far: [cone(), hills({ distance: 0.45, height: 60, color: "#4a4442" })],
  near: [lavaStreams(), stones("#3a3533", 30)]
})

export const city = open(
  {
    ground: "paving",
    metres: 7,
    far: [
      skyline({ distance: 0.84, height: 400, color: "#8d9fb2" }),
      skyline({ distance: 0.58, height: 330, color: "#6f8598", open: true }),
      skyline({ distance: 0.3, height: 420, color: "#596b7d", open: true })
    ],
    near: [
      railing(),
      (s) =>
        lampPost(s, s.stage.width * 0.12, s.stage.horizon + s.stage.unit * 0.1, s.stage.unit * 0.36) +
        lampPost(s, s.stage.width * 0.88, s.stage.horizon + s.stage.unit * 0.1, s.stage.unit * 0.36)
    ]
  },
  [0.12, 0.88]
)

export const street: Backdrop = (s) => {
  const { height, horizon, unit, width } = s.stage
  paintSky(s.canvas, s.stage, s.light, s.scene.seed)
  const kerb = horizon + unit * 0.1
  s.draw(rowHouses(s, s.random("houses"), horizon + unit * 0.01, Math.max(unit * 0.05, horizon - unit * 0.46)), 1.2)
  paintGround(s, { ground: "paving", metres: 7 })
  const texture = groundTextures.asphalt(s.grain)
  if (s.scene.backdrop.material === null) {
    paintLevel(s.canvas, s.light, {
      texture,
      top: kerb,
      bottom: height,
      horizon: horizon - unit * 0.1,
      metres: (7 * width) / unit,
      haze: 0.2
    })
  }
  const mark = s.tone("#f2efe4", 0.05)
  let dashes = ""
  const y = lerp(kerb, height, 0.44)
  for (let x = -width * 0.04; x < width * 1.05; x += unit * 0.2) {
    dashes += `M${n(x)} ${n(y)}h${n(unit * 0.11)}l${n(unit * 0.006)} ${n(unit * 0.016)}h${n(-unit * 0.116)}Z`
  }
  const lamps = lampPost(s, width * (0.5 - s.stage.side * 0.4), kerb - unit * 0.02, unit * 0.42)
  s.draw(
    rect(0, kerb - unit * 0.012, width, unit * 0.014, s.tone("#b9b4aa", 0.05)) +
      rect(0, kerb + unit * 0.002, width, unit * 0.016, s.tone("#7d7a75", 0.05)) +
      (s.scene.backdrop.material === null ? path(dashes, mark, 'opacity="0.85"') : "") +
      (s.wants("lamp") ? lamps : "")
  )
  lampLight(s, width * (0.5 - s.stage.side * 0.4), kerb)
  return { mirror: wetness(s), water: null }
}

export const forest: Backdrop = (s) => {
  wood(s, {
    ground: isSnowy(s) ? "snow" : "leaves",
    leaf: leafColor(s, s.random("leaf")),
    trunk: "#5c4334",
    undergrowth: "#4f8a48",
    far: "#7fa88a"
  })
  return { mirror: dry, water: null }
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
  return { mirror: dry, water: null }
}

/** Inside a wood: a lit clearing far back, stems in mist, a floor of leaves, ferns, and shafts of light. */
const wood = (
  s: Scenery,
  kind: {
    readonly ground: OpenPlace["ground"]
    readonly leaf: string
    readonly trunk: string
    readonly undergrowth: string
    readonly far: string
  }
): void => {
  const { horizon, unit, width } = s.stage
  paintSky(s.canvas, s.stage, s.light, s.scene.seed)
  const far = s.random("far wood")
  let back = rect(0, 0, width, horizon * 1.1, s.tone(kind.far, 0.72), 'opacity="0.82"')
  back += ellipse(s.stage.sun.x, horizon * 0.62, unit * 0.42, unit * 0.4, s.tone("#f4f7d8", 0.85), 'opacity="0.35"')
  for (let index = 0; index < Math.round((26 * width) / unit); index++) {
    back += broadTree(
      s,
      far,
      { x: far.between(-0.02, 1.02) * width, y: horizon + unit * 0.02 },
      unit * far.between(0.3, 0.62),
      0.74,
      kind.leaf
    )
  }
  s.draw(back, 5)
  s.draw(
    trunks(
      s,
      s.random("trunks far"),
      horizon + unit * 0.03,
      Math.round((13 * width) / unit),
      unit * 0.026,
      0.56,
      kind.trunk
    ),
    2
  )
  paintGround(s, { ground: kind.ground, metres: 7 })
  s.draw(
    trunks(
      s,
      s.random("trunks"),
      horizon + unit * 0.07,
      Math.round((8 * width) / unit),
      unit * 0.046,
      0.32,
      kind.trunk
    ),
    1
  )
  const random = s.random("undergrowth")
  let low = ""
  for (let index = 0; index < Math.round((15 * width) / unit); index++) {
    const x = (width * (index + random())) / Math.round((15 * width) / unit)
    low += bush(
      s,
      random,
      { x, y: horizon + unit * random.between(0.05, 0.12) },
      unit * random.between(0.06, 0.12),
      0.26,
      seasonal(s, random, kind.undergrowth)
    )
  }
  const frame = s.random("frame")
  for (const side of [-1, 1] as const) {
    const x = width * (0.5 + side * 0.47)
    const w = unit * frame.between(0.075, 0.1)
    low += trunkAt(s, x, horizon + unit * 0.26, w, kind.trunk)
    low += bush(
      s,
      frame,
      { x: x - side * w * 0.6, y: horizon + unit * 0.3 },
      unit * 0.13,
      0.1,
      seasonal(s, frame, kind.undergrowth)
    )
  }
  // A canopy hangs into the picture from above.
  for (let index = 0; index < Math.round((16 * width) / unit); index++) {
    const edge = Math.abs(index / Math.round((15 * width) / unit) - 0.5) * 2
    low += ellipse(
      (width * (index + frame())) / Math.round((15 * width) / unit),
      unit * (0.02 + edge * 0.05) * frame.between(0.4, 1.3),
      unit * frame.between(0.06, 0.1),
      unit * frame.between(0.05, 0.08),
      s.tone(seasonal(s, frame, kind.leaf), 0.16 + 0.14 * frame())
    )
  }
  s.draw(low)
  s.draw(growth({ grass: 70 })(s, s.random("growth")))
  lightShafts(s, 0.24)
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

export const sea: Backdrop = (s, company) => {
  const { height, horizon, unit } = s.stage
  paintSky(s.canvas, s.stage, s.light, s.scene.seed)
  s.draw(hills({ distance: 0.92, height: 34, color: "#6f8f9f" })(s, s.random("islands")), 2)
  if (!company.standing) {
    paintWater(s, { top: horizon, bottom: height })
    return { mirror: { gloss: 0.5, roughness: 0.55, ripple: unit * 0.005 }, water: { top: horizon, bottom: height } }
  }
  return shore(s, "sand")
}

export const beach: Backdrop = (s) => {
  const { horizon, side, unit, width } = s.stage
  paintSky(s.canvas, s.stage, s.light, s.scene.seed)
  s.draw(hills({ distance: 0.9, height: 60, color: "#5f8f86" })(s, s.random("islands")), 2)
  const ground = shore(s, "sand")
  const random = s.random("palms")
  if (s.wants("tree")) {
    const x = width * (0.5 - side * 0.43)
    s.draw(
      palm(s, random, { x, y: horizon + unit * 0.25 }, unit * 0.52, 0.05, side * 0.5) +
        palm(s, random, { x: x - side * unit * 0.06, y: horizon + unit * 0.22 }, unit * 0.4, 0.1, side * -0.2)
    )
  }
  return ground
}

/** Water down to a line across the picture, then sand. */
const shore = (s: Scenery, sand: "sand"): ReturnType<Backdrop> => {
  const { height, horizon, unit } = s.stage
  const line = lerp(horizon, height, 0.34)
  paintWater(s, { top: horizon, bottom: line + unit * 0.02 })
  paintGround(s, { ground: sand, metres: 7 }, line)
  paintShoreline(s, line)
  s.draw(shells(s))
  return { mirror: dry, water: { top: horizon, bottom: line } }
}

const shells = (s: Scenery): string => {
  const { height, horizon, unit, width } = s.stage
  const random = s.random("shells")
  let svg = ""
  for (let index = 0; index < 22; index++) {
    const near = Math.sqrt(random())
    const size = unit * 0.007 * (0.4 + near)
    const y = lerp(lerp(horizon, height, 0.45), height, near)
    svg += ellipse(
      random() * width,
      y,
      size,
      size * 0.6,
      s.tone(random.pick(["#fff3e0", "#e8c9a8", "#c9b29a", "#f3d9d0"]))
    )
  }
  return svg
}

export const lake: Backdrop = (s, company) => {
  const { height, horizon, unit, width } = s.stage
  paintSky(s.canvas, s.stage, s.light, s.scene.seed)
  const far = [
    mountains({ distance: 0.8, height: 330, color: "#8496b0", snow: 0.45 }),
    hills({ distance: 0.55, height: 110, color: "#5c8f66" }),
    trees({ kind: "mixed", distance: 0.42, height: 110, color: "#5f9a5a", amount: 40 })
  ]
  s.draw(far.map((element, index) => element(s, s.random(`lake ${index}`))).join(""), 1.2)
  const line = company.standing ? lerp(horizon, height, 0.48) : height
  paintWater(s, { top: horizon + unit * 0.004, bottom: line }, "#2a6f86")
  if (!company.standing)
    return { mirror: { gloss: 0.55, roughness: 0.45, ripple: unit * 0.004 }, water: { top: horizon, bottom: height } }
  paintGround(s, { ground: "grass", metres: 7 }, line)
  const random = s.random("bank")
  let reeds = rect(0, line - unit * 0.004, width, unit * 0.012, s.tone("#5a4a34", 0.1))
  for (let x = -unit * 0.02; x < width; x += unit * random.between(0.03, 0.09)) {
    reeds += bush(
      s,
      random,
      { x, y: line + unit * 0.012 },
      unit * random.between(0.018, 0.045),
      0.08,
      isSnowy(s) ? "#e9f1f7" : "#6f9f48"
    )
  }
  s.draw(reeds + growth({ grass: 170, flowers: 40 })(s, s.random("growth")))
  return { mirror: dry, water: { top: horizon, bottom: line } }
}

function cacti(): Element {
  return (s, random) => {
    const { horizon, unit, width } = s.stage
    if (!s.wants("cactus")) return ""
    let svg = ""
    for (let index = 0; index < Math.round((4 * width) / unit); index++) {
      const x = width * random.between(0.02, 0.98)
      if (Math.abs(x / width - 0.5) < 0.2) continue
      const h = unit * random.between(0.1, 0.2)
      const y = horizon + unit * random.between(0.02, 0.1)
      const w = h * 0.15
      const green = s.tone("#5f8f4a", 0.22)
      const arm = (side: number, at: number, up: number): string =>
        `<path d="M${n(x)} ${n(y - h * at)}h${n(side * h * 0.26)}v${n(-h * up)}" fill="none" stroke="${green}" stroke-width="${n(w * 0.75)}" stroke-linecap="round" stroke-linejoin="round"/>`
      svg +=
        `<path d="M${n(x)} ${n(y)}V${n(y - h)}" stroke="${green}" stroke-width="${n(w)}" stroke-linecap="round"/>` +
        arm(-1, 0.4, 0.26) +
        arm(1, 0.52, 0.22)
      svg += `<path d="M${n(x - s.stage.side * w * 0.25)} ${n(y)}V${n(y - h)}" stroke="${s.tone("#3d6a38", 0.22)}" stroke-width="${n(w * 0.3)}" stroke-linecap="round"/>`
      svg += ellipse(x - s.stage.side * h * 0.25, y, h * 0.32, h * 0.04, s.tone("#8a6a3c", 0.1), 'opacity="0.4"')
    }
    return svg
  }
}

function farmstead(): Element {
  return (s, random) => {
    if (!s.wants("building")) return ""
    const { horizon, side, unit, width } = s.stage
    const x = width * (0.5 - side * 0.33)
    const y = horizon + unit * 0.03
    const w = unit * 0.24
    const red = s.tone("#a8382c", 0.3)
    const dark = s.tone("#7a2620", 0.3)
    const roof = s.tone("#5b5450", 0.3)
    return (
      path(
        `M${n(x - w / 2)} ${n(y)}v${n(-w * 0.5)}l${n(w * 0.16)} ${n(-w * 0.26)}l${n(w * 0.34)} ${n(-w * 0.14)}l${n(w * 0.34)} ${n(w * 0.14)}l${n(w * 0.16)} ${n(w * 0.26)}v${n(w * 0.5)}Z`,
        red
      ) +
      path(
        `M${n(x - side * w * 0.28)} ${n(y)}v${n(-w * 0.76)}l${n(-side * w * 0.22)} ${n(w * 0.26)}v${n(w * 0.5)}Z`,
        dark
      ) +
      path(
        `M${n(x - w * 0.56)} ${n(y - w * 0.48)}l${n(w * 0.2)} ${n(-w * 0.3)}l${n(w * 0.36)} ${n(-w * 0.16)}l${n(w * 0.36)} ${n(w * 0.16)}l${n(w * 0.2)} ${n(w * 0.3)}l${n(-w * 0.06)} ${n(w * 0.03)}l${n(-w * 0.18)} ${n(-w * 0.26)}l${n(-w * 0.32)} ${n(-w * 0.13)}l${n(-w * 0.32)} ${n(w * 0.13)}l${n(-w * 0.18)} ${n(w * 0.26)}Z`,
        roof
      ) +
      rect(x - w * 0.16, y - w * 0.38, w * 0.32, w * 0.38, s.tone("#f2ece2", 0.3)) +
      rect(x - w * 0.13, y - w * 0.35, w * 0.26, w * 0.35, dark) +
      rect(x - w * 0.08, y - w * 0.66, w * 0.16, w * 0.12, s.lamp("#f2ece2", "#ffe1a0", 0.3)) +
      broadTree(s, random, { x: x + side * w * 1.1, y: y + unit * 0.01 }, unit * 0.22, 0.3, leafColor(s, random))
    )
  }
}

function parkPath(): Element {
  return (s) => {
    const { height, horizon, side, unit, width } = s.stage
    const sand = s.tone("#d9c7a0", 0.1)
    const far = width * (0.5 + side * 0.16)
    return path(
      `M${n(far)} ${n(horizon + unit * 0.03)}C${n(far - side * unit * 0.3)} ${n(horizon + unit * 0.12)} ${n(width * 0.5 + side * unit * 0.3)} ${n(lerp(horizon, height, 0.6))} ${n(width * 0.5 - unit * 0.36)} ${n(height + 4)}` +
        `H${n(width * 0.5 + unit * 0.32)}C${n(width * 0.5 + side * unit * 0.52)} ${n(lerp(horizon, height, 0.58))} ${n(far - side * unit * 0.14)} ${n(horizon + unit * 0.12)} ${n(far + unit * 0.035)} ${n(horizon + unit * 0.03)}Z`,
      sand,
      'opacity="0.85"'
    )
  }
}

function flowerBeds(): Element {
  return (s, random) => {
    const { horizon, unit, width } = s.stage
    if (!s.wants("flower")) return ""
    let svg = ""
    const y = horizon + unit * 0.13
    for (let x = -unit * 0.03; x < width + unit * 0.03; x += unit * 0.055) {
      const height = unit * random.between(0.035, 0.07)
      svg += bush(s, random, { x, y }, height, 0.08, isSnowy(s) ? "#e9f1f7" : "#4f9446")
      if (isSnowy(s)) continue
      const color = s.tone(random.pick(["#e8506a", "#f6c244", "#f48fb1", "#9c6ade", "#ffffff", "#ff8a50"]), 0.05)
      for (let bloom = 0; bloom < 5; bloom++) {
        svg += ellipse(
          x + random.between(-0.6, 0.6) * height,
          y - height * random.between(0.35, 1.05),
          unit * 0.0085,
          unit * 0.0078,
          color
        )
      }
    }
    return svg
  }
}

function snowyFirs(): Element {
  return (s, random) => {
    if (!s.wants("tree")) return ""
    const { horizon, unit, width } = s.stage
    const amount = Math.round((16 * width) / unit)
    const spots = Array.from({ length: amount }, () => random()).sort((a, b) => a - b)
    return spots
      .map((near) => {
        const edge = random.chance(0.5) ? random.between(-0.03, 0.3) : random.between(0.7, 1.03)
        const distance = lerp(0.6, 0.1, near)
        return fir(
          s,
          random,
          { x: width * edge, y: horizon + unit * lerp(0.01, 0.16, near) },
          unit * lerp(0.08, 0.34, near * near),
          distance,
          0.95
        )
      })
      .join("")
  }
}

function stones(color: string, amount: number): Element {
  return (s, random) => {
    const { height, horizon, side, unit, width } = s.stage
    let svg = ""
    for (let index = 0; index < Math.round((amount * width) / unit); index++) {
      const near = random()
      const y = lerp(horizon + unit * 0.03, height, near * near)
      const size = unit * lerp(0.006, 0.034, near) * random.between(0.5, 1.3)
      const x = random() * width
      const distance = 0.4 * (1 - near)
      svg += ellipse(
        x - side * size * 0.5,
        y + size * 0.12,
        size * 1.5,
        size * 0.3,
        s.tone("#1a1210", distance),
        'opacity="0.35"'
      )
      svg += path(
        `M${n(x - size)} ${n(y)}l${n(size * 0.3)} ${n(-size * 0.7)}l${n(size * 0.6)} ${n(-size * 0.3)}l${n(size * 0.7)} ${n(size * 0.4)}l${n(size * 0.4)} ${n(size * 0.6)}q${n(-size)} ${n(size * 0.3)} ${n(-size * 2)} 0Z`,
        s.tone(color, distance)
      )
      svg += path(
        `M${n(x - size * 0.7)} ${n(y - size * 0.7)}l${n(size * 0.6)} ${n(-size * 0.3)}l${n(size * 0.7)} ${n(size * 0.4)}l${n(-size * 0.6)} ${n(size * 0.24)}Z`,
        s.tone("#ffffff", distance),
        'opacity="0.16"'
      )
    }
    return svg
  }
}

function cone(): Element {
  return (s) => {
    const { horizon, side, unit, width } = s.stage
    const x = width * (0.5 - side * 0.14)
    const h = unit * 0.4
    const top = horizon - h
    const rock = s.tone("#5b4f4c", 0.5)
    const dark = s.tone("#3a3233", 0.5)
    return (
      ellipse(x, top - h * 0.1, h * 0.5, h * 0.34, "#ff8a3c", 'opacity="0.25"') +
      ellipse(x + h * 0.1, top - h * 0.4, h * 0.3, h * 0.2, s.tone("#6a6268", 0.4), 'opacity="0.7"') +
      ellipse(x + h * 0.32, top - h * 0.56, h * 0.36, h * 0.22, s.tone("#7a7278", 0.5), 'opacity="0.6"') +
      path(
        `M${n(x - h * 1.3)} ${n(horizon + unit * 0.03)}Q${n(x - h * 0.4)} ${n(top + h * 0.5)} ${n(x - h * 0.18)} ${n(top)}L${n(x + h * 0.18)} ${n(top)}Q${n(x + h * 0.4)} ${n(top + h * 0.5)} ${n(x + h * 1.3)} ${n(horizon + unit * 0.03)}Z`,
        rock
      ) +
      path(
        `M${n(x)} ${n(top)}L${n(x - side * h * 0.18)} ${n(top)}Q${n(x - side * h * 0.4)} ${n(top + h * 0.5)} ${n(x - side * h * 1.3)} ${n(horizon + unit * 0.03)}H${n(x - side * h * 0.2)}Z`,
        dark,
        'opacity="0.6"'
      ) +
      path(
        `M${n(x - h * 0.14)} ${n(top)}q${n(h * 0.14)} ${n(h * 0.05)} ${n(h * 0.28)} 0l${n(h * 0.03)} ${n(h * 0.32)}q${n(-h * 0.07)} ${n(-h * 0.14)} ${n(-h * 0.1)} ${n(-h * 0.08)}l${n(-h * 0.02)} ${n(h * 0.5)}q${n(-h * 0.06)} ${n(-h * 0.3)} ${n(-h * 0.1)} ${n(-h * 0.44)}l${n(-h * 0.08)} ${n(h * 0.1)}Z`,
        "#ff7a2a"
      ) +
      path(
        `M${n(x - h * 0.1)} ${n(top + h * 0.01)}q${n(h * 0.1)} ${n(h * 0.04)} ${n(h * 0.2)} 0l${n(-h * 0.06)} ${n(h * 0.2)}l${n(-h * 0.05)} ${n(h * 0.2)}Z`,
        "#ffd060"
      )
    )
  }
}

function lavaStreams(): Element {
  return (s, random) => {
    const { height, horizon, unit, width } = s.stage
    let svg = ""
    for (let stream = 0; stream < 4; stream++) {
      let x = width * random.between(0.05, 0.95)
      let y = horizon + unit * 0.02
      let d = `M${n(x)} ${n(y)}`
      while (y < height) {
        const step = unit * random.between(0.04, 0.1)
        x += random.between(-1, 1) * step
        y += step * 0.8
        d += `L${n(x)} ${n(y)}`
      }
      svg += path(d, "none", `stroke="#ff5a1f" stroke-width="${n(unit * 0.016)}" stroke-linejoin="round" opacity="0.5"`)
      svg += path(d, "none", `stroke="#ffb640" stroke-width="${n(unit * 0.006)}" stroke-linejoin="round"`)
    }
    return svg
  }
}

function railing(): Element {
  return (s) => {
    const { horizon, unit, width } = s.stage
    const y = horizon + unit * 0.06
    const stone = s.tone("#a9a49a", 0.2)
    const dark = s.tone("#6f6b66", 0.2)
    let posts = ""
    for (let x = unit * 0.02; x < width; x += unit * 0.05)
      posts += `M${n(x)} ${n(y)}v${n(-unit * 0.05)}h${n(unit * 0.018)}v${n(unit * 0.05)}Z`
    return (
      rect(0, y - unit * 0.06, width, unit * 0.016, stone) +
      path(posts, dark) +
      rect(0, y - unit * 0.008, width, unit * 0.022, stone) +
      rect(0, y + unit * 0.012, width, unit * 0.006, dark)
    )
  }
}

/** The surface of a body without air: a black sky, hard shadows, craters and the Earth. */
export const moon: Backdrop = (s) => {
  const { horizon, side, unit, width } = s.stage
  paintSky(s.canvas, s.stage, s.light, s.scene.seed)
  const earth = { x: width * (0.5 + side * 0.27), y: horizon * 0.34, r: unit * 0.1 }
  glow(s.canvas, { x: earth.x, y: earth.y, width: earth.r * 2, height: earth.r * 2 }, [0.3, 0.5, 0.9], 0.35)
  if (s.wants("earth")) s.draw(planetEarth(earth, side))
  s.draw(
    hills({ distance: 0.16, height: 90, color: "#8f9095" })(s, s.random("far")) +
      hills({ distance: 0.06, height: 40, color: "#a2a3a8", drop: 10 })(s, s.random("middle")),
    1.2
  )
  paintGround(s, { ground: "regolith", metres: 8 })
  s.draw(craters(s, "#5f6066", "#d6d6da"))
  s.draw(stones("#7d7e84", 24)(s, s.random("stones")))
  return { mirror: dry, water: null }
}

const planetEarth = (at: { readonly x: number; readonly y: number; readonly r: number }, side: number): string => {
  const { r, x, y } = at
  const land = (dx: number, dy: number, rx: number, ry: number): string =>
    ellipse(x + dx * r, y + dy * r, rx * r, ry * r, "#58a05a")
  return (
    `<defs><clipPath id="earth"><circle cx="${n(x)}" cy="${n(y)}" r="${n(r)}"/></clipPath><radialGradient id="ocean" cx="${side > 0 ? 0.66 : 0.34}" cy="0.34" r="0.8"><stop stop-color="#7fc4f2"/><stop offset="0.55" stop-color="#2a6fc0"/><stop offset="1" stop-color="#0b1f4c"/></radialGradient></defs>` +
    `<g clip-path="url(#earth)"><circle cx="${n(x)}" cy="${n(y)}" r="${n(r)}" fill="url(#ocean)"/><g opacity="0.85">` +
    land(-0.3, -0.35, 0.34, 0.26) +
    land(-0.12, 0.1, 0.2, 0.3) +
    land(-0.2, 0.45, 0.16, 0.3) +
    land(0.5, -0.3, 0.36, 0.2) +
    land(0.48, 0.12, 0.22, 0.32) +
    land(0.72, 0.5, 0.2, 0.12) +
    `</g>` +
    ellipse(x - r * 0.2, y - r * 0.1, r * 0.62, r * 0.07, "#ffffff", 'opacity="0.6"') +
    ellipse(x + r * 0.3, y + r * 0.32, r * 0.5, r * 0.06, "#ffffff", 'opacity="0.55"') +
    ellipse(x, y - r * 0.62, r * 0.42, r * 0.07, "#ffffff", 'opacity="0.6"') +
    path(
      `M${n(x - side * r)} ${n(y - r)}A${n(r * 1.05)} ${n(r * 1.2)} 0 0 ${side > 0 ? 0 : 1} ${n(x - side * r * 0.2)} ${n(y + r)}H${n(x - side * r * 1.2)}V${n(y - r)}Z`,
      "#02040c",
      'opacity="0.55"'
    ) +
    `</g>`
  )
}

const craters = (s: Scenery, dark: string, bright: string): string => {
  const { height, horizon, side, unit, width } = s.stage
  const random = s.random("craters")
  let svg = ""
  for (let index = 0; index < Math.round((22 * width) / unit); index++) {
    const near = random()
    const y = lerp(horizon + unit * 0.035, height, near)
    const rx = unit * lerp(0.012, 0.1, near * near) * random.between(0.5, 1.2)
    const ry = rx * lerp(0.16, 0.3, near)
    const x = random() * width
    svg += ellipse(x, y, rx * 1.12, ry * 1.16, s.tone(bright, 0), 'opacity="0.35"')
    svg += ellipse(x, y, rx, ry, s.tone(dark, 0), 'opacity="0.8"')
    svg += ellipse(x - side * rx * 0.16, y + ry * 0.22, rx * 0.8, ry * 0.72, s.tone("#a6a6ab", 0), 'opacity="0.75"')
  }
  return svg
}
