import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"

/**
 * A URL was not fetched.
 *
 * - `not_allowed`: not http(s), with user info, or it leads to an address that is not public. Nothing was sent there.
 * - `status`: the server answered, but not with the media; `status` says with what.
 */
export class RemoteFetchFailed extends Data.TaggedError("RemoteFetchFailed")<{
  readonly reason:
    | "not_allowed"
    | "unreachable"
    | "timeout"
    | "status"
    | "too_large"
    | "too_many_redirects"
    | "interrupted"
  readonly status: number | null
  /** Names the host at most: a URL may carry a secret in its path or query. */
  readonly message: string
}> {}

export interface RemoteFetchOptions {
  /** More than this is refused, by the announced length or as soon as it has arrived. */
  readonly maxBytes: number
  /** Until the headers, and then between two chunks. */
  readonly timeout: Duration.Duration
  /** Exact origins that may be reached although their address is private, e.g. that of a provider on this machine. */
  readonly trustedOrigins: ReadonlyArray<string>
}

export interface RemoteBody {
  /** Lower-case, without parameters; null when the server does not say. */
  readonly contentType: string | null
  readonly contentLength: number | null
  /** Where it came from after redirects: scheme, host and port. */
  readonly origin: string
  readonly body: Stream.Stream<Uint8Array, RemoteFetchFailed>
}

/**
 * GET of somebody else's URL, without any credential. However an address is spelled, redirected to or resolved, a
 * private one is never reached, unless its exact origin is trusted.
 */
export class RemoteFetch extends Context.Service<
  RemoteFetch,
  {
    fetch(url: string, options: RemoteFetchOptions): Effect.Effect<RemoteBody, RemoteFetchFailed, Scope.Scope>
  }
>()("core/media/RemoteFetch") {}
