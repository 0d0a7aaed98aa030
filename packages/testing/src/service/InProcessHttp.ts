import * as HttpApp from "@image-skill/adapters/service/HttpApp"
import { parseUrl } from "@image-skill/core/envelope/WebUrl"
import {
  type HttpReply,
  type HttpRequest,
  HttpTransport,
  HttpTransportError
} from "@image-skill/core/service/HttpTransport"
import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"

/** Where the service seems to be. */
export const origin = "http://in-process.test"

/**
 * The routes of the product, asked without a socket: whatever host a request names, it goes to the service that this
 * layer is built on, as one from this very machine. Bodies that stream are not sent.
 */
export const layer = Layer.effect(
  HttpTransport,
  Effect.gen(function* () {
    const app = yield* HttpApp.make(origin)
    const exchange = (request: Pick<HttpRequest, "body" | "headers" | "method" | "url">) =>
      app.pipe(
        Effect.provideService(HttpServerRequest.HttpServerRequest, arrived(request)),
        Effect.map((response) => HttpServerResponse.toWeb(response)),
        Effect.scoped,
        Effect.mapError(() => new HttpTransportError({ reason: "reset", sent: true, message: "the route failed" }))
      )
    return HttpTransport.of({
      send: (request) =>
        Effect.flatMap(exchange(request), (response) =>
          Effect.map(
            Effect.promise(() => response.text()),
            (text) => ({ ...headOf(response), text })
          )
        ),
      download: (request) =>
        Effect.map(exchange({ ...request, method: "GET", body: null }), (response) => ({
          ...headOf(response),
          body: response.body ?? nothing()
        }))
    })
  })
)

const arrived = ({ body, headers, method, url }: Pick<HttpRequest, "body" | "headers" | "method" | "url">) => {
  const { hostname = "" } = parseUrl(url) ?? {}
  const web = new Request(url, {
    method,
    headers,
    ...(typeof body === "string" ? { body: new TextEncoder().encode(body) } : {})
  })
  return HttpServerRequest.fromWeb(web).modify({
    url: url.slice(url.indexOf(hostname) + hostname.length).replace(/^:\d+/u, ""),
    remoteAddress: Option.some("127.0.0.1")
  })
}

const headOf = (response: Response): Omit<HttpReply, "text"> => ({
  status: response.status,
  headers: Object.fromEntries(response.headers)
})

async function* nothing(): AsyncGenerator<Uint8Array> {}
