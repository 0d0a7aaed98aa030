import { existsSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { CreditLedger } from "@image-skill/core/credits/CreditLedger"
import { embeddedLimits, Limits } from "@image-skill/core/credits/Limits"
import { PolicyDesk } from "@image-skill/core/credits/PolicyDesk"
import { SpendGuard } from "@image-skill/core/credits/SpendGuard"
import { OwnerPolicyFile } from "@image-skill/core/credits/SpendPolicies"
import { Ids } from "@image-skill/core/envelope/Ids"
import type { SecretBytes } from "@image-skill/core/envelope/SecretBytes"
import { Feedbacks } from "@image-skill/core/feedback/Feedbacks"
import { Claims } from "@image-skill/core/identity/Claims"
import { Identity } from "@image-skill/core/identity/Identity"
import { jobPrograms } from "@image-skill/core/jobs/JobPrograms"
import { ArtifactStore } from "@image-skill/core/media/ArtifactStore"
import { ContentPolicy } from "@image-skill/core/media/ContentPolicy"
import { MediaLinks } from "@image-skill/core/media/MediaLinks"
import { type MediaProvider, MediaProviders } from "@image-skill/core/media/MediaProvider"
import { Catalogue, isEmbedded, publishedModels } from "@image-skill/core/models/Catalogue"
import type { Model } from "@image-skill/core/models/Model"
import { CreditQuotes } from "@image-skill/core/payments/CreditQuotes"
import { Fulfilment } from "@image-skill/core/payments/Fulfilment"
import { PaymentBooks } from "@image-skill/core/payments/PaymentBooks"
import type { PaymentRail } from "@image-skill/core/payments/PaymentRail"
import { PaymentRails } from "@image-skill/core/payments/PaymentRails"
import { Purchases } from "@image-skill/core/payments/Purchases"
import { ReturnPage } from "@image-skill/core/payments/ReturnPage"
import { Deployment } from "@image-skill/core/service/Deployment"
import { embeddedServiceApi } from "@image-skill/core/service/EmbeddedService"
import { Service } from "@image-skill/core/service/Service"
import { Signups } from "@image-skill/core/service/Signups"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqliteActivityLog from "../activity/SqliteActivityLog.ts"
import * as FilePolicy from "../credits/FilePolicy.ts"
import * as SqliteDailySlots from "../credits/SqliteDailySlots.ts"
import * as SqliteLedgerStore from "../credits/SqliteLedgerStore.ts"
import * as SqliteSpendPolicies from "../credits/SqliteSpendPolicies.ts"
import * as NodeDigest from "../envelope/NodeDigest.ts"
import * as NodeSecretBytes from "../envelope/NodeSecretBytes.ts"
import * as SqliteFeedbackStore from "../feedback/SqliteFeedbackStore.ts"
import * as SqliteAgentRegister from "../identity/SqliteAgentRegister.ts"
import * as SqliteAgents from "../identity/SqliteAgents.ts"
import * as SqliteClaimRequests from "../identity/SqliteClaimRequests.ts"
import * as SqliteJobStore from "../jobs/SqliteJobStore.ts"
import * as ArtifactStores from "../media/ArtifactStores.ts"
import * as FileAnswerSpool from "../media/FileAnswerSpool.ts"
import * as FileArtifactStore from "../media/FileArtifactStore.ts"
import * as WorkerInspector from "../media/inspector/WorkerInspector.ts"
import * as Providers from "../media/providers/Providers.ts"
import * as SqliteAssets from "../media/SqliteAssets.ts"
import * as LocalProvider from "../media/StoryboardProvider.ts"
import * as WorkerRenderer from "../media/WorkerRenderer.ts"
import * as SqlitePaymentResolutions from "../payments/SqlitePaymentResolutions.ts"
import * as SqlitePaymentStore from "../payments/SqlitePaymentStore.ts"
import * as StripeRails from "../payments/StripeRails.ts"
import * as SqliteStore from "../store/SqliteStore.ts"
import * as NodeHttpTransport from "./NodeHttpTransport.ts"
import * as TelemetrySinks from "./TelemetrySinks.ts"

/** What an embedded service, or a server, is made from. */
export interface EmbeddedOptions {
  /** Holds the database and the media; made when something is first written. */
  readonly dataFolder: string
  readonly limits: Limits["Service"]
  readonly contentRules: Parameters<typeof ContentPolicy.layerOf>[0]
  /** Payers may type promotion codes on the hosted page; no, when left out. */
  readonly promotionCodes?: boolean
  /** Further providers, e.g. models of the AI SDK (`media/providers/AiSdk`), and their rows in the catalogue. */
  readonly providers?: ReadonlyArray<MediaProvider>
  readonly models?: ReadonlyArray<Model>
  /** Further rails; one takes the place of the configured rail that has its method id. */
  readonly rails?: ReadonlyArray<PaymentRail>
  /** Where identifiers come from; random ones, when left out. */
  readonly ids?: Layer.Layer<Ids, never, SecretBytes>
  /** Variables of the operator, e.g. the keys of providers. */
  readonly variable: (name: string) => string | null
}

/** Where the bytes of media are kept, and how they are reached from outside. */
export interface MediaPlaces<R> {
  readonly artifacts: Layer.Layer<ArtifactStore>
  readonly links: Layer.Layer<MediaLinks, never, R>
}

/** Everything but the deployment: SQLite and files below, the service programs on top. */
export const serviceLayer = <R>(options: EmbeddedOptions, places: MediaPlaces<R>) => {
  const payments = StripeRails.configured(options.variable, options)
  const hosted = Providers.configured(options.variable)
  return Service.layer.pipe(
    Layer.provideMerge(places.links),
    Layer.provideMerge(programs),
    Layer.provideMerge(
      Layer.mergeAll(
        catalogue([...hosted.models, ...(options.models ?? [])]),
        PaymentRails.layerOf(withOwn(payments.rails, options.rails ?? [])),
        payments.events,
        ContentPolicy.layerOf(options.contentRules),
        Limits.layerOf(options.limits),
        TelemetrySinks.configured({ ...options, databaseFile: SqliteStore.fileName })
      )
    ),
    Layer.provideMerge(providers(hosted, options.providers ?? [])),
    Layer.provideMerge(rows(options.dataFolder)),
    Layer.provideMerge(Layer.succeed(OwnerPolicyFile, FilePolicy.inFolder(options.dataFolder))),
    Layer.provideMerge(bytes(options, places.artifacts)),
    Layer.provideMerge(NodeDigest.layer),
    Layer.provideMerge(options.ids ?? Ids.layer),
    Layer.provideMerge(NodeSecretBytes.layer)
  )
}

/** The service in this process, with media that are read as files. */
export const layer = (options: EmbeddedOptions) =>
  embeddedServiceApi.pipe(
    Layer.provideMerge(serviceLayer(options, filesIn(options.dataFolder))),
    Layer.provide(Layer.merge(fileDeployment, ReturnPage.none))
  )

/** The same for one's own machine or program: no caps that bite. `variable` gives the keys of providers, if there are any. */
export const inFolder = (dataFolder: string, variable: EmbeddedOptions["variable"] = () => null) =>
  layer({ dataFolder, limits: embeddedLimits, contentRules: [], variable })

/** The version of the wire contract that the service speaks. */
export const apiVersion = "2026-11-21.1"

const programs = Signups.layer.pipe(
  Layer.provideMerge(Purchases.layer),
  Layer.provideMerge(CreditQuotes.layer),
  Layer.provideMerge(Fulfilment.layer),
  Layer.provideMerge(PaymentBooks.layer),
  Layer.provideMerge(jobPrograms),
  Layer.provideMerge(Layer.mergeAll(Feedbacks.layer, Claims.layer)),
  Layer.provideMerge(Layer.merge(CreditLedger.layer, PolicyDesk.layer.pipe(Layer.provideMerge(SpendGuard.layer)))),
  Layer.provideMerge(Identity.layer)
)

const rows = (dataFolder: string) =>
  Layer.mergeAll(
    SqliteAgents.layer(SqliteStore.unavailable),
    SqliteAgentRegister.layer(SqliteStore.unavailable),
    SqliteSpendPolicies.layer(SqliteStore.unavailable),
    SqlitePaymentResolutions.layer(SqliteStore.unavailable),
    SqliteLedgerStore.layer(SqliteStore.unavailable),
    SqliteDailySlots.layer(SqliteStore.unavailable),
    SqliteActivityLog.layer(SqliteStore.unavailable),
    SqliteClaimRequests.layer(SqliteStore.unavailable),
    SqliteFeedbackStore.layer(SqliteStore.unavailable, () => existsSync(join(dataFolder, SqliteStore.fileName))),
    SqliteJobStore.layer(SqliteStore.unavailable),
    SqliteAssets.layer(SqliteStore.unavailable),
    SqlitePaymentStore.layer(SqliteStore.unavailable)
  ).pipe(Layer.provideMerge(SqliteStore.layer(dataFolder)))

/** Where media lie, how they are looked at, and where a provider's answer waits until its outputs are stored. */
const bytes = ({ dataFolder }: EmbeddedOptions, artifacts: Layer.Layer<ArtifactStore>) =>
  WorkerInspector.layer.pipe(Layer.provideMerge(Layer.merge(artifacts, FileAnswerSpool.layer(dataFolder))))

const withOwn = (configured: ReadonlyArray<PaymentRail>, own: ReadonlyArray<PaymentRail>) => [
  ...own,
  ...configured.filter(({ methodId }) => own.every((rail) => rail.methodId !== methodId))
]

/** The models of an operator's own stand before the embedded ones. */
const catalogue = (models: ReadonlyArray<Model>) =>
  models.length === 0
    ? Catalogue.layer
    : Catalogue.layerOf([
        ...publishedModels.filter((model) => !isEmbedded(model)),
        ...models,
        ...publishedModels.filter(isEmbedded)
      ])

/** The embedded models, and whatever provider has its key; the others say what is missing. */
const providers = ({ missing, providers: hosted }: Providers.ConfiguredProviders, own: ReadonlyArray<MediaProvider>) =>
  Layer.unwrap(
    Effect.map(Effect.all([LocalProvider.make, hosted]), ([local, others]) =>
      MediaProviders.layerOf([local, ...others, ...own], missing)
    )
  ).pipe(Layer.provide(WorkerRenderer.layer))

/** Where a server hands feedback over to, as its variables say; loaded by a server only. */
export const feedbackQueue = (variable: EmbeddedOptions["variable"]) =>
  Layer.unwrap(
    Effect.map(
      Effect.promise(() => import("../feedback/ConfiguredQueue.ts")),
      ({ configured }) => configured(variable)
    )
  ).pipe(Layer.provide(NodeHttpTransport.layer))

/** A bucket is only for a server: what is embedded gives files to the programs beside it. */
export const servedMedia = <R>(
  { dataFolder, variable }: EmbeddedOptions,
  links: Layer.Layer<MediaLinks, never, R>
): MediaPlaces<R> => ({ artifacts: ArtifactStores.configured(variable, dataFolder), links })

const fileDeployment = Layer.succeed(Deployment, Deployment.of({ apiVersion, mediaBaseUrl: "file:" }))

/** Media of one's own machine are read as files, which nobody else can use: no link has to expire. */
const filesIn = (dataFolder: string): MediaPlaces<ArtifactStore> => ({
  artifacts: FileArtifactStore.layer(dataFolder),
  links: Layer.unwrap(
    Effect.map(ArtifactStore, ({ locate }) =>
      MediaLinks.unsigned(({ sha256 }) => pathToFileURL(locate(sha256) ?? dataFolder).href)
    )
  )
})
