import { createHash, timingSafeEqual } from "node:crypto"
import type * as Http from "node:http"
import { createRequire } from "node:module"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { parseUrl } from "@image-skill/core/envelope/WebUrl"
import * as McpServer from "effect/ai/McpServer"
import * as ByteSize from "effect/ByteSize"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpIncomingMessage from "effect/http/HttpIncomingMessage"
import * as HttpMiddleware from "effect/http/HttpMiddleware"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { McpOptions } from "./McpOptions.ts"
import { about } from "./McpServing.ts"

export interface HttpOptions {
  readonly host: string
  /** 0 picks a free one. */
  readonly port: number
  /** Names under which it may be asked for, beside those of this machine; without a port. */
  readonly hosts: ReadonlyArray<string>
  /** Origins whose pages may ask; others, and pages of unknown origin, may not. */
  readonly origins: ReadonlyArray<string>
  /** What every request has to bring as its bearer; null where none is asked for. */
  readonly secret: Redacted.Redacted | null
}

const path = "/mcp"

const load: (id: "node:http") => typeof Http = createRequire(import.meta.url)

/**
 * Streamable HTTP on `/mcp`, until the scope ends; answers its address. A page of another site can reach this machine
 * under a name of its own, so every request has to name a host of ours, and a page an origin that was allowed.
 */
export const listen = Effect.fnUntraced(function* (options: McpOptions, http: HttpOptions) {
  const server = load("node:http").createServer({ requestTimeout: 60_000, headersTimeout: 10_000 })
  const socket = yield* Layer.build(
    NodeHttpServer.layer(() => server, { host: http.host, port: http.port, gracefulShutdownTimeout: grace })
  )
  // After the grace nobody holds the server back.
  yield* Effect.addFinalizer(() => Effect.sync(() => server.closeAllConnections()))
  const app = yield* HttpRouter.toHttpEffect(
    McpServer.layerHttp({ ...about(options), path, allowedOrigins: http.origins, allowSessionTermination: true }).pipe(
      Layer.orDie
    )
  )
  const guarded = Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) =>
    Option.match(barred(request, http), {
      onNone: () =>
        Effect.catchTag(app, "HttpServerError", ({ reason }) =>
          Effect.succeed(HttpServerResponse.empty({ status: reason._tag === "RouteNotFound" ? 404 : 400 }))
        ),
      onSome: Effect.succeed
    })
  ).pipe(Effect.provideService(HttpIncomingMessage.MaxBodySize, largest))
  yield* HttpServer.serveEffect(http.origins.length === 0 ? guarded : forPages(guarded, http.origins)).pipe(
    Effect.provideContext(socket)
  )
  return `${HttpServer.formatAddress(Context.get(socket, HttpServer.HttpServer).address)}${path}`
})

const grace = Duration.seconds(5)

/** More than any request of a tool needs. */
const largest = ByteSize.mebibytes(1)

/** Browsers ask first, and show a page only what they are told to. */
const forPages = <E, R>(
  app: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>,
  allowedOrigins: ReadonlyArray<string>
) =>
  HttpMiddleware.cors({
    allowedOrigins,
    allowedMethods: ["POST", "DELETE"],
    allowedHeaders: ["authorization", "content-type", "mcp-session-id", "mcp-protocol-version"],
    exposedHeaders: ["mcp-session-id"]
  })(app)

/** The refusal of a request that is not for us, or not by whom we serve. */
const barred = (
  { headers }: HttpServerRequest.HttpServerRequest,
  { host, hosts, origins, secret }: HttpOptions
): Option.Option<HttpServerResponse.HttpServerResponse> => {
  const names = new Set([
    "localhost",
    "127.0.0.1",
    "[::1]",
    host.toLowerCase(),
    ...hosts.map((name) => name.toLowerCase())
  ])
  const named = parseUrl(`http://${headers["host"] ?? ""}`)?.hostname ?? ""
  const { authorization = "", origin } = headers
  if (!names.has(named) || (origin !== undefined && !origins.includes(origin)))
    return Option.some(HttpServerResponse.empty({ status: 403 }))
  return secret === null || isBearer(authorization, secret)
    ? Option.none()
    : Option.some(HttpServerResponse.empty({ status: 401, headers: { "www-authenticate": "Bearer" } }))
}

/** Compared by their hashes, so that the time it takes tells nothing. */
const isBearer = (header: string, secret: Redacted.Redacted): boolean =>
  timingSafeEqual(hashOf(/^bearer (\S+)$/iu.exec(header.trim())?.[1] ?? ""), hashOf(Redacted.value(secret)))

const hashOf = (text: string): Buffer => createHash("sha256").update(text).digest()
