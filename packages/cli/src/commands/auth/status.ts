import { success } from "@image-skill/core/envelope/Envelope"
import { Ids } from "@image-skill/core/envelope/Ids"
import { withFields } from "@image-skill/core/envelope/JsonFields"
import { ServiceApi } from "@image-skill/core/service/ServiceApi"
import * as Effect from "effect/Effect"
import type { Leaf } from "../../Leaf.ts"
import { relay } from "../../Relay.ts"
import { resolveTarget } from "../../Target.ts"
import { findToken } from "../../Tokens.ts"
import { withService } from "../../Wiring.ts"

/** Which token is in use, and whose it is. Without one nobody is asked. */
export const leaf: Leaf = (context) =>
  Effect.gen(function* () {
    const target = yield* resolveTarget(context)
    const token = yield* findToken(context, target)
    if (token === null) {
      const traceId = yield* (yield* Ids).trace
      const data = { authenticated: false, source: null, config_path: target.configPath, api_base_url: target.shown }
      return success({ command: "image-skill auth status", traceId, actor: null }, data)
    }
    const answer = yield* withService(
      context,
      target,
      Effect.flatMap(ServiceApi, ({ whoami }) => whoami({}, token.value))
    )
    const relayed = relay(context, answer)
    if (!relayed.envelope.ok) return relayed
    const data = withFields(relayed.envelope.data, { auth_source: token.source })
    return { ...relayed, envelope: { ...relayed.envelope, data } }
  })
