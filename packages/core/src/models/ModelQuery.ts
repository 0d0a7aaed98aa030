import { nearest } from "../envelope/Nearest.ts"
import type { Model } from "./Model.ts"
import { aliasesOf } from "./ModelAliases.ts"

/**
 * Finding models by words. Every word of a query must stand somewhere in the row; where it stands decides the order,
 * and rows that answer equally well keep theirs.
 */
export const ranking =
  "rows that hold every word, in this order: whole id or alias, then words of id and name, then tags, operation, modality and provider, then notes; equal ones stay in list order"

export interface Found<Row> {
  /** The best first. */
  readonly rows: ReadonlyArray<Row>
  readonly words: ReadonlyArray<string>
  /** For a query that finds nothing: words that no row holds, with the nearest one that some row does. */
  readonly suggestions: ReadonlyArray<{ readonly word: string; readonly instead: string | null }>
}

export interface AliasHint {
  readonly alias: string
  readonly modelId: string
}

/** `modelOf` says which model a row is of, so that a caller may search whatever it carries along. */
export const search = <Row>(rows: ReadonlyArray<Row>, modelOf: (row: Row) => Model, query: string): Found<Row> => {
  const words = wordsOf(query)
  const scored = rows.flatMap((row) => {
    const score = scoreOf(modelOf(row), words, query)
    return score === null ? [] : [{ row, score }]
  })
  return {
    rows: scored.toSorted((left, right) => right.score - left.score).map(({ row }) => row),
    words,
    suggestions: scored.length > 0 ? [] : suggestionsFor(rows.map(modelOf), words)
  }
}

/** Aliases of these models: all of them, or those that a query names or nearly names. */
export const aliasHints = (models: ReadonlyArray<Model>, query: string | null): ReadonlyArray<AliasHint> => {
  const all = models.flatMap((model) => aliasesOf(model).map((alias) => ({ alias, modelId: model.id })))
  if (query === null) return all
  const words = wordsOf(query)
  const near = nearest(
    words.join("-"),
    all.map(({ alias }) => alias)
  )
  return all.filter(({ alias }) => alias === near || (words.length > 0 && words.every((word) => alias.includes(word))))
}

/** Lower-case, without what stands between words; each once. */
const wordsOf = (text: string): ReadonlyArray<string> => [
  ...new Set(
    text
      .toLowerCase()
      .split(/[\s,;]+/u)
      .filter((word) => word !== "")
  )
]

interface Texts {
  readonly names: string
  readonly labels: string
  readonly notes: string
}

const textsOf = (model: Model): Texts => ({
  names: [model.id, model.displayName, ...aliasesOf(model)].join(" ").toLowerCase(),
  labels: [...model.taskTags, model.operation, model.modality, model.provider].join(" ").toLowerCase(),
  notes: model.notes.join(" ").toLowerCase()
})

/** Null when a word is missing. A whole id or alias counts more than any number of words elsewhere. */
const scoreOf = (model: Model, words: ReadonlyArray<string>, query: string): number | null => {
  const texts = textsOf(model)
  const scores = words.map((word) => wordScore(texts, word))
  if (words.length === 0 || scores.includes(0)) return null
  const typed = query.trim().toLowerCase()
  const whole = [model.id, ...aliasesOf(model)].includes(typed) ? 1_000 : 0
  return whole + scores.reduce((sum, score) => sum + score, 0) / words.length
}

const wordScore = ({ labels, names, notes }: Texts, word: string): number => {
  if (isWholeWord(names, word)) return 4
  if (names.includes(word)) return 3
  if (labels.includes(word)) return 2
  return notes.includes(word) ? 1 : 0
}

const isWholeWord = (text: string, word: string): boolean => partsOf(text).includes(word)

const partsOf = (text: string): ReadonlyArray<string> => text.split(/[^\p{L}\p{N}]+/u)

const suggestionsFor = (models: ReadonlyArray<Model>, words: ReadonlyArray<string>): Found<unknown>["suggestions"] => {
  const texts = models.map(textsOf)
  const missing = words.filter((word) => texts.every((text) => wordScore(text, word) === 0))
  if (missing.length === 0) return []
  const known = new Set(texts.flatMap(({ labels, names }) => [...`${names} ${labels}`.split(" "), ...partsOf(names)]))
  return missing.slice(0, 8).map((word) => ({ word, instead: nearest(word, known) }))
}
