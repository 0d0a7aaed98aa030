import type { Backdrop } from "./Backdrop.ts"
import { fromHex, lerp, mix, type Rgb, smoothstep, toHex } from "./Color.ts"
import { paintGround } from "./OpenAir.ts"
import { glow, paintLevel, pool } from "./Surface.ts"
import { madeTextures } from "./TexturesMade.ts"
import { n, path, rect } from "./Vector.ts"
import { wash } from "./Wash.ts"

/** Closed places that are no rooms: a cave, a stage, a photographer's studio. */

/** A vault of rock that opens towards daylight, with stalactites and a pool of that light on the floor. */
export const cave: Backdrop = (s) => {
  const { height, horizon, side, unit, width } = s.stage
  const rock = fromHex("#6b6470")
  const open: Rgb = mix(s.light.sky[1], s.light.sky[2], 0.5)
  const mouth = { x: width * (0.5 + side * 0.08), y: horizon * 0.72 }
  wash(s, "rock", 0.16, (value, x, y) => {
    const dx = (x * width - mouth.x) / (unit * 0.8)
    const dy = (y * height - mouth.y) / (unit * 0.7)
    const lit = Math.exp(-(dx * dx + dy * dy) * 1.6)
    const level = (0.16 + lit * 0.75) * (0.6 + value * 0.8)
    return mix([rock[0] * level, rock[1] * level, rock[2] * level * 1.05], open, lit * 0.12)
  })
  const [sky, haze] = [toHex(open), toHex(s.light.haze)]
  const random = s.random("cave")
  const arch: Array<string> = []
  const steps = 16
  for (let step = 0; step <= steps; step++) {
    const angle = Math.PI * (1 + step / steps)
    const r = unit * 0.27 * random.between(0.9, 1.08)
    arch.push(
      `${step === 0 ? "M" : "L"}${n(mouth.x + Math.cos(angle) * r * 1.2)} ${n(horizon + unit * 0.05 + Math.sin(angle) * r * 1.5)}`
    )
  }
  s.draw(
    path(`${arch.join("")}Z`, sky) +
      path(
        `M${n(mouth.x - unit * 0.33)} ${n(horizon + unit * 0.05)}q${n(unit * 0.2)} ${n(-unit * 0.16)} ${n(unit * 0.36)} ${n(-unit * 0.06)}t${n(unit * 0.3)} ${n(unit * 0.06)}Z`,
        haze,
        'opacity="0.7"'
      ),
    3
  )
  glow(s.canvas, { x: mouth.x, y: mouth.y, width: unit * 0.6, height: unit * 0.55 }, open, 0.3)
  paintGround(
    {
      ...s,
      light: {
        ...s.light,
        key: mix([0.42, 0.4, 0.46], open, 0.2),
        ambient: [0.2, 0.19, 0.24],
        haze: mix(open, [0.2, 0.2, 0.25], 0.5),
        backlit: 0
      }
    },
    { ground: "rock", metres: 6 }
  )
  pool(s.canvas, { x: mouth.x, y: horizon + unit * 0.1, width: unit * 0.5, height: unit * 0.4 }, [2.1, 2.05, 1.9], {
    top: horizon,
    bottom: height
  })
  let teeth = ""
  for (let index = 0; index < Math.round((20 * width) / unit); index++) {
    const x = random() * width
    const away = Math.abs(x - mouth.x) / width
    const long = unit * random.between(0.06, 0.2) * (0.45 + away * 1.6)
    const w = long * random.between(0.13, 0.24)
    teeth += path(
      `M${n(x - w)} -2L${n(x - w * 0.2)} ${n(long * 0.6)}L${n(x)} ${n(long)}L${n(x + w * 0.3)} ${n(long * 0.55)}L${n(x + w)} -2Z`,
      toHex([0.14 + 0.05 * random(), 0.13 + 0.04 * random(), 0.17 + 0.04 * random()])
    )
  }
  s.draw(teeth)
  return { mirror: { gloss: 0.1, roughness: 0.6, ripple: 0 }, water: null }
}

/** Curtains, boards and spotlights. */
export const stage: Backdrop = (s) => {
  const { horizon, unit, width } = s.stage
  const tint = s.scene.backdrop.color
  const cloth = tint === null ? fromHex("#9c1f2e") : fromHex(tint.name)
  const { height, rgb } = s.canvas
  const floorY = horizon + unit * 0.18
  for (let y = 0; y < floorY; y++) {
    for (let x = 0; x < width; x++) {
      const middle = Math.abs(x / width - 0.5) * 2
      const fold = Math.sin((x / unit) * 62 + Math.sin(y / unit + x / unit) * 0.7) * 0.5 + 0.5
      const level = (0.2 + fold * 0.5) * (0.45 + 0.6 * smoothstep(0.3, 0.9, middle)) * (0.75 + 0.25 * (y / floorY))
      const target = (y * width + x) * 3
      rgb[target] = cloth[0] * level
      rgb[target + 1] = cloth[1] * level
      rgb[target + 2] = cloth[2] * level
    }
  }
  const boards = s.scene.backdrop.material === null ? madeTextures.oak(s.grain) : null
  if (boards === null) paintGround(s, { ground: "concrete", metres: 6 }, floorY)
  else
    paintLevel(
      s.canvas,
      { ...s.light, key: [0.62, 0.5, 0.42], ambient: [0.4, 0.32, 0.3], haze: [0.1, 0.04, 0.05] },
      {
        texture: boards,
        top: floorY,
        bottom: height,
        horizon: horizon - unit * 0.1,
        metres: (5 * width) / unit,
        haze: 0.6
      }
    )
  pool(s.canvas, { x: width / 2, y: s.stage.front, width: unit * 0.62, height: unit * 0.26 }, [2.3, 2.15, 1.85], {
    top: floorY,
    bottom: height
  })
  const beam = (x: number, to: number, alpha: number): string =>
    path(
      `M${n(x - unit * 0.02)} ${n(-unit * 0.02)}L${n(to - unit * 0.3)} ${n(s.stage.front)}H${n(to + unit * 0.3)}L${n(x + unit * 0.02)} ${n(-unit * 0.02)}Z`,
      "#fff2cc",
      `opacity="${alpha}"`
    )
  s.draw(
    beam(width * 0.2, width * 0.5, 0.16) + beam(width * 0.8, width * 0.5, 0.16) + beam(width * 0.5, width * 0.5, 0.12),
    16
  )
  const swag = s.random("swag")
  let valance = ""
  for (let index = 0; index < 6; index++) {
    const x = (width * index) / 6
    const w = width / 6
    valance +=
      path(
        `M${n(x)} 0h${n(w)}v${n(unit * 0.05)}q${n(-w / 2)} ${n(unit * swag.between(0.1, 0.12))} ${n(-w)} 0Z`,
        toHex([cloth[0] * (0.52 + (index % 2) * 0.1), cloth[1] * 0.55, cloth[2] * 0.55])
      ) +
      path(
        `M${n(x)} ${n(unit * 0.05)}q${n(w / 2)} ${n(unit * 0.11)} ${n(w)} 0v${n(unit * 0.008)}q${n(-w / 2)} ${n(unit * 0.11)} ${n(-w)} 0Z`,
        "#d9b24a"
      )
  }
  s.draw(valance + rect(0, 0, width, unit * 0.012, "#d9b24a"))
  return { mirror: { gloss: 0.16, roughness: 0.6, ripple: 0 }, water: null }
}

/** A sweep of paper that turns from floor into wall without an edge, lit from one side. */
export const studio: Backdrop = (s) => {
  const { canvas, light, stage: at } = s
  const { height, side, unit, width } = at
  const { rgb } = canvas
  const random = s.random("sweep")
  const asked = s.scene.backdrop.color
  const paper =
    asked === null
      ? fromHex(random.pick(["#cfe3ea", "#f0dcc6", "#dfe6d2", "#e6d9ea", "#f3d6cf", "#d9dee6"]))
      : fromHex(asked.name)
  const base: Rgb = [
    paper[0] * mix(light.key, [1, 1, 1], 0.3)[0],
    paper[1] * mix(light.key, [1, 1, 1], 0.3)[1],
    paper[2] * mix(light.key, [1, 1, 1], 0.3)[2]
  ]
  const bend = lerp(at.back, at.front, 0.1)
  for (let y = 0; y < height; y++) {
    const floor = smoothstep(bend - unit * 0.16, bend + unit * 0.16, y)
    for (let x = 0; x < width; x++) {
      const dx = (x - width * (0.5 + side * 0.16)) / (unit * 0.85)
      const dy = (y - height * 0.36) / (unit * 0.8)
      const wall = 0.68 + 0.42 * Math.exp(-(dx * dx + dy * dy))
      const fx = (x - width * 0.5) / (unit * 0.95)
      const fy = (y - at.front) / (unit * 0.42)
      const ground = 0.88 + 0.24 * Math.exp(-(fx * fx + fy * fy))
      const level = lerp(wall, ground, floor)
      const target = (y * width + x) * 3
      rgb[target] = base[0] * level
      rgb[target + 1] = base[1] * level
      rgb[target + 2] = base[2] * level
    }
  }
  if (s.scene.backdrop.material !== null)
    paintGround(
      { ...s, light: { ...light, backlit: 0, haze: base } },
      { ground: "concrete", metres: 3 },
      at.back - unit * 0.06
    )
  return { mirror: { gloss: 0.2, roughness: 0.55, ripple: 0 }, water: null }
}
