import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import type * as Schema from "effect/Schema"
import type { MediaProviderError, Polled } from "../media/MediaProvider.ts"
import type { StoreUnavailable } from "../store/Store.ts"
import type { Job } from "./Job.ts"
import { JobBooks } from "./JobBooks.ts"
import { JobStore } from "./JobStore.ts"
import type { Work } from "./Work.ts"

export type Waited =
  | { readonly _tag: "Answered"; readonly answer: Uint8Array }
  /** Nothing more to do now: the row as it is. */
  | { readonly _tag: "Ended"; readonly job: Job }

/** Waiting for a provider that works on its own. A poll that fails is a blip: it never fails a job that is paid for. */
export class JobPolls extends Context.Service<
  JobPolls,
  {
    /** Writes the handle down, before anybody polls; null when the lease was lost. */
    accept(work: Work, handle: Schema.Json): Effect.Effect<Job | null, StoreUnavailable>
    /** Until the provider has answered, failed, canceled or forgotten it, or the reservation is over. */
    wait(work: Work): Effect.Effect<Waited, StoreUnavailable>
  }
>()("core/jobs/JobPolls") {
  static readonly layer = Layer.effect(
    JobPolls,
    Effect.gen(function* () {
      const jobs = yield* JobStore
      const books = yield* JobBooks

      const accept = Effect.fn("JobPolls.accept")(function* ({ job, owner }: Work, handle: Schema.Json) {
        const now = yield* DateTime.now
        const polling: Job = {
          ...job,
          step: "polling",
          handle,
          reservedUntil: DateTime.formatIso(DateTime.addDuration(now, pollLifetime))
        }
        // What was accepted is found again only by this row, so a store that is busy is asked again.
        const kept = yield* Effect.retry(jobs.update(polling, owner), {
          times: 5,
          schedule: Schedule.spaced(handlePause)
        })
        return kept ? polling : null
      })

      /** Whether somebody wants it stopped; asked of the row, because the wish may come by any process. */
      const wantsStop = ({ id, organizationId }: Job) =>
        Effect.map(jobs.find(organizationId, id), (row) => Option.getOrNull(row)?.cancelRequestedAt ?? null)

      const wait = Effect.fn("JobPolls.wait")(function* ({ job, owner, provider }: Work) {
        const { handle } = job
        if (handle === null) return yield* ended(books.leaveUnknown(job, owner))
        let pause = firstPause
        let isCanceling = false
        let isOver = false
        while (!isOver) {
          isOver = DateTime.formatIso(yield* DateTime.now) >= job.reservedUntil
          const cancelRequestedAt = isCanceling ? null : yield* wantsStop(job)
          if (cancelRequestedAt !== null) {
            // Who was not reached is asked again beside the next poll.
            isCanceling = Result.isSuccess(yield* Effect.result(provider.cancel(handle)))
            if (isCanceling) pause = cancelPause
          }
          const polled = yield* Effect.result(provider.poll(handle))
          if (Result.isSuccess(polled)) {
            const state = polled.success
            if (state._tag === "Answered") return { _tag: "Answered", answer: state.answer } as const
            if (state._tag === "Canceled") return yield* ended(books.cancel(job, owner))
            if (state._tag === "Gone") return yield* ended(books.giveUp(job, owner, false))
          } else if (polled.failure.reason === "content_refused" || polled.failure.reason === "rejected") {
            return yield* ended(books.providerFailed(job, owner, polled.failure))
          }
          const rest = Math.min(Math.max(pause, askedPause(polled)), longestPause)
          if (!isOver) yield* Effect.sleep(Duration.millis(rest))
          pause = Math.min(pause * 1.5, usualPause)
        }
        // Whatever the provider still does is of no use to anybody any more.
        yield* Effect.ignore(provider.cancel(handle))
        return yield* ended(books.giveUp(job, owner, false))
      })

      return JobPolls.of({ accept, wait })
    })
  )
}

const ended = (change: Effect.Effect<Job, StoreUnavailable>): Effect.Effect<Waited, StoreUnavailable> =>
  Effect.map(change, (job) => ({ _tag: "Ended", job }))

/** How long the provider wants to be left alone. */
const askedPause = (polled: Result.Result<Polled, MediaProviderError>): number =>
  Result.isFailure(polled)
    ? (polled.failure.retryAfterMillis ?? 0)
    : polled.success._tag === "Pending"
      ? (polled.success.retryAfterMillis ?? 0)
      : 0

const handlePause = Duration.millis(200)

/** A film may take long; what takes longer than this is not coming any more. */
const pollLifetime = Duration.hours(2)

/**
 * Milliseconds. The first question comes at once, and each pause is half as long again as the one before: the end of
 * the work is noticed late by at most half of what it took and 50 ms more, and a provider is asked twelve times in the
 * first nine seconds, then every three.
 */
const firstPause = 50
const cancelPause = 200
const usualPause = 3_000
const longestPause = 30_000
