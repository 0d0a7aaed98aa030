import { assert, it } from "@effect/vitest"
import { DailySlots } from "@image-skill/core/credits/DailySlots"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"

const today = "2026-06-02"

/** The contract every `DailySlots` adapter meets. */
export const suite = <E>(name: string, layer: Layer.Layer<DailySlots, E>): void =>
  it.layer(layer)(`DailySlots (${name})`, (it) => {
    it.effect("a day on which nothing was taken has used nothing", () =>
      Effect.gen(function* () {
        const slots = yield* DailySlots
        assert.strictEqual(yield* slots.used("nobody", today), 0)
      })
    )

    it.effect("each job takes one slot, however often it asks", () =>
      Effect.gen(function* () {
        const slots = yield* DailySlots
        yield* slots.take("counted", today, "job_1")
        yield* slots.take("counted", today, "job_2")
        yield* slots.take("counted", today, "job_1")
        assert.strictEqual(yield* slots.used("counted", today), 2)
      })
    )

    it.effect("a job keeps the slot that it took first", () =>
      Effect.gen(function* () {
        const slots = yield* DailySlots
        yield* slots.take("first", today, "job_first")
        yield* slots.take("second", "2026-06-03", "job_first")
        assert.strictEqual(yield* slots.used("first", today), 1)
        assert.strictEqual(yield* slots.used("second", "2026-06-03"), 0)
      })
    )

    it.effect("slots are counted for one allowance and one day", () =>
      Effect.gen(function* () {
        const slots = yield* DailySlots
        yield* slots.take("one", today, "job_one")
        yield* slots.take("other", today, "job_other")
        yield* slots.take("one", "2026-06-03", "job_tomorrow")
        assert.strictEqual(yield* slots.used("one", today), 1)
        assert.strictEqual(yield* slots.used("other", today), 1)
        assert.strictEqual(yield* slots.used("one", "2026-06-03"), 1)
      })
    )

    it.effect("a slot that was given back can be taken again", () =>
      Effect.gen(function* () {
        const slots = yield* DailySlots
        yield* slots.take("returned", today, "job_returned")
        yield* slots.giveBack("job_returned")
        assert.strictEqual(yield* slots.used("returned", today), 0)
        yield* slots.giveBack("job_returned")
        yield* slots.take("returned", today, "job_returned")
        assert.strictEqual(yield* slots.used("returned", today), 1)
      })
    )
  })
