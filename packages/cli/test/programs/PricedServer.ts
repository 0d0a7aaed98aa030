// The service over SQLite and files, with a model that costs nine credits and nothing given away: what `serve` will be
// once a hosted model has its adapter. Prints one line of JSON when it listens, and serves until it is ended.
import { createServer } from "node:http"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as SqliteActivityLog from "@image-skill/adapters/activity/SqliteActivityLog"
import * as FilePolicy from "@image-skill/adapters/credits/FilePolicy"
import * as SqliteDailySlots from "@image-skill/adapters/credits/SqliteDailySlots"
import * as SqliteLedgerStore from "@image-skill/adapters/credits/SqliteLedgerStore"
import * as SqliteSpendPolicies from "@image-skill/adapters/credits/SqliteSpendPolicies"
import * as NodeDigest from "@image-skill/adapters/envelope/NodeDigest"
import * as NodeSecretBytes from "@image-skill/adapters/envelope/NodeSecretBytes"
import * as SqliteFeedbackStore from "@image-skill/adapters/feedback/SqliteFeedbackStore"
import * as SqliteAgentRegister from "@image-skill/adapters/identity/SqliteAgentRegister"
import * as SqliteAgents from "@image-skill/adapters/identity/SqliteAgents"
import * as SqliteClaimRequests from "@image-skill/adapters/identity/SqliteClaimRequests"
import * as SqliteJobStore from "@image-skill/adapters/jobs/SqliteJobStore"
import * as FileAnswerSpool from "@image-skill/adapters/media/FileAnswerSpool"
import * as FileArtifactStore from "@image-skill/adapters/media/FileArtifactStore"
import * as WorkerInspector from "@image-skill/adapters/media/inspector/WorkerInspector"
import * as SqliteAssets from "@image-skill/adapters/media/SqliteAssets"
import * as SqlitePaymentStore from "@image-skill/adapters/payments/SqlitePaymentStore"
import { configured } from "@image-skill/adapters/payments/StripeRails"
import * as HttpApp from "@image-skill/adapters/service/HttpApp"
import * as SqliteStore from "@image-skill/adapters/store/SqliteStore"
import { CreditLedger } from "@image-skill/core/credits/CreditLedger"
import { contractLimits, Limits } from "@image-skill/core/credits/Limits"
import { PolicyDesk } from "@image-skill/core/credits/PolicyDesk"
import { SpendGuard } from "@image-skill/core/credits/SpendGuard"
import { OwnerPolicyFile } from "@image-skill/core/credits/SpendPolicies"
import { Ids } from "@image-skill/core/envelope/Ids"
import { Feedbacks } from "@image-skill/core/feedback/Feedbacks"
import { Claims } from "@image-skill/core/identity/Claims"
import { Identity } from "@image-skill/core/identity/Identity"
import { jobPrograms } from "@image-skill/core/jobs/JobPrograms"
import { mediaPath } from "@image-skill/core/media/Asset"
import { ContentPolicy } from "@image-skill/core/media/ContentPolicy"
import { MediaLinks } from "@image-skill/core/media/MediaLinks"
import { MediaProviders } from "@image-skill/core/media/MediaProvider"
import { Catalogue } from "@image-skill/core/models/Catalogue"
import { CreditQuotes } from "@image-skill/core/payments/CreditQuotes"
import { Fulfilment } from "@image-skill/core/payments/Fulfilment"
import { PaymentBooks } from "@image-skill/core/payments/PaymentBooks"
import { PaymentRails } from "@image-skill/core/payments/PaymentRails"
import { Purchases } from "@image-skill/core/payments/Purchases"
import { ReturnPage } from "@image-skill/core/payments/ReturnPage"
import { Deployment } from "@image-skill/core/service/Deployment"
import { Service } from "@image-skill/core/service/Service"
import { Signups } from "@image-skill/core/service/Signups"
import * as FakeMediaProvider from "@image-skill/testing/media/FakeMediaProvider"
import * as MemoryTelemetrySink from "@image-skill/testing/service/MemoryTelemetrySink"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"

const [folder = ""] = process.argv.slice(2)

const programs = Service.layer.pipe(
  Layer.provideMerge(Signups.layer),
  Layer.provideMerge(Purchases.layer),
  Layer.provideMerge(CreditQuotes.layer),
  Layer.provideMerge(Fulfilment.layer),
  Layer.provideMerge(PaymentBooks.layer),
  Layer.provideMerge(jobPrograms),
  Layer.provideMerge(Layer.mergeAll(Feedbacks.layer, Claims.layer)),
  Layer.provideMerge(PolicyDesk.layer),
  Layer.provideMerge(Layer.merge(CreditLedger.layer, SpendGuard.layer)),
  Layer.provideMerge(Identity.layer)
)

const rows = Layer.mergeAll(
  SqliteAgents.layer(SqliteStore.unavailable),
  SqliteAgentRegister.layer(SqliteStore.unavailable),
  SqliteSpendPolicies.layer(SqliteStore.unavailable),
  SqliteLedgerStore.layer(SqliteStore.unavailable),
  SqliteDailySlots.layer(SqliteStore.unavailable),
  SqliteActivityLog.layer(SqliteStore.unavailable),
  SqliteClaimRequests.layer(SqliteStore.unavailable),
  SqliteFeedbackStore.layer(SqliteStore.unavailable),
  SqliteJobStore.layer(SqliteStore.unavailable),
  SqliteAssets.layer(SqliteStore.unavailable),
  SqlitePaymentStore.layer(SqliteStore.unavailable)
).pipe(Layer.provideMerge(SqliteStore.layer(folder)))

const services = (origin: string) => {
  const payments = configured((name) => process.env[name] ?? null)
  return programs.pipe(
    Layer.provideMerge(MediaLinks.signed((asset) => `${origin}${mediaPath(asset)}`)),
    Layer.provideMerge(
      Layer.mergeAll(
        Catalogue.layerOf([FakeMediaProvider.fakePainter]),
        PaymentRails.layerOf(payments.rails),
        payments.events,
        ReturnPage.at(origin),
        ContentPolicy.layerOf([]),
        Limits.layerOf({ ...contractLimits, previewCredits: 0 }),
        MemoryTelemetrySink.layer,
        Layer.succeed(Deployment, Deployment.of({ apiVersion: "test", mediaBaseUrl: origin })),
        Layer.unwrap(Effect.map(FakeMediaProvider.make(), (painter) => MediaProviders.layerOf([painter])))
      )
    ),
    Layer.provideMerge(rows),
    Layer.provideMerge(Layer.succeed(OwnerPolicyFile, FilePolicy.inFolder(folder))),
    Layer.provideMerge(WorkerInspector.layer),
    Layer.provideMerge(
      Layer.mergeAll(NodeDigest.layer, FileArtifactStore.layer(folder), FileAnswerSpool.layer(folder))
    ),
    Layer.provideMerge(Ids.layer),
    Layer.provideMerge(NodeSecretBytes.layer)
  )
}

const program = Effect.gen(function* () {
  const socket = yield* Layer.build(NodeHttpServer.layer(() => createServer(), { host: "127.0.0.1", port: 0 }))
  const origin = HttpServer.formatAddress(Context.get(socket, HttpServer.HttpServer).address)
  const built = yield* Layer.build(services(origin))
  const { sweep } = Context.get(built, Fulfilment)
  yield* Effect.exit(sweep(32)).pipe(Effect.repeat(Schedule.spaced("1 second")), Effect.forkScoped)
  const app = yield* HttpApp.make(origin).pipe(Effect.provideContext(built))
  yield* HttpServer.serveEffect(app).pipe(Effect.provideContext(socket))
  yield* Effect.sync(() => process.stdout.write(`${JSON.stringify({ origin })}\n`))
  return yield* Effect.never
})

Effect.runFork(Effect.scoped(program))
