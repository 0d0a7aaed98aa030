import { assert } from "@effect/vitest"
import type { Answer } from "@image-skill/core/envelope/Envelope"
import { jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import { OrganizationId } from "@image-skill/core/identity/Actor"
import type { Job } from "@image-skill/core/jobs/Job"
import { JobRunner } from "@image-skill/core/jobs/JobRunner"
import { JobStore } from "@image-skill/core/jobs/JobStore"
import { AnswerSpool } from "@image-skill/core/media/AnswerSpool"
import { ArtifactStore, ArtifactStoreFailed } from "@image-skill/core/media/ArtifactStore"
import type { GenerationRequest, MediaProvider } from "@image-skill/core/media/MediaProvider"
import { brokenBooks } from "@image-skill/core/payments/BrokenBooks"
import { embeddedServiceApi } from "@image-skill/core/service/EmbeddedService"
import type { RequestOf } from "@image-skill/core/service/Requests"
import { ServiceApi } from "@image-skill/core/service/ServiceApi"
import * as FakeMediaProvider from "@image-skill/testing/media/FakeMediaProvider"
import { solidPng } from "@image-skill/testing/media/Png"
import * as MemoryService from "@image-skill/testing/service/MemoryService"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"

/** What of the deployment is broken now; a test switches it on and off. */
export interface Faults {
  /** Why bytes cannot be stored. */
  store: ArtifactStoreFailed["reason"] | null
  /** The spool takes nothing. */
  spoolFull: boolean
  /** The spool cannot be read. */
  spoolUnreadable: boolean
  /** The spool knows nothing of what it took. */
  spoolGone: boolean
  /** Nobody can prolong a lease. */
  noRenewal: boolean
}

/** What happened to answers and bytes, in order. */
export type Traces = Array<string>

export interface WorldOptions extends MemoryService.TestServiceOptions {
  readonly script?: (request: GenerationRequest, call: number) => FakeMediaProvider.Behaviour
  readonly repeatable?: boolean
  /** Puts something before the provider. */
  readonly wrap?: (provider: FakeMediaProvider.FakeMediaProvider, seen: Seen) => MediaProvider
}

/** What a provider that looks behind the curtain sees. */
export interface Seen {
  /** The jobs that have not ended, as they are written. */
  readonly rows: Effect.Effect<ReadonlyArray<Job>>
  readonly traces: Traces
}

/** Rows and bytes that outlive processes, one provider for all, and an agent with 50 credits. */
export const world = Effect.fnUntraced(function* (options: WorldOptions = {}) {
  const provider = yield* FakeMediaProvider.make(options.script, { repeatable: options.repeatable ?? false })
  const faults: Faults = { store: null, spoolFull: false, spoolUnreadable: false, spoolGone: false, noRenewal: false }
  const traces: Traces = []
  const kept = yield* Layer.build(faulty(faults, traces))
  const { jobs, spool } = yield* Effect.provide(Effect.all({ jobs: JobStore, spool: AnswerSpool }), kept)
  const rows = Effect.orDie(jobs.due("9999", 100))
  const seen = options.wrap?.(provider, { rows, traces }) ?? provider
  const settings = {
    models: [FakeMediaProvider.fakePainter, FakeMediaProvider.fakeMystery, FakeMediaProvider.fakeRetoucher],
    providers: [seen],
    ...options,
    limits: { previewCredits: 50, dailyJobsOnPreview: 1_000, ...options.limits }
  }

  const start = Effect.fnUntraced(function* (change: MemoryService.TestServiceOptions = {}) {
    const outer = yield* Scope.Scope
    const scope = yield* Scope.fork(outer)
    const service = embeddedServiceApi.pipe(
      Layer.provideMerge(MemoryService.programs({ ...settings, ...change })),
      Layer.provideMerge(Layer.succeedContext(kept))
    )
    const context = yield* Layer.buildWithMemoMap(service, Layer.makeMemoMapUnsafe(), scope)
    return { context, stop: Scope.close(scope, Exit.void) }
  })

  const first = yield* start()
  const signup = yield* Effect.provide(
    Effect.flatMap(ServiceApi, (service) =>
      service.signup({ agentName: "painter", runtime: "test", returnToken: true })
    ),
    first.context
  )
  const token = Redacted.make(textField(signup.envelope.data, "token"))
  const organizationId = OrganizationId.make(textField(signup.envelope.data, "organization_id"))

  /** A process of this deployment: the first one, or one that was started after or beside it. */
  const processOf = ({ context, stop }: Effect.Success<ReturnType<typeof start>>) => {
    const api = Context.get(context, ServiceApi)
    const runner = Context.get(context, JobRunner)
    return {
      stop,
      create: (request: Partial<RequestOf<"create">> = {}) =>
        api.create({ prompt: "a red boat", model: "fake.painter", aspectRatio: "1:1", ...request }, token),
      edit: (request: RequestOf<"edit">) => api.edit({ prompt: "make it blue", ...request }, token),
      cancel: (jobId: string) => api.jobsCancel({ jobId }, token),
      upload: (bytes = solidPng(8, 8, 1, 2, 3), request: Partial<RequestOf<"uploadStream">> = {}) =>
        api.uploadStream(
          { sourceKind: "local_path", filename: "boat.png", ...request },
          { contentType: null, contentLength: bytes.length, body: Stream.succeed(bytes) },
          token
        ),
      limits: Effect.map(api.quota({}, token), ({ envelope }) => jsonField(envelope.data, "limits")),
      sweep: Effect.orDie(runner.sweep(100)),
      wake: Effect.orDie(runner.wake(100)),
      idle: runner.idle,
      run: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.provide(effect, context)
    }
  }

  return {
    ...processOf(first),
    another: (change?: MemoryService.TestServiceOptions) => Effect.map(start(change), processOf),
    agent: { token, organizationId },
    provider,
    faults,
    traces,
    rows,
    row: (id: string) => Effect.map(Effect.orDie(jobs.find(organizationId, id)), Option.getOrThrow),
    spooled: (id: string) => Effect.orDie(Effect.map(spool.get(id), Option.isSome)),
    /** In order, and nothing is held back any more. `charged` is all that was ever captured. */
    settled: Effect.fnUntraced(function* (charged: number) {
      const { limits, run } = processOf(first)
      assert.deepStrictEqual(yield* Effect.orDie(run(brokenBooks)), [])
      const now = yield* limits
      assert.strictEqual(jsonField(now, "preview_credits_reserved"), 0)
      assert.strictEqual(jsonField(now, "remaining_credits"), settings.limits.previewCredits - charged)
    })
  }
})

export type World = Effect.Success<ReturnType<typeof world>>

/** Keeps everything in memory, and fails on demand. */
const faulty = (faults: Faults, traces: Traces) =>
  Layer.mergeAll(
    Layer.effect(
      ArtifactStore,
      Effect.map(ArtifactStore, (store) =>
        ArtifactStore.of({
          ...store,
          put: (bytes) => Effect.andThen(storing(faults), store.put(bytes)),
          putStream: (body, maxBytes) =>
            Effect.andThen(
              Effect.suspend(() => {
                traces.push("store")
                return storing(faults)
              }),
              store.putStream(body, maxBytes)
            )
        })
      )
    ),
    Layer.effect(
      AnswerSpool,
      Effect.map(AnswerSpool, (spool) => spoolOf(spool, faults, traces))
    ),
    Layer.effect(
      JobStore,
      Effect.map(JobStore, (jobs) =>
        JobStore.of({
          ...jobs,
          renew: (...lease) => (faults.noRenewal ? Effect.succeed(false) : jobs.renew(...lease))
        })
      )
    )
  ).pipe(Layer.provideMerge(MemoryService.memory))

const spoolOf = (spool: AnswerSpool["Service"], faults: Faults, traces: Traces) =>
  AnswerSpool.of({
    put: (id, answer) =>
      Effect.suspend(() => {
        if (faults.spoolFull) return failed("full")
        return Effect.tap(spool.put(id, answer), () => Effect.sync(() => void traces.push("spool")))
      }),
    get: (id) =>
      Effect.suspend(() => {
        if (faults.spoolUnreadable) return failed("unreachable")
        return faults.spoolGone ? Effect.succeedNone : spool.get(id)
      }),
    remove: (id) =>
      Effect.suspend(() => {
        traces.push("forget")
        return spool.remove(id)
      })
  })

const storing = (faults: Faults) => Effect.suspend(() => (faults.store === null ? Effect.void : failed(faults.store)))

const failed = (reason: ArtifactStoreFailed["reason"]) =>
  Effect.fail(new ArtifactStoreFailed({ reason, message: "broken by the test" }))

export const code = ({ envelope }: Answer) => jsonField(envelope.error, "code")
export const data = ({ envelope }: Answer, field: string) => jsonField(envelope.data, field)
export const recovery = ({ envelope }: Answer, field: string) => jsonField(jsonField(envelope.error, "recovery"), field)
export const jobIdOf = ({ envelope }: Answer): string =>
  envelope.ok ? textField(envelope.data, "job_id") : textField(jsonField(envelope.error, "recovery"), "job_id")
export const assetIdOf = ({ envelope }: Answer): string => {
  const ids = jsonField(envelope.data, "asset_ids")
  const id: unknown = Array.isArray(ids) ? ids[0] : null
  return typeof id === "string" ? id : textField(jsonField(envelope.data, "asset"), "asset_id")
}
