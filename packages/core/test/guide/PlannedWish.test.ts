import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { ask, Failure, healthy } from "./ServiceStates.ts"

const prompt = "a lighthouse at dusk"
const particular = { prompt, aspectRatio: "5:4" }

describe("a wish that names more than a prompt", () => {
  it.effect("is planned by the service, and what it refuses is not proposed", () =>
    Effect.gen(function* () {
      for (const code of ["INVALID_ARGUMENTS", "MODEL_PARAMETERS_INVALID"]) {
        const plan = new Failure(code, 422, 2)
        const { answer, asked } = yield* ask({ wish: particular, token: "env", state: { ...healthy, plan } })
        assert.include(asked, "create")
        assert.deepStrictEqual([answer.stage, answer.ready], ["no_executable_model", false])
        assert.include(answer.blocker?.message ?? "", "the stub says no")
        assert.notProperty(answer.nextActions, "create")
      }
    })
  )

  it.effect("is not held up by a service that does not plan for strangers", () =>
    Effect.gen(function* () {
      for (const plan of [new Failure("AUTH_REQUIRED", 401, 3), new Failure(null, 502, 7), {}, null]) {
        const { answer } = yield* ask({ wish: particular, token: "env", state: { ...healthy, plan } })
        assert.strictEqual(answer.stage, "ready_to_create")
      }
    })
  )

  it.effect("is waited for no longer than any other question", () =>
    Effect.gen(function* () {
      const asking = yield* Effect.forkChild(
        ask({ wish: particular, token: "env", state: { ...healthy, plan: "silent" } })
      )
      yield* TestClock.adjust("29 seconds")
      assert.isUndefined(asking.pollUnsafe())
      yield* TestClock.adjust("2 seconds")
      assert.strictEqual((yield* Fiber.join(asking)).answer.stage, "ready_to_create")
    })
  )

  it.effect("is the only one of which a plan is asked", () =>
    Effect.gen(function* () {
      const { asked } = yield* ask({ wish: { prompt }, token: "env", state: healthy })
      assert.notInclude(asked, "create")
    })
  )
})
