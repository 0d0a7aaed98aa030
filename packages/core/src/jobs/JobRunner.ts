import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FiberMap from "effect/FiberMap"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { Ids } from "../envelope/Ids.ts"
import type { StoreUnavailable } from "../store/Store.ts"
import type { Job } from "./Job.ts"
import { JobStore } from "./JobStore.ts"
import { JobWork } from "./JobWork.ts"

/**
 * Who runs live jobs: at most one process at a time works on a job, and proves that it is alive by prolonging a lease.
 * A job runs apart from the request that started it, so a request that goes away does not take the job with it.
 */
export class JobRunner extends Context.Service<
  JobRunner,
  {
    /**
     * Takes the job and works on it until it ends, or until it has to wait for something; the row as it is then. A job
     * that somebody else is working on is left alone: none.
     */
    run(jobId: string): Effect.Effect<Option.Option<Job>, StoreUnavailable>
    /** Who takes jobs here. A job that is written with this owner, due at the end of a lease, is already taken. */
    readonly owner: string
    /** The same as `run` for a job that was just written as taken, as it was written. */
    adopt(job: Job): Effect.Effect<Option.Option<Job>, StoreUnavailable>
    /**
     * Goes on with up to `limit` jobs that a dead process left behind, or whose reservation is over, all at once, and
     * waits for them; says how many. Whoever stops waiting stops none of them.
     */
    sweep(limit: number): Effect.Effect<number, StoreUnavailable>
    /** The same without waiting. */
    wake(limit: number): Effect.Effect<number, StoreUnavailable>
    /** Waits until no job of this process is running. */
    readonly idle: Effect.Effect<void>
  }
>()("core/jobs/JobRunner") {
  static readonly layer = Layer.effect(
    JobRunner,
    Effect.gen(function* () {
      const jobs = yield* JobStore
      const work = yield* JobWork
      const ids = yield* Ids
      const owner = yield* ids.hex(16)
      const running = yield* FiberMap.make<string, Option.Option<Job>, StoreUnavailable>()
      const start = yield* FiberMap.runtime(running)()

      const leaseEnd = Effect.map(DateTime.now, (now) => DateTime.formatIso(DateTime.addDuration(now, leaseTime)))

      const keepLease = (id: string) =>
        Effect.flatMap(leaseEnd, (until) => jobs.renew(id, owner, until)).pipe(
          Effect.ignore,
          Effect.delay(heartbeat),
          Effect.forever
        )

      /** Gives the job back at once, so that whoever comes next need not wait for the lease to end. */
      const park = (id: string) =>
        Effect.flatMap(DateTime.now, (now) => jobs.release(id, owner, DateTime.formatIso(now))).pipe(Effect.ignore)

      const go = (job: Job) =>
        Effect.raceFirst(work.advance(job, owner), keepLease(job.id)).pipe(
          Effect.onInterrupt(() => park(job.id)),
          Effect.asSome
        )

      const take = Effect.fnUntraced(function* (id: string) {
        const now = DateTime.formatIso(yield* DateTime.now)
        const claimed = yield* jobs.claim(id, owner, now, yield* leaseEnd)
        return Option.isNone(claimed) ? Option.none<Job>() : yield* go(claimed.value)
      })

      // Nothing may happen between looking and starting: a second start would end the first.
      const started = (jobId: string, work = take(jobId)) =>
        Effect.sync(() => Option.getOrElse(FiberMap.getUnsafe(running, jobId), () => start(jobId, work)))

      const run = Effect.fn("JobRunner.run")(function* (jobId: string) {
        return yield* Fiber.join(yield* started(jobId))
      })

      const adopt = Effect.fn("JobRunner.adopt")(function* (job: Job) {
        return yield* Fiber.join(yield* started(job.id, go(job)))
      })

      const due = (limit: number) => Effect.flatMap(DateTime.now, (now) => jobs.due(DateTime.formatIso(now), limit))

      const wake = Effect.fn("JobRunner.wake")(function* (limit: number) {
        const found = yield* due(limit)
        yield* Effect.forEach(found, ({ id }) => started(id), { discard: true })
        return found.length
      })

      const sweep = Effect.fn("JobRunner.sweep")(function* (limit: number) {
        const found = yield* due(limit)
        // One job that cannot be gone on with, for whatever reason, keeps no other one waiting.
        yield* Effect.forEach(found, ({ id }) => Effect.exit(Effect.tapDefect(run(id), Effect.logError)), {
          discard: true,
          concurrency: "unbounded"
        })
        return found.length
      })

      return JobRunner.of({ run, owner, adopt, sweep, wake, idle: Effect.ignore(FiberMap.awaitEmpty(running)) })
    })
  )
}

/** Long enough that a busy machine does not lose a lease, short enough that a killed process is soon replaced. */
export const leaseTime = Duration.seconds(10)
const heartbeat = Duration.seconds(3)
