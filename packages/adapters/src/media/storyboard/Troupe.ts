import type { Actor } from "./Cast.ts"
import type { RelationKind } from "./Scene.ts"

/** Things that belong together, such as a rider and a horse, measured from the foot of the one that stands. */
export interface Troupe {
  /** The one that stands first; in drawing order by `layer`. */
  readonly members: ReadonlyArray<Member>
  readonly left: number
  readonly width: number
  readonly height: number
}

/** Lengths are relative heights; `x` is the middle, `y` the height of the foot above the ground. */
export interface Member {
  readonly actor: Actor
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  /** Higher is drawn later. */
  readonly layer: number
  readonly held: boolean
  /** Must turn with the group even when it has no left and right of its own. */
  readonly facing: boolean
}

/** Groups actors by their relations and repeats them by their counts. */
export const buildTroupe = (cast: ReadonlyArray<Actor>, heightOf: (actor: Actor) => number): ReadonlyArray<Troupe> => {
  const byIndex = new Map(cast.map((actor) => [actor.index, actor]))
  const parentOf = new Map<Actor, { readonly parent: Actor; readonly kind: RelationKind }>()
  for (const actor of cast) {
    const relation = actor.subject.relation
    if (relation === null || relation.kind === "beside") continue
    const other = byIndex.get(relation.to)
    if (other === undefined || other === actor) continue
    if (reaches(parentOf, other, actor)) continue
    parentOf.set(actor, { parent: other, kind: relation.kind })
  }
  return cast
    .filter((actor) => !parentOf.has(actor))
    .flatMap((root) => {
      const children = [...parentOf].filter(([, link]) => link.parent === root).map(([child, { kind }]) => ({ child, kind }))
      return Array.from({ length: root.subject.count }, (_, copy) => {
        // What belongs to several is shared out: one rider for each horse, and all that is left to the first.
        const mine = children.flatMap(({ child, kind }) => {
          const count = root.subject.count > 1 ? shareOf(child.subject.count, root.subject.count, copy) : child.subject.count
          return count > 0 ? [{ child, kind, count }] : []
        })
        return assemble(root, mine, parentOf, heightOf)
      })
    })
}

const shareOf = (children: number, parents: number, copy: number): number => {
  const each = Math.floor(children / parents)
  return each + (copy < children % parents ? 1 : 0)
}

const reaches = (links: ReadonlyMap<Actor, { readonly parent: Actor }>, from: Actor, to: Actor): boolean => {
  for (let at: Actor | undefined = from; at !== undefined; at = links.get(at)?.parent) if (at === to) return true
  return false
}

const assemble = (
  root: Actor,
  children: ReadonlyArray<{ readonly child: Actor; readonly kind: RelationKind; readonly count: number }>,
  links: ReadonlyMap<Actor, { readonly parent: Actor; readonly kind: RelationKind }>,
  heightOf: (actor: Actor) => number
): Troupe => {
  const members: Array<Member> = []
  const add = (actor: Actor, at: Omit<Member, "actor" | "facing">, facing: boolean): Member => {
    const member: Member = { actor, ...at, facing }
    members.push(member)
    return member
  }
  let height = heightOf(root)
  // A shelter must be larger than what it shelters.
  for (const { child, kind } of children) {
    if (kind === "under") height = Math.max(height, heightOf(child) * (root.traits.habitat === "air" ? 0.5 : 1.9))
    if (kind === "riding" || kind === "on") height = Math.max(height, heightOf(child) * 0.8)
    if (kind === "in") height = Math.max(height, heightOf(child) * 0.75)
  }
  const base = add(root, { x: 0, y: 0, width: height * root.aspect, height, layer: 0, held: false }, false)
  for (const { child, kind, count } of children) attach(base, child, kind, count, 1)

  function attach(parent: Member, child: Actor, kind: RelationKind, count: number, level: number): void {
    const spots = spotsFor(parent, child, kind, count, heightOf(child))
    spots.forEach((spot, copy) => {
      const member = add(child, { ...spot, layer: spot.layer * 10 ** -level + parent.layer + copy * 0.01 }, true)
      if (level > 4) return
      for (const [grandchild, link] of links) {
        if (link.parent === child && copy === 0) attach(member, grandchild, link.kind, grandchild.subject.count, level + 1)
      }
    })
  }

  const left = Math.min(...members.map((member) => member.x - member.width / 2))
  const right = Math.max(...members.map((member) => member.x + member.width / 2))
  const top = Math.max(...members.map((member) => member.y + member.height))
  // The one that stands comes first; the painter sorts by layer.
  return { members, left, width: right - left, height: top }
}

type Spot = Omit<Member, "actor" | "facing">

const spotsFor = (parent: Member, child: Actor, kind: RelationKind, count: number, wanted: number): ReadonlyArray<Spot> => {
  const spread = (index: number): number => (count === 1 ? 0 : (index / (count - 1) - 0.5))
  const spot = (index: number, height: number, x: number, y: number, layer: number, held = true): Spot => ({
    x: parent.x + x + spread(index) * Math.max(0, parent.width * 0.9 - height * child.aspect),
    y: parent.y + y,
    width: height * child.aspect,
    height,
    layer,
    held
  })
  const limit = (height: number, widest: number): number => Math.min(height, (parent.width * widest) / child.aspect / Math.max(1, count * 0.9))
  return Array.from({ length: count }, (_, index): Spot => {
    switch (kind) {
      case "riding": {
        const height = limit(Math.min(wanted, parent.height * 0.85), 1)
        return spot(index, height, 0, parent.height * (1 - parent.actor.traits.seat) - height * 0.16, 1)
      }
      case "on": {
        const height = limit(wanted, 1.15)
        return spot(index, height, 0, parent.height * (1 - parent.actor.traits.seat), 1)
      }
      case "in": {
        const height = limit(Math.min(wanted, parent.height), 0.78)
        return spot(index, height, 0, parent.height * 0.86 - height * 0.42, -1)
      }
      case "above": {
        return spot(index, wanted, 0, parent.height * 1.12, 1)
      }
      case "under": {
        if (parent.actor.traits.habitat === "air") return spot(index, wanted, 0, -wanted * 1.08, 1, false)
        const height = limit(Math.min(wanted, parent.height * 0.55), 0.8)
        return spot(index, height, -parent.width * 0.16, -parent.height * 0.03, 1, false)
      }
      case "in-front-of": {
        return spot(index, wanted, parent.width * 0.3, -parent.height * 0.06, 1, false)
      }
      case "behind": {
        return spot(index, wanted, -parent.width * 0.34, parent.height * 0.05, -1, false)
      }
      case "held-by": {
        const height = Math.min(wanted, parent.height * 0.42, (parent.width * 0.7) / child.aspect)
        return spot(index, Math.max(height, parent.height * 0.24), -parent.width * 0.18, parent.height * 0.12, 1)
      }
      case "worn-by": {
        const width = parent.width * 0.62
        const height = Math.min(width / child.aspect, parent.height * 0.4)
        return spot(index, height, 0, parent.height * 0.86, 1)
      }
      case "beside":
        return spot(index, wanted, 0, 0, 0, false)
    }
  })
}
