import { assert, describe, it } from "@effect/vitest"
import type { Answer } from "@image-skill/core/envelope/Envelope"
import { jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import { JobStore } from "@image-skill/core/jobs/JobStore"
import { MediaProviderError } from "@image-skill/core/media/MediaProvider"
import * as FakeMediaProvider from "@image-skill/testing/media/FakeMediaProvider"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { code, data, jobIdOf, world, type World } from "./JobWorld.ts"

const state = (answer: Answer) => jsonField(data(answer, "cancellation"), "state")
const billing = (answer: Answer) => textField(data(answer, "cancellation"), "billing")

/** Cancels while the clock runs. */
const canceled = Effect.fnUntraced(function* (w: Pick<World, "cancel">, jobId: string) {
  const fiber = yield* Effect.forkChild(w.cancel(jobId))
  yield* Effect.yieldNow
  yield* TestClock.adjust("10 seconds")
  return yield* Fiber.join(fiber)
})

describe("a job in a queue", () => {
  it.effect("that is stopped in time is canceled, and costs nothing", () =>
    Effect.gen(function* () {
      const w = yield* world({ script: () => FakeMediaProvider.queue(100) })
      const jobId = jobIdOf(yield* w.create({ waitMs: 0, idempotencyKey: "boat-1" }))
      yield* TestClock.adjust("5 seconds")
      const answer = yield* canceled(w, jobId)
      assert.strictEqual(state(answer), "canceled")
      assert.match(billing(answer), /0 credits were charged/u)
      const { keyActive, status, step } = yield* w.row(jobId)
      assert.deepStrictEqual([status, step, keyActive], ["canceled", "ended", false])
      assert.isAtLeast(yield* w.provider.cancels, 1)
      yield* w.settled(0)
    })
  )

  it.effect("tells whoever waits for it that it was stopped", () =>
    Effect.gen(function* () {
      const w = yield* world({ script: () => FakeMediaProvider.queue(100) })
      const waiting = yield* Effect.forkChild(w.create())
      yield* TestClock.adjust("5 seconds")
      const [row] = yield* w.rows
      yield* canceled(w, row?.id ?? "")
      const answer = yield* Fiber.join(waiting)
      assert.isFalse(answer.envelope.ok)
      assert.match(textField(answer.envelope.error, "message"), /canceled before anything was made/u)
      assert.strictEqual(jsonField(answer.envelope.error, "retryable"), false)
      yield* w.settled(0)
    })
  )

  it.effect("that its provider finishes all the same is completed and charged", () =>
    Effect.gen(function* () {
      const w = yield* world({
        script: () => FakeMediaProvider.queue(20),
        wrap: (provider) => ({ ...provider, cancel: () => Effect.succeed("requested") })
      })
      const jobId = jobIdOf(yield* w.create({ waitMs: 0 }))
      yield* TestClock.adjust("5 seconds")
      const answer = yield* canceled(w, jobId)
      assert.strictEqual(state(answer), "requested")
      assert.match(billing(answer), /if it delivers all the same, up to 9 credits/u)
      yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* w.row(jobId)).status, "completed")
      const late = yield* canceled(w, jobId)
      assert.strictEqual(state(late), "too_late")
      assert.match(billing(late), /9 credits were charged/u)
      yield* w.settled(9)
    })
  )

  it.effect("of a provider that cannot stop is not said to be stopped", () =>
    Effect.gen(function* () {
      const w = yield* world({
        script: () => FakeMediaProvider.queue(20),
        wrap: (provider) => ({ ...provider, cancel: () => Effect.succeed("not_supported") })
      })
      const jobId = jobIdOf(yield* w.create({ waitMs: 0 }))
      yield* TestClock.adjust("5 seconds")
      assert.strictEqual(state(yield* canceled(w, jobId)), "not_possible")
      yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* w.row(jobId)).status, "completed")
      yield* w.settled(9)
    })
  )

  it.effect("of a provider that says it is done already is too late to stop", () =>
    Effect.gen(function* () {
      const w = yield* world({
        script: () => FakeMediaProvider.queue(20),
        wrap: (provider) => ({ ...provider, cancel: () => Effect.succeed("too_late") })
      })
      const jobId = jobIdOf(yield* w.create({ waitMs: 0 }))
      yield* TestClock.adjust("5 seconds")
      const answer = yield* canceled(w, jobId)
      assert.strictEqual(state(answer), "too_late")
      assert.match(billing(answer), /delivered already; up to 9 credits/u)
    })
  )

  it.effect("is stopped even if the provider was not reached at first", () =>
    Effect.gen(function* () {
      let tries = 0
      const w = yield* world({
        script: () => FakeMediaProvider.queue(10_000),
        wrap: (provider) => ({
          ...provider,
          cancel: (handle) => {
            tries += 1
            return tries < 5
              ? Effect.fail(new MediaProviderError({ provider: "fake", reason: "unavailable", message: "not reached" }))
              : provider.cancel(handle)
          }
        })
      })
      const jobId = jobIdOf(yield* w.create({ waitMs: 0 }))
      yield* TestClock.adjust("5 seconds")
      yield* canceled(w, jobId)
      yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* w.row(jobId)).status, "canceled")
      yield* w.settled(0)
    })
  )

  it.effect("is stopped by another process than the one that polls it", () =>
    Effect.gen(function* () {
      const w = yield* world({ script: () => FakeMediaProvider.queue(10_000) })
      const jobId = jobIdOf(yield* w.create({ waitMs: 0 }))
      yield* TestClock.adjust("5 seconds")
      const other = yield* w.another()
      const answer = yield* canceled(other, jobId)
      assert.include(["requested", "canceled"], state(answer))
      assert.strictEqual((yield* w.row(jobId)).status, "canceled")
      yield* w.settled(0)
    })
  )

  it.effect("whose provider is not configured is not said to be stopped, and is stopped once it is back", () =>
    Effect.gen(function* () {
      const w = yield* world({ script: () => FakeMediaProvider.queue(10_000) })
      const jobId = jobIdOf(yield* w.create({ waitMs: 0 }))
      yield* w.stop
      const without = yield* w.another({ providers: [] })
      assert.strictEqual(state(yield* canceled(without, jobId)), "not_possible")
      yield* without.stop
      const back = yield* w.another()
      yield* TestClock.adjust("2 minutes")
      yield* back.wake
      yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* w.row(jobId)).status, "canceled")
      yield* w.settled(0)
    })
  )

  it.effect("that is wanted stopped while it is being handed over is stopped", () =>
    Effect.gen(function* () {
      const gate = yield* Deferred.make<void>()
      const w = yield* world({
        script: () => FakeMediaProvider.queue(10_000),
        wrap: (provider) => ({
          ...provider,
          submit: (request) => Effect.andThen(Deferred.await(gate), provider.submit(request))
        })
      })
      const jobId = jobIdOf(yield* w.create({ waitMs: 0 }))
      const answer = yield* canceled(w, jobId)
      assert.strictEqual(state(answer), "not_possible")
      yield* Deferred.succeed(gate, undefined)
      yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* w.row(jobId)).status, "canceled")
      assert.strictEqual(yield* w.provider.cancels, 1)
      yield* w.settled(0)
    })
  )
})

describe("a job at any other step", () => {
  it.effect("that nobody has begun is canceled before its provider is called", () =>
    Effect.gen(function* () {
      const w = yield* world({ script: () => FakeMediaProvider.fail("unavailable") })
      const jobId = jobIdOf(yield* w.create({ idempotencyKey: "boat-1" }))
      const { run } = w
      const jobs = yield* run(JobStore)
      const job = yield* w.row(jobId)
      assert.isTrue(
        yield* jobs.claim(jobId, "test", job.dueAt, job.dueAt).pipe(Effect.map((row) => row._tag === "Some"))
      )
      assert.isTrue(yield* jobs.update({ ...job, step: "reserved", status: "queued", error: null }, "test"))
      const answer = yield* canceled(w, jobId)
      assert.strictEqual(state(answer), "canceled")
      assert.strictEqual((yield* w.provider.calls).length, 1)
      yield* w.settled(0)
    })
  )

  it.effect("that waits for another try is canceled", () =>
    Effect.gen(function* () {
      const w = yield* world({ script: () => FakeMediaProvider.fail("unavailable") })
      const jobId = jobIdOf(yield* w.create({ idempotencyKey: "boat-1" }))
      assert.strictEqual(state(yield* canceled(w, jobId)), "canceled")
      assert.strictEqual((yield* w.provider.calls).length, 1)
      yield* w.settled(0)
    })
  )

  it.effect("that is with a synchronous provider cannot be stopped, and is charged if it is made", () =>
    Effect.gen(function* () {
      const gate = yield* Deferred.make<void>()
      const w = yield* world({ script: () => ({ _tag: "WaitFor", signal: Deferred.await(gate) }) })
      const jobId = jobIdOf(yield* w.create({ waitMs: 0 }))
      const answer = yield* canceled(w, jobId)
      assert.strictEqual(state(answer), "not_possible")
      assert.match(billing(answer), /if it delivers, up to 9 credits are charged/u)
      yield* Deferred.succeed(gate, undefined)
      yield* w.idle
      assert.strictEqual((yield* w.row(jobId)).status, "completed")
      yield* w.settled(9)
    })
  )

  it.effect("that is with a provider that then turns it down is canceled, not kept for another try", () =>
    Effect.gen(function* () {
      const gate = yield* Deferred.make<void>()
      const w = yield* world({
        script: () => FakeMediaProvider.fail("unavailable"),
        wrap: (provider) => ({
          ...provider,
          submit: (request) => Effect.andThen(Deferred.await(gate), provider.submit(request))
        })
      })
      const jobId = jobIdOf(yield* w.create({ waitMs: 0, idempotencyKey: "boat-1" }))
      yield* canceled(w, jobId)
      yield* Deferred.succeed(gate, undefined)
      yield* w.idle
      assert.strictEqual((yield* w.row(jobId)).status, "canceled")
      yield* w.settled(0)
    })
  )

  it.effect("whose outcome is unknown is not said to be stopped", () =>
    Effect.gen(function* () {
      const w = yield* world({ script: () => ({ _tag: "Lost" }) })
      const jobId = jobIdOf(yield* w.create({ idempotencyKey: "boat-1" }))
      assert.strictEqual(state(yield* canceled(w, jobId)), "not_possible")
      yield* TestClock.adjust("16 minutes")
      yield* w.sweep
      const { outcome, status } = yield* w.row(jobId)
      assert.deepStrictEqual([status, outcome], ["failed", "unknown"])
      assert.strictEqual((yield* w.provider.calls).length, 1)
      yield* w.settled(0)
    })
  )

  it.effect("whose answer is kept but not stored has been delivered: it is too late", () =>
    Effect.gen(function* () {
      const w = yield* world()
      w.faults.store = "full"
      const jobId = jobIdOf(yield* w.create())
      const answer = yield* canceled(w, jobId)
      assert.strictEqual(state(answer), "too_late")
      assert.match(billing(answer), /delivered already; up to 9 credits/u)
      w.faults.store = null
      yield* TestClock.adjust("2 minutes")
      yield* w.sweep
      assert.strictEqual((yield* w.row(jobId)).status, "completed")
      yield* w.settled(9)
    })
  )

  it.effect("that has ended is left as it ended", () =>
    Effect.gen(function* () {
      const w = yield* world({
        script: (_, call) => (call === 0 ? FakeMediaProvider.succeed : FakeMediaProvider.fail("rejected"))
      })
      const made = yield* canceled(w, jobIdOf(yield* w.create()))
      assert.deepStrictEqual([state(made), data(made, "status")], ["too_late", "completed"])
      assert.match(billing(made), /its 9 credits were charged/u)
      const failed = yield* canceled(w, jobIdOf(yield* w.create()))
      assert.deepStrictEqual([state(failed), data(failed, "status")], ["too_late", "failed"])
      assert.match(billing(failed), /charged 0 credits/u)
      const planned = yield* canceled(w, jobIdOf(yield* w.create({ dryRun: true })))
      assert.deepStrictEqual([state(planned), data(planned, "status")], ["too_late", "planned"])
      assert.match(billing(planned), /charged 0 credits/u)
      yield* w.settled(9)
    })
  )

  it.effect("that is nobody's or somebody else's is not found", () =>
    Effect.gen(function* () {
      const w = yield* world()
      assert.strictEqual(code(yield* w.cancel("job_00000000000000000000")), "JOB_NOT_FOUND")
    })
  )
})
