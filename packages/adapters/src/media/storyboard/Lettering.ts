import { lookUp } from "./Lookup.ts"
import { n } from "./Vector.ts"

/**
 * A plain stroke alphabet, so that a sign can say what the prompt wants without any font. Letters are 14 high; the
 * width comes first. Lower case is drawn as capitals.
 */
const glyphs: Readonly<Record<string, readonly [width: number, strokes: string]>> = {
  "!": [1, "M0.5 0V9.5M0.5 13.4V14"],
  "&": [11, "M10.5 14L2.6 4.4Q1.6 0 5 0Q8.2 0 7.4 3.4Q6.6 5.4 3 7.4Q0 9.4 0.6 11.4Q1.4 14 4.6 14Q9 14 10 8.6"],
  "'": [1, "M0.5 0V3"],
  "+": [8, "M4 3.5V11.5M0 7.5H8"],
  ",": [2, "M1.5 13V14L0.3 16"],
  "-": [6, "M0 8H6"],
  ".": [1, "M0.5 13.4V14"],
  "/": [7, "M0 14L7 0"],
  "0": [10, "M5 0Q0 0 0 7Q0 14 5 14Q10 14 10 7Q10 0 5 0Z"],
  "1": [5, "M0 3L4 0V14"],
  "2": [9, "M0.4 3.4Q1 0 4.6 0Q9 0 9 3.8Q9 6.6 0 14H9.2"],
  "3": [9, "M0.4 2.6Q1.4 0 4.4 0Q8.4 0 8.4 3.4Q8.4 6.8 3.6 6.8Q9 6.8 9 10.4Q9 14 4.4 14Q1 14 0 11.2"],
  "4": [10, "M7.6 14V0L0 9.8H10"],
  "5": [9, "M8.4 0H1.2L0.6 6.4Q2.4 5 4.8 5Q9 5 9 9.4Q9 14 4.4 14Q1.2 14 0 11.6"],
  "6": [9.4, "M8.4 1.6Q7 0 5 0Q0 0 0 8Q0 14 4.8 14Q9.4 14 9.4 9.6Q9.4 5.6 5.2 5.6Q1 5.6 0.2 9.4"],
  "7": [9, "M0 0H9L3.4 14"],
  "8": [
    9.4,
    "M4.7 6.6Q0.8 6.6 0.8 3.3Q0.8 0 4.7 0Q8.6 0 8.6 3.3Q8.6 6.6 4.7 6.6Q0 6.6 0 10.3Q0 14 4.7 14Q9.4 14 9.4 10.3Q9.4 6.6 4.7 6.6Z"
  ],
  "9": [9.4, "M1 12.4Q2.4 14 4.4 14Q9.4 14 9.4 6Q9.4 0 4.6 0Q0 0 0 4.4Q0 8.4 4.2 8.4Q8.4 8.4 9.2 4.6"],
  ":": [1, "M0.5 4.6V5.2M0.5 13.4V14"],
  "?": [8, "M0.2 3.2Q0.6 0 4 0Q8 0 8 3.6Q8 6 4 7.4V9.6M4 13.4V14"],
  A: [11, "M0 14L5.5 0L11 14M2 9.4H9"],
  B: [9.6, "M0 0V14H5.4Q9.6 14 9.6 10.4Q9.6 6.8 5.4 6.8H0M5.4 6.8Q8.8 6.8 8.8 3.4Q8.8 0 5.4 0H0"],
  C: [10, "M10 2.6Q8.4 0 5.4 0Q0 0 0 7Q0 14 5.4 14Q8.4 14 10 11.4"],
  D: [10, "M0 0V14H4Q10 14 10 7Q10 0 4 0Z"],
  E: [8.4, "M8.4 0H0V14H8.4M0 6.8H7"],
  F: [8.2, "M8.2 0H0V14M0 6.8H7"],
  G: [10.4, "M10 2.6Q8.4 0 5.4 0Q0 0 0 7Q0 14 5.4 14Q10.4 14 10.4 7.8H6.2"],
  H: [9.8, "M0 0V14M9.8 0V14M0 6.8H9.8"],
  I: [1, "M0.5 0V14"],
  J: [7, "M7 0V10Q7 14 3.6 14Q0.6 14 0 11"],
  K: [9.6, "M0 0V14M9 0L0 8.4M3.6 5.2L9.6 14"],
  L: [8, "M0 0V14H8"],
  M: [12, "M0 14V0L6 9L12 0V14"],
  N: [10, "M0 14V0L10 14V0"],
  O: [11, "M5.5 0Q0 0 0 7Q0 14 5.5 14Q11 14 11 7Q11 0 5.5 0Z"],
  P: [9.4, "M0 14V0H5.2Q9.4 0 9.4 4Q9.4 8 5.2 8H0"],
  Q: [11, "M5.5 0Q0 0 0 7Q0 14 5.5 14Q11 14 11 7Q11 0 5.5 0ZM7 10L11 14.6"],
  R: [9.8, "M0 14V0H5.2Q9.4 0 9.4 3.9Q9.4 7.8 5.2 7.8H0M5 7.8L9.8 14"],
  S: [9.4, "M8.8 2.4Q7.4 0 4.7 0Q0.6 0 0.6 3.4Q0.6 6.2 4.8 7Q9.4 7.8 9.4 10.6Q9.4 14 4.8 14Q1.4 14 0 11.4"],
  T: [10, "M0 0H10M5 0V14"],
  U: [9.8, "M0 0V9Q0 14 4.9 14Q9.8 14 9.8 9V0"],
  V: [10.4, "M0 0L5.2 14L10.4 0"],
  W: [14.4, "M0 0L3.6 14L7.2 2.6L10.8 14L14.4 0"],
  X: [10, "M0 0L10 14M10 0L0 14"],
  Y: [10, "M0 0L5 7L10 0M5 7V14"],
  Z: [9.6, "M0.2 0H9.4L0 14H9.6"]
}

const spacing = 3.6
const blank = 6

/** Whether every sign of a text can be drawn. */
export const canLetter = (text: string): boolean =>
  Array.from(text.toUpperCase()).every((sign) => sign === " " || lookUp(glyphs, sign) !== undefined)

/** The text on up to three lines in the middle of a box, as large as fits; null when a sign is missing. */
export const lettering = (
  text: string,
  box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
  color: string
): string | null => {
  const plain = text.trim().replaceAll(/\s+/g, " ").toUpperCase()
  if (plain === "" || !canLetter(plain)) return null
  let best: { readonly scale: number; readonly rows: ReadonlyArray<string> } | null = null
  for (const rows of [1, 2, 3].map((amount) => broken(plain, amount))) {
    const widest = Math.max(...rows.map(widthOf))
    const scale = Math.min(box.width / widest, box.height / (rows.length * 20 - 6))
    if (best === null || scale > best.scale * 1.08) best = { scale, rows }
  }
  if (best === null) return null
  const { rows, scale } = best
  const weight = 2.3
  const top = box.y + (box.height - (rows.length * 20 - 6) * scale) / 2
  const strokes = rows.map((row, index) => {
    let x = 0
    let d = ""
    for (const sign of row) {
      const glyph = lookUp(glyphs, sign)
      if (glyph !== undefined) d += `<path transform="translate(${n(x)} 0)" d="${glyph[1]}"/>`
      x += (glyph?.[0] ?? blank) + spacing
    }
    const left = box.x + (box.width - widthOf(row) * scale) / 2
    return `<g transform="translate(${n(left)} ${n(top + index * 20 * scale)}) scale(${Math.round(scale * 1000) / 1000})">${d}</g>`
  })
  return `<g fill="none" stroke="${color}" stroke-width="${weight}" stroke-linecap="round" stroke-linejoin="round">${strokes.join("")}</g>`
}

const widthOf = (row: string): number =>
  Array.from(row).reduce((sum, sign) => sum + (lookUp(glyphs, sign)?.[0] ?? blank) + spacing, -spacing)

/** Words shared out over lines of about equal length. */
const broken = (text: string, lines: number): ReadonlyArray<string> => {
  const words = text.split(" ")
  const target = text.length / lines
  const rows: Array<string> = []
  let row = ""
  for (const word of words) {
    if (row !== "" && row.length + word.length / 2 > target && rows.length < lines - 1) {
      rows.push(row)
      row = word
    } else row = row === "" ? word : `${row} ${word}`
  }
  return [...rows, row]
}
