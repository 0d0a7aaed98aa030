import { assert, describe, it } from "@effect/vitest"
import { success } from "@image-skill/core/envelope/Envelope"
import { textField } from "@image-skill/core/envelope/JsonFields"
import { Deployment } from "@image-skill/core/service/Deployment"
import { requestRecorder } from "@image-skill/core/service/RecordRequest"
import { Service } from "@image-skill/core/service/Service"
import { clientVersionOf, type TelemetryRecord, TelemetrySink } from "@image-skill/core/service/TelemetrySink"
import * as MemoryService from "@image-skill/testing/service/MemoryService"
import { comparableAnswer } from "@image-skill/testing/service/Transcript"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"

/** A sink that keeps what it gets, and one after the other what a test does with a service. */
const keeping = (records: Array<TelemetryRecord>) =>
  Layer.succeed(TelemetrySink, TelemetrySink.of({ record: (record) => Effect.sync(() => void records.push(record)) }))

/** The fields of contract/api.md 11.2. */
const allowed = [
  "actorType",
  "apiVersion",
  "at",
  "capabilityId",
  "claimState",
  "clientVersion",
  "costEstimateUsd",
  "durationMs",
  "errorClass",
  "jobId",
  "operation",
  "outputCount",
  "replayed",
  "retryable",
  "status",
  "traceId"
]

const caller = { token: null, network: "203.0.113.7", isLocal: false }

/** A life with every kind of text that no record may hold. */
const life = Effect.gen(function* () {
  const service = yield* Service
  const signup = {
    agent_name: "CANARY-name",
    runtime: "suite",
    agent_contact: "canary@inbox.example",
    return_token: true
  }
  const signed = yield* service.handle("signup", signup, { ...caller, clientVersion: "0.1.70" })
  const token = Redacted.make(textField(signed.envelope.data, "token"))
  const agent = { ...caller, token }
  const picture = {
    prompt: "a CANARY at dusk",
    model: "local.storyboard",
    model_parameters: { width: 256, height: 256 }
  }
  const answers = [
    signed,
    yield* service.handle("create", { ...picture, idempotency_key: "CANARY-key" }, agent),
    yield* service.handle("create", { ...picture, idempotency_key: "CANARY-key" }, agent),
    yield* service.handle("create", { ...picture, model: "CANARY.model" }, agent),
    yield* service.handle("jobsShow", { job_id: "job_CANARY" }, agent),
    yield* service.handle("feedbackCreate", { title: "CANARY", body: "see /home/demo/CANARY.png" }, agent),
    yield* service.handle("whoami", {}, { ...caller, token: Redacted.make("isk_r_CANARY") }),
    yield* service.handle("quota", "CANARY", agent)
  ]
  return { answers, token: Redacted.value(token) }
})

/** What a life is answered with such a sink. */
const told = (telemetry: Layer.Layer<TelemetrySink>) =>
  Effect.map(life, ({ answers }) => answers.map(comparableAnswer)).pipe(
    Effect.provide(MemoryService.layer({ telemetry }))
  )

describe("a record of a request", () => {
  it.effect("is written once for each, with the allowed fields alone and no text of the caller", () => {
    const records: Array<TelemetryRecord> = []
    return Effect.gen(function* () {
      const { answers, token } = yield* life
      assert.strictEqual(records.length, answers.length)
      for (const [index, record] of records.entries()) {
        assert.deepStrictEqual(Object.keys(record).toSorted(), allowed)
        assert.strictEqual(record.traceId, answers[index]?.envelope.trace_id)
        assert.strictEqual(record.status, answers[index]?.status)
      }
      const text = JSON.stringify(records)
      for (const secret of ["CANARY", token, "canary@", "inbox.example", "203.0.113.7", "/home/demo"]) {
        assert.notInclude(text, secret)
      }
      const known = records.map(({ claimState, clientVersion, errorClass, operation, outputCount, replayed }) => [
        operation,
        clientVersion,
        claimState,
        errorClass,
        outputCount,
        replayed
      ])
      assert.deepStrictEqual(known, [
        ["signup", "0.1.70", "unclaimed", null, null, null],
        ["create", null, "unclaimed", null, 1, false],
        ["create", null, "unclaimed", null, 1, true],
        ["create", null, "unclaimed", "MODEL_NOT_FOUND", null, null],
        ["jobsShow", null, "unclaimed", "JOB_NOT_FOUND", null, null],
        ["feedbackCreate", null, "unclaimed", null, null, null],
        ["whoami", null, null, "AUTH_REQUIRED", null, null],
        ["quota", null, null, "INVALID_ARGUMENTS", null, null]
      ])
      assert.match(records[1]?.jobId ?? "", /^job_/u)
      assert.strictEqual(records[1]?.costEstimateUsd, 0)
      assert.strictEqual(records[1]?.capabilityId, "is.image.generate.local-storyboard.v1")
    }).pipe(Effect.provide(MemoryService.layer({ telemetry: keeping(records) })))
  })

  it.effect("cannot be prevented or delayed by what is asked, and a failing sink changes no answer", () => {
    const dying = Layer.succeed(TelemetrySink, TelemetrySink.of({ record: () => Effect.die("the sink is broken") }))
    return Effect.gen(function* () {
      const records: Array<TelemetryRecord> = []
      assert.deepStrictEqual(yield* told(dying), yield* told(keeping(records)))
      assert.strictEqual(records.length, 8)
    })
  })

  it.effect("tells of a caller that left before there was an answer", () => {
    const records: Array<TelemetryRecord> = []
    return Effect.gen(function* () {
      const recorded = yield* requestRecorder
      const fiber = yield* Effect.forkChild(recorded("create", caller, Effect.never))
      yield* TestClock.adjust("3 seconds")
      yield* Fiber.interrupt(fiber)
      const left = records.map(({ durationMs, operation, status, traceId }) => [operation, status, traceId, durationMs])
      assert.deepStrictEqual(left, [["create", null, null, 3000]])
    }).pipe(
      Effect.provide(
        Layer.merge(
          keeping(records),
          Layer.succeed(Deployment, Deployment.of({ apiVersion: "test", mediaBaseUrl: "file:" }))
        )
      )
    )
  })

  it.effect("names the class of whoever acted, an owner's as a person", () => {
    const records: Array<TelemetryRecord> = []
    return Effect.gen(function* () {
      const recorded = yield* requestRecorder
      for (const kind of ["agent", "human", null] as const) {
        const actor =
          kind === null
            ? null
            : { actor_type: kind, actor_id: "agt_1", organization_id: "org_1", claim_state: "unclaimed" as const }
        yield* recorded(
          "whoami",
          caller,
          Effect.succeed(success({ command: "image-skill whoami", traceId: "trace_0", actor }, {}))
        )
      }
      assert.deepStrictEqual(
        records.map(({ actorType, claimState }) => [actorType, claimState]),
        [
          ["agent", "unclaimed"],
          ["human", "unclaimed"],
          [null, null]
        ]
      )
    }).pipe(
      Effect.provide(
        Layer.merge(
          keeping(records),
          Layer.succeed(Deployment, Deployment.of({ apiVersion: "test", mediaBaseUrl: "file:" }))
        )
      )
    )
  })

  it("a client's version is taken only where it is one", () => {
    assert.strictEqual(clientVersionOf("image-skill/0.1.70"), "0.1.70")
    assert.strictEqual(clientVersionOf("image-skill/1.2.3-beta.1 node/26"), "1.2.3-beta.1")
    for (const other of [
      undefined,
      "",
      "node",
      "curl/8.5.0",
      "image-skill/",
      "image-skill/CANARY",
      "x image-skill/1.2.3"
    ]) {
      assert.isNull(clientVersionOf(other))
    }
  })
})
