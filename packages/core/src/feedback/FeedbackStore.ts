import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type { OrganizationId } from "../identity/Actor.ts"
import type { StoreUnavailable } from "../store/Store.ts"
import type { Feedback } from "./Feedback.ts"
import type { QueueOutcome } from "./FeedbackQueue.ts"

/** How often a hand-over was begun, this time included, and when it may be begun anew should this process die. */
export interface TakenFeedback {
  readonly feedback: Feedback
  readonly attempts: number
}

/** Feedback, and how far each has come on its way to an issue queue. */
export class FeedbackStore extends Context.Service<
  FeedbackStore,
  {
    /** Writes it with its hand-over still to come. An id that exists already is a `conflict`. */
    insert(feedback: Feedback): Effect.Effect<void, StoreUnavailable>
    /** Of another organization: none. */
    find(organizationId: OrganizationId, id: string): Effect.Effect<Option.Option<Feedback>, StoreUnavailable>
    /** The id of the first report that the organization made under this key. */
    firstUnder(organizationId: OrganizationId, dedupeKey: string): Effect.Effect<string | null, StoreUnavailable>
    /**
     * Takes the oldest report whose hand-over has not ended and that nobody holds at `now`, and holds it until `until`.
     * Of several that ask at once, each gets another.
     */
    take(now: string, until: string): Effect.Effect<Option.Option<TakenFeedback>, StoreUnavailable>
    /** Ends the hand-over. False when it had ended before: then nothing changes. */
    finish(id: string, outcome: QueueOutcome, at: string): Effect.Effect<boolean, StoreUnavailable>
    /** How the hand-over ended; none before. */
    outcome(id: string): Effect.Effect<Option.Option<QueueOutcome>, StoreUnavailable>
    /** Whether feedback can be stored, as far as looking tells. */
    readonly check: Effect.Effect<void, StoreUnavailable>
  }
>()("core/feedback/FeedbackStore") {}
