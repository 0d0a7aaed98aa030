import { success } from "@image-skill/core/envelope/Envelope"
import { Ids } from "@image-skill/core/envelope/Ids"
import * as Effect from "effect/Effect"
import type { Leaf } from "../../Leaf.ts"
import { removeToken } from "../../SaveToken.ts"
import { resolveTarget } from "../../Target.ts"

/** Deletes the saved token from this machine. The service still knows it. */
export const leaf: Leaf = (context) =>
  Effect.gen(function* () {
    const target = yield* resolveTarget(context)
    const removed = yield* removeToken(context, target)
    const traceId = yield* (yield* Ids).trace
    const data = { saved: false, config_path: target.configPath, removed }
    return success({ command: "image-skill auth logout", traceId, actor: null }, data)
  })
