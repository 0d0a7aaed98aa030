import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import { fitting } from "../envelope/Fitting.ts"
import { type ProbeOptions, Prober } from "./Prober.ts"
import type { Chapter, Rule } from "./Rule.ts"

/** What became of one rule. */
export interface Verdict {
  readonly rule: Rule
  readonly chapter: string
  readonly outcome:
    | { readonly _tag: "Passed" }
    | { readonly _tag: "Failed"; readonly expected: string; readonly got: string; readonly request: string }
    | { readonly _tag: "Skipped"; readonly why: string }
}

export interface Judgement {
  readonly target: string
  readonly chapters: ReadonlyArray<Chapter>
  readonly verdicts: ReadonlyArray<Verdict>
  /** Whole answers that came, whatever stood in them. */
  readonly answers: number
}

/** Holds a service to these rules, one after the other. It always ends, and it never fails. */
export const judge = (chapters: ReadonlyArray<Chapter>, options: ProbeOptions) =>
  Effect.gen(function* () {
    const verdicts = yield* Effect.forEach(chapters, ({ id, rules }) =>
      Effect.forEach(rules, (rule) =>
        Effect.map(outcomeOf(rule), (outcome): Verdict => ({ rule, chapter: id, outcome }))
      )
    )
    const answers = (yield* (yield* Prober).heard).length
    const judgement: Judgement = { target: options.origin, chapters, verdicts: verdicts.flat(), answers }
    return judgement
  }).pipe(Effect.provide(Prober.layer(options)))

const outcomeOf = ({ check }: Rule): Effect.Effect<Verdict["outcome"], never, Prober> =>
  check.pipe(
    Effect.map((): Verdict["outcome"] => ({ _tag: "Passed" })),
    Effect.catchTags({
      Broken: ({ expected, got, request }) =>
        Effect.succeed<Verdict["outcome"]>({ _tag: "Failed", expected, got, request }),
      Skipped: ({ why }) => Effect.succeed<Verdict["outcome"]>({ _tag: "Skipped", why })
    })
  )

type Tag = Verdict["outcome"]["_tag"]

const count = (verdicts: ReadonlyArray<Verdict>, tag: Tag): number =>
  verdicts.filter(({ outcome }) => outcome._tag === tag).length

/**
 * Whether the service conforms: no rule that must be kept is broken, and some rule was kept. A service of which nothing
 * could be found out does not.
 */
export const conforms = ({ verdicts }: Judgement): boolean =>
  count(verdicts, "Passed") > 0 &&
  !verdicts.some(({ outcome, rule }) => outcome._tag === "Failed" && rule.level === "must")

/** The report: with every rule, or with the broken ones only. */
export const reportOf = (judgement: Judgement, everything: boolean): Schema.JsonObject => {
  const { chapters, target, verdicts } = judgement
  return {
    target,
    conforms: conforms(judgement),
    ...counts(verdicts),
    chapters: chapters.map(({ id, title }) => ({
      id,
      title,
      ...counts(verdicts.filter(({ chapter }) => chapter === id))
    })),
    rules: verdicts.filter(({ outcome }) => everything || outcome._tag === "Failed").map(toRow)
  }
}

const counts = (verdicts: ReadonlyArray<Verdict>) => ({
  passed: count(verdicts, "Passed"),
  failed: count(verdicts, "Failed"),
  skipped: count(verdicts, "Skipped")
})

const toRow = ({ chapter, outcome, rule: { id, level, source, title } }: Verdict): Schema.JsonObject => {
  const row = { id, chapter, title, source, level }
  switch (outcome._tag) {
    case "Passed":
      return { ...row, verdict: "pass" }
    case "Failed": {
      const { expected, got, request } = outcome
      return { ...row, verdict: "fail", request, expected, got }
    }
    case "Skipped":
      return { ...row, verdict: "skip", why: outcome.why }
  }
}

/** What an error has room for: the counts, and the first broken rules in a line each; those that must be kept come first. */
export const summaryOf = ({ target, verdicts }: Judgement): Schema.JsonObject => {
  const broken = ["must", "should"].flatMap((level) => verdicts.flatMap(lineOf(level)))
  // The address stands in the message and in the commands around it, too.
  const room = Math.max(roomLeast, roomMost - 4 * target.length)
  const shown = fitting(broken, room, (line) => `${line}          `)
  return { ...counts(verdicts), broken: shown, omitted: broken.length - shown.length }
}

const roomMost = 480
const roomLeast = 170

const lineOf =
  (level: string) =>
  ({ outcome, rule }: Verdict): ReadonlyArray<string> =>
    outcome._tag === "Failed" && rule.level === level
      ? [`${rule.id}, ${outcome.request}: expected ${outcome.expected}, got ${outcome.got}`.slice(0, 200)]
      : []

/** All rules, without asking anybody. */
export const listing = (chapters: ReadonlyArray<Chapter>, everything: boolean): Schema.JsonObject => ({
  total: chapters.reduce((sum, { rules }) => sum + rules.length, 0),
  chapters: chapters.map(({ id, rules, title }) => ({
    id,
    title,
    must: rules.filter(({ level }) => level === "must").length,
    should: rules.filter(({ level }) => level === "should").length
  })),
  ...(everything
    ? {
        rules: chapters.flatMap(({ id: chapter, rules }) =>
          rules.map(({ id, level, source, title }) => ({ id, chapter, title, source, level }))
        )
      }
    : {})
})
