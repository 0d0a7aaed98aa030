import type { Actor } from "./Cast.ts"
import { clamp, lerp } from "./Color.ts"
import { makeRandom, type Random } from "./Random.ts"
import type { Pose, Size } from "./Scene.ts"
import type { Stage } from "./Stage.ts"
import { buildTroupe, type Member, type Troupe } from "./Troupe.ts"

/** Where one drawing goes, in pixels. */
export interface Placement {
  readonly actor: Actor
  /** The middle of its foot, or of its lowest point when it floats. */
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly mirrored: boolean
  readonly footing: Footing
  /** The row of the ground below it, where its shadow falls. */
  readonly groundY: number
}

/** `held`: rests on or in another thing, and throws no shadow of its own on the ground. */
export type Footing = "ground" | "air" | "water" | "held"

/** What the place lets things do. */
export interface Setting {
  readonly stage: Stage
  /** Rows between which there is open water, or null. Boats go there; the rest stands on land. */
  readonly water: { readonly top: number; readonly bottom: number } | null
}

const heights: Readonly<Record<Size, number>> = { tiny: 0.34, small: 0.62, normal: 1, big: 1.55, huge: 2.4 }

/** Composes the picture: groups that belong together, in rows by depth, as large as the frame allows. */
export const layOut = (cast: ReadonlyArray<Actor>, setting: Setting, seed: number): ReadonlyArray<Placement> => {
  const random = makeRandom(seed, "layout")
  const { stage } = setting
  // Real heights span four powers of ten; a mouse beside an elephant must still be seen. Where nothing stands, sizes cannot be compared with the ground, and small things may come nearer.
  const spread = stage.kind === "free" ? 0.22 : 0.36
  const troupes = buildTroupe(cast, (actor) => actor.traits.metres ** spread * heights[actor.subject.size.name])
  if (stage.kind === "free") return drift(troupes, stage, random)
  const flying = troupes.filter((troupe) => flies(troupe, setting))
  const afloat = troupes.filter((troupe) => !flies(troupe, setting) && setting.water !== null && swims(troupe))
  const standing = troupes.filter((troupe) => !flying.includes(troupe) && !afloat.includes(troupe))
  const placed: Array<Placement> = []
  if (setting.water !== null && afloat.length > 0) {
    const { bottom, top } = setting.water
    const rows =
      standing.length > 0
        ? { front: lerp(top, bottom, 0.62), back: lerp(top, bottom, 0.3) }
        : { front: lerp(top, bottom, 0.72), back: lerp(top, bottom, 0.36) }
    placed.push(...inRows(afloat, stage, rows, random, "water", flying.length > 0))
  }
  if (standing.length > 0) placed.push(...inRows(standing, stage, stage, random, "ground", flying.length > 0))
  if (flying.length > 0) placed.push(...inTheAir(flying, stage, random, standing.length + afloat.length > 0))
  return placed.sort((a, b) => a.groundY - b.groundY)
}

const lead = (troupe: Troupe): Actor | undefined => troupe.members[0]?.actor

const flies = (troupe: Troupe, setting: Setting): boolean => {
  const actor = lead(troupe)
  if (actor === undefined) return false
  const pose: Pose | undefined = actor.subject.pose?.name
  return (
    pose === "flying" ||
    // On water one floats without leaving it.
    (pose === "floating" && setting.water === null) ||
    actor.traits.habitat === "air" ||
    (actor.traits.habitat === "space" && !standsAnywhere.has(actor.subject.icon ?? ""))
  )
}

/** At home in space, but on their feet elsewhere. */
const standsAnywhere: ReadonlySet<string> = new Set(["astronaut", "rocket", "alien-monster"])

const swims = (troupe: Troupe): boolean => {
  const actor = lead(troupe)
  const habitat = actor?.traits.habitat
  return actor?.subject.pose?.name === "floating" || habitat === "water" || habitat === "underwater"
}

/** How many rows hold `amount` groups, and how many stand in each, from front to back. */
const rowsFor = (amount: number, wide: number): ReadonlyArray<number> => {
  const perRow = Math.max(2, Math.round(wide * 3.4))
  const rows = amount <= perRow ? 1 : amount <= perRow * 2.4 ? 2 : amount <= perRow * 4.5 ? 3 : 4
  const counts: Array<number> = []
  let left = amount
  for (let row = 0; row < rows; row++) {
    // Rows at the back are fuller: perspective makes them narrow.
    const share = Math.max(1, Math.round((left / (rows - row)) * (row === rows - 1 ? 1 : 0.88)))
    counts.push(share)
    left -= share
  }
  return counts
}

const inRows = (
  troupes: ReadonlyArray<Troupe>,
  stage: Stage,
  lines: { readonly front: number; readonly back: number },
  random: Random,
  footing: Footing,
  crowdedSky: boolean
): ReadonlyArray<Placement> => {
  const { height, horizon, width } = stage
  const counts = rowsFor(troupes.length, width / height)
  // The largest stand at the back, but the first thing of the prompt stays in front.
  const [hero, ...others] = troupes
  if (hero === undefined) return []
  const sorted = [hero, ...others.toSorted((a, b) => a.height - b.height)]
  const perspective = (y: number): number => (y - horizon) / Math.max(1, lines.front - horizon)
  const rows: Array<{ y: number; scale: number; troupes: ReadonlyArray<Troupe> }> = []
  let taken = 0
  counts.forEach((count, index) => {
    const t = counts.length === 1 ? 0 : index / (counts.length - 1)
    // Several rows need all the depth there is, up to where the ground meets what is behind it.
    const farthest = lerp(lines.back, horizon + (lines.front - horizon) * 0.5, Math.min(1, (counts.length - 1) / 2))
    const y = lerp(lines.front, stage.kind === "top" ? lerp(lines.front, lines.back, 0.8) : farthest, t)
    rows.push({ y, scale: Math.max(0.35, perspective(y)), troupes: centreOut(sorted.slice(taken, taken + count)) })
    taken += count
  })
  const alone = troupes.length === 1
  const gap = alone ? 0 : counts.length > 1 ? 0.02 : 0.07
  const usable = width * (alone ? 0.64 : 0.88)
  const ceiling = height * (crowdedSky ? 0.34 : 0.09)
  let scale = Number.POSITIVE_INFINITY
  for (const row of rows) {
    const total = row.troupes.reduce((sum, troupe) => sum + troupe.width, 0)
    const tallest = Math.max(...row.troupes.map((troupe) => troupe.height))
    const wide = usable * (1 - gap * (row.troupes.length - 1))
    scale = Math.min(scale, wide / (total * row.scale), (row.y - ceiling) / (tallest * row.scale))
  }
  // Whoever stands behind must look over the heads of those in front.
  rows.forEach((row, index) => {
    const before = rows[index - 1]
    if (before === undefined) return
    const tallest = Math.max(
      ...row.troupes.map((troupe) => troupe.height),
      ...before.troupes.map((troupe) => troupe.height)
    )
    scale = Math.min(scale, (before.y - row.y) / Math.max(0.05, before.scale - 0.62 * row.scale) / tallest)
  })
  const tallestHero = Math.max(...(rows[0]?.troupes.map((troupe) => troupe.height) ?? [1]))
  const towering = troupes.some((troupe) => troupe.towering)
  scale = Math.min(scale, (height * (towering ? 0.74 : alone ? 0.54 : 0.5)) / tallestHero)
  if (alone)
    scale *= clamp(heights[lead(hero)?.subject.size.name ?? "normal"] ** 0.75, 0.4, 1.3) * random.between(0.93, 1.03)
  const out: Array<Placement> = []
  rows.forEach((row, index) =>
    out.push(
      ...fillRow(
        row,
        scale * row.scale,
        { gap: gap * width, shift: rows.length > 1 ? ((index % 2) - 0.5) * 0.5 : null, alone },
        stage,
        random,
        footing
      )
    )
  )
  return out
}

const fillRow = (
  row: { readonly y: number; readonly troupes: ReadonlyArray<Troupe> },
  scale: number,
  options: { readonly gap: number; readonly shift: number | null; readonly alone: boolean },
  stage: Stage,
  random: Random,
  footing: Footing
): ReadonlyArray<Placement> => {
  const { alone, gap } = options
  const total = row.troupes.reduce((sum, troupe) => sum + troupe.width * scale, 0)
  const slack = Math.max(0, stage.width * 0.9 - total)
  const many = row.troupes.length
  // A single row keeps together; rows behind each other spread out and are set off by half a place.
  const space = many < 2 ? 0 : options.shift === null ? Math.min(gap, slack / (many - 1)) : slack / many
  const spare = slack - space * (many - 1)
  const shift = alone
    ? stage.side * random.between(-0.05, 0.01) * stage.width
    : options.shift === null
      ? random.between(-0.1, 0.1) * spare
      : Math.sign(options.shift) * Math.min(spare / 2, (total / Math.max(1, many) + space) * 0.25)
  let x = stage.width / 2 - (total + space * (many - 1)) / 2 + shift
  return row.troupes.flatMap((troupe, index) => {
    const wide = troupe.width * scale
    // Not on one string: neighbours stand a little nearer and farther in turn.
    const depth =
      row.troupes.length > 1
        ? ((index % 2) * 2 - 1) * 0.012 * stage.height + random.between(-0.006, 0.006) * stage.height
        : 0
    const centre = x + wide / 2
    x += wide + space
    return place(
      troupe,
      centre - (troupe.left + troupe.width / 2) * scale,
      row.y + depth,
      scale,
      footing,
      row.y + depth,
      random
    )
  })
}

const inTheAir = (
  troupes: ReadonlyArray<Troupe>,
  stage: Stage,
  random: Random,
  company: boolean
): ReadonlyArray<Placement> => {
  const { height, width } = stage
  const room = {
    top: height * 0.07,
    bottom: company ? Math.max(height * 0.36, stage.horizon * 0.7) : stage.front - height * 0.1
  }
  const tallest = Math.max(...troupes.map((troupe) => troupe.height))
  const total = troupes.reduce((sum, troupe) => sum + troupe.width, 0)
  const rows = troupes.length > 4 ? 2 : 1
  const alone = troupes.length === 1
  const scale = Math.min(
    ((room.bottom - room.top) * (alone && !company ? 0.92 : 0.72)) / tallest / rows,
    (width * (alone ? (company ? 0.4 : 0.62) : 0.84) * rows) / total,
    (height * (company ? 0.26 : 0.5)) / tallest
  )
  const perRow = Math.ceil(troupes.length / rows)
  return troupes.flatMap((troupe, index) => {
    const row = Math.floor(index / perRow)
    const inRow = Math.min(perRow, troupes.length - row * perRow)
    const t = (index - row * perRow + 0.5) / inRow
    const x = alone ? width * (company ? 0.5 - stage.side * 0.22 : 0.5 - stage.side * 0.03) : width * (0.06 + 0.88 * t)
    const middle = lerp(room.top, room.bottom, (row + 0.5) / rows)
    const bob = alone
      ? 0
      : ((index % 2) * 2 - 1) * 0.05 * (room.bottom - room.top) + random.between(-0.06, 0.06) * (room.bottom - room.top)
    const y = clamp(middle + bob + (troupe.height * scale) / 2, room.top + troupe.height * scale, room.bottom)
    return place(
      troupe,
      x - (troupe.left + troupe.width / 2) * scale,
      y,
      scale,
      "air",
      lerp(stage.back, stage.front, 0.6),
      random
    )
  })
}

/** Nothing to stand on: the hero in the middle, the rest around it on a spiral. */
const drift = (troupes: ReadonlyArray<Troupe>, stage: Stage, random: Random): ReadonlyArray<Placement> => {
  const { height, unit, width } = stage
  const alone = troupes.length === 1
  const tallest = Math.max(...troupes.map((troupe) => Math.max(troupe.height, troupe.width)))
  const columns = Math.max(1, Math.round(Math.sqrt((troupes.length * width) / height)))
  const rows = Math.ceil(troupes.length / columns)
  const cell = { width: (width * 0.9) / columns, height: (height * 0.84) / rows }
  const wanted = Math.min(cell.width / tallest, cell.height / tallest) * 0.92
  const scale = alone
    ? (unit *
        0.52 *
        clamp(heights[lead(troupes[0] ?? emptyTroupe)?.subject.size.name ?? "normal"] ** 0.75, 0.4, 1.35)) /
      tallest
    : wanted
  return centreOut(troupes).flatMap((troupe, index) => {
    const column = index % columns
    const row = Math.floor(index / columns)
    const inRow = Math.min(columns, troupes.length - row * columns)
    const grow = troupes.length > 3 ? random.between(0.74, 1) : 1
    // Every second row is set off by half a place, and nothing keeps its place exactly.
    const offset = rows > 1 && columns > 1 ? ((row % 2) - 0.5) * 0.42 : 0
    const loose = alone ? 0 : (1 - grow) * 0.5 + 0.07
    const x =
      width / 2 +
      (column - (inRow - 1) / 2 + offset) * cell.width * (offset === 0 ? 1 : 0.86) +
      random.between(-loose, loose) * cell.width
    const y = height / 2 + (row - (rows - 1) / 2) * cell.height + random.between(-loose, loose) * cell.height
    const bottom = y + (troupe.height * scale * grow) / 2
    return place(
      troupe,
      x - (troupe.left + troupe.width / 2) * scale * grow,
      bottom,
      scale * grow,
      "air",
      bottom,
      random
    )
  })
}

const emptyTroupe: Troupe = { members: [], left: 0, width: 1, height: 1, towering: false }

/** The first in the middle, the others to its sides in turn. */
const centreOut = <A>(items: ReadonlyArray<A>): ReadonlyArray<A> => {
  const out: Array<A> = []
  items.forEach((item, index) => (index % 2 === 0 ? out.push(item) : out.unshift(item)))
  return out
}

const place = (
  troupe: Troupe,
  x: number,
  y: number,
  scale: number,
  footing: Footing,
  groundY: number,
  random: Random
): ReadonlyArray<Placement> => {
  const mirrored = random.chance(0.5)
  const jump = lead(troupe)?.subject.pose?.name === "jumping" ? troupe.height * scale * 0.22 : 0
  return troupe.members.map((member): Placement => {
    const flip = mirrored && troupe.members.every(({ actor }) => actor.traits.mirrors || actor !== lead(troupe))
    const offset = flip ? troupe.left + troupe.width - (member.x - troupe.left) : member.x
    return {
      actor: member.actor,
      x: x + offset * scale,
      y: y - jump - member.y * scale,
      width: member.width * scale,
      height: member.height * scale,
      mirrored: flip && (member.actor.traits.mirrors || member.facing),
      footing: member.held ? "held" : jump > 0 ? "air" : footing,
      groundY: groundY + order(member)
    }
  })
}

/** Members of a group are drawn in their own order, without leaving the row of the group. */
const order = (member: Member): number => member.layer * 0.001
