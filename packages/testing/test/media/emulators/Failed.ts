import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"

/** What a promise of a vendor's package is rejected with. */
export const failed = (run: () => Promise<unknown>): Effect.Effect<unknown> =>
  Effect.promise(() =>
    run().then(
      () => assert.fail("It did not fail."),
      (error: unknown) => error
    )
  )
