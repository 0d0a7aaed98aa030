import { parseUrl } from "@image-skill/core/envelope/WebUrl"
import type { MediaProviderError } from "@image-skill/core/media/MediaProvider"
import { RemoteFetch } from "@image-skill/core/media/RemoteFetch"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpBody from "effect/http/HttpBody"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Record from "effect/Record"
import * as Redacted from "effect/Redacted"
import type * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { type ErrorReader, failure, readError as commonErrors, refusal, sentNothing } from "./ProviderFailure.ts"

/** Where a provider is, and with which headers it is asked. */
export interface Connection {
  readonly provider: string
  /** With the path that all of its routes share, e.g. `https://api.openai.com/v1`. */
  readonly baseUrl: string
  readonly headers: { readonly [name: string]: string | Redacted.Redacted }
}

export interface ProviderRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE"
  /** Below the base URL, beginning with `/`, or a URL of the same origin. */
  readonly path: string
  readonly body: Schema.JsonObject | FormData | Uint8Array | null
  /** With lower-case names. */
  readonly headers?: { readonly [name: string]: string }
  /** For the whole exchange. */
  readonly timeout: Duration.Duration
  /** Whether the provider may bill it: then what is not certain is `unknown`. */
  readonly paid: boolean
  /** Further statuses that are answers, not failures. Of a request that is not paid, 404 and 410 always are. */
  readonly handed?: ReadonlyArray<number>
  readonly readError?: ErrorReader
}

export interface ProviderAnswer {
  readonly status: number
  readonly headers: { readonly [name: string]: string | undefined }
  readonly bytes: Uint8Array
}

/** More than any answer that holds its outputs within itself. */
const mostBytes = 512 * 1024 * 1024

/**
 * One exchange: no retries, and no redirect is followed, because the key goes with the request. Of a paid request only
 * what the provider itself answered, or what never left this machine, is certain; all else is `unknown`.
 */
export const call = Effect.fn("ProviderHttp.call")(function* (
  connection: Connection,
  request: ProviderRequest
): Effect.fn.Return<ProviderAnswer, MediaProviderError, HttpClient.HttpClient> {
  const { paid, timeout } = request
  const { provider } = connection
  const prepared = yield* prepare(connection, request)
  const answer = yield* exchange(prepared).pipe(
    Effect.mapError((error) => {
      const isCertain = sentNothing(error.reason) || error.reason._tag === "InvalidUrlError"
      return failure(
        provider,
        paid && !isCertain ? "unknown" : "unavailable",
        isCertain
          ? "the provider could not be reached"
          : "the connection to the provider broke before its answer was read"
      )
    }),
    Effect.timeoutOrElse({
      duration: timeout,
      orElse: () =>
        Effect.fail(
          failure(
            provider,
            paid ? "unknown" : "unavailable",
            `the provider did not answer within ${Math.round(Duration.toSeconds(timeout))} seconds`
          )
        )
    })
  )
  if (answer.bytes.length > mostBytes)
    return yield* failure(provider, paid ? "unknown" : "unavailable", "the provider answered with too much")
  if (isHanded(request, answer.status)) return answer
  return yield* refusal({
    provider,
    status: answer.status,
    retryAfterMillis: yield* retryAfter(answer.headers),
    bytes: answer.bytes,
    isPaid: paid,
    readError: request.readError ?? commonErrors,
    hidden: [...secretsOf(connection), ...wordsOf(request.body)]
  })
})

const isHanded = ({ handed = [], paid }: ProviderRequest, status: number): boolean =>
  (status >= 200 && status < 300) || handed.includes(status) || (!paid && (status === 404 || status === 410))

const prepare = Effect.fnUntraced(function* (connection: Connection, request: ProviderRequest) {
  const { provider } = connection
  const reason = request.paid ? "rejected" : "unavailable"
  const url = targetOf(connection, request.path)
  if (url === null) return yield* failure(provider, reason, "the provider named an address that is not its own")
  const headers = { "user-agent": "image-skill", ...Record.map(connection.headers, revealed), ...request.headers }
  if (!Object.values(headers).every(isHeader))
    return yield* failure(provider, reason, "the key of the provider has characters that HTTP cannot carry")
  return HttpClientRequest.make(request.method)(url, { headers, body: yield* encode(request) })
})

const revealed = (value: string | Redacted.Redacted): string =>
  Redacted.isRedacted(value) ? Redacted.value(value) : value

/** The key goes to the origin of the base URL and nowhere else, whatever an answer names. */
const targetOf = ({ baseUrl }: Connection, path: string): string | null => {
  if (path.startsWith("/")) return `${baseUrl.replace(/\/+$/u, "")}${path}`
  const target = parseUrl(path)
  const isOwn = target?.username === "" && target.origin === parseUrl(baseUrl)?.origin
  return isOwn ? target.href : null
}

/** What a header may hold (RFC 9110, 5.5). */
const isHeader = (value: string): boolean => /^[\t\u0020-\u007e\u0080-\u00ff]*$/u.test(value)

/** Multipart is written out beforehand: some providers refuse a body that does not tell its length. */
const encode = ({ body, headers = {} }: ProviderRequest): Effect.Effect<HttpBody.HttpBody> => {
  if (body === null) return Effect.succeed(HttpBody.empty)
  if (body instanceof Uint8Array) return Effect.succeed(HttpBody.uint8Array(body, headers["content-type"]))
  if (!(body instanceof FormData)) return Effect.succeed(HttpBody.jsonUnsafe(body))
  const written = new Response(body)
  return Effect.map(
    Effect.promise(() => written.arrayBuffer()),
    (bytes) => HttpBody.uint8Array(new Uint8Array(bytes), written.headers.get("content-type") ?? "multipart/form-data")
  )
}

/** Without tracing: neither the provider nor a trace learns of the other. */
const exchange = (
  request: HttpClientRequest.HttpClientRequest
): Effect.Effect<ProviderAnswer, HttpClientError.HttpClientError, HttpClient.HttpClient> =>
  HttpClient.execute(request).pipe(
    Effect.flatMap((response) =>
      Effect.map(read(response), (bytes) => ({ status: response.status, headers: response.headers, bytes }))
    ),
    Effect.provideService(HttpClient.TracerDisabledWhen, () => true)
  )

const read = (
  response: HttpClientResponse.HttpClientResponse
): Effect.Effect<Uint8Array, HttpClientError.HttpClientError> =>
  Effect.suspend(() => {
    const chunks: Array<Uint8Array> = []
    let length = 0
    return response.stream.pipe(
      Stream.takeUntil((chunk) => {
        length += chunk.length
        return length > mostBytes
      }),
      Stream.runForEach((chunk) => Effect.sync(() => void chunks.push(chunk))),
      Effect.map(() => Buffer.concat(chunks)),
      Effect.map((bytes) => new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength))
    )
  })

/** `Retry-After` is seconds or a date (RFC 9110, 10.2.3). */
export const retryAfter = (headers: ProviderAnswer["headers"]): Effect.Effect<number | null> =>
  Effect.map(DateTime.now, (now) => {
    const value = headers["retry-after"]?.trim() ?? ""
    if (/^\d{1,7}(?:\.\d+)?$/u.test(value)) return Math.ceil(Number(value) * 1000)
    if (!/[a-z]/iu.test(value)) return null
    return Option.match(DateTime.make(value), {
      onNone: () => null,
      onSome: (until) => Math.max(0, DateTime.toEpochMillis(until) - DateTime.toEpochMillis(now))
    })
  })

const secretsOf = ({ headers }: Connection): ReadonlyArray<string> =>
  Object.values(headers).flatMap((value) =>
    Redacted.isRedacted(value) ? [Redacted.value(value), ...Redacted.value(value).split(" ").slice(1)] : []
  )

/** The words of the caller within a body: what a provider repeats of them stays out of messages. */
const wordsOf = (body: ProviderRequest["body"]): ReadonlyArray<string> => {
  if (body === null || body instanceof Uint8Array) return []
  if (body instanceof FormData) return [...body].flatMap(([name, value]) => wordsIn(value, name))
  return wordsIn(body, "")
}

const wordsIn = (value: unknown, name: string): ReadonlyArray<string> => {
  if (typeof value === "string") return /prompt|text/iu.test(name) || /\s/u.test(value) ? [value] : []
  if (Array.isArray(value)) return value.flatMap((item) => wordsIn(item, name))
  return Predicate.isObject(value) ? Object.entries(value).flatMap(([key, item]) => wordsIn(item, key)) : []
}

/** Until the first byte, and between two. */
const patience = Duration.seconds(60)

/** The media at a URL that a provider gave out, fetched without its key. What fails may be tried again. */
export const download = (
  { baseUrl, provider }: Pick<Connection, "baseUrl" | "provider">,
  url: string,
  maxBytes: number
): Stream.Stream<Uint8Array, MediaProviderError, RemoteFetch> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const { fetch } = yield* RemoteFetch
      const origin = parseUrl(baseUrl)?.origin
      const { body, contentLength } = yield* fetch(url, {
        maxBytes,
        timeout: patience,
        trustedOrigins: origin === undefined ? [] : [origin]
      })
      return contentLength === null ? body : whole(body, provider, contentLength)
    })
  ).pipe(
    Stream.mapError((error) =>
      error._tag === "MediaProviderError"
        ? error
        : failure(
            provider,
            // Where it may not be fetched from now it may not be tomorrow.
            error.reason === "not_allowed" || error.reason === "too_large" ? "rejected" : "unavailable",
            `an output of the provider could not be fetched (${fetchWord(error)})`
          )
    )
  )

const fetchWord = ({ reason, status }: { readonly reason: string; readonly status: number | null }): string =>
  status === null ? reason : `${reason} ${status}`

const whole = <E>(
  body: Stream.Stream<Uint8Array, E>,
  provider: string,
  announced: number
): Stream.Stream<Uint8Array, E | MediaProviderError> =>
  Stream.suspend(() => {
    let arrived = 0
    const check = Effect.suspend(() =>
      arrived === announced
        ? Effect.void
        : Effect.fail(failure(provider, "unavailable", "an output of the provider arrived in part only"))
    )
    return Stream.concat(
      Stream.tap(body, (chunk) => Effect.sync(() => void (arrived += chunk.length))),
      Stream.drain(Stream.fromEffect(check))
    )
  })
