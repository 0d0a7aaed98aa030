import * as Effect from "effect/Effect"
import { flagReader, text } from "../../Flags.ts"
import type { Leaf } from "../../Leaf.ts"
import { askSigned, requiredWord } from "../../Relay.ts"

/** One job. */
export const leaf: Leaf = (context) =>
  Effect.gen(function* () {
    const named = yield* flagReader(context.parsed)(text("job-id"))
    const jobId = yield* requiredWord(context, named, "job-id", "a job id")
    return yield* askSigned(context, (service, token) => service.jobsShow({ jobId }, token))
  })
