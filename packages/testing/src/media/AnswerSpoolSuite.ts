import { assert, it } from "@effect/vitest"
import { AnswerSpool } from "@image-skill/core/media/AnswerSpool"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

/** The contract every `AnswerSpool` adapter meets. */
export const suite = <E>(name: string, layer: Layer.Layer<AnswerSpool, E>): void =>
  it.layer(layer)(`AnswerSpool (${name})`, (it) => {
    it.effect("an answer is there, byte for byte, until it is removed", () =>
      Effect.gen(function* () {
        const spool = yield* AnswerSpool
        const answer = Uint8Array.from({ length: 300_000 }, (_, index) => index % 251)
        yield* spool.put("job_kept", answer)
        assert.deepStrictEqual(yield* spool.get("job_kept"), Option.some(answer))
        assert.deepStrictEqual(yield* spool.get("job_kept"), Option.some(answer))
        yield* spool.remove("job_kept")
        assert.deepStrictEqual(yield* spool.get("job_kept"), Option.none())
      })
    )

    it.effect("an answer may be empty, which is not the same as none", () =>
      Effect.gen(function* () {
        const spool = yield* AnswerSpool
        yield* spool.put("job_empty", new Uint8Array())
        assert.deepStrictEqual(yield* spool.get("job_empty"), Option.some(new Uint8Array()))
      })
    )

    it.effect("a job has one answer, the latest, and none of another job's", () =>
      Effect.gen(function* () {
        const spool = yield* AnswerSpool
        yield* spool.put("job_one", bytesOf("first, and longer"))
        yield* spool.put("job_two", bytesOf("another"))
        yield* spool.put("job_one", bytesOf("second"))
        yield* spool.remove("job_two")
        assert.deepStrictEqual(yield* spool.get("job_one"), Option.some(bytesOf("second")))
        assert.deepStrictEqual(yield* spool.get("job_two"), Option.none())
      })
    )

    it.effect("what was never there can be asked for and removed", () =>
      Effect.gen(function* () {
        const spool = yield* AnswerSpool
        assert.deepStrictEqual(yield* spool.get("job_never"), Option.none())
        yield* spool.remove("job_never")
      })
    )

    it.effect("what the caller does with its bytes afterwards changes nothing", () =>
      Effect.gen(function* () {
        const spool = yield* AnswerSpool
        const mine = bytesOf("mine to change")
        yield* spool.put("job_mine", mine)
        mine.fill(0)
        assert.deepStrictEqual(yield* spool.get("job_mine"), Option.some(bytesOf("mine to change")))
      })
    )

    it.effect("of answers that are put at the same time one stays whole", () =>
      Effect.gen(function* () {
        const spool = yield* AnswerSpool
        const answers = Array.from({ length: 8 }, (_, index) => new Uint8Array(50_000 + index).fill(index))
        yield* Effect.forEach(answers, (answer) => spool.put("job_raced", answer), { concurrency: "unbounded" })
        const found = Option.getOrThrow(yield* spool.get("job_raced"))
        assert.deepInclude(answers, found)
      })
    )
  })
