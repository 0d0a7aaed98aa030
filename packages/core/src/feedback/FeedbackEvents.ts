import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type ActivityEvent, noLinks } from "../activity/ActivityEvent.ts"
import type { Feedback } from "./Feedback.ts"
import { QueueOutcome } from "./FeedbackQueue.ts"

/** The event that a report was stored (contract/api.md 10.3). */
export const created = (feedback: Feedback, id: string): ActivityEvent => ({
  ...about(feedback, id),
  type: "feedback.created",
  occurredAt: feedback.createdAt,
  summary: "Feedback was stored.",
  status: "accepted",
  details: { type: feedback.type, severity: feedback.severity, duplicate_of: feedback.duplicateOf }
})

/** The event that the hand-over to an issue queue ran, with its five states (contract/api.md 10.3). */
export const processed = (
  feedback: Feedback,
  outcome: QueueOutcome,
  id: string,
  occurredAt: string
): Effect.Effect<ActivityEvent> =>
  Effect.map(Effect.orDie(encode(outcome)), (queue) => ({
    ...about(feedback, id),
    type: "feedback.github_queue.processed",
    occurredAt,
    summary: `The hand-over to the issue queue ended: ${outcome.state}`,
    status: outcome.state,
    details: { github_queue: queue }
  }))

const encode = Schema.encodeEffect(QueueOutcome)

const about = ({ id: feedbackId, organizationId, requestTraceId: traceId }: Feedback, id: string) =>
  ({
    id,
    organizationId,
    operation: "feedback",
    traceId,
    subject: { type: "feedback", id: feedbackId },
    links: { ...noLinks, feedbackId },
    cost: null
  }) as const
