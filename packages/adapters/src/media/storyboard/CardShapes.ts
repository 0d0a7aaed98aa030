import { fromHex, toHex } from "./Color.ts"
import type { Random } from "./Random.ts"
import { fade, n, path, rect } from "./Vector.ts"

/** The abstract compositions of the card. They fill about a square of `2 r` around `x`, `y`. */
export type Composition = (
  at: { readonly x: number; readonly y: number; readonly r: number },
  random: Random,
  inks: Inks,
  size: { readonly width: number; readonly unit: number }
) => string

export interface Inks {
  readonly ground: string
  readonly first: string
  readonly second: string
  readonly third: string
  readonly ink: string
}

/** A disc, half a disc that stands on a line, a small one above, rings where the first two meet, and a row of dots. */
const discs: Composition = ({ r, x: middle, y }, random, inks, { unit, width }) => {
  const { first, ground, ink, second, third } = inks
  const side = random.chance(0.5) ? 1 : -1
  // The half disc reaches out to one side, so the big one gives way to the other.
  const x = middle - side * r * 0.45
  const big = fade(first, toHex(darker(first)))
  const small = fade(third, toHex(darker(third)))
  const halfDisc = `M${n(x + side * r * 0.2)} ${n(y + r * 0.95)}a${n(r * 0.82)} ${n(r * 0.82)} 0 0 ${side > 0 ? 1 : 0} ${n(side * r * 1.64)} 0Z`
  const rings = [0, 1, 2, 3].map((ring) =>
    circle(
      x + side * r * 0.52,
      y - r * 0.1,
      r * (0.42 + ring * 0.13),
      `fill="none" stroke="${ground}" stroke-width="${n(unit * 0.0035)}" opacity="0.7"`
    )
  )
  const dots = [0, 1, 2, 3, 4].map((dot) =>
    circle(x - side * r * (1.5 - dot * 0.16), y + r * 0.62, unit * 0.007, `fill="${ink}"`)
  )
  const base = `M${n(width * 0.16)} ${n(y + r * 0.95)}H${n(width * 0.84)}`
  return [
    big.defs,
    small.defs,
    circle(x, y, r, `fill="${big.fill}"`),
    path(halfDisc, second, 'opacity="0.94"'),
    circle(x - side * r * 0.86, y - r * 0.62, r * 0.34, `fill="${small.fill}"`),
    ...rings,
    path(base, "none", `stroke="${ink}" stroke-width="${n(unit * 0.004)}"`),
    ...dots
  ].join("")
}

/** A field of tiles, each a quarter disc, half a disc, a disc or a square. */
const tiles: Composition = ({ r, x, y }, random, { first, ink, second, third }) => {
  const columns = 4
  const step = (r * 2.1) / 3
  const left = x - (step * columns) / 2
  const top = y - step * 1.55
  let svg = ""
  for (let row = 0; row < 3; row++) {
    for (let column = 0; column < columns; column++) {
      const [px, py] = [left + column * step, top + row * step]
      const color = random.pick([first, second, third, first, ink])
      const turn = random.whole(0, 3) * 90
      const about = `transform="rotate(${turn} ${n(px + step / 2)} ${n(py + step / 2)})"`
      const kind = random.whole(0, 4)
      if (kind === 0) svg += rect(px, py, step * 0.98, step * 0.98, color)
      else if (kind === 1) svg += circle(px + step / 2, py + step / 2, step * 0.44, `fill="${color}"`)
      else if (kind === 2)
        svg += path(`M${n(px)} ${n(py)}h${n(step)}a${n(step / 2)} ${n(step / 2)} 0 0 1 ${n(-step)} 0Z`, color, about)
      else
        svg += path(`M${n(px)} ${n(py)}h${n(step)}a${n(step)} ${n(step)} 0 0 1 ${n(-step)} ${n(step)}Z`, color, about)
    }
  }
  return svg
}

/** Arches within each other, two small ones beside them, and a disc that has come to rest. */
const arches: Composition = (
  { r: room, x: middle, y },
  random,
  { first, ground, ink, second, third },
  { unit, width }
) => {
  const side = random.chance(0.5) ? 1 : -1
  const foot = y + room * 0.95
  const r = room * 0.88
  const x = middle - side * r * 0.1
  const arch = (cx: number, radius: number, color: string): string =>
    path(
      `M${n(cx - radius)} ${n(foot)}V${n(foot - radius * 0.5)}a${n(radius)} ${n(radius)} 0 0 1 ${n(radius * 2)} 0V${n(foot)}Z`,
      color
    )
  const nested = [first, ground, second, ground, third].map((color, ring) => arch(x, r * (1.2 - ring * 0.22), color))
  const beside = x + side * r * 1.62
  return [
    ...nested,
    arch(beside, r * 0.34, ink),
    arch(beside, r * 0.2, ground),
    circle(x - side * r * 1.5, foot - r * 0.26, r * 0.26, `fill="${second}"`),
    path(
      `M${n(width * 0.16)} ${n(foot)}H${n(width * 0.84)}`,
      "none",
      `stroke="${ink}" stroke-width="${n(unit * 0.004)}"`
    )
  ].join("")
}

export const compositions: readonly [Composition, ...ReadonlyArray<Composition>] = [discs, tiles, arches]

export const darker = (hex: string): readonly [number, number, number] => {
  const [red, green, blue] = fromHex(hex)
  return [red * 0.86, green * 0.85, blue * 0.87]
}

const circle = (cx: number, cy: number, radius: number, more: string): string =>
  `<circle cx="${n(cx)}" cy="${n(cy)}" r="${n(radius)}" ${more}/>`
