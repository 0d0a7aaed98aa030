import { createServer } from "node:http"
import type { Socket } from "node:net"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeSecretBytes from "@image-skill/adapters/envelope/NodeSecretBytes"
import * as WorkerInspector from "@image-skill/adapters/media/inspector/WorkerInspector"
import * as Embedded from "@image-skill/adapters/service/Embedded"
import * as HttpApp from "@image-skill/adapters/service/HttpApp"
import * as HttpServiceApi from "@image-skill/adapters/service/HttpServiceApi"
import * as NodeHttpTransport from "@image-skill/adapters/service/NodeHttpTransport"
import * as Server from "@image-skill/adapters/service/Server"
import { contractLimits } from "@image-skill/core/credits/Limits"
import { Ids } from "@image-skill/core/envelope/Ids"
import type { ServiceApi } from "@image-skill/core/service/ServiceApi"
import * as MemoryService from "@image-skill/testing/service/MemoryService"
import { configuration } from "@image-skill/testing/service/ServiceApiSuite"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import { temporaryFolder } from "../Folder.ts"
import { stores } from "../jobs/Composition.ts"
import { inFolder } from "../store/Repositories.ts"

/** The product's own settings, as the suite wants them: no provider of media has its key, and only the fake rail is on. */
const settings = (folder: string): Server.ServerOptions => ({
  dataFolder: folder,
  limits: { ...contractLimits, ...configuration.limits },
  contentRules: configuration.contentRules,
  variable: (name) => (name === "IMAGE_SKILL_RAILS" ? "fake" : null),
  host: "127.0.0.1",
  port: 0,
  publicApiUrl: null,
  publicMediaUrl: null
})

export interface ServedFolder extends Server.Listening {
  readonly folder: string
}

/** The product's server over a data folder, on a free port of this machine, until the scope ends. */
export const serve = Effect.fnUntraced(function* (folder: string, options: Partial<Server.ServerOptions> = {}) {
  const listening = yield* Server.listen({ ...settings(folder), ...options })
  const served: ServedFolder = { ...listening, folder }
  return served
})

/** The same over a folder of its own. */
export const served = Effect.flatMap(temporaryFolder, serve)

/** The routes of the product over any service, e.g. one whose provider waits for a signal. */
export const serveKit = Effect.fnUntraced(function* <E, R>(services: Layer.Layer<KitServices, E, R>) {
  const server = createServer()
  const connections = new Set<Socket>()
  server.on("connection", (socket) => {
    connections.add(socket)
    socket.once("close", () => connections.delete(socket))
  })
  const socket = yield* Layer.build(NodeHttpServer.layer(() => server, { host: "127.0.0.1", port: 0 }))
  const origin = HttpServer.formatAddress(Context.get(socket, HttpServer.HttpServer).address)
  const built = yield* Layer.build(services)
  const app = yield* HttpApp.make(origin).pipe(Effect.provideContext(built))
  yield* HttpServer.serveEffect(app).pipe(Effect.provideContext(socket))
  /** Waits until every client is gone. */
  const deserted = until(Effect.sync(() => connections.size === 0))
  return { origin, services: built, deserted }
})

/** Asks again and again, each time after the machine has done what it had to do. */
export const until = <E, R>(isSo: Effect.Effect<boolean, E, R>): Effect.Effect<void, E, R> =>
  Effect.flatMap(isSo, (so) =>
    so
      ? Effect.void
      : Effect.andThen(
          Effect.callback<void>((resume) => void setImmediate(() => resume(Effect.void))),
          Effect.suspend(() => until(isSo))
        )
  )

type KitServices = Layer.Success<ReturnType<typeof kit>>

/** The service programs over SQLite and files of a folder, with the models and providers of the kit. */
export const kit = (folder: string, options: MemoryService.TestServiceOptions) =>
  MemoryService.programs({ inspector: WorkerInspector.layer, ...options }).pipe(Layer.provideMerge(stores(folder)))

/** The published client side: requests over real connections. */
export const overHttp = (origin: string): Layer.Layer<ServiceApi> =>
  HttpServiceApi.layer(origin).pipe(
    Layer.provide(NodeHttpTransport.layer),
    Layer.provide(Ids.layer),
    Layer.provide(NodeSecretBytes.layer)
  )

/** The product in this process, as the command line puts it together. */
export const embedded = Layer.unwrap(Effect.map(temporaryFolder, (folder) => Embedded.layer(settings(folder))))

/** The product behind a port, and a second connection to its database to see what it writes. */
export const http = Layer.unwrap(
  Effect.map(served, ({ apiBaseUrl, folder }) => Layer.merge(overHttp(apiBaseUrl), inFolder(folder)))
)
