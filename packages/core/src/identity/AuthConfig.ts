import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"

/** A saved token and the origin it belongs to; it is sent nowhere else. */
export interface SavedAuth {
  /** As it was given, e.g. `https://api.example.com` or `embedded:`. */
  readonly apiBaseUrl: string
  readonly token: Redacted.Redacted
  readonly savedAt: string
}

/** The saved token could not be written, or removed. Whatever was saved before is still there. */
export class AuthConfigFailed extends Data.TaggedError("AuthConfigFailed")<{
  readonly path: string
  /** The system's own words, e.g. `EACCES: permission denied`. */
  readonly message: string
}> {}

/** Whether the config could be written now (contract/cli.md 4.2). */
export type WriteProbe =
  | { readonly _tag: "Writable"; readonly parentPath: string }
  | { readonly _tag: "NotWritable"; readonly parentPath: string; readonly message: string }

/** A place that is ready to take a token, so that saving it can hardly fail any more. */
export interface PreparedSave {
  /**
   * Replaces what was saved, all at once. The token that was saved before, if it is another one, is kept beside the new
   * one: the path where it lies now, or null.
   */
  readonly commit: (auth: SavedAuth) => Effect.Effect<{ readonly previousPath: string | null }, AuthConfigFailed>
}

/** Where this machine keeps the token between two runs: one file, or memory in tests. */
export class AuthConfig extends Context.Service<
  AuthConfig,
  {
    /** Shown to people; contains no secret. */
    readonly path: string
    /** None when there is nothing, or nothing that can be read as a saved token. */
    readonly read: Effect.Effect<Option.Option<SavedAuth>>
    readonly probe: Effect.Effect<WriteProbe>
    /** Opens the place before the token exists; what is not committed leaves nothing behind. */
    readonly prepare: Effect.Effect<PreparedSave, AuthConfigFailed, Scope.Scope>
    /** Removes the saved token; true when there was one. */
    readonly remove: Effect.Effect<boolean, AuthConfigFailed>
  }
>()("core/identity/AuthConfig") {}
