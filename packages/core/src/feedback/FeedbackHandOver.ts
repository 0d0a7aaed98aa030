import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { ActivityLog } from "../activity/ActivityLog.ts"
import { Ids } from "../envelope/Ids.ts"
import { Store, type StoreUnavailable } from "../store/Store.ts"
import { processed } from "./FeedbackEvents.ts"
import { FeedbackQueue, type QueueOutcome } from "./FeedbackQueue.ts"
import { FeedbackStore, type TakenFeedback } from "./FeedbackStore.ts"
import { keptBack, without } from "./Promotion.ts"

/** Brings stored feedback to the issue queue of the deployment, if it has one. */
export class FeedbackHandOver extends Context.Service<
  FeedbackHandOver,
  {
    /**
     * Hands up to `limit` reports over, one after another, and says how many hand-overs ended. Each ends once, with
     * exactly one `feedback.github_queue.processed` event, also when a process dies in between: the row is taken before
     * the queue is asked, and the event is written in the transaction that ends the hand-over.
     */
    sweep(limit: number): Effect.Effect<number, StoreUnavailable>
  }
>()("core/feedback/FeedbackHandOver") {
  static readonly layer = Layer.effect(
    FeedbackHandOver,
    Effect.gen(function* () {
      const rows = yield* FeedbackStore
      const queue = yield* FeedbackQueue
      const activity = yield* ActivityLog
      const store = yield* Store
      const ids = yield* Ids

      /** Null: the queue did not answer, and is asked again when nobody holds the report any more. */
      const outcomeOf = ({ attempts, feedback }: TakenFeedback, mode: QueueOutcome["mode"]) => {
        const kept = keptBack(feedback, mode)
        if (kept !== null) return Effect.succeed(kept)
        return Effect.catchTag(queue.handOver(feedback), "QueueUnreachable", ({ reason }) =>
          Effect.succeed(attempts >= maxAttempts ? without("blocked", reason, mode) : null)
        )
      }

      const end = Effect.fnUntraced(function* ({ feedback }: TakenFeedback, outcome: QueueOutcome) {
        const now = DateTime.formatIso(yield* DateTime.now)
        const event = yield* processed(feedback, outcome, yield* ids.next("evt"), now)
        if (yield* rows.finish(feedback.id, outcome, now)) yield* activity.append(event)
      }, store.transaction)

      const sweep = Effect.fn("FeedbackHandOver.sweep")(function* (limit: number) {
        if (queue.mode === null) return 0
        let ended = 0
        for (let index = 0; index < limit; index += 1) {
          const now = yield* DateTime.now
          const until = DateTime.formatIso(DateTime.addDuration(now, held))
          const taken = yield* rows.take(DateTime.formatIso(now), until)
          if (Option.isNone(taken)) break
          const outcome = yield* outcomeOf(taken.value, queue.mode)
          if (outcome === null) continue
          yield* end(taken.value, outcome)
          ended += 1
        }
        return ended
      })

      return FeedbackHandOver.of({ sweep })
    })
  )
}

/** How long whoever took a report has for it, and how long a queue that did not answer is left alone. */
const held = Duration.minutes(2)

/** About an hour; then the report is `blocked`. */
const maxAttempts = 30
