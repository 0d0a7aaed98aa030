import type { Actor } from "./Cast.ts"
import { clamp, lerp } from "./Color.ts"
import { distant, flies, type Setting, swims } from "./Layout.ts"
import type { Placement } from "./Placement.ts"
import type { Footing } from "./Scene.ts"
import type { Stage } from "./Stage.ts"
import type { Troupe } from "./Troupe.ts"

/** Where a new group goes, as `place` takes it. */
interface FreeSpot {
  readonly x: number
  readonly y: number
  readonly scale: number
  readonly footing: Footing
  readonly groundY: number
}

/** A row of candidates: how large the group looks there, and how much we would rather have another row. */
interface Row {
  readonly y: number
  readonly groundY: number
  readonly scale: number
  readonly cost: number
}

interface Box {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
  readonly depth: number
}

/** The place where a new group hides least and is hidden least, in proportion to what is there; smaller if need be. */
export const freeSpot = (
  troupe: Troupe,
  placed: ReadonlyArray<Placement>,
  setting: Setting,
  heightOf: (actor: Actor) => number
): FreeSpot => {
  const { stage } = setting
  const footing = footingOf(troupe, setting)
  const boxes = placed.map(boxOf)
  const candidates: Array<Candidate> = []
  for (let attempt = 0; attempt < attempts; attempt++) {
    for (const row of rowsFor(troupe, footing, placed, setting, heightOf)) {
      const cheaper = { ...row, scale: row.scale * 0.86 ** attempt, cost: row.cost + attempt * smaller }
      candidates.push(...along(cheaper, troupe, footing, boxes, stage))
    }
    const [best] = candidates.toSorted((a, b) => a.cost - b.cost)
    const last = attempt === attempts - 1
    if (best !== undefined && (last || best.cost < goodEnough + attempt * smaller)) return best.spot
  }
  return { x: stage.width / 2, y: stage.front, scale: stage.height / 4 / troupe.height, footing, groundY: stage.front }
}

interface Candidate {
  readonly spot: FreeSpot
  readonly cost: number
}

/** How often the group may become smaller for want of room, and what each time costs. */
const attempts = 7
const smaller = 0.12
const goodEnough = 0.3

const along = (
  row: Row,
  troupe: Troupe,
  footing: Footing,
  boxes: ReadonlyArray<Box>,
  stage: Stage
): ReadonlyArray<Candidate> => {
  const { scale } = row
  const half = (troupe.width * scale) / 2
  const [from, to] = [stage.width * 0.03 + half, stage.width * 0.97 - half]
  if (to < from) return []
  return Array.from({ length: steps + 1 }, (_, step) => {
    const middle = lerp(from, to, step / steps)
    const box: Box = {
      left: middle - half,
      right: middle + half,
      top: row.y - troupe.height * scale,
      bottom: row.y,
      depth: row.groundY
    }
    const cost = hidden(box, boxes) * 9 + outside(box, stage) * 9 + row.cost + nearness(box, boxes, stage)
    const x = middle - (troupe.left + troupe.width / 2) * scale
    return { cost, spot: { x, y: row.y, scale, footing, groundY: row.groundY } }
  })
}

const steps = 36

const footingOf = (troupe: Troupe, setting: Setting): Footing => {
  if (setting.stage.kind === "free") return "air"
  if (flies(troupe, setting)) return distant(troupe) ? "held" : "air"
  return setting.water !== null && swims(troupe) ? "water" : "ground"
}

const rowsFor = (
  troupe: Troupe,
  footing: Footing,
  placed: ReadonlyArray<Placement>,
  { stage, water }: Setting,
  heightOf: (actor: Actor) => number
): ReadonlyArray<Row> => {
  const { back, front, height, horizon, width } = stage
  const fits = (scale: number, tall: number, wide: number): number =>
    Math.min(scale, (height * tall) / troupe.height, (width * wide) / troupe.width)
  const reference = referenceOf(placed)
  const own = reference.height / heightOf(reference.actor)
  const smallest = (height * 0.1) / troupe.height
  if (stage.kind === "free" || footing === "air" || footing === "held") {
    const scale = Math.max(fits(own, footing === "held" ? 0.2 : 0.3, 0.36), smallest)
    const low = stage.kind === "free" ? height * 0.95 : Math.max(height * 0.36, horizon * 0.78)
    return [0.1, 0.3, 0.5, 0.7, 0.9].map((share) => {
      const y = lerp(height * 0.06 + troupe.height * scale, Math.max(low, height * 0.06 + troupe.height * scale), share)
      return { y, scale, groundY: stage.kind === "free" ? y : lerp(back, front, 0.6), cost: 0 }
    })
  }
  const [near, far] =
    footing === "water" && water !== null
      ? [lerp(water.top, water.bottom, 0.7), lerp(water.top, water.bottom, 0.3)]
      : [Math.min(height * 0.97, front + (stage.kind === "top" ? 0 : height * 0.04)), back]
  // A shore and the water before it are not one plane; elsewhere size tells how far off a thing is.
  const depthOf = (y: number): number => Math.max(0.35, (y - horizon) / Math.max(1, reference.y - horizon))
  return [0, 0.25, 0.5, 0.75, 1].map((share): Row => {
    const y = lerp(near, far, share)
    const scale = Math.max(fits(own * clamp(depthOf(y), 0.4, 1.6), 0.62, 0.5), smallest)
    return {
      y,
      groundY: y,
      scale,
      cost: (Math.abs(y - reference.y) / height) * 0.5 + (1 - Math.min(1, scale / own)) * 0.6
    }
  })
}

/** What the new thing is measured by: the largest that stands, else the largest at all. */
const referenceOf = (placed: ReadonlyArray<Placement>): Placement => {
  const standing = placed.filter(({ footing }) => footing === "ground" || footing === "water")
  const [largest] = (standing.length > 0 ? standing : placed).toSorted((a, b) => b.height - a.height)
  if (largest === undefined) throw new Error("nothing to measure by")
  return largest
}

/** Drawings do not fill their corners. */
const boxOf = ({ groundY, height, width, x, y }: Placement): Box => ({
  left: x - width * 0.45,
  right: x + width * 0.45,
  top: y - height * 0.96,
  bottom: y,
  depth: groundY
})

const areaOf = ({ bottom, left, right, top }: Box): number => Math.max(1, (right - left) * (bottom - top))

const overlap = (a: Box, b: Box): number =>
  Math.max(0, Math.min(a.right, b.right) - Math.max(a.left, b.left)) *
  Math.max(0, Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top))

/** Shares of the new thing that are hidden, and of each other thing that it hides; a little overlap does no harm. */
const hidden = (box: Box, others: ReadonlyArray<Box>): number =>
  others.reduce(
    (sum, other) => sum + Math.max(0, overlap(box, other) / areaOf(box.depth >= other.depth ? other : box) - 0.06),
    0
  )

const outside = ({ bottom, top }: Box, { height }: Stage): number =>
  Math.max(0, height * 0.04 - top) / height + Math.max(0, bottom - height * 0.985) / height

/** Company rather than a far corner: measured to the nearest thing. */
const nearness = (box: Box, others: ReadonlyArray<Box>, { width }: Stage): number => {
  const gaps = others.map((other) => Math.max(0, other.left - box.right, box.left - other.right))
  return (Math.abs(Math.min(...gaps) - width * 0.04) / width) * 0.5
}
