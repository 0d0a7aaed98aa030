import { assert, describe, it } from "@effect/vitest"
import { ActivityLog } from "@image-skill/core/activity/ActivityLog"
import { jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import { MediaProviderError } from "@image-skill/core/media/MediaProvider"
import * as FakeMediaProvider from "@image-skill/testing/media/FakeMediaProvider"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { code, jobIdOf, recovery, world } from "./JobWorld.ts"

const blip = (reason: MediaProviderError["reason"]) =>
  new MediaProviderError({ provider: "fake", reason, message: "the connection broke" })

/** Polls of one answer are these many at most, in this time. */
const long = "10 minutes"

describe("a job in the queue of a provider", () => {
  it.effect("is written with its handle before anybody polls", () =>
    Effect.gen(function* () {
      const polled: Array<unknown> = []
      const w = yield* world({
        script: () => FakeMediaProvider.queue(2),
        wrap: (provider, { rows }) => ({
          ...provider,
          poll: (handle) =>
            Effect.tap(provider.poll(handle), () =>
              Effect.map(rows, (all) => polled.push(...all.map((row) => [row.step, row.handle])))
            )
        })
      })
      const answer = yield* w.create({ waitMs: 0 })
      yield* TestClock.adjust(long)
      const job = yield* w.row(jobIdOf(answer))
      assert.strictEqual(job.status, "completed")
      assert.strictEqual(polled.length, 3)
      for (const row of polled) assert.deepStrictEqual(row, ["polling", job.handle])
      yield* w.settled(9)
    })
  )

  it.effect("is not failed by polls that fail", () =>
    Effect.gen(function* () {
      let polls = 0
      const w = yield* world({
        script: () => FakeMediaProvider.queue(1),
        wrap: (provider) => ({
          ...provider,
          poll: (handle) => {
            polls += 1
            return polls % 3 === 0
              ? provider.poll(handle)
              : Effect.fail(blip(polls % 2 === 0 ? "unavailable" : "unknown"))
          }
        })
      })
      const answer = yield* w.create({ waitMs: 0 })
      yield* TestClock.adjust(long)
      assert.strictEqual((yield* w.row(jobIdOf(answer))).status, "completed")
      assert.strictEqual(polls, 6)
      yield* w.settled(9)
    })
  )

  it.effect("is polled no sooner than its provider wants, and at least twice a minute", () =>
    Effect.gen(function* () {
      const patient = yield* world({ script: () => FakeMediaProvider.queue(1_000, { retryAfterMillis: 20_000 }) })
      yield* patient.create({ waitMs: 0 })
      yield* TestClock.adjust("101 seconds")
      assert.strictEqual(yield* patient.provider.polls, 6)
      const idle = yield* world({ script: () => FakeMediaProvider.queue(1_000, { retryAfterMillis: 3_600_000 }) })
      yield* idle.create({ waitMs: 0 })
      yield* TestClock.adjust("91 seconds")
      assert.strictEqual(yield* idle.provider.polls, 4)
    })
  )

  it.effect("is gone on with by its handle after a restart, and not submitted again", () =>
    Effect.gen(function* () {
      const w = yield* world({ script: () => FakeMediaProvider.queue(20) })
      const jobId = jobIdOf(yield* w.create({ waitMs: 0, idempotencyKey: "boat-1" }))
      yield* TestClock.adjust("10 seconds")
      yield* w.stop
      const polls = yield* w.provider.polls
      assert.isAbove(polls, 0)
      yield* TestClock.adjust(long)
      assert.strictEqual(yield* w.provider.polls, polls)
      const later = yield* w.another()
      yield* later.wake
      yield* TestClock.adjust(long)
      const again = yield* later.create({ idempotencyKey: "boat-1" })
      assert.isTrue(again.envelope.ok)
      assert.strictEqual(jobIdOf(again), jobId)
      assert.strictEqual((yield* w.provider.calls).length, 1)
      assert.strictEqual(yield* w.provider.polls, 21)
      yield* w.settled(9)
    })
  )

  it.effect("that never ends is stopped at the provider after two hours, and costs nothing", () =>
    Effect.gen(function* () {
      const w = yield* world({ script: () => FakeMediaProvider.queue(1_000_000) })
      const jobId = jobIdOf(yield* w.create({ waitMs: 0, idempotencyKey: "boat-1" }))
      yield* TestClock.adjust("119 minutes")
      assert.strictEqual((yield* w.row(jobId)).status, "running")
      assert.strictEqual(yield* w.provider.cancels, 0)
      yield* TestClock.adjust("2 minutes")
      const { error, outcome, status, step } = yield* w.row(jobId)
      assert.deepStrictEqual([status, step, outcome, error?.code], ["failed", "ended", "unknown", "PROVIDER_TIMEOUT"])
      assert.strictEqual(yield* w.provider.cancels, 1)
      const again = yield* w.create({ idempotencyKey: "boat-1" })
      assert.strictEqual(code(again), "PROVIDER_TIMEOUT")
      assert.strictEqual(jsonField(again.envelope.error, "outcome"), "unknown")
      assert.strictEqual(jsonField(again.envelope.error, "money_moved"), "no")
      assert.strictEqual((yield* w.provider.calls).length, 1)
      yield* w.settled(0)
    })
  )

  it.effect("that its provider has forgotten ends with an unknown outcome, and costs nothing", () =>
    Effect.gen(function* () {
      const w = yield* world({ script: () => FakeMediaProvider.queue(2, { ends: "Gone" }) })
      const answer = yield* Effect.andThen(w.create({ waitMs: 0 }), (first) => Effect.as(TestClock.adjust(long), first))
      const { outcome, status } = yield* w.row(jobIdOf(answer))
      assert.deepStrictEqual([status, outcome], ["failed", "unknown"])
      yield* w.settled(0)
    })
  )

  for (const [ends, expected] of [
    ["rejected", "PROVIDER_FAILURE"],
    ["content_refused", "CONTENT_POLICY_DENIED"]
  ] as const) {
    it.effect(`that is ${ends} while it is polled costs nothing and frees its key`, () =>
      Effect.gen(function* () {
        const w = yield* world({ script: () => FakeMediaProvider.queue(2, { ends }) })
        const jobId = jobIdOf(yield* w.create({ waitMs: 0, idempotencyKey: "boat-1" }))
        yield* TestClock.adjust(long)
        const { error, keyActive, outcome, status } = yield* w.row(jobId)
        assert.deepStrictEqual([status, outcome, error?.code, keyActive], ["failed", null, expected, false])
        yield* w.settled(0)
      })
    )
  }

  it.effect("whose provider was taken out of the configuration waits for it to come back", () =>
    Effect.gen(function* () {
      const w = yield* world({ script: () => FakeMediaProvider.queue(20) })
      const jobId = jobIdOf(yield* w.create({ waitMs: 0, idempotencyKey: "boat-1" }))
      yield* TestClock.adjust("10 seconds")
      yield* w.stop
      const without = yield* w.another({ providers: [] })
      yield* without.sweep
      yield* TestClock.adjust("90 minutes")
      yield* without.sweep
      const waiting = yield* w.row(jobId)
      assert.deepStrictEqual([waiting.status, waiting.step], ["running", "polling"])
      assert.strictEqual(jsonField(yield* without.limits, "preview_credits_reserved"), 9)
      yield* without.stop
      const back = yield* w.another()
      yield* TestClock.adjust("2 minutes")
      yield* back.wake
      yield* TestClock.adjust(long)
      assert.strictEqual((yield* w.row(jobId)).status, "completed")
      assert.strictEqual((yield* w.provider.calls).length, 1)
      yield* w.settled(9)
    })
  )

  it.effect("whose provider never comes back is given up when its reservation is over", () =>
    Effect.gen(function* () {
      const w = yield* world({ script: () => FakeMediaProvider.queue(20) })
      const jobId = jobIdOf(yield* w.create({ waitMs: 0 }))
      yield* TestClock.adjust("10 seconds")
      yield* w.stop
      const without = yield* w.another({ providers: [] })
      yield* TestClock.adjust("121 minutes")
      yield* without.sweep
      const { outcome, status } = yield* w.row(jobId)
      assert.deepStrictEqual([status, outcome], ["failed", "unknown"])
      yield* w.settled(0)
    })
  )
})

describe("two processes", () => {
  it.effect("that poll one job because a lease was lost close its books once", () =>
    Effect.gen(function* () {
      const w = yield* world({ script: () => FakeMediaProvider.queue(40) })
      w.faults.noRenewal = true
      const jobId = jobIdOf(yield* w.create({ waitMs: 0 }))
      yield* TestClock.adjust("11 seconds")
      const rival = yield* w.another()
      assert.strictEqual(yield* rival.wake, 1)
      yield* TestClock.adjust(long)
      yield* Effect.all([w.idle, rival.idle])
      const { handle, receipt, status } = yield* w.row(jobId)
      assert.strictEqual(status, "completed")
      assert.deepStrictEqual(receipt?.captured, { preview: 9, paid: 0 })
      assert.isNotNull(handle)
      assert.strictEqual((yield* w.provider.calls).length, 1)
      assert.isFalse(yield* w.spooled(jobId))
      yield* w.settled(9)
    })
  )

  it.effect("of which one hears too late that the job was refused tell of its end once", () =>
    Effect.gen(function* () {
      const gate = yield* Deferred.make<void>()
      let polls = 0
      const w = yield* world({
        script: () => FakeMediaProvider.queue(0, { ends: "rejected" }),
        wrap: (provider) => ({
          ...provider,
          poll: (handle) =>
            Effect.suspend(() => {
              polls += 1
              return polls === 1 ? Effect.andThen(Deferred.await(gate), provider.poll(handle)) : provider.poll(handle)
            })
        })
      })
      w.faults.noRenewal = true
      const jobId = jobIdOf(yield* w.create({ waitMs: 0 }))
      yield* TestClock.adjust("11 seconds")
      const rival = yield* w.another()
      yield* rival.sweep
      const ended = yield* w.row(jobId)
      assert.strictEqual(ended.status, "failed")
      yield* TestClock.adjust("1 minute")
      yield* Deferred.succeed(gate, undefined)
      yield* w.idle
      assert.strictEqual(polls, 2)
      assert.deepStrictEqual(yield* w.row(jobId), ended)
      const activity = yield* w.run(ActivityLog)
      const query = { organizationId: w.agent.organizationId, reference: jobId, limit: 10, after: null }
      assert.deepStrictEqual(
        (yield* activity.list(query)).map(({ type }) => type),
        ["job.completed"]
      )
      yield* w.settled(0)
    })
  )
})

describe("an answer that comes after its lease was lost", () => {
  it.effect("is found when the reservation would end, paid for once, and not asked for again", () =>
    Effect.gen(function* () {
      const gate = yield* Deferred.make<void>()
      const w = yield* world({ script: () => ({ _tag: "WaitFor", signal: Deferred.await(gate) }) })
      w.faults.noRenewal = true
      const jobId = jobIdOf(yield* w.create({ waitMs: 0, idempotencyKey: "boat-1" }))
      yield* TestClock.adjust("11 seconds")
      const rival = yield* w.another()
      assert.strictEqual(yield* rival.sweep, 1)
      assert.strictEqual((yield* w.row(jobId)).outcome, "unknown")
      yield* Deferred.succeed(gate, undefined)
      yield* w.idle
      assert.isTrue(yield* w.spooled(jobId))
      yield* TestClock.adjust("16 minutes")
      yield* rival.sweep
      const { outcome, status } = yield* w.row(jobId)
      assert.deepStrictEqual([status, outcome], ["completed", null])
      assert.isFalse(yield* w.spooled(jobId))
      assert.strictEqual((yield* w.provider.calls).length, 1)
      yield* w.settled(9)
    })
  )
})

describe("a sweep", () => {
  it.effect("of many jobs is not kept waiting by one that is polled for an hour", () =>
    Effect.gen(function* () {
      const w = yield* world({
        script: ({ prompt }) => FakeMediaProvider.queue(prompt === "slow" ? 1_500 : 20),
        limits: { previewCredits: 200 }
      })
      const slow = jobIdOf(yield* w.create({ waitMs: 0, prompt: "slow" }))
      const ids = yield* Effect.forEach(["1", "2", "3", "4", "5", "6"], (prompt) =>
        Effect.map(w.create({ waitMs: 0, prompt }), jobIdOf)
      )
      yield* TestClock.adjust("5 seconds")
      yield* w.stop
      const later = yield* w.another()
      const sweep = yield* Effect.forkChild(later.sweep)
      yield* TestClock.adjust("2 minutes")
      for (const id of ids) assert.strictEqual((yield* w.row(id)).status, "completed")
      assert.strictEqual((yield* w.row(slow)).status, "running")
      assert.isUndefined(sweep.pollUnsafe())
      assert.strictEqual(yield* later.wake, 0)
      yield* TestClock.adjust("2 hours")
      assert.strictEqual((yield* w.row(slow)).status, "completed")
      assert.strictEqual((yield* w.provider.calls).length, 7)
      yield* w.settled(63)
    })
  )

  it.effect("gives up a job at the end of its time even if its provider breaks on it", () =>
    Effect.gen(function* () {
      const w = yield* world({
        script: () => FakeMediaProvider.queue(3),
        wrap: (provider) => ({ ...provider, poll: () => Effect.die(new Error("a bug of the adapter")) })
      })
      const jobId = jobIdOf(yield* w.create())
      yield* TestClock.adjust("121 minutes")
      yield* w.sweep
      const { outcome, status } = yield* w.row(jobId)
      assert.deepStrictEqual([status, outcome], ["failed", "unknown"])
      yield* w.settled(0)
    })
  )
})

describe("a request with a limit to its patience", () => {
  for (const waitMs of [0, 2_000]) {
    it.effect(`of ${waitMs} ms is answered with the job id, and the job goes on`, () =>
      Effect.gen(function* () {
        const w = yield* world({ script: () => FakeMediaProvider.queue(30) })
        const asked = yield* Effect.forkChild(w.create({ waitMs, idempotencyKey: "boat-1" }))
        yield* Effect.yieldNow
        yield* TestClock.adjust(waitMs)
        const answer = asked.pollUnsafe()
        assert(answer?._tag === "Success")
        assert.strictEqual(code(answer.value), "PROVIDER_TIMEOUT")
        assert.strictEqual(answer.value.exitCode, 8)
        assert.match(textField(answer.value.envelope.error, "message"), /do not run it again/u)
        assert.strictEqual(
          recovery(answer.value, "suggested_command"),
          `image-skill jobs wait --job-id ${jobIdOf(answer.value)} --json`
        )
        yield* TestClock.adjust(long)
        assert.strictEqual((yield* w.row(jobIdOf(answer.value))).status, "completed")
        yield* w.settled(9)
      })
    )
  }

  it.effect("leaves the provider's work to whoever asks next with the same key", () =>
    Effect.gen(function* () {
      const gate = yield* Deferred.make<void>()
      const w = yield* world({ script: () => ({ _tag: "WaitFor", signal: Deferred.await(gate) }) })
      const first = yield* w.create({ waitMs: 0, idempotencyKey: "boat-1" })
      const second = yield* Effect.forkChild(w.create({ idempotencyKey: "boat-1" }))
      yield* Effect.yieldNow
      yield* Deferred.succeed(gate, undefined)
      yield* w.idle
      yield* TestClock.adjust("1 second")
      const answer = second.pollUnsafe()
      assert(answer?._tag === "Success")
      assert.isTrue(answer.value.envelope.ok)
      assert.strictEqual(jobIdOf(answer.value), jobIdOf(first))
      assert.strictEqual((yield* w.provider.calls).length, 1)
      yield* w.settled(9)
    })
  )
})
