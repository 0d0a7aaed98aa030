import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Schema from "effect/Schema"
import { type Availability, ProviderStatus } from "../models/Catalogue.ts"
import type { Model, Size } from "../models/Model.ts"

/** What a provider is asked to make. `key` is the same for every try of one job. */
export interface GenerationRequest {
  readonly key: string
  readonly model: Model
  readonly prompt: string | null
  readonly parameters: { readonly [name: string]: Schema.Json }
  readonly aspectRatio: string
  readonly outputCount: number
  /** Exact pixels of one output, where they are known beforehand. */
  readonly size: Size | null
}

export interface ProviderOutput {
  /** As the provider gave them; never re-encoded. */
  readonly bytes: Uint8Array
  /** What the provider says about this output, e.g. which words it drew. */
  readonly facts: { readonly [name: string]: Schema.Json }
}

export interface ProviderResult {
  readonly outputs: ReadonlyArray<ProviderOutput>
  /** What the provider charged, in millionths of a US dollar, where it says so. */
  readonly reportedMicroUsd: number | null
  /** Sentences for the caller. */
  readonly warnings: ReadonlyArray<string>
  /** Private: enough to make the outputs again, kept with the job. */
  readonly provenance: Schema.Json
}

/**
 * Every way a provider can fail, in the words all providers share.
 *
 * - `content_refused`: its policy refused the request. Nothing was made or charged.
 * - `rejected`: it will never accept this request.
 * - `unavailable`: it was not reached, or answered that it did nothing. Repeating is safe.
 * - `unknown`: it may have accepted the request; nobody can tell. Never repeated.
 */
export class MediaProviderError extends Data.TaggedError("MediaProviderError")<{
  readonly provider: string
  readonly reason: "content_refused" | "rejected" | "unavailable" | "unknown"
  readonly message: string
}> {}

export interface MediaProvider {
  readonly id: string
  readonly availability: Availability
  /** True when the same request can be made again at no cost and gives the same bytes: then a lost result is remade. */
  readonly repeatable: boolean
  generate(request: GenerationRequest): Effect.Effect<ProviderResult, MediaProviderError>
}

/** The providers of this deployment. */
export class MediaProviders extends Context.Service<
  MediaProviders,
  { readonly find: (id: string) => MediaProvider | undefined }
>()("core/media/MediaProviders") {
  /** The registry, and with it the answer to which providers can run now. */
  static readonly layerOf = (
    providers: ReadonlyArray<MediaProvider>,
    missing: (id: string) => Availability = () => ({
      _tag: "Unavailable",
      reason: "provider_not_supported",
      variable: null
    })
  ): Layer.Layer<MediaProviders | ProviderStatus> => {
    const byId = new Map(providers.map((provider) => [provider.id, provider]))
    return Layer.mergeAll(
      Layer.succeed(MediaProviders, MediaProviders.of({ find: (id) => byId.get(id) })),
      Layer.succeed(ProviderStatus, ProviderStatus.of({ of: (id) => byId.get(id)?.availability ?? missing(id) }))
    )
  }
}
