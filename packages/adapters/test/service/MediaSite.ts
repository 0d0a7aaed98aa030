import { createServer } from "node:http"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeDigest from "@image-skill/adapters/envelope/NodeDigest"
import * as NodeSecretBytes from "@image-skill/adapters/envelope/NodeSecretBytes"
import * as SqliteAgents from "@image-skill/adapters/identity/SqliteAgents"
import * as FileArtifactStore from "@image-skill/adapters/media/FileArtifactStore"
import * as SqliteAssets from "@image-skill/adapters/media/SqliteAssets"
import * as MediaRoutes from "@image-skill/adapters/service/MediaRoutes"
import * as UploadRoute from "@image-skill/adapters/service/UploadRoute"
import * as SqliteStore from "@image-skill/adapters/store/SqliteStore"
import { type Answer, success } from "@image-skill/core/envelope/Envelope"
import { toAnswer } from "@image-skill/core/envelope/EnvelopeErrors"
import type { Refusal } from "@image-skill/core/envelope/Refusal"
import { ArtifactStore } from "@image-skill/core/media/ArtifactStore"
import { mediaPath } from "@image-skill/core/media/Asset"
import { Assets } from "@image-skill/core/media/Assets"
import { MediaLinks } from "@image-skill/core/media/MediaLinks"
import { maxUploadBytes } from "@image-skill/core/media/UploadBody"
import { asset } from "@image-skill/testing/media/AssetSample"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"

/**
 * The media of a data folder over HTTP, with nothing else of the service: what is uploaded becomes an asset of whoever,
 * and the answer to an upload tells what was received.
 */
export const serveMedia = Effect.fnUntraced(function* (folder: string) {
  const rows = Layer.mergeAll(
    SqliteAgents.layer(SqliteStore.unavailable),
    SqliteAssets.layer(SqliteStore.unavailable)
  ).pipe(Layer.provide(NodeSecretBytes.layer), Layer.provideMerge(SqliteStore.layer(folder)))
  const services = yield* Layer.build(
    uploads.pipe(
      Layer.provideMerge(MediaLinks.signed(mediaPath)),
      Layer.provideMerge(Layer.mergeAll(rows, FileArtifactStore.layer(folder), NodeDigest.layer))
    )
  )
  const socket = yield* Layer.build(
    NodeHttpServer.layer(() => createServer(), { host: "127.0.0.1", port: 0, gracefulShutdownTimeout: 100 })
  )
  const routes = Layer.mergeAll(MediaRoutes.layer, UploadRoute.layer(manner))
  const app = yield* HttpRouter.toHttpEffect(routes).pipe(Effect.provideContext(services))
  yield* HttpServer.serveEffect(app).pipe(Effect.provideContext(socket))
  const origin = HttpServer.formatAddress(Context.get(socket, HttpServer.HttpServer).address)
  return { origin, services }
})

const uploads = Layer.effect(
  UploadRoute.RawUploads,
  Effect.gen(function* () {
    const artifacts = yield* ArtifactStore
    const assets = yield* Assets
    let count = 0
    return UploadRoute.RawUploads.of({
      upload: (fields, body, caller) =>
        Effect.gen(function* () {
          const { bytes, sha256 } = yield* artifacts.putStream(body, maxUploadBytes)
          count += 1
          const row = asset(`${count}`, { mimeType: fields.mime_type ?? "image/png", sha256, contentLength: bytes })
          yield* assets.insert(row)
          const { isLocal, network } = caller
          return told({ fields: { ...fields }, bytes, sha256, isLocal, network, path: mediaPath(row) })
        }).pipe(
          Effect.catchTags({
            UploadBodyFailed: ({ message, reason }) => Effect.succeed(told({ reason, message })),
            ArtifactStoreFailed: ({ message, reason }) => Effect.succeed(told({ reason, message }))
          }),
          Effect.orDie
        )
    })
  })
)

const told = (data: Parameters<typeof success>[1]): Answer =>
  success({ command: "image-skill upload", traceId: "trace_0000000000000000", actor: null }, data)

const manner: UploadRoute.RouteManner = {
  callerOf: () => ({ token: null, network: "127.0.0.1", isLocal: true }),
  respond: ({ envelope, status }) => HttpServerResponse.jsonUnsafe(envelope, { status }),
  refuse: (refusal: Refusal) => {
    const frame = { command: "image-skill upload", traceId: "trace_0", actor: null, effect: "write" } as const
    const { envelope, status } = toAnswer(refusal, frame)
    return Effect.succeed(HttpServerResponse.jsonUnsafe(envelope, { status }))
  }
}
