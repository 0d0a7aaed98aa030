import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { bflModels } from "./catalogue/BflModels.ts"
import { falCreateModels } from "./catalogue/FalCreateModels.ts"
import { falEditModels } from "./catalogue/FalEditModels.ts"
import { googleModels } from "./catalogue/GoogleModels.ts"
import { localModels } from "./catalogue/LocalModels.ts"
import { openAiModels } from "./catalogue/OpenAiModels.ts"
import { replicateModels } from "./catalogue/ReplicateModels.ts"
import { xaiModels } from "./catalogue/XaiModels.ts"
import { catalogueFaults } from "./CatalogueCheck.ts"
import type { Model } from "./Model.ts"

/** Rows of a deployment that cannot be sold as they are. Starting with them is a defect, never a price by accident. */
export class CatalogueInvalid extends Data.TaggedError("CatalogueInvalid")<{ readonly faults: ReadonlyArray<string> }> {
  override get message() {
    const shown = this.faults.slice(0, 20)
    const more = this.faults.length - shown.length
    return [`the model catalogue is faulty:`, ...shown, ...(more === 0 ? [] : [`and ${more} more`])].join("\n  ")
  }
}

/** The models of this deployment. A test kit or an operator may provide more rows, or other ones, which are checked. */
export class Catalogue extends Context.Service<Catalogue, { readonly models: ReadonlyArray<Model> }>()(
  "core/models/Catalogue"
) {
  static readonly layerOf = (models: ReadonlyArray<Model>) =>
    Layer.effect(Catalogue, Effect.as(checked(models), Catalogue.of({ models })))
  static readonly layer = Layer.suspend(() => Catalogue.layerOf(publishedModels))
}

/** The published catalogue, then models of further providers, and the embedded ones at the end. */
export const publishedModels: ReadonlyArray<Model> = [
  ...xaiModels,
  ...openAiModels,
  ...falCreateModels,
  ...falEditModels,
  ...googleModels,
  ...bflModels,
  ...replicateModels,
  ...localModels
]

/** Rows of this package are proved by its tests; only the others are checked, so a start without any costs nothing. */
const checked = (models: ReadonlyArray<Model>): Effect.Effect<void> =>
  Effect.suspend(() => {
    const published = new Set(publishedModels)
    const own = models.filter((model) => !published.has(model))
    const faults =
      own.length === 0
        ? []
        : catalogueFaults(
            own,
            models.filter((model) => published.has(model))
          )
    return faults.length === 0 ? Effect.void : Effect.die(new CatalogueInvalid({ faults }))
  })

export type Availability =
  | { readonly _tag: "Available" }
  | { readonly _tag: "Unavailable"; readonly reason: UnavailableReason; readonly variable: string | null }

export type UnavailableReason =
  | "provider_credentials_missing"
  | "provider_unreachable"
  | "provider_not_supported"
  | "disabled_by_operator"

/** Whether a provider can run something now. Implemented by the registry of media providers. */
export class ProviderStatus extends Context.Service<
  ProviderStatus,
  { readonly of: (provider: string) => Availability }
>()("core/models/ProviderStatus") {}

/** A model together with whether it can run now. */
export interface Listed {
  readonly model: Model
  readonly availability: Availability
}

export const isRunnable = ({ availability, model }: Listed): boolean => model.wired && availability._tag === "Available"

/** Embedded models stand after provider rows and are the default only where no provider's model can run (D1.6). */
export const isEmbedded = (model: Model): boolean => model.provider === "local"
