import { assert, describe, it } from "@effect/vitest"
import * as CountingIds from "@image-skill/testing/envelope/CountingIds"
import { replayCommand, seedsOf, simulate } from "@image-skill/testing/payments/PaymentSimulation"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { repositories } from "../store/Repositories.ts"

describe("payments in bad weather (SQLite)", () => {
  it.effect(
    "keep all invariants after every step, and agree with the provider in the end",
    () =>
      Effect.gen(function* () {
        for (const seed of yield* seedsOf(15)) {
          const { round, violations } = yield* simulate({ seed }).pipe(
            Effect.provide(Layer.fresh(Layer.merge(repositories, CountingIds.layer))),
            Effect.scoped
          )
          assert.deepStrictEqual(violations, [], `round ${round}; run ${replayCommand(seed)}`)
        }
      }),
    6 * 60 * 60_000
  )
})
