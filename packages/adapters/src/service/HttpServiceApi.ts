import { command, json } from "@image-skill/core/envelope/CommandLine"
import type { Answer, Envelope } from "@image-skill/core/envelope/Envelope"
import { toAnswer, toExitCode } from "@image-skill/core/envelope/EnvelopeErrors"
import { Ids } from "@image-skill/core/envelope/Ids"
import { isDeeperThan } from "@image-skill/core/envelope/JsonFields"
import { docsUrl, version } from "@image-skill/core/envelope/Product"
import type { Recovery } from "@image-skill/core/envelope/Recovery"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import {
  type HttpReply,
  type HttpRequest,
  HttpTransport,
  type HttpTransportError
} from "@image-skill/core/service/HttpTransport"
import { carriesJson, type Operation, operationOf } from "@image-skill/core/service/Operations"
import { sendAgain } from "@image-skill/core/service/Retries"
import { type Credentials, overWire, type Send, type SendMedia, ServiceApi } from "@image-skill/core/service/ServiceApi"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { withoutToken } from "./EchoedToken.ts"

/** A service somewhere else. `origin` is an http(s) origin; request paths start at its root (contract/cli.md 3). */
export const layer = (origin: string): Layer.Layer<ServiceApi, never, HttpTransport | Ids> =>
  Layer.effect(
    ServiceApi,
    Effect.gen(function* () {
      const transport = yield* HttpTransport
      const ids = yield* Ids
      const exchange = (operation: Operation, request: HttpRequest, key: string | null, credentials: Credentials) =>
        sendAgain(transport.send, request, mayRepeat(request, key)).pipe(
          Effect.map((reply) => receive(operation, reply, credentials) ?? notAnEnvelope(operation, reply, key)),
          Effect.catch((error) => Effect.succeed(failed(operation, error, key))),
          Effect.flatMap((received) =>
            "envelope" in received
              ? Effect.succeed(received)
              : Effect.map(ids.trace, (traceId) => local(operation, received, traceId))
          )
        )
      const send: Send = (id, body, credentials) => {
        const operation = operationOf(id)
        return exchange(operation, requestFor(origin, operation, body, credentials), keyOf(body), credentials)
      }
      const sendMedia: SendMedia = (query, media, credentials) =>
        Effect.flatMap(Stream.toAsyncIterableEffect(media.body), (body) => {
          const operation = operationOf("uploadStream")
          const { headers, ...request } = requestFor(origin, operation, query, credentials)
          const { contentLength, contentType } = media
          const about = {
            "content-type": contentType ?? "application/octet-stream",
            ...(contentLength === null ? {} : { "content-length": `${contentLength}` })
          }
          return exchange(
            operation,
            { ...request, headers: { ...headers, ...about }, body, timeout: uploadTimeout },
            null,
            credentials
          )
        })
      return ServiceApi.of(overWire(origin, ids, send, sendMedia))
    })
  )

/** Reads, and writes under a key; a body that streams is gone after the first time. */
const mayRepeat = ({ body, method }: HttpRequest, key: string | null): boolean =>
  method === "GET" || (key !== null && typeof body === "string")

const readTimeout = Duration.seconds(30)
/** A create waits for its provider; published services hold the connection for almost five minutes. */
const spendTimeout = Duration.minutes(15)
/** Twenty megabytes in base64 over a slow line, or 256 as they are. */
const uploadTimeout = Duration.minutes(15)

const timeoutOf = ({ effect, path }: Operation): Duration.Duration => {
  if (path.startsWith("/v1/upload")) return uploadTimeout
  return effect === "spend" ? spendTimeout : readTimeout
}

const maxAnswerBytes = 32 * 1024 * 1024

const requestFor = (origin: string, operation: Operation, body: Schema.Json, credentials: Credentials): HttpRequest => {
  const fields = new Map(Object.entries(isObject(body) ? body : {}))
  const path = operation.path.replaceAll(/\{(\w+)\}/gu, (_, name: string) => {
    const value = fields.get(name)
    fields.delete(name)
    return segment(textOf(value))
  })
  const isPost = carriesJson(operation)
  const rest = isPost && operation.path.includes("{") ? Object.fromEntries(fields) : body
  const query = isPost
    ? ""
    : new URLSearchParams(Object.fromEntries([...fields].map(([name, value]) => [name, textOf(value)]))).toString()
  return {
    method: operation.method,
    url: `${origin}${path}${query === "" ? "" : `?${query}`}`,
    headers: {
      accept: "application/json",
      "user-agent": `image-skill/${version}`,
      ...(isPost ? { "content-type": "application/json" } : {}),
      ...authorization(credentials)
    },
    body: isPost ? JSON.stringify(rest) : null,
    timeout: timeoutOf(operation),
    maxBytes: maxAnswerBytes
  }
}

/** What no header can carry is no token of anybody's; the service says so to a request without one. */
const authorization = (credentials: Credentials): { readonly [name: string]: string } => {
  const token = credentials === null ? "" : Redacted.value(credentials)
  return /^[\x21-\x7e]+$/u.test(token) ? { authorization: `Bearer ${token}` } : {}
}

/** A segment of a path. Dots alone would be read as steps in the tree. */
const segment = (text: string): string =>
  encodeURIComponent(text).replace(/^\.{1,2}$/u, (dots) => dots.replaceAll(".", "%2E"))

const textOf = (value: Schema.Json | undefined): string => (typeof value === "string" ? value : JSON.stringify(value))

/** What `JSON.parse` gives is JSON by construction; only the outer shape has to be looked at. */
const isObject = (value: unknown): value is Schema.JsonObject => Predicate.isObject(value)

const keyOf = (body: Schema.Json): string | null => {
  const key = isObject(body) ? body["idempotency_key"] : undefined
  return typeof key === "string" ? key : null
}

/** A refusal made here, with its exit code where the HTTP status decides that. */
interface Unanswered {
  readonly refusal: Refusal
  readonly exitCode: number | null
}

const local = (operation: Operation, { exitCode, refusal }: Unanswered, traceId: string): Answer => {
  const answer = toAnswer(refusal, { command: operation.label, traceId, actor: null, effect: operation.effect })
  return exitCode === null ? answer : { ...answer, exitCode }
}

const parse = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Unknown))

/** No answer of a service is nested deeper; what is would exhaust the stack of whoever reads it. */
const deepest = 128

/** An envelope is a JSON object with the key `ok`; everything it carries is kept, its frame is made whole. Null for what is none. */
const receive = (operation: Operation, reply: HttpReply, credentials: Credentials): Answer | null => {
  const received = Option.getOrNull(parse(reply.text))
  if (!isObject(received) || !("ok" in received) || isDeeperThan(received, deepest)) return null
  const ok = received["ok"] === true
  // A signup answers with the token that counts from now on.
  const isMade = ok && operation.path === operationOf("signup").path
  const body = isMade ? received : withoutToken(received, reply.text, credentials)
  const frame: Envelope = {
    ok,
    command: typeof body["command"] === "string" ? body["command"] : operation.label,
    trace_id: typeof body["trace_id"] === "string" ? body["trace_id"] : "",
    actor: body["actor"] ?? null,
    data: body["data"] ?? null,
    warnings: warningsOf(body["warnings"]),
    error: body["error"] ?? null
  }
  const others = Object.fromEntries(Object.entries(body).filter(([name]) => !Object.hasOwn(frame, name)))
  const envelope: Envelope = { ...frame, ...others }
  const exitCode = toExitCode({
    ok,
    status: reply.status,
    exitCodeHeader: reply.headers["x-image-skill-exit-code"] ?? null
  })
  return { envelope, status: reply.status, exitCode }
}

const warningsOf = (warnings: Schema.Json | undefined): ReadonlyArray<string> =>
  Array.isArray(warnings) ? warnings.filter((warning) => typeof warning === "string") : []

const notAnEnvelope = (operation: Operation, { status }: HttpReply, key: string | null): Unanswered => {
  const isRefused = status >= 400 && status < 500
  const unsure = !isRefused && operation.effect === "spend"
  return {
    exitCode: toExitCode({ ok: false, status, exitCodeHeader: null }),
    refusal: new Refusal({
      code: "HOSTED_API_NON_JSON_RESPONSE",
      message: `the service answered HTTP ${status} without a JSON envelope`,
      retryable: status >= 500,
      recovery: recoveryOf(operation, key),
      ...(unsure ? { moneyMoved: "unknown" } : { outcome: isRefused ? "rejected" : "unknown" }),
      warnings:
        unsure && status >= 500
          ? ["credits may already be reserved; repeat the request only with the same idempotency key"]
          : []
    })
  }
}

const failed = (operation: Operation, error: HttpTransportError, key: string | null): Unanswered => {
  const spends = operation.effect === "spend"
  const outcome = error.sent ? "unknown" : "not_sent"
  return {
    exitCode: null,
    refusal: new Refusal({
      code: error.reason === "timeout" ? "TIMEOUT" : "HOSTED_API_REQUEST_FAILED",
      message: `${messages[error.reason]} (${error.message})`,
      outcome,
      moneyMoved: error.sent ? "unknown" : "no",
      recovery: { ...recoveryOf(operation, key), retryAfterSeconds: 30 },
      warnings:
        spends && error.sent
          ? ["credits may already be reserved; repeat the request only with the same idempotency key"]
          : []
    })
  }
}

/** The same key finds out what became of a paid call. */
const recoveryOf = ({ effect }: Operation, key: string | null): Recovery => ({
  docsUrl: docsUrl(effect === "spend" ? "image-skill-create" : null),
  ...(effect === "spend" && key !== null ? { idempotencyKey: key } : { suggestedCommand: command("doctor", json) })
})

const messages: { readonly [R in HttpTransportError["reason"]]: string } = {
  invalid_request: "the request is none that HTTP can carry",
  unreachable: "the service could not be reached",
  tls: "no secure connection to the service could be made",
  timeout: "the service did not answer in time",
  reset: "the connection to the service broke",
  too_large: "the answer of the service is too large to be read",
  redirected: "the service redirected the request to another place"
}
