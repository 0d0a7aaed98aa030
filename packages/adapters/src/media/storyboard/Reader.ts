import { canLetter } from "./Lettering.ts"
import { backdropNouns, handhelds, sayingWords } from "./LexiconGrammar.ts"
import { actionDrawings } from "./LexiconPeople.ts"
import { lookUp } from "./Lookup.ts"
import { type Phrase, phrasesOf } from "./Phrases.ts"
import {
  flush,
  initialState,
  isNominal,
  isNoun,
  isVerb,
  type Known,
  nothingPending,
  nounFollows,
  type ReaderState,
  type Reading
} from "./ReaderState.ts"
import { readNoun } from "./ReadNouns.ts"
import type { Named, Pose, RelationKind, Size } from "./Scene.ts"
import type { Meaning } from "./Vocabulary.ts"
import { tokenise } from "./Words.ts"

/**
 * Walks through the phrases once. Three things are kept on the way: adjectives that wait for a noun, the preposition or
 * verb that waits for its object, and the noun that both will be about.
 */
export const readPhrases = (phrases: ReadonlyArray<Phrase>): Reading => {
  const r = initialState()
  phrases.forEach((phrase, index) => readPhrase(r, phrase, phrases[index + 1], phrases[index + 2]))
  flush(r)
  if (r.link !== null && isVerb(r.link.kind)) r.unknown.push(r.link.word)
  const { dressings, excluded, found, shown, subjects, unknown } = r
  return { ...found, dressings, excluded, shown, subjects, unknown }
}

/** The two phrases after it tell an adjective from a noun. */
const readPhrase = (r: ReaderState, phrase: Phrase, next: Phrase | undefined, afterNext: Phrase | undefined): void => {
  switch (phrase.kind) {
    case "break":
      return readBreak(r, phrase.strong, next)
    case "stop":
      return readStop(r, phrase.word)
    case "negation":
      flush(r)
      r.negated = true
      r.link = null
      return
    case "number":
      r.pending.count = phrase.count
      r.pending.countWord = phrase.word
      return
    case "quote":
      return readQuote(r, phrase.text)
    case "action":
      return readAction(r, phrase.word, next)
    case "unknown":
      return readUnknown(r, phrase.word)
    case "meaning":
      r.saying = sayingWords.has(phrase.word)
      return readMeaning(r, phrase, next, afterNext)
  }
}

const readBreak = (r: ReaderState, strong: boolean, next: Phrase | undefined): void => {
  const goesOn = !strong && next?.kind === "meaning" && !r.pending.strayed
  if (!goesOn) flush(r)
  r.negated = false
  r.predicate = false
  r.partitive = false
  r.link = null
  r.used = null
  if (strong) {
    r.head = null
    r.last = null
  }
}

const readStop = (r: ReaderState, word: string): void => {
  r.saying = sayingWords.has(word)
  if (word === "is" || word === "are" || word === "was" || word === "were") {
    flush(r)
    r.predicate = r.last !== null
  } else if (word === "of") {
    r.partitive = r.last !== null || r.found.place !== null
  } else if (word === "and") {
    if (r.pending.strayed) flush(r)
    r.predicate = false
    r.link = r.used?.kind === "held-by" || r.used?.kind === "worn-by" ? r.used : null
  } else if (word === "but") r.negated = false
  else if (backdropNouns.has(word)) describeBackdrop(r, word)
}

const readUnknown = (r: ReaderState, word: string): void => {
  r.saying = sayingWords.has(word)
  if (r.negated || (backdropNouns.has(word) && describeBackdrop(r, word))) return
  r.unknown.push(word)
  r.pending.strayed = true
  r.partitive = false
  r.predicate = false
}

/** "A brick wall", "a blue background". */
const describeBackdrop = (r: ReaderState, word: string): boolean => {
  const color = r.pending.colors[0]
  const { material } = r.pending
  if (color === undefined && material === null) return false
  if (color !== undefined) r.found.color ??= color
  if (material !== null) r.found.wall ??= material
  r.shown.push(word)
  r.pending = nothingPending()
  r.link = null
  return true
}

/** After "says", lettering for the last thing; otherwise words like any others. */
const readQuote = (r: ReaderState, text: string): void => {
  const carrier = r.last?.kind === "subject" ? r.subjects[r.last.index] : undefined
  if (r.saying && carrier?.text === null && canLetter(text)) {
    carrier.text = text
    r.saying = false
    return
  }
  const inner = phrasesOf(tokenise(text.replaceAll(/["“”„«»]/g, " ")))
  inner.forEach((phrase, index) => readPhrase(r, phrase, inner[index + 1], inner[index + 2]))
}

const readAction = (r: ReaderState, word: string, next: Phrase | undefined): void => {
  const drawings = lookUp(actionDrawings, word) ?? {}
  if (next?.kind === "meaning" && drawings[next.meaning.icon ?? ""] !== undefined) {
    r.pending.action = word
    return
  }
  const doer = r.head === null ? undefined : r.subjects[r.head]
  const drawing = drawings[doer?.icon ?? ""]
  if (doer === undefined || drawing === undefined) return readUnknown(r, word)
  doer.icon = drawing
  r.shown.push(word)
}

const readMeaning = (r: ReaderState, phrase: Known, next: Phrase | undefined, afterNext: Phrase | undefined): void => {
  const { meaning, word } = phrase
  const { icon, material } = meaning
  const noun = isNominal(meaning)
  if (meaning.style !== undefined) return once(r, "style", { name: meaning.style, word })
  if (meaning.relation !== undefined && !noun) return readRelation(r, meaning.relation, word)
  if (meaning.pose !== undefined && !noun) return readPose(r, { name: meaning.pose, word }, next, afterNext)
  if (meaning.size !== undefined && !noun) return readSize(r, { name: meaning.size, word })
  if (meaning.time !== undefined) return once(r, "time", { name: meaning.time, word })
  if (meaning.season !== undefined) return once(r, "season", { name: meaning.season, word })
  if (meaning.weather !== undefined && !(noun && r.link === null && !r.negated)) {
    return once(r, "weather", { name: meaning.weather, word })
  }
  if (word === "sky" && r.pending.colors.length > 0 && describeBackdrop(r, word)) return
  const adjective = meaning.color !== undefined || material !== undefined
  // "On ice" is on a sheet of it, not on a cube.
  const sheet = material !== undefined && icon !== undefined && r.link?.kind === "on" && !phrase.plural && !isNoun(next)
  if (sheet) return readAdjective(r, { material }, word, next, afterNext)
  if (adjective && (!noun || (!phrase.plural && nounFollows(next, afterNext)))) {
    return readAdjective(r, meaning, word, next, afterNext)
  }
  if (noun) readNoun(r, phrase, next, afterNext)
}

/** There is one style, one hour, one weather: the first that is named. A word that agrees with it is drawn as well. */
const once = <K extends "style" | "time" | "season" | "weather">(
  r: ReaderState,
  key: K,
  value: NonNullable<Reading[K]>
): void => {
  const word = value.word ?? ""
  const known = r.found[key]
  if (r.negated) r.excluded.push(word)
  else if (known === null) r.found[key] = value
  else if (known.name === value.name) r.shown.push(word)
  else if (known.name === "night" && value.name === "midnight") {
    // Stars are of the night, and midnight only says which part of it.
    if (known.word !== null) r.shown.push(known.word)
    r.found[key] = value
  } else r.unknown.push(word)
  // "At night", "in the rain": the preposition was about this.
  r.link = null
}

const readRelation = (r: ReaderState, kind: RelationKind, word: string): void => {
  flush(r)
  r.predicate = false
  r.negated = false
  if (r.link !== null && r.link.kind !== kind && isVerb(r.link.kind)) r.unknown.push(r.link.word)
  r.link = { kind, word }
}

const readPose = (r: ReaderState, pose: Named<Pose>, next: Phrase | undefined, afterNext: Phrase | undefined): void => {
  const doer = r.head === null ? undefined : r.subjects[r.head]
  const word = pose.word ?? ""
  if (lookUp(actionDrawings, word)?.[doer?.icon ?? ""] !== undefined) return readAction(r, word, next)
  // "Flying a kite": the verb has an object, and it is the object that flies.
  if (doer !== undefined && next?.kind === "stop" && next.word !== "the" && isNoun(afterNext)) {
    return readRelation(r, "held-by", word)
  }
  // "Children flying kites": somebody has what comes next in hand.
  if (doer !== undefined && pose.name === "flying" && isNoun(next) && handhelds.has(next.meaning.icon ?? "")) {
    return readRelation(r, "held-by", word)
  }
  const leads = nounFollows(next, afterNext) || (next?.kind === "meaning" && next.meaning.size !== undefined)
  if (doer !== undefined && !leads && doer.pose === null) doer.pose = pose
  else r.pending.pose = pose
}

const readSize = (r: ReaderState, size: Named<Size>): void => {
  const target = r.predicate && r.last?.kind === "subject" ? r.subjects[r.last.index] : undefined
  if (target !== undefined) target.size = size
  else r.pending.size = size
}

const readAdjective = (
  r: ReaderState,
  meaning: Meaning,
  word: string,
  next: Phrase | undefined,
  afterNext: Phrase | undefined
): void => {
  if (r.negated) {
    r.excluded.push(word)
    return
  }
  const after = (r.predicate || r.partitive) && !nounFollows(next, afterNext)
  if (after && describeLast(r, meaning, word)) return
  if (meaning.material !== undefined) r.pending.material ??= { name: meaning.material, word }
  else if (meaning.color !== undefined) r.pending.colors.push({ name: meaning.color, word })
}

/** "The car is red", "a table made of oak". */
const describeLast = (r: ReaderState, meaning: Meaning, word: string): boolean => {
  const { found, last } = r
  const target = last?.kind === "subject" ? r.subjects[last.index] : last?.kind === "surface" ? found.surface : null
  if (target === undefined || target === null) return false
  const named = {
    color: meaning.color === undefined ? target.color : { name: meaning.color, word },
    material: meaning.material === undefined ? target.material : { name: meaning.material, word }
  }
  if (last?.kind === "surface" && found.surface !== null) found.surface = { ...found.surface, ...named }
  else Object.assign(target, named)
  return true
}
