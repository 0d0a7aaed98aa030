import { assert, describe, it } from "@effect/vitest"
import * as RequestWindows from "@image-skill/core/service/RequestWindows"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"

const windows = (limit: number, maxKeys = 100) => RequestWindows.make({ limit, duration: Duration.minutes(1), maxKeys })

describe("RequestWindows", () => {
  it.effect("lets as many through as the limit says, and the next ones when the window is over", () =>
    Effect.gen(function* () {
      const { take } = windows(2)
      assert.deepStrictEqual(yield* take("a"), {
        granted: true,
        standing: { limit: 2, remaining: 1, resetSeconds: 60 }
      })
      yield* TestClock.adjust("20 seconds")
      assert.deepStrictEqual((yield* take("a")).standing, { limit: 2, remaining: 0, resetSeconds: 40 })
      yield* TestClock.adjust("39500 millis")
      assert.deepStrictEqual(yield* take("a"), {
        granted: false,
        standing: { limit: 2, remaining: 0, resetSeconds: 1 }
      })
      assert.isTrue((yield* take("b")).granted)
      yield* TestClock.adjust("500 millis")
      assert.deepStrictEqual(yield* take("a"), {
        granted: true,
        standing: { limit: 2, remaining: 1, resetSeconds: 60 }
      })
    })
  )

  it.effect("a look counts nothing, and a limit of none lets nothing through", () =>
    Effect.gen(function* () {
      const { standing, take } = windows(1)
      for (const _ of [1, 2]) {
        assert.deepStrictEqual(yield* standing("a"), { limit: 1, remaining: 1, resetSeconds: 0 })
      }
      assert.isTrue((yield* take("a")).granted)
      assert.isFalse((yield* windows(0).take("a")).granted)
    })
  )

  it.effect("remembers a bounded number of keys, and forgets those that began first", () =>
    Effect.gen(function* () {
      const { size, standing, take } = windows(5, 3)
      for (const key of ["a", "b", "c", "d"]) {
        yield* take(key)
        yield* TestClock.adjust("1 seconds")
      }
      assert.strictEqual(yield* size, 3)
      assert.strictEqual((yield* standing("a")).remaining, 5)
      assert.strictEqual((yield* standing("b")).remaining, 4)
      for (let index = 0; index < 1_000; index += 1) yield* take(`flood_${index}`)
      assert.strictEqual(yield* size, 3)
      yield* TestClock.adjust("2 minutes")
      yield* take("a")
      assert.strictEqual(yield* size, 1)
    })
  )
})
