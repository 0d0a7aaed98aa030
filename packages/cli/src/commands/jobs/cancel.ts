import { ServiceApi } from "@image-skill/core/service/ServiceApi"
import * as Effect from "effect/Effect"
import { flagReader, text } from "../../Flags.ts"
import type { Leaf } from "../../Leaf.ts"
import { relay } from "../../Relay.ts"
import { requiredWord } from "../../RequiredWord.ts"
import { resolveTarget } from "../../Target.ts"
import { requireToken } from "../../Tokens.ts"
import { Upkeep } from "../../Upkeep.ts"
import { withService } from "../../Wiring.ts"

/** Stops a job where that is still possible. An embedded service first learns what became of it. */
export const leaf: Leaf = (context) =>
  Effect.gen(function* () {
    const named = yield* flagReader(context.parsed)(text("job-id"))
    const jobId = yield* requiredWord(context, named, "job-id", "a job id")
    const target = yield* resolveTarget(context)
    const token = yield* requireToken(context, target)
    const cancel = Effect.gen(function* () {
      yield* (yield* Upkeep).sweep
      return yield* (yield* ServiceApi).jobsCancel({ jobId }, token.value)
    })
    return relay(context, yield* withService(context, target, cancel))
  })
