import { AuthConfig, type AuthConfigFailed, type SavedAuth } from "@image-skill/core/identity/AuthConfig"
import { type SecretStore, SecretStoreFailed } from "@image-skill/core/identity/SecretStore"
import { originOf } from "@image-skill/core/identity/ServiceAddress"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { sendable } from "./SendableToken.ts"

/** The saved token, for the origin that issued it and no other. */
export const make: Effect.Effect<SecretStore, never, AuthConfig> = Effect.map(AuthConfig, (config) => {
  const savedFor = (origin: string) =>
    Effect.map(
      config.read,
      Option.filter(({ apiBaseUrl }) => originOf(apiBaseUrl) !== null && originOf(apiBaseUrl) === originOf(origin))
    )

  const write = Effect.fnUntraced(
    function* (origin: string, token: Redacted.Redacted) {
      const place = yield* config.prepare
      const savedAt = DateTime.formatIso(yield* DateTime.now)
      yield* place.commit({ apiBaseUrl: origin, token, savedAt })
    },
    Effect.scoped,
    Effect.mapError(toFailure)
  )

  const read = Effect.fnUntraced(function* (origin: string) {
    const saved = yield* savedFor(origin)
    return Option.isNone(saved) ? Option.none() : Option.some(yield* tokenOf(saved.value))
  })

  const remove = Effect.fnUntraced(function* (origin: string) {
    return Option.isSome(yield* savedFor(origin)) && (yield* config.remove)
  }, Effect.mapError(toFailure))

  return { source: "config", read, write, remove }
})

const tokenOf = ({ token }: SavedAuth) => sendable("config", Redacted.value(token))

const toFailure = ({ message }: AuthConfigFailed): SecretStoreFailed =>
  new SecretStoreFailed({ source: "config", reason: "unavailable", message })
