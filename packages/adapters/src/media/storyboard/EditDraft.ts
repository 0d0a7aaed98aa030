import { type Actor, castOf } from "./Cast.ts"
import { loadIcons } from "./Icons.ts"
import { togetherDrawings } from "./LexiconPeople.ts"
import { isGiven } from "./Lookup.ts"
import { sizeFactors } from "./Placement.ts"
import { scaled } from "./Restage.ts"
import {
  type Backdrop,
  maximumCount,
  maximumSubjects,
  type Scene,
  type Spot,
  type Staging,
  type Subject
} from "./Scene.ts"
import { plural } from "./Words.ts"

/** A scene while it is edited. Subjects keep their indices until the end; one that is removed leaves null. */
export interface Draft {
  readonly original: Scene
  readonly staging: Staging | null
  readonly subjects: Array<Subject | null>
  spots: ReadonlyArray<Spot>
  backdrop: Backdrop
  style: Scene["style"]
  surface: Scene["surface"]
  excluded: ReadonlyArray<string>
  cutout: boolean
  /** What was changed, in phrases. */
  readonly changes: Array<string>
  /** Words that were not understood, or name nothing in the picture. */
  readonly missed: Array<string>
}

export const draftOf = (scene: Scene, staging: Staging | null): Draft => ({
  original: scene,
  staging,
  subjects: [...scene.subjects],
  spots: staging?.spots ?? [],
  backdrop: scene.backdrop,
  style: scene.style,
  surface: scene.surface,
  excluded: scene.excluded,
  cutout: scene.cutout === true,
  changes: [],
  missed: []
})

/** Subjects are counted anew, and what they and their spots refer to with them. */
export const finished = (draft: Draft): Scene => {
  const { backdrop, cutout, excluded, original, staging, style, surface } = draft
  const kept = draft.subjects.flatMap((subject, index) => (subject === null ? [] : [{ subject, index }]))
  const moved = new Map(kept.map(({ index }, to) => [index, to]))
  const subjects = kept.map(({ subject }): Subject => {
    const to = subject.relation === null ? undefined : moved.get(subject.relation.to)
    return { ...subject, relation: subject.relation === null || to === undefined ? null : { ...subject.relation, to } }
  })
  const spots = draft.spots.flatMap((spot) => {
    const subject = moved.get(spot.subject)
    return subject === undefined ? [] : [{ ...spot, subject }]
  })
  const { cutout: _, staging: __, ...scene } = original
  return {
    ...scene,
    backdrop,
    style,
    surface,
    subjects,
    excluded,
    // A card is what was made of words that say nothing; now some do.
    card: original.card && subjects.length === 0 && backdrop === original.backdrop && surface === null,
    ...(staging === null ? {} : { staging: { ...staging, spots } }),
    ...(cutout ? { cutout: true as const } : {})
  }
}

/** The index of the thing that a word means, or null. */
export const indexOf = ({ subjects }: Draft, { icon, word }: Pick<Subject, "icon" | "word">): number | null => {
  const matches: ReadonlyArray<(subject: Subject) => boolean> = [
    (subject) => subject.word === word,
    (subject) => icon !== null && subject.icon === icon,
    // "The camera" is the field camera.
    (subject) => subject.word.endsWith(` ${word}`)
  ]
  for (const match of matches) {
    const index = subjects.findIndex((subject) => subject !== null && match(subject))
    if (index !== -1) return index
  }
  return null
}

export const heroIn = ({ subjects }: Draft): number | null => {
  const index = subjects.findIndex((subject) => isGiven(subject?.icon))
  return index === -1 ? null : index
}

export const addSubject = (draft: Draft, subject: Subject): number | null => {
  if (draft.subjects.filter((other) => other !== null).length >= maximumSubjects) {
    draft.missed.push(`${subject.word} (${maximumSubjects} different things are the most that is drawn)`)
    return null
  }
  draft.subjects.push(subject)
  draft.excluded = draft.excluded.filter((word) => word !== subject.word && word !== subject.icon)
  draft.changes.push(`added ${counted(subject)}`)
  return draft.subjects.length - 1
}

const counted = ({ count, word }: Subject): string => (count === 1 ? word : `${count} ${plural(word)}`)

/** Those that come first stay where they are. */
export const setCount = (draft: Draft, index: number, wanted: number): void => {
  const subject = draft.subjects[index]
  if (subject === undefined || subject === null) return
  if (wanted > maximumCount) draft.missed.push(`${wanted} (${maximumCount} is the most that is drawn)`)
  const count = Math.min(wanted, maximumCount)
  if (count === subject.count) return
  draft.subjects[index] = { ...subject, count }
  draft.changes.push(`${subject.word}: ${subject.count} → ${count}`)
  let left = count
  draft.spots = draft.spots.filter((spot) => spot.subject !== index || left-- > 0)
  if (count < subject.count) childrenOf(draft, index).forEach((child) => forget(draft, child))
}

export const removeSubject = (draft: Draft, index: number): void => {
  const subject = draft.subjects[index]
  if (subject === undefined || subject === null) return
  draft.changes.push(`removed ${counted(subject)}`)
  draft.subjects[index] = null
  for (const child of childrenOf(draft, index)) {
    const other = draft.subjects[child]
    if (other === undefined || other === null) continue
    const kind = other.relation?.kind
    if (kind === "held-by" || kind === "worn-by") removeSubject(draft, child)
    else {
      draft.subjects[child] = { ...other, relation: null }
      if (kind !== "beside" && draft.spots.some((spot) => spot.subject === child && spot.footing === "held"))
        forget(draft, child)
    }
  }
  // One of two that are drawn in one piece takes the other along.
  if (subject.icon === null) removeTogether(draft)
}

const removeTogether = (draft: Draft): void => {
  const drawings = new Set(Object.values(togetherDrawings))
  const whole = draft.subjects.findIndex((other) => drawings.has(other?.icon ?? ""))
  if (whole !== -1) removeSubject(draft, whole)
}

/** The new thing stands where the old one stood, in proportion, unless one of them does not stand. */
export const replaceSubject = (draft: Draft, index: number, by: Subject): void => {
  const before = draft.subjects[index]
  if (before === undefined || before === null) return
  const after: Subject = { ...by, count: by.count === 1 ? before.count : by.count, relation: before.relation }
  draft.changes.push(`replaced ${counted(before)} by ${counted(after)}`)
  draft.subjects[index] = after
  draft.excluded = draft.excluded.filter((word) => word !== after.word && word !== after.icon)
  const [from, to] = [actorFor(before), actorFor(after)]
  if (from === null || to === null || restsAs(from) !== restsAs(to)) forget(draft, index)
  else {
    const { height, width } = draft.original
    draft.spots = draft.spots.map((spot) => {
      if (spot.subject !== index) return spot
      const wanted = spot.height * (spot.footing === "held" ? 1 : size(to) / size(from))
      const tall = Math.min(
        wanted,
        height * 0.66,
        (width * 0.7) / to.aspect,
        Math.max(spot.y - height * 0.05, height * 0.1)
      )
      const least = Math.max(tall, height * 0.08)
      return { ...spot, height: least, width: least * to.aspect, mirrored: spot.mirrored && to.traits.mirrors }
    })
  }
  childrenOf(draft, index).forEach((child) => forget(draft, child))
}

const actorFor = (subject: Subject): Actor | null => castOf([{ ...subject, relation: null }], loadIcons())[0] ?? null

/** As tall as it is drawn beside other things. */
const size = (actor: Actor): number => actor.traits.metres ** 0.45 * sizeFactors[actor.subject.size.name]

/** What a place does with it: stand, swim or fly. */
const restsAs = ({ traits }: Actor): string => {
  if (traits.habitat === "air" || traits.habitat === "space") return "air"
  return traits.habitat === "water" || traits.habitat === "underwater" ? "water" : "ground"
}

export const describeSubject = (draft: Draft, index: number, change: Partial<Subject>, said: string): void => {
  const subject = draft.subjects[index]
  if (subject === undefined || subject === null) return
  draft.subjects[index] = { ...subject, ...change }
  draft.changes.push(`${subject.word}: ${said}`)
  if (change.pose !== undefined || change.relation !== undefined) forget(draft, index)
}

/** It gets a new spot, and what belongs to it goes along. */
const forget = (draft: Draft, index: number): void => {
  const family = familyOf(draft, index)
  draft.spots = draft.spots.filter((spot) => !family.has(spot.subject))
}

/** Those that are on it, in its hand and so on. */
const childrenOf = ({ subjects }: Draft, index: number): ReadonlyArray<number> =>
  subjects.flatMap((subject, at) =>
    at !== index && subject?.relation?.to === index && subject.relation.kind !== "beside" ? [at] : []
  )

/** It, its children, theirs, and so on; a prompt may make them run in a circle. */
const familyOf = (draft: Draft, index: number): ReadonlySet<number> => {
  const family = new Set([index])
  for (const member of family) for (const child of childrenOf(draft, member)) family.add(child)
  return family
}

/** Everything that belongs to it grows with it, about its foot. False when the picture has no room for it. */
export const resizeSubject = (draft: Draft, index: number, factor: number): boolean => {
  const own = draft.spots.filter((spot) => spot.subject === index)
  if (own.length === 0) return true
  const { height, width } = draft.original
  const room = Math.min(
    ...own.map((spot) => Math.min((spot.y - height * 0.03) / spot.height, (width * 0.96) / spot.width))
  )
  const most = factor > 1 ? Math.min(factor, Math.max(1, room)) : factor
  if (Math.abs(most - 1) < 0.03) return false
  const family = familyOf(draft, index)
  draft.spots = draft.spots.map((spot) => {
    if (!family.has(spot.subject)) return spot
    const [foot] = own.toSorted((a, b) => Math.abs(a.x - spot.x) - Math.abs(b.x - spot.x))
    const grown = foot === undefined ? spot : scaled(spot, foot, most)
    const half = grown.width / 2
    const inside = Math.min(Math.max(grown.x, half + width * 0.02), Math.max(half, width * 0.98 - half))
    return spot.subject === index ? { ...grown, x: inside } : grown
  })
  return true
}
