import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { Agent } from "../identity/Actor.ts"
import { MediaProviders } from "../media/MediaProvider.ts"
import { Catalogue } from "../models/Catalogue.ts"
import type { StoreUnavailable } from "../store/Store.ts"
import { isTerminal, isUntouched, type Job } from "./Job.ts"
import { JobRunner } from "./JobRunner.ts"
import { JobStore } from "./JobStore.ts"

/**
 * What a cancellation came to.
 *
 * - `canceled`: it ended without being made; nothing is charged.
 * - `requested`: the provider was asked to stop; it is charged only if the provider delivers all the same.
 * - `not_possible`: the provider cannot be asked to stop; it is charged if it delivers.
 * - `too_late`: it had ended before, or the provider has delivered and only storing is left.
 */
export type CancelState = "canceled" | "requested" | "not_possible" | "too_late"

export interface Canceled {
  readonly job: Job
  readonly state: CancelState
}

/** Stops jobs, and tells the truth about what that costs. */
export class CancelJob extends Context.Service<
  CancelJob,
  {
    /** None when there is no such job of the agent's organization. */
    cancel(agent: Agent, jobId: string): Effect.Effect<Option.Option<Canceled>, StoreUnavailable>
  }
>()("core/jobs/CancelJob") {
  static readonly layer = Layer.effect(
    CancelJob,
    Effect.gen(function* () {
      const jobs = yield* JobStore
      const runner = yield* JobRunner
      const providers = yield* MediaProviders
      const catalogue = yield* Catalogue

      const look = (job: Job) =>
        Effect.map(
          jobs.find(job.organizationId, job.id),
          Option.getOrElse(() => job)
        )

      /** Whoever works on it sees the wish; if nobody does, it is worked on here. Neither is waited for without end. */
      const work = (job: Job, patience = soon) =>
        Effect.andThen(Effect.timeoutOption(runner.run(job.id), patience), look(job))

      /** What its provider says itself. One that is not reached is asked again by whoever polls it. */
      const ask = ({ handle, modelId }: Job): Effect.Effect<CancelState> => {
        const model = catalogue.models.find(({ id }) => id === modelId)
        const provider = model === undefined ? undefined : providers.find(model.provider)
        if (provider === undefined || handle === null) return Effect.succeed("not_possible")
        return provider.cancel(handle).pipe(
          Effect.timeout(soon),
          Effect.match({
            onFailure: () => "requested",
            onSuccess: (said) => (said === "not_supported" ? "not_possible" : said)
          })
        )
      }

      const cancel = Effect.fn("CancelJob.cancel")(function* ({ organizationId }: Agent, jobId: string) {
        const found = Option.getOrNull(yield* jobs.find(organizationId, jobId))
        if (found === null) return Option.none<Canceled>()
        if ((isTerminal(found) && found.step === "ended") || found.status === "planned")
          return Option.some<Canceled>({ job: found, state: "too_late" })
        yield* jobs.requestCancel(jobId, DateTime.formatIso(yield* DateTime.now))
        const said = found.step === "polling" ? yield* ask(found) : null
        const seen = yield* work(found, said === null ? soon : atOnce)
        // What its provider has just turned down can be let go now.
        const now = isUntouched(seen) ? yield* work(seen) : seen
        return Option.some<Canceled>({
          job: now,
          state: now.step === "polling" ? (said ?? (yield* ask(now))) : stateOf(now)
        })
      })

      return CancelJob.of({ cancel })
    })
  )
}

/** Enough for a provider's queue to say that it let go. */
const soon = Duration.seconds(8)

/** For whoever polls it already: enough to hear of it, if it is over. */
const atOnce = Duration.millis(1_500)

const stateOf = (job: Job): CancelState => {
  if (job.status === "canceled") return "canceled"
  if (job.step === "ended" || job.step === "answered" || job.step === "produced" || job.step === "repair")
    return "too_late"
  return "not_possible"
}
