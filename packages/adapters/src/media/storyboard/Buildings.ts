import type { Random } from "./Random.ts"
import type { Scenery } from "./Scenery.ts"
import { fade, halo, line, n, path, rect } from "./Vector.ts"

/** Towns as SVG. Windows light up as the hour asks. */

export interface Skyline {
  readonly base: number
  /** Height of the tallest house, in pixels. */
  readonly height: number
  readonly distance: number
  readonly color: string
  /** Leaves the middle low, so that whoever stands there is seen against the sky. */
  readonly open: boolean
}

/** A row of towers, each with its own roof and its own pattern of lit windows. */
export const skylineOf = (s: Scenery, random: Random, town: Skyline): string => {
  const { unit, width } = s.stage
  let svg = ""
  let x = -unit * 0.02
  while (x < width) {
    const wide = unit * random.between(0.055, 0.12) * (1.35 - town.distance * 0.5)
    const middle = 1 - Math.min(1, Math.abs((x + wide / 2) / width - 0.5) * 2.4)
    const tall = town.height * random.between(0.42, 1) * (town.open ? 1 - middle * 0.62 : 1)
    svg += tower(s, random, x, town.base - tall, wide, tall + unit * 0.02, town)
    x += wide * random.between(0.92, 1.06)
  }
  return svg
}

const tower = (
  s: Scenery,
  random: Random,
  x: number,
  y: number,
  width: number,
  height: number,
  town: Skyline
): string => {
  const { distance } = town
  const { side, unit } = s.stage
  const body = fade(s.tone(town.color, distance), s.tone(town.color, Math.min(1, distance + 0.22)))
  const dark = s.tone("#26323f", distance)
  const shadeX = side > 0 ? x : x + width * 0.62
  let svg =
    body.defs + rect(x, y, width, height, body.fill) + rect(shadeX, y, width * 0.38, height, dark, 'opacity="0.2"')
  const roof = random.whole(0, 4)
  if (roof === 0) svg += rect(x + width * 0.3, y - unit * 0.018, width * 0.4, unit * 0.02, body.fill)
  if (roof === 1) svg += line(x + width / 2, y, x + width / 2, y - unit * 0.05, dark, unit * 0.004)
  if (roof === 2)
    svg += path(`M${n(x)} ${n(y)}L${n(x + width / 2)} ${n(y - width * 0.45)}L${n(x + width)} ${n(y)}Z`, body.fill)
  if (roof === 3)
    svg +=
      rect(x + width * 0.12, y - unit * 0.03, width * 0.76, unit * 0.032, body.fill) +
      rect(x + width * 0.28, y - unit * 0.055, width * 0.44, unit * 0.03, body.fill)
  return svg + windows(s, random, { x, y, width, height }, distance)
}

/** All windows of a house in four paths: dark, and three tints of light. */
const windows = (
  s: Scenery,
  random: Random,
  wall: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
  distance: number
): string => {
  const { unit } = s.stage
  const cell = unit * 0.019 * (1.35 - distance * 0.55)
  const columns = Math.max(2, Math.floor((wall.width * 0.84) / cell))
  const rows = Math.min(60, Math.floor((wall.height - unit * 0.02) / (cell * 1.35)))
  const gap = (wall.width - columns * cell) / 2
  const panes: [string, string, string, string] = ["", "", "", ""]
  const lit = 0.18 + 0.42 * s.light.lamps
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const tint = random() < lit ? random.whole(1, 3) : 0
      const px = wall.x + gap + column * cell + cell * 0.2
      const py = wall.y + cell * 0.7 + row * cell * 1.35
      panes[tint] = `${panes[tint] ?? ""}M${n(px)} ${n(py)}h${n(cell * 0.58)}v${n(cell * 0.8)}h${n(-cell * 0.58)}Z`
    }
  }
  const glass = s.tone("#9dbad2", distance)
  return (
    path(panes[0], glass, 'opacity="0.4"') +
    path(panes[1], s.lamp("#9dbad2", "#ffdf8e", distance)) +
    path(panes[2], s.lamp("#a9c4d8", "#ffc766", distance)) +
    path(panes[3], s.lamp("#8fb0ca", "#d3ecff", distance))
  )
}

const facadeColors = ["#c8674f", "#d9a066", "#7f9cb0", "#b8aa8c", "#8fae8b", "#c98b9b", "#e0c58a", "#9a86a8"] as const
const awningColors = ["#d2463c", "#2f7f6f", "#e0a030", "#3a6fb0", "#8a4f9e"] as const

/** Houses seen from across the road, each with a shop or a door below and windows above. */
export const rowHouses = (s: Scenery, random: Random, base: number, top: number): string => {
  const { unit, width } = s.stage
  let svg = ""
  let x = -unit * random.between(0.02, 0.1)
  let before = -1
  while (x < width) {
    const wide = unit * random.between(0.24, 0.34)
    let pick = random.whole(0, facadeColors.length - 1)
    if (pick === before) pick = (pick + 1) % facadeColors.length
    before = pick
    const roofY = top + unit * random.between(0, 0.13)
    svg += facade(s, random, x, roofY, wide, base - roofY, facadeColors[pick] ?? facadeColors[0])
    x += wide
  }
  return svg
}

const facade = (
  s: Scenery,
  random: Random,
  x: number,
  y: number,
  width: number,
  height: number,
  color: string
): string => {
  const { side, unit } = s.stage
  const distance = 0.1
  const body = fade(s.tone(color, distance), s.tone(color, 0.03))
  const trim = s.tone("#f3ece0", distance)
  const shadow = s.tone("#2c2830", distance)
  let svg = body.defs + rect(x, y, width, height, body.fill)
  svg +=
    rect(x - unit * 0.006, y - unit * 0.012, width + unit * 0.012, unit * 0.024, trim) +
    rect(x, y + unit * 0.012, width, unit * 0.012, shadow, 'opacity="0.25"')
  const shopTop = y + height - unit * 0.2
  const floors = Math.max(1, Math.floor((shopTop - y - unit * 0.05) / (unit * 0.15)))
  const columns = width > unit * 0.28 ? 3 : 2
  for (let floor = 0; floor < floors; floor++) {
    for (let column = 0; column < columns; column++) {
      const w = (width / columns) * 0.5
      const h = unit * 0.095
      const wx = x + (width / columns) * (column + 0.25)
      const wy = y + unit * 0.05 + floor * unit * 0.15
      const lit = random.chance(0.55)
      svg +=
        rect(wx - unit * 0.006, wy - unit * 0.006, w + unit * 0.012, h + unit * 0.012, trim) +
        rect(wx, wy, w, h, lit ? s.lamp("#8fb6d0", "#ffd98a", distance) : s.tone("#7fa3bd", distance)) +
        path(
          `M${n(wx)} ${n(wy + h)}L${n(wx + w * 0.7)} ${n(wy)}H${n(wx + w)}L${n(wx + w * 0.3)} ${n(wy + h)}Z`,
          "#ffffff",
          'opacity="0.13"'
        ) +
        rect(wx + w / 2 - unit * 0.002, wy, unit * 0.004, h, trim) +
        rect(wx, wy + h * 0.45, w, unit * 0.004, trim) +
        rect(wx - unit * 0.01, wy + h + unit * 0.006, w + unit * 0.02, unit * 0.01, s.tone("#d8cfc0", distance))
    }
  }
  svg += shop(s, random, x, shopTop, width, unit * 0.2)
  return svg + rect(side > 0 ? x : x + width - unit * 0.01, y, unit * 0.01, height, shadow, 'opacity="0.3"')
}

const shop = (s: Scenery, random: Random, x: number, y: number, width: number, height: number): string => {
  const { unit } = s.stage
  const frame = s.tone(random.pick(["#3b4a52", "#5a3a2a", "#2f4f46", "#53364a"]), 0.05)
  const doorLeft = random.chance(0.5)
  const doorX = doorLeft ? x + width * 0.08 : x + width * 0.7
  const windowX = doorLeft ? x + width * 0.34 : x + width * 0.08
  const glass = s.lamp("#86a8bb", "#ffe2a0", 0.05)
  let svg = rect(x + width * 0.03, y, width * 0.94, height, frame)
  svg +=
    rect(windowX, y + height * 0.3, width * 0.56, height * 0.5, glass) +
    rect(doorX, y + height * 0.28, width * 0.2, height * 0.72, s.tone("#6b4632", 0.03))
  svg += rect(doorX + width * 0.035, y + height * 0.36, width * 0.13, height * 0.3, glass)
  svg += path(
    `M${n(windowX)} ${n(y + height * 0.8)}l${n(width * 0.2)} ${n(-height * 0.5)}h${n(width * 0.09)}l${n(-width * 0.2)} ${n(height * 0.5)}Z`,
    "#ffffff",
    'opacity="0.14"'
  )
  const color = random.pick(awningColors)
  const stripes = 8
  for (let stripe = 0; stripe < stripes; stripe++) {
    const sx = x + width * 0.04 + (width * 0.92 * stripe) / stripes
    const w = (width * 0.92) / stripes
    const fill = s.tone(stripe % 2 === 0 ? color : "#f6efe4", 0.03)
    svg += path(
      `M${n(sx + w * 0.04)} ${n(y)}h${n(w)}l${n(-w * 0.06)} ${n(height * 0.22)}q${n(-w * 0.5)} ${n(height * 0.1)} ${n(-w)} 0Z`,
      fill
    )
  }
  return svg + rect(x + width * 0.03, y - unit * 0.008, width * 0.94, unit * 0.012, s.tone("#efe7da", 0.05))
}

/** Wooden pales with pointed tops. */
export const picketFence = (s: Scenery, y: number, height: number, distance: number): string => {
  const { unit, width } = s.stage
  const white = s.tone("#f4efe6", distance)
  const shade = s.tone("#c9c2b8", distance)
  const step = unit * 0.042
  let pales = ""
  let edges = ""
  for (let x = -step; x < width + step; x += step) {
    const w = step * 0.58
    pales += `M${n(x)} ${n(y)}v${n(-height * 0.82)}l${n(w / 2)} ${n(-height * 0.18)}l${n(w / 2)} ${n(height * 0.18)}v${n(height * 0.82)}Z`
    edges += `M${n(x + w * 0.72)} ${n(y)}v${n(-height * 0.82)}l${n(w * 0.28)} 0v${n(height * 0.82)}Z`
  }
  return (
    rect(0, y - height * 0.7, width, height * 0.09, shade) +
    rect(0, y - height * 0.3, width, height * 0.09, shade) +
    path(pales, white) +
    path(edges, shade)
  )
}

/** A lamp post with its light, for streets and parks. */
export const lampPost = (s: Scenery, x: number, base: number, height: number): string => {
  const iron = s.tone("#2f3a44", 0.05)
  const w = height * 0.022
  const top = base - height
  const glow = s.light.lamps > 0.2 ? halo(x, top + height * 0.06, height * 0.42, "#ffe3a0", 0.85 * s.light.lamps) : ""
  return (
    glow +
    rect(x - w / 2, top + height * 0.1, w, height * 0.9, iron) +
    rect(x - w * 1.6, base - height * 0.04, w * 3.2, height * 0.04, iron) +
    path(
      `M${n(x - w * 2)} ${n(top)}h${n(w * 4)}l${n(-w * 0.8)} ${n(height * 0.1)}h${n(-w * 2.4)}Z`,
      s.lamp("#dfe7e6", "#fff1c4")
    ) +
    path(`M${n(x - w * 2.6)} ${n(top)}q${n(w * 2.6)} ${n(-height * 0.08)} ${n(w * 5.2)} 0Z`, iron)
  )
}
