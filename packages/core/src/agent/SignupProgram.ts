import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { jsonField } from "../envelope/JsonFields.ts"
import { Refusal } from "../envelope/Refusal.ts"
import { wishFor } from "../guide/GuideFacts.ts"
import { signupDocs, signupTemplate } from "../identity/SignupCommand.ts"
import { isSendable } from "../identity/Token.ts"
import { agentRequests } from "./AgentRequests.ts"
import { over, type Program } from "./Programs.ts"
import { signedUp } from "./SignedUp.ts"

/**
 * Makes a restricted identity and keeps its token, which is in no answer. The place for the token is opened before the
 * identity exists, so that a token is never lost for want of a place.
 */
export const signup: Program = over(agentRequests.signup, ({ host, options, service, tokens }, request, token) =>
  Effect.gen(function* () {
    const keeping = yield* tokens.prepare
    const answer = yield* service.signup(
      { ...request, runtime: request.runtime ?? options.runtime, returnToken: true },
      token?.value ?? null
    )
    if (!answer.envelope.ok) return answer
    const issued = jsonField(answer.envelope.data, "token")
    const usable = typeof issued === "string" ? issued.trim() : ""
    if (!isSendable(usable)) return yield* noToken()
    const saved = yield* keeping.commit(Redacted.make(usable))
    return signedUp(answer, { saved, shown: null, wish: wishFor(""), start: host })
  }).pipe(Effect.scoped)
)

const noToken = (): Refusal =>
  new Refusal({
    code: "AUTH_REQUIRED",
    message: "the service made the identity but gave no usable token; sign up again",
    outcome: "succeeded",
    recovery: { suggestedCommand: signupTemplate, docsUrl: signupDocs }
  })
