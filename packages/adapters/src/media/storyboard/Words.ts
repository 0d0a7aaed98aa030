import { irregularPlurals } from "./LexiconGrammar.ts"
import { lookUp } from "./Lookup.ts"

/** A prompt in pieces. Whatever comes in, only these four kinds come out, in bounded number and length. */
export type Token =
  | { readonly kind: "word"; readonly text: string; readonly raw: string }
  | { readonly kind: "emoji"; readonly text: string }
  | { readonly kind: "quote"; readonly text: string }
  | { readonly kind: "break"; readonly strong: boolean }

/** Longest prompt that is read, in UTF-16 code units; what lies beyond is ignored. */
const longestPrompt = 8000
const longestWord = 40

/**
 * Words are runs of letters and digits, in lower case and without accents; hyphens part them, apostrophes vanish. Control
 * characters, directional marks and the like are spaces.
 */
export const tokenise = (prompt: string): ReadonlyArray<Token> => {
  const text = prompt
    .slice(0, longestPrompt)
    .normalize("NFKC")
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, (control) => (control === "\n" || control === joiner ? control : " "))
  const tokens: Array<Token> = []
  for (const match of text.matchAll(pieces)) {
    const [piece] = match
    const { emoji, quoted, word } = match.groups ?? {}
    if (quoted !== undefined) tokens.push({ kind: "quote", text: quoted.slice(0, longestWord) })
    else if (emoji !== undefined) tokens.push({ kind: "emoji", text: plainEmoji(emoji) })
    else if (word !== undefined) tokens.push({ kind: "word", text: plainWord(word), raw: word.slice(0, longestWord) })
    else if (!/^[\s\-–]+$/.test(piece) || piece.includes("\n"))
      tokens.push({ kind: "break", strong: /[.;:!?\n|]/.test(piece) })
  }
  return tokens
}

/** Joins the parts of an emoji such as a black cat. */
const joiner = "\u200D"

const pieces =
  /["“”„«»](?<quoted>[^"“”„«»\n]{1,60})["“”„«»]|(?<emoji>(?:\p{Extended_Pictographic}|[\u{1F1E6}-\u{1F1FF}]{2})(?:\uFE0F|[\u{1F3FB}-\u{1F3FF}]|\u200D\p{Extended_Pictographic})*)|(?<word>\p{N}+(?:[.,]\p{N}+)+|[\p{L}\p{N}][\p{L}\p{N}\p{M}'’]*)|[^\p{L}\p{N}"“”„«»\p{Extended_Pictographic}]+|./gu

const plainEmoji = (emoji: string): string => emoji.replaceAll(/\uFE0F|\p{Emoji_Modifier}/gu, "")

const plainWord = (word: string): string =>
  word
    .toLowerCase()
    .replace(/['’]s$/u, "")
    .replaceAll(/['’]/gu, "")
    .normalize("NFD")
    .replaceAll(/\p{M}/gu, "")
    .slice(0, longestWord)

/** What a lexicon entry is filed under: the words of a phrase as `tokenise` would give them. */
export const filedAs = (phrase: string): string =>
  tokenise(phrase)
    .flatMap((token) => (token.kind === "word" ? [token.text] : []))
    .join(" ")

/** Singular forms that an English plural may have, most likely first. Empty when the word is no plural. */
export const singulars = (word: string): ReadonlyArray<string> => {
  const irregular = lookUp(irregularPlurals, word)
  if (irregular !== undefined) return [irregular]
  if (word.length < 4 || !word.endsWith("s") || word.endsWith("ss")) return []
  const stem = word.slice(0, -1)
  if (word.endsWith("ies")) return [`${word.slice(0, -3)}y`, stem]
  if (word.endsWith("ves")) return [`${word.slice(0, -3)}f`, stem, `${word.slice(0, -3)}fe`]
  if (/(?:[sxz]|ch|sh|o)es$/.test(word)) return [word.slice(0, -2), stem]
  return [stem]
}

/** English plural of a canonical noun, for the list of what was drawn. */
export const plural = (noun: string): string => {
  for (const [many, one] of Object.entries(irregularPlurals))
    if (one === lastWord(noun)) return noun.slice(0, -one.length) + many
  if (noun.endsWith("s") && !noun.endsWith("ss")) return noun
  if (/(?:[sxz]|ch|sh)$/.test(noun)) return `${noun}es`
  if (/[^aeiou]y$/.test(noun)) return `${noun.slice(0, -1)}ies`
  return `${noun}s`
}

const lastWord = (noun: string): string => noun.slice(noun.lastIndexOf(" ") + 1)
