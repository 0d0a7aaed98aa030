import { type Backdrop, dull } from "./Backdrop.ts"
import { lerp } from "./Color.ts"
import { growth, hills, mountains, paintGround, trees } from "./OpenAir.ts"
import { bush, isSnowy, palm } from "./Plants.ts"
import type { Scenery } from "./Scenery.ts"
import { paintSky } from "./Sky.ts"
import { ellipse, rect } from "./Vector.ts"
import { paintShoreline, paintWater } from "./Water.ts"

/** Places at the water: the open sea, a beach, a lake. */

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
  return { mirror: dull, water: { top: horizon, bottom: line } }
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
  return { mirror: dull, water: { top: horizon, bottom: line } }
}
