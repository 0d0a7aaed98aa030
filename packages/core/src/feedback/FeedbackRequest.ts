import * as Schema from "effect/Schema"
import * as Field from "../envelope/Field.ts"
import { wire } from "../envelope/Wire.ts"

/** The types that readers of feedback know; any other slug is stored with a warning (contract/api.md 11.1). */
export const feedbackTypes = [
  "user_feedback",
  "bug",
  "feature_request",
  "missing_capability",
  "docs",
  "pricing",
  "model_quality",
  "provider_reliability",
  "auth_quota",
  "success_with_friction"
] as const

/** What the reporter asks for; any other slug is stored with a warning. */
export const nextStates = ["watch", "triage", "promote", "close"] as const

export const severities = ["low", "medium", "high", "critical"] as const

export const Severity = Schema.Literals(severities).annotate({
  message: "must be low, medium, high or critical"
})
export type Severity = typeof Severity.Type

export const confidences = ["low", "medium", "high"] as const

export const Confidence = Schema.Literals(confidences).annotate({
  message: "must be low, medium or high"
})
export type Confidence = typeof Confidence.Type

const slug = Field.matching(
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/u,
  "must be a slug of 1 to 40 letters, digits, dots, underscores or dashes"
)

/** What was given as nothing counts as not given. */
const prose = Schema.optionalKey(Field.text(0, 4000))
const reference = Schema.optionalKey(Field.line(0, 200))

const listOf = <A extends Schema.Top>(item: A, max: number, what: string) => {
  const message = `must be a list of at most ${max} ${what}`
  return Schema.Array(item).annotate({ message }).check(Schema.isMaxLength(max, { message }))
}

/** The body of `POST /v1/feedback` (contract/api.md 11.1). One of title and body is required; `giveFeedback` says so. */
export const FeedbackRequest = wire({
  title: Schema.optionalKey(Field.line(0, 200)),
  body: Schema.optionalKey(Field.text(0, 8000)),
  type: Schema.optionalKey(slug),
  severity: Schema.optionalKey(Severity),
  confidence: Schema.optionalKey(Confidence),
  nextState: Schema.optionalKey(slug),
  command: prose,
  expected: prose,
  actual: prose,
  friction: prose,
  proofNeeded: prose,
  strategicReason: prose,
  surface: Schema.optionalKey(listOf(slug, 12, "slugs such as cli, docs, api, skill, models or payments")),
  evidence: Schema.optionalKey(listOf(Field.line(1, 300), 40, "references such as trace:ID, job:ID or evt:ID")),
  dedupeKey: reference,
  source: reference,
  traceId: reference,
  /** True: no quality warnings. */
  allowWeakSignal: Schema.optionalKey(Field.boolean)
})
export type FeedbackRequest = typeof FeedbackRequest.Type
