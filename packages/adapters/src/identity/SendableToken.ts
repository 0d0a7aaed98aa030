import { SecretStoreFailed, type TokenSource } from "@image-skill/core/identity/SecretStore"
import { isSendable } from "@image-skill/core/identity/Token"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"

/** The token as it may travel in a header, or why a store's content is none. It is never repeated. */
export const sendable = (source: TokenSource, text: string): Effect.Effect<Redacted.Redacted, SecretStoreFailed> => {
  if (text.trim() === "") {
    return Effect.fail(new SecretStoreFailed({ source, reason: "blank", message: "the token is blank" }))
  }
  return isSendable(text)
    ? Effect.succeed(Redacted.make(text, { label: "token" }))
    : Effect.fail(
        new SecretStoreFailed({ source, reason: "malformed", message: "the token has characters that no header takes" })
      )
}
