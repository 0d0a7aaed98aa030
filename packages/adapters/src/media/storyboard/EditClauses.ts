import {
  backdropWords,
  courtesies,
  growing,
  longestVerb,
  separators,
  shrinking,
  type Verb,
  verbForms,
  verbPhrases
} from "./EditWords.ts"
import { lookUp } from "./Lookup.ts"
import { type Token, tokenise } from "./Words.ts"

/** One thing that an instruction asks for. */
export interface Clause {
  /** Null where it says only what shall be: "two cats", "at night". */
  readonly verb: Verb | null
  /** The first words, e.g. "turn" or "give". */
  readonly said: string
  readonly tokens: ReadonlyArray<Token>
}

/** Splits an instruction where a comma, a stop or "then" stands, and where "and" leads to another verb or comparison. */
export const clausesOf = (instruction: string): ReadonlyArray<Clause> => {
  const parts: Array<Array<Token>> = [[]]
  const tokens = tokenise(instruction)
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index]
    if (token === undefined) break
    const bare = withoutBackdrop(tokens.slice(index, index + 4))
    if (bare > 0) {
      parts.push(
        ["remove", "background"].map((text) => ({ kind: "word", text, raw: text })),
        []
      )
      index += bare - 1
    } else if (splits(token, parts.at(-1) ?? [], tokens.slice(index + 1))) parts.push([])
    else parts.at(-1)?.push(token)
  }
  return parts.map(toClause).filter(({ tokens: left, verb }) => left.length > 0 || verb !== null)
}

const splits = (token: Token, before: ReadonlyArray<Token>, after: ReadonlyArray<Token>): boolean => {
  const word = token.kind === "word" ? token.text : null
  if (token.kind === "break" || word === "then") return true
  if (word !== "and" && word !== "but") return false
  return verbAt(withoutCourtesies(after.slice(0, 5))) !== null || (compares(before) && compares(after))
}

/** How many words "without a background", "with no background" or "on a transparent background" take; 0 for others. */
const withoutBackdrop = (tokens: ReadonlyArray<Token>): number => {
  const [first, ...rest] = wordsOf(tokens)
  const at = rest.findIndex((word) => backdropWords.has(word))
  if (first === undefined || at === -1) return 0
  const between = rest.slice(0, at)
  const none =
    first === "without" ? between.every((word) => articles.has(word)) : between.some((word) => noWords.has(word))
  return none && ["on", "with", "without"].includes(first) ? at + 2 : 0
}

const articles: ReadonlySet<string> = new Set(["a", "any", "the", "its"])
const noWords: ReadonlySet<string> = new Set(["no", "transparent"])

/** "The dog bigger and the cat smaller" are two wishes. */
const compares = (tokens: ReadonlyArray<Token>): boolean =>
  wordsOf(tokens).some((word) => growing.has(word) || shrinking.has(word))

const toClause = (part: ReadonlyArray<Token>): Clause => {
  const rest = withoutCourtesies(part)
  const found = verbAt(rest)
  const tokens = (found === null ? part : rest.slice(found.length)).map(inForm)
  return { verb: found?.verb ?? null, said: found?.said ?? "", tokens }
}

const withoutCourtesies = (tokens: ReadonlyArray<Token>): ReadonlyArray<Token> => {
  const first = tokens.findIndex((token) => token.kind !== "word" || !courtesies.has(token.text))
  return first === -1 ? [] : tokens.slice(first)
}

const verbAt = (
  tokens: ReadonlyArray<Token>
): { readonly verb: Verb; readonly said: string; readonly length: number } | null => {
  for (let length = Math.min(longestVerb, tokens.length); length > 0; length--) {
    const said = textOf(tokens.slice(0, length))
    const verb = lookUp(verbPhrases, said)
    if (verb !== undefined) return { verb, said, length }
  }
  return null
}

const inForm = (token: Token): Token => {
  const form = token.kind === "word" ? lookUp(verbForms, token.text) : undefined
  return form === undefined ? token : { kind: "word", text: form, raw: form }
}

export const textOf = (tokens: ReadonlyArray<Token>): string =>
  tokens.map((token) => (token.kind === "word" ? token.text : "")).join(" ")

/** What stands before and after "with", "into" and the like; null where none does. */
export const parted = (
  tokens: ReadonlyArray<Token>,
  at: ReadonlySet<string> = separators
): readonly [before: ReadonlyArray<Token>, after: ReadonlyArray<Token>] | null => {
  const index = tokens.findIndex((token) => token.kind === "word" && at.has(token.text))
  return index < 1 || index === tokens.length - 1 ? null : [tokens.slice(0, index), tokens.slice(index + 1)]
}

export const wordsOf = (tokens: ReadonlyArray<Token>): ReadonlyArray<string> =>
  tokens.flatMap((token) => (token.kind === "word" ? [token.text] : []))

export const without = (tokens: ReadonlyArray<Token>, gone: ReadonlySet<string>): ReadonlyArray<Token> =>
  tokens.filter((token) => token.kind !== "word" || !gone.has(token.text))
