import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { killedAt, provedEverywhere } from "./Killed.ts"

const begun = [
  "before JobStore.findByKey",
  "before JobStore.update",
  "before MediaProvider.submit",
  "after MediaProvider.submit"
]
const stored = [
  "before MediaProvider.outputs",
  "before ArtifactStore.get",
  "before AnswerSpool.remove",
  "before Store.transaction",
  "before Assets.ofJob",
  "at the end"
]
/** How many boundaries there are, and at which of them a life leaves something new behind. */
const changes = {
  fal: { boundaries: 49, at: [...begun, "before JobStore.find", ...stored] },
  openai: { boundaries: 46, at: [...begun, ...stored] }
}

describe("a create that dies", () => {
  for (const vendor of ["fal", "openai"] as const) {
    it.live(`before ${vendor} is one call, one debit and one asset, or none, at every boundary`, () =>
      Effect.gen(function* () {
        const { at, boundaries, unknown } = yield* provedEverywhere(vendor, "create")
        assert.deepStrictEqual({ at, boundaries }, changes[vendor])
        // Nobody has heard of the call yet: it is not made again, and what was reserved is given back.
        assert.deepStrictEqual(unknown, ["before MediaProvider.submit", "after MediaProvider.submit"])
      }).pipe(Effect.scoped)
    )

    it.live(`before ${vendor} by kill -9 is one call, one debit and one asset, or none`, () =>
      Effect.gen(function* () {
        const proved = yield* Effect.forEach(
          ["after MediaProvider.submit", "before ArtifactStore.putStream"],
          (boundary) => Effect.scoped(killedAt(vendor, "create", boundary)),
          { concurrency: 2 }
        )
        assert.deepStrictEqual(
          proved.map(({ made }) => made),
          [false, true]
        )
      })
    )
  }

  it.live("before a provider that gives the same for the same request is made, at every boundary", () =>
    Effect.gen(function* () {
      const { unknown } = yield* provedEverywhere("repeatable", "create")
      assert.deepStrictEqual(unknown, [])
    }).pipe(Effect.scoped)
  )
})
