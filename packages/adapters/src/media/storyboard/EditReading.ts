import { wordsOf, without } from "./EditClauses.ts"
import { aspects, backdropWords, growing, pronouns, shrinking } from "./EditWords.ts"
import { type Phrase, phrasesOf } from "./Phrases.ts"
import { readPhrases } from "./Reader.ts"
import { isNoun, type Reading } from "./ReaderState.ts"
import type { Named, Pose, Size } from "./Scene.ts"
import type { Token } from "./Words.ts"

/** What a clause says, in the words of the prompt's reader and in those that only edits have. */
export interface Wish {
  readonly reading: Reading
  /** A number that stands there itself: "cats" alone has none. */
  readonly count: number | null
  /** "Cats", not "the cat". */
  readonly several: boolean
  /** 1 where no size is compared. */
  readonly factor: number
  /** Of nothing that is named. */
  readonly size: Named<Size> | null
  readonly pose: Named<Pose> | null
  /** Colours and materials are those of what is behind the things. */
  readonly ofBackdrop: boolean
  readonly ofIt: boolean
}

export const growth = 1.35

export const wishOf = (tokens: ReadonlyArray<Token>, describes: boolean): Wish => {
  const said = wordsOf(tokens)
  const ofBackdrop = tokens.some(isBackdrop)
  const factor = said.some((word) => growing.has(word))
    ? growth
    : said.some((word) => shrinking.has(word))
      ? 1 / growth
      : 1
  const plain = without(without(withoutHour(tokens), growing), shrinking)
  const ordered = ofBackdrop && describes ? backdropLast(plain) : plain
  const phrases = phrasesOf(describes ? without(without(ordered, aspects), connectives) : ordered)
  const linked = describes ? withPredicate(phrases) : phrases
  const reading = readPhrases(linked)
  const loose = reading.subjects.length === 0 ? linked : []
  const size = loose.flatMap((phrase) =>
    phrase.kind === "meaning" && phrase.meaning.size !== undefined
      ? [{ name: phrase.meaning.size, word: phrase.word }]
      : []
  )
  const pose = loose.flatMap((phrase) =>
    phrase.kind === "meaning" && phrase.meaning.pose !== undefined
      ? [{ name: phrase.meaning.pose, word: phrase.word }]
      : []
  )
  const used = new Set([...size, ...pose].map(({ word }) => word))
  const number = linked.find((phrase) => phrase.kind === "number")
  return {
    reading: { ...reading, unknown: reading.unknown.filter((word) => !used.has(word)) },
    count: number?.kind === "number" ? number.count : null,
    several: linked.some((phrase) => phrase.kind === "meaning" && phrase.plural),
    factor,
    size: size[0] ?? null,
    pose: pose[0] ?? null,
    ofBackdrop,
    ofIt: said.some((word) => pronouns.has(word))
  }
}

/** "Change the car to blue": the joint says nothing. */
const connectives: ReadonlySet<string> = new Set(["to", "into"])

/** The day in "the time of day" is no hour. */
const withoutHour = (tokens: ReadonlyArray<Token>): ReadonlyArray<Token> => {
  const at = wordsOf(tokens).join(" ").includes("time of day")
    ? tokens.findIndex((token) => token.kind === "word" && token.text === "time")
    : -1
  return at === -1 ? tokens : tokens.toSpliced(at, 3)
}

/** The reader takes "a blue background"; people also say that the background be blue. */
const backdropLast = (tokens: ReadonlyArray<Token>): ReadonlyArray<Token> => [
  ...tokens.filter((token) => !isBackdrop(token)),
  ...tokens.filter(isBackdrop)
]

const isBackdrop = (token: Token): boolean =>
  token.kind === "word" && (backdropWords.has(token.text) || ["wall", "walls", "sky"].includes(token.text))

/** "The camera red" is "the camera is red", and then orange is a colour and no fruit. */
const withPredicate = (phrases: ReadonlyArray<Phrase>): ReadonlyArray<Phrase> => {
  const last = phrases.length - 1
  const described = phrases.map((phrase, index): Phrase => {
    if (phrase.kind !== "meaning" || index !== last || phrase.plural) return phrase
    const { color, material } = phrase.meaning
    if (color !== undefined) return { ...phrase, meaning: { color } }
    return material === undefined ? phrase : { ...phrase, meaning: { material } }
  })
  return described.flatMap((phrase, index): ReadonlyArray<Phrase> => {
    const next = described[index + 1]
    const said = isNoun(phrase) && next !== undefined && !isNoun(next) && isLook(next)
    return said ? [phrase, { kind: "stop", word: "is" }] : [phrase]
  })
}

const isLook = (phrase: Phrase): boolean =>
  phrase.kind === "meaning" &&
  (phrase.meaning.color !== undefined || phrase.meaning.material !== undefined || phrase.meaning.size !== undefined)
