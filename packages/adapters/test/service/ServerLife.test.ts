import { assert, describe, it } from "@effect/vitest"
import { ActivityLog } from "@image-skill/core/activity/ActivityLog"
import { jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import { AgentId } from "@image-skill/core/identity/Actor"
import type { Job } from "@image-skill/core/jobs/Job"
import { JobRunner } from "@image-skill/core/jobs/JobRunner"
import { JobStore } from "@image-skill/core/jobs/JobStore"
import { ArtifactStore, ArtifactStoreFailed } from "@image-skill/core/media/ArtifactStore"
import { brokenBooks } from "@image-skill/core/payments/BrokenBooks"
import * as FakeMediaProvider from "@image-skill/testing/media/FakeMediaProvider"
import * as MemoryService from "@image-skill/testing/service/MemoryService"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import { temporaryFolder } from "../Folder.ts"
import { stores } from "../jobs/Composition.ts"
import { inFolder } from "../store/Repositories.ts"
import { kit, serve, served, serveKit, until } from "./Compositions.ts"
import { assertEnvelope, bearer, connect, json, post, type RawReply, send } from "./RawHttp.ts"
import { data, picture, signUp } from "./Site.ts"

const create = { command: "image-skill create" }

/** A served kit whose provider says that it was asked, and answers when it is told to. */
const gated = Effect.gen(function* () {
  const asked = yield* Deferred.make<void>()
  const goOn = yield* Deferred.make<void>()
  const signal = Effect.andThen(Deferred.succeed(asked, undefined), Deferred.await(goOn))
  const provider = yield* FakeMediaProvider.make(() => ({ _tag: "WaitFor", signal }))
  const options = { models: [FakeMediaProvider.fakePainter], providers: [provider] }
  const site = yield* serveKit(kit(yield* temporaryFolder, options))
  const token = yield* signUp(site.origin, "painter")
  const paint = (key: string) =>
    send(
      site.origin,
      post("/v1/create", { prompt: "a red boat", model: "fake.painter", idempotency_key: key }, bearer(token))
    )
  const remaining = Effect.map(send(site.origin, { path: "/v1/quota", headers: bearer(token) }), (reply) =>
    jsonField(jsonField(data(reply), "limits"), "remaining_credits")
  )
  return { ...site, asked: Deferred.await(asked), goOn: Deferred.succeed(goOn, undefined), paint, provider, remaining }
})

/** The job of an answer to a key whose job is made, or is being made (contract/api.md 2.1). */
const jobOf = (reply: RawReply): string => {
  if (reply.status === 200) return textField(data(reply), "job_id")
  assertEnvelope(reply, { status: 409, exit: 1, code: "IDEMPOTENT_REQUEST_IN_PROGRESS", ...create })
  return textField(jsonField(jsonField(json(reply), "error"), "recovery"), "job_id")
}

describe("a client that goes away while its job runs", () => {
  it.effect("leaves the job running: the same key gets the result, and pays once", () =>
    Effect.gen(function* () {
      const { asked, deserted, goOn, origin, paint, provider, remaining, services } = yield* gated
      const impatient = yield* Effect.forkChild(paint("boat-1"))
      yield* asked
      yield* Fiber.interrupt(impatient)
      yield* deserted
      assert.strictEqual(yield* remaining, 41)
      const patient = yield* Effect.forkChild(paint("boat-1"))
      assert.strictEqual((yield* send(origin, { path: "/healthz" })).status, 200)
      yield* goOn
      const jobId = jobOf(yield* Fiber.join(patient))
      yield* Context.get(services, JobRunner).idle
      const again = yield* paint("boat-1")
      assert.strictEqual(jsonField(jsonField(data(again), "idempotency"), "replayed"), true)
      assert.strictEqual(textField(data(again), "job_id"), jobId)
      assert.strictEqual((yield* provider.calls).length, 1)
      assert.strictEqual(yield* remaining, 41)
      const violations = yield* Effect.provide(brokenBooks, services)
      const events = yield* Context.get(services, ActivityLog).ofCredits
      assert.deepStrictEqual([violations, events.length], [[], 1])
    }).pipe(Effect.scoped)
  )

  it.effect("leaves nothing behind when it had not said all of its request", () =>
    Effect.gen(function* () {
      const { deserted, origin, provider, remaining } = yield* gated
      yield* Effect.gen(function* () {
        const socket = yield* connect(origin)
        yield* socket.say("POST /v1/create HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n")
        yield* socket.say('content-length: 4000\r\n\r\n{"prompt":"a red boat",')
        yield* send(origin, { path: "/healthz" })
      }).pipe(Effect.scoped)
      yield* deserted
      assert.deepStrictEqual(yield* provider.calls, [])
      assert.strictEqual(yield* remaining, 50)
    }).pipe(Effect.scoped)
  )
})

describe("many clients", () => {
  it.effect("at once get their own answers", () =>
    Effect.gen(function* () {
      const { apiBaseUrl: origin } = yield* served
      const tokens = yield* Effect.forEach([1, 2, 3, 4], (index) => signUp(origin, `agent-${index}`))
      const ask = (index: number) => {
        const token = tokens[index % tokens.length] ?? ""
        return index % 2 === 0
          ? send(origin, { path: "/v1/whoami", headers: bearer(token) })
          : send(origin, post("/v1/create", { ...picture, dry_run: true }, bearer(token)))
      }
      const replies = yield* Effect.forEach(
        Array.from({ length: 100 }, (_, index) => index),
        ask,
        {
          concurrency: "unbounded"
        }
      )
      assert.deepStrictEqual(new Set(replies.map(({ status }) => status)), new Set([200]))
      assert.strictEqual(new Set(replies.map((reply) => textField(json(reply), "trace_id"))).size, 100)
      const jobs = replies.map((reply) => textField(data(reply), "job_id")).filter((id) => id !== "")
      assert.strictEqual(new Set(jobs).size, 50)
      const actors = replies.map((reply) => textField(jsonField(json(reply), "actor"), "actor_id"))
      assert.strictEqual(new Set(actors).size, 4)
      for (const [index, actor] of actors.entries()) assert.strictEqual(actor, actors[index % 4])
    }).pipe(Effect.scoped)
  )

  it.effect("with one key make one job, and pay once", () =>
    Effect.gen(function* () {
      const { asked, goOn, origin, paint, provider, remaining } = yield* gated
      const painting = yield* Effect.forkChild(
        Effect.all(
          Array.from({ length: 30 }, () => paint("boat-1")),
          { concurrency: "unbounded" }
        )
      )
      yield* asked
      for (let time = 0; time < 10; time += 1) yield* send(origin, { path: "/healthz" })
      yield* goOn
      const replies = yield* Fiber.join(painting)
      assert.strictEqual(new Set(replies.map(jobOf)).size, 1)
      assert.isTrue(replies.some(({ status }) => status === 200))
      assert.strictEqual((yield* provider.calls).length, 1)
      assert.strictEqual(yield* remaining, 41)
    }).pipe(Effect.scoped)
  )

  it.effect("that never end their requests keep nobody waiting", () =>
    Effect.gen(function* () {
      const { apiBaseUrl: origin } = yield* served
      for (const start of ["GET /healthz HTTP/1.1\r\nhost: ", "POST /v1/create HTTP/1.1\r\nhost: x\r\n"]) {
        for (let time = 0; time < 50; time += 1) yield* (yield* connect(origin)).say(start)
      }
      const body =
        "POST /v1/agent-signups HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 90\r\n\r\n{"
      for (let time = 0; time < 50; time += 1) yield* (yield* connect(origin)).say(body)
      const token = yield* signUp(origin, "patient")
      assert.strictEqual((yield* send(origin, { path: "/v1/whoami", headers: bearer(token) })).status, 200)
    }).pipe(Effect.scoped)
  )

  it.effect("on one connection get their answers in turn", () =>
    Effect.gen(function* () {
      const { apiBaseUrl: origin } = yield* served
      const socket = yield* connect(origin)
      const starts = ["/healthz", "/v1/nothing", "/v1/credit-packs"].map(
        (path) => `GET ${path} HTTP/1.1\r\nhost: x\r\n`
      )
      yield* socket.say(`${starts.join("\r\n")}connection: close\r\n\r\n`)
      const heard = yield* socket.rest
      const labels = [...heard.matchAll(/"command":"([^"]+)"/gu)].map(([, label]) => label)
      assert.deepStrictEqual(labels, ["image-skill healthz", "image-skill", "image-skill credits packs list"])
    }).pipe(Effect.scoped)
  )
})

/** A running server in a scope of its own, a picture that it is drawing, and its row in the database. */
const drawing = Effect.gen(function* () {
  const folder = yield* temporaryFolder
  const scope = yield* Scope.make()
  const { apiBaseUrl: origin } = yield* serve(folder).pipe(Scope.provide(scope))
  const rows = yield* Layer.build(inFolder(folder))
  const signup = yield* send(origin, post("/v1/agent-signups", { agent_name: "a", runtime: "t", return_token: true }))
  const agentId = AgentId.make(textField(data(signup), "agent_id"))
  const body = { prompt: "a red boat", model_parameters: { width: 2048, height: 2048 }, idempotency_key: "boat-1" }
  const reply = yield* Effect.forkChild(
    Effect.exit(send(origin, post("/v1/create", body, bearer(textField(data(signup), "token")))))
  )
  const row = Effect.map(Context.get(rows, JobStore).findByKey(agentId, "create", "boat-1"), Option.getOrNull)
  yield* until(Effect.map(row, (job) => job?.status === "running"))
  return { folder, origin, row, reply, stop: Scope.close(scope, Exit.void) }
})

describe("a server that is told to stop while it draws", () => {
  it.effect("finishes the picture, answers, and then takes no more requests", () =>
    Effect.gen(function* () {
      const { folder, origin, reply, row, stop } = yield* drawing
      yield* stop
      const answered = yield* Fiber.join(reply)
      assert.isTrue(Exit.isSuccess(answered))
      if (Exit.isSuccess(answered)) assertEnvelope(answered.value, { status: 200, exit: 0, code: null, ...create })
      assert.strictEqual((yield* row)?.status, "completed")
      assert.isTrue(Exit.isFailure(yield* Effect.exit(send(origin, { path: "/healthz" }))))
      yield* provedAfter(folder)
    }).pipe(Effect.scoped)
  )

  it.effect("parks what takes too long, and the next start finishes it", () =>
    Effect.gen(function* () {
      const { folder, reply, row, stop } = yield* drawing
      const stopped = yield* Effect.forkChild(stop)
      yield* until(
        Effect.as(TestClock.adjust("1 second"), undefined).pipe(Effect.map(() => stopped.pollUnsafe() !== undefined))
      )
      yield* Fiber.join(reply)
      const parked = yield* row
      assert.deepStrictEqual([parked?.status, parked?.owner], ["running", null])
      yield* Effect.gen(function* () {
        const runner = yield* JobRunner
        yield* runner.sweep(10)
        yield* runner.idle
      }).pipe(Effect.provide(kit(folder, {})))
      const finished = yield* row
      assert.strictEqual(finished?.status, "completed")
      assert.strictEqual(assetsOf(finished), 1)
      yield* provedAfter(folder)
    }).pipe(Effect.scoped)
  )
})

const assetsOf = (job: Job | null): number => job?.produced?.outputs.length ?? 0

const provedAfter = (folder: string) =>
  Effect.gen(function* () {
    assert.deepStrictEqual(yield* brokenBooks, [])
  }).pipe(Effect.provide(inFolder(folder)))

describe("a server that is told to stop", () => {
  const starts = [
    ["that said nothing", ""],
    ["between two requests", "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n"],
    ["in the middle of its headers", "GET /healthz HTTP/1.1\r\nhost: "],
    [
      "in the middle of its body",
      "POST /v1/agent-signups HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 90\r\n\r\n{"
    ]
  ] as const
  it.effect.each(starts)("lets go of a client %s", ([, start]) =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const { apiBaseUrl: origin } = yield* Effect.flatMap(temporaryFolder, serve).pipe(Scope.provide(scope))
      const socket = yield* connect(origin)
      yield* socket.say(start)
      yield* send(origin, { path: "/healthz" })
      const stopped = yield* Effect.forkChild(Scope.close(scope, Exit.void))
      yield* until(Effect.map(TestClock.adjust("1 second"), () => stopped.pollUnsafe() !== undefined))
      const heard = yield* Effect.raceFirst(
        Effect.asSome(socket.rest),
        Effect.as(TestClock.withLive(Effect.sleep("1 second")), Option.none<string>())
      )
      assert.isTrue(Option.isSome(heard), "the connection is still open")
    }).pipe(Effect.scoped)
  )
})

describe("a server whose storage cannot take files", () => {
  const broken = Layer.effect(
    ArtifactStore,
    Effect.map(ArtifactStore, (store) => {
      const check = Effect.fail(new ArtifactStoreFailed({ reason: "full", message: "canary" }))
      return ArtifactStore.of({ ...store, check })
    })
  )

  it.effect("says so in its health and refuses to create, both with the time to wait", () =>
    Effect.gen(function* () {
      const kept = broken.pipe(Layer.provideMerge(stores(yield* temporaryFolder)))
      const { origin } = yield* serveKit(MemoryService.programs({}).pipe(Layer.provideMerge(kept)))
      const health = yield* send(origin, { path: "/healthz" })
      const command = "image-skill healthz"
      assertEnvelope(health, { status: 503, exit: 1, code: "INTERNAL_ERROR", command })
      assert.strictEqual(health.headers["retry-after"], "30")
      assert.deepStrictEqual(jsonField(jsonField(jsonField(json(health), "error"), "details"), "checks"), {
        database: "ok",
        artifact_storage: "failed",
        feedback_storage: "ok",
        model_registry: "ok"
      })
      const token = yield* signUp(origin, "painter")
      const refused = yield* send(origin, post("/v1/create", { prompt: "a red boat" }, bearer(token)))
      assertEnvelope(refused, { status: 503, exit: 9, code: "ARTIFACT_STORAGE_UNAVAILABLE", ...create })
      assert.strictEqual(refused.headers["retry-after"], "30")
      assert.notInclude(`${health.text}${refused.text}`, "canary")
    }).pipe(Effect.scoped)
  )
})

describe("a port that is taken", () => {
  it.effect("is said to be", () =>
    Effect.gen(function* () {
      const { apiBaseUrl } = yield* served
      const options = { port: Number(new URL(apiBaseUrl).port) }
      const error = yield* Effect.flip(Effect.flatMap(temporaryFolder, (folder) => serve(folder, options)))
      assert.strictEqual(error._tag, "ServeError")
    }).pipe(Effect.scoped)
  )
})
