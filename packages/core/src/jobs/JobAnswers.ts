import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import * as Semaphore from "effect/Semaphore"
import { AnswerSpool } from "../media/AnswerSpool.ts"
import { MediaProviderError, type ProviderResult } from "../media/MediaProvider.ts"
import { OwnedBytes } from "../media/OwnedBytes.ts"
import type { StoreUnavailable } from "../store/Store.ts"
import type { Job } from "./Job.ts"
import { JobBooks, repairEnds } from "./JobBooks.ts"
import { JobOutputs } from "./JobOutputs.ts"
import { JobStore } from "./JobStore.ts"
import type { Work } from "./Work.ts"

export type KeptAnswer =
  | { readonly _tag: "Kept"; readonly answer: Uint8Array }
  | { readonly _tag: "Nothing" }
  /** It may be there, but it cannot be read now. */
  | { readonly _tag: "Unreadable" }

/**
 * From the raw answer of a provider to closed books. The answer is kept first, so that whatever fails afterwards is
 * repaired from it and never by a second call that is paid for.
 */
export class JobAnswers extends Context.Service<
  JobAnswers,
  {
    /** Keeps the answer before anybody reads it, and says so in the row; null when the lease was lost. */
    keep(work: Work, answer: Uint8Array): Effect.Effect<Job | null, StoreUnavailable>
    read(work: Work, answer: Uint8Array): Effect.Effect<Job, StoreUnavailable>
    /** Stores and measures the outputs, then closes the books. */
    store(work: Work, result: ProviderResult): Effect.Effect<Job, StoreUnavailable>
    /** Forgets the answer of a job whose outputs are stored, and closes its books. */
    close(job: Job, owner: string): Effect.Effect<Job, StoreUnavailable>
    kept(jobId: string): Effect.Effect<KeptAnswer>
    forget(jobId: string): Effect.Effect<void>
    /** Storing failed, or the answer cannot be read now: left to the repair while there is time for one. */
    notStored(work: Work): Effect.Effect<Job, StoreUnavailable>
  }
>()("core/jobs/JobAnswers") {
  static readonly layer = Layer.effect(
    JobAnswers,
    Effect.gen(function* () {
      const jobs = yield* JobStore
      const books = yield* JobBooks
      const outputs = yield* JobOutputs
      const spool = yield* AnswerSpool
      const owned = yield* OwnedBytes
      /** However many end at the same moment, others are served between them. */
      const turns = yield* Semaphore.make(closedAtOnce)
      /** Answers that no disk would take: better in memory than nowhere, for as long as this process lives. */
      const homeless = new Map<string, Uint8Array>()

      const forget = (jobId: string) =>
        Effect.andThen(
          Effect.sync(() => homeless.delete(jobId)),
          Effect.ignore(spool.remove(jobId))
        )

      /** Somebody else has the job now; if they are past its answer, nobody looks for it any more. */
      const yieldTo = Effect.fnUntraced(function* (job: Job) {
        const row = Option.getOrElse(yield* jobs.find(job.organizationId, job.id), () => job)
        if (row.step === "produced" || row.step === "ended") yield* forget(job.id)
      })

      // Nobody looks again at a job that has ended, so its answer is forgotten before.
      const close = (job: Job, owner: string) =>
        turns.withPermit(Effect.andThen(forget(job.id), books.complete(job, owner)))

      const failed = ({ job, owner }: Work, error: MediaProviderError) =>
        Effect.andThen(forget(job.id), books.providerFailed(job, owner, error))

      const notStored = Effect.fnUntraced(function* ({ job, owner }: Work) {
        if (DateTime.formatIso(yield* DateTime.now) >= repairEnds(job)) yield* forget(job.id)
        return yield* books.storageFailed(job, owner)
      })

      const keep = Effect.fn("JobAnswers.keep")(function* (work: Work, answer: Uint8Array) {
        const { job, owner } = work
        const spooled = yield* Effect.result(spool.put(job.id, answer))
        const now = yield* DateTime.now
        const answered: Job = {
          ...job,
          step: "answered",
          error: null,
          outcome: null,
          reservedUntil: DateTime.formatIso(DateTime.addDuration(now, answerLifetime))
        }
        // What is in the spool is found there whatever the row says; only what has no such home needs the row to tell.
        if (Result.isSuccess(spooled)) return answered
        homeless.set(job.id, answer)
        if (yield* jobs.update(answered, owner)) return answered
        yield* yieldTo(job)
        return null
      })

      const read = Effect.fn("JobAnswers.read")(function* (work: Work, answer: Uint8Array) {
        const result = yield* Effect.result(
          Effect.retry(work.provider.outputs(answer, work.request), { while: isBlip, ...soonAgain })
        )
        if (Result.isSuccess(result)) return yield* store(work, result.success)
        return yield* isBlip(result.failure) ? notStored(work) : failed(work, result.failure)
      })

      const store = Effect.fn("JobAnswers.store")(function* (work: Work, result: ProviderResult) {
        const { job, model, owner, provider } = work
        yield* owned.storing
        const collected = yield* Effect.result(
          Effect.retry(outputs.collect(job, model, result), {
            while: (error) => error._tag === "MediaProviderError" && isBlip(error),
            ...soonAgain
          })
        )
        if (Result.isFailure(collected)) {
          const error = collected.failure
          if (error._tag === "StoreUnavailable") return yield* error
          const isFinal = error._tag === "MediaProviderError" && !isBlip(error)
          return yield* isFinal ? failed(work, error) : notStored(work)
        }
        if (collected.success.outputs.length === 0) return yield* failed(work, unusable(provider.id))
        const produced: Job = { ...job, step: "produced", produced: collected.success }
        if (yield* jobs.update(produced, owner)) return yield* close(produced, owner)
        yield* yieldTo(job)
        return produced
      }, Effect.scoped)

      const kept = (jobId: string): Effect.Effect<KeptAnswer> => {
        const inMemory = homeless.get(jobId)
        if (inMemory !== undefined) return Effect.succeed({ _tag: "Kept", answer: inMemory })
        return Effect.match(spool.get(jobId), {
          onFailure: (): KeptAnswer => ({ _tag: "Unreadable" }),
          onSuccess: Option.match({
            onNone: (): KeptAnswer => ({ _tag: "Nothing" }),
            onSome: (answer): KeptAnswer => ({ _tag: "Kept", answer })
          })
        })
      }

      return JobAnswers.of({ keep, read, store, close, kept, forget, notStored })
    })
  )
}

/** What was paid for is tried to be stored for a day (contract/api.md 8.7). */
const answerLifetime = Duration.hours(24)

const closedAtOnce = 1

/** A download that breaks off is made again at once; what stays broken is left to the repair. */
const soonAgain = { times: 2, schedule: Schedule.exponential("200 millis") }

const isBlip = ({ reason }: MediaProviderError): boolean => reason === "unavailable" || reason === "unknown"

const unusable = (provider: string): MediaProviderError =>
  new MediaProviderError({ provider, reason: "rejected", message: "the provider answered without usable media" })
