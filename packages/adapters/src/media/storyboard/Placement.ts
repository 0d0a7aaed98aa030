import type { Actor } from "./Cast.ts"
import type { Random } from "./Random.ts"
import type { Footing, Size } from "./Scene.ts"
import type { Member, Troupe } from "./Troupe.ts"

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

/** How an adjective of size changes the height of a thing. */
export const sizeFactors: Readonly<Record<Size, number>> = { tiny: 0.34, small: 0.62, normal: 1, big: 1.55, huge: 2.4 }

/** The thing that a group stands on. */
export const lead = (troupe: Troupe): Actor | undefined => troupe.members[0]?.actor

/** Puts a group with its foot at a point. */
export const place = (
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

/** The first in the middle, the others to its sides in turn. */
export const centreOut = <A>(items: ReadonlyArray<A>): ReadonlyArray<A> => {
  const out: Array<A> = []
  items.forEach((item, index) => (index % 2 === 0 ? out.push(item) : out.unshift(item)))
  return out
}
