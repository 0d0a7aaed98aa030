import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"

/** Where a token came from, as answers say it (decision D2.3). */
export type TokenSource = "stdin" | "flag" | "env" | "config" | "keychain" | "command"

/**
 * A secret store could not do its work.
 *
 * - `blank`: it was named and held nothing. `malformed`: what it held cannot be sent in a header. Neither is repeated.
 * - `terminal`: standard input is a terminal, so nothing can be piped from it.
 * - `unavailable`: the keychain or the command is not there, failed, or took too long.
 */
export class SecretStoreFailed extends Data.TaggedError("SecretStoreFailed")<{
  readonly source: TokenSource
  readonly reason: "blank" | "malformed" | "terminal" | "unavailable"
  readonly message: string
}> {}

/** One place a token can be in. Everything is per origin: a token belongs to the service that issued it. */
export interface SecretStore {
  readonly source: TokenSource
  /** None when it holds no token for this origin. */
  readonly read: (origin: string) => Effect.Effect<Option.Option<Redacted.Redacted>, SecretStoreFailed>
  /** Null for places that are only read: standard input, flags, the environment. */
  readonly write: ((origin: string, token: Redacted.Redacted) => Effect.Effect<void, SecretStoreFailed>) | null
  /** Removes the token of this origin; true when there was one. */
  readonly remove: ((origin: string) => Effect.Effect<boolean, SecretStoreFailed>) | null
}
