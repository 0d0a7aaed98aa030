import { assert, describe, it } from "@effect/vitest"
import { nearest } from "@image-skill/core/envelope/Nearest"
import * as Schema from "effect/Schema"

const flags = ["prompt", "prompt-file", "model", "intent", "aspect-ratio", "max-usd", "dry-run", "json"]

const slips: ReadonlyArray<readonly [typed: string, meant: string | null]> = [
  ["prompt", "prompt"],
  ["promt", "prompt"],
  ["prmopt", "prompt"],
  ["Prompt", "prompt"],
  ["modl", "model"],
  ["modle", "model"],
  ["jsno", "json"],
  ["dry_run", "dry-run"],
  ["aspect_ratio", "aspect-ratio"],
  ["aspectratio", "aspect-ratio"],
  ["max-usdd", "max-usd"],
  ["jsn", "json"],
  ["x", null],
  ["", null],
  ["budget", null],
  ["completely-different", null],
  ["prompt".repeat(20), null]
]

/** Insertions, deletions, substitutions and swaps of neighbours, by the textbook's recursion; a dash is an underscore. */
const stepsBetween = (left: string, right: string): number => {
  const [a, b] = [left.replaceAll("_", "-"), right.replaceAll("_", "-")]
  if (a !== left || b !== right) return stepsBetween(a, b)
  if (left === "" || right === "") return left.length + right.length
  const isSwap = left.length > 1 && right.startsWith(`${left.charAt(1)}${left.charAt(0)}`)
  const same = right.startsWith(left.charAt(0))
  return Math.min(
    stepsBetween(left.slice(1), right.slice(1)) + (same ? 0 : 1),
    stepsBetween(left.slice(1), right) + 1,
    stepsBetween(left, right.slice(1)) + 1,
    isSwap ? stepsBetween(left.slice(2), right.slice(2)) + 1 : Number.POSITIVE_INFINITY
  )
}

const word = Schema.String.check(Schema.isPattern(/^[ab_-]{0,5}$/u))

describe("Nearest", () => {
  for (const [typed, meant] of slips) {
    it(`${JSON.stringify(typed.slice(0, 40))} is taken for ${meant}`, () => {
      assert.strictEqual(nearest(typed, flags), meant)
    })
  }

  it("of two that are equally near, the first is named", () => {
    assert.strictEqual(nearest("cat", ["car", "cap"]), "car")
  })

  it.prop(
    "the nearest candidate is named, if it is near enough to be a slip",
    [word, Schema.Array(word)],
    ([typed, candidates]) => {
      const allowed = Math.max(1, Math.floor(typed.length / 3))
      const steps = candidates.map((candidate) => stepsBetween(typed, candidate))
      const least = Math.min(...steps)
      const expected = least <= allowed ? candidates[steps.indexOf(least)] : null
      assert.strictEqual(nearest(typed, candidates), expected)
    }
  )
})
