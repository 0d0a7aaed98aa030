import type * as Http from "node:http"
import { createRequire } from "node:module"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { ApprovalPage } from "@image-skill/core/credits/SpendPolicies"
import { FeedbackHandOver } from "@image-skill/core/feedback/FeedbackHandOver"
import { Agents } from "@image-skill/core/identity/Agents"
import { AssetCare } from "@image-skill/core/jobs/AssetCare"
import { JobRunner } from "@image-skill/core/jobs/JobRunner"
import { mediaPath } from "@image-skill/core/media/Asset"
import { MediaLinks } from "@image-skill/core/media/MediaLinks"
import { Fulfilment } from "@image-skill/core/payments/Fulfilment"
import { ReturnPage } from "@image-skill/core/payments/ReturnPage"
import { Deployment } from "@image-skill/core/service/Deployment"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import { apiVersion, type EmbeddedOptions, feedbackQueue, servedMedia, serviceLayer } from "./Embedded.ts"
import * as HttpApp from "./HttpApp.ts"

export interface ServerOptions extends EmbeddedOptions {
  readonly host: string
  /** 0 picks a free one. */
  readonly port: number
  /** The origins as clients see them, where those are not the address that is listened on. */
  readonly publicApiUrl: string | null
  readonly publicMediaUrl: string | null
}

export interface Listening {
  readonly apiBaseUrl: string
  readonly mediaBaseUrl: string
}

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
  const page = ReturnPage.at(listening.apiBaseUrl)
  const services = yield* Layer.build(
    serviceLayer(options, servedMedia(options, links(listening))).pipe(
      Layer.provide(Layer.mergeAll(deployment(listening), page, approvalPage(listening)))
    )
  )
  // Opens the database, so that a damaged or unwritable one is found out before anybody is told to come.
  yield* Context.get(services, Agents).pepper
  const runner = Context.get(services, JobRunner)
  yield* Effect.addFinalizer(() => Effect.timeoutOption(runner.idle, grace))
  yield* Effect.exit(runner.wake(sweepLimit)).pipe(Effect.repeat(Schedule.spaced(sweepPause)), Effect.forkScoped)
  const { expire, tidy } = Context.get(services, AssetCare)
  yield* Effect.andThen(Effect.exit(expire(sweepLimit)), Effect.exit(tidy(sweepLimit))).pipe(
    Effect.repeat(Schedule.spaced(expiryPause)),
    Effect.forkScoped
  )
  const { catchUp, sweep } = Context.get(services, Fulfilment)
  yield* Effect.exit(sweep(sweepLimit)).pipe(Effect.repeat(Schedule.spaced(paymentPause)), Effect.forkScoped)
  yield* Effect.exit(catchUp).pipe(Effect.repeat(Schedule.spaced(catchUpPause)), Effect.forkScoped)
  const handOver = yield* Layer.build(
    FeedbackHandOver.layer.pipe(
      Layer.provide(feedbackQueue(options.variable)),
      Layer.provide(Layer.succeedContext(services))
    )
  )
  yield* Effect.exit(Context.get(handOver, FeedbackHandOver).sweep(sweepLimit)).pipe(
    Effect.repeat(Schedule.spaced(feedbackPause)),
    Effect.forkScoped
  )
  const app = yield* HttpApp.make(listening.apiBaseUrl).pipe(Effect.provideContext(services))
  yield* HttpServer.serveEffect(app).pipe(Effect.provideContext(socket))
  return listening
})

const grace = Duration.seconds(20)
const sweepPause = Duration.seconds(5)
const sweepLimit = 32
/** Events are worked on as they come; this is for those whose work failed, and for payments that nothing was heard of. */
const paymentPause = Duration.seconds(2)
const feedbackPause = Duration.seconds(2)
const expiryPause = Duration.minutes(1)
const catchUpPause = Duration.minutes(2)

/**
 * Silent clients are let go of; an answer itself may take as long as a create does. The longest request is an upload of
 * 256 MiB; for all others the routes are stricter.
 */
const createServer = (): Http.Server =>
  load("node:http").createServer({ requestTimeout: 900_000, headersTimeout: 30_000 })

const deployment = ({ mediaBaseUrl }: Listening): Layer.Layer<Deployment> =>
  Layer.succeed(Deployment, Deployment.of({ apiVersion, mediaBaseUrl }))

/** Where an owner is asked. */
const approvalPage = ({ apiBaseUrl }: Listening) =>
  Layer.succeed(ApprovalPage, { urlOf: (id: string) => `${apiBaseUrl}/approve/${id}` })

const links = ({ mediaBaseUrl }: Listening) => MediaLinks.signed((asset) => `${mediaBaseUrl}${mediaPath(asset)}`)
