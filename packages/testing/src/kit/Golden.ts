import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"

/** An answer is not what it was. The message shows the lines that differ. */
export class GoldenMismatch extends Error {
  override readonly name = "GoldenMismatch"
}

export interface GoldenOptions {
  /** Writes the file instead of comparing; by default when the variable `UPDATE_GOLDENS` is `1`. */
  readonly update?: boolean
  /** Text that differs from run to run, beside what is known: each is replaced by its name wherever it stands. */
  readonly volatile?: { readonly [name: string]: string }
}

/**
 * Compares an envelope, or any other JSON, with the file that holds it, whatever runs the test. Ids, times, tokens,
 * durations and addresses of this machine stand in it by their kind and number, so that the same program gives the same
 * file. Throws `GoldenMismatch`, also when there is no file yet.
 */
export const matchesGolden = (file: string, value: unknown, options: GoldenOptions = {}): void => {
  const { update = process.env["UPDATE_GOLDENS"] === "1", volatile = {} } = options
  const now = render(value, volatile)
  if (update) {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, now)
    return
  }
  if (!existsSync(file))
    throw new GoldenMismatch(
      `there is no ${file} yet: look at what would stand in it, then run with UPDATE_GOLDENS=1\n${now}`
    )
  const before = readFileSync(file, "utf8").replaceAll("\r\n", "\n")
  if (before === now) return
  throw new GoldenMismatch(
    `${file} is not what came (- it, + what came); if that is meant, run with UPDATE_GOLDENS=1\n${difference(before, now)}`
  )
}

/** As it stands in a golden file: two spaces deep, in the order of the answer, volatile text by its name. */
export const render = (value: unknown, volatile: { readonly [name: string]: string } = {}): string => {
  const seen = new Map<string, Map<string, string>>()
  const nameOf = (kind: string, found: string): string => {
    const known = seen.get(kind) ?? new Map<string, string>()
    seen.set(kind, known)
    const name = known.get(found) ?? `<${kind}:${known.size + 1}>`
    known.set(found, name)
    return name
  }
  const own = Object.entries(volatile).filter(([, text]) => text !== "")
  const clean = (text: string): string => {
    const named = own.reduce((rest, [name, found]) => rest.replaceAll(found, `<${name}>`), text)
    return kinds.reduce((rest, [kind, pattern]) => rest.replace(pattern, (found) => nameOf(kind, found)), named)
  }
  return `${JSON.stringify(walk(value, clean), null, 2)}\n`
}

/** What differs from run to run, longest first: an id may stand within a URL. */
const kinds: ReadonlyArray<readonly [kind: string, pattern: RegExp]> = [
  ["token", /\bisk_[a-z]+_[A-Za-z0-9]+/gu],
  ["trace", /\btrace_[0-9a-f]{16}\b/gu],
  ["time", /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)/gu],
  ["id", /\b[a-z]+(?:_[a-z]+)*_[0-9a-hjkmnp-tv-z]{20}\b/gu],
  ["uuid", /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/giu],
  ["sha256", /\b[0-9a-f]{64}\b/gu],
  ["origin", /\bhttps?:\/\/(?:127\.0\.0\.1|localhost|\[::1\]):\d+/gu],
  ["signature", /(?<=[?&](?:signature|expires)=)[0-9a-f]+/gu]
]

const durations = /(?:^|_)(?:duration_ms|latency_ms|elapsed_ms|elapsed_seconds|took_ms)$/u

const walk = (value: unknown, clean: (text: string) => string, name = ""): unknown => {
  if (typeof value === "string") return clean(value)
  if (typeof value === "number") return durations.test(name) ? "<duration>" : value
  if (Array.isArray(value)) return value.map((item) => walk(item, clean, name))
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [clean(key), walk(item, clean, key)]))
}

const shownLines = 40

/** Which lines went and which came, each with the two lines before it. */
const difference = (before: string, now: string): string => {
  const [left, right] = [before.split("\n"), now.split("\n")]
  const common = sameLines(left, right)
  const lines: Array<string> = []
  let [i, j] = [0, 0]
  for (const [a, b] of [...common, [left.length, right.length] as const]) {
    if (i < a || j < b) {
      lines.push(...left.slice(Math.max(0, i - 2), i).map((line) => `  ${line}`))
      lines.push(...left.slice(i, a).map((line) => `- ${line}`))
      lines.push(...right.slice(j, b).map((line) => `+ ${line}`))
    }
    i = a + 1
    j = b + 1
  }
  const more = lines.length - shownLines
  return [...lines.slice(0, shownLines), ...(more > 0 ? [`  and ${more} more lines`] : [])].join("\n")
}

/** Pairs of places of the longest common run of lines; of long texts only what is the same at both ends. */
const sameLines = (
  left: ReadonlyArray<string>,
  right: ReadonlyArray<string>
): ReadonlyArray<readonly [number, number]> => {
  if (left.length * right.length > 1_000_000) return sameEnds(left, right)
  const lengths = left.map(() => new Uint16Array(right.length + 1))
  lengths.push(new Uint16Array(right.length + 1))
  const at = (i: number, j: number) => lengths[i]?.[j] ?? 0
  for (let i = left.length - 1; i >= 0; i -= 1)
    for (let j = right.length - 1; j >= 0; j -= 1) {
      const row = lengths[i]
      if (row !== undefined) row[j] = left[i] === right[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
    }
  const pairs: Array<readonly [number, number]> = []
  for (let i = 0, j = 0; i < left.length && j < right.length;) {
    if (left[i] === right[j]) {
      pairs.push([i, j])
      i += 1
      j += 1
    } else if (at(i + 1, j) >= at(i, j + 1)) i += 1
    else j += 1
  }
  return pairs
}

const sameEnds = (left: ReadonlyArray<string>, right: ReadonlyArray<string>) => {
  const most = Math.min(left.length, right.length)
  let start = 0
  while (start < most && left[start] === right[start]) start += 1
  let end = 0
  while (end < most - start && left.at(-1 - end) === right.at(-1 - end)) end += 1
  return [
    ...Array.from({ length: start }, (_, index) => [index, index] as const),
    ...Array.from({ length: end }, (_, index) => [left.length - end + index, right.length - end + index] as const)
  ]
}
