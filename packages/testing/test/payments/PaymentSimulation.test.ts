import { assert, describe, it } from "@effect/vitest"
import * as CountingIds from "@image-skill/testing/envelope/CountingIds"
import * as CountingSecretBytes from "@image-skill/testing/envelope/CountingSecretBytes"
import { replayCommand, seedsOf, simulate } from "@image-skill/testing/payments/PaymentSimulation"
import * as MemoryRepositories from "@image-skill/testing/store/MemoryRepositories"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

const repositories = Layer.fresh(
  Layer.merge(Layer.provide(MemoryRepositories.layer, CountingSecretBytes.layer), CountingIds.layer)
)

const run = (seed: number) => simulate({ seed }).pipe(Effect.provide(repositories))

describe("payments in bad weather (memory)", () => {
  it.effect(
    "keep all invariants after every step, and agree with the provider in the end",
    () =>
      Effect.gen(function* () {
        const seeds = yield* seedsOf(300)
        const totals = { crashes: 0, failures: 0, receipts: 0, reversals: 0 }
        for (const seed of seeds) {
          const { books, crashes, failures, round, violations } = yield* run(seed)
          assert.deepStrictEqual(violations, [], `round ${round}; run ${replayCommand(seed)}`)
          totals.crashes += crashes
          totals.failures += failures
          totals.receipts += books.payments.receipts.length
          totals.reversals += books.payments.reversals.length
        }
        // A simulation in which nothing happens proves nothing.
        for (const [what, count] of Object.entries(totals)) {
          assert.isTrue(seeds.length < 100 || count > seeds.length, `${count} ${what} in ${seeds.length} seeds`)
        }
      }),
    6 * 60 * 60_000
  )

  it.effect("happen in the same way whenever their seed is played", () =>
    Effect.gen(function* () {
      for (const seed of [3, 7, 11]) assert.deepStrictEqual(yield* run(seed), yield* run(seed))
    })
  )
})
