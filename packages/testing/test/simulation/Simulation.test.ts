import { assert, describe, it } from "@effect/vitest"
import { replayCommand, seedsOf, simulate } from "@image-skill/testing/simulation/Simulation"
import * as Effect from "effect/Effect"

describe("a whole service in bad weather", () => {
  it.effect(
    "keeps all invariants after every step, and settles everything when faults end",
    () =>
      Effect.gen(function* () {
        const seeds = yield* seedsOf(20)
        const totals = { jobs: 0, assets: 0, receipts: 0, providerCalls: 0, crashes: 0, failures: 0 }
        for (const seed of seeds) {
          const report = simulate({ seed })
          assert.deepStrictEqual(report.violations, [], `step ${report.step}; run ${replayCommand({ seed })}`)
          totals.jobs += report.jobs
          totals.assets += report.assets
          totals.receipts += report.receipts
          totals.providerCalls += report.providerCalls
          totals.crashes += report.crashes
          totals.failures += report.failures
        }
        // A simulation in which nothing happens proves nothing.
        for (const [what, count] of Object.entries(totals)) {
          assert.isTrue(seeds.length < 20 || count > seeds.length / 2, `${count} ${what} in ${seeds.length} seeds`)
        }
      }),
    6 * 60 * 60_000
  )

  it("happens in the same way whenever its seed is played, and in another way with another seed", () => {
    const played = simulate({ seed: 3, steps: 30 })
    assert.deepStrictEqual(simulate({ seed: 3, steps: 30 }), played)
    assert.notStrictEqual(simulate({ seed: 4, steps: 30 }).hash, played.hash)
  })

  it("needs as many steps as it is told", () => {
    assert.strictEqual(simulate({ seed: 5, steps: 10 }).step, 11)
  })
})
