import { loadIcons } from "./Icons.ts"
import { framingWords, negations, sayingWords, stopWords } from "./LexiconGrammar.ts"
import { actionDrawings } from "./LexiconPeople.ts"
import { looseStyles, mediumWords } from "./LexiconScene.ts"
import { lookUp } from "./Lookup.ts"
import type { Style } from "./Scene.ts"
import { longestMatch, type Meaning, misspelt } from "./Vocabulary.ts"
import type { Token } from "./Words.ts"

/** A prompt as phrases that mean something, words that mean nothing to us, and the joints between them. */
export type Phrase =
  | {
      readonly kind: "meaning"
      readonly meaning: Meaning
      readonly word: string
      readonly plural: boolean
      readonly emoji: boolean
    }
  | { readonly kind: "action"; readonly word: string }
  | { readonly kind: "number"; readonly count: number; readonly word: string }
  | { readonly kind: "stop"; readonly word: string }
  | { readonly kind: "negation" }
  | { readonly kind: "unknown"; readonly word: string }
  | { readonly kind: "quote"; readonly text: string }
  | { readonly kind: "break"; readonly strong: boolean }

/** Reads tokens from left to right, the longest known phrase first. */
export const phrasesOf = (tokens: ReadonlyArray<Token>): ReadonlyArray<Phrase> => {
  const out: Array<Phrase> = []
  for (let index = 0; index < tokens.length;) {
    const token = tokens[index]
    if (token === undefined) break
    if (token.kind === "word") {
      const run = wordsFrom(tokens, index)
      const { length, phrase } = readWord(run, token.raw, out.at(-1))
      out.push(phrase)
      index += length
    } else {
      out.push(token.kind === "emoji" ? readEmoji(token.text) : token)
      index += 1
    }
  }
  return withoutFraming(withVerbs(out))
}

const wordsFrom = (tokens: ReadonlyArray<Token>, index: number): ReadonlyArray<string> => {
  const run: Array<string> = []
  for (let at = index; at < tokens.length && run.length < 6; at++) {
    const token = tokens[at]
    if (token?.kind !== "word") break
    run.push(token.text)
  }
  return run
}

const readWord = (
  run: ReadonlyArray<string>,
  raw: string,
  before: Phrase | undefined
): { readonly phrase: Phrase; readonly length: number } => {
  const word = run[0] ?? ""
  const match = longestMatch(run, before?.kind === "number")
  if (match !== null && !isLoose(match.meaning.style, match.word, run, match.length, before)) {
    const { count, ...meaning } = match.meaning
    const { length, plural } = match
    if (meaning.empty === true)
      return { phrase: { kind: "stop", word: match.word.endsWith(" of") ? "of" : match.word }, length }
    if (count !== undefined) return { phrase: { kind: "number", count, word: match.word }, length }
    return { phrase: { kind: "meaning", meaning, word: match.word, plural, emoji: false }, length }
  }
  if (match?.meaning.icon !== undefined) {
    const { style: _, ...meaning } = match.meaning
    return {
      phrase: { kind: "meaning", meaning, word: match.word, plural: match.plural, emoji: false },
      length: match.length
    }
  }
  if (/^\d[\d.,]*$/.test(word)) return { phrase: readDigits(word), length: 1 }
  if (negations.has(word)) return { phrase: { kind: "negation" }, length: 1 }
  if (lookUp(actionDrawings, word) !== undefined) return { phrase: { kind: "action", word }, length: 1 }
  if (stopWords.has(word) || framingWords.has(word) || sayingWords.has(word) || mediumWords.has(word))
    return { phrase: { kind: "stop", word }, length: 1 }
  const meant = misspelt(word)
  if (meant !== null)
    return {
      phrase: { kind: "meaning", meaning: meant.meaning, word: raw.toLowerCase(), plural: meant.plural, emoji: false },
      length: 1
    }
  return { phrase: { kind: "unknown", word: raw.toLowerCase() }, length: 1 }
}

/** "12,000" is a number and "1.5" is none that things could have. Beyond nine digits it is only "very many". */
const readDigits = (text: string): Phrase => {
  const digits = text.replaceAll(/,(?=\d{3}(?:,|$))/g, "")
  if (!/^\d+$/.test(digits)) return { kind: "unknown", word: text }
  return { kind: "number", count: Math.min(Number(digits.slice(0, 9)), 999_999_999), word: text }
}

/** "oil painting" is a style, "oil" alone is not; "in pencil" is, "a pencil" is not. */
const isLoose = (
  style: Style | undefined,
  word: string,
  run: ReadonlyArray<string>,
  length: number,
  before: Phrase | undefined
): boolean => {
  if (style === undefined || !looseStyles.has(word)) return false
  const next = run[length]
  if (next !== undefined && mediumWords.has(next)) return false
  // "..., poster" at the end of a list names the manner.
  if (before?.kind === "break" && next === undefined) return false
  return !(before?.kind === "meaning" && before.word === "in") && !(before?.kind === "stop" && before.word === "style")
}

const readEmoji = (emoji: string): Phrase => {
  const { emoji: known } = loadIcons()
  const icon = lookUp(known, emoji)
  if (icon === undefined) return { kind: "unknown", word: emoji }
  return { kind: "meaning", meaning: { icon }, word: icon.replaceAll("-", " "), plural: false, emoji: true }
}

/** "A robot painting a picture": between somebody and an article the noun is a verb. */
const withVerbs = (phrases: ReadonlyArray<Phrase>): ReadonlyArray<Phrase> =>
  phrases.map((phrase, index): Phrase => {
    if (phrase.kind !== "meaning" || (phrase.word !== "painting" && phrase.word !== "drawing")) return phrase
    const [before, next] = [phrases[index - 1], phrases[index + 1]]
    const somebody = before?.kind === "meaning" && before.meaning.icon !== undefined
    const object = next?.kind === "stop" && articles.has(next.word)
    return somebody && object ? { ...phrase, meaning: { relation: "beside" } } : phrase
  })

const articles: ReadonlySet<string> = new Set(["a", "an", "the", "his", "her", "its", "their"])

/** "A picture of", "an oil painting of a": a framed picture is meant only where no "of" follows. */
const withoutFraming = (phrases: ReadonlyArray<Phrase>): ReadonlyArray<Phrase> =>
  phrases.map((phrase, index): Phrase => {
    if (phrase.kind !== "meaning" || phrase.meaning.icon !== "framed-picture" || phrase.emoji) return phrase
    const next = phrases[index + 1]
    const before = phrases[index - 1]
    const framing = (next?.kind === "stop" && (next.word === "of" || next.word === "showing")) || next === undefined
    const styled = before?.kind === "meaning" && before.meaning.style !== undefined
    return framing || styled ? { kind: "stop", word: phrase.word } : phrase
  })
