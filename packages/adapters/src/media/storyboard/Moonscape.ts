import { type Backdrop, dull } from "./Backdrop.ts"
import { lerp } from "./Color.ts"
import { stones } from "./Features.ts"
import { hills, paintGround } from "./OpenAir.ts"
import type { Scenery } from "./Scenery.ts"
import { paintSky } from "./Sky.ts"
import { glow } from "./Surface.ts"
import { ellipse, n, path } from "./Vector.ts"

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
  return { mirror: dull, water: null }
}

const planetEarth = (at: { readonly x: number; readonly y: number; readonly r: number }, side: number): string => {
  const { r, x, y } = at
  const land = (dx: number, dy: number, rx: number, ry: number): string =>
    ellipse(x + dx * r, y + dy * r, rx * r, ry * r, "#58a05a")
  return (
    `<defs><clipPath id="earth"><circle cx="${n(x)}" cy="${n(y)}" r="${n(r)}"/></clipPath><radialGradient id="ocean" cx="${side > 0 ? 0.66 : 0.34}" cy="0.34" r="0.8"><stop stop-color="#7fc4f2"/><stop offset="0.55" stop-color="#2a6fc0"/><stop offset="1" stop-color="#0b1f4c"/></radialGradient></defs>` +
    `<g clip-path="url(#earth)"><circle cx="${n(x)}" cy="${n(y)}" r="${n(r)}" fill="url(#ocean)"/><g opacity="0.85">${land(
      -0.3,
      -0.35,
      0.34,
      0.26
    )}${land(-0.12, 0.1, 0.2, 0.3)}${land(-0.2, 0.45, 0.16, 0.3)}${land(0.5, -0.3, 0.36, 0.2)}${land(
      0.48,
      0.12,
      0.22,
      0.32
    )}${land(0.72, 0.5, 0.2, 0.12)}</g>${ellipse(
      x - r * 0.2,
      y - r * 0.1,
      r * 0.62,
      r * 0.07,
      "#ffffff",
      'opacity="0.6"'
    )}${ellipse(x + r * 0.3, y + r * 0.32, r * 0.5, r * 0.06, "#ffffff", 'opacity="0.55"')}${ellipse(
      x,
      y - r * 0.62,
      r * 0.42,
      r * 0.07,
      "#ffffff",
      'opacity="0.6"'
    )}${path(
      `M${n(x - side * r)} ${n(y - r)}A${n(r * 1.05)} ${n(r * 1.2)} 0 0 ${side > 0 ? 0 : 1} ${n(x - side * r * 0.2)} ${n(y + r)}H${n(x - side * r * 1.2)}V${n(y - r)}Z`,
      "#02040c",
      'opacity="0.55"'
    )}</g>`
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
