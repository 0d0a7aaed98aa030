import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { shapesIn, spellings } from "./CassetteSecrets.ts"

/** Something that may not stand in a cassette. It says where, and never what. */
export interface CassetteFinding {
  readonly file: string
  /** The line of the file, from 1. */
  readonly line: number
  readonly what: string
}

const skipped = new Set(["node_modules", ".git", "dist", ".build", "coverage"])

/** Every `*.cassette.json` below a folder. */
export const cassettesIn = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return skipped.has(entry.name) ? [] : cassettesIn(path)
    return entry.name.endsWith(".cassette.json") ? [path] : []
  })

/**
 * Looks at every cassette below a folder: for the canaries, which are values that were put where secrets are, in any
 * spelling; and for whatever is shaped like a key, a token, a signed URL or somebody's address. Also within bytes.
 */
export const checkCassettes = (
  folder: string,
  canaries: ReadonlyArray<string> = []
): ReadonlyArray<CassetteFinding> => {
  const planted = canaries.flatMap(spellings)
  return cassettesIn(folder).flatMap((file) =>
    readFileSync(file, "utf8")
      .split("\n")
      .flatMap((text, index) => findingsIn(text, planted).map((what) => ({ file, line: index + 1, what })))
  )
}

const findingsIn = (line: string, planted: ReadonlyArray<string>): ReadonlyArray<string> => {
  const inside = bytesIn(line)
  const texts = [line, line.replaceAll(String.raw`\"`, '"'), ...(inside === null ? [] : [inside])]
  return [
    ...(texts.some((text) => planted.some((canary) => text.includes(canary))) ? ["a canary"] : []),
    // Pixels look like anything, so that shapes are looked for in text only.
    ...new Set((inside === null ? texts : [line.slice(0, 40)]).flatMap(shapesIn))
  ]
}

const bytesIn = (line: string): string | null => {
  const base64 = /"base64": "([^"]+)"/u.exec(line)?.[1]
  return base64 === undefined ? null : Buffer.from(base64, "base64").toString("latin1")
}

/** Throws when there is anything to find: for a test of its own, so that a secret in a cassette fails the build. */
export const assertCassettes = (folder: string, canaries: ReadonlyArray<string> = []): void => {
  const found = checkCassettes(folder, canaries)
  if (found.length === 0) return
  throw new Error(
    `cassettes hold secrets:\n${found.map(({ file, line, what }) => `  ${file}:${line}: ${what}`).join("\n")}`
  )
}
