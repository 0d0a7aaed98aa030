import { Ids } from "@image-skill/core/envelope/Ids"
import { operationIds, operationOf } from "@image-skill/core/service/Operations"
import { Service } from "@image-skill/core/service/Service"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import type * as HttpServerError from "effect/http/HttpServerError"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as ApprovalRoutes from "./ApprovalRoutes.ts"
import * as ArgvRoute from "./ArgvRoute.ts"
import * as DocumentRoutes from "./DocumentRoutes.ts"
import * as HttpRoutes from "./HttpRoutes.ts"
import * as MediaRoutes from "./MediaRoutes.ts"
import * as PaymentRoutes from "./PaymentRoutes.ts"
import * as UploadRoute from "./UploadRoute.ts"

/** Everything the service answers over HTTP, as one program for a request: also what no route takes gets an envelope. */
export const make = (publicApiUrl: string) =>
  Effect.flatMap(Ids, (ids) =>
    HttpRouter.toHttpEffect(
      Layer.mergeAll(
        HttpRoutes.layer(publicApiUrl),
        uploadRoute(ids),
        argvRoute(ids),
        MediaRoutes.layer,
        PaymentRoutes.layer,
        ApprovalRoutes.layer,
        DocumentRoutes.layer
      )
    ).pipe(
      Effect.provideService(HttpRouter.RouterConfig, config),
      Effect.map(
        Effect.catchTag("HttpServerError", (error) =>
          error.reason._tag === "RouteNotFound" ? unrouted(ids) : Effect.fail(error)
        )
      )
    )
  )

const argvRoute = (ids: Ids["Service"]) =>
  ArgvRoute.layer({
    callerOf: HttpRoutes.callerOf,
    readBody: HttpRoutes.readJson,
    respond: (answer) => HttpRoutes.respond(answer, null),
    refuse: (refusal) => HttpRoutes.refuse(ids, refusal)
  })

const uploadRoute = (ids: Ids["Service"]) =>
  UploadRoute.layer({
    callerOf: HttpRoutes.callerOf,
    respond: (answer) => HttpRoutes.respond(answer, operationOf("uploadStream")),
    refuse: (refusal) => HttpRoutes.refuse(ids, refusal, operationOf("uploadStream").label)
  }).pipe(Layer.provide(rawUploads))

const rawUploads = Layer.effect(
  UploadRoute.RawUploads,
  Effect.map(Service, (service) =>
    UploadRoute.RawUploads.of({
      upload: ({ content_length: contentLength = null, mime_type: contentType = null, ...query }, body, caller) =>
        service.upload(query, { contentLength, contentType, body }, caller)
    })
  )
)

/** Ids are as long as requests allow them to be, and a letter may take nine characters in a URL. */
const config = { maxParamLength: 200 * 9 }

const unrouted = (
  ids: Ids["Service"]
): Effect.Effect<
  HttpServerResponse.HttpServerResponse,
  HttpServerError.HttpServerError,
  HttpServerRequest.HttpServerRequest
> =>
  Effect.gen(function* () {
    const { method, url } = yield* HttpServerRequest.HttpServerRequest
    const [path = ""] = url.split("?", 1)
    const allowed = methodsAt(path)
    if (allowed.length === 0 || allowed.includes(method)) return yield* HttpRoutes.refuse(ids, HttpRoutes.notFound())
    const refused = yield* HttpRoutes.refuse(ids, HttpRoutes.methodNotAllowed(allowed))
    return HttpServerResponse.setHeader(refused, "allow", allowed.join(", "))
  })

/** Which methods an address takes; none where there is nothing. */
const methodsAt = (path: string): ReadonlyArray<string> => [
  ...new Set(
    addresses
      .filter(({ pattern }) => pattern.test(path))
      .flatMap(({ method }) => (method === "GET" ? ["GET", "HEAD"] : [method]))
  )
]

const addresses = [
  ...operationIds.map(operationOf),
  { method: "GET", path: HttpRoutes.openApiPath },
  { method: "POST", path: ArgvRoute.argvPath },
  ...DocumentRoutes.paths.map((path) => ({ method: "GET", path })),
  { method: "GET", path: MediaRoutes.pathTemplate },
  { method: "GET", path: PaymentRoutes.pagePath },
  { method: "POST", path: PaymentRoutes.webhookPath },
  { method: "GET", path: ApprovalRoutes.pagePath },
  { method: "POST", path: ApprovalRoutes.pagePath }
].map(({ method, path }) => ({ method, pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/gu, "[^/]+")}$`, "u") }))
