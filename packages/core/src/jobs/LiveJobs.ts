import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Schema from "effect/Schema"
import * as Semaphore from "effect/Semaphore"
import * as Struct from "effect/Struct"
import type { InsufficientCredits } from "../credits/CreditLedger.ts"
import type { DailySlots } from "../credits/DailySlots.ts"
import type { LedgerStore } from "../credits/LedgerStore.ts"
import { Limits } from "../credits/Limits.ts"
import { type Quota, quotaOf } from "../credits/Quota.ts"
import type { SpendBlocked } from "../credits/SpendGuard.ts"
import type { PolicyNote } from "../credits/SpendPolicy.ts"
import { Digest } from "../envelope/Digest.ts"
import { Ids } from "../envelope/Ids.ts"
import type { Refusal } from "../envelope/Refusal.ts"
import type { Agent } from "../identity/Actor.ts"
import { ArtifactStore } from "../media/ArtifactStore.ts"
import type { Asset } from "../media/Asset.ts"
import { Assets } from "../media/Assets.ts"
import { capabilityId } from "../models/Model.ts"
import { Store, type StoreUnavailable } from "../store/Store.ts"
import { canonicalJson } from "./CanonicalJson.ts"
import * as EditRefusals from "./EditRefusals.ts"
import type { Job } from "./Job.ts"
import { JobBooks } from "./JobBooks.ts"
import { JobPolicy } from "./JobPolicy.ts"
import { JobRunner, leaseTime } from "./JobRunner.ts"
import { JobStore } from "./JobStore.ts"
import type { MediaPlan } from "./MediaPlan.ts"
import type { MediaWish } from "./MediaWish.ts"
import * as Refusals from "./Refusals.ts"

/** A finished create or edit, as its answer tells it. */
export interface Made {
  readonly _tag: "Made"
  readonly job: Job
  readonly assets: ReadonlyArray<Asset>
  /** The first answer of this key was given before; nothing ran and nothing was charged now. */
  readonly replayed: boolean
  readonly warnings: ReadonlyArray<string>
}

/** A dry run. Without an identity nothing is stored, so there is no job and no quota. */
export interface Planned {
  readonly _tag: "Planned"
  readonly plan: MediaPlan
  readonly job: Job | null
  readonly quota: Quota | null
  readonly safetyChecks: ReadonlyArray<string>
  readonly warnings: ReadonlyArray<string>
}

export interface Decided {
  readonly plan: MediaPlan
  readonly safetyChecks: ReadonlyArray<string>
}

/** What create and edit hand over: the wish, and how it is decided if that is needed at all. */
export interface Order {
  readonly wish: MediaWish
  readonly idempotencyKey: string | null
  /** How long the caller waits, in milliseconds; null for as long as a request may. */
  readonly waitMs: number | null
  readonly traceId: string
  /** The media of the wish by their bytes, where they are known. */
  readonly identify: Effect.Effect<ReadonlyArray<Schema.Json>, StoreUnavailable>
  readonly decide: Effect.Effect<Decided, Refusal | StoreUnavailable>
}

/** Runs orders: one idempotency key is one job, one debit and one set of assets. */
export class LiveJobs extends Context.Service<
  LiveJobs,
  {
    /** Validates, reserves, runs and stores. */
    make(agent: Agent, order: Order): Effect.Effect<Made, Refusal | StoreUnavailable>
    /** Validates and prices like a live run, and spends nothing. */
    plan(agent: Agent | null, order: Order): Effect.Effect<Planned, Refusal | StoreUnavailable>
  }
>()("core/jobs/LiveJobs") {
  static readonly layer = Layer.effect(
    LiveJobs,
    Effect.gen(function* () {
      const jobs = yield* JobStore
      const books = yield* JobBooks
      const runner = yield* JobRunner
      const policy = yield* JobPolicy
      const assets = yield* Assets
      const artifacts = yield* ArtifactStore
      const digest = yield* Digest
      const ids = yield* Ids
      const store = yield* Store
      const limits = yield* Limits
      const turns = yield* Semaphore.make(begunAtOnce)
      const quotaContext = yield* Effect.context<LedgerStore | DailySlots | Limits>()
      const quota = (agent: Agent) => Effect.provide(quotaOf(agent), quotaContext)

      /** Of what is asked for, media by their bytes: the same picture that is uploaded again is the same request. */
      const fingerprintOf = Effect.fnUntraced(function* ({ identify, wish }: Order) {
        const { prompt, ...asked } = Struct.omit(wish, ["dryRun", "media"])
        const promptSha256 = yield* digest.sha256(prompt)
        return yield* digest.sha256(canonicalJson({ ...asked, promptSha256, media: yield* identify }))
      })

      const newJob = Effect.fnUntraced(function* (
        agent: Agent,
        { idempotencyKey, traceId, wish }: Order,
        { plan, safetyChecks }: Decided,
        fingerprint: string
      ) {
        const now = yield* DateTime.now
        const { prompt, ...kept } = Struct.omit(wish, ["dryRun", "media"])
        const createdAt = DateTime.formatIso(now)
        const job: Job = {
          id: yield* ids.next("job"),
          organizationId: agent.organizationId,
          agentId: agent.id,
          allowanceKey: agent.allowanceKey,
          operation: wish.operation,
          status: "queued",
          step: "reserved",
          traceId,
          modelId: plan.model.id,
          capabilityId: capabilityId(plan.model),
          request: {
            wish: { ...kept, visibility: plan.visibility },
            media: plan.media,
            promptCharacters: prompt.length,
            promptSha256: yield* digest.sha256(prompt),
            modelParameters: plan.modelParameters,
            selection: plan.selection
          },
          price: plan.price,
          holdId: null,
          idempotencyKey,
          keyActive: idempotencyKey !== null,
          fingerprint,
          input: inputOf(plan),
          handle: null,
          cancelRequestedAt: null,
          produced: null,
          safetyChecks,
          error: null,
          outcome: null,
          usageEventId: null,
          receipt: null,
          createdAt,
          startedAt: null,
          endedAt: null,
          reservedUntil: createdAt,
          // It is taken from the start; whoever dies right now leaves it to others when the lease ends.
          owner: runner.owner,
          dueAt: DateTime.formatIso(DateTime.addDuration(now, leaseTime))
        }
        return job
      })

      const checkStorage = Effect.catchTag(artifacts.check, "ArtifactStoreFailed", () =>
        Effect.fail(Refusals.storageUnavailable())
      )

      /** The checks against the identity's allowance, in the order of contract/api.md 2.2; the policies' come first. */
      const checkAllowance = Effect.fnUntraced(function* (
        agent: Agent,
        { outputCount, price }: MediaPlan,
        byPolicy: Effect.Effect<PolicyNote | null, SpendBlocked | StoreUnavailable>
      ) {
        const current = yield* quota(agent)
        if (outputCount > current.maxOutputsPerRequest || price.credits > current.maxCreditsPerJob) {
          return yield* Refusals.tooMuchForState(price.credits, outputCount, current, limits)
        }
        const note = yield* byPolicy
        if (price.credits > 0 && current.dailyJobs.remaining <= 0) {
          return yield* Refusals.dailyCapReached(current, secondsUntil(current.dailyJobs.resetsAt, yield* DateTime.now))
        }
        const remaining = current.preview.remaining + current.paid.remaining
        if (price.credits > remaining) return yield* Refusals.quotaExceeded(price.credits, remaining)
        return note
      })

      /** What failed for good again and again is not sent once more: each try may cost the operator money. */
      const checkFailures = Effect.fnUntraced(function* (agent: Agent, fingerprint: string) {
        const now = yield* DateTime.now
        const since = DateTime.formatIso(DateTime.subtractDuration(now, failureWindow))
        const ended = yield* jobs.endedLike(agent.id, fingerprint, since, enoughFailures)
        if (ended.length < enoughFailures || !ended.every(failedForGood)) return
        if (new Set(ended.map(({ error }) => error?.code)).size > 1) return
        return yield* EditRefusals.keepsFailing(ended, Duration.toSeconds(failureWindow))
      })

      /** The job that the key belongs to, or none; another request under the same key is refused. */
      const findByKey = Effect.fnUntraced(function* (agent: Agent, order: Order, fingerprint: string) {
        const { idempotencyKey: key, wish } = order
        if (key === null) return Option.none<Job>()
        const found = yield* jobs.findByKey(agent.id, wish.operation, key)
        if (Option.isSome(found) && found.value.fingerprint !== fingerprint)
          return yield* Refusals.keyConflict(key, wish)
        return found
      })

      const runToEnd = (job: Job, { waitMs }: Order, running = runner.run(job.id)) =>
        running.pipe(
          Effect.timeoutOrElse({
            duration: Duration.min(patience, waitMs === null ? patience : Duration.millis(waitMs)),
            orElse: () => Effect.fail(Refusals.stillRunning(job))
          }),
          Effect.flatMap(Option.match({ onNone: () => endedMeanwhile(job), onSome: Effect.succeed })),
          // The provider may have been paid by now: that the rows cannot be reached says nothing about that.
          Effect.catchTag("StoreUnavailable", () => Effect.fail(Refusals.stillRunning(job)))
        )

      /** Nobody could take the job: it has just ended, or somebody else is at it. */
      const endedMeanwhile = Effect.fnUntraced(function* (job: Job) {
        const now = yield* jobs.find(job.organizationId, job.id)
        return yield* Option.isSome(now) && now.value.step === "ended"
          ? Effect.succeed(now.value)
          : Effect.fail(Refusals.inProgress(job))
      })

      const answer = Effect.fnUntraced(function* (job: Job, replayed: boolean, warnings: ReadonlyArray<string>) {
        if (job.status === "canceled") return yield* Refusals.jobCanceled(job)
        if (job.status !== "completed")
          return yield* job.error === null ? Refusals.stillRunning(job) : Refusals.jobFailed(job)
        const made: Made = {
          _tag: "Made",
          job,
          assets: yield* Effect.mapError(assets.ofJob(job.id), () => Refusals.stillRunning(job)),
          replayed,
          warnings: [...warnings, ...(job.produced?.warnings ?? []), ...flagged(job)]
        }
        return made
      })

      /** What a repeated key finds: the first answer, the running job, or a failure that may be tried again. */
      const replay = Effect.fnUntraced(function* (
        agent: Agent,
        job: Job,
        order: Order
      ): Effect.fn.Return<Made, Refusal | StoreUnavailable> {
        if (job.status === "completed") return yield* answer(job, true, [])
        if (job.step === "ended" && job.error?.retryable === true) return yield* reopen(agent, job, order)
        if (job.step === "ended" || job.outcome === "unknown") return yield* Refusals.jobFailed(job)
        return yield* Effect.flatMap(runToEnd(job, order), (ended) => answer(ended, false, []))
      })

      const reopen = Effect.fnUntraced(function* (agent: Agent, job: Job, order: Order) {
        const { plan, safetyChecks } = yield* order.decide
        const dueAt = DateTime.formatIso(DateTime.addDuration(yield* DateTime.now, leaseTime))
        const input = inputOf(plan)
        yield* checkStorage
        // Its slot of the day was given back, so it has to be had again.
        const fresh: Job = {
          ...job,
          // What is the default may be another model by now.
          modelId: plan.model.id,
          capabilityId: capabilityId(plan.model),
          request: {
            ...job.request,
            media: plan.media,
            modelParameters: plan.modelParameters,
            selection: plan.selection
          },
          safetyChecks,
          price: plan.price,
          input,
          handle: null,
          cancelRequestedAt: null,
          outcome: null,
          startedAt: null,
          endedAt: null,
          dueAt
        }
        const again = yield* checkAllowance(agent, plan, policy.take(agent, order, plan, job)).pipe(
          Effect.flatMap((note) => books.reopen(fresh, note)),
          store.transaction,
          Effect.catchTag("InsufficientCredits", short),
          Effect.catchTag("SpendBlocked", (blocked) => policy.ask(blocked, order))
        )
        if (Option.isNone(again)) return yield* Refusals.inProgress(job)
        return yield* Effect.flatMap(runToEnd(again.value, order), (ended) => answer(ended, false, plan.warnings))
      })

      /** The job of an order, and how it was decided; null for a job that was there before. */
      const beginAllowed = Effect.fnUntraced(function* (agent: Agent, order: Order) {
        const fingerprint = yield* fingerprintOf(order)
        const known = yield* findByKey(agent, order, fingerprint)
        if (Option.isSome(known)) return { job: known.value, decided: null }
        const decided = yield* order.decide
        yield* checkFailures(agent, fingerprint)
        yield* checkAllowance(agent, decided.plan, policy.look(agent, order, decided.plan, fingerprint))
        yield* checkStorage
        const job = yield* newJob(agent, order, decided, fingerprint)
        // Two requests with one key may both have found nothing above: the store lets one of them in, the other replays.
        const opened = yield* Effect.gen(function* () {
          const rival = yield* findByKey(agent, order, fingerprint)
          if (Option.isSome(rival)) return rival.value
          const note = yield* checkAllowance(agent, decided.plan, policy.take(agent, order, decided.plan, job))
          return yield* books.open(job, note)
        }).pipe(store.transaction, Effect.catchTag("InsufficientCredits", short))
        return { job: opened, decided: opened.id === job.id ? decided : null }
      })

      /** What a policy forbids is put to its owner, when everything that was written for it is undone. */
      const begin = (agent: Agent, order: Order) =>
        Effect.catchTag(beginAllowed(agent, order), "SpendBlocked", (blocked) => policy.ask(blocked, order))

      const make = Effect.fn("LiveJobs.make")(function* (agent: Agent, order: Order) {
        const { decided, job } = yield* turns.withPermit(begin(agent, order))
        if (decided === null) return yield* replay(agent, job, order)
        return yield* Effect.flatMap(runToEnd(job, order, runner.adopt(job)), (ended) =>
          answer(ended, false, decided.plan.warnings)
        )
      })

      const plan = Effect.fn("LiveJobs.plan")(function* (agent: Agent | null, order: Order) {
        const decided = yield* order.decide
        const result = { _tag: "Planned", plan: decided.plan, safetyChecks: decided.safetyChecks } as const
        const { warnings } = decided.plan
        if (agent === null)
          return {
            ...result,
            job: null,
            quota: null,
            warnings: [...warnings, "without a token the plan is not stored"]
          }
        const current = yield* quota(agent)
        const job = yield* newJob(agent, order, decided, yield* fingerprintOf(order))
        const stored = yield* books.plan({
          ...job,
          status: "planned",
          step: "ended",
          idempotencyKey: null,
          keyActive: false,
          input: null,
          owner: null
        })
        const barred = yield* policy.warn(agent, order, decided.plan, stored.fingerprint)
        return {
          ...result,
          job: stored,
          quota: current,
          warnings: [...warnings, ...shortfall(decided.plan, current), ...barred]
        }
      })

      return LiveJobs.of({ make, plan })
    })
  )
}

/** Published clients give up after 300 s without an answer, so the request stops waiting before (contract/api.md 8.1). */
const patience = Duration.seconds(280)

/** However many come at the same moment, others are served between them: beginning a job is work for the processor. */
const begunAtOnce = 2

const failureWindow = Duration.minutes(10)
const enoughFailures = 3

const failedForGood = ({ error, outcome, status }: Job): boolean =>
  status === "failed" && outcome === null && error?.retryable === false

const inputOf = ({ model, parameters, prompt }: MediaPlan): Job["input"] => ({
  prompt: model.prompt === "forbidden" ? null : prompt,
  parameters
})

const short = ({ remaining, required }: InsufficientCredits) => Effect.fail(Refusals.quotaExceeded(required, remaining))

const secondsUntil = (iso: string, now: DateTime.DateTime): number =>
  Math.max(1, Math.ceil(Duration.toSeconds(DateTime.distance(now, DateTime.makeUnsafe(iso)))))

/** A dry run needs no credits; that a live run would lack some is worth knowing. */
const shortfall = ({ price }: MediaPlan, quota: Quota): ReadonlyArray<string> => {
  const remaining = quota.preview.remaining + quota.paid.remaining
  return price.credits > remaining ? [`a live run needs ${price.credits} credits and ${remaining} are left`] : []
}

/** What an agent that cannot see must not overlook. */
const flagged = ({ produced }: Job): ReadonlyArray<string> =>
  (produced?.outputs ?? []).flatMap(({ assetId, evidence }) =>
    evidence.flags.length === 0 ? [] : [`look at ${assetId} before you use it: ${evidence.flags.join(", ")}`]
  )
