import { parseUrl } from "@image-skill/core/envelope/WebUrl"
import {
  type HttpDownload,
  type HttpReply,
  type HttpRequest,
  HttpTransport,
  HttpTransportError
} from "@image-skill/core/service/HttpTransport"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Predicate from "effect/Predicate"
import type * as Scope from "effect/Scope"

export interface FetchOptions {
  /** Anything that keeps the contract of `fetch` (https://fetch.spec.whatwg.org); the one of the runtime, when left out. */
  readonly fetch?: typeof globalThis.fetch
}

type Outgoing = Omit<HttpRequest, "maxBytes" | "timeout">

const maxRedirects = 5

/**
 * HTTP over `fetch`, for browsers, workers and whoever brings a client of his own: no retries, no cookies, redirects only
 * within an origin and only for reads. A body that comes in chunks is collected first, because few runtimes can stream
 * one. A browser does not say where a redirect leads, so there none is followed.
 */
export const layer = ({ fetch }: FetchOptions = {}): Layer.Layer<HttpTransport> =>
  Layer.sync(HttpTransport, () => {
    const use: typeof globalThis.fetch = fetch ?? ((url, init) => globalThis.fetch(url, init))
    return HttpTransport.of({
      send: (request) =>
        follow(use, request, maxRedirects).pipe(
          Effect.flatMap((response) => readText(response, request.maxBytes)),
          Effect.scoped,
          within(request.timeout)
        ),
      download: ({ headers, timeout, url }) =>
        Effect.gen(function* () {
          const controller = yield* Effect.acquireRelease(
            Effect.sync(() => new AbortController()),
            abort
          )
          const response = yield* within(timeout)(
            Effect.onInterrupt(follow(use, { method: "GET", url, headers, body: null }, maxRedirects, controller), () =>
              abort(controller)
            )
          )
          yield* Effect.forkScoped(Effect.delay(abort(controller), timeout))
          const media: HttpDownload = {
            status: response.status,
            headers: headersOf(response),
            body: chunksOf(response, controller.signal)
          }
          return media
        })
    })
  })

const abort = (controller: AbortController): Effect.Effect<void> =>
  Effect.sync(() => controller.abort(new Error("nobody waits for it any more")))

/** A request that ran out of time may have arrived: whoever sent it has to look the outcome up. */
const within = (timeout: Duration.Duration) =>
  Effect.timeoutOrElse({
    duration: timeout,
    orElse: () =>
      Effect.fail(
        new HttpTransportError({
          reason: "timeout",
          sent: true,
          message: `no answer within ${Math.round(Duration.toSeconds(timeout))} seconds`
        })
      )
  })

const follow = (
  use: typeof globalThis.fetch,
  request: Outgoing,
  left: number,
  controller?: AbortController
): Effect.Effect<Response, HttpTransportError, Scope.Scope> =>
  Effect.flatMap(exchange(use, request, controller), (response) => {
    const location = response.headers.get("location")
    const isHidden = response.type === "opaqueredirect"
    if (!isHidden && (location === null || ![301, 302, 303, 307, 308].includes(response.status))) {
      return Effect.succeed(response)
    }
    const target = location === null ? null : parseUrl(location, request.url)
    const sameOrigin = target !== null && target.origin === parseUrl(request.url)?.origin
    return sameOrigin && request.method === "GET" && left > 0
      ? follow(use, { ...request, url: target.href }, left - 1, controller)
      : Effect.fail(
          new HttpTransportError({
            reason: "redirected",
            sent: true,
            message: "the service redirects elsewhere, and no request follows it there"
          })
        )
  })

/** One request and the head of its answer. The end of the scope closes the connection. */
const exchange = Effect.fnUntraced(function* (
  use: typeof globalThis.fetch,
  { body, headers, method, url }: Outgoing,
  given?: AbortController
): Effect.fn.Return<Response, HttpTransportError, Scope.Scope> {
  const target = parseUrl(url)
  if (target === null || !/^https?:$/u.test(target.protocol)) return yield* invalid("not an http(s) URL")
  if (hasDots(url)) return yield* invalid("a segment of its path is only dots, which fetch would take for steps")
  if (!areHeaders(headers)) return yield* invalid("a header has characters that HTTP cannot carry")
  const controller =
    given ??
    (yield* Effect.acquireRelease(
      Effect.sync(() => new AbortController()),
      abort
    ))
  const bytes = body === null || typeof body === "string" ? body : yield* collected(body)
  return yield* Effect.tryPromise({
    try: () =>
      use(url, {
        method,
        headers,
        body: bytes,
        redirect: "manual",
        credentials: "omit",
        cache: "no-store",
        signal: controller.signal
      }),
    catch: toTransportError
  })
})

/** A parsed URL has lost a segment that is a dot, however it was encoded; then it is another one. */
const hasDots = (url: string): boolean => /^[^?#]*\/(?:\.|%2e){1,2}(?:[/?#]|$)/iu.test(url)

const collected = (body: AsyncIterable<Uint8Array>): Effect.Effect<Blob, HttpTransportError> =>
  Effect.tryPromise({
    try: () => new Response(new ReadableStream(pulling(body[Symbol.asyncIterator]()))).blob(),
    catch: () => new HttpTransportError({ reason: "reset", sent: false, message: "the body ended before it was whole" })
  })

const pulling = (chunks: AsyncIterator<Uint8Array>) => ({
  pull: (controller: ReadableStreamDefaultController<Uint8Array>) =>
    chunks.next().then((next) => {
      if (next.done === true) controller.close()
      else controller.enqueue(next.value)
      return undefined
    })
})

const invalid = (message: string): HttpTransportError =>
  new HttpTransportError({ reason: "invalid_request", sent: false, message })

/** What a header may hold (RFC 9110, 5.5). */
const areHeaders = (headers: Outgoing["headers"]): boolean =>
  Object.values(headers).every((value) => /^[\t\u0020-\u007e\u0080-\u00ff]*$/u.test(value))

/**
 * Node says in `cause` what went wrong; a browser tells nobody. Whatever is not known to have failed before anything was
 * sent may have been sent.
 */
const toTransportError = (error: unknown): HttpTransportError => {
  const cause = Predicate.hasProperty(error, "cause") ? error.cause : error
  const code = Predicate.hasProperty(cause, "code") && typeof cause.code === "string" ? cause.code : ""
  const text = Predicate.hasProperty(cause, "message") && typeof cause.message === "string" ? cause.message : ""
  if (unreachable.has(code)) return new HttpTransportError({ reason: "unreachable", sent: false, message: code })
  // A port that no browser connects to (https://fetch.spec.whatwg.org/#port-blocking).
  if (text === "bad port") return new HttpTransportError({ reason: "unreachable", sent: false, message: text })
  if (/^(?:ERR_TLS|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|CERT_)|^EPROTO$/u.test(code)) {
    return new HttpTransportError({ reason: "tls", sent: false, message: code })
  }
  return new HttpTransportError({ reason: "reset", sent: true, message: code === "" ? "the connection broke" : code })
}

const unreachable = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EADDRNOTAVAIL",
  "ETIMEDOUT",
  "UND_ERR_CONNECT_TIMEOUT"
])

const headersOf = ({ headers }: Response): HttpReply["headers"] => {
  const all = new Map<string, string>()
  // Cookies are the only ones that come apart.
  for (const [name, value] of headers) all.set(name, all.has(name) ? `${all.get(name)}, ${value}` : value)
  return Object.fromEntries(all)
}

/** The body as it comes; it throws when it breaks off, or when nobody may wait for it any more. */
const chunksOf = ({ body }: Response, signal: AbortSignal): AsyncIterable<Uint8Array> => ({
  [Symbol.asyncIterator]: () => {
    const reader = body?.getReader()
    return {
      next: () =>
        signal.aborted
          ? Promise.reject(new Error("the time for the download is up"))
          : reader === undefined
            ? Promise.resolve({ done: true, value: undefined })
            : reader.read().then((read) => (read.done ? { done: true, value: undefined } : read)),
      return: () => {
        const ended = { done: true, value: undefined } as const
        return reader === undefined ? Promise.resolve(ended) : reader.cancel().then(() => ended)
      }
    }
  }
})

const readText = Effect.fnUntraced(function* (
  response: Response,
  maxBytes: number
): Effect.fn.Return<HttpReply, HttpTransportError> {
  const reader: ReadableStreamDefaultReader<Uint8Array> | undefined = response.body?.getReader()
  const reply = (text: string): HttpReply => ({ status: response.status, headers: headersOf(response), text })
  if (reader === undefined) return reply("")
  const decoder = new TextDecoder()
  let text = ""
  let bytes = 0
  let isWhole: boolean
  do {
    const { done, value } = yield* Effect.tryPromise({ try: () => reader.read(), catch: broken })
    bytes += value?.length ?? 0
    if (bytes > maxBytes) return yield* tooLarge(maxBytes)
    text += decoder.decode(value, { stream: true })
    isWhole = done
  } while (!isWhole)
  return reply(text + decoder.decode())
})

const broken = (): HttpTransportError =>
  new HttpTransportError({ reason: "reset", sent: true, message: "the answer ended before it was whole" })

const tooLarge = (maxBytes: number): HttpTransportError =>
  new HttpTransportError({ reason: "too_large", sent: true, message: `the answer is longer than ${maxBytes} bytes` })
