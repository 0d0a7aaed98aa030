import type * as Dns from "node:dns"
import type * as Http from "node:http"
import { createRequire } from "node:module"
import type { LookupFunction } from "node:net"
import { version } from "@image-skill/core/envelope/Product"
import { isPublicAddress } from "@image-skill/core/media/PublicAddress"
import {
  type RemoteBody,
  RemoteFetch,
  RemoteFetchFailed,
  type RemoteFetchOptions
} from "@image-skill/core/media/RemoteFetch"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"

// An ESM import of node:http loads all of undici, which costs more than a small request.
const load: {
  (id: "node:http" | "node:https"): typeof Http
  (id: "node:dns"): typeof Dns
} = createRequire(import.meta.url)

/** What a name stands for; the system's own resolver unless a test brings another. */
export type Resolve = (hostname: string) => Promise<ReadonlyArray<Dns.LookupAddress>>

const maxRedirects = 3

/** However little a server sends at a time, it has to be done within so many timeouts. */
const maxTimeouts = 60

/**
 * Over Node's own client, one connection a request. A name is judged by the addresses that it is then connected to, in
 * the moment of connecting, so that a name whose answer changes gains nothing; one address that is not public refuses
 * all of them. Nothing that came compressed is unpacked.
 */
export const layerOf = (resolve: Resolve): Layer.Layer<RemoteFetch> =>
  Layer.succeed(
    RemoteFetch,
    RemoteFetch.of({
      fetch: Effect.fn("NodeRemoteFetch.fetch")(function* (url: string, options: RemoteFetchOptions) {
        const first = yield* judge(url, undefined, options.trustedOrigins)
        const until = (yield* Clock.currentTimeMillis) + Duration.toMillis(options.timeout) * maxTimeouts
        const answered = yield* follow(first, { options, resolve }, maxRedirects).pipe(
          Effect.timeoutOrElse({
            duration: options.timeout,
            orElse: () => Effect.fail(failed("timeout", `${first.url.host} did not answer in time`))
          })
        )
        return yield* toBody(answered, options, until)
      })
    })
  )

const systemResolver: Resolve = (hostname) => load("node:dns").promises.lookup(hostname, { all: true })

export const layer: Layer.Layer<RemoteFetch> = layerOf(systemResolver)

/** One URL that may be asked. Trust is not inherited: a stranger's redirect to a trusted origin is refused. */
interface Hop {
  readonly url: URL
  readonly isTrusted: boolean
}

interface Settings {
  readonly options: RemoteFetchOptions
  readonly resolve: Resolve
}

interface Answered {
  readonly hop: Hop
  readonly response: Http.IncomingMessage
}

const failed = (
  reason: RemoteFetchFailed["reason"],
  message: string,
  status: number | null = null
): RemoteFetchFailed => new RemoteFetchFailed({ reason, status, message })

const refuse = (message: string) => Effect.fail(failed("not_allowed", message))

const judge = (
  text: string,
  from: Hop | undefined,
  trustedOrigins: ReadonlyArray<string>
): Effect.Effect<Hop, RemoteFetchFailed> => {
  const url = URL.canParse(text, from?.url.href) ? new URL(text, from?.url.href) : null
  if (url === null || !/^https?:$/u.test(url.protocol)) return refuse("it is not an http(s) URL")
  if (url.username !== "" || url.password !== "") return refuse("it carries a user name or a password")
  const isTrusted = (from?.isTrusted ?? true) && trustedOrigins.includes(url.origin)
  if (!isTrusted && isPrivateHost(url.hostname)) return refuse(notPublic(url))
  return isTrusted || isWebPort(url.port)
    ? Effect.succeed({ url, isTrusted })
    : refuse("its port is not one of the web")
}

const notPublic = ({ hostname }: URL): string => `${hostname} is not on the public internet`

/**
 * An address that was written out never reaches the resolver. The parser of URLs has brought every spelling of one,
 * octal, hexadecimal, short or full-width, into its usual form.
 */
const isPrivateHost = (hostname: string): boolean => {
  const bare = hostname.replace(/\.$/u, "")
  if (bare.startsWith("[")) return !isPublicAddress(bare.slice(1, -1))
  return /^[\d.]+$/u.test(bare) ? !isPublicAddress(bare) : /(?:^|\.)localhost$/u.test(bare)
}

/** Below 1024 only those two speak HTTP; an empty port is one of them. */
const isWebPort = (port: string): boolean => port === "" || port === "80" || port === "443" || Number(port) >= 1024

const follow = (hop: Hop, settings: Settings, left: number): Effect.Effect<Answered, RemoteFetchFailed, Scope.Scope> =>
  Effect.gen(function* () {
    const response = yield* Effect.acquireRelease(exchange(hop, settings), close, { interruptible: true })
    const { location } = response.headers
    if (![301, 302, 303, 307, 308].includes(response.statusCode ?? 0) || location === undefined)
      return { hop, response }
    yield* close(response)
    if (left === 0) return yield* failed("too_many_redirects", `it redirects more than ${maxRedirects} times`)
    return yield* follow(yield* judge(location, hop, settings.options.trustedOrigins), settings, left - 1)
  })

const close = (response: Http.IncomingMessage): Effect.Effect<void> => Effect.sync(() => void response.destroy())

/** One request and the head of its answer, without cookies, credentials or a referer. */
const exchange = (hop: Hop, { resolve }: Settings): Effect.Effect<Http.IncomingMessage, RemoteFetchFailed> =>
  Effect.callback((resume) => {
    const { url } = hop
    const client = load(url.protocol === "https:" ? "node:https" : "node:http")
    const request = client.request(url.href, {
      agent: false,
      headers: { accept: "*/*", "accept-encoding": "identity", "user-agent": `image-skill/${version}` },
      lookup: judgedLookup(hop, resolve)
    })
    request.once("response", (response) => {
      // Without a listener, a connection that breaks while nobody reads would end the process.
      response.on("error", () => {})
      resume(Effect.succeed(response))
    })
    request.once("error", (error) => resume(Effect.fail(toFailure(hop, error))))
    request.end()
    return Effect.sync(() => void request.destroy())
  })

const addressRefused = "ERR_ADDRESS_NOT_PUBLIC"

/** The addresses given out here are the ones that are connected to. */
const judgedLookup =
  ({ isTrusted }: Hop, resolve: Resolve): LookupFunction =>
  (hostname, { all }, answer) => {
    resolve(hostname).then(
      (addresses) => {
        const [first] = addresses
        if (first === undefined) return answer(coded("ENOTFOUND"), [])
        if (!isTrusted && !addresses.every(({ address }) => isPublicAddress(address)))
          return answer(coded(addressRefused), [])
        return all === true ? answer(null, [...addresses]) : answer(null, first.address, first.family)
      },
      (error: unknown) => answer(error instanceof Error ? error : coded("EAI_FAIL"), [])
    )
  }

const coded = (code: string): NodeJS.ErrnoException => Object.assign(new Error(code), { code })

const toFailure = ({ url }: Hop, { code }: NodeJS.ErrnoException): RemoteFetchFailed =>
  code === addressRefused
    ? failed("not_allowed", notPublic(url))
    : failed("unreachable", `${url.hostname} was not reached (${code ?? "the connection broke"})`)

const toBody = Effect.fnUntraced(function* ({ hop, response }: Answered, options: RemoteFetchOptions, until: number) {
  const status = response.statusCode ?? 0
  const { hostname, origin } = hop.url
  if (status < 200 || status > 299) return yield* failed("status", `${hostname} answered HTTP ${status}`, status)
  if (!/^(?:identity)?$/iu.test(response.headers["content-encoding"] ?? ""))
    return yield* failed("status", `${hostname} sent it compressed, although it was asked not to`, status)
  const length = Number(response.headers["content-length"] ?? Number.NaN)
  const contentLength = Number.isSafeInteger(length) ? length : null
  if (contentLength !== null && contentLength > options.maxBytes) return yield* tooLarge(options)
  const type = response.headers["content-type"]?.split(";")[0]?.trim().toLowerCase() ?? ""
  const body: RemoteBody = {
    contentType: type === "" ? null : type,
    contentLength,
    origin,
    body: chunks(response, options, until)
  }
  return body
})

const tooLarge = ({ maxBytes }: RemoteFetchOptions): RemoteFetchFailed =>
  failed("too_large", `it has more than ${maxBytes} bytes`)

const chunks = (response: Http.IncomingMessage, options: RemoteFetchOptions, until: number): RemoteBody["body"] =>
  Stream.unfold(
    0,
    Effect.fnUntraced(function* (before: number) {
      const left = until - (yield* Clock.currentTimeMillis)
      const chunk = yield* nextChunk(response).pipe(
        Effect.timeoutOrElse({
          duration: Duration.min(options.timeout, Duration.millis(Math.max(0, left))),
          orElse: () => Effect.fail(failed("timeout", "it stopped coming, or came too slowly"))
        })
      )
      if (chunk === null) return undefined
      const bytes = before + chunk.length
      return bytes > options.maxBytes ? yield* tooLarge(options) : ([chunk, bytes] as const)
    })
  )

/** Null at the end of an answer that is whole. Reads no further than it is asked to. */
const nextChunk = (response: Http.IncomingMessage): Effect.Effect<Uint8Array | null, RemoteFetchFailed> =>
  Effect.callback((resume) => {
    const events = ["readable", "end", "error", "close"]
    const stop = () => events.forEach((event) => response.off(event, look))
    const look = () => {
      const read: unknown = response.read()
      const chunk = Buffer.isBuffer(read) ? read : null
      const isOver = response.readableEnded || response.destroyed
      if (chunk === null && !isOver) return
      stop()
      if (chunk !== null) resume(Effect.succeed(chunk))
      else if (response.readableEnded && response.complete) resume(Effect.succeed(null))
      else resume(Effect.fail(failed("interrupted", "it ended before it was whole")))
    }
    events.forEach((event) => response.on(event, look))
    look()
    return Effect.sync(stop)
  })
