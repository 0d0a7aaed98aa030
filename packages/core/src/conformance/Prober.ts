import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { Ids } from "../envelope/Ids.ts"
import { isDeeperThan, jsonField, textField } from "../envelope/JsonFields.ts"
import { version } from "../envelope/Product.ts"
import { parseUrl } from "../envelope/WebUrl.ts"
import { type HttpReply, type HttpRequest, HttpTransport, type HttpTransportError } from "../service/HttpTransport.ts"
import { Broken, type Finding, Skipped } from "./Rule.ts"
import { shownText } from "./Shown.ts"

/** Somebody who signed up for this run: the one who asks, and one who owns what the first may not see. */
export type Role = "agent" | "stranger"

/**
 * A request. Wherever `$run` stands in its path, its headers or its body, the label of the run is put, so that the very
 * same request is another one in another run.
 */
export interface Ask {
  readonly method?: HttpRequest["method"]
  readonly path: string
  /** Whose token it carries. */
  readonly as?: Role
  /** Sent as JSON, with its content type. */
  readonly body?: Schema.Json
  /** Sent instead of `body`, as it is. */
  readonly text?: string
  readonly headers?: { readonly [name: string]: string }
  /** The same request once more is another one. */
  readonly again?: number
}

/** An answer, as it came. */
export interface Heard extends HttpReply {
  readonly ask: Ask
  /** Method and path, without its query. */
  readonly request: string
  /** Null for what is no JSON, or nested deeper than anybody reads. */
  readonly json: Schema.Json
}

export interface ProbeOptions {
  /** An http(s) origin. */
  readonly origin: string
  /** An agent's, to be used instead of a signup. */
  readonly token: Redacted.Redacted | null
  /** Whether rules may run that cost credits. */
  readonly spend: boolean
  readonly limits?: Partial<ProbeLimits>
}

export interface ProbeLimits {
  readonly requests: number
  /** For each request. */
  readonly patience: Duration.Duration
  /** For all of them. */
  readonly overall: Duration.Duration
  readonly maxBytes: number
  /** So many requests in a row without a whole answer, and nothing more is asked. */
  readonly silence: number
}

export const probeLimits: ProbeLimits = {
  requests: 600,
  patience: Duration.seconds(30),
  overall: Duration.minutes(10),
  maxBytes: 8 * 1024 * 1024,
  silence: 3
}

/**
 * Asks one service, within limits: what was asked before is not asked again, and a service that has stopped answering is
 * left alone. Whatever comes back, nothing but a finding is raised.
 */
export class Prober extends Context.Service<
  Prober,
  {
    ask(request: Ask): Effect.Effect<Heard, Finding>
    /** The bytes of a public address, at most `maxBytes` of them. An address inside of a network is not asked. */
    fetch(url: string, headers?: Ask["headers"]): Effect.Effect<Fetched, Finding>
    token(role: Role): Effect.Effect<string, Finding>
    /** All answers so far, in order. */
    readonly heard: Effect.Effect<ReadonlyArray<Heard>>
    /** Eight hex digits, in every name and key of the run. */
    readonly run: string
    readonly spend: boolean
  }
>()("core/conformance/Prober") {
  static readonly layer = (options: ProbeOptions) => Layer.effect(Prober, make(options))
}

export interface Fetched {
  readonly request: string
  readonly status: number
  readonly headers: HttpReply["headers"]
  readonly bytes: number
}

const make = Effect.fnUntraced(function* ({ limits, origin, spend, token: given }: ProbeOptions) {
  const { maxBytes, overall, patience, requests, silence } = { ...probeLimits, ...limits }
  const transport = yield* HttpTransport
  const run = yield* (yield* Ids).hex(8)
  const end = (yield* Clock.currentTimeMillis) + Duration.toMillis(overall)
  const known = new Map<string, Heard | Finding>()
  const heard: Array<Heard> = []
  let left = requests
  let silent = 0

  /** Why nothing more is asked; null while it is. */
  const stopped = Effect.map(Clock.currentTimeMillis, (now): string | null => {
    if (silent >= silence) return `nothing more was asked: the service left ${silence} requests in a row unanswered`
    if (left <= 0) return `nothing more was asked: the run is limited to ${requests} requests`
    return now < end ? null : "nothing more was asked: the time for the run is up"
  })

  const send = <A>(request: string, exchange: Effect.Effect<A, HttpTransportError>): Effect.Effect<A, Broken> =>
    Effect.flatMap(stopped, (why) => {
      if (why !== null) return Effect.fail(new Broken({ request, expected: "an answer", got: why }))
      left -= 1
      return exchange.pipe(
        Effect.tap(() => Effect.sync(() => void (silent = 0))),
        Effect.mapError(({ message, reason }) => {
          silent += 1
          return new Broken({ request, expected: "a whole answer", got: shownText(`${reason}: ${message}`) })
        })
      )
    })

  const answered = Effect.fnUntraced(function* (ask: Ask) {
    const request = `${ask.method ?? "GET"} ${shownText(ask.path.split("?", 1)[0] ?? "")}`
    const authorization = ask.as === undefined ? {} : { authorization: `Bearer ${yield* token(ask.as)}` }
    const reply = yield* send(
      request,
      transport.send({ ...requestOf(origin, ask, run, authorization), timeout: patience, maxBytes })
    )
    const answer: Heard = { ...reply, ask, request, json: parsed(reply.text) }
    heard.push(answer)
    return answer
  })

  const ask = Effect.fnUntraced(function* (request: Ask) {
    const name = JSON.stringify(request)
    const before = known.get(name)
    if (before !== undefined) return yield* "_tag" in before ? Effect.fail(before) : Effect.succeed(before)
    return yield* answered(request).pipe(
      Effect.tap((answer) => Effect.sync(() => void known.set(name, answer))),
      Effect.tapError((finding) => Effect.sync(() => void known.set(name, finding)))
    )
  })

  /** One signup a role and run; what a service gives instead of a token is the matter of the rules about signups. */
  const token = (role: Role): Effect.Effect<string, Finding> =>
    role === "agent" && given !== null
      ? Effect.succeed(Redacted.value(given))
      : Effect.flatMap(ask(signup(role)), (answer) => {
          const found = textField(jsonField(answer.json, "data"), "token")
          return /^[\x21-\x7e]+$/u.test(found)
            ? Effect.succeed(found)
            : Effect.fail(new Skipped({ why: `it needs a token, and ${answer.request} gave none` }))
        })

  const fetch = (url: string, headers: Ask["headers"] = {}): Effect.Effect<Fetched, Finding> => {
    const request = `GET ${shownText(url.replace(/[?#].*$/u, ""))}`
    if (!mayBeFetched(url, origin))
      return Effect.fail(
        new Broken({ request, expected: "an address of the service, or a public https one", got: shownText(url) })
      )
    const exchange = Effect.flatMap(
      transport.download({ url, headers: { "user-agent": userAgent, ...headers }, timeout: patience }),
      ({ body, ...head }) => Effect.map(counted(body, maxBytes), (bytes) => ({ request, ...head, bytes }))
    )
    return send(request, Effect.scoped(exchange))
  }

  return Prober.of({ ask, fetch, token, heard: Effect.sync(() => [...heard]), run, spend })
})

const userAgent = `image-skill-conformance/${version}`

/** Without a contact, so that it is nobody else's. */
export const signup = (role: Role): Ask => ({
  method: "POST",
  path: "/v1/agent-signups",
  body: { agent_name: `conformance-$run-${role}`, runtime: "image-skill-conformance", return_token: true }
})

const requestOf = (
  origin: string,
  { body, headers = {}, method = "GET", path, text }: Ask,
  run: string,
  authorization: { readonly [name: string]: string }
): Pick<HttpRequest, "body" | "headers" | "method" | "url"> => {
  const label = (template: string): string => template.replaceAll("$run", run)
  const sent = text ?? (body === undefined ? null : JSON.stringify(body))
  return {
    method,
    url: `${origin}${label(path)}`,
    headers: {
      accept: "application/json",
      "user-agent": userAgent,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...authorization,
      ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, label(value)]))
    },
    body: sent === null ? null : label(sent)
  }
}

/** No answer of a service is nested deeper. */
const deepest = 128

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Unknown))

const parsed = (text: string): Schema.Json =>
  Option.match(decode(text), {
    onNone: () => null,
    onSome: (value) => (isJson(value) && !isDeeperThan(value, deepest) ? value : null)
  })

/** What a parser of JSON gives is JSON by construction. */
const isJson = (value: unknown): value is Schema.Json => value !== undefined

/** A service under judgement sends nobody to the machines around whoever judges it. */
const mayBeFetched = (url: string, origin: string): boolean => {
  const target = parseUrl(url)
  if (target?.username !== "") return false
  const isNamed = /^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z][a-z0-9-]*$/iu.test(target.hostname)
  const isInner = /(?:^|\.)(?:localhost|local|internal)$/iu.test(target.hostname)
  return target.origin === origin || (target.protocol === "https:" && isNamed && !isInner)
}

/** A body that breaks off, or never ends, counts as far as it came. */
const counted = (body: AsyncIterable<Uint8Array>, most: number): Effect.Effect<number> =>
  Effect.suspend(() => {
    let bytes = 0
    return Stream.fromAsyncIterable(body, () => "broken off" as const).pipe(
      Stream.runForEachWhile((chunk) =>
        Effect.sync(() => {
          bytes += chunk.length
          return bytes <= most
        })
      ),
      Effect.ignore,
      Effect.map(() => bytes)
    )
  })
