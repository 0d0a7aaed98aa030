import { loadIcons } from "./Icons.ts"
import { bodyParts, buildingParts, buildings, containers, handhelds, seatings, wearables } from "./LexiconGrammar.ts"
import { actionDrawings } from "./LexiconPeople.ts"
import { dressingPlaces, placeShows, plants, sometimesThings } from "./LexiconScene.ts"
import { lookUp } from "./Lookup.ts"
import type { Phrase } from "./Phrases.ts"
import {
  atSurface,
  flush,
  isNoun,
  isVerb,
  type Known,
  type Link,
  nothingPending,
  type ReaderState,
  spend
} from "./ReaderState.ts"
import { type Color, maximumCount, maximumSubjects, type Named, type Place, type SurfaceKind } from "./Scene.ts"
import { type Traits, traitsOf } from "./Traits.ts"

/** Things, places and furniture: what a noun is depends on the preposition before it. */
export const readNoun = (
  r: ReaderState,
  phrase: Known,
  next: Phrase | undefined,
  afterNext: Phrase | undefined
): void => {
  const { emoji, meaning, plural, word } = phrase
  if (r.negated) {
    r.excluded.push(word, ...(meaning.icon === undefined ? [] : [meaning.icon]))
    r.pending = nothingPending()
    return
  }
  // Three nouns in a row without a comma are a list; of two, the first only describes the second.
  const listed = r.listing
  r.listing = !emoji && isNoun(next) && (listed || isNoun(afterNext))
  if (!plural && !emoji && isNoun(next) && !r.listing) {
    readModifier(r, phrase, next)
    return
  }
  const kind = r.link?.kind
  const near = r.link?.word === "at" || r.link?.word === "near" || r.link?.word === "by"
  const locative = kind === "on" || kind === "in" || kind === "above" || near
  const furniture = meaning.icon === undefined || r.link === null || kind === "on" || atSurface.has(r.link.word)
  if (meaning.surface !== undefined && r.found.surface === null && furniture) {
    setSurface(r, meaning.surface, word)
  } else if (
    meaning.place !== undefined &&
    (meaning.icon === undefined ||
      // A wolf that howls at the moon is not there.
      (locative && !(near && word === "moon") && (sometimesThings.has(word) || kind !== "above")))
  ) {
    setPlace(r, meaning.place, word)
  } else if (isDressing(r, phrase)) {
    r.dressings.push({ name: word, word: plural ? `${word}s` : word, icon: meaning.icon ?? null })
    // The place shows it as it is; looks that the prompt gives it are not seen.
    r.pending.strayed = true
    flush(r)
  } else if (meaning.icon !== undefined) {
    if (meaning.insteadOf !== undefined) r.unknown.push(`${word} (drawn as ${meaning.insteadOf})`)
    addSubjects(r, meaning.icon, meaning.insteadOf ?? word, plural, emoji)
  } else if (meaning.place !== undefined) setPlace(r, meaning.place, word)
  else {
    r.unknown.push(word)
    r.pending.strayed = true
  }
  r.link = null
  r.partitive = false
  r.predicate = false
}

/** "A field of flowers", "with trees": many of them, with no looks of their own, and not in anybody's hand. */
const isDressing = (r: ReaderState, { meaning, plural, word }: Known): boolean => {
  const { colors, count, material, size } = r.pending
  if (lookUp(dressingPlaces, word) === undefined || (!plural && meaning.icon !== undefined)) return false
  if (count !== null || colors.length > 0 || material !== null || size !== null) return false
  const held =
    r.link?.kind === "held-by" || r.link?.kind === "worn-by" || r.link?.kind === "in" || r.link?.kind === "on"
  const contained = r.partitive && r.last?.kind === "subject" && containers.has(r.subjects[r.last.index]?.icon ?? "")
  return meaning.icon === undefined || (!held && !contained && (r.head !== null || r.found.place !== null))
}

/** A noun directly before a noun: "field camera" is a camera. What it adds is reported, unless it shows anyway. */
const readModifier = (r: ReaderState, phrase: Known, next: Known): void => {
  const { icon, place } = phrase.meaning
  const headPlace = next.meaning.icon === undefined && next.meaning.place !== undefined
  if (place !== undefined && (next.meaning.surface !== undefined || headPlace)) {
    // Only a place may lend its setting to a table or to another place.
    const { link, pending } = r
    r.pending = nothingPending()
    setPlace(r, place, phrase.word)
    r.pending = pending
    r.link = link
  } else if (icon !== undefined && icon === next.meaning.icon) r.shown.push(phrase.word)
  else if (icon !== undefined && headPlace && plants.has(icon)) {
    // A sunflower field has sunflowers.
    const { link } = r
    r.pending.count ??= 5
    r.link = null
    addSubjects(r, icon, phrase.word, true, false)
    r.link = link
  } else r.unknown.push(phrase.word)
}

const setPlace = (r: ReaderState, name: Place, word: string): void => {
  const color = r.pending.colors[0]
  const { found } = r
  if (found.place === null) found.place = { name, word }
  else if (found.place.name === name || placeShows[found.place.name]?.includes(name) === true) r.shown.push(word)
  else if (placeShows[name]?.includes(found.place.name) === true) {
    if (found.place.word !== null) r.shown.push(found.place.word)
    found.place = { name, word }
  } else {
    r.unknown.push(word)
    return
  }
  if (color !== undefined) found.color ??= color
  if (r.pending.material !== null) found.material ??= r.pending.material
  spend(r)
}

const setSurface = (r: ReaderState, kind: SurfaceKind, word: string): void => {
  r.found.surface = { kind, word, material: r.pending.material, color: r.pending.colors[0] ?? null }
  spend(r)
  r.last = { kind: "surface" }
}

const addSubjects = (r: ReaderState, icon: string, word: string, plural: boolean, emoji: boolean): void => {
  const { pending, subjects, unknown } = r
  const before = subjects.at(-1)
  if (emoji && before?.icon === icon && before.count < maximumCount) {
    before.count += 1
    return
  }
  const holder = r.partitive && r.last?.kind === "subject" ? subjects[r.last.index] : undefined
  if (holder?.icon === icon) {
    // A cup of coffee is one drawing.
    r.shown.push(word)
    r.pending = nothingPending()
    return
  }
  if (holder?.icon === statue) {
    // A statue of a horse is a horse of stone.
    holder.icon = icon
    holder.material ??= { name: "stone", word: null }
    r.shown.push(word)
    r.pending = nothingPending()
    return
  }
  const asked = pending.count ?? (plural ? several(r) : 1)
  const whole = r.head === null ? null : (subjects[r.head]?.icon ?? null)
  const parts = whole !== null && buildings.has(whole) ? buildingParts : bodyParts
  const partOfSomebody = whole !== null && parts.has(icon) && (r.link === null || r.link.word === "with")
  if (asked === 0) {
    r.excluded.push(word, icon)
    r.pending = nothingPending()
    return
  }
  if (subjects.length >= maximumSubjects || partOfSomebody) unknown.push(word)
  if (subjects.length >= maximumSubjects || partOfSomebody) {
    pending.strayed = true
    flush(r)
    return
  }
  if (asked > maximumCount) unknown.push(`${pending.countWord} (${maximumCount} is the most that is drawn)`)
  const count = Math.min(asked, maximumCount)
  // "Red and blue balloons" are balloons of each colour.
  const shades = pending.colors.length > 1 && count > 1 ? pending.colors.slice(0, count) : [pending.colors[0] ?? null]
  shades.forEach((color, index) => {
    const share = Math.floor(count / shades.length) + (index < count % shades.length ? 1 : 0)
    addSubject(r, icon, word, share, color)
  })
  for (const color of pending.colors.slice(shades.length)) if (color.word !== null) unknown.push(color.word)
  r.pending = nothingPending()
}

/** How many a plural without a number means: each of several people has one, else there are three. */
const several = (r: ReaderState): number => {
  const each = r.link !== null && isVerb(r.link.kind) && r.head !== null ? (r.subjects[r.head]?.count ?? 1) : 1
  return each > 1 ? each : 3
}

/** The drawing of "statue" and "sculpture". */
const statue = "moai"

const addSubject = (r: ReaderState, icon: string, word: string, count: number, color: Named<Color> | null): void => {
  const { action, material, pose, size } = r.pending
  const index = r.subjects.length
  const opened = icon === "closed-book" && r.link?.word.startsWith("read") === true ? "open-book" : icon
  const acting = action === null ? undefined : actionDrawings[action]?.[icon]
  if (acting !== undefined && action !== null) r.shown.push(action)
  r.subjects.push({
    word,
    icon: acting ?? opened,
    count,
    color,
    material,
    size: size ?? { name: "normal", word: null },
    relation: null,
    pose,
    text: null
  })
  relate(r, index, opened)
  r.last = { kind: "subject", index }
}

/** Ties the new thing to the one before, by what stood between them. */
const relate = (r: ReaderState, index: number, icon: string): void => {
  const { head, last, leading, link, subjects } = r
  const added = subjects[index]
  if (added === undefined) return
  const source = head === null ? undefined : subjects[head]
  if (leading !== null && link === null) added.relation = leading
  r.leading = null
  if (r.partitive && last?.kind === "subject" && containers.has(subjects[last.index]?.icon ?? "")) {
    added.relation = { kind: "in", to: last.index, word: "of" }
    return
  }
  if (link === null) {
    r.head = index
    return
  }
  const { kind, word } = sharper(link, icon, source?.icon ?? null)
  if (source === undefined || head === null) {
    if (kind !== "beside") r.leading = { kind, word, to: index }
    r.head = index
  } else if (kind === "held-by" || kind === "worn-by") {
    added.relation = { kind, to: head, word }
    r.used = { kind, word }
  } else if (word === "with" && kind === "in") added.relation = { kind, to: head, word }
  else if (kind !== "beside") {
    // The head can be in one place only; what follows describes the thing it is at.
    const free = source.relation === null ? source : last?.kind === "subject" ? subjects[last.index] : undefined
    if (free?.relation === null && free !== added) free.relation = { kind, to: index, word }
  }
}

const traitsFor = (icon: string): Traits => traitsOf(icon, lookUp(loadIcons().kinds, icon))

/** Somebody large enough to have hands or a mouth free; small things, furniture and buildings hold nothing. */
const canHold = (icon: string): boolean => {
  const { habitat, metres } = traitsFor(icon)
  return !buildings.has(icon) && metres >= 0.4 && ["field", "nature", "space", "stage", "water"].includes(habitat)
}

const fitsHand = (icon: string): boolean => {
  const { habitat, metres } = traitsFor(icon)
  return habitat === "table" && metres <= 0.2
}

/** What "in" and "with" mean depends on the things they join. */
const sharper = (link: Link, object: string, source: string | null): Link => {
  const { kind, word } = link
  if (kind === "in") {
    if (wearables.has(object)) return { kind: "worn-by", word }
    if (seatings.has(object)) return { kind: "on", word }
    return { kind: containers.has(object) ? "in" : "in-front-of", word }
  }
  if (word !== "with" || source === null) return link
  if (wearables.has(object)) return { kind: "worn-by", word }
  if (containers.has(source)) return { kind: "in", word }
  return canHold(source) && (handhelds.has(object) || fitsHand(object)) ? { kind: "held-by", word } : link
}
