/** What a person is shown of one answer, before it is set. Every text in it may be foreign; the layout makes it safe. */
export interface Page {
  readonly title: string
  /** It is an answer, and yet something is wrong. */
  readonly needsAttention?: boolean
  readonly blocks: ReadonlyArray<Block>
}

export type Block =
  | { readonly _tag: "Facts"; readonly heading: string | null; readonly facts: ReadonlyArray<Fact> }
  | {
      readonly _tag: "Table"
      readonly heading: string | null
      readonly columns: ReadonlyArray<Column>
      readonly rows: ReadonlyArray<ReadonlyArray<string | null>>
    }
  | { readonly _tag: "Text"; readonly heading: string | null; readonly texts: ReadonlyArray<string> }

export type Fact = readonly [label: string, value: string]

export interface Column {
  readonly title: string
  readonly align?: "right"
  /** Its texts may be broken where the table is too wide. */
  readonly wraps?: true
}

/** The facts that there are; nothing where there is none. */
export const facts = (
  heading: string | null,
  ...all: ReadonlyArray<readonly [label: string, value: string | null]>
): ReadonlyArray<Block> => {
  const known = all.flatMap(([label, value]): ReadonlyArray<Fact> => (value === null ? [] : [[label, value]]))
  return known.length === 0 ? [] : [{ _tag: "Facts", heading, facts: known }]
}

/** Columns without any text are left out. */
export const table = (
  heading: string | null,
  columns: ReadonlyArray<Column>,
  rows: ReadonlyArray<ReadonlyArray<string | null>>
): ReadonlyArray<Block> => {
  if (rows.length === 0) return []
  const kept = new Set(columns.flatMap((_, index) => (rows.some((row) => (row[index] ?? "") !== "") ? [index] : [])))
  const keep = <A>(all: ReadonlyArray<A>): ReadonlyArray<A> => all.filter((_, index) => kept.has(index))
  return [{ _tag: "Table", heading, columns: keep(columns), rows: rows.map(keep) }]
}

/** Each text begins a line. */
export const paragraph = (heading: string | null, ...texts: ReadonlyArray<string | null>): ReadonlyArray<Block> => {
  const known = texts.filter((text) => text !== null)
  return known.length === 0 ? [] : [{ _tag: "Text", heading, texts: known }]
}
