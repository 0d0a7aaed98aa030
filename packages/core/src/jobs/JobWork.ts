import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { holdLifetime } from "../credits/CreditLedger.ts"
import { MediaProviders } from "../media/MediaProvider.ts"
import { Catalogue } from "../models/Catalogue.ts"
import type { StoreUnavailable } from "../store/Store.ts"
import { isUntouched, type Job } from "./Job.ts"
import { JobAnswers } from "./JobAnswers.ts"
import { JobBooks } from "./JobBooks.ts"
import { JobInputs } from "./JobInputs.ts"
import { JobPolls } from "./JobPolls.ts"
import { JobStore } from "./JobStore.ts"
import type { Work } from "./Work.ts"

/**
 * The steps of a live job (see `JobStep`). Every step is written before it acts, and every write is refused when the
 * lease was lost, so that at most one process acts on what it wrote.
 */
export class JobWork extends Context.Service<
  JobWork,
  {
    /** Goes on from wherever the row stands; the row as it is when there is nothing more to do now. */
    advance(job: Job, owner: string): Effect.Effect<Job, StoreUnavailable>
  }
>()("core/jobs/JobWork") {
  static readonly layer = Layer.effect(
    JobWork,
    Effect.gen(function* () {
      const jobs = yield* JobStore
      const books = yield* JobBooks
      const inputs = yield* JobInputs
      const answers = yield* JobAnswers
      const polls = yield* JobPolls
      const providers = yield* MediaProviders
      const catalogue = yield* Catalogue

      const advance: JobWork["Service"]["advance"] = Effect.fn("JobWork.advance")(function* (job: Job, owner: string) {
        if (job.step === "ended") return job
        if (job.step === "produced") return yield* answers.close(job, owner)
        if (job.cancelRequestedAt !== null && isUntouched(job)) return yield* books.cancel(job, owner)
        const model = catalogue.models.find(({ id }) => id === job.modelId)
        const provider = model === undefined ? undefined : providers.find(model.provider)
        const isOver = yield* isOverNow(job)
        if (provider === undefined || model === undefined || job.input === null) {
          // An operator who mends the configuration finds what was paid for meanwhile.
          return isUntouched(job) || isOver
            ? yield* giveUp(job, owner, isUntouched(job))
            : yield* books.postpone(job, owner)
        }
        return yield* Effect.flatMap(inputs.request(job, model, job.input), (request) =>
          go({ job, model, provider, owner, request }, isOver)
        ).pipe(Effect.catchDefect((defect) => brokenOff(job, owner, defect)))
      })

      const giveUp = (job: Job, owner: string, knownEmpty: boolean) =>
        Effect.andThen(answers.forget(job.id), books.giveUp(job, owner, knownEmpty))

      /** A bug of an adapter ends no job that may be paid for: it is looked at again until its time is over. */
      const brokenOff = Effect.fnUntraced(function* (job: Job, owner: string, defect: unknown) {
        yield* Effect.logError(`the work on ${job.id} broke off`, Cause.die(defect))
        const row = Option.getOrElse(yield* jobs.find(job.organizationId, job.id), () => job)
        if (row.step !== "produced" && (yield* isOverNow(row))) return yield* giveUp(row, owner, isUntouched(row))
        return yield* row.step === "submitting" ? books.leaveUnknown(row, owner) : books.postpone(row, owner)
      })

      const go = (work: Work, isOver: boolean): Effect.Effect<Job, StoreUnavailable> => {
        const { job, owner } = work
        switch (job.step) {
          case "reserved":
          case "retryable":
            return isOver ? giveUp(job, owner, true) : submit(work)
          case "submitting":
            return Effect.flatMap(answers.kept(job.id), (kept) =>
              kept._tag === "Kept" ? answers.read(work, kept.answer) : withoutAnswer(work, isOver)
            )
          case "polling":
            // Who died right after keeping the answer did not say so in the row; the provider may have forgotten it since.
            return Effect.flatMap(answers.kept(job.id), (kept) =>
              kept._tag === "Kept" ? answers.read(work, kept.answer) : wait(work)
            )
          case "answered":
          case "repair":
            return recover(work)
          default:
            return Effect.succeed(job)
        }
      }

      const wait = Effect.fnUntraced(function* (work: Work) {
        const polled = yield* polls.wait(work)
        if (polled._tag === "Ended") return polled.job
        const answered = yield* answers.keep(work, polled.answer)
        return answered === null ? work.job : yield* answers.read({ ...work, job: answered }, polled.answer)
      })

      /** The provider may have been called, and nobody has heard of it since. */
      const withoutAnswer = (work: Work, isOver: boolean) => {
        const { job, owner, provider } = work
        if (isOver) return giveUp(job, owner, provider.repeatable)
        return provider.repeatable ? submit(work) : books.leaveUnknown(job, owner)
      }

      const submit = Effect.fnUntraced(function* (work: Work) {
        const { job, owner, provider } = work
        const now = yield* DateTime.now
        const submitting: Job = {
          ...job,
          status: "running",
          step: "submitting",
          error: null,
          outcome: null,
          startedAt: job.startedAt ?? DateTime.formatIso(now),
          reservedUntil: DateTime.formatIso(DateTime.addDuration(now, holdLifetime))
        }
        if (!(yield* jobs.update(submitting, owner))) return submitting
        const going = { ...work, job: submitting }
        const asked = ask(going)
        // Whoever stops waiting in the middle of a paid call would lose what it brings: it is written down first.
        return yield* Effect.flatMap(provider.repeatable ? asked : Effect.uninterruptible(asked), (rest) => rest())
      })

      /** Asks the provider and writes down what it said; what is left to do then may be stopped at any time. */
      const ask = Effect.fnUntraced(function* (work: Work) {
        const { job, owner, provider, request } = work
        const submitted = yield* Effect.result(provider.submit(request))
        if (Result.isFailure(submitted)) {
          const failed = yield* books.providerFailed(job, owner, submitted.failure)
          return () => Effect.succeed(failed)
        }
        switch (submitted.success._tag) {
          case "Made": {
            const { result } = submitted.success
            return () => answers.store(work, result)
          }
          case "Answered": {
            const { answer } = submitted.success
            const answered = yield* answers.keep(work, answer)
            return () => (answered === null ? Effect.succeed(job) : answers.read({ ...work, job: answered }, answer))
          }
          case "Accepted": {
            const accepted = yield* polls.accept(work, submitted.success.handle)
            return () => (accepted === null ? Effect.succeed(job) : wait({ ...work, job: accepted }))
          }
        }
      })

      /** The answer is read again from where it was kept; else the provider is asked for it again, which is free. */
      const recover = Effect.fnUntraced(function* (work: Work) {
        const { job, owner, provider } = work
        const kept = yield* answers.kept(job.id)
        switch (kept._tag) {
          case "Kept":
            return yield* answers.read(work, kept.answer)
          case "Unreadable":
            return yield* answers.notStored(work)
          case "Nothing":
            if (job.handle !== null) return yield* wait(work)
            return provider.repeatable ? yield* submit(work) : yield* giveUp(job, owner, false)
        }
      })

      return JobWork.of({ advance })
    })
  )
}

const isOverNow = ({ reservedUntil }: Job): Effect.Effect<boolean> =>
  Effect.map(DateTime.now, (now) => DateTime.formatIso(now) >= reservedUntil)
