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
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import { apiVersion, type EmbeddedOptions, feedbackQueue, servedMedia, serviceLayer } from "./Embedded.ts"
import * as HttpApp from "./HttpApp.ts"

/** The origins of a service as its clients see them. */
export interface PublicOrigins {
  readonly apiBaseUrl: string
  readonly mediaBaseUrl: string
}

/** How long running jobs are waited for at the end; the next start goes on with the others. */
export const grace = Duration.seconds(20)

const sweepPause = Duration.seconds(5)
const sweepLimit = 32
/** Events are worked on as they come; this is for those whose work failed, and for payments that nothing was heard of. */
const paymentPause = Duration.seconds(2)
const feedbackPause = Duration.seconds(2)
const expiryPause = Duration.minutes(1)
const catchUpPause = Duration.minutes(2)

/**
 * The whole service at work: everything it answers over HTTP as one program for a request, and what it does by itself,
 * until the scope ends.
 */
export const start = Effect.fn("RunningService.start")(function* (options: EmbeddedOptions, origins: PublicOrigins) {
  const page = ReturnPage.at(origins.apiBaseUrl)
  const services = yield* Layer.build(
    serviceLayer(options, servedMedia(options, links(origins))).pipe(
      Layer.provide(Layer.mergeAll(deployment(origins), page, approvalPage(origins)))
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
  return yield* HttpApp.make(origins.apiBaseUrl).pipe(Effect.provideContext(services))
})

const deployment = ({ mediaBaseUrl }: PublicOrigins): Layer.Layer<Deployment> =>
  Layer.succeed(Deployment, Deployment.of({ apiVersion, mediaBaseUrl }))

/** Where an owner is asked. */
const approvalPage = ({ apiBaseUrl }: PublicOrigins) =>
  Layer.succeed(ApprovalPage, { urlOf: (id: string) => `${apiBaseUrl}/approve/${id}` })

const links = ({ mediaBaseUrl }: PublicOrigins) => MediaLinks.signed((asset) => `${mediaBaseUrl}${mediaPath(asset)}`)
