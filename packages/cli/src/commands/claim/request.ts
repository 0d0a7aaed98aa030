import { claimRecovery, ClaimRequestBody, contactMissing } from "@image-skill/core/identity/ClaimCommand"
import { unencodable } from "@image-skill/core/service/DecodeRequest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { askSigned } from "../../AskSigned.ts"
import { flagReader, text } from "../../Flags.ts"
import type { Leaf } from "../../Leaf.ts"

/** Asks that the person behind an inbox claims this agent. */
export const leaf: Leaf = (context) =>
  Effect.gen(function* () {
    const given = (yield* flagReader(context.parsed)(text("contact")))?.trim().toLowerCase() ?? ""
    if (given === "") return yield* contactMissing()
    const request = { contact: given }
    yield* Result.match(Schema.encodeResult(ClaimRequestBody, { errors: "all" })(request), {
      onSuccess: () => Effect.void,
      onFailure: ({ issue }) => Effect.fail(unencodable(issue, claimRecovery))
    })
    return yield* askSigned(context, (service, token) => service.claimRequest(request, token))
  })
