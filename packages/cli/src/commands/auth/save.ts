import { success } from "@image-skill/core/envelope/Envelope"
import { Ids } from "@image-skill/core/envelope/Ids"
import { docsUrl } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import * as Effect from "effect/Effect"
import type { Leaf } from "../../Leaf.ts"
import { prepareSave } from "../../SaveToken.ts"
import { resolveTarget } from "../../Target.ts"
import { findGivenToken } from "../../Tokens.ts"

/** Saves a token that was given to this run, for the service this run is about. The token is not tried out. */
export const leaf: Leaf = (context) =>
  Effect.gen(function* () {
    const target = yield* resolveTarget(context)
    const token = yield* findGivenToken(context, target)
    if (token === null) return yield* nothingGiven()
    const saving = yield* prepareSave(context, target, "save")
    const saved = yield* saving.commit(token.value)
    const traceId = yield* (yield* Ids).trace
    const warnings =
      saved.previousPlace === null ? [] : [`the token that was saved before lies in ${saved.previousPlace} now`]
    const data = { saved: true, config_path: saved.place, token_source: token.source, api_base_url: target.shown }
    return success({ command: "image-skill auth save", traceId, actor: null }, data, warnings)
  }).pipe(Effect.scoped)

const nothingGiven = (): Refusal =>
  new Refusal({
    code: "AUTH_REQUIRED",
    message: "give the token to save by --token-stdin or IMAGE_SKILL_TOKEN",
    outcome: "not_sent",
    recovery: { requiredFlag: "--token-stdin", docsUrl: docsUrl("local-config-and-install") }
  })
