import { clamp, lerp } from "./Color.ts"
import { centreOut, lead, type Placement, place, sizeFactors } from "./Placement.ts"
import type { Random } from "./Random.ts"
import type { Footing } from "./Scene.ts"
import type { Stage } from "./Stage.ts"
import type { Troupe } from "./Troupe.ts"

interface Row {
  readonly y: number
  /** How large things look there beside those in front. */
  readonly scale: number
  readonly troupes: ReadonlyArray<Troupe>
}

/** What stands or swims: in one row while that leaves each thing large enough, else behind each other. */
export const inRows = (
  troupes: ReadonlyArray<Troupe>,
  stage: Stage,
  lines: Lines,
  random: Random,
  footing: Footing,
  crowdedSky: boolean
): ReadonlyArray<Placement> => {
  const { height, width } = stage
  // The largest stand at the back, but the first thing of the prompt stays in front, unless it would hide the others.
  const [hero, ...others] = troupes
  if (hero === undefined) return []
  const hides = others.length > 2 && hero.height > 1.5 * Math.min(...others.map((troupe) => troupe.height))
  const sorted = hides ? troupes.toSorted(bySize) : [hero, ...others.toSorted(bySize)]
  const rows = makeRows(sorted, stage, lines)
  const alone = troupes.length === 1
  const gap = alone ? 0 : rows.length > 1 ? 0.05 : Math.min(0.07, 0.3 / (troupes.length - 1))
  // One thing alone may fill a narrow picture; a wide one has room beside it anyway.
  const usable = width * (alone ? lerp(0.64, 0.84, clamp((height / width - 1) * 1.4)) : 0.88)
  const ceiling = height * (crowdedSky ? 0.34 : 0.09)
  let scale = lines.most ?? Number.POSITIVE_INFINITY
  for (const row of rows) {
    const wide = usable * (1 - gap * (row.troupes.length - 1))
    scale = Math.min(
      scale,
      wide / (total(row.troupes) * row.scale),
      (row.y - ceiling) / (tallest(row.troupes) * row.scale)
    )
  }
  const towering = troupes.some((troupe) => troupe.towering)
  const limit = towering ? 0.74 : alone ? 0.54 : 0.5
  scale = Math.min(scale, (height * limit) / tallest(rows[0]?.troupes ?? []))
  if (alone)
    scale *=
      clamp(sizeFactors[lead(hero)?.subject.size.name ?? "normal"] ** 0.75, 0.4, 1.3) * random.between(0.93, 1.03)
  const lift = rows.length > 1 && lines.lift === undefined ? 0 : liftOf(height, tallest(troupes) * scale, lines)
  const fill = (size: number): ReadonlyArray<Placement> => {
    let before: ReadonlyArray<number> = []
    return rows.flatMap((row, index) => {
      const even = [rows[index - 1], rows[index + 1]].some((next) => next?.troupes.length === row.troupes.length)
      const single = rows.length === 1
      const options = { gap: gap * width, alone, single, before, aside: even ? (index % 2) * 2 - 1 : 0 }
      const centres = centresOf(row, size * row.scale, options, stage, random)
      before = centres
      return fillRow({ ...row, y: row.y - lift }, centres, size * row.scale, stage, random, footing)
    })
  }
  // Whoever stands behind others must be seen: they all become smaller until that is so.
  let placed = fill(scale)
  for (let attempt = 0; attempt < 9 && rows.length > 1 && leastSeen(placed) < 0.5; attempt++) {
    scale *= 0.9
    placed = fill(scale)
  }
  return placed
}

const bySize = (a: Troupe, b: Troupe): number => a.height - b.height

const covers = (at: Placement, x: number, y: number): boolean =>
  Math.abs(x - at.x) < at.width * 0.42 && y < at.y && y > at.y - at.height * 0.92

/** How much of the one that is covered most can be seen, 0..1. Things fill most of their boxes. */
const leastSeen = (placed: ReadonlyArray<Placement>): number => {
  const nearer = placed.toSorted((a, b) => a.groundY - b.groundY)
  const samples = [0.1, 0.3, 0.5, 0.7, 0.9]
  return Math.min(
    ...nearer.map((at, index) => {
      // Those of its own group hold it or are held by it.
      const front = nearer.slice(index + 1).filter((other) => other.groundY - at.groundY > 1)
      const hidden = samples.flatMap((across) =>
        samples.filter((up) =>
          front.some((other) => covers(other, at.x + (across - 0.5) * at.width * 0.84, at.y - up * at.height * 0.92))
        )
      )
      return 1 - hidden.length / samples.length ** 2
    })
  )
}

/** Between which rows things stand. */
interface Lines {
  readonly front: number
  readonly back: number
  /** How readily low things stand farther off. */
  readonly lift?: number
  /** Things at the back look at least this large beside those in front. */
  readonly least?: number
  /** How many pixels a unit of height may take. */
  readonly most?: number
}

const total = (troupes: ReadonlyArray<Troupe>): number => troupes.reduce((sum, troupe) => sum + troupe.width, 0)

const tallest = (troupes: ReadonlyArray<Troupe>): number => Math.max(...troupes.map((troupe) => troupe.height))

/** Low things stand a little farther off, or the picture would be empty above them. */
const liftOf = (height: number, high: number, { back, front, lift = 0.4 }: Lines): number =>
  Math.min(Math.max(0, height * 0.36 - high) * lift, (front - back) * 0.6)

/** In one row things must not become smaller, on average, than this share of the height of the picture. */
const smallestOf = (amount: number): number => (amount <= 3 ? 0 : amount === 4 ? 0.13 : 0.2)

const makeRows = (sorted: ReadonlyArray<Troupe>, stage: Stage, lines: Lines): ReadonlyArray<Row> => {
  const { height, horizon, width } = stage
  const mean = sorted.reduce((sum, troupe) => sum + troupe.height, 0) / sorted.length
  const inOne = ((width * 0.7) / total(sorted)) * (mean / height)
  const counts = inOne >= smallestOf(sorted.length) ? [sorted.length] : rowsFor(sorted.length, width / height)
  const deep = lines.front - horizon
  let taken = 0
  return counts.map((count, index): Row => {
    const t = counts.length === 1 ? 0 : index / (counts.length - 1)
    // Several rows need all the depth there is, up to where the ground meets what is behind it.
    const farthest = Math.max(lines.back, horizon + deep * lerp(0.62, 0.5, (counts.length - 2) / 2))
    const y = lerp(lines.front, stage.kind === "top" ? lerp(lines.front, lines.back, 0.8) : farthest, t)
    const troupes = centreOut(sorted.slice(taken, taken + count))
    taken += count
    return { y, scale: Math.max(lines.least ?? 0.35, (y - horizon) / Math.max(1, deep)), troupes }
  })
}

/** How many stand in each of several rows, from front to back. Neighbours differ by one where that is possible. */
const rowsFor = (amount: number, wide: number): ReadonlyArray<number> => {
  const perRow = Math.max(3, Math.round(wide * 3.4))
  const rows = amount <= perRow * 2.4 ? 2 : amount <= perRow * 4 ? 3 : 4
  const counts = Array.from({ length: rows }, (_, row) => Math.floor(amount / rows) + (row < amount % rows ? 1 : 0))
  // Three, two, three: every second row stands in the gaps of its neighbours.
  if (rows === 3 && amount % 3 === 2) return [counts[0] ?? 1, counts[2] ?? 1, counts[1] ?? 1]
  return counts
}

/** The middles of the groups of a row. */
const centresOf = (
  row: Row,
  scale: number,
  options: {
    readonly gap: number
    readonly alone: boolean
    readonly single: boolean
    /** The middles of the row in front. */
    readonly before: ReadonlyArray<number>
    /** To which side it moves by a quarter of a place: rows of as many would stand behind each other. */
    readonly aside: number
  },
  stage: Stage,
  random: Random
): ReadonlyArray<number> => {
  const { alone, before, gap, single } = options
  const widths = row.troupes.map((troupe) => troupe.width * scale)
  const many = widths.length
  const filled = total(row.troupes) * scale
  const slack = Math.max(0, stage.width * 0.9 - filled)
  const between = single ? null : inTheGaps(before, widths, stage.width)
  if (between !== null) return between
  // A single row keeps together; rows behind each other spread out and are set off by half a place.
  const space = many < 2 ? 0 : single ? Math.min(gap, slack / (many - 1)) : slack / many
  const spare = slack - space * (many - 1)
  const quarter = Math.min(spare / 2, (filled / many + space) * 0.25)
  const shift = alone
    ? stage.side * random.between(-0.05, 0.01) * stage.width
    : single
      ? random.between(-0.1, 0.1) * spare
      : options.aside * quarter
  let left = stage.width / 2 - (filled + space * (many - 1)) / 2 + shift
  return widths.map((wide) => {
    const centre = left + wide / 2
    left += wide + space
    return centre
  })
}

/** Where the row in front leaves gaps, if there is one gap for each; null if they do not fit there. */
const inTheGaps = (
  before: ReadonlyArray<number>,
  widths: ReadonlyArray<number>,
  width: number
): ReadonlyArray<number> | null => {
  const step = before.length < 2 ? 0 : ((before.at(-1) ?? 0) - (before[0] ?? 0)) / (before.length - 1)
  if (step === 0 || Math.abs(widths.length - before.length) !== 1) return null
  const first = (before[0] ?? 0) + (widths.length < before.length ? step / 2 : -step / 2)
  const centres = widths.map((_, index) => first + index * step)
  const fits = centres.every((centre, index) => {
    const half = (widths[index] ?? 0) / 2
    const next = centres[index + 1]
    const apart = next === undefined || next - centre >= (half + (widths[index + 1] ?? 0) / 2) * 0.98
    return apart && centre - half >= 0 && centre + half <= width
  })
  return fits ? centres : null
}

const fillRow = (
  row: Row,
  centres: ReadonlyArray<number>,
  scale: number,
  stage: Stage,
  random: Random,
  footing: Footing
): ReadonlyArray<Placement> =>
  row.troupes.flatMap((troupe, index) => {
    // Not on one string: neighbours stand a little nearer and farther in turn.
    const depth =
      row.troupes.length > 1
        ? ((index % 2) * 2 - 1) * 0.012 * stage.height + random.between(-0.006, 0.006) * stage.height
        : 0
    const x = (centres[index] ?? stage.width / 2) - (troupe.left + troupe.width / 2) * scale
    return place(troupe, x, row.y + depth, scale, footing, row.y + depth, random)
  })
