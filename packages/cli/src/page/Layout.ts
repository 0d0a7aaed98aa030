import { shown } from "./Foreign.ts"
import { ink, linked } from "./Ink.ts"
import type { Block, Column, Fact } from "./Page.ts"
import type { Screen } from "./Screen.ts"
import { padded, widthOf, wrap } from "./Wrap.ts"

/** Every line of a block begins with these blanks: only a title and the next command stand in the first column. */
const margin = "  "

/** The lines of a block, at most as wide as the screen, of text that is safe to show. */
export const layOut = (block: Block, screen: Screen): ReadonlyArray<string> => {
  const heading = block.heading === null ? [] : headingLines(block.heading, screen)
  switch (block._tag) {
    case "Facts":
      return [...heading, ...factLines(block.facts, screen)]
    case "Table":
      return [...heading, ...tableLines(block.columns, block.rows, screen)]
    case "Text":
      return [...heading, ...block.texts.flatMap((text) => textLines(text, screen))]
  }
}

/** A text with blanks before each of its lines. */
export const textLines = (text: string, screen: Screen, indent = margin): ReadonlyArray<string> =>
  wrap(shown(text, screen.unicode), screen.columns - indent.length).map((line) => indent + line)

const headingLines = (heading: string, screen: Screen): ReadonlyArray<string> =>
  textLines(heading, screen).map((line) => margin + ink(line.slice(margin.length), "heading", screen))

/** The widest label that values are aligned to. */
const widestLabel = 26
/** What a value needs beside its label; where there is less room, it stands below. */
const narrowestValue = 16

const factLines = (facts: ReadonlyArray<Fact>, screen: Screen): ReadonlyArray<string> => {
  const safe = facts.map(([label, value]) => [shown(label, screen.unicode), value] as const)
  const column = Math.min(widestLabel, Math.max(...safe.map(([label]) => widthOf(label))))
  const room = screen.columns - margin.length * 2 - column
  return safe.flatMap(([label, value]) => {
    const isBeside = widthOf(label) <= column && room >= narrowestValue && !isBetterBelow(value, room, screen)
    const lines = valueLines(value, isBeside ? room : screen.columns - margin.length * 2, screen)
    const [first = "", ...others] = lines
    if (!isBeside) {
      const above = wrap(label, screen.columns - margin.length).map((line) => margin + ink(line, "label", screen))
      return [...above, ...lines.map((line) => margin + margin + line)]
    }
    const blanks = " ".repeat(column)
    return [
      `${margin}${ink(padded(label, column), "label", screen)}${margin}${first}`.trimEnd(),
      ...others.map((line) => `${margin}${blanks}${margin}${line}`)
    ]
  })
}

/** A word that is too long for the room beside its label, and not for a line of its own. */
const isBetterBelow = (value: string, room: number, { columns, unicode }: Screen): boolean => {
  const longest = Math.max(
    ...shown(value, unicode)
      .split(" ")
      .map((word) => widthOf(word))
  )
  return longest > room && longest <= columns - margin.length * 2
}

/** Each piece of an address that had to be broken still leads to the whole of it. */
const valueLines = (value: string, width: number, screen: Screen): ReadonlyArray<string> =>
  wrap(shown(value, screen.unicode), width).map((line) => linked(line, value, screen))

/** Blanks between two columns. */
const gap = "  "
/** A column that wraps gets no narrower, nor narrower than its longest word; but what is longer than that is broken. */
const narrowestColumn = 10
const longestWord = 28

type Rows = ReadonlyArray<ReadonlyArray<string | null>>

const tableLines = (named: ReadonlyArray<Column>, rows: Rows, screen: Screen): ReadonlyArray<string> => {
  const columns = named.map((column) => ({ ...column, title: shown(column.title, screen.unicode) }))
  const cells = rows.map((row) => columns.map((_, index) => shown(row[index] ?? "", screen.unicode)))
  const widths = fit(columns, cells, screen.columns - margin.length)
  if (widths === null) return recordLines(columns, rows, screen)
  const line = (texts: ReadonlyArray<string>): string =>
    margin +
    columns
      .map(({ align }, index) => padded(texts[index] ?? "", widths[index] ?? 0, align))
      .join(gap)
      .trimEnd()
  const rowLines = (row: ReadonlyArray<string>): ReadonlyArray<string> => {
    const wrapped = row.map((cell, index) => wrap(cell, widths[index] ?? 1))
    const height = Math.max(...wrapped.map((lines) => lines.length))
    return Array.from({ length: height }, (_, at) => line(wrapped.map((lines) => lines[at] ?? "")))
  }
  const head = rowLines(columns.map(({ title }) => title))
  return [...head.map((text) => margin + ink(text.slice(margin.length), "label", screen)), ...cells.flatMap(rowLines)]
}

/** How wide each column becomes; null where even the narrowest table is too wide. */
const fit = (
  columns: ReadonlyArray<Column>,
  cells: ReadonlyArray<ReadonlyArray<string>>,
  room: number
): ReadonlyArray<number> | null => {
  const widths = columns.map(({ title }, index) =>
    Math.max(widthOf(title), ...cells.map((row) => widthOf(row[index] ?? "")))
  )
  const least = columns.map(({ title, wraps }, index) =>
    wraps === true ? leastWidth([title, ...cells.map((row) => row[index] ?? "")]) : (widths[index] ?? 0)
  )
  let excess = widths.reduce((sum, width) => sum + width, gap.length * (columns.length - 1)) - room
  while (excess > 0) {
    const widest = widestOf(widths, least)
    if (widest === null) return null
    widths[widest] = (widths[widest] ?? 0) - 1
    excess -= 1
  }
  return widths
}

const leastWidth = (texts: ReadonlyArray<string>): number =>
  Math.min(
    longestWord,
    Math.max(narrowestColumn, ...texts.flatMap((text) => text.split(" ").map((word) => widthOf(word))))
  )

/** The widest column that may still give way. */
const widestOf = (widths: ReadonlyArray<number>, least: ReadonlyArray<number>): number | null => {
  const able = widths.flatMap((width, index) => (width > (least[index] ?? 0) ? [index] : []))
  return able.length === 0 ? null : able.reduce((a, b) => ((widths[b] ?? 0) > (widths[a] ?? 0) ? b : a))
}

/** What is too wide for a table: one row below the other, with a blank line between them. */
const recordLines = (columns: ReadonlyArray<Column>, rows: Rows, screen: Screen): ReadonlyArray<string> =>
  rows.flatMap((row, at) => {
    const facts = columns.flatMap(({ title }, index): ReadonlyArray<Fact> => {
      const value = row[index] ?? ""
      return value === "" ? [] : [[title, value]]
    })
    return [...(at === 0 ? [] : [""]), ...(facts.length === 0 ? [] : factLines(facts, screen))]
  })
