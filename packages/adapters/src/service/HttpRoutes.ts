import type { Answer } from "@image-skill/core/envelope/Envelope"
import { toAnswer } from "@image-skill/core/envelope/EnvelopeErrors"
import { Ids } from "@image-skill/core/envelope/Ids"
import { docsUrl } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import type { Caller } from "@image-skill/core/identity/Identity"
import { carriesJson, type Operation, operationIds, operationOf } from "@image-skill/core/service/Operations"
import { Service } from "@image-skill/core/service/Service"
import type { JsonOperationId } from "@image-skill/core/service/ServiceApi"
import { clientVersionOf } from "@image-skill/core/service/TelemetrySink"
import * as ByteSize from "effect/ByteSize"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpIncomingMessage from "effect/http/HttpIncomingMessage"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { openApiDocument } from "./OpenApiDocument.ts"

/**
 * The service over HTTP. Routes are made from the table of operations; each hands the JSON it was given to the very
 * program that runs in the process, and sends the envelope it gets. Nothing is judged here but HTTP itself.
 */
export const layer = (publicApiUrl: string): Layer.Layer<never, never, HttpRouter.HttpRouter | Service | Ids> =>
  HttpRouter.use((router) =>
    Effect.gen(function* () {
      const service = yield* Service
      const ids = yield* Ids

      const handle = (id: JsonOperationId) => {
        const operation = operationOf(id)
        return Effect.gen(function* () {
          const request = yield* HttpServerRequest.HttpServerRequest
          const body = yield* carriesJson(operation) ? readPost(request, id) : readQuery(request)
          return respond(yield* service.handle(id, body, callerOf(request)), operation)
        }).pipe(
          Effect.catchTag("Refusal", (refusal) => refuse(ids, refusal, operation.label)),
          // Nobody collects spans; logs have the trace id.
          Effect.withTracerEnabled(false)
        )
      }

      for (const id of operationIds) {
        if (id === "uploadStream") continue
        const { method, path } = operationOf(id)
        yield* router.add(method, pattern(path), handle(id))
      }
      yield* router.add(
        "GET",
        openApiPath,
        Effect.sync(() => HttpServerResponse.jsonUnsafe(openApiDocument(publicApiUrl)))
      )
    })
  )

export const openApiPath = "/openapi.json"

/** The envelope of a refusal that no operation made. */
export const refuse = (
  ids: Ids["Service"],
  refusal: Refusal,
  label = "image-skill"
): Effect.Effect<HttpServerResponse.HttpServerResponse> =>
  Effect.map(ids.trace, (traceId) =>
    respond(toAnswer(refusal, { command: label, traceId, actor: null, effect: "read" }), null)
  )

const pattern = (path: string): `/${string}` => `/${path.slice(1).replaceAll(/\{(\w+)\}/gu, ":$1")}`

export const respond = (
  { envelope, exitCode, rateLimit, retryAfterSeconds, status }: Answer,
  operation: Operation | null
) =>
  HttpServerResponse.text(JSON.stringify(envelope), {
    status,
    contentType: "application/json; charset=utf-8",
    headers: {
      "x-image-skill-exit-code": `${exitCode}`,
      "x-image-skill-trace-id": envelope.trace_id,
      "cache-control":
        envelope.ok && typeof operation?.cacheSeconds === "number"
          ? `public, max-age=${operation.cacheSeconds}`
          : "no-store",
      ...(retryAfterSeconds !== undefined && (status === 429 || status === 503)
        ? { "retry-after": `${retryAfterSeconds}` }
        : {}),
      ...(rateLimit === undefined
        ? {}
        : {
            "ratelimit-limit": `${rateLimit.limit}`,
            "ratelimit-remaining": `${rateLimit.remaining}`,
            "ratelimit-reset": `${rateLimit.resetSeconds}`
          })
    }
  })

const maxBody = { bytes: 262_144, text: "256 KiB" }
/** 20 MiB of a picture in base64, and what stands around it. */
const maxUploadBody = { bytes: 29_360_128, text: "28 MiB" }

/** How long a body of JSON may take to come. */
const bodyPatience = Duration.minutes(1)

/** The body, with the fields of the path over it. */
const readPost = (request: HttpServerRequest.HttpServerRequest, id: JsonOperationId) => {
  const limit = id === "upload" ? maxUploadBody : maxBody
  if (!operationOf(id).path.includes("{")) return readBody(request, limit)
  return Effect.flatMap(HttpRouter.params, (params) =>
    Effect.map(
      // Nothing but the path is needed, so nothing need be sent.
      isEmpty(request) ? Effect.succeed({}) : readBody(request, limit),
      (body): unknown => (typeof body === "object" && body !== null ? { ...body, ...params } : body)
    )
  )
}

const isEmpty = ({ headers }: HttpServerRequest.HttpServerRequest): boolean =>
  (headers["content-length"] ?? "0") === "0" && headers["transfer-encoding"] === undefined

/** A body of a request that is no operation. */
export const readJson = (request: HttpServerRequest.HttpServerRequest): Effect.Effect<unknown, Refusal> =>
  readBody(request, maxBody)

/** A JSON object; what is too large, of another type or no JSON at all is refused before anything looks at it. */
const readBody = (
  request: HttpServerRequest.HttpServerRequest,
  limit: typeof maxBody
): Effect.Effect<unknown, Refusal> =>
  Effect.gen(function* () {
    const contentType = request.headers["content-type"] ?? ""
    if ((request.headers["content-encoding"] ?? "identity") !== "identity") return yield* encoded()
    if (!/^application\/json(?:\s*;\s*charset="?utf-8"?)?$/iu.test(contentType.trim())) return yield* notJsonType()
    const bytes = yield* request.arrayBuffer.pipe(
      Effect.provideService(HttpIncomingMessage.MaxBodySize, ByteSize.bytes(limit.bytes)),
      Effect.timeout(bodyPatience),
      Effect.mapError(() => tooLarge(limit))
    )
    const text = yield* Effect.try({ try: () => utf8.decode(bytes), catch: () => notUtf8() })
    return yield* Effect.mapError(parse(text), () => notJson())
  })

/** Text with holes is another text: what is not UTF-8 is refused. */
const utf8 = new TextDecoder("utf-8", { fatal: true })

const parse = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Unknown))

/** The fields of a GET: path segments and query. A repeated query field keeps its last value. */
const readQuery = (request: HttpServerRequest.HttpServerRequest) =>
  Effect.map(HttpRouter.params, (params): unknown => {
    const query = new URLSearchParams(request.url.split("?", 2)[1])
    return { ...Object.fromEntries(query), ...params }
  })

export const callerOf = (request: HttpServerRequest.HttpServerRequest): Caller => {
  const peer = Option.getOrElse(request.remoteAddress, () => "")
  const isLoopback = /^(?:::ffff:)?127\.|^::1$/u.test(peer)
  // Only a proxy on this very machine is believed about where a request came from.
  const clientVersion = clientVersionOf(request.headers["user-agent"])
  const forwarded = isLoopback ? (request.headers["x-forwarded-for"]?.split(",").at(-1)?.trim() ?? "") : ""
  return {
    token: bearer(request.headers["authorization"]),
    network: networkOf(forwarded === "" ? peer : forwarded),
    isLocal: isLoopback && forwarded === "",
    ...(clientVersion === null ? {} : { clientVersion })
  }
}

/** An IPv6 customer has a whole /64, so that is what counts as one network. */
const networkOf = (address: string): string =>
  address.includes(":") && !address.startsWith("::ffff:") ? address.split(":").slice(0, 4).join(":") : address

const bearer = (header: string | undefined): Redacted.Redacted | null => {
  const match = /^\s*bearer\s+(\S+)\s*$/iu.exec(header ?? "")
  return match?.[1] === undefined ? null : Redacted.make(match[1])
}

export const notFound = (): Refusal =>
  new Refusal({ code: "NOT_FOUND", message: "there is nothing at this address", recovery: { docsUrl: docsUrl() } })

export const methodNotAllowed = (allowed: ReadonlyArray<string>): Refusal =>
  new Refusal({
    code: "METHOD_NOT_ALLOWED",
    message: `this address takes ${allowed.join(", ")}`,
    recovery: { docsUrl: docsUrl() },
    details: { allow: allowed }
  })

const notJsonType = (): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    status: 415,
    message: "the body must be sent as content-type application/json, in UTF-8",
    recovery: { docsUrl: docsUrl() }
  })

const encoded = (): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    status: 415,
    message: "the body must be sent without content-encoding",
    recovery: { docsUrl: docsUrl() }
  })

const tooLarge = ({ bytes, text }: typeof maxBody): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    status: 413,
    message: `the body is larger than ${text}, or did not come whole in time`,
    recovery: { docsUrl: docsUrl() },
    details: { max_bytes: bytes }
  })

const notUtf8 = (): Refusal =>
  new Refusal({ code: "INVALID_ARGUMENTS", message: "the body is not UTF-8", recovery: { docsUrl: docsUrl() } })

const notJson = (): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: "the body is not JSON",
    recovery: { docsUrl: docsUrl() }
  })
