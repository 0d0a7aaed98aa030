import type { Random } from "./Random.ts"
import type { Scenery } from "./Scenery.ts"
import { ellipse, n, path, type Point, polygon, softPolygon } from "./Vector.ts"

/** Trees, bushes and grass as SVG. All take the point where they leave the ground. */

/** A conifer: ragged tiers, the half towards the light brighter; `snow` lays white on every tier. */
export const fir = (s: Scenery, random: Random, at: Point, height: number, distance: number, snow = 0): string => {
  const side = s.stage.side
  const lit = s.tone(random.chance(0.5) ? "#3f8f5c" : "#4a9a58", distance)
  const dark = s.tone("#245a44", distance)
  const trunk = s.tone("#5a4030", distance)
  const tiers = 5
  const half = height * random.between(0.2, 0.26)
  let litPath = ""
  let darkPath = ""
  let snowPath = ""
  for (let tier = 0; tier < tiers; tier++) {
    const top = at.y - height * (1 - (tier / tiers) * 0.86)
    const bottom = at.y - height * (0.9 - ((tier + 1.25) / tiers) * 0.86) - height * 0.02
    const wide = half * ((tier + 1.1) / tiers) * random.between(0.92, 1.08)
    const left: Array<Point> = []
    const right: Array<Point> = []
    for (let tooth = 0; tooth <= 3; tooth++) {
      const t = tooth / 3
      const drop = Math.sin(t * Math.PI) * 0.02 * height
      left.push({
        x: at.x - wide * (1 - t),
        y: bottom + drop - (1 - t) * (bottom - top) * 0.1 + (tooth % 2) * height * 0.018
      })
      right.push({
        x: at.x + wide * t,
        y: bottom + drop - t * (bottom - top) * 0.1 + ((tooth + 1) % 2) * height * 0.018
      })
    }
    const peak = { x: at.x, y: top }
    darkPath += polygon([peak, ...left, ...right])
    const bright = side < 0 ? [peak, ...left] : [peak, ...right.toReversed(), { x: at.x, y: bottom }]
    litPath += polygon(bright)
    if (snow > 0) {
      const cap = wide * 0.8
      snowPath += softPolygon([
        peak,
        { x: at.x + cap * 0.7, y: top + (bottom - top) * 0.62 },
        { x: at.x + cap * 0.2, y: top + (bottom - top) * 0.5 },
        { x: at.x - cap * 0.1, y: top + (bottom - top) * 0.7 },
        { x: at.x - cap * 0.75, y: top + (bottom - top) * 0.6 }
      ])
    }
  }
  const stem = `M${n(at.x - height * 0.018)} ${n(at.y)}h${n(height * 0.036)}v${n(-height * 0.2)}h${n(-height * 0.036)}Z`
  const white = s.tone("#fafdff", distance)
  return path(stem, trunk) + path(darkPath, dark) + path(litPath, lit) + path(snowPath, white, `opacity="${snow}"`)
}

/** The colour of leaves in this season; winter leaves are snow. */
export const leafColor = (s: Scenery, random: Random): string => {
  if (isSnowy(s)) return random.pick(["#e9f1f7", "#dfeaf3", "#f4f8fb"])
  switch (s.scene.backdrop.season?.name) {
    case "autumn":
      return random.pick(["#e08a2e", "#d2572c", "#e8b13a", "#b8452f", "#c9772b"])
    case "spring":
      return random.pick(["#f4b6cd", "#8cc95a", "#f7cbd9", "#a5d46a"])
    default:
      return random.pick(["#6fae45", "#5d9c48", "#86b54a"])
  }
}

export const isSnowy = (s: Scenery): boolean =>
  s.scene.backdrop.weather.name === "snow" || s.scene.backdrop.season?.name === "winter"

/** A broad tree: a trunk that forks, and a crown of overlapping tufts in three tones. */
export const broadTree = (
  s: Scenery,
  random: Random,
  at: Point,
  height: number,
  distance: number,
  leaf = "#6fae45"
): string => {
  const side = s.stage.side
  const crown: Array<{ readonly x: number; readonly y: number; readonly r: number }> = []
  const cx = at.x
  const cy = at.y - height * 0.66
  const spread = height * random.between(0.26, 0.34)
  for (let index = 0; index < 11; index++) {
    const angle = (index / 11) * Math.PI * 2 + random.between(-0.2, 0.2)
    const far = index < 8 ? spread * random.between(0.62, 0.85) : spread * random.between(0, 0.4)
    crown.push({
      x: cx + Math.cos(angle) * far * 1.08,
      y: cy + Math.sin(angle) * far * 0.82,
      r: spread * random.between(0.36, 0.5)
    })
  }
  const dark = s.tone(shade(leaf, 0.62), distance)
  const base = s.tone(shade(leaf, 0.84), distance)
  const bright = s.tone(leaf, distance)
  const top = s.tone(shade(leaf, 1.18), distance)
  const bark = s.tone("#6d4c35", distance)
  const barkDark = s.tone("#4a3224", distance)
  const w = height * 0.05
  const trunk = `M${n(cx - w)} ${n(at.y)}Q${n(cx - w * 0.5)} ${n(at.y - height * 0.2)} ${n(cx - w * 1.6)} ${n(cy)}L${n(cx + w * 1.5)} ${n(cy)}Q${n(cx + w * 0.5)} ${n(at.y - height * 0.2)} ${n(cx + w * 1.1)} ${n(at.y)}Z`
  const shadow = `M${n(cx - side * w * 0.1)} ${n(at.y)}L${n(cx - side * w)} ${n(at.y)}Q${n(cx - side * w * 0.5)} ${n(at.y - height * 0.2)} ${n(cx - side * w * 1.5)} ${n(cy)}L${n(cx)} ${n(cy)}Z`
  const tufts = (dx: number, dy: number, grow: number, fill: string, keep: (y: number) => boolean): string =>
    crown
      .filter((tuft) => keep(tuft.y))
      .map((tuft) => ellipse(tuft.x + dx * tuft.r, tuft.y + dy * tuft.r, tuft.r * grow, tuft.r * grow * 0.94, fill))
      .join("")
  return (
    path(trunk, bark) +
    path(shadow, barkDark) +
    tufts(-side * 0.08, 0.16, 1.06, dark, () => true) +
    tufts(side * 0.06, -0.02, 0.94, base, () => true) +
    tufts(side * 0.2, -0.16, 0.7, bright, (y) => y < cy + spread * 0.45) +
    tufts(side * 0.3, -0.32, 0.4, top, (y) => y < cy + spread * 0.05)
  )
}

/** A low round bush; also the far crowns of a wood. */
export const bush = (
  s: Scenery,
  random: Random,
  at: Point,
  size: number,
  distance: number,
  leaf = "#5f9f48"
): string => {
  const side = s.stage.side
  let dark = ""
  let base = ""
  let bright = ""
  for (let index = 0; index < 5; index++) {
    const x = at.x + (index - 2) * size * 0.32 + random.between(-0.06, 0.06) * size
    const r = size * (0.5 - Math.abs(index - 2) * 0.09) * random.between(0.85, 1.1)
    const y = at.y - r * 0.62
    dark += ellipse(x, y, r, r * 0.92, s.tone(shade(leaf, 0.62), distance))
    base += ellipse(x + side * r * 0.1, y - r * 0.12, r * 0.86, r * 0.76, s.tone(shade(leaf, 0.86), distance))
    bright += ellipse(x + side * r * 0.22, y - r * 0.34, r * 0.5, r * 0.42, s.tone(shade(leaf, 1.08), distance))
  }
  return dark + base + bright
}

/** Blades in tufts over an area of ground; nearer ones are longer. Two tones in two paths, however many blades. */
export const tufts = (
  s: Scenery,
  random: Random,
  rows: { readonly top: number; readonly bottom: number },
  amount: number,
  size: number,
  tones: readonly [string, string]
): string => {
  const light: Array<string> = []
  const dark: Array<string> = []
  const width = s.stage.width
  for (let index = 0; index < amount; index++) {
    const near = Math.sqrt(random())
    const y = rows.top + (rows.bottom - rows.top) * near
    const x = random.between(-0.02, 1.02) * width
    const grow = size * (0.25 + 0.75 * near)
    const blades = random.whole(3, 6)
    for (let blade = 0; blade < blades; blade++) {
      const lean = (blade - (blades - 1) / 2) * grow * 0.22 + random.between(-0.15, 0.15) * grow
      const tall = grow * random.between(0.55, 1.1)
      const foot = x + lean * 0.4
      const wide = grow * 0.07
      const target = random.chance(0.5) ? light : dark
      target.push(
        `M${n(foot - wide)} ${n(y)}Q${n(foot + lean * 0.1)} ${n(y - tall * 0.6)} ${n(foot + lean)} ${n(y - tall)}Q${n(foot + lean * 0.3 + wide)} ${n(y - tall * 0.5)} ${n(foot + wide)} ${n(y)}Z`
      )
    }
  }
  return path(dark.join(""), s.tone(tones[1])) + path(light.join(""), s.tone(tones[0]))
}

/** Small flowers on stalks, scattered in loose groups. */
export const flowers = (
  s: Scenery,
  random: Random,
  rows: { readonly top: number; readonly bottom: number },
  amount: number,
  size: number
): string => {
  const palette = random.pick([
    ["#fff6e0", "#ffd54f", "#f48fb1"],
    ["#ef5350", "#ffca28", "#fff3e0"],
    ["#b39ddb", "#ffffff", "#ffe082"],
    ["#ff8a65", "#fff176", "#f8bbd0"]
  ])
  let stalks = ""
  let heads = ""
  for (let index = 0; index < amount; index++) {
    const near = Math.sqrt(random())
    const y = rows.top + (rows.bottom - rows.top) * near
    const x = random() * s.stage.width
    const grow = size * (0.22 + 0.78 * near)
    const color = s.tone(palette[index % palette.length] ?? "#ffffff")
    stalks += `M${n(x)} ${n(y)}q${n(grow * 0.2)} ${n(-grow * 0.6)} ${n(grow * 0.08)} ${n(-grow * 1.3)}`
    const top = y - grow * 1.3
    for (let petal = 0; petal < 5; petal++) {
      const angle = (petal / 5) * Math.PI * 2 + index
      heads += ellipse(
        x + grow * 0.08 + Math.cos(angle) * grow * 0.2,
        top + Math.sin(angle) * grow * 0.16,
        grow * 0.17,
        grow * 0.15,
        color
      )
    }
    heads += ellipse(x + grow * 0.08, top, grow * 0.12, grow * 0.1, s.tone("#f9a825"))
  }
  return path(stalks, "none", `stroke="${s.tone("#4d7c32")}" stroke-width="${n(Math.max(1, size * 0.07))}"`) + heads
}

/** Leaves that have fallen. */
export const litter = (
  s: Scenery,
  random: Random,
  rows: { readonly top: number; readonly bottom: number },
  amount: number,
  size: number
): string => {
  const tints = ["#d2572c", "#e08a2e", "#e8b13a", "#9c4a26"]
  const paths = ["", "", "", ""]
  for (let index = 0; index < amount; index++) {
    const near = Math.sqrt(random())
    const x = random() * s.stage.width
    const y = rows.top + (rows.bottom - rows.top) * near
    const grow = size * (0.2 + 0.8 * near)
    const turn = random.between(-0.8, 0.8)
    const tint = index % 4
    paths[tint] =
      `${paths[tint] ?? ""}M${n(x - grow)} ${n(y)}Q${n(x)} ${n(y - grow * (0.5 + turn))} ${n(x + grow)} ${n(y + grow * turn * 0.3)}Q${n(x)} ${n(y + grow * 0.6)} ${n(x - grow)} ${n(y)}Z`
  }
  return paths.map((d, index) => path(d, s.tone(tints[index] ?? "#d2572c"))).join("")
}

/** A palm: a bent ringed trunk and fronds that hang. */
export const palm = (s: Scenery, random: Random, at: Point, height: number, distance: number, lean: number): string => {
  const top = { x: at.x + lean * height * 0.3, y: at.y - height }
  const w = height * 0.032
  const bark = s.tone("#8a6a4a", distance)
  const trunk = `M${n(at.x - w)} ${n(at.y)}Q${n(at.x - w + lean * height * 0.02)} ${n(at.y - height * 0.5)} ${n(top.x - w * 0.6)} ${n(top.y)}L${n(top.x + w * 0.6)} ${n(top.y)}Q${n(at.x + w * 1.4 + lean * height * 0.02)} ${n(at.y - height * 0.5)} ${n(at.x + w * 1.3)} ${n(at.y)}Z`
  let fronds = ""
  for (let index = 0; index < 9; index++) {
    const angle = -Math.PI * (0.02 + (index / 8) * 0.96) + random.between(-0.1, 0.1)
    const reach = height * random.between(0.34, 0.46)
    const tip = { x: top.x + Math.cos(angle) * reach, y: top.y + Math.sin(angle) * reach * 0.6 + reach * 0.42 }
    const bend = { x: top.x + Math.cos(angle) * reach * 0.62, y: top.y + Math.sin(angle) * reach * 0.8 - reach * 0.08 }
    const leaf = `M${n(top.x)} ${n(top.y)}Q${n(bend.x)} ${n(bend.y)} ${n(tip.x)} ${n(tip.y)}Q${n(bend.x + reach * 0.05)} ${n(bend.y + reach * 0.26)} ${n(top.x)} ${n(top.y)}Z`
    fronds += path(leaf, s.tone(index % 2 === 0 ? "#3f8f4a" : "#2f7240", distance))
  }
  return path(trunk, bark) + fronds
}

/** The trunks of a wood, for when we stand in it: no crowns are seen, only stems that fade with distance. */
export const trunks = (
  s: Scenery,
  random: Random,
  base: number,
  amount: number,
  width: number,
  distance: number,
  color: string
): string => {
  const { side, width: across } = s.stage
  let bodies = ""
  let shades = ""
  for (let index = 0; index < amount; index++) {
    const x = across * ((index + random.between(0.1, 0.9)) / amount)
    const w = width * random.between(0.55, 1.2)
    const lean = random.between(-0.4, 0.4) * w
    const foot = base + random.between(-0.3, 0.5) * width
    bodies += `M${n(x - w * 0.75)} ${n(foot)}Q${n(x - w * 0.5)} ${n(foot - w)} ${n(x - w * 0.45 + lean)} ${n(-10)}H${n(x + w * 0.45 + lean)}Q${n(x + w * 0.5)} ${n(foot - w)} ${n(x + w * 0.8)} ${n(foot)}Z`
    const dark = -side * 0.5
    shades += `M${n(x + dark * w * 0.1)} ${n(foot)}L${n(x + dark * w * 0.1 + lean)} ${n(-10)}H${n(x + dark * w * 0.9 + lean)}Q${n(x + dark * w)} ${n(foot - w)} ${n(x + dark * w * 1.5)} ${n(foot)}Z`
  }
  return path(bodies, s.tone(color, distance)) + path(shades, s.tone("#1d1512", distance), 'opacity="0.3"')
}

/** A daylight colour made darker or lighter, still as hex. */
export const shade = (hex: string, by: number): string => {
  const value = Number.parseInt(hex.slice(1), 16)
  const channel = (shift: number): string =>
    Math.min(255, Math.round(((value >> shift) & 255) * by))
      .toString(16)
      .padStart(2, "0")
  return `#${channel(16)}${channel(8)}${channel(0)}`
}
