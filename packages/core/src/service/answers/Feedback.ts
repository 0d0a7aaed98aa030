import * as Schema from "effect/Schema"
import { wire } from "../../envelope/Wire.ts"
import { qualityCodes } from "../../feedback/FeedbackQuality.ts"
import { Confidence, Severity } from "../../feedback/FeedbackRequest.ts"
import type { GivenFeedback } from "../../feedback/Feedbacks.ts"

/** contract/api.md 11.1. The texts themselves are not said back. */
export const FeedbackAnswer = wire({
  feedbackId: Schema.String,
  state: Schema.Literal("accepted"),
  type: Schema.String,
  severity: Severity,
  confidence: Confidence,
  nextState: Schema.String,
  surface: Schema.Array(Schema.String),
  dedupe: wire({ key: Schema.String, duplicateOf: Schema.NullOr(Schema.String) }),
  quality: wire({
    level: Schema.Literals(["strong", "usable", "weak"]),
    warnings: Schema.Array(wire({ code: Schema.Literals(qualityCodes), field: Schema.String, message: Schema.String }))
  }),
  /** What was cut out before storing, by field and kind. */
  redactions: Schema.Array(wire({ field: Schema.String, kind: Schema.String })),
  createdAt: Schema.String,
  activityEventId: Schema.String
})

export const feedbackAnswer = ({ eventId, feedback, level, warnings }: GivenFeedback): typeof FeedbackAnswer.Type => ({
  feedbackId: feedback.id,
  state: "accepted",
  type: feedback.type,
  severity: feedback.severity,
  confidence: feedback.confidence,
  nextState: feedback.nextState,
  surface: feedback.surface,
  dedupe: { key: feedback.dedupeKey, duplicateOf: feedback.duplicateOf },
  quality: { level, warnings },
  redactions: feedback.cuts,
  createdAt: feedback.createdAt,
  activityEventId: eventId
})

/** Sentences for whoever reads no fields. */
export const feedbackWarnings = ({ feedback, level, warnings }: GivenFeedback): ReadonlyArray<string> => [
  ...warnings
    .filter(({ code }) => code === "unknown_type" || code === "unknown_next_state")
    .map(({ field, message }) => `${field}: ${message}`),
  ...(feedback.cuts.length === 0
    ? []
    : [
        "what looked like a secret was cut out before storing; data.redactions names the fields. If it was one, replace it"
      ]),
  ...(level === "weak" ? ["accepted, but weak; data.quality.warnings says what would make it easier to act on"] : [])
]
