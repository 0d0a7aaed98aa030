import type { Answer } from "@image-skill/core/envelope/Envelope"
import type { Ids } from "@image-skill/core/envelope/Ids"
import type { Refusal } from "@image-skill/core/envelope/Refusal"
import { ServiceApi } from "@image-skill/core/service/ServiceApi"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type { Context } from "./Context.ts"
import { relay } from "./Relay.ts"
import { resolveTarget } from "./Target.ts"
import { requireToken } from "./Tokens.ts"
import { withService } from "./Wiring.ts"

type Ask = (service: ServiceApi["Service"], token: Redacted.Redacted) => Effect.Effect<Answer>

/** A read that needs a token. */
export const askSigned = (context: Context, ask: Ask, label?: string): Effect.Effect<Answer, Refusal, Ids> =>
  Effect.gen(function* () {
    const target = yield* resolveTarget(context)
    const token = yield* requireToken(context, target)
    const answer = yield* withService(
      context,
      target,
      Effect.flatMap(ServiceApi, (service) => ask(service, token.value))
    )
    return relay(context, answer, label === undefined ? {} : { label })
  })
