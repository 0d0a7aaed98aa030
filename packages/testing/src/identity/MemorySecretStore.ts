import type { SecretStore, TokenSource } from "@image-skill/core/identity/SecretStore"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"

/** A store that ends with the process and calls itself whatever a test needs. */
export const make = (source: TokenSource = "keychain"): SecretStore => {
  const tokens = new Map<string, Redacted.Redacted>()
  return {
    source,
    read: (origin) => Effect.sync(() => Option.fromUndefinedOr(tokens.get(origin))),
    write: (origin, token) => Effect.sync(() => void tokens.set(origin, token)),
    remove: (origin) => Effect.sync(() => tokens.delete(origin))
  }
}
