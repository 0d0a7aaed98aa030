import { readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

export const root = fileURLToPath(new URL("../../../", import.meta.url))

/** A fenced block. `line` is where its text begins, counted from 1. */
export interface Block {
  readonly language: string
  readonly text: string
  readonly line: number
}

export interface Table {
  /** The heading above it. */
  readonly section: string
  readonly header: ReadonlyArray<string>
  readonly rows: ReadonlyArray<ReadonlyArray<string>>
}

/** A document of this repository, as far as a test has to understand it. */
export interface Document {
  /** From the root, with forward slashes. */
  readonly path: string
  readonly blocks: ReadonlyArray<Block>
  /** What is outside of the blocks, line by line. */
  readonly prose: ReadonlyArray<string>
  readonly headings: ReadonlyArray<string>
  readonly tables: ReadonlyArray<Table>
  readonly links: ReadonlyArray<string>
  /** The inline code, without the marks. */
  readonly codes: ReadonlyArray<string>
}

export const parse = (path: string, text: string = readFileSync(join(root, path), "utf8")): Document => {
  const lines = text.split("\n")
  const blocks: Array<Block> = []
  const prose: Array<string> = []
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? ""
    const fence = /^(`{3,})(\S*)$/u.exec(line)
    if (fence === null) {
      prose.push(line)
      continue
    }
    const end = lines.indexOf(fence[1] ?? "", index + 1)
    if (end === -1) throw new Error(`${path}:${index + 1}: this block has no end`)
    blocks.push({ language: fence[2] ?? "", text: lines.slice(index + 1, end).join("\n"), line: index + 2 })
    index = end
  }
  const flowing = prose.join("\n")
  return {
    path,
    blocks,
    prose,
    headings: prose.flatMap((line) => /^#+ (.*)$/u.exec(line)?.[1] ?? []),
    tables: tablesOf(prose),
    links: matches(flowing, /\]\(([^)\s]+)\)/gu),
    codes: matches(flowing, /(?<!`)`([^`]+)`(?!`)/gu).map((code) => code.replaceAll("\n", " "))
  }
}

const matches = (text: string, pattern: RegExp): ReadonlyArray<string> =>
  [...text.matchAll(pattern)].map((match) => match[1] ?? "")

const tablesOf = (prose: ReadonlyArray<string>): ReadonlyArray<Table> => {
  const tables: Array<Table> = []
  let section = ""
  for (let index = 0; index < prose.length; index += 1) {
    section = /^#+ (.*)$/u.exec(prose[index] ?? "")?.[1] ?? section
    if (!/^\|(?: --- \|)+$/u.test(prose[index] ?? "")) continue
    const rest = prose.slice(index + 1)
    const end = rest.findIndex((line) => !line.startsWith("|"))
    const rows = rest.slice(0, end === -1 ? rest.length : end).map(cells)
    tables.push({ section, header: cells(prose[index - 1] ?? ""), rows })
  }
  return tables
}

const cells = (row: string): ReadonlyArray<string> =>
  row
    .slice(1, -1)
    .split("|")
    .map((cell) => cell.trim())

/** The name by which a heading is linked to. */
export const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-")

/** The inline code of one cell or line. */
export const codesIn = (text: string): ReadonlyArray<string> => matches(text, /`([^`]+)`/gu)

/** The lines below a heading, up to the next heading of any level. */
export const section = ({ path, prose }: Document, heading: string): string => {
  const start = prose.findIndex((line) => line.replace(/^#+ /u, "") === heading && line.startsWith("#"))
  if (start === -1) throw new Error(`${path} has no heading "${heading}"`)
  const rest = prose.slice(start + 1)
  const end = rest.findIndex((line) => line.startsWith("#"))
  return rest.slice(0, end === -1 ? rest.length : end).join("\n")
}

export const table = ({ path, tables }: Document, heading: string, first: string): Table => {
  const found = tables.find(({ header, section: above }) => above === heading && header[0] === first)
  if (found === undefined) throw new Error(`${path} has no table of "${first}" under "${heading}"`)
  return found
}
