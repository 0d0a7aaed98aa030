import type { Phrase } from "./Phrases.ts"
import type {
  Color,
  Material,
  Named,
  Place,
  Pose,
  RelationKind,
  Season,
  Size,
  Style,
  Subject,
  Surface,
  TimeOfDay,
  Weather
} from "./Scene.ts"
import type { Meaning } from "./Vocabulary.ts"

/** What a prompt says, before defaults fill the gaps. */
export interface Reading {
  readonly subjects: ReadonlyArray<Subject>
  readonly surface: Surface | null
  readonly place: Named<Place> | null
  readonly shown: ReadonlyArray<string>
  /** Things that a place may show by itself, such as the trees of a forest; otherwise they are drawn. */
  readonly dressings: ReadonlyArray<Dressing>
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

export interface Dressing {
  /** As `dressingPlaces` knows it. */
  readonly name: string
  readonly word: string
  readonly icon: string | null
}

export type Known = Extract<Phrase, { readonly kind: "meaning" }>

/** A preposition or a verb that waits for its object. */
export interface Link {
  readonly kind: RelationKind
  readonly word: string
}

/** What an adjective after "is" describes. */
export type Target = { readonly kind: "subject"; readonly index: number } | { readonly kind: "surface" } | null

/** Adjectives and numbers that wait for their noun. */
export interface Pending {
  readonly colors: Array<Named<Color>>
  material: Named<Material> | null
  size: Named<Size> | null
  pose: Named<Pose> | null
  action: string | null
  count: number | null
  countWord: string
  /** An unknown word came between: if no noun follows, they belonged to it. */
  strayed: boolean
}

type Mutable<A> = { -readonly [K in keyof A]: A[K] }

/** The state of a reader: what was found so far, and what is still waiting for its noun or object. */
export interface ReaderState {
  readonly subjects: Array<Mutable<Subject>>
  readonly found: Mutable<Omit<Reading, "subjects" | "shown" | "excluded" | "unknown" | "dressings">>
  readonly unknown: Array<string>
  readonly excluded: Array<string>
  readonly shown: Array<string>
  readonly dressings: Array<Dressing>
  pending: Pending
  link: Link | null
  /** The verb that "and" carries on: a sword and a shield are both held. */
  used: Link | null
  /** "Under a tree, a fox": the relation waits for who is in it. */
  leading: (Link & { readonly to: number }) | null
  /** The subject of the clause. */
  head: number | null
  /** The last noun. */
  last: Target
  /** Within nouns that follow each other without commas. */
  listing: boolean
  /** After "is". */
  predicate: boolean
  /** After "of". */
  partitive: boolean
  negated: boolean
  /** After "says". */
  saying: boolean
}

export const nothingPending = (): Pending => ({
  colors: [],
  material: null,
  size: null,
  pose: null,
  action: null,
  count: null,
  countWord: "",
  strayed: false
})

export const initialState = (): ReaderState => ({
  subjects: [],
  found: {
    surface: null,
    place: null,
    time: null,
    weather: null,
    season: null,
    style: null,
    material: null,
    wall: null,
    color: null
  },
  unknown: [],
  excluded: [],
  shown: [],
  dressings: [],
  pending: nothingPending(),
  link: null,
  used: null,
  leading: null,
  head: null,
  last: null,
  listing: false,
  predicate: false,
  partitive: false,
  negated: false,
  saying: false
})

/** Words of prepositions after which somebody is at a piece of furniture. */
export const atSurface: ReadonlySet<string> = new Set(["at", "across", "along"])

/** Words that say where rather than name a thing: "a shark underwater" is a shark. */
const adverbs: ReadonlySet<string> = new Set(["downtown", "indoor", "indoors", "outdoor", "outdoors", "underwater"])
const startsWithPreposition = /^(?:above|at|bottom of|in|inside|mid|on|under) /

export const isNoun = (phrase: Phrase | undefined): phrase is Known =>
  phrase?.kind === "meaning" &&
  !phrase.emoji &&
  !adverbs.has(phrase.word) &&
  !startsWithPreposition.test(phrase.word) &&
  phrase.meaning.relation === undefined &&
  phrase.meaning.style === undefined &&
  phrase.meaning.time === undefined &&
  phrase.meaning.weather === undefined &&
  phrase.meaning.season === undefined &&
  isNominal(phrase.meaning)

/** It names something that can be drawn, whatever else it may mean. */
export const isNominal = ({ dressing, icon, place, surface }: Meaning): boolean =>
  icon !== undefined || place !== undefined || surface !== undefined || dressing === true

const isAdjective = (phrase: Phrase | undefined): boolean =>
  phrase?.kind === "meaning" &&
  (phrase.meaning.color !== undefined || phrase.meaning.material !== undefined || phrase.meaning.size !== undefined)

/** A noun comes next, perhaps after one more adjective or a word that we do not know. */
export const nounFollows = (next: Phrase | undefined, afterNext: Phrase | undefined): boolean =>
  isNoun(next) ||
  next?.kind === "unknown" ||
  next?.kind === "action" ||
  (isAdjective(next) && (isNoun(afterNext) || afterNext?.kind === "unknown"))

/** Verbs must be reported when their object cannot be drawn; prepositions need not. */
export const isVerb = (kind: RelationKind): boolean => kind === "held-by" || kind === "worn-by" || kind === "riding"

const groundLike: ReadonlySet<Material> = new Set<Material>(["ice", "sand", "stone"])

/** Adjectives without a noun speak of the whole picture, unless an unknown noun came: then they were its own. */
export const flush = (r: ReaderState): void => {
  const { action, colors, countWord, material, pose, size, strayed } = r.pending
  const report = (named: Named<unknown> | null | undefined): void => {
    if (named?.word !== null && named?.word !== undefined) r.unknown.push(named.word)
  }
  const [color, ...more] = colors
  if (strayed) for (const named of [...colors, material]) report(named)
  else {
    if (color !== undefined) r.found.color ??= color
    more.forEach(report)
    if (material !== null && r.link?.kind === "on" && r.found.surface === null) {
      const kind = groundLike.has(material.name) ? "ground" : "table"
      r.found.surface = { kind, word: material.word ?? material.name, material, color: null }
    } else if (material !== null) r.found.material ??= material
  }
  report(size)
  if (countWord !== "") r.unknown.push(countWord)
  report(pose)
  if (action !== null) r.unknown.push(action)
  r.pending = nothingPending()
}

/** The noun has taken colour and material; a size or a number that it cannot show is reported. */
export const spend = (r: ReaderState): void => {
  const size = r.pending.size?.word ?? null
  if (size !== null) r.unknown.push(size)
  if (r.pending.countWord !== "" && r.pending.count !== 1) r.unknown.push(r.pending.countWord)
  r.pending = nothingPending()
}
