import type * as Http from "node:http"
import { createRequire } from "node:module"
import type * as NodeStream from "node:stream"
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
import type * as Scope from "effect/Scope"

// An ESM import of node:http loads all of undici on Node 22 and newer, which costs more than the request itself.
const load: {
  (id: "node:http" | "node:https"): typeof Http
  (id: "node:stream"): typeof NodeStream
} = createRequire(import.meta.url)

type Outgoing = Omit<HttpRequest, "maxBytes" | "timeout">

const maxRedirects = 5

/** HTTP over Node's own client: one connection a request, no retries, redirects only within an origin and only for reads. */
export const layer = Layer.sync(HttpTransport, () =>
  HttpTransport.of({
    send: (request) =>
      follow(request, maxRedirects).pipe(
        Effect.flatMap((response) => readText(response, request.maxBytes)),
        Effect.scoped,
        within(request.timeout)
      ),
    download: ({ headers, timeout, url }) =>
      within(timeout)(follow({ method: "GET", url, headers, body: null }, maxRedirects)).pipe(
        Effect.tap((response) => holdFor(response, timeout)),
        Effect.map((response): HttpDownload => ({
          status: response.statusCode ?? 0,
          headers: headersOf(response),
          body: response
        }))
      )
  })
)

/** The body may be read until its scope ends or the time is up; then the connection is closed, whoever still reads. */
const holdFor = (
  response: Http.IncomingMessage,
  timeout: Duration.Duration
): Effect.Effect<void, never, Scope.Scope> => {
  const close = Effect.sync(() => void response.destroy(new Error("the time for the download is up")))
  // Without a listener, a connection that breaks while nobody reads would end the process.
  response.on("error", () => {})
  return Effect.andThen(
    Effect.addFinalizer(() => close),
    Effect.forkScoped(Effect.delay(close, timeout))
  )
}

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

const follow = (request: Outgoing, left: number): Effect.Effect<Http.IncomingMessage, HttpTransportError> =>
  Effect.flatMap(exchange(request), (response) => {
    const location = response.headers.location
    const isRedirect = [301, 302, 303, 307, 308].includes(response.statusCode ?? 0) && location !== undefined
    if (!isRedirect) return Effect.succeed(response)
    response.destroy()
    const target = parseUrl(location, request.url)
    const sameOrigin = target !== null && target.origin === parseUrl(request.url)?.origin
    return sameOrigin && request.method === "GET" && left > 0
      ? follow({ ...request, url: target.href }, left - 1)
      : Effect.fail(
          new HttpTransportError({
            reason: "redirected",
            sent: true,
            message: "the service redirects elsewhere, and no request follows it there"
          })
        )
  })

/** One request and the head of its answer. Interruption closes the connection. */
const exchange = ({ body, headers, method, url }: Outgoing): Effect.Effect<Http.IncomingMessage, HttpTransportError> =>
  Effect.callback((resume) => {
    const target = parseUrl(url)
    if (target === null || !/^https?:$/u.test(target.protocol))
      return resume(Effect.fail(invalid("not an http(s) URL")))
    if (!areHeaders(headers)) return resume(Effect.fail(invalid("a header has characters that HTTP cannot carry")))
    const client = load(target.protocol === "https:" ? "node:https" : "node:http")
    const length = typeof body === "string" ? { "content-length": String(Buffer.byteLength(body)) } : {}
    const options = { method, ...rawPath(url), headers: { ...headers, ...length }, agent: false }
    const request = client.request(target.href, options)
    let isOpen = target.protocol === "http:"
    request.once("socket", (socket) => socket.once("secureConnect", () => void (isOpen = true)))
    request.once("response", (response) => resume(Effect.succeed(response)))
    request.once("error", (error) => resume(Effect.fail(toTransportError(error, isOpen && hasWritten(request)))))
    if (body === null) request.end()
    else if (typeof body === "string") request.end(body)
    else feed(request, body)
    return Effect.sync(() => request.destroy())
  })

/** No faster than the other side takes it. A body that breaks off breaks the request off, too. */
const feed = (request: Http.ClientRequest, body: AsyncIterable<Uint8Array>): void => {
  const source = load("node:stream").Readable.from(body)
  source.once("error", (error) => request.destroy(error))
  request.once("close", () => source.destroy())
  source.pipe(request)
}

/** As it was written: a parsed URL has lost a segment that is a dot, however it was encoded. */
const rawPath = (url: string): { readonly path?: string } => {
  const path = /^https?:\/\/[^/?#]*(\/[\x21\x22\x24-\x7e]*)$/iu.exec(url)?.[1]
  return path === undefined ? {} : { path }
}

const invalid = (message: string): HttpTransportError =>
  new HttpTransportError({ reason: "invalid_request", sent: false, message })

/** What a header may hold (RFC 9110, 5.5); Node throws at anything else. */
const areHeaders = (headers: Outgoing["headers"]): boolean =>
  Object.values(headers).every((value) => /^[\t\u0020-\u007e\u0080-\u00ff]*$/u.test(value))

/** Bytes that have not left this machine have done nothing on the other one. */
const hasWritten = (request: Http.ClientRequest): boolean => (request.socket?.bytesWritten ?? 0) > 0

const toTransportError = (error: NodeJS.ErrnoException, sent: boolean): HttpTransportError => {
  const code = error.code ?? ""
  if (unreachable.has(code)) return new HttpTransportError({ reason: "unreachable", sent: false, message: code })
  if (code.startsWith("ERR_TLS") || code.startsWith("ERR_SSL") || tlsCodes.has(code)) {
    return new HttpTransportError({ reason: "tls", sent: false, message: code })
  }
  return new HttpTransportError({ reason: "reset", sent, message: code === "" ? "the connection broke" : code })
}

const unreachable = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EADDRNOTAVAIL",
  "ETIMEDOUT"
])

const tlsCodes = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "CERT_HAS_EXPIRED",
  "EPROTO"
])

const headersOf = (response: Http.IncomingMessage): HttpReply["headers"] =>
  Object.fromEntries(
    Object.entries(response.headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : value]]
    )
  )

const tooLarge = (maxBytes: number): HttpTransportError =>
  new HttpTransportError({ reason: "too_large", sent: true, message: `the answer is longer than ${maxBytes} bytes` })

const broken = (): HttpTransportError =>
  new HttpTransportError({ reason: "reset", sent: true, message: "the answer ended before it was whole" })

const readText = (response: Http.IncomingMessage, maxBytes: number): Effect.Effect<HttpReply, HttpTransportError> =>
  Effect.callback((resume) => {
    const chunks: Array<Buffer> = []
    let bytes = 0
    response.on("data", (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > maxBytes) {
        response.destroy()
        resume(Effect.fail(tooLarge(maxBytes)))
      } else chunks.push(chunk)
    })
    response.once("error", () => resume(Effect.fail(broken())))
    response.once("close", () => {
      const text = Buffer.concat(chunks).toString("utf8")
      const reply = { status: response.statusCode ?? 0, headers: headersOf(response), text }
      resume(response.complete ? Effect.succeed(reply) : Effect.fail(broken()))
    })
    return Effect.sync(() => response.destroy())
  })
