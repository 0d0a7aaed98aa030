import { assert, describe, it } from "@effect/vitest"
import { jsonField } from "@image-skill/core/envelope/JsonFields"
import { type MediaProvider, MediaProviderError } from "@image-skill/core/media/MediaProvider"
import * as FakeMediaProvider from "@image-skill/testing/media/FakeMediaProvider"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { code, jobIdOf, recovery, type World, world } from "./JobWorld.ts"

const broken = (reason: MediaProviderError["reason"]) =>
  new MediaProviderError({ provider: "fake", reason, message: "the download broke off" })

/** Asks with one and the same key, and lets the clock run while it is answered. */
const asked = Effect.fnUntraced(function* (w: Pick<World, "create">) {
  const fiber = yield* Effect.forkChild(w.create({ idempotencyKey: "boat-1" }))
  yield* Effect.yieldNow
  yield* TestClock.adjust("20 seconds")
  return yield* Fiber.join(fiber)
})

/** Counts how often answers are read. */
const reading =
  (note: () => void) =>
  (provider: FakeMediaProvider.FakeMediaProvider): MediaProvider => ({
    ...provider,
    outputs: (...read) => Effect.andThen(Effect.sync(note), provider.outputs(...read))
  })

/** Breaks off the first downloads. */
const breaking = (times: number, reason: MediaProviderError["reason"] = "unavailable") => {
  let left = times
  return (provider: FakeMediaProvider.FakeMediaProvider): MediaProvider => ({
    ...provider,
    outputs: (...read) =>
      Effect.map(provider.outputs(...read), (result) => ({
        ...result,
        outputs: result.outputs.map(({ body, facts }) => ({
          facts,
          body: Stream.suspend(() => {
            left -= 1
            return left >= 0 ? Stream.concat(Stream.take(body, 1), Stream.fail(broken(reason))) : body
          })
        }))
      }))
  })
}

describe("an answer", () => {
  for (const [kind, behaviour] of [
    ["a synchronous provider", FakeMediaProvider.succeed],
    ["a queue", FakeMediaProvider.queue(1)]
  ] as const) {
    it.effect(`of ${kind} is kept before anything reads it, and forgotten once its outputs are stored`, () =>
      Effect.gen(function* () {
        const w = yield* world({
          script: () => behaviour,
          wrap: (provider, { traces }) => reading(() => traces.push("read"))(provider)
        })
        const answer = yield* asked(w)
        assert.isTrue(answer.envelope.ok)
        assert.deepStrictEqual(w.traces.slice(0, 4), ["spool", "read", "store", "forget"])
        assert.isFalse(yield* w.spooled(jobIdOf(answer)))
        yield* w.settled(9)
      })
    )

    it.effect(`of ${kind} that cannot be stored is repaired later, and the provider is not called again`, () =>
      Effect.gen(function* () {
        const w = yield* world({ script: () => behaviour })
        w.faults.store = "full"
        const failed = yield* asked(w)
        assert.strictEqual(code(failed), "ARTIFACT_STORAGE_WRITE_FAILED")
        assert.strictEqual(failed.exitCode, 9)
        assert.strictEqual(jsonField(failed.envelope.error, "retryable"), false)
        const jobId = jobIdOf(failed)
        assert.strictEqual(recovery(failed, "suggested_command"), `image-skill jobs show --job-id ${jobId} --json`)
        assert.strictEqual(code(yield* asked(w)), "ARTIFACT_STORAGE_WRITE_FAILED")
        assert.strictEqual(jsonField(yield* w.limits, "preview_credits_reserved"), 9)
        w.faults.store = null
        yield* TestClock.adjust("1 minute")
        yield* w.sweep
        assert.strictEqual((yield* w.row(jobId)).status, "completed")
        const again = yield* asked(w)
        assert.strictEqual(jsonField(jsonField(again.envelope.data, "idempotency"), "replayed"), true)
        assert.strictEqual(jobIdOf(again), jobId)
        assert.strictEqual((yield* w.provider.calls).length, 1)
        assert.isFalse(yield* w.spooled(jobId))
        yield* w.settled(9)
      })
    )

    it.effect(`of ${kind} that is never stored is given up after a day, costs nothing and is forgotten`, () =>
      Effect.gen(function* () {
        const w = yield* world({ script: () => behaviour })
        w.faults.store = "full"
        const jobId = jobIdOf(yield* asked(w))
        yield* TestClock.adjust("23 hours")
        yield* w.sweep
        assert.strictEqual((yield* w.row(jobId)).status, "running")
        yield* TestClock.adjust("61 minutes")
        yield* Effect.forkChild(w.sweep)
        yield* TestClock.adjust("20 seconds")
        const { error, outcome, status } = yield* w.row(jobId)
        assert.deepStrictEqual([status, outcome, error?.code], ["failed", null, "ARTIFACT_STORAGE_WRITE_FAILED"])
        assert.isFalse(yield* w.spooled(jobId))
        w.faults.store = null
        assert.strictEqual(code(yield* asked(w)), "ARTIFACT_STORAGE_WRITE_FAILED")
        assert.strictEqual((yield* w.provider.calls).length, 1)
        yield* w.settled(0)
      })
    )
  }

  it.effect("whose provider is gone for good is given up after a day, and forgotten", () =>
    Effect.gen(function* () {
      const w = yield* world()
      w.faults.store = "full"
      const jobId = jobIdOf(yield* asked(w))
      yield* w.stop
      const without = yield* w.another({ providers: [] })
      yield* TestClock.adjust("25 hours")
      yield* without.sweep
      assert.strictEqual((yield* w.row(jobId)).status, "failed")
      assert.isFalse(yield* w.spooled(jobId))
      yield* w.settled(0)
    })
  )

  it.effect("that a process kept right before it died is read by the next one, whatever its queue still knows", () =>
    Effect.gen(function* () {
      const now = { isForgotten: false, isReadable: false }
      const w = yield* world({
        script: () => FakeMediaProvider.queue(0),
        wrap: (provider) => ({
          ...provider,
          poll: (handle) => (now.isForgotten ? Effect.succeed({ _tag: "Gone" }) : provider.poll(handle)),
          outputs: (...read) => (now.isReadable ? provider.outputs(...read) : Effect.never)
        })
      })
      yield* Effect.forkChild(w.create({ idempotencyKey: "boat-1" }))
      yield* Effect.yieldNow
      yield* TestClock.adjust("1 second")
      const [open] = yield* w.rows
      const jobId = open?.id ?? ""
      assert.strictEqual(open?.step, "polling")
      assert.isTrue(yield* w.spooled(jobId))
      yield* w.stop
      Object.assign(now, { isForgotten: true, isReadable: true })
      const next = yield* w.another()
      yield* next.sweep
      assert.strictEqual((yield* w.row(jobId)).status, "completed")
      assert.isFalse(yield* w.spooled(jobId))
      yield* w.settled(9)
    })
  )

  it.effect("that no disk takes is kept in memory, and its job repaired by the same process", () =>
    Effect.gen(function* () {
      const w = yield* world()
      w.faults.store = "full"
      w.faults.spoolFull = true
      const jobId = jobIdOf(yield* asked(w))
      assert.isFalse(yield* w.spooled(jobId))
      w.faults.store = null
      w.faults.spoolFull = false
      yield* TestClock.adjust("1 minute")
      yield* w.sweep
      assert.strictEqual((yield* w.row(jobId)).status, "completed")
      assert.strictEqual((yield* w.provider.calls).length, 1)
      yield* w.settled(9)
    })
  )

  it.effect("that was lost with its process costs nothing, and the provider is not called again", () =>
    Effect.gen(function* () {
      const w = yield* world()
      w.faults.store = "full"
      const jobId = jobIdOf(yield* asked(w))
      yield* w.stop
      w.faults.store = null
      w.faults.spoolGone = true
      const later = yield* w.another()
      yield* TestClock.adjust("1 minute")
      yield* later.sweep
      const { error, status } = yield* w.row(jobId)
      assert.deepStrictEqual([status, error?.code], ["failed", "ARTIFACT_STORAGE_WRITE_FAILED"])
      assert.strictEqual(code(yield* asked(later)), "ARTIFACT_STORAGE_WRITE_FAILED")
      assert.strictEqual((yield* w.provider.calls).length, 1)
      yield* w.settled(0)
    })
  )

  it.effect("of a queue that was lost with its process is fetched again", () =>
    Effect.gen(function* () {
      const w = yield* world({ script: () => FakeMediaProvider.queue(1) })
      w.faults.store = "full"
      const jobId = jobIdOf(yield* asked(w))
      yield* w.stop
      w.faults.store = null
      w.faults.spoolGone = true
      const later = yield* w.another()
      yield* TestClock.adjust("1 minute")
      yield* later.sweep
      assert.strictEqual((yield* w.row(jobId)).status, "completed")
      assert.strictEqual((yield* w.provider.calls).length, 1)
      yield* w.settled(9)
    })
  )

  it.effect("that cannot be read now is read later", () =>
    Effect.gen(function* () {
      const w = yield* world()
      w.faults.store = "full"
      const jobId = jobIdOf(yield* asked(w))
      w.faults.store = null
      w.faults.spoolUnreadable = true
      yield* TestClock.adjust("1 minute")
      yield* w.sweep
      assert.strictEqual((yield* w.row(jobId)).step, "repair")
      w.faults.spoolUnreadable = false
      yield* TestClock.adjust("1 minute")
      yield* w.sweep
      assert.strictEqual((yield* w.row(jobId)).status, "completed")
      assert.strictEqual((yield* w.provider.calls).length, 1)
      yield* w.settled(9)
    })
  )

  it.effect("that its adapter cannot read for a bug of its own is given up after a day", () =>
    Effect.gen(function* () {
      const w = yield* world({
        wrap: (provider) => ({ ...provider, outputs: () => Effect.die(new Error("a bug of the adapter")) })
      })
      const first = yield* asked(w)
      assert.isString(recovery(first, "job_id"))
      const jobId = jobIdOf(first)
      yield* TestClock.adjust("25 hours")
      yield* w.sweep
      const { status } = yield* w.row(jobId)
      assert.strictEqual(status, "failed")
      assert.isFalse(yield* w.spooled(jobId))
      assert.strictEqual((yield* w.provider.calls).length, 1)
      yield* w.settled(0)
    })
  )

  it.effect("that arrives while its process is being stopped is not lost", () =>
    Effect.gen(function* () {
      for (const behaviour of [FakeMediaProvider.succeed, FakeMediaProvider.queue(1)]) {
        const gate = yield* Deferred.make<void>()
        const w = yield* world({
          script: () => behaviour,
          wrap: (provider) => ({
            ...provider,
            submit: (request) => Effect.tap(provider.submit(request), () => Deferred.await(gate))
          })
        })
        const jobId = jobIdOf(yield* w.create({ waitMs: 0 }))
        const stopping = yield* Effect.forkChild(w.stop)
        yield* TestClock.adjust("1 second")
        yield* Deferred.succeed(gate, undefined)
        yield* Fiber.join(stopping)
        // By its handle in the row or its answer in the spool: either is found by whoever comes next.
        assert.isTrue((yield* w.spooled(jobId)) || (yield* w.row(jobId)).handle !== null)
        const later = yield* w.another()
        yield* later.wake
        yield* TestClock.adjust("20 seconds")
        assert.strictEqual((yield* w.row(jobId)).status, "completed")
        assert.strictEqual((yield* w.provider.calls).length, 1)
        yield* w.settled(9)
      }
    })
  )
})

describe("a download", () => {
  it.effect("that breaks off twice is made again, and nobody notices", () =>
    Effect.gen(function* () {
      const w = yield* world({ wrap: breaking(2) })
      assert.isTrue((yield* asked(w)).envelope.ok)
      assert.strictEqual((yield* w.provider.calls).length, 1)
      yield* w.settled(9)
    })
  )

  it.effect("that breaks off more often is left to the repair", () =>
    Effect.gen(function* () {
      const w = yield* world({ wrap: breaking(3, "unknown") })
      const failed = yield* asked(w)
      assert.strictEqual(code(failed), "ARTIFACT_STORAGE_WRITE_FAILED")
      yield* TestClock.adjust("1 minute")
      yield* w.sweep
      assert.strictEqual((yield* w.row(jobIdOf(failed))).status, "completed")
      assert.strictEqual((yield* w.provider.calls).length, 1)
      yield* w.settled(9)
    })
  )
})
