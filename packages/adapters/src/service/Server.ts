import type * as Http from "node:http"
import { createRequire } from "node:module"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import type { EmbeddedOptions } from "./Embedded.ts"
import { grace, type PublicOrigins, start } from "./RunningService.ts"

export interface ServerOptions extends EmbeddedOptions {
  readonly host: string
  /** 0 picks a free one. */
  readonly port: number
  /** The origins as clients see them, where those are not the address that is listened on. */
  readonly publicApiUrl: string | null
  readonly publicMediaUrl: string | null
}

export type Listening = PublicOrigins

const load: (id: "node:http") => typeof Http = createRequire(import.meta.url)

/**
 * Serves until the scope ends. Then it stops taking requests, lets those that are being answered finish, waits a little
 * for running jobs, and parks what is left, so that the next start goes on with it.
 */
export const listen = Effect.fn("Server.listen")(function* (options: ServerOptions) {
  const server = createServer()
  const socket = yield* Layer.build(
    NodeHttpServer.layer(() => server, { host: options.host, port: options.port, gracefulShutdownTimeout: grace })
  )
  // After the grace nobody holds the server back, not even a client in the middle of its headers.
  yield* Effect.addFinalizer(() => Effect.sync(() => server.closeAllConnections()))
  const address = HttpServer.formatAddress(Context.get(socket, HttpServer.HttpServer).address)
  const listening: Listening = {
    apiBaseUrl: options.publicApiUrl ?? address,
    mediaBaseUrl: options.publicMediaUrl ?? options.publicApiUrl ?? address
  }
  const app = yield* start(options, listening)
  yield* HttpServer.serveEffect(app).pipe(Effect.provideContext(socket))
  return listening
})

/**
 * Silent clients are let go of; an answer itself may take as long as a create does. The longest request is an upload of
 * 256 MiB; for all others the routes are stricter.
 */
const createServer = (): Http.Server =>
  load("node:http").createServer({ requestTimeout: 900_000, headersTimeout: 30_000 })
