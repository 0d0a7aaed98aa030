import { ServiceApi } from "@image-skill/core/service/ServiceApi"
import * as Effect from "effect/Effect"
import { choice, flagReader, number, text } from "../../Flags.ts"
import type { Leaf } from "../../Leaf.ts"
import { relay } from "../../Relay.ts"
import { resolveTarget } from "../../Target.ts"
import { requireToken } from "../../Tokens.ts"
import { Upkeep } from "../../Upkeep.ts"
import { withService } from "../../Wiring.ts"

/** Jobs, newest first. An embedded service first goes on with what a dead process left. */
export const leaf: Leaf = (context) =>
  Effect.gen(function* () {
    const flag = flagReader(context.parsed)
    const limit = yield* flag(number("limit"))
    const cursor = yield* flag(text("cursor"))
    const status = yield* flag(choice("status", ["planned", "queued", "running", "completed", "failed", "canceled"]))
    const target = yield* resolveTarget(context)
    const token = yield* requireToken(context, target)
    const list = Effect.gen(function* () {
      yield* (yield* Upkeep).sweep
      const request = {
        ...(limit === null ? {} : { limit: `${limit}` }),
        ...(cursor === null ? {} : { cursor }),
        ...(status === null ? {} : { status })
      }
      return yield* (yield* ServiceApi).jobsList(request, token.value)
    })
    return relay(context, yield* withService(context, target, list))
  })
