import * as CliOutput from "effect/cli/CliOutput"

/**
 * A text as lines of at most `width` cells, broken between words and, where a word is longer than a line, inside of it.
 * Nothing is left to the terminal: where it breaks a line, the rest would begin in the first column.
 */
export const wrap = (text: string, width: number): ReadonlyArray<string> => {
  const lines: Array<string> = []
  let line = ""
  let used = 0
  for (const word of text.split(" ").filter((part) => part !== "")) {
    const needed = widthOf(word)
    if (line !== "" && used + 1 + needed <= width) {
      line += ` ${word}`
      used += 1 + needed
      continue
    }
    if (line !== "") lines.push(line)
    const pieces = needed <= width ? [word] : broken(word, width)
    lines.push(...pieces.slice(0, -1))
    line = pieces.at(-1) ?? ""
    used = widthOf(line)
  }
  return line === "" && lines.length > 0 ? lines : [...lines, line]
}

/** How many cells a terminal needs for a text that is safe to show. Most texts have one for each character. */
export const widthOf = (text: string): number =>
  /^[\u0020-\u007e]*$/u.test(text) ? text.length : CliOutput.displayWidth(text)

/** With blanks after it, up to a width in cells. */
export const padded = (text: string, width: number, align: "left" | "right" = "left"): string => {
  const blanks = " ".repeat(Math.max(0, width - widthOf(text)))
  return align === "left" ? `${text}${blanks}` : `${blanks}${text}`
}

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" })

const broken = (word: string, width: number): ReadonlyArray<string> => {
  const pieces: Array<string> = []
  let piece = ""
  let used = 0
  for (const { segment } of graphemes.segment(word)) {
    const cells = widthOf(segment)
    if (used + cells > width && piece !== "") {
      pieces.push(piece)
      piece = ""
      used = 0
    }
    piece += segment
    used += cells
  }
  return [...pieces, piece]
}
