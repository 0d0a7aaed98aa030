import { assert, describe, it } from "@effect/vitest"
import type { FeedbackQueue } from "@image-skill/core/feedback/FeedbackQueue"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { feedback } from "./FeedbackSample.ts"

/** A queue, and what is seen of it from the other side. */
export interface Harness {
  readonly queue: FeedbackQueue["Service"]
  /** How many things it has made there: issues and comments together. Stays 0 in a dry run. */
  readonly made: Effect.Effect<number>
  /** The next change is made, and its answer is lost; left out where nothing can be lost. */
  readonly loseNextAnswer?: Effect.Effect<void>
  /** Nobody is there for the next request. */
  readonly unreachable?: Effect.Effect<void>
}

/** The contract every `FeedbackQueue` adapter meets. `make` makes one without any report. */
export const suite = <E>(name: string, make: Effect.Effect<Harness, E, Scope.Scope>): void => {
  const shared = { dedupeKey: "same thing" }

  describe(`FeedbackQueue (${name})`, () => {
    it.effect("a report is brought once, and is found again by whoever asks once more", () =>
      Effect.gen(function* () {
        const { made, queue } = yield* make
        const [first, again] = [yield* queue.handOver(feedback("one")), yield* queue.handOver(feedback("one"))]
        assert.strictEqual(first.state, "promoted")
        assert.strictEqual(yield* made, queue.mode === "live" ? 1 : 0)
        if (queue.mode !== "live") return
        assert.strictEqual(again.state, "already_mirrored")
        assert.deepStrictEqual([again.issueUrls, again.githubMutation], [first.issueUrls, "none"])
      })
    )

    it.effect("reports of one thing stand together, reports of another apart", () =>
      Effect.gen(function* () {
        const { made, queue } = yield* make
        const first = yield* queue.handOver(feedback("first", shared))
        const second = yield* queue.handOver(feedback("second", { ...shared, duplicateOf: "sig_first" }))
        const other = yield* queue.handOver(feedback("other"))
        assert.deepStrictEqual([first.state, second.state, other.state], ["promoted", "deduped", "promoted"])
        if (queue.mode !== "live") return
        assert.deepStrictEqual(second.issueUrls, first.issueUrls)
        assert.notDeepEqual(other.issueUrls, first.issueUrls)
        assert.strictEqual(yield* made, 3)
      })
    )

    it.effect("an outcome says what was done, and in which mode", () =>
      Effect.gen(function* () {
        const { queue } = yield* make
        const outcome = yield* queue.handOver(feedback("said"))
        assert.strictEqual(outcome.mode, queue.mode)
        assert.match(outcome.reason, /^[a-z][a-z0-9_]*$/u)
        assert.strictEqual(outcome.issueUrls.length, outcome.issueNumbers.length)
        assert.strictEqual(outcome.githubMutation === "none", queue.mode !== "live")
      })
    )

    it.effect("after an answer that was lost nothing is made twice", () =>
      Effect.gen(function* () {
        const { loseNextAnswer, made, queue } = yield* make
        if (loseNextAnswer === undefined) return
        for (const report of [feedback("lost", shared), feedback("lost too", shared)]) {
          const before = yield* made
          yield* loseNextAnswer
          const failure = yield* Effect.flip(queue.handOver(report))
          assert.strictEqual(failure._tag, "QueueUnreachable")
          assert.strictEqual((yield* queue.handOver(report)).state, "already_mirrored")
          assert.strictEqual((yield* made) - before, 1)
        }
      })
    )

    it.effect("who cannot be reached is a failure that says nothing of the report, and made nothing", () =>
      Effect.gen(function* () {
        const { made, queue, unreachable } = yield* make
        if (unreachable === undefined) return
        yield* unreachable
        const report = feedback("away")
        const { reason } = yield* Effect.flip(queue.handOver(report))
        assert.match(reason, /^[a-z][a-z0-9_]*$/u)
        assert.strictEqual(yield* made, 0)
        assert.strictEqual((yield* queue.handOver(report)).state, "promoted")
      })
    )
  })
}
