import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import { falCreateModels } from "./catalogue/FalCreateModels.ts"
import { falEditModels } from "./catalogue/FalEditModels.ts"
import { localModels } from "./catalogue/LocalModels.ts"
import { openAiModels } from "./catalogue/OpenAiModels.ts"
import { xaiModels } from "./catalogue/XaiModels.ts"
import type { Model } from "./Model.ts"

/** The models of this deployment. A test kit or an operator may provide more rows, or other ones. */
export class Catalogue extends Context.Service<Catalogue, { readonly models: ReadonlyArray<Model> }>()(
  "core/models/Catalogue"
) {
  static readonly layerOf = (models: ReadonlyArray<Model>) => Layer.sync(Catalogue, () => Catalogue.of({ models }))
  static readonly layer = Layer.suspend(() => Catalogue.layerOf(publishedModels))
}

/** The published catalogue with the embedded models after it. */
export const publishedModels: ReadonlyArray<Model> = [
  ...xaiModels,
  ...openAiModels,
  ...falCreateModels,
  ...falEditModels,
  ...localModels
]

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
