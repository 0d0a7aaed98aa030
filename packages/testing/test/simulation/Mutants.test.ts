import { assert, describe, it } from "@effect/vitest"
import { mutants } from "@image-skill/testing/simulation/Mutants"
import { replayCommand, simulate } from "@image-skill/testing/simulation/Simulation"

/** No more of the default run's seeds than these are needed for any mutant. */
const bound = 20

describe("the simulator", () => {
  it.each(mutants)("finds code that $breaks", { timeout: 120_000 }, ({ foundBy, mutation, name, seed }) => {
    for (let candidate = 1; candidate <= bound; candidate += 1) {
      const { trace, violations } = simulate({ seed: candidate, mutation: mutation() })
      if (!violations.some(({ invariant }) => invariant === foundBy)) continue
      assert.isNotEmpty(trace)
      return
    }
    assert.fail(`seeds 1 to ${bound} did not find it; try ${replayCommand({ seed, mutant: name })}`)
  })

  it("has mutants of different names, and of every part that it is about", () => {
    assert.strictEqual(new Set(mutants.map(({ name }) => name)).size, mutants.length)
    const invariants = new Set(mutants.map(({ foundBy }) => foundBy))
    assert.deepStrictEqual([...invariants].toSorted(), [
      "answers fit the contract",
      "everything ends",
      "jobs and credits agree",
      "one job is one paid call",
      "one key is one request",
      "outcomes are true",
      "refusals keep nothing",
      "secrets stay where they belong",
      "the books are in order",
      "what is not one's own stays unseen",
      "what was made is delivered or released"
    ])
  })
})
