import { canLetter } from "./Lettering.ts"
import { backdropNouns, containers, handhelds, sayingWords, seatings, wearables } from "./LexiconGrammar.ts"
import { actionDrawings } from "./LexiconPeople.ts"
import { placeShows, sometimesThings } from "./LexiconScene.ts"
import type { Phrase } from "./Phrases.ts"
import { phrasesOf } from "./Phrases.ts"
import {
  type Color,
  type Material,
  maximumCount,
  maximumSubjects,
  type Named,
  type Place,
  type Pose,
  type RelationKind,
  type Season,
  type Size,
  type Style,
  type Subject,
  type Surface,
  type SurfaceKind,
  type TimeOfDay,
  type Weather
} from "./Scene.ts"
import type { Meaning } from "./Vocabulary.ts"
import { tokenise } from "./Words.ts"

/** What a prompt says, before defaults fill the gaps. */
export interface Reading {
  readonly subjects: ReadonlyArray<Subject>
  readonly surface: Surface | null
  readonly place: Named<Place> | null
  readonly shown: ReadonlyArray<string>
  readonly time: Named<TimeOfDay> | null
  readonly weather: Named<Weather> | null
  readonly season: Named<Season> | null
  readonly style: Named<Style> | null
  readonly material: Named<Material> | null
  readonly wall: Named<Material> | null
  readonly color: Named<Color> | null
  readonly excluded: ReadonlyArray<string>
  readonly unknown: ReadonlyArray<string>
}

export interface Reader {
  /** Takes the next phrase; the two after it tell an adjective from a noun. */
  read(phrase: Phrase, next: Phrase | undefined, afterNext: Phrase | undefined): void
  finish(): Reading
}

type Mutable<A> = { -readonly [K in keyof A]: A[K] }
type Known = Extract<Phrase, { readonly kind: "meaning" }>

/** Adjectives and numbers that wait for their noun. */
interface Pending {
  colors: Array<Named<Color>>
  material: Named<Material> | null
  size: Named<Size> | null
  pose: Named<Pose> | null
  action: string | null
  count: number | null
  countWord: string
  /** An unknown word came between: if no noun follows, they belonged to it. */
  strayed: boolean
}

const nothingPending = (): Pending => ({
  colors: [],
  material: null,
  size: null,
  pose: null,
  action: null,
  count: null,
  countWord: "",
  strayed: false
})

/** A preposition or a verb that waits for its object. */
interface Link {
  readonly kind: RelationKind
  readonly word: string
}

/** What an adjective after "is" describes. */
type Target = { readonly kind: "subject"; readonly index: number } | { readonly kind: "surface" } | null

/**
 * Walks through the phrases once. Three things are kept: adjectives that wait for a noun, the preposition or verb that
 * waits for its object, and the noun that both will be about.
 */
export const makeReader = (): Reader => {
  const subjects: Array<Mutable<Subject>> = []
  const found: Mutable<Reading> = {
    subjects: [],
    surface: null,
    place: null,
    shown: [],
    time: null,
    weather: null,
    season: null,
    style: null,
    material: null,
    wall: null,
    color: null,
    excluded: [],
    unknown: []
  }
  const unknown: Array<string> = []
  const excluded: Array<string> = []
  const shown: Array<string> = []
  let pending = nothingPending()
  let link: Link | null = null
  let used: Link | null = null
  let leading: (Link & { readonly to: number }) | null = null
  let head: number | null = null
  let last: Target = null
  let predicate = false
  let partitive = false
  let negated = false
  let saying = false

  const read: Reader["read"] = (phrase, next, afterNext) => {
    switch (phrase.kind) {
      case "break":
        return onBreak(phrase.strong, next)
      case "stop":
        return onStop(phrase.word)
      case "negation":
        flush()
        negated = true
        link = null
        return
      case "number":
        pending.count = phrase.count
        pending.countWord = phrase.word
        return
      case "quote":
        return onQuote(phrase.text)
      case "action":
        return onAction(phrase.word, next)
      case "unknown":
        return onUnknown(phrase.word)
      case "meaning":
        saying = sayingWords.has(phrase.word)
        return onMeaning(phrase, next, afterNext)
    }
  }

  const onBreak = (strong: boolean, next: Phrase | undefined): void => {
    const goesOn = !strong && next?.kind === "meaning"
    if (!goesOn) flush()
    negated = false
    predicate = false
    partitive = false
    link = null
    used = null
    if (strong) {
      head = null
      last = null
    }
  }

  const onStop = (word: string): void => {
    saying = sayingWords.has(word)
    if (word === "is" || word === "are" || word === "was" || word === "were") {
      flush()
      predicate = last !== null
    } else if (word === "of") {
      partitive = last !== null
    } else if (word === "and") {
      predicate = false
      link = used?.kind === "held-by" || used?.kind === "worn-by" ? used : null
    } else if (backdropNouns.has(word)) {
      describeBackdrop(word)
    }
  }

  const onUnknown = (word: string): void => {
    saying = sayingWords.has(word)
    if (negated) return
    if (backdropNouns.has(word) && describeBackdrop(word)) return
    unknown.push(word)
    pending.strayed = true
    partitive = false
    predicate = false
  }

  /** "A brick wall", "a blue background". */
  const describeBackdrop = (word: string): boolean => {
    const color = pending.colors[0]
    if (color === undefined && pending.material === null) return false
    if (color !== undefined) found.color ??= { name: color.name, word: color.word }
    if (pending.material !== null) found.wall ??= pending.material
    if (word === "wall" || word === "walls") shown.push(word)
    pending = nothingPending()
    link = null
    return true
  }

  const onQuote = (text: string): void => {
    const carrier = last?.kind === "subject" ? subjects[last.index] : undefined
    if (saying && carrier !== undefined && carrier.text === null && canLetter(text)) {
      carrier.text = text
      saying = false
      return
    }
    const inner = phrasesOf(tokenise(text.replace(/["“”„«»]/g, " ")))
    inner.forEach((phrase, index) => read(phrase, inner[index + 1], inner[index + 2]))
  }

  const onAction = (word: string, next: Phrase | undefined): void => {
    if (
      next?.kind === "meaning" &&
      next.meaning.icon !== undefined &&
      actionDrawings[word]?.[next.meaning.icon] !== undefined
    ) {
      pending.action = word
      return
    }
    const doer = head === null ? undefined : subjects[head]
    const drawing = actionDrawings[word]?.[doer?.icon ?? ""]
    if (doer !== undefined && drawing !== undefined) {
      doer.icon = drawing
      shown.push(word)
    } else onUnknown(word)
  }

  const onMeaning = (phrase: Known, next: Phrase | undefined, afterNext: Phrase | undefined): void => {
    const { meaning, word } = phrase
    const noun = meaning.icon !== undefined || meaning.place !== undefined || meaning.surface !== undefined
    if (meaning.style !== undefined) return once("style", { name: meaning.style, word })
    if (meaning.relation !== undefined && !noun) return onRelation(meaning.relation, word)
    if (meaning.pose !== undefined && !noun) return onPose({ name: meaning.pose, word }, next, afterNext)
    if (meaning.size !== undefined && !noun) return onSize({ name: meaning.size, word })
    if (meaning.time !== undefined) return once("time", { name: meaning.time, word })
    if (meaning.season !== undefined) return once("season", { name: meaning.season, word })
    if (meaning.weather !== undefined && !(noun && link === null && !negated))
      return once("weather", { name: meaning.weather, word })
    const adjective = meaning.color !== undefined || meaning.material !== undefined
    // "On ice" is on a sheet of it, not on a cube.
    if (
      meaning.material !== undefined &&
      meaning.icon !== undefined &&
      link?.kind === "on" &&
      !phrase.plural &&
      !isNoun(next)
    ) {
      return onAdjective({ material: meaning.material }, word, next, afterNext)
    }
    if (adjective && (!noun || (!phrase.plural && nounFollows(next, afterNext))))
      return onAdjective(meaning, word, next, afterNext)
    if (noun) onNoun(phrase, next)
  }

  const once = <K extends "style" | "time" | "season" | "weather">(key: K, value: NonNullable<Reading[K]>): void => {
    if (negated) excluded.push(value.word ?? "")
    else if (found[key] === null) found[key] = value
    else if (found[key].name === value.name && value.word !== null && value.word !== found[key].word)
      shown.push(value.word)
    else if (found[key].name !== value.name && value.word !== null) unknown.push(value.word)
    // "At night", "in the rain": the preposition was about this.
    link = null
  }

  const onRelation = (kind: RelationKind, word: string): void => {
    flush()
    predicate = false
    negated = false
    if (link !== null && link.kind !== kind && isVerb(link.kind)) unknown.push(link.word)
    link = { kind, word }
  }

  const onPose = (pose: Named<Pose>, next: Phrase | undefined, afterNext: Phrase | undefined): void => {
    const doer = head === null ? undefined : subjects[head]
    // "Flying a kite": the verb has an object, and it is the object that flies.
    if (doer !== undefined && next?.kind === "stop" && isNoun(afterNext)) return onRelation("held-by", pose.word ?? "")
    const leads =
      next?.kind === "meaning" &&
      (next.meaning.icon !== undefined || next.meaning.color !== undefined || next.meaning.size !== undefined)
    if (doer !== undefined && !leads && doer.pose === null) doer.pose = pose
    else pending.pose = pose
  }

  const onSize = (size: Named<Size>): void => {
    const target = predicate && last?.kind === "subject" ? subjects[last.index] : undefined
    if (target !== undefined) target.size = size
    else pending.size = size
  }

  const onAdjective = (
    meaning: Meaning,
    word: string,
    next: Phrase | undefined,
    afterNext: Phrase | undefined
  ): void => {
    if (negated) {
      excluded.push(word)
      return
    }
    const after = (predicate || partitive) && !nounFollows(next, afterNext)
    if (after && describe(meaning, word)) return
    if (meaning.material !== undefined) pending.material ??= { name: meaning.material, word }
    else if (meaning.color !== undefined) pending.colors.push({ name: meaning.color, word })
  }

  /** "The car is red", "a table made of oak". */
  const describe = (meaning: Meaning, word: string): boolean => {
    const target = last?.kind === "subject" ? subjects[last.index] : last?.kind === "surface" ? found.surface : null
    if (target === undefined || target === null) return false
    const named = {
      color: meaning.color === undefined ? target.color : { name: meaning.color, word },
      material: meaning.material === undefined ? target.material : { name: meaning.material, word }
    }
    if (last?.kind === "surface" && found.surface !== null) found.surface = { ...found.surface, ...named }
    else Object.assign(target, named)
    return true
  }

  const onNoun = (phrase: Known, next: Phrase | undefined): void => {
    const { emoji, meaning, plural, word } = phrase
    if (negated) {
      excluded.push(word, ...(meaning.icon === undefined ? [] : [meaning.icon]))
      pending = nothingPending()
      return
    }
    if (!plural && !emoji && isNoun(next)) {
      onModifier(phrase, next)
      return
    }
    const kind = link?.kind
    const locative =
      kind === "on" ||
      kind === "in" ||
      kind === "above" ||
      link?.word === "at" ||
      link?.word === "near" ||
      link?.word === "by"
    if (
      meaning.surface !== undefined &&
      found.surface === null &&
      (meaning.icon === undefined || link === null || kind === "on" || atSurface.has(link.word))
    ) {
      setSurface(meaning.surface, word)
    } else if (
      meaning.place !== undefined &&
      (meaning.icon === undefined || (locative && (sometimesThings.has(word) || kind !== "above")))
    ) {
      setPlace(meaning.place, word)
    } else if (meaning.icon !== undefined) {
      addSubjects(meaning.icon, word, plural, emoji)
    } else if (meaning.place !== undefined) setPlace(meaning.place, word)
    link = null
    partitive = false
    predicate = false
  }

  /** A noun directly before a noun: "field camera" is a camera. Only a place may still lend its setting to a table. */
  const onModifier = (phrase: Known, next: Known): void => {
    const { place } = phrase.meaning
    if (
      place !== undefined &&
      (next.meaning.surface !== undefined || (next.meaning.place !== undefined && next.meaning.icon === undefined))
    ) {
      const waiting = link
      const adjectives = pending
      pending = nothingPending()
      setPlace(place, phrase.word)
      pending = adjectives
      link = waiting
    } else unknown.push(phrase.word)
  }

  const setPlace = (name: Place, word: string): void => {
    const color = pending.colors[0]
    if (word === "sky" && color !== undefined) {
      describeBackdrop(word)
      return
    }
    if (found.place === null) found.place = { name, word }
    else if (found.place.name === name || placeShows[found.place.name]?.includes(name) === true) shown.push(word)
    else if (placeShows[name]?.includes(found.place.name) === true) {
      if (found.place.word !== null) shown.push(found.place.word)
      found.place = { name, word }
    } else {
      unknown.push(word)
      return
    }
    if (color !== undefined) found.color ??= color
    if (pending.material !== null) found.material ??= pending.material
    spend()
  }

  const setSurface = (kind: SurfaceKind, word: string): void => {
    if (found.surface !== null) {
      unknown.push(word)
      return
    }
    found.surface = { kind, word, material: pending.material, color: pending.colors[0] ?? null }
    spend()
    last = { kind: "surface" }
  }

  const addSubjects = (icon: string, word: string, plural: boolean, emoji: boolean): void => {
    const before = subjects.at(-1)
    if (emoji && before?.icon === icon && before.count < maximumCount) {
      before.count += 1
      return
    }
    const asked = pending.count ?? (plural ? 3 : 1)
    if (asked === 0) {
      excluded.push(word, icon)
      pending = nothingPending()
      return
    }
    if (subjects.length >= maximumSubjects) {
      unknown.push(word)
      return
    }
    if (asked > maximumCount) unknown.push(`${pending.countWord} (${maximumCount} is the most that is drawn)`)
    const count = Math.min(asked, maximumCount)
    const { colors } = pending
    // "Red and blue balloons" are balloons of each colour.
    const shades = colors.length > 1 && count > 1 ? colors.slice(0, count) : [colors[0] ?? null]
    shades.forEach((color, index) => {
      const share = Math.floor(count / shades.length) + (index < count % shades.length ? 1 : 0)
      addSubject(icon, word, share, color)
    })
    for (const color of colors.slice(shades.length)) if (color.word !== null) unknown.push(color.word)
    pending = nothingPending()
  }

  const addSubject = (icon: string, word: string, count: number, color: Named<Color> | null): void => {
    const index = subjects.length
    const opened = icon === "closed-book" && link !== null && /^read/.test(link.word) ? "open-book" : icon
    const acting = pending.action === null ? undefined : actionDrawings[pending.action]?.[icon]
    if (acting !== undefined && pending.action !== null) shown.push(pending.action)
    subjects.push({
      word,
      icon: acting ?? opened,
      count,
      color,
      material: pending.material,
      size: pending.size ?? { name: "normal", word: null },
      relation: null,
      pose: pending.pose,
      text: null
    })
    relate(index, opened)
    last = { kind: "subject", index }
  }

  /** Ties the new thing to the one before, by what stood between them. */
  const relate = (index: number, icon: string): void => {
    const added = subjects[index]
    if (added === undefined) return
    if (leading !== null) {
      if (link === null) added.relation = leading
      leading = null
    }
    const source = head === null ? undefined : subjects[head]
    if (partitive && last?.kind === "subject" && containers.has(subjects[last.index]?.icon ?? "")) {
      added.relation = { kind: "in", to: last.index, word: "of" }
      return
    }
    if (link === null) {
      head = index
      return
    }
    const { kind, word } = sharper(link, icon, source?.icon)
    if (source === undefined || head === null) {
      if (kind !== "beside") leading = { kind, word, to: index }
      head = index
    } else if (kind === "held-by" || kind === "worn-by") {
      added.relation = { kind, to: head, word }
      used = link
    } else if (word === "with" && kind === "in") added.relation = { kind, to: head, word }
    else if (kind !== "beside") {
      // The head can be in one place only; what follows describes the thing it is at.
      const free = source.relation === null ? source : last?.kind === "subject" ? subjects[last.index] : undefined
      if (free !== undefined && free.relation === null && free !== added) free.relation = { kind, to: index, word }
    }
  }

  /** Adjectives without a noun speak of the whole picture, unless an unknown noun came: then they were its own. */
  const flush = (): void => {
    const { action, colors, countWord, material, pose, size, strayed } = pending
    if (strayed) {
      for (const { word } of [...colors, ...(material ? [material] : []), ...(size ? [size] : [])])
        if (word !== null) unknown.push(word)
    } else {
      const [color, ...more] = colors
      if (color !== undefined) found.color ??= color
      for (const { word } of more) if (word !== null) unknown.push(word)
      if (material !== null && link?.kind === "on" && found.surface === null) {
        found.surface = {
          kind: groundLike.has(material.name) ? "ground" : "table",
          word: material.word ?? material.name,
          material,
          color: null
        }
      } else if (material !== null) found.material ??= material
      if (size?.word) unknown.push(size.word)
    }
    if (countWord !== "") unknown.push(countWord)
    if (pose?.word) unknown.push(pose.word)
    if (action !== null) unknown.push(action)
    pending = nothingPending()
  }

  /** The noun has taken colour and material; a size or a number that it cannot show is reported. */
  const spend = (): void => {
    if (pending.size?.word) unknown.push(pending.size.word)
    if (pending.countWord !== "" && pending.count !== 1) unknown.push(pending.countWord)
    pending = nothingPending()
  }

  const finish = (): Reading => {
    flush()
    if (link !== null && isVerb(link.kind)) unknown.push(link.word)
    return { ...found, subjects, shown, excluded, unknown }
  }

  return { read, finish }
}

const groundLike: ReadonlySet<Material> = new Set<Material>(["ice", "sand", "stone"])

const atSurface: ReadonlySet<string> = new Set(["at", "across", "along"])

const isVerb = (kind: RelationKind): boolean => kind === "held-by" || kind === "worn-by" || kind === "riding"

/** Words that say where rather than name a thing: "a shark underwater" is a shark. */
const adverbs: ReadonlySet<string> = new Set([
  "downtown",
  "in orbit",
  "indoor",
  "indoors",
  "mid air",
  "under water",
  "underwater"
])

const isNoun = (phrase: Phrase | undefined): phrase is Known =>
  phrase?.kind === "meaning" &&
  !adverbs.has(phrase.word) &&
  !phrase.emoji &&
  phrase.meaning.relation === undefined &&
  phrase.meaning.style === undefined &&
  phrase.meaning.time === undefined &&
  phrase.meaning.weather === undefined &&
  (phrase.meaning.icon !== undefined || phrase.meaning.place !== undefined || phrase.meaning.surface !== undefined)

const isAdjective = (phrase: Phrase | undefined): boolean =>
  phrase?.kind === "meaning" &&
  (phrase.meaning.color !== undefined || phrase.meaning.material !== undefined || phrase.meaning.size !== undefined)

/** A noun comes next, perhaps after one more adjective or a word that we do not know. */
const nounFollows = (next: Phrase | undefined, afterNext: Phrase | undefined): boolean =>
  isNoun(next) ||
  next?.kind === "unknown" ||
  next?.kind === "action" ||
  (isAdjective(next) && (isNoun(afterNext) || afterNext?.kind === "unknown"))

/** What "in" and "with" mean depends on the things they join. */
const sharper = (link: Link, object: string, source: string | null | undefined): Link => {
  const { kind, word } = link
  if (kind === "in") {
    if (wearables.has(object)) return { kind: "worn-by", word }
    if (seatings.has(object)) return { kind: "on", word }
    return { kind: containers.has(object) ? "in" : "in-front-of", word }
  }
  if (word === "with" && wearables.has(object)) return { kind: "worn-by", word }
  if (word === "with" && source != null && handhelds.has(object)) return { kind: "held-by", word }
  if (word === "with" && source != null && containers.has(source)) return { kind: "in", word }
  return link
}
