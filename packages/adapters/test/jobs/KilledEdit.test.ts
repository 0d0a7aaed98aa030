import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { killedAt, provedEverywhere } from "./Killed.ts"

const begun = ["before Assets.find", "before Assets.find", "before MediaProvider.submit", "after MediaProvider.submit"]
const stored = [
  "before MediaProvider.outputs",
  "before Assets.find",
  "before AnswerSpool.remove",
  "before Store.transaction",
  "before Assets.ofJob",
  "at the end"
]
/** How many boundaries there are, and at which of them a life leaves something new behind. */
const changes = {
  fal: { boundaries: 56, at: [...begun, "before JobStore.find", ...stored] },
  openai: { boundaries: 53, at: [...begun, ...stored] }
}

describe("an edit that dies", () => {
  for (const vendor of ["fal", "openai"] as const) {
    it.live(`before ${vendor} is one call, one debit and one asset, or none, at every boundary`, () =>
      Effect.gen(function* () {
        const { at, boundaries, unknown } = yield* provedEverywhere(vendor, "edit")
        assert.deepStrictEqual({ at, boundaries }, changes[vendor])
        assert.deepStrictEqual(unknown, ["before MediaProvider.submit", "after MediaProvider.submit"])
      }).pipe(Effect.scoped)
    )

    it.live(`before ${vendor} by kill -9 is one call, one debit and one asset, or none`, () =>
      Effect.gen(function* () {
        const proved = yield* Effect.forEach(
          ["before MediaProvider.outputs", "before Assets.insert"],
          (boundary) => Effect.scoped(killedAt(vendor, "edit", boundary)),
          { concurrency: 2 }
        )
        assert.deepStrictEqual(
          proved.map(({ made }) => made),
          [true, true]
        )
      })
    )
  }

  it.live("before a provider that gives the same for the same request is made, at every boundary", () =>
    Effect.gen(function* () {
      const { unknown } = yield* provedEverywhere("repeatable", "edit")
      assert.deepStrictEqual(unknown, [])
    }).pipe(Effect.scoped)
  )
})
