import { assert, describe, it } from "@effect/vitest"
import type { ActivityLog } from "@image-skill/core/activity/ActivityLog"
import type { LedgerStore } from "@image-skill/core/credits/LedgerStore"
import type { Answer } from "@image-skill/core/envelope/Envelope"
import { jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import { Identity } from "@image-skill/core/identity/Identity"
import { CreateJob } from "@image-skill/core/jobs/CreateJob"
import { JobRunner } from "@image-skill/core/jobs/JobRunner"
import type { GenerationRequest } from "@image-skill/core/media/MediaProvider"
import { brokenBooks } from "@image-skill/core/payments/BrokenBooks"
import type { PaymentStore } from "@image-skill/core/payments/PaymentStore"
import type { RequestOf } from "@image-skill/core/service/Requests"
import { ServiceApi } from "@image-skill/core/service/ServiceApi"
import type { Store } from "@image-skill/core/store/Store"
import * as FakeMediaProvider from "@image-skill/testing/media/FakeMediaProvider"
import * as MemoryService from "@image-skill/testing/service/MemoryService"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import type * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"

type Script = (request: GenerationRequest, call: number) => FakeMediaProvider.Behaviour

/** A service with a priced model behind a scripted provider, an agent with 50 preview credits, and its books. */
const withService = <A, E>(
  options: { readonly script?: Script; readonly repeatable?: boolean } & MemoryService.TestServiceOptions,
  test: (
    agent: Agent
  ) => Effect.Effect<
    A,
    E,
    ServiceApi | LedgerStore | PaymentStore | ActivityLog | Store | JobRunner | CreateJob | Identity
  >
) =>
  Effect.gen(function* () {
    const provider = yield* FakeMediaProvider.make(options.script, { repeatable: options.repeatable ?? false })
    const layer = MemoryService.layer({
      models: [FakeMediaProvider.fakePainter, FakeMediaProvider.fakeMystery],
      providers: [provider],
      ...options
    })
    return yield* Effect.gen(function* () {
      const agent = yield* signUp(provider)
      return yield* test(agent)
    }).pipe(Effect.provide(layer))
  })

interface Agent {
  readonly token: Redacted.Redacted
  readonly create: (request: Partial<RequestOf<"create">>) => Effect.Effect<Answer, never, ServiceApi>
  readonly quota: Effect.Effect<Schema.Json | undefined, never, ServiceApi>
  readonly job: (id: string) => Effect.Effect<Schema.Json | undefined, never, ServiceApi>
  readonly calls: Effect.Effect<ReadonlyArray<string>>
}

const signUp = Effect.fnUntraced(function* (provider: FakeMediaProvider.FakeMediaProvider) {
  const service = yield* ServiceApi
  const signup = yield* service.signup({ agentName: "painter", runtime: "test", returnToken: true })
  const token = Redacted.make(textField(signup.envelope.data, "token"))
  const agent: Agent = {
    token,
    create: (request) =>
      service.create({ prompt: "a red boat", model: "fake.painter", aspectRatio: "1:1", ...request }, token),
    quota: Effect.map(service.quota({}, token), ({ envelope }) => jsonField(envelope.data, "limits")),
    job: (id) => Effect.map(service.jobsShow({ jobId: id }, token), ({ envelope }) => jsonField(envelope.data, "job")),
    calls: provider.calls
  }
  return agent
})

const code = ({ envelope }: Answer) => jsonField(envelope.error, "code")
const data = ({ envelope }: Answer, field: string) => jsonField(envelope.data, field)
const remaining = (limits: Schema.Json | undefined) => jsonField(limits, "remaining_credits")
const reserved = (limits: Schema.Json | undefined) => jsonField(limits, "preview_credits_reserved")

const books = Effect.gen(function* () {
  assert.deepStrictEqual(yield* brokenBooks, [])
})

describe("a live create", () => {
  it.effect("captures what was quoted, once its media are stored", () =>
    withService({}, (agent) =>
      Effect.gen(function* () {
        const answer = yield* agent.create({})
        assert.strictEqual(answer.exitCode, 0)
        assert.strictEqual(jsonField(data(answer, "quota"), "consumed_credits"), 9)
        const limits = yield* agent.quota
        assert.strictEqual(remaining(limits), 41)
        assert.strictEqual(reserved(limits), 0)
        const job = yield* agent.job(textField(answer.envelope.data, "job_id"))
        assert.strictEqual(jsonField(job, "status"), "completed")
        assert.deepStrictEqual(jsonField(job, "credits"), { reserved: 9, captured: 9, released: 0, state: "captured" })
        yield* books
      })
    )
  )

  it.effect("is one job, one call and one debit, however often its key is repeated", () =>
    withService({}, (agent) =>
      Effect.gen(function* () {
        const first = yield* agent.create({ idempotencyKey: "boat-1" })
        const again = yield* agent.create({ idempotencyKey: "boat-1" })
        assert.deepStrictEqual(
          { ...Object(again.envelope.data), idempotency: null },
          { ...Object(first.envelope.data), idempotency: null }
        )
        assert.strictEqual(jsonField(data(first, "idempotency"), "replayed"), false)
        assert.strictEqual(jsonField(data(again, "idempotency"), "replayed"), true)
        assert.strictEqual((yield* agent.calls).length, 1)
        assert.strictEqual(remaining(yield* agent.quota), 41)
        yield* books
      })
    )
  )

  it.effect("refuses another request under the same key", () =>
    withService({}, (agent) =>
      Effect.gen(function* () {
        yield* agent.create({ idempotencyKey: "boat-1" })
        for (const other of [{ prompt: "a blue boat" }, { outputCount: 2 }, { maxUsd: 1 }, { intent: "final" }]) {
          assert.strictEqual(
            code(yield* agent.create({ idempotencyKey: "boat-1", ...other })),
            "IDEMPOTENCY_KEY_CONFLICT"
          )
        }
        assert.strictEqual((yield* agent.calls).length, 1)
      })
    )
  )

  it.effect("lets one of many simultaneous requests with the same key run, and charges once", () =>
    withService({}, (agent) =>
      Effect.gen(function* () {
        const answers = yield* Effect.all(
          Array.from({ length: 12 }, () => agent.create({ idempotencyKey: "boat-1" })),
          { concurrency: "unbounded" }
        )
        const jobs = new Set(answers.filter(({ envelope }) => envelope.ok).map((answer) => data(answer, "job_id")))
        assert.strictEqual(jobs.size, 1)
        assert.strictEqual((yield* agent.calls).length, 1)
        assert.strictEqual(remaining(yield* agent.quota), 41)
        yield* books
      })
    )
  )

  it.effect("never spends a credit twice when many requests race for the last ones", () =>
    withService({ limits: { dailyJobsOnPreview: 100 } }, (agent) =>
      Effect.gen(function* () {
        const answers = yield* Effect.all(
          Array.from({ length: 10 }, (_, index) => agent.create({ idempotencyKey: `race-${index}` })),
          { concurrency: "unbounded" }
        )
        assert.strictEqual(answers.filter(({ envelope }) => envelope.ok).length, 5)
        assert.deepStrictEqual(
          new Set(answers.filter(({ envelope }) => !envelope.ok).map(code)),
          new Set(["QUOTA_EXCEEDED"])
        )
        assert.strictEqual(remaining(yield* agent.quota), 5)
        yield* books
      })
    )
  )

  it.effect("costs nothing with an embedded model, and takes no slot of the day", () =>
    withService({ limits: { dailyJobsOnPreview: 0, previewCredits: 0 } }, (agent) =>
      Effect.gen(function* () {
        const answer = yield* agent.create({ model: "local.storyboard", maxEstimatedUsdPerImage: 0 })
        assert.strictEqual(answer.exitCode, 0)
        assert.strictEqual(jsonField(data(answer, "quota"), "consumed_credits"), 0)
        yield* books
      })
    )
  )

  it.effect("stops at the daily cap, and says when the next day starts", () =>
    withService({}, (agent) =>
      Effect.gen(function* () {
        for (const key of ["a", "b", "c", "d"])
          assert.isTrue((yield* agent.create({ idempotencyKey: key })).envelope.ok)
        const answer = yield* agent.create({ idempotencyKey: "e" })
        assert.strictEqual(code(answer), "DAILY_JOB_CAP_REACHED")
        assert.strictEqual(
          jsonField(jsonField(answer.envelope.error, "recovery"), "resets_at"),
          "1970-01-02T00:00:00.000Z"
        )
        yield* TestClock.adjust("24 hours")
        assert.isTrue((yield* agent.create({ idempotencyKey: "f" })).envelope.ok)
      })
    )
  )

  it.effect("bills only the outputs that were delivered", () =>
    withService({ script: () => ({ _tag: "Succeed", delivered: 1 }) }, (agent) =>
      Effect.gen(function* () {
        const answer = yield* agent.create({ outputCount: 3 })
        assert.strictEqual(jsonField(data(answer, "quota"), "consumed_credits"), 9)
        assert.strictEqual(remaining(yield* agent.quota), 41)
        yield* books
      })
    )
  )
})

describe("a provider that fails", () => {
  it.effect("for good costs nothing, frees the key and gives the day's slot back", () =>
    withService(
      { script: (_, call) => (call === 0 ? FakeMediaProvider.fail("content_refused") : FakeMediaProvider.succeed) },
      (agent) =>
        Effect.gen(function* () {
          const refused = yield* agent.create({ idempotencyKey: "boat-1" })
          assert.strictEqual(code(refused), "CONTENT_POLICY_DENIED")
          assert.strictEqual(refused.exitCode, 6)
          const limits = yield* agent.quota
          assert.strictEqual(remaining(limits), 50)
          assert.strictEqual(reserved(limits), 0)
          assert.isTrue((yield* agent.create({ idempotencyKey: "boat-1", prompt: "another boat" })).envelope.ok)
          yield* books
        })
    )
  )

  it.effect("for now keeps its reservation, and the same key tries again under the same job", () =>
    withService(
      { script: (_, call) => (call === 0 ? FakeMediaProvider.fail("unavailable") : FakeMediaProvider.succeed) },
      (agent) =>
        Effect.gen(function* () {
          const failed = yield* agent.create({ idempotencyKey: "boat-1" })
          assert.strictEqual(code(failed), "PROVIDER_FAILURE")
          assert.strictEqual(jsonField(failed.envelope.error, "retryable"), true)
          assert.strictEqual(reserved(yield* agent.quota), 9)
          const jobId = jsonField(jsonField(failed.envelope.error, "recovery"), "job_id")
          const retried = yield* agent.create({ idempotencyKey: "boat-1" })
          assert.strictEqual(data(retried, "job_id"), jobId)
          assert.strictEqual(remaining(yield* agent.quota), 41)
          yield* books
        })
    )
  )

  it.effect("for now gives everything back after 15 minutes, and the key still makes the same job", () =>
    withService(
      { script: (_, call) => (call === 0 ? FakeMediaProvider.fail("unavailable") : FakeMediaProvider.succeed) },
      (agent) =>
        Effect.gen(function* () {
          const failed = yield* agent.create({ idempotencyKey: "boat-1" })
          const runner = yield* JobRunner
          yield* TestClock.adjust("14 minutes")
          yield* runner.sweep(10)
          assert.strictEqual(reserved(yield* agent.quota), 9)
          yield* TestClock.adjust("2 minutes")
          yield* runner.sweep(10)
          assert.strictEqual(reserved(yield* agent.quota), 0)
          assert.strictEqual(remaining(yield* agent.quota), 50)
          yield* books
          const retried = yield* agent.create({ idempotencyKey: "boat-1" })
          assert.strictEqual(data(retried, "job_id"), jsonField(jsonField(failed.envelope.error, "recovery"), "job_id"))
          assert.strictEqual(remaining(yield* agent.quota), 41)
          yield* books
        })
    )
  )

  it.effect("with a lost answer is never called again; the job says so, and the hold is given back in the end", () =>
    withService({ script: () => FakeMediaProvider.fail("unknown") }, (agent) =>
      Effect.gen(function* () {
        const lost = yield* agent.create({ idempotencyKey: "boat-1" })
        assert.strictEqual(code(lost), "PROVIDER_TIMEOUT")
        assert.strictEqual(lost.exitCode, 8)
        assert.strictEqual(jsonField(lost.envelope.error, "outcome"), "unknown")
        assert.strictEqual(jsonField(lost.envelope.error, "money_moved"), "unknown")
        const again = yield* agent.create({ idempotencyKey: "boat-1" })
        assert.strictEqual(code(again), "PROVIDER_TIMEOUT")
        const jobId = textField(jsonField(lost.envelope.error, "recovery"), "job_id")
        const shown = yield* agent.job(jobId)
        assert.strictEqual(jsonField(shown, "status"), "running")
        assert.strictEqual(jsonField(shown, "outcome"), "unknown")
        yield* TestClock.adjust("16 minutes")
        yield* (yield* JobRunner).sweep(10)
        const ended = yield* agent.job(jobId)
        assert.strictEqual(jsonField(ended, "status"), "failed")
        assert.strictEqual(jsonField(ended, "outcome"), "unknown")
        assert.strictEqual(remaining(yield* agent.quota), 50)
        assert.strictEqual(code(yield* agent.create({ idempotencyKey: "boat-1" })), "PROVIDER_TIMEOUT")
        assert.strictEqual((yield* agent.calls).length, 1)
        yield* books
      })
    )
  )

  it.effect("by answering with something that is no picture costs nothing", () =>
    withService({ script: () => ({ _tag: "Garbage" }) }, (agent) =>
      Effect.gen(function* () {
        const answer = yield* agent.create({})
        assert.strictEqual(code(answer), "PROVIDER_FAILURE")
        assert.strictEqual(jsonField(answer.envelope.error, "retryable"), false)
        assert.strictEqual(remaining(yield* agent.quota), 50)
        yield* books
      })
    )
  )
})

describe("a cost that is not known before", () => {
  it.effect("is refused unless it is accepted, and settled from what the provider reports", () =>
    withService({ script: () => ({ _tag: "Succeed", reportedMicroUsd: 20_000 }) }, (agent) =>
      Effect.gen(function* () {
        assert.strictEqual(code(yield* agent.create({ model: "fake.mystery" })), "BUDGET_REQUIRES_CONFIRMATION")
        const answer = yield* agent.create({ model: "fake.mystery", acceptUnknownCost: true })
        assert.strictEqual(jsonField(data(answer, "quota"), "consumed_credits"), 4)
        assert.strictEqual(remaining(yield* agent.quota), 46)
        yield* books
      })
    )
  )

  it.effect("never captures more than was held, or than the caller's guard allows", () =>
    withService({ script: () => ({ _tag: "Succeed", reportedMicroUsd: 900_000 }) }, (agent) =>
      Effect.gen(function* () {
        const answer = yield* agent.create({ model: "fake.mystery", acceptUnknownCost: true })
        assert.strictEqual(jsonField(data(answer, "quota"), "consumed_credits"), 17)
        yield* books
      })
    )
  )
})

describe("a request that stops waiting", () => {
  it.effect("leaves its job running: the same key is told so, and gets the result later", () =>
    Effect.gen(function* () {
      const gate = yield* Deferred.make<void>()
      const signal = Deferred.await(gate)
      yield* withService({ script: () => ({ _tag: "WaitFor", signal }) }, (agent) =>
        Effect.gen(function* () {
          const first = yield* Effect.forkChild(agent.create({ idempotencyKey: "boat-1" }))
          yield* Effect.yieldNow
          yield* TestClock.adjust("281 seconds")
          const stopped = yield* Fiber.join(first)
          assert.strictEqual(code(stopped), "PROVIDER_TIMEOUT")
          assert.strictEqual(jsonField(stopped.envelope.error, "outcome"), "unknown")
          yield* Deferred.succeed(gate, undefined)
          yield* (yield* JobRunner).idle
          const again = yield* agent.create({ idempotencyKey: "boat-1" })
          assert.strictEqual(jsonField(data(again, "idempotency"), "replayed"), true)
          assert.strictEqual((yield* agent.calls).length, 1)
          yield* books
        })
      )
    })
  )
})

describe("a key whose reservation is over", () => {
  const capped = { previewCredits: 1_000, dailyJobsOnPreview: 2 }

  it.effect("needs a slot of the day like any other when it is tried again", () => {
    let isUp = false
    const script: Script = () => (isUp ? FakeMediaProvider.succeed : FakeMediaProvider.fail("unavailable"))
    return withService({ script, limits: capped }, (agent) =>
      Effect.gen(function* () {
        const runner = yield* JobRunner
        for (const key of ["one", "two", "three"]) {
          assert.strictEqual(code(yield* agent.create({ idempotencyKey: key })), "PROVIDER_FAILURE")
          yield* TestClock.adjust("16 minutes")
          yield* runner.sweep(100)
        }
        isUp = true
        const again = yield* Effect.forEach(["one", "two", "three"], (key) => agent.create({ idempotencyKey: key }))
        assert.deepStrictEqual(again.map(code), [undefined, undefined, "DAILY_JOB_CAP_REACHED"])
        assert.strictEqual(remaining(yield* agent.quota), 982)
        yield* books
      })
    )
  })
})

describe("a provider that answers oddly", () => {
  it.effect("is paid and kept no more than was asked for", () =>
    withService({ script: () => ({ _tag: "Succeed", delivered: 5 }) }, (agent) =>
      Effect.gen(function* () {
        const answer = yield* agent.create({ outputCount: 2 })
        const ids = data(answer, "asset_ids")
        assert.strictEqual(Array.isArray(ids) ? ids.length : 0, 2)
        assert.strictEqual(jsonField(data(answer, "quota"), "consumed_credits"), 17)
        assert.isTrue(answer.envelope.warnings.some((warning) => warning.includes("3 more")))
        yield* books
      })
    )
  )

  for (const [reported, credits] of [
    [2_900.5, 1],
    [0.0079 * 1e6, 2],
    [-5, 17],
    [Number.NaN, 17]
  ] as const) {
    it.effect(`and reports a cost of ${reported} is settled all the same`, () =>
      withService({ script: () => ({ _tag: "Succeed", reportedMicroUsd: reported }) }, (agent) =>
        Effect.gen(function* () {
          const answer = yield* agent.create({ model: "fake.mystery", acceptUnknownCost: true })
          assert.strictEqual(answer.exitCode, 0)
          assert.strictEqual(jsonField(data(answer, "quota"), "consumed_credits"), credits)
          assert.strictEqual(reserved(yield* agent.quota), 0)
          yield* books
        })
      )
    )
  }
})

describe("an identity", () => {
  it.effect("without the grant of the model makes nothing, live or not, and spends nothing", () =>
    withService({}, (agent) =>
      Effect.gen(function* () {
        const { authenticate } = yield* Identity
        const session = yield* authenticate({ token: agent.token, network: null, isLocal: true })
        const poor = {
          ...session.agent,
          grants: session.agent.grants.filter((grant) => grant !== "image.create.preview")
        }
        const { create, plan } = yield* CreateJob
        const request = { prompt: "a red boat", model: "fake.painter" }
        for (const refusal of [
          yield* Effect.flip(create(poor, request, "trace_1")),
          yield* Effect.flip(plan(poor, request, "trace_1"))
        ])
          assert.deepInclude(refusal, { _tag: "Refusal", code: "CAPABILITY_DENIED" })
        assert.strictEqual(remaining(yield* agent.quota), 50)
        assert.deepStrictEqual(yield* agent.calls, [])
      })
    )
  )
})

describe("a dry run", () => {
  it.effect("prices and stores a plan, and touches neither credits nor provider", () =>
    withService({}, (agent) =>
      Effect.gen(function* () {
        const answer = yield* agent.create({ dryRun: true, outputCount: 3 })
        assert.strictEqual(data(answer, "status"), "planned")
        assert.strictEqual(jsonField(jsonField(data(answer, "cost"), "credit_pricing"), "credits_required"), 25)
        assert.strictEqual(jsonField(yield* agent.job(textField(answer.envelope.data, "job_id")), "status"), "planned")
        assert.deepStrictEqual(yield* agent.calls, [])
        assert.strictEqual(remaining(yield* agent.quota), 50)
      })
    )
  )
})
