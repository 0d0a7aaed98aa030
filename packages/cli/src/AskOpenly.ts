import type { Answer } from "@image-skill/core/envelope/Envelope"
import type { Ids } from "@image-skill/core/envelope/Ids"
import type { Refusal } from "@image-skill/core/envelope/Refusal"
import { ServiceApi } from "@image-skill/core/service/ServiceApi"
import * as Effect from "effect/Effect"
import type { Context } from "./Context.ts"
import { relay } from "./Relay.ts"
import { resolveTarget } from "./Target.ts"
import { withService } from "./Wiring.ts"

type Ask = (service: ServiceApi["Service"]) => Effect.Effect<Answer>

/** A read that anybody may do. */
export const askOpenly = (context: Context, ask: Ask): Effect.Effect<Answer, Refusal, Ids> =>
  Effect.gen(function* () {
    const target = yield* resolveTarget(context)
    const answer = yield* withService(context, target, Effect.flatMap(ServiceApi, ask))
    return relay(context, answer)
  })
