import type { Actor } from "./Cast.ts"
import { clamp, lerp } from "./Color.ts"
import { inRows } from "./LayoutRows.ts"
import { centreOut, lead, type Placement, place, sizeFactors } from "./Placement.ts"
import { makeRandom, type Random } from "./Random.ts"
import type { Pose } from "./Scene.ts"
import type { Stage } from "./Stage.ts"
import { buildTroupe, type Troupe } from "./Troupe.ts"

/** What the place lets things do. */
export interface Setting {
  readonly stage: Stage
  /** Rows between which there is open water, or null. Boats go there; the rest stands on land. */
  readonly water: { readonly top: number; readonly bottom: number } | null
  /** The ground runs on into the backdrop, so that things may stand in the middle of the picture. */
  readonly seamless?: boolean
}

/** Composes the picture: groups that belong together, in rows by depth, as large as the frame allows. */
export const layOut = (cast: ReadonlyArray<Actor>, setting: Setting, seed: number): ReadonlyArray<Placement> => {
  const random = makeRandom(seed, "layout")
  const { stage } = setting
  const heightOf = heightsIn(cast, stage)
  const troupes = buildTroupe(cast, heightOf)
  if (stage.kind === "free") return drift(troupes, stage, random)
  const aloft = troupes.filter((troupe) => flies(troupe, setting))
  const afloat = troupes.filter((troupe) => !aloft.includes(troupe) && setting.water !== null && swims(troupe))
  const standing = troupes.filter((troupe) => !aloft.includes(troupe) && !afloat.includes(troupe))
  const arches = aloft.filter((troupe) => lead(troupe)?.subject.icon === "rainbow")
  const flying = aloft.filter((troupe) => !arches.includes(troupe))
  const lines = setting.seamless === true ? seamlessLines(stage) : stage
  const crowded = flying.length > 0
  const shore = setting.water !== null && afloat.length > 0
  // One or two on the shore leave half of the picture to the water.
  const land = shore && standing.length < 3 ? { ...stage, width: stage.width * 0.62 } : stage
  const scaleOf = (group: ReadonlyArray<Placement>): number =>
    Math.max(0, ...group.map((at) => at.height / heightOf(at.actor)))
  const ashore = (most: number | null): ReadonlyArray<Placement> =>
    inRows(standing, land, most === null ? lines : { ...lines, most }, random, "ground", crowded)
  let onLand = standing.length > 0 ? ashore(null) : []
  const placed: Array<Placement> = []
  if (setting.water !== null && afloat.length > 0) {
    const { bottom, top } = setting.water
    const [front, back] = onLand.length > 0 ? [0.62, 0.3] : [0.72, 0.36]
    // What swims behind the shore is no larger than what stands on it, and not so small as to be out of proportion.
    const most = onLand.length > 0 ? { most: scaleOf(onLand) * 0.85 } : {}
    const rows = { front: lerp(top, bottom, front), back: lerp(top, bottom, back), ...most }
    const swimIn = (width: number): ReadonlyArray<Placement> =>
      inRows(afloat, { ...stage, width }, rows, random, "water", crowded)
    const free = onLand.length > 0 ? makeRoom(onLand, stage) : null
    const onWater = swimIn(free?.width ?? stage.width)
    if (onLand.length > 0 && scaleOf(onLand) > scaleOf(onWater) * 2) onLand = ashore(scaleOf(onWater) * 2)
    const bank = onLand.length > 0 ? makeRoom(onLand, stage) : null
    placed.push(...moved(onWater, free === null ? 0 : (bank?.left ?? 0)), ...moved(onLand, bank?.shift ?? 0))
  } else placed.push(...onLand)
  const largest = scaleOf(placed)
  if (flying.length > 0) placed.push(...inTheAir(flying, stage, random, placed.length > 0 ? largest : null))
  placed.push(...arches.flatMap((troupe, index) => acrossTheSky(troupe, stage, 1 - index * 0.12, random)))
  return placed.sort((a, b) => a.groundY - b.groundY)
}

/** Relative heights of the things of one picture. */
export const heightsIn = (cast: ReadonlyArray<Actor>, stage: Stage): ((actor: Actor) => number) => {
  const spread = stage.kind === "free" ? 0.22 : spreadOf(cast)
  return (actor) => {
    const size = actor.traits.metres ** spread * sizeFactors[actor.subject.size.name]
    // Of what lies down, the length is known.
    return actor.lies ? size / Math.max(1, actor.aspect) : size
  }
}

/**
 * The power of real heights by which things are drawn. Those span four powers of ten: things of about one size keep
 * their proportions, and a mouse beside an elephant can still be seen.
 */
const spreadOf = (cast: ReadonlyArray<Actor>): number => {
  const metres = cast.map((actor) => actor.traits.metres)
  const range = Math.max(...metres, 0.01) / Math.min(...metres, 1000)
  return range <= 1 ? 0.4 : clamp(Math.log(4) / Math.log(range), 0.3, 0.6)
}

const seamlessLines = ({ back, front, height }: Stage) => ({ front, back: back - height * 0.1, lift: 1, least: 0.78 })

/** What stands on land would hide what swims behind it: it moves to the side, and the water beside it is left. */
const makeRoom = (
  land: ReadonlyArray<Placement>,
  stage: Stage
): { readonly shift: number; readonly left: number; readonly width: number } | null => {
  const margin = stage.width * 0.03
  const { left, right } = extentOf(land)
  const width = stage.width - (right - left) - margin * 3
  // A crowd on land leaves no room.
  if (width < stage.width * 0.34) return null
  return stage.side > 0
    ? { shift: margin - left, left: right - left + margin * 2, width }
    : { shift: stage.width - margin - right, left: margin, width }
}

const moved = (group: ReadonlyArray<Placement>, by: number): ReadonlyArray<Placement> =>
  group.map((at) => ({ ...at, x: at.x + by }))

const extentOf = (group: ReadonlyArray<Placement>): { readonly left: number; readonly right: number } => ({
  left: Math.min(...group.map((at) => at.x - at.width / 2)),
  right: Math.max(...group.map((at) => at.x + at.width / 2))
})

export const flies = (troupe: Troupe, setting: Setting): boolean => {
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

/** In the sky rather than in the air: stars, planets, the sun. */
export const distant = (troupe: Troupe): boolean => {
  const actor = lead(troupe)
  const icon = actor?.subject.icon ?? ""
  return icon.startsWith("sun") || (actor?.traits.habitat === "space" && !craft.has(icon))
}

const craft: ReadonlySet<string> = new Set(["astronaut", "rocket", "satellite", "alien-monster"])

export const swims = (troupe: Troupe): boolean => {
  const actor = lead(troupe)
  const habitat = actor?.traits.habitat
  return actor?.subject.pose?.name === "floating" || habitat === "water" || habitat === "underwater"
}

/** Far off and as wide as the land, with its feet behind the horizon. */
const acrossTheSky = (troupe: Troupe, stage: Stage, size: number, random: Random): ReadonlyArray<Placement> => {
  const { height, horizon, side, width } = stage
  const scale = Math.min((width * 0.86) / troupe.width, (horizon * 0.84) / troupe.height) * size
  // It is a part of the sky: it throws no shadow.
  return place(troupe, width * (0.5 - side * 0.04), horizon + height * 0.03, scale, "held", horizon * 0.5, random)
}

/** `nearest` is how many pixels a unit of height takes below, or null when nothing is there. */
const inTheAir = (
  troupes: ReadonlyArray<Troupe>,
  stage: Stage,
  random: Random,
  nearest: number | null
): ReadonlyArray<Placement> => {
  const { height, width } = stage
  const company = nearest !== null
  const room = {
    top: height * 0.07,
    bottom:
      company || troupes.every(distant)
        ? Math.max(height * 0.36, stage.horizon * 0.7)
        : lerp(stage.horizon, stage.front, 0.35)
  }
  const tallest = Math.max(...troupes.map((troupe) => troupe.height))
  const total = troupes.reduce((sum, troupe) => sum + troupe.width, 0)
  const rows = troupes.length > 4 ? 2 : 1
  const alone = troupes.length === 1
  const far = troupes.every(distant)
  const scale = Math.min(
    ((room.bottom - room.top) * (alone && !company ? 0.92 : 0.72)) / tallest / rows,
    (width * (alone ? (company ? 0.4 : 0.62) : 0.84) * rows) / total,
    (height * (company ? 0.26 : far ? 0.3 : 0.5)) / tallest,
    // A bee is no larger than the flower that it flies to.
    nearest === null ? Number.POSITIVE_INFINITY : Math.max(nearest * 1.5, (height * 0.07) / tallest)
  )
  const perRow = Math.ceil(troupes.length / rows)
  return troupes.flatMap((troupe, index) => {
    const row = Math.floor(index / perRow)
    const inRow = Math.min(perRow, troupes.length - row * perRow)
    const t = (index - row * perRow + 0.5) / inRow
    const x = alone
      ? width * (company || far ? 0.5 - stage.side * 0.22 : 0.5 - stage.side * 0.03)
      : width * (0.06 + 0.88 * t)
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
      // What is beyond the clouds throws no shadow on the ground.
      distant(troupe) ? "held" : "air",
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
        clamp(sizeFactors[lead(troupes[0] ?? emptyTroupe)?.subject.size.name ?? "normal"] ** 0.75, 0.4, 1.35)) /
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
