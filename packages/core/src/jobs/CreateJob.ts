import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { InsufficientCredits } from "../credits/CreditLedger.ts"
import type { DailySlots } from "../credits/DailySlots.ts"
import type { LedgerStore } from "../credits/LedgerStore.ts"
import type { Limits } from "../credits/Limits.ts"
import { type Quota, quotaOf } from "../credits/Quota.ts"
import { Digest } from "../envelope/Digest.ts"
import { Ids } from "../envelope/Ids.ts"
import type { Refusal } from "../envelope/Refusal.ts"
import type { Agent } from "../identity/Actor.ts"
import { missingGrant } from "../identity/SignupCommand.ts"
import { ArtifactStore } from "../media/ArtifactStore.ts"
import type { Asset } from "../media/Asset.ts"
import { Assets } from "../media/Assets.ts"
import { ContentPolicy } from "../media/ContentPolicy.ts"
import { Catalogue, type Listed, ProviderStatus } from "../models/Catalogue.ts"
import { capabilityId, grantFor } from "../models/Model.ts"
import { Store, type StoreUnavailable } from "../store/Store.ts"
import { canonicalJson } from "./CanonicalJson.ts"
import { type CreatePlan, plan, wishOf } from "./CreatePlan.ts"
import type { CreateRequest } from "./CreateRequest.ts"
import type { Job } from "./Job.ts"
import { JobBooks } from "./JobBooks.ts"
import { JobRunner, leaseTime } from "./JobRunner.ts"
import { JobStore } from "./JobStore.ts"
import * as Refusals from "./Refusals.ts"

/** A finished create, as its answer tells it. */
export interface Created {
  readonly _tag: "Created"
  readonly job: Job
  readonly assets: ReadonlyArray<Asset>
  /** The first answer of this key was given before; nothing ran and nothing was charged now. */
  readonly replayed: boolean
  readonly warnings: ReadonlyArray<string>
}

/** A dry run. Without an identity nothing is stored, so there is no job and no quota. */
export interface Planned {
  readonly _tag: "Planned"
  readonly plan: CreatePlan
  readonly job: Job | null
  readonly quota: Quota | null
  readonly safetyChecks: ReadonlyArray<string>
  readonly warnings: ReadonlyArray<string>
}

/** Makes media, or says what making it would do. */
export class CreateJob extends Context.Service<
  CreateJob,
  {
    /** Validates, reserves, runs and stores. One idempotency key is one job, one debit and one set of assets. */
    create(agent: Agent, request: CreateRequest, traceId: string): Effect.Effect<Created, Refusal | StoreUnavailable>
    /** Validates and prices like a live run, and spends nothing. */
    plan(
      agent: Agent | null,
      request: CreateRequest,
      traceId: string
    ): Effect.Effect<Planned, Refusal | StoreUnavailable>
  }
>()("core/jobs/CreateJob") {
  static readonly layer = Layer.effect(
    CreateJob,
    Effect.gen(function* () {
      const jobs = yield* JobStore
      const books = yield* JobBooks
      const runner = yield* JobRunner
      const assets = yield* Assets
      const artifacts = yield* ArtifactStore
      const policy = yield* ContentPolicy
      const catalogue = yield* Catalogue
      const status = yield* ProviderStatus
      const digest = yield* Digest
      const ids = yield* Ids
      const store = yield* Store
      const quotaContext = yield* Effect.context<LedgerStore | DailySlots | Limits>()
      const quota = (agent: Agent) => Effect.provide(quotaOf(agent), quotaContext)

      const listed = (): ReadonlyArray<Listed> =>
        catalogue.models.map((model) => ({ model, availability: status.of(model.provider) }))

      const decide = Effect.fnUntraced(function* (agent: Agent | null, request: CreateRequest) {
        const decided = yield* Effect.fromResult(plan(request, listed()))
        const grant = grantFor(decided.model)
        if (agent !== null && !agent.grants.includes(grant)) return yield* missingGrant(grant)
        const { checks, verdict } = yield* policy.prompt(decided.prompt)
        if (verdict._tag === "Deny") return yield* Refusals.contentDenied(verdict.reason)
        return { decided, checks }
      })

      const newJob = Effect.fnUntraced(function* (
        agent: Agent,
        request: CreateRequest,
        decided: CreatePlan,
        facts: { readonly traceId: string; readonly fingerprint: string; readonly checks: ReadonlyArray<string> }
      ) {
        const now = yield* DateTime.now
        const { prompt, dryRun: _, ...wish } = wishOf(request)
        const createdAt = DateTime.formatIso(now)
        const job: Job = {
          id: yield* ids.next("job"),
          organizationId: agent.organizationId,
          agentId: agent.id,
          allowanceKey: agent.allowanceKey,
          operation: "create",
          status: "queued",
          step: "reserved",
          traceId: facts.traceId,
          modelId: decided.model.id,
          capabilityId: capabilityId(decided.model),
          request: {
            wish,
            promptCharacters: prompt.length,
            promptSha256: yield* digest.sha256(prompt),
            modelParameters: decided.modelParameters,
            selection: decided.selection
          },
          price: decided.price,
          holdId: null,
          idempotencyKey: request.idempotencyKey ?? null,
          keyActive: request.idempotencyKey !== undefined,
          fingerprint: facts.fingerprint,
          input: { prompt, parameters: decided.parameters },
          produced: null,
          safetyChecks: facts.checks,
          error: null,
          outcome: null,
          usageEventId: null,
          receipt: null,
          createdAt,
          startedAt: null,
          endedAt: null,
          reservedUntil: createdAt,
          owner: null,
          dueAt: DateTime.formatIso(DateTime.addDuration(now, leaseTime))
        }
        return job
      })

      const fingerprintOf = (request: CreateRequest) => {
        const { prompt, ...wish } = wishOf(request)
        return Effect.flatMap(digest.sha256(prompt), (promptSha256) =>
          digest.sha256(canonicalJson({ ...wish, promptSha256, references: request.references ?? [] }))
        )
      }

      const checkStorage = Effect.catchTag(artifacts.check, "ArtifactStoreFailed", () =>
        Effect.fail(Refusals.storageUnavailable())
      )

      /** The checks against the identity's allowance, in the order of contract/api.md 2.2. */
      const checkAllowance = Effect.fnUntraced(function* (agent: Agent, { outputCount, price }: CreatePlan) {
        const current = yield* quota(agent)
        if (outputCount > current.maxOutputsPerRequest || price.credits > current.maxCreditsPerJob) {
          return yield* Refusals.tooMuchForState(price.credits, outputCount, current)
        }
        if (price.credits > 0 && current.dailyJobs.remaining <= 0) {
          return yield* Refusals.dailyCapReached(current, secondsUntil(current.dailyJobs.resetsAt, yield* DateTime.now))
        }
        const remaining = current.preview.remaining + current.paid.remaining
        if (price.credits > remaining) return yield* Refusals.quotaExceeded(price.credits, remaining)
      })

      /** The job that the key belongs to, or none; another request under the same key is refused. */
      const findByKey = Effect.fnUntraced(function* (agent: Agent, request: CreateRequest, fingerprint: string) {
        const key = request.idempotencyKey
        if (key === undefined) return Option.none<Job>()
        const found = yield* jobs.findByKey(agent.id, "create", key)
        if (Option.isSome(found) && found.value.fingerprint !== fingerprint)
          return yield* Refusals.keyConflict(key, wishOf(request))
        return found
      })

      const runToEnd = (job: Job) =>
        runner
          .run(job.id)
          .pipe(
            Effect.timeoutOrElse({ duration: patience, orElse: () => Effect.fail(Refusals.stillRunning(job)) }),
            Effect.flatMap(Option.match({ onNone: () => endedMeanwhile(job), onSome: Effect.succeed }))
          )

      /** Nobody could take the job: it has just ended, or somebody else is at it. */
      const endedMeanwhile = Effect.fnUntraced(function* (job: Job) {
        const now = yield* jobs.find(job.organizationId, job.id)
        return yield* Option.isSome(now) && now.value.step === "ended"
          ? Effect.succeed(now.value)
          : Effect.fail(Refusals.inProgress(job))
      })

      const answer = Effect.fnUntraced(function* (job: Job, replayed: boolean, warnings: ReadonlyArray<string>) {
        if (job.status !== "completed")
          return yield* job.error === null ? Refusals.stillRunning(job) : Refusals.jobFailed(job)
        const created: Created = {
          _tag: "Created",
          job,
          assets: yield* assets.ofJob(job.id),
          replayed,
          warnings: [...warnings, ...(job.produced?.warnings ?? [])]
        }
        return created
      })

      /** What a repeated key finds: the first answer, the running job, or a failure that may be tried again. */
      const replay = Effect.fnUntraced(function* (
        agent: Agent,
        job: Job,
        request: CreateRequest
      ): Effect.fn.Return<Created, Refusal | StoreUnavailable> {
        if (job.status === "completed") return yield* answer(job, true, [])
        if (job.step === "ended" && job.error?.retryable === true) return yield* reopen(agent, job, request)
        if (job.step === "ended" || job.outcome === "unknown") return yield* Refusals.jobFailed(job)
        return yield* Effect.flatMap(runToEnd(job), (ended) => answer(ended, false, []))
      })

      const reopen = Effect.fnUntraced(function* (agent: Agent, job: Job, request: CreateRequest) {
        const { decided } = yield* decide(agent, request)
        const dueAt = DateTime.formatIso(DateTime.addDuration(yield* DateTime.now, leaseTime))
        const input = { prompt: decided.prompt, parameters: decided.parameters }
        yield* checkStorage
        // Its slot of the day was given back, so it has to be had again.
        const again = yield* Effect.andThen(
          checkAllowance(agent, decided),
          books.reopen({ ...job, price: decided.price, input, endedAt: null, dueAt })
        ).pipe(store.transaction, Effect.catchTag("InsufficientCredits", short))
        if (Option.isNone(again)) return yield* Refusals.inProgress(job)
        return yield* Effect.flatMap(runToEnd(again.value), (ended) => answer(ended, false, decided.warnings))
      })

      const create = Effect.fn("CreateJob.create")(function* (agent: Agent, request: CreateRequest, traceId: string) {
        const fingerprint = yield* fingerprintOf(request)
        const known = yield* findByKey(agent, request, fingerprint)
        if (Option.isSome(known)) return yield* replay(agent, known.value, request)
        const { checks, decided } = yield* decide(agent, request)
        yield* checkAllowance(agent, decided)
        yield* checkStorage
        const job = yield* newJob(agent, request, decided, { traceId, fingerprint, checks })
        // Two requests with one key may both have found nothing above: the store lets one of them in, the other replays.
        const opened = yield* Effect.gen(function* () {
          const rival = yield* findByKey(agent, request, fingerprint)
          if (Option.isSome(rival)) return rival.value
          yield* checkAllowance(agent, decided)
          return yield* books.open(job)
        }).pipe(store.transaction, Effect.catchTag("InsufficientCredits", short))
        if (opened.id !== job.id) return yield* replay(agent, opened, request)
        return yield* Effect.flatMap(runToEnd(opened), (ended) => answer(ended, false, decided.warnings))
      })

      const planned = Effect.fn("CreateJob.plan")(function* (
        agent: Agent | null,
        request: CreateRequest,
        traceId: string
      ) {
        const { checks, decided } = yield* decide(agent, request)
        const result = { _tag: "Planned", plan: decided, safetyChecks: checks } as const
        if (agent === null) {
          return {
            ...result,
            job: null,
            quota: null,
            warnings: [...decided.warnings, "without a token the plan is not stored"]
          }
        }
        const current = yield* quota(agent)
        const fingerprint = yield* fingerprintOf(request)
        const job = yield* newJob(agent, request, decided, { traceId, fingerprint, checks })
        const stored = yield* books.plan({
          ...job,
          status: "planned",
          step: "ended",
          idempotencyKey: null,
          keyActive: false,
          input: null
        })
        return {
          ...result,
          job: stored,
          quota: current,
          warnings: [...decided.warnings, ...shortfall(decided, current)]
        }
      })

      return CreateJob.of({ create, plan: planned })
    })
  )
}

/** Published clients give up after 300 s without an answer, so the request stops waiting before (contract/api.md 8.1). */
const patience = Duration.seconds(280)

const short = ({ remaining, required }: InsufficientCredits) => Effect.fail(Refusals.quotaExceeded(required, remaining))

const secondsUntil = (iso: string, now: DateTime.DateTime): number =>
  Math.max(1, Math.ceil(Duration.toSeconds(DateTime.distance(now, DateTime.makeUnsafe(iso)))))

/** A dry run needs no credits; that a live run would lack some is worth knowing. */
const shortfall = ({ price }: CreatePlan, quota: Quota): ReadonlyArray<string> => {
  const remaining = quota.preview.remaining + quota.paid.remaining
  return price.credits > remaining ? [`a live run needs ${price.credits} credits and ${remaining} are left`] : []
}
