import { clamp, lerp, mix, smoothstep, toHex } from "./Color.ts"
import { noiseField } from "./Noise.ts"
import { resize } from "./Raster.ts"
import type { Scenery } from "./Scenery.ts"
import { glow } from "./Surface.ts"
import { n, path } from "./Vector.ts"

/** Weather outdoors. What falls behind the things is painted with the backdrop, what falls before them at the end. */

export const weatherBehind = (s: Scenery): void => {
  switch (s.scene.backdrop.weather.name) {
    case "storm":
      lightning(s)
      rain(s, 0.5)
      return
    case "rain":
      rain(s, 0.5)
      return
    case "snow":
      snow(s, 0.55)
      return
    case "fog":
      fog(s, 0.75, 0)
      break
    default:
  }
}

export const weatherBefore = (s: Scenery): void => {
  switch (s.scene.backdrop.weather.name) {
    case "storm":
    case "rain":
      rain(s, 1)
      splashes(s)
      fog(s, 0.2, s.stage.height * 0.8)
      return
    case "snow":
      snow(s, 1)
      return
    case "fog":
      fog(s, 0.42, s.stage.height * 0.25)
      return
    case "wind":
      gusts(s)
      break
    default:
  }
}

/** Slanted streaks in two depths; a path each, however many drops. */
const rain = (s: Scenery, near: number): void => {
  const { height, side, unit, width } = s.stage
  const random = s.random(`rain ${near}`)
  const storm = s.scene.backdrop.weather.name === "storm"
  const lean = -side * (storm ? 0.42 : 0.16)
  const amount = Math.round(((width * height) / unit / unit) * (storm ? 420 : 300))
  let thin = ""
  let thick = ""
  for (let index = 0; index < amount; index++) {
    const length = unit * random.between(0.018, 0.05) * (0.6 + near)
    const x = random.between(-0.1, 1.1) * width
    const y = random.between(-0.05, 1) * height
    const drop = `M${n(x)} ${n(y)}l${n(lean * length)} ${n(length)}`
    if (index % 6 === 0) thick += drop
    else thin += drop
  }
  const color = toHex(mix(s.light.haze, [1, 1, 1], 0.6))
  s.draw(
    path(
      thin,
      "none",
      `stroke="${color}" stroke-width="${n(Math.max(0.7, unit * 0.0013 * near))}" opacity="${0.3 + 0.16 * near}" stroke-linecap="round"`
    ) +
      path(
        thick,
        "none",
        `stroke="${color}" stroke-width="${n(Math.max(0.9, unit * 0.0023 * near))}" opacity="${0.28 + 0.2 * near}" stroke-linecap="round"`
      )
  )
}

/** Small crowns where drops hit the ground. */
const splashes = (s: Scenery): void => {
  const { height, horizon, kind, unit, width } = s.stage
  if (kind === "free") return
  const random = s.random("splashes")
  const color = toHex(mix(s.light.haze, [1, 1, 1], 0.55))
  let rings = ""
  for (let index = 0; index < Math.round((90 * width) / unit); index++) {
    const near = random()
    const y = lerp(horizon + unit * 0.05, height, near)
    const r = unit * lerp(0.003, 0.012, near)
    const x = random() * width
    rings += `M${n(x - r)} ${n(y)}a${n(r)} ${n(r * 0.3)} 0 1 0 ${n(r * 2)} 0a${n(r)} ${n(r * 0.3)} 0 1 0 ${n(-r * 2)} 0`
  }
  s.draw(path(rings, "none", `stroke="${color}" stroke-width="${n(unit * 0.0012)}" opacity="0.4"`))
}

/** Flakes in three sizes; the nearest are large and out of focus. */
const snow = (s: Scenery, near: number): void => {
  const { height, unit, width } = s.stage
  const random = s.random(`snow ${near}`)
  const area = (width * height) / unit / unit
  const flakes = (amount: number, size: number): string => {
    let d = ""
    for (let index = 0; index < Math.round(amount * area); index++) {
      const r = unit * size * random.between(0.6, 1.3)
      d += `M${n(random() * width - r)} ${n(random() * height)}a${n(r)} ${n(r)} 0 1 0 ${n(r * 2)} 0a${n(r)} ${n(r)} 0 1 0 ${n(-r * 2)} 0`
    }
    return d
  }
  const white = toHex(mix(s.light.cloudLit, [1, 1, 1], 0.75))
  s.draw(path(flakes(near < 1 ? 330 : 130, near < 1 ? 0.0021 : 0.0036), white, 'opacity="0.9"'))
  if (near < 1) return
  s.draw(path(flakes(26, 0.0085), white, 'opacity="0.72"'), 2.4)
  s.draw(path(flakes(6, 0.018), white, 'opacity="0.45"'), 7)
}

/** Banks of mist, thickest at the horizon and towards the ground. */
const fog = (s: Scenery, strength: number, from: number): void => {
  const { height, horizon, kind, unit, width } = s.stage
  const { rgb } = s.canvas
  const w = Math.ceil(width / 8)
  const h = Math.ceil(height / 8)
  const field = noiseField(w, h, {
    seed: s.scene.seed,
    label: `fog ${strength}`,
    cellWidth: unit / 18,
    cellHeight: unit / 60,
    octaves: 4
  })
  const full = resize(field.values, w, h, 1, width, height)
  const haze = mix(s.light.haze, s.light.sky[2], 0.3)
  const centre = kind === "free" ? height * 0.6 : horizon
  for (let y = Math.floor(from); y < height; y++) {
    const band = Math.exp(-(((y - centre) / (unit * 0.3)) ** 2))
    const low = from > 0 ? smoothstep(from, height, y) * 0.75 : 0
    // Mist before the things begins softly, or its upper edge would be a line across the sky.
    const begin = from > 0 ? smoothstep(from, from + height * 0.3, y) : 1
    const amount = strength * begin * Math.max(band, low, kind === "free" ? 0.4 : 0.22)
    for (let x = 0, at = y * width; x < width; x++, at++) {
      const cover = clamp(amount * (0.45 + (full[at] ?? 0.5) * 1.1))
      const target = at * 3
      rgb[target] = lerp(rgb[target] ?? 0, haze[0], cover)
      rgb[target + 1] = lerp(rgb[target + 1] ?? 0, haze[1], cover)
      rgb[target + 2] = lerp(rgb[target + 2] ?? 0, haze[2], cover)
    }
  }
}

/** A forked bolt from the cloud to the horizon, with the sky alight around it. */
const lightning = (s: Scenery): void => {
  const { horizon, side, unit, width } = s.stage
  const random = s.random("lightning")
  const x = width * (0.5 + side * 0.26)
  glow(s.canvas, { x, y: horizon * 0.34, width: unit * 0.6, height: unit * 0.5 }, [0.66, 0.7, 0.95], 0.75)
  const bolt = (fromX: number, fromY: number, toY: number, spread: number): string => {
    let px = fromX
    let d = `M${n(px)} ${n(fromY)}`
    const steps = 9
    for (let step = 1; step <= steps; step++) {
      px += random.between(-1, 1) * spread
      d += `L${n(px)} ${n(fromY + ((toY - fromY) * step) / steps)}`
    }
    return d
  }
  const main = bolt(x, -4, horizon, unit * 0.035)
  const fork = bolt(x + unit * 0.01, horizon * 0.36, horizon * 0.8, unit * 0.04)
  const stroke = (width2: number, opacity: number, color: string): string =>
    path(
      main + fork,
      "none",
      `stroke="${color}" stroke-width="${n(unit * width2)}" stroke-linejoin="round" opacity="${opacity}"`
    )
  s.draw(stroke(0.02, 0.35, "#b9c4ff"), 9)
  s.draw(stroke(0.0055, 1, "#ffffff") + stroke(0.009, 0.35, "#cdd6ff"))
}

/** Leaves in the air and a few long strokes of wind. */
const gusts = (s: Scenery): void => {
  const { height, side, unit, width } = s.stage
  const random = s.random("gusts")
  let leaves = ""
  let strokes = ""
  for (let index = 0; index < Math.round((34 * width) / unit); index++) {
    const x = random() * width
    const y = random() * height * 0.92
    const size = unit * random.between(0.008, 0.02)
    const turn = random.whole(0, 180)
    const color = s.tone(random.pick(["#8cb34a", "#d9a03a", "#c96a3a", "#a9c25a"]))
    leaves += path(
      `M${n(x - size)} ${n(y)}Q${n(x)} ${n(y - size * 0.8)} ${n(x + size)} ${n(y)}Q${n(x)} ${n(y + size * 0.7)} ${n(x - size)} ${n(y)}Z`,
      color,
      `transform="rotate(${turn} ${n(x)} ${n(y)})"`
    )
  }
  for (let index = 0; index < 9; index++) {
    const x = random() * width
    const y = random.between(0.06, 0.72) * height
    const long = unit * random.between(0.14, 0.3) * -side
    strokes += `M${n(x)} ${n(y)}q${n(long * 0.5)} ${n(-unit * 0.024)} ${n(long)} 0q${n(long * 0.16)} ${n(unit * 0.018)} ${n(long * 0.02)} ${n(unit * 0.03)}`
  }
  s.draw(
    path(strokes, "none", `stroke="#ffffff" stroke-width="${n(unit * 0.0035)}" stroke-linecap="round" opacity="0.5"`) +
      leaves
  )
}
