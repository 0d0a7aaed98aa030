import { assert, describe, it } from "@effect/vitest"
import { capabilityId } from "@image-skill/core/models/Model"
import * as FakeMediaProvider from "@image-skill/testing/media/FakeMediaProvider"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { code, jobIdOf, world } from "./JobWorld.ts"

describe("a job whose reservation is over and that is asked for again", () => {
  it.effect("has a whole day for what has to be repaired", () =>
    Effect.gen(function* () {
      const w = yield* world({
        script: (_, call) => (call === 0 ? FakeMediaProvider.fail("unavailable") : FakeMediaProvider.succeed)
      })
      const jobId = jobIdOf(yield* w.create({ idempotencyKey: "boat-1" }))
      yield* TestClock.adjust("16 minutes")
      yield* w.sweep
      yield* TestClock.adjust("25 hours")
      w.faults.store = "full"
      assert.strictEqual(code(yield* w.create({ idempotencyKey: "boat-1" })), "ARTIFACT_STORAGE_WRITE_FAILED")
      assert.strictEqual((yield* w.row(jobId)).step, "repair")
      w.faults.store = null
      yield* TestClock.adjust("1 minute")
      yield* w.sweep
      assert.strictEqual((yield* w.row(jobId)).status, "completed")
      yield* w.settled(9)
    })
  )

  it.effect("is made by the model that is the default then, at its price", () =>
    Effect.gen(function* () {
      const other = {
        ...FakeMediaProvider.fakePainter,
        id: "other.painter",
        provider: "other",
        price: { _tag: "PerOutput", microUsd: 100_000 }
      } as const
      const models = [FakeMediaProvider.fakePainter, other]
      const w = yield* world({ models, script: () => FakeMediaProvider.fail("unavailable") })
      const request = { model: "default", idempotencyKey: "boat-1" }
      const jobId = jobIdOf(yield* w.create(request))
      assert.strictEqual((yield* w.row(jobId)).modelId, "fake.painter")
      yield* TestClock.adjust("16 minutes")
      yield* w.sweep
      const replacement = yield* FakeMediaProvider.make(undefined, { id: "other" })
      const later = yield* w.another({ models, providers: [replacement] })
      const answer = yield* later.create(request)
      assert.isTrue(answer.envelope.ok)
      assert.strictEqual(jobIdOf(answer), jobId)
      const job = yield* w.row(jobId)
      assert.deepStrictEqual([job.modelId, job.capabilityId], ["other.painter", capabilityId(other)])
      assert.deepInclude(job.request.selection.considered[0], { outcome: "selected" })
      assert.strictEqual((yield* replacement.calls).length, 1)
      yield* w.settled(17)
    })
  )
})
