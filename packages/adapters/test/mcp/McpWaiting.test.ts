import { assert, describe, it } from "@effect/vitest"
import { patience } from "@image-skill/adapters/mcp/McpOptions"
import { Agent } from "@image-skill/core/agent/Agent"
import { jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import type { ServiceApi } from "@image-skill/core/service/ServiceApi"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { agentOver, connected } from "./Connected.ts"

const picture = { prompt: "a slow fox", model: "local.storyboard", idempotency_key: "slow-1" }

/** A service whose creates are not answered before the gate opens; `asked` opens when the first one is there. */
const slow = Effect.map(Effect.all([Deferred.make<void>(), Deferred.make<void>()]), ([gate, asked]) => ({
  gate,
  asked,
  layer: agentOver((service): ServiceApi["Service"] => ({
    ...service,
    create: (request, token) =>
      Deferred.succeed(asked, undefined).pipe(
        Effect.andThen(Deferred.await(gate)),
        Effect.andThen(service.create(request, token))
      )
  }))
}))

const jobCount = Effect.gen(function* () {
  const { ask } = yield* Agent
  const jobs = jsonField((yield* ask("jobsList", {})).envelope.data, "jobs")
  return Array.isArray(jobs) ? jobs.length : 0
})

/** The job is there by itself, and its key finds it again. The agent is asked, not the MCP server. */
const madeOnce = Effect.gen(function* () {
  const { ask } = yield* Agent
  yield* Effect.repeat(jobCount, { while: (count) => count === 0, schedule: Schedule.spaced("10 millis") }).pipe(
    Effect.timeout("5 seconds")
  )
  const { envelope } = yield* ask("create", picture)
  assert.strictEqual(textField(envelope.data, "status"), "completed")
  assert.strictEqual(yield* jobCount, 1)
})

describe("a call that takes long", () => {
  it.live("is answered in time with what to call instead, and what it began goes on once", () =>
    Effect.gen(function* () {
      const { asked, gate, layer } = yield* slow
      yield* Effect.gen(function* () {
        const { call } = yield* connected({ patience: { ...patience, answer: Duration.millis(300) } })
        yield* call("signup", { agent_name: "painter" })
        const { isError, structuredContent } = yield* call("create", picture)
        assert.isTrue(isError)
        assert.deepInclude(structuredContent.error, { code: "TIMEOUT", outcome: "unknown", retryable: true })
        assert.match(textField(structuredContent.error, "message"), /do not run it again but with .* slow-1$/u)
        assert.strictEqual(structuredContent.next_tools[0]?.tool, "jobs_list")
        yield* Deferred.await(asked)
        yield* Deferred.succeed(gate, undefined)
        yield* madeOnce
      }).pipe(Effect.scoped, Effect.provide(layer))
    })
  )

  it.live("names its job in the answer, once the job is known, and waits for it in the next call", () =>
    Effect.gen(function* () {
      const gate = yield* Deferred.make<void>()
      const layer = agentOver((service) => ({
        ...service,
        create: (request, token) => Effect.tap(service.create(request, token), () => Deferred.await(gate))
      }))
      yield* Effect.gen(function* () {
        const { call } = yield* connected({ patience: { ...patience, answer: Duration.millis(900) } })
        yield* call("signup", { agent_name: "painter" })
        const { structuredContent } = yield* call("create", picture)
        const [next] = structuredContent.next_tools
        assert.strictEqual(next?.tool, "jobs_wait")
        assert.strictEqual(
          textField(jsonField(structuredContent.error, "recovery"), "job_id"),
          next?.arguments["job_id"]
        )
        const waited = yield* call(next?.tool ?? "", next?.arguments)
        assert.strictEqual(textField(jsonField(waited.structuredContent.data, "job"), "status"), "completed")
        yield* Deferred.succeed(gate, undefined)
      }).pipe(Effect.scoped, Effect.provide(layer))
    })
  )

  it.live("waits no longer than a client does, whatever it asks for", () =>
    Effect.gen(function* () {
      const waits: Array<number | undefined> = []
      const layer = agentOver((service) => ({
        ...service,
        create: (request, token) => {
          waits.push(request.waitMs)
          return service.create(request, token)
        }
      }))
      yield* Effect.gen(function* () {
        const { call } = yield* connected()
        yield* call("signup", { agent_name: "painter" })
        yield* call("create", { ...picture, idempotency_key: "a" })
        yield* call("create", { ...picture, idempotency_key: "b", wait_ms: 280_000 })
        yield* call("create", { ...picture, idempotency_key: "c", wait_ms: 5 })
        const wrong = yield* call("create", { ...picture, wait_ms: "long" })
        assert.deepInclude(wrong.structuredContent.error, { code: "INVALID_ARGUMENTS" })
      }).pipe(Effect.scoped, Effect.provide(layer))
      assert.deepStrictEqual(waits, [30_000, 35_000, 5])
    })
  )

  it.live("tells how it goes on to a client that wants to know", () =>
    Effect.gen(function* () {
      const { call } = yield* connected()
      yield* call("signup", { agent_name: "painter" })
      const told: Array<number> = []
      yield* call("create", picture, { onprogress: ({ progress }) => told.push(progress) })
      assert.strictEqual(told[0], 1)
      assert.deepStrictEqual(
        told,
        told.toSorted((left, right) => left - right)
      )
    }).pipe(Effect.scoped, Effect.provide(agentOver((service) => service)))
  )

  it.live("is given up by its client, and what was paid for is made all the same", () =>
    Effect.gen(function* () {
      const { asked, gate, layer } = yield* slow
      yield* Effect.gen(function* () {
        const { call, client, transport } = yield* connected()
        yield* call("signup", { agent_name: "painter" })
        const stop = new AbortController()
        const given = client.callTool({ name: "create", arguments: picture }, undefined, { signal: stop.signal }).then(
          () => "answered",
          () => "given up"
        )
        yield* Deferred.await(asked)
        stop.abort()
        assert.strictEqual(yield* Effect.promise(() => given), "given up")
        yield* Effect.promise(() => client.ping())
        yield* Deferred.succeed(gate, undefined)
        yield* madeOnce
        // The third request was the create: a call that was given up is not answered (2025-11-25, cancellation).
        assert.notMatch(transport.written(), /slow-1/u)
      }).pipe(Effect.scoped, Effect.provide(layer))
    })
  )
})
