import { lerp } from "./Color.ts"
import type { Element } from "./OpenAir.ts"
import type { Random } from "./Random.ts"
import type { Scenery } from "./Scenery.ts"
import { ellipse, fade, halo, n, path, type Point, polygon } from "./Vector.ts"

/** A volcano at work: its cone under a column of smoke, and lava that flows towards us. */

export const cone: Element = (s, random) => {
  const { horizon, side, unit, width } = s.stage
  const x = width * (0.5 - side * 0.14)
  const h = unit * 0.4
  const top = horizon - h
  const foot = horizon + unit * 0.03
  const slope = (to: -1 | 1): string =>
    `Q${n(x + to * h * 0.42)} ${n(top + h * 0.52)} ${n(x + to * h * 1.35)} ${n(foot)}`
  const rock = fade(s.tone("#6d5d58", 0.42), s.tone("#5b4f4c", 0.6))
  const shade = s.tone("#2f282a", 0.4)
  return (
    halo(x, top, h * 1.1, "#ff8a3c", 0.75) +
    smoke(s, random, { x, y: top }, h) +
    rock.defs +
    path(
      `M${n(x - h * 1.35)} ${n(foot)}Q${n(x - h * 0.42)} ${n(top + h * 0.52)} ${n(x - h * 0.19)} ${n(top)}L${n(x - h * 0.08)} ${n(top + h * 0.035)}L${n(x + h * 0.07)} ${n(top + h * 0.02)}L${n(x + h * 0.19)} ${n(top)}${slope(1)}Z`,
      rock.fill
    ) +
    path(
      `M${n(x - side * h * 0.02)} ${n(top + h * 0.03)}L${n(x - side * h * 0.19)} ${n(top)}${slope(side > 0 ? -1 : 1)}H${n(x - side * h * 0.28)}Q${n(x - side * h * 0.16)} ${n(top + h * 0.5)} ${n(x - side * h * 0.02)} ${n(top + h * 0.03)}Z`,
      shade,
      'opacity="0.55"'
    ) +
    halo(x, top + h * 0.12, h * 0.4, "#ffb060", 0.6) +
    channel(random, { x: x - h * 0.04, y: top + h * 0.03 }, h * 0.62, h * 0.05, -0.08) +
    channel(random, { x: x + h * 0.08, y: top + h * 0.02 }, h * 0.4, h * 0.035, 0.3) +
    channel(random, { x: x - h * 0.12, y: top + h * 0.02 }, h * 0.3, h * 0.03, -0.34)
  )
}

/** Puffs that grow as they rise and drift away from the light, lit from below by the crater. */
const smoke = (s: Scenery, random: Random, from: Point, h: number): string => {
  const { side } = s.stage
  const ash = s.tone("#6b6166", 0.3)
  const pale = s.tone("#8d8388", 0.42)
  let svg = ""
  for (let puff = 13; puff >= 0; puff--) {
    const t = puff / 13
    const size = h * lerp(0.08, 0.34, t) * random.between(0.85, 1.2)
    const x = from.x - side * h * 0.55 * t * t + random.between(-1, 1) * h * 0.12 * (0.3 + t)
    const y = from.y - h * 0.95 * t
    svg += ellipse(x, y, size, size * 0.82, ash)
    svg += ellipse(x + side * size * 0.24, y - size * 0.24, size * 0.66, size * 0.5, pale, 'opacity="0.55"')
    if (t < 0.5)
      svg += ellipse(
        x,
        y + size * 0.42,
        size * 0.7,
        size * 0.34,
        "#ff8a3c",
        `opacity="${Math.round((0.5 - t) * 90) / 100}"`
      )
  }
  return svg
}

/** Lava that runs down from the crater, thin and winding. */
const channel = (random: Random, from: Point, long: number, wide: number, lean: number): string => {
  const steps = 7
  const middle = Array.from({ length: steps + 1 }, (_, step) => {
    const t = step / steps
    return { x: from.x + lean * long * t + random.between(-1, 1) * wide * 0.6 * t, y: from.y + long * t }
  })
  return (
    ribbon(middle, (t) => wide * (1 - t * 0.85), "#ff6a24") + ribbon(middle, (t) => wide * 0.5 * (1 - t), "#ffd36a")
  )
}

/** A band along a line of points, as wide as `width` says at each share of its length. */
const ribbon = (middle: ReadonlyArray<Point>, width: (t: number) => number, color: string, more = ""): string => {
  const last = Math.max(1, middle.length - 1)
  const edge = (to: -1 | 1): ReadonlyArray<Point> =>
    middle.map(({ x, y }, index) => ({ x: x + (to * width(index / last)) / 2, y }))
  return path(polygon([...edge(-1), ...edge(1).toReversed()]), color, more)
}

/** Streams on the plain: hair-thin at the horizon, broad at our feet. */
export const lavaStreams: Element = (s, random) => {
  const { height, horizon, unit, width } = s.stage
  const starts = Math.max(3, Math.round((3 * width) / unit))
  let svg = ""
  for (let stream = 0; stream < starts; stream++) {
    const from = width * ((stream + random.between(0.15, 0.85)) / starts)
    const drift = random.between(-0.5, 0.5)
    const [bend, phase] = [random.between(2.2, 4), random() * 6.28]
    const middle = Array.from({ length: 25 }, (_, step) => {
      const near = (step / 24) ** 1.7
      const winding = Math.sin((step / 24) * bend * 3.1 + phase) * unit * 0.075 * (0.12 + near)
      return {
        x: from + (from - width / 2) * near * 0.8 + drift * unit * 0.5 * near + winding,
        y: lerp(horizon + unit * 0.016, height + unit * 0.02, near)
      }
    })
    const wide = (most: number) => (t: number) => unit * (0.003 + most * t ** 1.7)
    svg += ribbon(middle, wide(0.085), "#ff5a1f", 'opacity="0.25"')
    svg += ribbon(middle, wide(0.055), "#3a1c14", 'opacity="0.8"')
    svg += ribbon(middle, wide(0.042), "#ff6a24")
    svg += ribbon(middle, wide(0.016), "#ffc75e")
  }
  return svg
}
