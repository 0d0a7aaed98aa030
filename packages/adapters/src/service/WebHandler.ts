import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as HttpEffect from "effect/http/HttpEffect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import type { EmbeddedOptions } from "./Embedded.ts"
import { start } from "./RunningService.ts"

export interface WebHandlerOptions extends EmbeddedOptions {
  /** The origin at which the clients of your server reach it. */
  readonly publicApiUrl: string
  /** Where they reach media; the same, when left out. */
  readonly publicMediaUrl?: string
}

/** The service behind somebody else's HTTP server. */
export interface WebHandler {
  /**
   * Answers `/v1`, the media, the pages of payments and approvals, and the documents. `address` is the client's, as your
   * server knows it: rates and previews are counted by it, and without it all clients count as one.
   */
  readonly handle: (request: Request, address?: string) => Promise<Response>
  /** Lets running jobs end for a little while; the next start goes on with what is left. */
  readonly close: () => Promise<void>
}

const ClientAddress = Context.Reference<Option.Option<string>>("adapters/service/ClientAddress", {
  defaultValue: () => Option.none()
})

/** Until the scope ends. */
export const make = Effect.fn("WebHandler.make")(function* (options: WebHandlerOptions) {
  const apiBaseUrl = options.publicApiUrl
  const app = yield* start(options, { apiBaseUrl, mediaBaseUrl: options.publicMediaUrl ?? apiBaseUrl })
  const addressed = Effect.flatMap(ClientAddress, (remoteAddress) =>
    Effect.updateService(app, HttpServerRequest.HttpServerRequest, (request) => request.modify({ remoteAddress }))
  )
  const handler = HttpEffect.toWebHandler(addressed)
  const handle: WebHandler["handle"] = (request, address) =>
    handler(request, Context.make(ClientAddress, Option.fromUndefinedOr(address)))
  return handle
})

/** The whole service as a function from a request to its answer, for Hono and all that speak the same. */
export const open = (options: WebHandlerOptions): Promise<WebHandler> => {
  const scope = Scope.makeUnsafe()
  return Effect.runPromise(Scope.provide(make(options), scope)).then((handle) => ({
    handle,
    close: () => Effect.runPromise(Scope.close(scope, Exit.void))
  }))
}
