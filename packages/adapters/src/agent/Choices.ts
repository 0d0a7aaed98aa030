import * as AgentTokens from "@image-skill/core/agent/AgentTokens"
import { type IdPrefix, Ids } from "@image-skill/core/envelope/Ids"
import type { SecretBytes } from "@image-skill/core/envelope/SecretBytes"
import type { AuthConfig } from "@image-skill/core/identity/AuthConfig"
import { type SecretStore, SecretStoreFailed } from "@image-skill/core/identity/SecretStore"
import { isSendable } from "@image-skill/core/identity/Token"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"

/** Where tokens are kept, one for each service; `origin` is an http(s) origin or `embedded:`. */
export interface TokenStore {
  /** Null, or undefined, where there is none. */
  readonly read: (origin: string) => Promise<string | null | undefined>
  readonly write: (origin: string, token: string) => Promise<void>
  /** True when there was one. */
  readonly remove?: (origin: string) => Promise<boolean>
}

/** What every agent of the library may choose. */
export interface Choices {
  /** The program that the agent runs in, as a signup says it; `library`, when left out. */
  readonly runtime?: string
  /** How long a create or an edit waits for its job before it answers with the job's id, in milliseconds. */
  readonly waitMs?: number
  /** Where the token is kept instead of the config. */
  readonly secretStore?: TokenStore
  /** Milliseconds since 1970, instead of the clock of the machine. How long something takes is measured by the machine. */
  readonly now?: () => number
  /**
   * A fresh name for each call, 20 to 26 lower-case letters and digits, instead of random ones. Whoever can guess the
   * name of a payment can open its page.
   */
  readonly id?: () => string
}

/** The store of the library's user as one of ours. It counts as a secret command: something of his own that is asked. */
export const secretStoreOf = (store: TokenStore): SecretStore => ({
  source: "command",
  read: (origin) =>
    Effect.flatMap(
      attempt(() => store.read(origin)),
      (found) => {
        if (found === null || found === undefined) return Effect.succeed(Option.none())
        const token = found.trim()
        return isSendable(token)
          ? Effect.succeed(Option.some(Redacted.make(token, { label: "token" })))
          : Effect.fail(failed("malformed", "what the secret store holds is no token"))
      }
    ),
  write: (origin, token) => attempt(() => store.write(origin, Redacted.value(token))),
  remove:
    store.remove === undefined ? null : (origin) => attempt(() => store.remove?.(origin) ?? Promise.resolve(false))
})

/** A token that was given by the program, for one service. Nothing is written anywhere. */
export const givenToken = (target: string, token: string): SecretStore => ({
  source: "flag",
  read: (origin) =>
    origin === target
      ? Effect.succeed(Option.some(Redacted.make(token.trim(), { label: "token" })))
      : Effect.succeed(Option.none()),
  write: null,
  remove: null
})

/** Whatever it throws may hold a secret, so nothing of it is told. */
const attempt = <A>(run: () => Promise<A>): Effect.Effect<A, SecretStoreFailed> =>
  Effect.tryPromise({ try: run, catch: () => failed("unavailable", "the secret store of this program failed") })

const failed = (reason: SecretStoreFailed["reason"], message: string): SecretStoreFailed =>
  new SecretStoreFailed({ source: "command", reason, message })

/** A token that was given, then the user's own store, then the config. */
export const tokensOf = (
  target: string,
  { secretStore, token }: Choices & { readonly token?: string | undefined }
): Layer.Layer<AgentTokens.AgentTokens, never, AuthConfig> =>
  AgentTokens.layer(target, [
    ...(token === undefined ? [] : [givenToken(target, token)]),
    ...(secretStore === undefined ? [] : [secretStoreOf(secretStore)])
  ])

/** Names by the user's own counter, or random ones. */
export const idsOf = ({ id }: Choices): Layer.Layer<Ids, never, SecretBytes> =>
  id === undefined
    ? Ids.layer
    : Layer.effect(
        Ids,
        Effect.map(Ids, ({ hex }) => {
          const fresh = Effect.suspend(() => {
            const name = id()
            return /^[0-9a-z]{20,26}$/u.test(name)
              ? Effect.succeed(name)
              : Effect.die(new TypeError("id() must give 20 to 26 lower-case letters and digits"))
          })
          return Ids.of({
            next: (prefix: IdPrefix) => Effect.map(fresh, (name) => `${prefix}_${name}`),
            trace: Effect.map(fresh, (name) => `trace_${name}`),
            hex
          })
        })
      ).pipe(Layer.provide(Ids.layer))

/** The user's own clock for what is written down; waiting goes by the machine's. */
export const clockOf = ({ now }: Choices): Layer.Layer<never> => (now === undefined ? Layer.empty : clockAt(now))

const clockAt = (given: () => number): Layer.Layer<never> => {
  // Clocks of programs have fractions of a millisecond.
  const now = () => Math.floor(given())
  return Layer.effectContext(
    Effect.map(Effect.service(Clock.Clock), (machine) =>
      Context.make(Clock.Clock, {
        currentTimeMillisUnsafe: now,
        currentTimeMillis: Effect.sync(now),
        currentTimeNanosUnsafe: () => BigInt(now()) * 1_000_000n,
        currentTimeNanos: Effect.sync(() => BigInt(now()) * 1_000_000n),
        monotonicTimeNanosUnsafe: () => machine.monotonicTimeNanosUnsafe(),
        monotonicTimeNanos: machine.monotonicTimeNanos,
        sleep: (duration: Duration.Duration) => machine.sleep(duration)
      })
    )
  )
}
