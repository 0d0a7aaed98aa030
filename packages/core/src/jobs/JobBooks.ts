import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { ActivityLog } from "../activity/ActivityLog.ts"
import type { InsufficientCredits } from "../credits/CreditLedger.ts"
import { CreditLedger, holdLifetime } from "../credits/CreditLedger.ts"
import { MicroUsd } from "../credits/Credits.ts"
import { DailySlots } from "../credits/DailySlots.ts"
import { nothing, type Split } from "../credits/Hold.ts"
import type { LedgerStore } from "../credits/LedgerStore.ts"
import { Limits } from "../credits/Limits.ts"
import { creditsFor } from "../credits/Pricing.ts"
import { dayOf, quotaOf } from "../credits/Quota.ts"
import type { PolicyNote } from "../credits/SpendPolicy.ts"
import { Ids } from "../envelope/Ids.ts"
import { type Asset, expiryOf } from "../media/Asset.ts"
import { Assets } from "../media/Assets.ts"
import type { MediaProviderError } from "../media/MediaProvider.ts"
import { Catalogue } from "../models/Catalogue.ts"
import { Store, type StoreUnavailable } from "../store/Store.ts"
import type { Job, JobError, ProducedOutput } from "./Job.ts"
import * as JobEvents from "./JobEvents.ts"
import { JobStore } from "./JobStore.ts"

/** The lease went to somebody else meanwhile; whatever this transaction wrote is undone. */
class LeaseLost extends Data.TaggedError("LeaseLost") {}

/**
 * Where a job, its credits, its daily slot, its assets and its events change together: each method is one transaction.
 * When the lease was lost meanwhile it changes nothing and gives the job back as it was: then somebody else has closed
 * the books, or will.
 */
export class JobBooks extends Context.Service<
  JobBooks,
  {
    /** Reserves what the job will cost and writes it: the first durable step. */
    open(job: Job, policy?: PolicyNote | null): Effect.Effect<Job, StoreUnavailable | InsufficientCredits>
    /** A plan of a dry run: it reserves nothing and is ended from the start. */
    plan(job: Job): Effect.Effect<Job, StoreUnavailable>
    /** Reserves again for a job whose reservation was swept; none when somebody else has reopened it. */
    reopen(
      job: Job,
      policy?: PolicyNote | null
    ): Effect.Effect<Option.Option<Job>, StoreUnavailable | InsufficientCredits>
    /** Makes the assets visible and captures the credits. */
    complete(job: Job, owner: string): Effect.Effect<Job, StoreUnavailable>
    /** The provider did not make it: ended for good, or kept for another try under the same key. */
    providerFailed(job: Job, owner: string, error: MediaProviderError): Effect.Effect<Job, StoreUnavailable>
    /** Made, but not stored: the hold stays until the repair, or for a day; see `repairEnds`. */
    storageFailed(job: Job, owner: string): Effect.Effect<Job, StoreUnavailable>
    /** Nobody can tell whether the provider accepted it: shown as running, never called again. */
    leaveUnknown(job: Job, owner: string): Effect.Effect<Job, StoreUnavailable>
    /** Gives the job back for a while, as it is. */
    postpone(job: Job, owner: string): Effect.Effect<Job, StoreUnavailable>
    /** Stopped before anything was made: everything is given back. */
    cancel(job: Job, owner: string): Effect.Effect<Job, StoreUnavailable>
    /** The reservation is over: everything is given back. `knownEmpty` says that no provider can have made anything. */
    giveUp(job: Job, owner: string, knownEmpty: boolean): Effect.Effect<Job, StoreUnavailable>
  }
>()("core/jobs/JobBooks") {
  static readonly layer = Layer.effect(
    JobBooks,
    Effect.gen(function* () {
      const jobs = yield* JobStore
      const store = yield* Store
      const ledger = yield* CreditLedger
      const slots = yield* DailySlots
      const assets = yield* Assets
      const activity = yield* ActivityLog
      const ids = yield* Ids
      const catalogue = yield* Catalogue
      const { mediaRetentionDays } = yield* Limits
      const quotaContext = yield* Effect.context<LedgerStore | DailySlots | Limits>()

      const wishOf = ({ cancelRequestedAt, id, organizationId }: Job) =>
        Effect.map(
          jobs.find(organizationId, id),
          (row) => Option.getOrNull(row)?.cancelRequestedAt ?? cancelRequestedAt
        )

      const settle = <E>(job: Job, owner: string, change: Effect.Effect<Job, E>) =>
        Effect.flatMap(change, (next) =>
          Effect.flatMap(jobs.update(next, owner), (kept) =>
            kept ? Effect.succeed(next) : Effect.fail(new LeaseLost())
          )
        ).pipe(
          store.transaction,
          Effect.catchTag("LeaseLost", () => Effect.succeed(job))
        )

      const record = (job: Job, draft: JobEvents.Draft) =>
        Effect.all([ids.next("evt"), nowIso]).pipe(
          Effect.flatMap(([id, occurredAt]) =>
            activity.append({ id, occurredAt, organizationId: job.organizationId, traceId: job.traceId, ...draft })
          )
        )

      /** Reserves credits and takes the day's slot; a free model needs neither. */
      const reserve = Effect.fnUntraced(function* (job: Job, policy: PolicyNote | null = null) {
        const now = yield* DateTime.now
        const reservedUntil = DateTime.formatIso(DateTime.addDuration(now, holdLifetime))
        const reserved: Job = { ...job, status: "queued", step: "reserved", error: null, reservedUntil }
        if (job.price.credits === 0) return reserved
        const { id, organizationId, price, traceId } = job
        const hold = yield* ledger.hold({ organizationId, jobId: id, credits: price.credits, traceId, policy })
        yield* slots.take(job.allowanceKey, dayOf(now), id)
        return { ...reserved, holdId: hold.id }
      })

      const release = Effect.fnUntraced(function* (job: Job, as: "released" | "expired") {
        if (job.holdId !== null) yield* ledger.release(job.holdId, job.traceId, as)
        yield* slots.giveBack(job.id)
      })

      const end = Effect.fnUntraced(function* (job: Job, change: Partial<Job>) {
        const ended: Job = { ...job, step: "ended", endedAt: yield* nowIso, owner: null, input: null, ...change }
        return ended
      })

      const fail = Effect.fnUntraced(function* (
        job: Job,
        as: "released" | "expired",
        change: Partial<Job> & { readonly error: JobError }
      ) {
        yield* release(job, as)
        const failed = yield* end(job, { status: "failed", ...change })
        yield* record(failed, JobEvents.ended(failed))
        return failed
      })

      const insertAsset = Effect.fnUntraced(function* (job: Job, output: ProducedOutput, createdAt: string) {
        const model = catalogue.models.find(({ id }) => id === job.modelId)
        const asset: Asset = {
          id: output.assetId,
          organizationId: job.organizationId,
          jobId: job.id,
          kind: "generated",
          modality: model?.modality ?? "image",
          mimeType: output.mimeType,
          contentLength: output.bytes,
          width: output.width,
          height: output.height,
          sha256: output.sha256,
          createdAt,
          visibility: job.request.wish.visibility,
          parentId: null,
          evidence: output.evidence,
          expiresAt: expiryOf(createdAt, mediaRetentionDays),
          deletedAt: null
        }
        yield* assets.insert(asset)
        return asset
      })

      const capture = Effect.fnUntraced(function* (job: Job) {
        if (job.holdId === null) return nothing
        const hold = yield* ledger.capture(job.holdId, creditsDue(job), job.traceId)
        return hold.captured
      })

      const complete = Effect.fnUntraced(function* (job: Job) {
        const at = yield* nowIso
        const made = yield* Effect.forEach(job.produced?.outputs ?? [], (output) => insertAsset(job, output, at))
        const captured: Split = yield* capture(job)
        const usageEventId = yield* ids.next("usage")
        const quota = yield* Effect.provide(quotaOf(job), quotaContext)
        const completed = yield* end(job, {
          status: "completed",
          usageEventId,
          receipt: { captured, quota },
          error: null,
          outcome: null
        })
        yield* Effect.forEach(JobEvents.completed(completed, made), (draft) => record(completed, draft), {
          discard: true
        })
        return completed
      })

      /** Nothing was made: kept for another try, unless somebody wants no other. */
      const turnedDown = Effect.fnUntraced(function* (job: Job, { message, retryAfterMillis }: MediaProviderError) {
        const later = retryAfterMillis === undefined ? {} : { retryAfterSeconds: Math.ceil(retryAfterMillis / 1000) }
        if ((yield* wishOf(job)) !== null) return yield* cancel(job)
        // Without a key nobody can try it again, so nothing is kept for that.
        if (job.idempotencyKey === null)
          return yield* fail(job, "released", {
            error: { code: "PROVIDER_FAILURE", message, retryable: true, ...later }
          })
        return wait(job, job.reservedUntil, {
          status: "failed",
          step: "retryable",
          error: {
            code: "PROVIDER_FAILURE",
            message: `${message}; the reservation is kept for a retry with the same key`,
            retryable: true,
            ...later
          }
        })
      })

      const providerFailed = (job: Job, error: MediaProviderError) => {
        switch (error.reason) {
          case "content_refused":
            return fail(job, "released", {
              keyActive: false,
              error: { code: "CONTENT_POLICY_DENIED", message: error.message, retryable: false }
            })
          case "rejected":
            return fail(job, "released", {
              keyActive: false,
              error: { code: "PROVIDER_FAILURE", message: error.message, retryable: false }
            })
          case "unavailable":
            return turnedDown(job, error)
          case "unknown":
            return Effect.succeed(unknownOutcome(job))
        }
      }

      const later = Effect.map(DateTime.now, (now) => DateTime.formatIso(DateTime.addDuration(now, repairPause)))

      const storageFailed = Effect.fnUntraced(function* (job: Job) {
        const reservedUntil = repairEnds(job)
        return (yield* nowIso) >= reservedUntil
          ? yield* fail(job, "expired", { error: storageError })
          : wait(job, yield* later, { step: "repair", reservedUntil, error: storageError })
      })

      const cancel = Effect.fnUntraced(function* (job: Job) {
        yield* release(job, "released")
        const canceled = yield* end(job, { status: "canceled", keyActive: false, error: null, outcome: null })
        yield* record(canceled, JobEvents.ended(canceled))
        return canceled
      })

      const giveUp = (job: Job, knownEmpty: boolean) => {
        if (job.step === "repair" || job.step === "answered") return fail(job, "expired", { error: storageError })
        return knownEmpty || job.step === "reserved" || job.step === "retryable"
          ? fail(job, "expired", { outcome: null, error: sweptError })
          : fail(job, "expired", { outcome: "unknown", error: { ...unknownError, retryable: false } })
      }

      return JobBooks.of({
        open: (job, policy) => Effect.tap(reserve(job, policy), jobs.insert).pipe(store.transaction),
        plan: (job) =>
          Effect.as(Effect.andThen(jobs.insert(job), record(job, JobEvents.planned(job))), job).pipe(store.transaction),
        reopen: (job, policy) =>
          Effect.flatMap(reserve(job, policy), (next) =>
            Effect.flatMap(jobs.reopen(next), (kept) => (kept ? Effect.succeed(next) : Effect.fail(new LeaseLost())))
          ).pipe(
            store.transaction,
            Effect.asSome,
            Effect.catchTag("LeaseLost", () => Effect.succeedNone)
          ),
        complete: (job, owner) => settle(job, owner, complete(job)),
        providerFailed: (job, owner, error) => settle(job, owner, providerFailed(job, error)),
        storageFailed: (job, owner) => settle(job, owner, storageFailed(job)),
        leaveUnknown: (job, owner) => settle(job, owner, Effect.succeed(unknownOutcome(job))),
        postpone: (job, owner) =>
          settle(
            job,
            owner,
            Effect.map(later, (dueAt) => wait(job, dueAt, {}))
          ),
        cancel: (job, owner) => settle(job, owner, cancel(job)),
        giveUp: (job, owner, knownEmpty) => settle(job, owner, giveUp(job, knownEmpty))
      })
    })
  )
}

/** Until when a job that was made is tried to be stored. */
export const repairEnds = ({ createdAt, startedAt }: Job): string =>
  DateTime.formatIso(DateTime.addDuration(DateTime.makeUnsafe(startedAt ?? createdAt), repairLifetime))

/** Keeps the job for later: nobody's, and due when `dueAt` says. */
const wait = (job: Job, dueAt: string, change: Partial<Job>): Job => ({ ...job, owner: null, dueAt, ...change })

const unknownOutcome = (job: Job): Job => wait(job, job.reservedUntil, { outcome: "unknown", error: unknownError })

const nowIso = Effect.map(DateTime.now, DateTime.formatIso)

const repairLifetime = Duration.hours(24)
const repairPause = Duration.minutes(1)

const unknownError: JobError = {
  code: "PROVIDER_TIMEOUT",
  message:
    "the provider may have accepted the request but its answer was lost; it is not called again, and the reservation is given back if no result turns up",
  retryable: true
}

const storageError: JobError = {
  code: "ARTIFACT_STORAGE_WRITE_FAILED",
  message:
    "the media was made but could not be stored; do not run the request again, the job is repaired or its credits are given back",
  retryable: false
}

const sweptError: JobError = {
  code: "PROVIDER_FAILURE",
  message: "the reservation ended before the work was done; nothing was made and the credits were given back",
  retryable: true
}

/** What the delivered outputs cost: as quoted, or as the provider reported; never more than was held or allowed. */
const creditsDue = ({ price, produced, request }: Job): number => {
  const { guard, outputCount } = request.wish
  const delivered = Math.min(produced?.outputs.length ?? 0, outputCount)
  const reported = produced?.reportedMicroUsd ?? null
  // What a provider reports is for what it made, what was quoted is for what was asked.
  const isReported = price.providerCost === null && reported !== null
  const whole = isReported ? creditsFor(MicroUsd.make(reported)) : price.credits
  const paidFor = isReported ? Math.max(produced?.made ?? 0, delivered) : outputCount
  const caps = [
    guard.perOutputUsd === null ? Number.POSITIVE_INFINITY : Math.floor(guard.perOutputUsd * outputCount * 100 + 1e-6),
    guard.totalUsd === null ? Number.POSITIVE_INFINITY : Math.floor(guard.totalUsd * 100 + 1e-6)
  ]
  return Math.min(...caps, paidFor === 0 ? 0 : Math.ceil((whole * delivered) / paidFor))
}
