import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { killedAt, provedEverywhere } from "./Killed.ts"

describe("a create that dies", () => {
  for (const vendor of ["fal", "openai"] as const) {
    it.live(`before ${vendor} is one call, one debit and one asset, or none, at every boundary`, () =>
      Effect.gen(function* () {
        const { at, boundaries, unknown } = yield* provedEverywhere(vendor, "create")
        assert.isAtLeast(boundaries, 45)
        assert.includeMembers(at, ["before MediaProvider.outputs", "before AnswerSpool.remove", "at the end"])
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
