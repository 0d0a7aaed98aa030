import * as Option from "effect/Option"

/**
 * Reads a shell line that is nothing but words: bare, in double quotes or in single quotes.
 *
 * A command received from a service is foreign text. Whatever could make a shell do more than pass arguments
 * (expansions, substitutions, operators, redirections, comments) makes the whole line unreadable: `none`.
 */
export const words = (line: string): Option.Option<ReadonlyArray<string>> => {
  if (line.includes("\0")) return Option.none() // no argument can hold one (decision D3.10)
  const found: Array<string> = []
  let index = 0
  while (index < line.length) {
    if (line.charAt(index) === " ") {
      index += 1
      continue
    }
    const word = readWord(line, index)
    if (word === null) return Option.none()
    found.push(word.value)
    index = word.end
  }
  return Option.some(found)
}

interface Piece {
  readonly value: string
  readonly end: number
}

/** One word: adjacent pieces up to the next blank. */
const readWord = (line: string, start: number): Piece | null => {
  let value = ""
  let index = start
  while (index < line.length && line.charAt(index) !== " ") {
    const piece = readPiece(line, index)
    if (piece === null) return null
    value += piece.value
    index = piece.end
  }
  return { value, end: index }
}

const readPiece = (line: string, start: number): Piece | null => {
  switch (line.charAt(start)) {
    case "'":
      return readSingleQuoted(line, start + 1)
    case `"`:
      return readDoubleQuoted(line, start + 1)
    case "\\":
      return line.charAt(start + 1) === "'" ? { value: "'", end: start + 2 } : null
    default:
      return readBare(line, start)
  }
}

const readSingleQuoted = (line: string, start: number): Piece | null => {
  const end = line.indexOf("'", start)
  return end === -1 ? null : { value: line.slice(start, end), end: end + 1 }
}

const readDoubleQuoted = (line: string, start: number): Piece | null => {
  let value = ""
  let index = start
  while (index < line.length) {
    const character = line.charAt(index)
    if (character === `"`) return { value, end: index + 1 }
    if (character === "$" || character === "`" || character === "!") return null
    if (character === "\\") {
      const escaped = line.charAt(index + 1)
      if (escaped !== `"` && escaped !== "\\") return null
      value += escaped
      index += 2
      continue
    }
    value += character
    index += 1
  }
  return null
}

const bareCharacter = /^[A-Za-z0-9_@%+=:,./-]$/

const readBare = (line: string, start: number): Piece | null => {
  let end = start
  while (end < line.length && bareCharacter.test(line.charAt(end))) end += 1
  return end === start ? null : { value: line.slice(start, end), end }
}
