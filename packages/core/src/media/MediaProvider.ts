import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import { type Availability, ProviderStatus } from "../models/Catalogue.ts"
import type { Model, ReferenceRole, ReferenceTask, Size } from "../models/Model.ts"
import type { ArtifactStoreFailed } from "./ArtifactStore.ts"
import type { Evidence } from "./MediaInspector.ts"

/** Owned media that a request works on. `index` counts within its role, from 0. */
export interface ProviderInput {
  readonly role: "input" | "mask" | ReferenceRole
  readonly index: number
  readonly referenceIndex: number | null
  readonly task: ReferenceTask | null
  readonly assetId: string
  /** Read from the bytes. */
  readonly mimeType: string
  readonly contentLength: number
  readonly size: Size | null
  /** Read when they are needed; never kept. */
  readonly bytes: Effect.Effect<Uint8Array, ArtifactStoreFailed>
  /** What its maker kept to make it again, e.g. the scene of an embedded picture; null for uploads. */
  readonly provenance: Schema.Json | null
  /** Which output of that maker's job it is. */
  readonly outputIndex: number
}

/** What a provider is asked to make. `key` is the same for every try of one job. */
export interface GenerationRequest {
  readonly key: string
  readonly model: Model
  /** Null for models that take none. */
  readonly prompt: string | null
  /** Native parameters, checked against the model's schema; sent exactly as they are. */
  readonly parameters: { readonly [name: string]: Schema.Json }
  readonly aspectRatio: string
  readonly outputCount: number
  /** Exact pixels of one output, where they are known beforehand. */
  readonly size: Size | null
  /** The primary input first, then further inputs, the mask, the references in their order. */
  readonly inputs: ReadonlyArray<ProviderInput>
}

/** The provider's own request, without keys. Media stand as `{"media": N}`, N being an index of `inputs`. */
export interface NativeRequest {
  /** Below the provider's base URL. */
  readonly path: string
  readonly body: Schema.JsonObject
}

export interface ProviderOutput {
  /** As the provider gave them; never re-encoded. Downloaded when it is run; running it again downloads again. */
  readonly body: Stream.Stream<Uint8Array, MediaProviderError>
  /** What the provider says about this output, e.g. its seed or which words it drew. */
  readonly facts: { readonly [name: string]: Schema.Json }
  /** What was measured while it was made, by who made the very pixels: then nobody decodes them to look at them. */
  readonly seen?: Evidence
}

export interface ProviderResult {
  readonly outputs: ReadonlyArray<ProviderOutput>
  /** What the provider charged, in millionths of a US dollar, where it says so or its usage fixes it. */
  readonly reportedMicroUsd: number | null
  /** Sentences for the caller. */
  readonly warnings: ReadonlyArray<string>
  /** Private: enough to make the outputs again, kept with the job. */
  readonly provenance: Schema.Json
}

/**
 * What became of a request that the provider took.
 *
 * - `Accepted`: it works on it; `handle` finds it again from any process. Plain JSON without a secret.
 * - `Answered`: all of its answer, raw. Kept durably before anybody reads it.
 * - `Made`: the outputs themselves, of a repeatable provider only: what is lost is made again.
 */
export type Submitted =
  | { readonly _tag: "Accepted"; readonly handle: Schema.Json }
  | { readonly _tag: "Answered"; readonly answer: Uint8Array }
  | { readonly _tag: "Made"; readonly result: ProviderResult }

/**
 * Where an accepted request stands.
 *
 * - `Canceled`: it ended without outputs because it was canceled, and is not billed.
 * - `Gone`: the provider has forgotten it; nobody can tell what became of it.
 */
export type Polled =
  | {
      readonly _tag: "Pending"
      readonly phase: "queued" | "running"
      /** How many stand before it, where the provider says so. */
      readonly position: number | null
      readonly retryAfterMillis: number | null
    }
  | { readonly _tag: "Answered"; readonly answer: Uint8Array }
  | { readonly _tag: "Canceled" }
  | { readonly _tag: "Gone" }

/** `requested`: the provider took the wish; only a poll tells whether it came in time. `too_late`: it had ended. */
export type Cancellation = "requested" | "too_late" | "not_supported"

/**
 * Every way a provider can fail, in the words all providers share.
 *
 * - `content_refused`: its policy refused the request. Nothing was made or charged.
 * - `rejected`: it will never accept this request, or ended it without outputs.
 * - `unavailable`: it was not reached, or answered that it did nothing. Repeating is safe.
 * - `unknown`: it may have accepted the request; nobody can tell. Never repeated.
 *
 * While polling, downloading or canceling the last two mean only that this one call failed: those are repeated freely.
 */
export class MediaProviderError extends Data.TaggedError("MediaProviderError")<{
  readonly provider: string
  readonly reason: "content_refused" | "rejected" | "unavailable" | "unknown"
  /** For the caller: no key, no URL, no prompt. */
  readonly message: string
  /** How long the provider wants to be left alone. */
  readonly retryAfterMillis?: number
}> {}

/** A service that makes media. Nothing here retries a submit: what may have been accepted is never sent twice. */
export interface MediaProvider {
  readonly id: string
  readonly availability: Availability
  /** True when the same request can be made again at no cost and gives the same bytes: then a lost result is remade. */
  readonly repeatable: boolean
  /** Pure: the native request, or why this provider cannot make it. Asked before anything is spent. */
  plan(request: GenerationRequest): Result.Result<NativeRequest, MediaProviderError>
  submit(request: GenerationRequest): Effect.Effect<Submitted, MediaProviderError>
  poll(handle: Schema.Json): Effect.Effect<Polled, MediaProviderError>
  cancel(handle: Schema.Json): Effect.Effect<Cancellation, MediaProviderError>
  /** Reads an answer as it was kept, in this process or in a later one. Free of charge and repeatable. */
  outputs(answer: Uint8Array, request: GenerationRequest): Effect.Effect<ProviderResult, MediaProviderError>
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
