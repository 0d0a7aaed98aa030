import {
  type GenerationRequest,
  type MediaProvider,
  MediaProviderError,
  type ProviderResult
} from "@image-skill/core/media/MediaProvider"
import type { Model } from "@image-skill/core/models/Model"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"

/** A provider and the models it runs, as `open` takes them. */
export interface OwnProvider {
  readonly provider: MediaProvider
  readonly models: ReadonlyArray<Model>
}

/** What a model of your own has to say; the rest has a default. */
export interface OwnModel extends Partial<Model> {
  /** `provider.name`. */
  readonly id: string
  /** What one picture costs; 0 is free of charge. */
  readonly price: Model["price"]
}

export interface OwnProviderSettings {
  /** As in the ids of its models. */
  readonly id: string
  readonly models: ReadonlyArray<OwnModel>
  /**
   * Makes the outputs, each as the bytes of a file. `request.key` is the same for every try of one job: give it on as
   * your vendor's idempotency key. Whatever it throws counts as unknown, and is never tried again, unless it is a
   * `NotMade`. When `signal` aborts, nobody waits any more.
   */
  readonly generate: (
    request: Pick<GenerationRequest, "key" | "prompt" | "parameters" | "aspectRatio" | "outputCount" | "size"> & {
      readonly model: string
    },
    signal: AbortSignal
  ) => Promise<Uint8Array | ReadonlyArray<Uint8Array>>
}

/** Thrown by `generate` when it is certain that nothing was made and nothing is billed. */
export class NotMade extends Error {
  override readonly name = "NotMade"
  /** `content_refused`: by a policy. `rejected`: it never will. `unavailable`: asking again may help, and is safe. */
  readonly reason: "content_refused" | "rejected" | "unavailable"

  constructor(reason: NotMade["reason"], message: string) {
    super(message)
    this.reason = reason
  }
}

/** Longer than any picture takes. Who is waited for in vain may have made it. */
const patience = Duration.minutes(10)

/** A provider over one promise. Jobs, prices, holds, receipts and storage are the service's, as for every provider. */
export const providerFrom = ({ generate, id, models }: OwnProviderSettings): OwnProvider => ({
  models: models.map((model) => rowOf(id, model)),
  provider: {
    id,
    availability: { _tag: "Available" },
    repeatable: false,
    plan: ({ aspectRatio, model, outputCount, parameters, prompt, size }) =>
      Result.succeed({
        path: `/${model.id}`,
        body: {
          ...parameters,
          prompt,
          aspect_ratio: aspectRatio,
          n: outputCount,
          size: size === null ? null : `${size.width}x${size.height}`
        }
      }),
    submit: ({ aspectRatio, key, model, outputCount, parameters, prompt, size }) =>
      Effect.tryPromise({
        try: (signal) => generate({ key, model: model.id, prompt, parameters, aspectRatio, outputCount, size }, signal),
        catch: (error) => failureOf(id, error)
      }).pipe(
        Effect.timeoutOrElse({
          duration: patience,
          orElse: () => Effect.fail(failure(id, "unknown", "the provider did not answer in time"))
        }),
        Effect.map((made) => ({
          _tag: "Answered",
          answer: kept(made instanceof Uint8Array ? [made] : made)
        }))
      ),
    // It answers at once, so there is nothing to ask after.
    poll: () => Effect.succeed({ _tag: "Gone" }),
    cancel: () => Effect.succeed("not_supported"),
    outputs: (answer) =>
      Effect.mapError(readKept(new TextDecoder().decode(answer)), () =>
        failure(id, "rejected", "what was kept of the answer cannot be read")
      ).pipe(Effect.flatMap((outputs) => resultOf(id, outputs)))
  }
})

const Kept = Schema.fromJsonString(Schema.Array(Schema.String))
const readKept = Schema.decodeUnknownEffect(Kept)

/** What was made, as the service keeps it before anybody looks at it. */
const kept = (outputs: ReadonlyArray<Uint8Array>): Uint8Array =>
  new TextEncoder().encode(JSON.stringify(outputs.map((bytes) => Base64.encode(bytes))))

const resultOf = (id: string, outputs: ReadonlyArray<string>): Effect.Effect<ProviderResult, MediaProviderError> => {
  const decoded = Result.all(outputs.map((text) => Base64.decode(text)))
  return outputs.length === 0 || Result.isFailure(decoded)
    ? Effect.fail(failure(id, "rejected", "the provider made nothing"))
    : Effect.succeed({
        outputs: decoded.success.map((bytes) => ({ body: Stream.succeed(bytes), facts: {} })),
        reportedMicroUsd: null,
        warnings: [],
        provenance: null
      })
}

const failureOf = (id: string, error: unknown): MediaProviderError =>
  isNotMade(error)
    ? failure(id, error.reason, error.message)
    : failure(id, "unknown", "the provider failed without saying whether it made anything")

/** By its name, so that it may come from another copy of this module. */
const isNotMade = (error: unknown): error is NotMade =>
  Predicate.hasProperty(error, "name") && error.name === "NotMade" && Predicate.hasProperty(error, "reason")

const failure = (provider: string, reason: MediaProviderError["reason"], message: string): MediaProviderError =>
  new MediaProviderError({ provider, reason, message })

const rowOf = (provider: string, own: OwnModel): Model => ({
  displayName: own.id,
  upstream: null,
  modality: "image",
  operation: "image.generate",
  endpoint: "create",
  supports: "create",
  wired: true,
  prompt: "required",
  inputImage: "none",
  maxInputs: 0,
  mask: "none",
  references: null,
  aspectRatios: { values: ["1:1"], default: "1:1", ignored: null },
  parameters: {},
  catalogedOnly: [],
  fixed: [],
  maxOutputs: 1,
  sizes: null,
  output: { mimeTypes: ["image/png"], assetPrefix: "image", maxResolution: null, transparentBackground: false },
  priceSource: { basis: "ours", asOf: "2026-11-21", note: "as whoever added the model says" },
  taskTags: ["create"],
  latency: "interactive",
  notes: [],
  ...own,
  provider
})
