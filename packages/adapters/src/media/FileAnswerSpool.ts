import * as fs from "node:fs/promises"
import { join } from "node:path"
import { AnswerSpool } from "@image-skill/core/media/AnswerSpool"
import { ArtifactStoreFailed } from "@image-skill/core/media/ArtifactStore"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { attempt, isMissing, unlink, write } from "./internal/StoreFiles.ts"

/** Answers as files of a data folder, `spool/JOB_ID`, for their owner alone. Whole and on the disk, or not there. */
export const layer = (folder: string): Layer.Layer<AnswerSpool> =>
  Layer.succeed(
    AnswerSpool,
    AnswerSpool.of({
      put: Effect.fn("FileAnswerSpool.put")(function* (jobId: string, answer: Uint8Array) {
        yield* write(join(folder, "tmp"), yield* pathOf(folder, jobId), answer)
      }),
      get: Effect.fn("FileAnswerSpool.get")(
        function* (jobId: string) {
          const path = yield* pathOf(folder, jobId)
          const { buffer, byteOffset, byteLength } = yield* attempt(() => fs.readFile(path))
          return Option.some(new Uint8Array(buffer, byteOffset, byteLength))
        },
        Effect.catchIf(isMissing, () => Effect.succeed(Option.none()))
      ),
      remove: Effect.fn("FileAnswerSpool.remove")(function* (jobId: string) {
        yield* unlink(yield* pathOf(folder, jobId))
      })
    })
  )

/** No name of somebody else's making leads out of the folder. */
const pathOf = (folder: string, jobId: string): Effect.Effect<string, ArtifactStoreFailed> =>
  /^\w[\w-]{0,199}$/u.test(jobId)
    ? Effect.succeed(join(folder, "spool", jobId))
    : Effect.fail(new ArtifactStoreFailed({ reason: "unknown", message: "this is no name of a job" }))
