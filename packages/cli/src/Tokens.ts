import { docsUrl, variables } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import { AuthConfig } from "@image-skill/core/identity/AuthConfig"
import type { SecretStore, SecretStoreFailed, TokenSource } from "@image-skill/core/identity/SecretStore"
import { originOf } from "@image-skill/core/identity/ServiceAddress"
import { authRequired } from "@image-skill/core/identity/SignupCommand"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import type { Context } from "./Context.ts"
import { explicitStores, namedStore } from "./SecretStores.ts"
import type { Target } from "./Target.ts"

export interface Token {
  readonly source: TokenSource
  readonly value: Redacted.Redacted
}

/** The token of this run, or null: standard input, flag, environment, then the named store (decision D2.3). */
export const findToken = Effect.fnUntraced(function* (context: Context, target: Target) {
  const explicit = yield* explicitStores(context)
  return yield* firstOf([...explicit, yield* namedStore(context.machine, target)], target.origin)
})

/** The token given to this very run, never a saved one. */
export const findGivenToken = Effect.fnUntraced(function* (context: Context, target: Target) {
  return yield* firstOf(yield* explicitStores(context), target.origin)
})

export const requireToken = (context: Context, target: Target): Effect.Effect<Token, Refusal> =>
  Effect.flatMap(findToken(context, target), (token) =>
    token === null
      ? Effect.flatMap(savedElsewhere(target), (elsewhere) => Effect.fail(missing(elsewhere)))
      : Effect.succeed(token)
  )

/** The service that the saved token is for, where that is not this one: a token is sent to its own origin only. */
const savedElsewhere = ({ configPath, origin }: Target): Effect.Effect<string | null> =>
  Effect.flatMap(
    Effect.promise(() => import("@image-skill/adapters/identity/FileAuthConfig")),
    (config) =>
      Effect.flatMap(AuthConfig, ({ read }) => read).pipe(
        Effect.map(Option.filter(({ apiBaseUrl }) => originOf(apiBaseUrl) !== origin)),
        Effect.map(Option.match({ onNone: () => null, onSome: ({ apiBaseUrl }) => apiBaseUrl })),
        Effect.provide(config.layer(configPath))
      )
  )

/** The first store that holds a token decides; later ones are not asked. */
const firstOf = Effect.fnUntraced(function* (stores: ReadonlyArray<SecretStore>, origin: string) {
  for (const store of stores) {
    const found = yield* Effect.mapError(store.read(origin), toRefusal)
    if (Option.isSome(found)) {
      const token: Token = { source: store.source, value: found.value }
      return token
    }
  }
  return null
})

const missing = (elsewhere: string | null): Refusal => {
  const { code, message, recovery } = authRequired()
  return new Refusal({
    code,
    message: elsewhere === null ? message : `${message}; the saved one belongs to ${elsewhere} and is not sent here`,
    outcome: "not_sent",
    ...(recovery === undefined ? {} : { recovery })
  })
}

/** What went wrong with a secret store, without anything of the secret. */
export const toRefusal = (error: SecretStoreFailed): Refusal => {
  const recovery = { docsUrl: docsUrl("local-config-and-install") }
  switch (error.reason) {
    case "terminal":
      return new Refusal({
        code: "INVALID_ARGUMENTS",
        message: "--token-stdin reads a pipe, but standard input is a terminal",
        outcome: "not_sent",
        recovery: { ...recovery, requiredFlag: "--token-stdin" }
      })
    case "blank":
      return new Refusal({
        code: "AUTH_REQUIRED",
        message: `${named[error.source]} was given as the token and is blank`,
        outcome: "not_sent",
        recovery
      })
    case "malformed":
      return new Refusal({
        code: "INVALID_ARGUMENTS",
        message: `the token from ${named[error.source]} contains characters that no token has; it was not sent`,
        outcome: "not_sent",
        recovery
      })
    case "unavailable":
      return new Refusal({ code: "SECRET_STORE_UNAVAILABLE", message: error.message, recovery })
  }
}

const named: { readonly [S in TokenSource]: string } = {
  stdin: "standard input",
  flag: "--token",
  env: `${variables.token} or ${variables.tokenAlias}`,
  config: "the saved config",
  keychain: "the keychain",
  command: `the command in ${variables.secretStore}`
}
