import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { command, json } from "../envelope/CommandLine.ts"
import { docsUrl } from "../envelope/Product.ts"
import { Refusal } from "../envelope/Refusal.ts"
import { AuthConfig, type AuthConfigFailed } from "../identity/AuthConfig.ts"
import type { SecretStore, SecretStoreFailed, TokenSource } from "../identity/SecretStore.ts"
import { originOf } from "../identity/ServiceAddress.ts"

export interface FoundToken {
  readonly source: TokenSource
  readonly value: Redacted.Redacted
}

/** Where a token went. */
export interface KeptToken {
  readonly source: "config" | "keychain" | "command"
  /** Shown to people. */
  readonly place: string
  readonly previousPlace: string | null
}

/** A place that is ready for a token that does not exist yet. */
export interface Keeping {
  readonly commit: (token: Redacted.Redacted) => Effect.Effect<KeptToken, Refusal>
}

/** Where an agent's token is between two calls: found before each, kept after a signup, and never in an answer. */
export class AgentTokens extends Context.Service<
  AgentTokens,
  {
    readonly find: Effect.Effect<FoundToken | null, Refusal>
    /** Opens the place first, so that no token is lost for want of one. */
    readonly prepare: Effect.Effect<Keeping, Refusal, Scope.Scope>
  }
>()("core/agent/AgentTokens") {}

/**
 * The first of the stores that holds a token for the target decides, then what is saved in `AuthConfig`. A signup is kept
 * in the first store that can be written, else in `AuthConfig`. `target` is an origin or `embedded:`.
 */
export const layer = (
  target: string,
  stores: ReadonlyArray<SecretStore> = []
): Layer.Layer<AgentTokens, never, AuthConfig> =>
  Layer.effect(
    AgentTokens,
    Effect.gen(function* () {
      const config = yield* AuthConfig
      const find = Effect.gen(function* () {
        for (const store of stores) {
          const found = yield* Effect.mapError(store.read(target), unreadable)
          if (Option.isSome(found)) return { source: store.source, value: found.value }
        }
        const saved = Option.getOrNull(yield* config.read)
        const isOurs = saved !== null && (originOf(saved.apiBaseUrl) ?? saved.apiBaseUrl) === target
        return isOurs ? { source: "config" as const, value: saved.token } : null
      })
      const prepare: AgentTokens["Service"]["prepare"] = Effect.suspend(() => {
        const own = stores.map(writable).find((store) => store !== null) ?? null
        return own === null
          ? Effect.map(Effect.mapError(config.prepare, unwritable), (prepared) =>
              intoConfig(target, config.path, prepared)
            )
          : Effect.succeed(own(target))
      })
      return AgentTokens.of({ find, prepare })
    })
  )

const intoConfig = (
  apiBaseUrl: string,
  place: string,
  prepared: Effect.Success<AuthConfig["Service"]["prepare"]>
): Keeping => ({
  commit: (token) =>
    Effect.gen(function* () {
      const savedAt = DateTime.formatIso(yield* DateTime.now)
      const { previousPath } = yield* Effect.mapError(prepared.commit({ apiBaseUrl, token, savedAt }), (error) =>
        lost(unwritable(error))
      )
      return { source: "config" as const, place, previousPlace: previousPath }
    })
})

const writable = ({ read, source, write }: SecretStore): ((target: string) => Keeping) | null =>
  write === null
    ? null
    : (target) => ({
        commit: (token) =>
          Effect.gen(function* () {
            const place = source === "keychain" ? "the keychain" : "the secret store of this program"
            const before = Option.getOrNull(yield* read(target))
            // The token of another identity may be the only way to what it has paid for.
            const isOther = before !== null && Redacted.value(before) !== Redacted.value(token)
            if (isOther) yield* write(previousOf(target), before)
            yield* write(target, token)
            return {
              source: source === "keychain" ? ("keychain" as const) : ("command" as const),
              place,
              previousPlace: isOther ? `${place}, under ${previousOf(target)}` : null
            }
          }).pipe(Effect.mapError((error) => lost(unreadable(error))))
      })

/** Where a store keeps the token that was there before. */
const previousOf = (target: string): string => `${target}#previous`

const docs = docsUrl("local-config-and-install")

const unreadable = ({ message, source }: SecretStoreFailed): Refusal =>
  new Refusal({
    code: "SECRET_STORE_UNAVAILABLE",
    message: message === "" ? `the secret store (${source}) cannot be used` : message,
    recovery: { suggestedCommand: command("doctor", json), docsUrl: docs }
  })

const unwritable = ({ message, path }: AuthConfigFailed): Refusal =>
  new Refusal({
    code: "PUBLIC_CLI_CONFIG_WRITE_FAILED",
    message: `the token cannot be saved in ${path}: ${message}`,
    outcome: "not_sent",
    recovery: { suggestedCommand: command("doctor", json), docsUrl: docs }
  })

/** The identity was made, and its only token could not be kept: another signup makes another one. */
const lost = ({ code, message, recovery }: Refusal): Refusal =>
  new Refusal({
    code,
    message: `the identity was made, but ${message}; its token is lost, so sign up again`,
    outcome: "succeeded",
    ...(recovery === undefined ? {} : { recovery })
  })
