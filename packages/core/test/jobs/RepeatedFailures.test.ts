import { assert, describe, it } from "@effect/vitest"
import { jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import * as FakeMediaProvider from "@image-skill/testing/media/FakeMediaProvider"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { code, world } from "./JobWorld.ts"

describe("a batch of equal failures", () => {
  it.effect("stops at the fourth, which says what the others cost; another request is taken", () =>
    Effect.gen(function* () {
      const w = yield* world({
        script: ({ prompt }) => (prompt === "bad" ? FakeMediaProvider.fail("rejected") : FakeMediaProvider.succeed)
      })
      for (const _ of [1, 2, 3]) assert.strictEqual(code(yield* w.create({ prompt: "bad" })), "PROVIDER_FAILURE")
      const fourth = yield* w.create({ prompt: "bad", idempotencyKey: "fourth" })
      assert.strictEqual(code(fourth), "PROVIDER_FAILURE")
      assert.deepStrictEqual(jsonField(fourth.envelope.error, "details"), {
        failures: 3,
        last_error: "PROVIDER_FAILURE",
        credits_captured: 0
      })
      assert.match(textField(fourth.envelope.error, "message"), /3 times in a row.*the failures cost 0 credits/u)
      assert.strictEqual((yield* w.provider.calls).length, 3)
      assert.isTrue((yield* w.create({ prompt: "good" })).envelope.ok)
      assert.isTrue((yield* w.create({ prompt: "bad", dryRun: true })).envelope.ok)
      yield* TestClock.adjust("11 minutes")
      yield* w.create({ prompt: "bad" })
      assert.strictEqual((yield* w.provider.calls).length, 5)
      yield* w.settled(9)
    })
  )

  it.effect("is none while the failures differ, or may pass, or somebody succeeds in between", () =>
    Effect.gen(function* () {
      const ends = [
        "rejected",
        "content_refused",
        "rejected",
        "succeed",
        "rejected",
        "unavailable",
        "rejected"
      ] as const
      const w = yield* world({
        script: (_, call) => {
          const end = ends[call] ?? "succeed"
          return end === "succeed" ? FakeMediaProvider.succeed : FakeMediaProvider.fail(end)
        }
      })
      for (const _ of ends) yield* w.create()
      assert.strictEqual((yield* w.provider.calls).length, ends.length)
      yield* TestClock.adjust("16 minutes")
      yield* w.sweep
      yield* w.settled(9)
    })
  )
})
