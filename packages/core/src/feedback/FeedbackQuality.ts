import type { Cut, FeedbackTexts } from "./Feedback.ts"
import { feedbackTypes, nextStates } from "./FeedbackRequest.ts"

/** contract/api.md 11.1. Feedback is never refused for being weak. */
export const qualityCodes = [
  "missing_title",
  "missing_body",
  "short_body",
  "missing_command",
  "missing_expected",
  "missing_actual",
  "missing_proof_needed",
  "missing_evidence",
  "unknown_type",
  "unknown_next_state",
  "possible_secret_redacted"
] as const

export type QualityCode = (typeof qualityCodes)[number]

export interface QualityWarning {
  readonly code: QualityCode
  readonly field: string
  readonly message: string
}

export type QualityLevel = "strong" | "usable" | "weak"

/** `strong` without any, `usable` with one or two, `weak` with more. */
export const levelOf = (warnings: number): QualityLevel =>
  warnings === 0 ? "strong" : warnings <= 2 ? "usable" : "weak"

/** Characters below which a body is too short to act on. */
const shortBody = 40

export interface Judged {
  readonly type: string
  readonly nextState: string
  readonly texts: FeedbackTexts
  readonly evidence: ReadonlyArray<string>
  readonly cuts: ReadonlyArray<Cut>
}

/** What would make a report easier to act on, one warning a field. */
export const qualityOf = ({ cuts, evidence, nextState, texts, type }: Judged): ReadonlyArray<QualityWarning> => [
  ...absent(texts.title, "missing_title", "title", "say in one line what it is about"),
  ...absent(texts.body, "missing_body", "body", "say what happened"),
  ...(texts.body !== null && texts.body.length < shortBody
    ? [warning("short_body", "body", `say more: ${shortBody} characters at least`)]
    : []),
  ...absent(texts.command, "missing_command", "command", "give the command that it is about"),
  ...absent(texts.expected, "missing_expected", "expected", "say what you expected"),
  ...absent(texts.actual, "missing_actual", "actual", "say what you got instead"),
  ...absent(texts.proofNeeded, "missing_proof_needed", "proof_needed", "say what would prove it fixed"),
  ...(evidence.length === 0
    ? [warning("missing_evidence", "evidence", "add a trace, job or event reference, e.g. trace:ID")]
    : []),
  ...(isOneOf(feedbackTypes, type)
    ? []
    : [warning("unknown_type", "type", `stored under an unknown type; known are ${feedbackTypes.join(", ")}`)]),
  ...(isOneOf(nextStates, nextState)
    ? []
    : [
        warning(
          "unknown_next_state",
          "next_state",
          `stored with an unknown next state; known are ${nextStates.join(", ")}`
        )
      ]),
  ...Array.from(new Set(cuts.map(({ field }) => field)), (field) =>
    warning(
      "possible_secret_redacted",
      field,
      "what looked like a secret was cut out before storing; if it was one, replace it"
    )
  )
]

const isOneOf = (all: ReadonlyArray<string>, value: string): boolean => all.includes(value)

const warning = (code: QualityCode, field: string, message: string): QualityWarning => ({ code, field, message })

const absent = (value: string | null, code: QualityCode, field: string, message: string) =>
  value === null ? [warning(code, field, message)] : []
