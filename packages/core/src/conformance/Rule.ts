import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type { Prober } from "./Prober.ts"

/** What a service did instead of what its rule says, each in one line that may be shown. */
export class Broken extends Data.TaggedError("Broken")<{
  readonly expected: string
  readonly got: string
  /** Method and path, without its query. */
  readonly request: string
}> {}

/** The rule says nothing about this service, or nobody could find out. */
export class Skipped extends Data.TaggedError("Skipped")<{ readonly why: string }> {}

export type Finding = Broken | Skipped

/** Succeeds where the service keeps the rule. */
export type Check = Effect.Effect<unknown, Finding, Prober>

/**
 * One sentence of the contract that can be seen from outside.
 *
 * - `must`: published clients, money, secrets or other people's rows depend on it.
 * - `should`: the contract says so, and a client gets along without it.
 */
export interface Rule {
  /** The section of its source and a name, e.g. `A1.4-frame`; stays the same for ever. */
  readonly id: string
  /** True of every service that keeps the rule. */
  readonly title: string
  readonly source: string
  readonly level: "must" | "should"
  readonly check: Check
}

export interface Chapter {
  readonly id: string
  readonly title: string
  readonly rules: ReadonlyArray<Rule>
}

const from =
  (level: Rule["level"]) =>
  (id: string, title: string, check: Check): Rule => ({ id, title, source: sourceOf(id), level, check })

/** `A5.3-replay` stands in contract/api.md 5.3, `D2.1-own` in contract/decisions.md D2.1. */
const sourceOf = (id: string): string => {
  const section = id.slice(0, id.indexOf("-"))
  return section.startsWith("A") ? `contract/api.md ${section.slice(1)}` : `contract/decisions.md ${section}`
}

export const must = from("must")
export const should = from("should")
