import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { wire } from "../envelope/Wire.ts"
import type { Feedback } from "./Feedback.ts"

/** How a hand-over ended: `details.github_queue` of its event (contract/api.md 10.3). */
export const QueueOutcome = wire({
  state: Schema.Literals(["promoted", "skipped", "deduped", "blocked", "already_mirrored"]),
  /** A slug that says why. */
  reason: Schema.String,
  issueUrls: Schema.Array(Schema.String),
  issueNumbers: Schema.Array(Schema.Number),
  mode: Schema.Literals(["live", "dry_run"]),
  githubMutation: Schema.Literals(["issue_created", "comment_added", "none"])
})
export type QueueOutcome = typeof QueueOutcome.Type

/** The queue could not be asked, or nobody knows what it did. It is asked again later: it finds what it did by itself. */
export class QueueUnreachable extends Data.TaggedError("QueueUnreachable")<{
  /** A slug without anything of the report, e.g. `http_503`. */
  readonly reason: string
}> {}

/**
 * Where feedback goes once it is stored: a list of issues that people work on (decision D5.3). A deployment without one
 * hands nothing over.
 */
export class FeedbackQueue extends Context.Service<
  FeedbackQueue,
  {
    /** Null: there is none. In a dry run nothing leaves the service. */
    readonly mode: QueueOutcome["mode"] | null
    /**
     * Brings one report to the queue. It may be asked about the same report again, after a crash or an answer that was
     * lost: then it finds what it made before (`already_mirrored`) and makes nothing twice.
     */
    handOver(feedback: Feedback): Effect.Effect<QueueOutcome, QueueUnreachable>
  }
>()("core/feedback/FeedbackQueue") {
  static readonly none = Layer.sync(FeedbackQueue, () =>
    FeedbackQueue.of({ mode: null, handOver: () => Effect.fail(new QueueUnreachable({ reason: "not_configured" })) })
  )
}
