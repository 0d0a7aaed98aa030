import { type Backdrop, dull } from "./Backdrop.ts"
import { lampPost, picketFence, rowHouses } from "./Buildings.ts"
import { lerp } from "./Color.ts"
import { cacti, farmstead, flowerBeds, parkPath, railing, snowyFirs, stones } from "./Features.ts"
import {
  skyline,
  dunes,
  growth,
  hills,
  mesas,
  mountains,
  type OpenPlace,
  paintGround,
  paintOpenAir,
  trees
} from "./OpenAir.ts"
import type { Scenery } from "./Scenery.ts"
import { paintSky } from "./Sky.ts"
import { paintLevel, pool } from "./Surface.ts"
import { groundTextures } from "./TexturesGround.ts"
import { n, path, rect } from "./Vector.ts"
import { cone, lavaStreams } from "./VolcanoParts.ts"

/** Outdoor places as data: what stands behind, what lies underfoot, what grows at hand. */

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
    : dull

const alpineMeadow = open({
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

const rollingMeadow = open({
  ground: "grass",
  metres: 7,
  far: [
    hills({ distance: 0.82, height: 190, color: "#7fae8c" }),
    hills({ distance: 0.64, height: 140, color: "#6fa868" }),
    trees({ kind: "mixed", distance: 0.56, height: 60, color: "#6fa35a", amount: 17, drop: 2 }),
    hills({ distance: 0.4, height: 64, color: "#7fb857", drop: 14 })
  ],
  near: [
    trees({ kind: "bushes", distance: 0.3, height: 46, color: "#7bb552", amount: 9, drop: 20 }),
    growth({ grass: 340, flowers: 110 })
  ]
})

const woodedMeadow = open({
  ground: "grass",
  metres: 7,
  far: [
    hills({ distance: 0.8, height: 150, color: "#86ab93" }),
    trees({ kind: "firs", distance: 0.66, height: 120, color: "#5f9464", amount: 34, drop: 2 }),
    trees({ kind: "mixed", distance: 0.5, height: 165, color: "#6aa257", amount: 20, drop: 8 })
  ],
  near: [
    trees({ kind: "bushes", distance: 0.3, height: 60, color: "#72ad4e", amount: 12, drop: 18 }),
    growth({ grass: 380, flowers: 40 })
  ]
})

/** Three landscapes, of which the seed chooses one; what the prompt asks to see in it is in the first. */
export const meadow: Backdrop = (s, company) => {
  const asked = s.scene.backdrop.shown.length > 0
  const landscape = s.random("landscape").pick([alpineMeadow, rollingMeadow, woodedMeadow])
  return (asked ? alpineMeadow : landscape)(s, company)
}

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
  far: [cone, hills({ distance: 0.45, height: 60, color: "#4a4442" })],
  near: [lavaStreams, stones("#3a3533", 30)]
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
