import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE"
  readonly url: string
  readonly headers: { readonly [name: string]: string }
  /** A body that does not fit into memory comes in chunks; what it throws ends the request. */
  readonly body: string | AsyncIterable<Uint8Array> | null
  /** From the start of the request to the end of the answer. */
  readonly timeout: Duration.Duration
  /** A longer answer is an error, not a memory problem. */
  readonly maxBytes: number
}

export interface HttpReply {
  readonly status: number
  /** Names in lower case. */
  readonly headers: { readonly [name: string]: string }
  readonly text: string
}

export interface HttpDownload {
  readonly status: number
  readonly headers: { readonly [name: string]: string }
  /** As it comes, however long; throws when it breaks off. */
  readonly body: AsyncIterable<Uint8Array>
}

/**
 * No answer, or no whole answer. `sent` says whether the request can have reached the other side: only what was never
 * sent has surely done nothing.
 */
export class HttpTransportError extends Data.TaggedError("HttpTransportError")<{
  readonly reason: "invalid_request" | "unreachable" | "tls" | "timeout" | "reset" | "too_large" | "redirected"
  readonly sent: boolean
  readonly message: string
}> {}

/** Plain HTTP for the client of a service. It never follows a redirect to another origin and never retries. */
export class HttpTransport extends Context.Service<
  HttpTransport,
  {
    send(request: HttpRequest): Effect.Effect<HttpReply, HttpTransportError>
    /** The body as it comes, for media. */
    download(
      request: Omit<HttpRequest, "body" | "method" | "maxBytes">
    ): Effect.Effect<HttpDownload, HttpTransportError, Scope.Scope>
  }
>()("core/service/HttpTransport") {}
