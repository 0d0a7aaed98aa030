import type { Violation } from "./CheckAnswers.ts"
import type { Secrets } from "./Secrets.ts"

/** Everything that a service keeps or sends out, each under a name. */
export type Places = ReadonlyArray<readonly [place: string, things: Iterable<unknown>]>

/**
 * Looks for tokens and canaries in every row that was not looked at before. A job that has not ended may keep its prompt;
 * text that stands alone in a table is the deployment's own secret, which has to stand somewhere.
 */
export const make = (secrets: Secrets) => {
  const seen = new WeakSet<object>()

  const rowsIn = function* (value: unknown, depth: number): Iterable<object> {
    if (typeof value !== "object" || value === null) return
    if (value instanceof Map || Array.isArray(value)) {
      for (const inner of value.values()) yield* rowsIn(inner, depth + 1)
    } else if (depth === 0) {
      for (const inner of Object.values(value)) yield* rowsIn(inner, depth)
    } else {
      yield value
    }
  }

  const look = (places: Places, find: Secrets["in"], isFresh: (row: object) => boolean): ReadonlyArray<Violation> => {
    for (const [place, things] of places) {
      for (const thing of things) {
        for (const row of rowsIn(thing, place === "rows" ? 0 : 1)) {
          if (isFresh(row) && find(textOf(row)).length > 0)
            return [{ invariant: "secrets stay where they belong", message: `a secret stands in the ${place}` }]
        }
      }
    }
    return []
  }

  return {
    /** What is new since the last time. */
    fresh: (places: Places) =>
      look(places, secrets.in, (row) => {
        if (seen.has(row)) return false
        seen.add(row)
        return true
      }),
    /** All of it, by every spelling. */
    all: (places: Places) => look(places, secrets.anyIn, () => true)
  }
}

const textOf = (row: object): string => {
  if (row instanceof Uint8Array) return Buffer.from(row).toString("latin1")
  const isOpenJob = "input" in row && "step" in row && row.step !== "ended"
  return JSON.stringify(isOpenJob ? { ...row, input: null } : row)
}
