import * as Predicate from "effect/Predicate"
import { executable } from "../envelope/Product.ts"
import type { GuideFacts, GuideWish } from "./GuideFacts.ts"

/**
 * How long an answer is when it is printed: JSON, indented by two spaces, in UTF-8. What the caller typed is not counted,
 * and the way this program is started counts as its bare name (decision D3.11). Never less than it really is.
 */
export interface Measure {
  /** Texts that count nothing, the longest first. */
  readonly own: ReadonlyArray<string>
  /** Ways to start this program, and what stands for each. */
  readonly prefixes: ReadonlyArray<{ readonly prefix: string; readonly counts: string }>
}

/** A word or two stand in other texts by chance. */
const shortestOwn = 4

/** `onward` may set variables that nobody but the guide thought of; those are counted. */
export const measureFor = (
  { wish }: Pick<GuideFacts, "wish">,
  { host, onward }: { readonly host: string; readonly onward: string }
): Measure => ({
  own: ownTexts(wish)
    .filter((text) => text.length >= shortestOwn)
    .toSorted((left, right) => right.length - left.length),
  prefixes: [
    { prefix: onward, counts: executable.padStart(executable.length + onward.length - host.length) },
    { prefix: host, counts: executable }
  ].filter(({ prefix }) => prefix.length > executable.length)
})

const ownTexts = (wish: GuideWish): ReadonlyArray<string> =>
  [
    wish.prompt,
    wish.model,
    wish.provider,
    wish.intent,
    wish.aspectRatio,
    wish.modelParametersJson,
    ...wish.inputs
  ].filter((text) => text !== null)

/** The bytes of a value, `depth` levels below the document. Keys are in code as they are, and longer in JSON. */
export const printedSize = (value: unknown, measure: Measure, depth = 0): number => {
  if (typeof value === "string") return 2 + bytesOf(counted(value, measure))
  if (Array.isArray(value)) {
    let size = 0
    for (const entry of value) size += printedSize(entry, measure, depth + 1)
    return block(value.length, size, depth)
  }
  if (Predicate.isObject(value)) {
    let size = 0
    const entries = Object.entries(value)
    for (const [name, field] of entries) {
      size += snakeLength(name) + 4 + printedSize(field, measure, depth + 1)
    }
    return block(entries.length, size, depth)
  }
  return String(value).length
}

/** Each entry on a line of its own with a comma; nothing at all is two brackets. */
const block = (count: number, size: number, depth: number): number =>
  count === 0 ? 2 : size + count * (2 * (depth + 1) + 2) + 2 + 2 * depth

/** A capital letter becomes an underscore and a small one. */
const snakeLength = (name: string): number => {
  let length = name.length
  for (let index = 0; index < name.length; index += 1) {
    const unit = name.charCodeAt(index)
    if (unit >= 65 && unit <= 90) length += 1
  }
  return length
}

const counted = (text: string, { own, prefixes }: Measure): string => {
  let rest = text
  for (const { counts, prefix } of prefixes) if (rest.includes(prefix)) rest = rest.replaceAll(prefix, counts)
  for (const mine of own) if (rest.includes(mine)) rest = rest.replaceAll(mine, "")
  return rest
}

/** A quote and a backslash take two bytes, a control character six, what is not ASCII three at most for each unit. */
const bytesOf = (text: string): number => {
  let bytes = 0
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index)
    bytes += unit === 34 || unit === 92 ? 2 : unit < 32 ? 6 : unit > 126 ? 3 : 1
  }
  return bytes
}
