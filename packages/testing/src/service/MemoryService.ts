import * as NodeDigest from "@image-skill/adapters/envelope/NodeDigest"
import * as Providers from "@image-skill/adapters/media/providers/Providers"
import * as StoryboardProvider from "@image-skill/adapters/media/StoryboardProvider"
import { CreditLedger } from "@image-skill/core/credits/CreditLedger"
import { contractLimits, Limits } from "@image-skill/core/credits/Limits"
import { PolicyDesk } from "@image-skill/core/credits/PolicyDesk"
import { SpendGuard } from "@image-skill/core/credits/SpendGuard"
import { OwnerPolicyFile } from "@image-skill/core/credits/SpendPolicies"
import type { FilePolicy } from "@image-skill/core/credits/SpendPolicy"
import { Feedbacks } from "@image-skill/core/feedback/Feedbacks"
import { Claims } from "@image-skill/core/identity/Claims"
import { Identity } from "@image-skill/core/identity/Identity"
import { jobPrograms } from "@image-skill/core/jobs/JobPrograms"
import type { ArtifactStore } from "@image-skill/core/media/ArtifactStore"
import { mediaPath } from "@image-skill/core/media/Asset"
import { ContentPolicy, type ContentRule } from "@image-skill/core/media/ContentPolicy"
import type { MediaInspector } from "@image-skill/core/media/MediaInspector"
import { MediaLinks } from "@image-skill/core/media/MediaLinks"
import { type MediaProvider, MediaProviders } from "@image-skill/core/media/MediaProvider"
import type { Renderer } from "@image-skill/core/media/Renderer"
import { Catalogue, publishedModels } from "@image-skill/core/models/Catalogue"
import type { Model } from "@image-skill/core/models/Model"
import { CreditQuotes } from "@image-skill/core/payments/CreditQuotes"
import { Fulfilment } from "@image-skill/core/payments/Fulfilment"
import { PaymentBooks } from "@image-skill/core/payments/PaymentBooks"
import { PaymentEvents } from "@image-skill/core/payments/PaymentEvents"
import type { PaymentRail } from "@image-skill/core/payments/PaymentRail"
import { PaymentRails, unconfigured } from "@image-skill/core/payments/PaymentRails"
import { Purchases } from "@image-skill/core/payments/Purchases"
import { ReturnPage } from "@image-skill/core/payments/ReturnPage"
import { Deployment } from "@image-skill/core/service/Deployment"
import { embeddedServiceApi } from "@image-skill/core/service/EmbeddedService"
import { Service } from "@image-skill/core/service/Service"
import { Signups } from "@image-skill/core/service/Signups"
import type { TelemetrySink } from "@image-skill/core/service/TelemetrySink"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as CountingIds from "../envelope/CountingIds.ts"
import * as CountingSecretBytes from "../envelope/CountingSecretBytes.ts"
import * as MemoryAnswerSpool from "../media/MemoryAnswerSpool.ts"
import * as MemoryArtifactStore from "../media/MemoryArtifactStore.ts"
import * as MemoryInspector from "../media/MemoryInspector.ts"
import * as MemoryRenderer from "../media/MemoryRenderer.ts"
import * as MemoryRepositories from "../store/MemoryRepositories.ts"
import * as MemoryTelemetrySink from "./MemoryTelemetrySink.ts"

/** What a harness may choose; everything else is the service as it is. */
export interface TestServiceOptions {
  readonly limits?: Partial<Limits["Service"]>
  readonly models?: ReadonlyArray<Model>
  /** Providers beside the embedded one. */
  readonly providers?: ReadonlyArray<MediaProvider>
  /** Instead of the live rails, which no test has a key for. */
  readonly rails?: ReadonlyArray<PaymentRail>
  readonly events?: Layer.Layer<PaymentEvents>
  readonly returnPage?: Layer.Layer<ReturnPage>
  /** The owner's file of caps; by default there is none. */
  readonly ownerFile?: Effect.Effect<FilePolicy>
  readonly contentRules?: ReadonlyArray<ContentRule>
  /** Who draws for the embedded models; by default somebody quick, whose pictures are of one colour. */
  readonly renderer?: Layer.Layer<Renderer>
  /** Who looks at media; by default somebody quick, who reads headers only. */
  readonly inspector?: Layer.Layer<MediaInspector, never, ArtifactStore>
  /** Where records of requests go; by default nobody reads them. */
  readonly telemetry?: Layer.Layer<TelemetrySink>
  /** Where media are served; by default nowhere that is reached. */
  readonly mediaBaseUrl?: string
}

/** The service programs over whatever keeps their rows and bytes. */
export const programs = ({
  contentRules = [],
  limits = {},
  models = [],
  providers = [],
  rails = unconfigured,
  events = PaymentEvents.none,
  returnPage = ReturnPage.none,
  ownerFile = Effect.succeed({ _tag: "Absent" }),
  renderer = MemoryRenderer.layer,
  inspector = MemoryInspector.layer(),
  telemetry = MemoryTelemetrySink.layer,
  mediaBaseUrl = "https://media.example.test"
}: TestServiceOptions) =>
  Service.layer.pipe(
    Layer.provideMerge(links(mediaBaseUrl)),
    Layer.provideMerge(Signups.layer),
    Layer.provideMerge(payments),
    Layer.provideMerge(jobPrograms),
    Layer.provideMerge(Layer.mergeAll(Feedbacks.layer, Claims.layer)),
    Layer.provideMerge(Layer.merge(CreditLedger.layer, PolicyDesk.layer.pipe(Layer.provideMerge(SpendGuard.layer)))),
    Layer.provideMerge(Identity.layer),
    Layer.provideMerge(
      Layer.mergeAll(
        Catalogue.layerOf([...publishedModels, ...models]),
        PaymentRails.layerOf(rails),
        events,
        returnPage,
        Layer.succeed(OwnerPolicyFile, ownerFile),
        ContentPolicy.layerOf(contentRules),
        Limits.layerOf({ ...contractLimits, acceptTestContacts: true, ...limits }),
        deployment(mediaBaseUrl),
        telemetry
      )
    ),
    Layer.provideMerge(
      Layer.unwrap(
        Effect.map(StoryboardProvider.make, (storyboard) => MediaProviders.layerOf([storyboard, ...providers], missing))
      )
    ),
    Layer.provideMerge(Layer.merge(renderer, inspector))
  )

/** The hosted providers say which key they lack, as they do for an operator who has none. */
const { missing } = Providers.configured(() => null)

const payments = Purchases.layer.pipe(
  Layer.provideMerge(CreditQuotes.layer),
  Layer.provideMerge(Fulfilment.layer),
  Layer.provideMerge(PaymentBooks.layer)
)

/** Media URLs that do not depend on where the service runs. */
const deployment = (mediaBaseUrl: string) =>
  Layer.succeed(Deployment, Deployment.of({ apiVersion: "test", mediaBaseUrl }))

const links = (mediaBaseUrl: string) => MediaLinks.signed((asset) => `${mediaBaseUrl}${mediaPath(asset)}`)

/** Rows and bytes in memory, ids that count, secrets that repeat. */
export const memory = Layer.mergeAll(MemoryRepositories.layer, MemoryArtifactStore.layer, MemoryAnswerSpool.layer).pipe(
  Layer.provideMerge(Layer.mergeAll(NodeDigest.layer, CountingIds.layer, CountingSecretBytes.layer))
)

/** A whole service in memory, reached by function call. */
export const layer = (options: TestServiceOptions = {}) =>
  embeddedServiceApi.pipe(Layer.provideMerge(programs(options)), Layer.provideMerge(memory))
