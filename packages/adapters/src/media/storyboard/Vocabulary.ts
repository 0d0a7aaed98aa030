import { loadIcons } from "./Icons.ts"
import { poseWords, relationWords, stopPhrases } from "./LexiconGrammar.ts"
import { colorWords, materialWords, numberWords, sizeWords } from "./LexiconLook.ts"
import { natureNames } from "./LexiconNature.ts"
import { objectNames } from "./LexiconObjects.ts"
import { peopleNames } from "./LexiconPeople.ts"
import {
  dressingPlaces,
  placeWords,
  seasonWords,
  styleWords,
  surfaceThings,
  surfaceWords,
  timeWords,
  weatherWords
} from "./LexiconScene.ts"
import type {
  Color,
  Material,
  Place,
  Pose,
  RelationKind,
  Season,
  Size,
  Style,
  SurfaceKind,
  TimeOfDay,
  Weather
} from "./Scene.ts"
import { correctedFrom } from "./Spelling.ts"
import { filedAs, singulars } from "./Words.ts"

/** All that a word or a phrase can mean. "Orange" is a colour and a fruit, "glass" a material and a thing. */
export interface Meaning {
  readonly icon?: string
  readonly place?: Place
  readonly time?: TimeOfDay
  readonly weather?: Weather
  readonly season?: Season
  readonly material?: Material
  readonly color?: Color
  readonly size?: Size
  readonly surface?: SurfaceKind
  readonly style?: Style
  readonly relation?: RelationKind
  readonly pose?: Pose
  readonly count?: number
  /** The drawing only looks like it; this is what it shows. */
  readonly insteadOf?: string
  /** A thing that only places show; see `dressingPlaces`. */
  readonly dressing?: true
  /** Says nothing about the picture. */
  readonly empty?: true
}

export interface Match {
  readonly meaning: Meaning
  /** How many words it takes. */
  readonly length: number
  /** As the lexicon has it: lower case, singular. */
  readonly word: string
  readonly plural: boolean
}

const longestPhrase = 5

/** The meaning of the longest phrase that starts the list, or null. */
export const longestMatch = (words: ReadonlyArray<string>, counted: boolean): Match | null => {
  const lexicon = loadLexicon()
  for (let length = Math.min(longestPhrase, words.length); length > 0; length--) {
    const head = words.slice(0, length - 1)
    const last = words[length - 1] ?? ""
    const exact = [...head, last].join(" ")
    const singular = singulars(last)
      .map((form) => [...head, form].join(" "))
      .find((phrase) => lexicon.has(phrase))
    // After a number "books" are several books, not the drawing of a pile; otherwise the entry as written wins.
    const meaning = lexicon.get(exact)
    if (meaning !== undefined && !(counted && singular !== undefined))
      return { meaning, length, word: exact, plural: false }
    if (singular !== undefined) {
      const found = lexicon.get(singular)
      if (found !== undefined) return { meaning: found, length, word: singular, plural: true }
    }
  }
  return null
}

/** What a misspelt name of a thing means, or null. */
export const misspelt = (word: string): Match | null => {
  const lexicon = loadLexicon()
  names ??= [...lexicon].flatMap(([name, meaning]) => (meaning.icon === undefined ? [] : [name]))
  const forms = [word, ...singulars(word)]
  for (const [index, form] of forms.entries()) {
    const name = correctedFrom(form, names)
    const meaning = name === null ? undefined : lexicon.get(name)
    // The lists of what was and was not drawn then say what was understood.
    if (name !== null && meaning?.icon !== undefined)
      return {
        meaning: { icon: meaning.icon, insteadOf: meaning.insteadOf ?? name },
        length: 1,
        word,
        plural: index > 0
      }
  }
  return null
}

let names: ReadonlyArray<string> | undefined

let lexicon: ReadonlyMap<string, Meaning> | undefined

const loadLexicon = (): ReadonlyMap<string, Meaning> => {
  lexicon ??= buildLexicon()
  return lexicon
}

/** Names of drawings that would be misread: verbs, places, times and materials that have a better meaning. */
const notNames: ReadonlySet<string> = new Set(
  `brick construction cooking cyclone hole landslide mate mountain seat square stadium station sunrise volcano sunset water wave wedding wind window wood om`.split(
    /\s+/
  )
)

const buildLexicon = (): ReadonlyMap<string, Meaning> => {
  const out = new Map<string, Meaning>()
  const { drawings, names } = loadIcons()
  const add = (phrases: string, meaning: Meaning): void => {
    for (const phrase of phrases.split(",")) {
      const key = filedAs(phrase)
      const alike =
        phrase.includes("~") && meaning.icon !== undefined ? { insteadOf: meaning.icon.replaceAll("-", " ") } : {}
      if (key !== "") out.set(key, { ...meaning, ...alike, ...out.get(key) })
    }
  }
  add(stopPhrases, { empty: true })
  for (const aliases of [natureNames, objectNames, peopleNames]) {
    for (const [icon, phrases] of Object.entries(aliases)) if (drawings[icon] !== undefined) add(phrases, { icon })
  }
  for (const [word, icon] of Object.entries(surfaceThings)) if (drawings[icon] !== undefined) add(word, { icon })
  for (const [name, icon] of Object.entries(names)) if (!notNames.has(name)) add(name, { icon })
  for (const word of Object.keys(dressingPlaces)) add(word, { dressing: true })
  for (const [place, phrases] of entries(placeWords)) add(phrases, { place })
  for (const [time, phrases] of entries(timeWords)) add(phrases, { time })
  for (const [weather, phrases] of entries(weatherWords)) add(phrases, { weather })
  for (const [season, phrases] of entries(seasonWords)) add(phrases, { season })
  for (const [surface, phrases] of entries(surfaceWords)) add(phrases, { surface })
  for (const [material, phrases] of entries(materialWords)) add(phrases, { material })
  for (const [color, phrases] of entries(colorWords)) add(phrases, { color })
  for (const [size, phrases] of entries(sizeWords)) add(phrases, { size })
  for (const [style, phrases] of entries(styleWords)) add(phrases, { style })
  for (const [relation, phrases] of entries(relationWords)) add(phrases, { relation })
  for (const [pose, phrases] of entries(poseWords)) add(phrases, { pose })
  for (const [word, count] of Object.entries(numberWords)) add(word, { count })
  return out
}

/** `Object.entries` that keeps the literal types of the keys; our lexicons are closed records. */
const entries = <K extends string>(record: Readonly<Record<K, string>>): ReadonlyArray<readonly [K, string]> => {
  const out: Array<readonly [K, string]> = []
  for (const key in record) if (Object.hasOwn(record, key)) out.push([key, record[key]])
  return out
}
