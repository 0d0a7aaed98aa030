import type { Actor } from "./Cast.ts"
import { freeSpot } from "./FreeSpot.ts"
import { heightsIn, type Setting } from "./Layout.ts"
import { type Placement, place } from "./Placement.ts"
import { makeRandom } from "./Random.ts"
import type { Spot, Staging } from "./Scene.ts"
import { buildTroupe, type Troupe } from "./Troupe.ts"

/**
 * Puts everything back where it stood and finds room for what is new. Null when the ground is of another kind, or when
 * nothing stood there: then the whole picture is arranged anew.
 */
export const restage = (
  cast: ReadonlyArray<Actor>,
  setting: Setting,
  staging: Staging,
  seed: number
): ReadonlyArray<Placement> | null => {
  const { stage, water } = setting
  if (staging.ground !== stage.kind || staging.water !== (water !== null)) return null
  const byIndex = new Map(cast.map((actor) => [actor.index, actor]))
  const placed = staging.spots.flatMap(({ subject, ...spot }): ReadonlyArray<Placement> => {
    const actor = byIndex.get(subject)
    return actor === undefined ? [] : [{ actor, ...spot }]
  })
  if (placed.length === 0) return null
  const heightOf = heightsIn(cast, stage)
  const missing = (actor: Actor): number =>
    actor.subject.count - placed.filter((at) => at.actor.index === actor.index).length
  // What belongs to somebody in the picture goes there; it may hold something in its turn.
  const isNext = (actor: Actor): boolean => missing(actor) > 0 && parentsOf(actor, placed).length > 0
  for (let next = cast.find(isNext); next !== undefined; next = cast.find(isNext)) {
    const added = attach(next, missing(next), parentsOf(next, placed), heightOf)
    if (added.length === 0) break
    placed.push(...added)
  }
  const rest = cast.filter((actor) => missing(actor) > 0).map((actor) => withCount(actor, missing(actor)))
  for (const troupe of buildTroupe(rest, heightOf)) {
    const random = makeRandom(seed, `added ${placed.length}`)
    const spot = freeSpot(troupe, placed, setting, heightOf)
    placed.push(...place(troupe, spot.x, spot.y, spot.scale, spot.footing, spot.groundY, random))
  }
  return stage.kind === "free" ? placed : placed.sort((a, b) => a.groundY - b.groundY)
}

const withCount = (actor: Actor, count: number): Actor => ({ ...actor, subject: { ...actor.subject, count } })

/** Those in the picture whom it belongs to. */
const parentsOf = (
  { index, subject: { relation } }: Actor,
  placed: ReadonlyArray<Placement>
): ReadonlyArray<Placement> =>
  relation === null || relation.kind === "beside" || relation.to === index
    ? []
    : placed.filter(({ actor }) => actor.index === relation.to)

/** Arranged as in a new picture, then moved to where the other one stands. */
const attach = (
  child: Actor,
  count: number,
  parents: ReadonlyArray<Placement>,
  heightOf: (actor: Actor) => number
): ReadonlyArray<Placement> => {
  const shared = parents.slice(0, count)
  return shared.flatMap((parent, index) => {
    const share = Math.floor(count / shared.length) + (index < count % shared.length ? 1 : 0)
    const alone: Actor = { ...parent.actor, subject: { ...parent.actor.subject, count: 1, relation: null } }
    const [troupe] = buildTroupe([alone, withCount(child, share)], heightOf)
    return troupe === undefined ? [] : beside(troupe, parent).map(intoView)
  })
}

/** What stands is as tall as the picture has room for; what is above something tall comes down as far as it must. */
const intoView = (at: Placement): Placement => {
  const room = at.y / (at.height * 1.04)
  if (room >= 1) return at
  if (at.footing === "held") return { ...at, y: at.height * 1.04 }
  return { ...at, width: at.width * room, height: at.height * room }
}

const beside = ({ members }: Troupe, parent: Placement): ReadonlyArray<Placement> => {
  const [lead, ...others] = members
  if (lead === undefined) return []
  const scale = parent.height / lead.height
  const side = parent.mirrored ? -1 : 1
  return others.map((member): Placement => ({
    actor: member.actor,
    x: parent.x + (member.x - lead.x) * scale * side,
    y: parent.y - (member.y - lead.y) * scale,
    width: member.width * scale,
    height: member.height * scale,
    mirrored: parent.mirrored && (member.actor.traits.mirrors || member.facing),
    footing: member.held ? "held" : parent.footing,
    groundY: parent.groundY + member.layer * 0.001
  }))
}

/** A spot after its thing has become larger or smaller by `factor`, about the foot of the one that it stands with. */
export const scaled = (spot: Spot, foot: Pick<Spot, "x" | "y">, factor: number): Spot => ({
  ...spot,
  x: foot.x + (spot.x - foot.x) * factor,
  y: foot.y + (spot.y - foot.y) * factor,
  width: spot.width * factor,
  height: spot.height * factor
})
