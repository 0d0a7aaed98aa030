import { AnswerSpool } from "@image-skill/core/media/AnswerSpool"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"

/** Answers in memory: they survive whatever happens, but for the end of this process. */
export const layer: Layer.Layer<AnswerSpool> = Layer.sync(AnswerSpool, () => {
  const answers = new Map<string, Uint8Array>()
  return AnswerSpool.of({
    put: (jobId, answer) => Effect.sync(() => void answers.set(jobId, answer.slice())),
    get: (jobId) =>
      Effect.sync(() => Option.map(Option.fromUndefinedOr(answers.get(jobId)), (answer) => answer.slice())),
    remove: (jobId) => Effect.sync(() => void answers.delete(jobId))
  })
})
