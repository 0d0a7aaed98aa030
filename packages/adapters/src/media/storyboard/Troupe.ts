import type { Actor } from "./Cast.ts"
import type { RelationKind } from "./Scene.ts"

/** Things that belong together, such as a rider and a horse, measured from the foot of the one that stands. */
export interface Troupe {
  /** The one that stands first; in drawing order by `layer`. */
  readonly members: ReadonlyArray<Member>
  readonly left: number
  readonly width: number
  readonly height: number
  /** Something in it towers over the rest, and may fill the picture from top to bottom. */
  readonly towering: boolean
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

interface Link {
  readonly kind: RelationKind
  readonly word: string
}

interface Bond extends Link {
  readonly parent: Actor
}

/** Groups actors by their relations and repeats them by their counts. */
export const buildTroupe = (cast: ReadonlyArray<Actor>, heightOf: (actor: Actor) => number): ReadonlyArray<Troupe> => {
  const byIndex = new Map(cast.map((actor) => [actor.index, actor]))
  const parentOf = new Map<Actor, Bond>()
  for (const actor of cast) {
    const relation = actor.subject.relation
    if (relation === null || relation.kind === "beside") continue
    const other = byIndex.get(relation.to)
    if (other === undefined || other === actor) continue
    if (reaches(parentOf, other, actor)) continue
    // What is in the air is above everything anyway.
    if (relation.kind === "under" && (other.traits.habitat === "air" || other.traits.habitat === "space")) continue
    parentOf.set(actor, { parent: other, kind: relation.kind, word: relation.word })
  }
  return cast
    .filter((actor) => !parentOf.has(actor))
    .flatMap((root) => {
      const children = [...parentOf]
        .filter(([, bond]) => bond.parent === root)
        .map(([child, bond]) => ({ child, bond }))
      return Array.from({ length: root.subject.count }, (_, copy) => {
        // What belongs to several is shared out: one rider for each horse, and all that is left to the first.
        const mine = children.flatMap(({ bond, child }) => {
          const count =
            root.subject.count > 1 ? shareOf(child.subject.count, root.subject.count, copy) : child.subject.count
          return count > 0 ? [{ child, bond, count }] : []
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
  children: ReadonlyArray<{ readonly child: Actor; readonly bond: Link; readonly count: number }>,
  links: ReadonlyMap<Actor, Bond>,
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
  for (const {
    bond: { kind },
    child
  } of children) {
    const small = heightOf(child)
    // But not so large that what it shelters cannot be seen.
    if (kind === "under") height = Math.min(Math.max(height, small * 1.8), small * 2.15)
    if (kind === "riding" || kind === "on") height = Math.max(height, heightOf(child) * 0.8)
    if (kind === "in") height = Math.max(height, heightOf(child) * 0.75)
  }
  const base = add(root, { x: 0, y: 0, width: height * root.aspect, height, layer: 0, held: false }, false)
  for (const { bond, child, count } of children) attach(base, child, bond, count, 1)

  function attach(parent: Member, child: Actor, bond: Link, count: number, level: number): void {
    const spots = spotsFor(parent, child, bond, count, heightOf(child))
    spots.forEach((spot, copy) => {
      const member = add(child, { ...spot, layer: spot.layer * 10 ** -level + parent.layer + copy * 0.01 }, true)
      if (level > 4) return
      for (const [grandchild, next] of links) {
        if (next.parent === child && copy === 0) attach(member, grandchild, next, grandchild.subject.count, level + 1)
      }
    })
  }

  const left = Math.min(...members.map((member) => member.x - member.width / 2))
  const right = Math.max(...members.map((member) => member.x + member.width / 2))
  const top = Math.max(...members.map((member) => member.y + member.height))
  // The one that stands comes first; the painter sorts by layer.
  const towering = root.traits.metres >= 5 || children.some(({ bond }) => bond.kind === "under")
  return { members, left, width: right - left, height: top, towering }
}

type Spot = Omit<Member, "actor" | "facing">

/** Where a child goes on, under or beside its parent. Lengths are relative heights from the parent's foot. */
const spotsFor = (parent: Member, child: Actor, link: Link, count: number, wanted: number): ReadonlyArray<Spot> => {
  const { seat } = parent.actor.traits
  const limit = (height: number, widest: number): number =>
    Math.min(height, (parent.width * widest) / child.aspect / Math.max(1, count * 0.9))
  const one = (height: number, x: number, y: number, layer: number, held = true): Spot => ({
    x,
    y,
    width: height * child.aspect,
    height,
    layer,
    held
  })
  const boat = parent.actor.traits.habitat === "water" && seat > 0.4 && ["on", "in", "riding"].includes(link.kind)
  const base = ((): Spot => {
    if (boat) {
      // On the deck of a sailing boat one stands before the sails; elsewhere the hull hides the legs.
      const height = limit(Math.min(wanted, parent.height * 1.2), 0.55)
      return seat > 0.6
        ? one(height, parent.width * 0.2, parent.height * (1 - seat), 1)
        : one(height, 0, parent.height * (1 - seat) - height * 0.3, -1)
    }
    switch (mounted(parent.actor, child, link.kind) ? "riding" : link.kind) {
      case "riding": {
        const height = limit(Math.min(wanted, parent.height * 0.9), 1)
        // On a board one stands; on an animal the legs are out of sight behind it.
        return seat > 0.55
          ? one(height, 0, parent.height * (1 - seat) - height * 0.04, 1)
          : one(height, parent.width * 0.08, parent.height * (1 - seat) - height * 0.32, -1)
      }
      case "on":
        return one(limit(wanted, 1.15), 0, parent.height * (1 - seat), 1)
      case "in": {
        if (vessels.has(parent.actor.subject.icon ?? "")) {
          const height = limit(Math.max(wanted, parent.height * 0.5), 0.8)
          return one(height, 0, parent.height - height * 0.26, -1)
        }
        const height = limit(Math.max(parent.height * 0.6, Math.min(wanted, parent.height)), 0.72)
        return one(height, 0, parent.height * 0.9 - height * 0.3, -1)
      }
      case "above":
        return one(wanted, 0, parent.height * 1.12, 1)
      case "under": {
        const height = limit(Math.min(wanted, parent.height * 0.6), 0.8)
        return one(height, -parent.width * 0.2, -parent.height * 0.045, 1, false)
      }
      case "in-front-of": {
        // Something as large would hide what it stands before.
        const aside = wanted > parent.height * 0.7 ? (parent.width + wanted * child.aspect) * 0.5 : parent.width * 0.3
        return one(wanted, count > 2 ? 0 : aside, -parent.height * 0.06, 1, false)
      }
      case "behind": {
        const aside = wanted < parent.height * 0.7 ? parent.width * 0.5 : parent.width * 0.34
        return one(wanted, -aside, parent.height * 0.05, -1, false)
      }
      case "held-by":
        return heldSpot(parent, child, link, wanted, one)
      case "worn-by":
        return wornSpot(parent, child, one)
      case "beside":
        return one(wanted, 0, 0, 0, false)
    }
  })()
  // However many somebody holds, each must be seen.
  const least = base.width * (elbowRoom[link.kind] ?? 0) * (count - 1)
  const spread = boat ? parent.width * 0.4 : Math.max(least, parent.width * 0.9 - base.width)
  return Array.from({ length: count }, (_, index) => ({
    ...base,
    x: parent.x + base.x + (count === 1 ? 0 : (index / (count - 1) - 0.5) * spread),
    // Several balloons make a bunch.
    y: parent.y + base.y + (index % 2 === 1 && child.traits.habitat === "air" ? base.height * 0.36 : 0)
  }))
}

/** Somebody "on" a horse sits on it; a bird on a cow stands there. */
const mounted = (mount: Actor, rider: Actor, kind: RelationKind): boolean =>
  kind === "on" &&
  mount.traits.mirrors &&
  mount.traits.seat >= 0.3 &&
  mount.traits.seat < 0.45 &&
  rider.traits.metres >= 1

/** How far apart several of a kind are at least, in widths of one. */
const elbowRoom: Readonly<Partial<Record<RelationKind, number>>> = {
  behind: 0.9,
  "held-by": 0.66,
  in: 0.5,
  "in-front-of": 0.9
}

/** Narrow at the top: what is in them stands up out of them. */
const vessels: ReadonlySet<string> = new Set(["amphora", "bottle", "jar", "vase"])

type Place = (height: number, x: number, y: number, layer: number, held?: boolean) => Spot

/** A book is read before the chest, a kite flies, an umbrella covers the head; anything else is in the hand. */
const heldSpot = (parent: Member, child: Actor, link: Link, wanted: number, one: Place): Spot => {
  const { height, width } = parent
  const fit = (share: number, widest: number): number =>
    Math.max(Math.min(wanted, height * share, (width * widest) / child.aspect), height * 0.2)
  if (child.traits.habitat === "air") return one(Math.min(wanted * 1.2, height * 0.75), width * 0.62, height * 0.72, 1)
  if (child.subject.icon === "umbrella") return one(height * 0.95, width * 0.16, height * 0.36, -1)
  if (/^read|^typ|^writ/.test(link.word)) return one(fit(0.34, 0.85), 0, height * 0.1, 1)
  const item = fit(0.62, 0.75)
  return one(item, width * 0.4, height * 0.3 - item * 0.38, 1)
}

/** Hats sit on top of the head, glasses before the eyes, scarves and ties below the chin. */
const wornSpot = (parent: Member, child: Actor, one: Place): Spot => {
  const [cx, top, headWidth, headHeight] = headOf(parent.actor)
  const x = (cx - 0.5) * parent.width
  const icon = child.subject.icon ?? ""
  const wide = headWidth * parent.width
  const crown = (1 - top) * parent.height
  if (icon === "glasses" || icon === "sunglasses" || icon === "goggles") {
    const height = (wide * 0.86) / child.aspect
    return one(height, x, crown - headHeight * parent.height * 0.5 - height / 2, 1)
  }
  if (icon === "scarf" || icon === "necktie") {
    const height = Math.min((wide * 0.8) / child.aspect, parent.height * 0.34)
    return one(height, x, crown - headHeight * parent.height - height * 0.72, 1)
  }
  const height = Math.min((wide * 1.02) / child.aspect, parent.height * 0.5)
  return one(height, x, crown - height * (icon === "headphone" ? 0.9 : 0.24), 1)
}

type Head = readonly [middle: number, top: number, width: number, height: number]

/** Where the head is, as fractions of the drawing: most animals are seen from the side, looking left. */
const headOf = (actor: Actor): Head =>
  heads[actor.subject.icon ?? ""] ?? (actor.aspect < 0.9 ? [0.5, 0, 0.78, 0.5] : [0.3, 0, 0.42, 0.42])

const heads: Readonly<Record<string, Head>> = {
  astronaut: [0.5, 0, 0.62, 0.46],
  "black-cat": [0.4, 0.1, 0.52, 0.36],
  cat: [0.32, 0.08, 0.5, 0.36],
  cow: [0.2, 0.12, 0.28, 0.3],
  dog: [0.46, 0.02, 0.66, 0.46],
  elephant: [0.42, 0.04, 0.5, 0.5],
  "front-facing-baby-chick": [0.5, 0.06, 0.66, 0.44],
  horse: [0.17, 0.04, 0.22, 0.24],
  "man-standing": [0.5, 0, 0.42, 0.2],
  owl: [0.5, 0.06, 0.7, 0.42],
  penguin: [0.4, 0.01, 0.44, 0.22],
  "person-standing": [0.5, 0, 0.42, 0.2],
  rabbit: [0.34, 0.32, 0.4, 0.32],
  robot: [0.5, 0.11, 0.64, 0.34],
  "snowman-without-snow": [0.5, 0.2, 0.56, 0.42],
  "teddy-bear": [0.5, 0.02, 0.66, 0.44],
  "woman-standing": [0.5, 0, 0.42, 0.2]
}
