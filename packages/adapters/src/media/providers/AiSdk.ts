import type {
  GenerationRequest,
  MediaProvider,
  MediaProviderError,
  Polled,
  ProviderResult,
  Submitted
} from "@image-skill/core/media/MediaProvider"
import type { RemoteFetch } from "@image-skill/core/media/RemoteFetch"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { callFailure } from "../internal/AiSdkFailure.ts"
import type { ImageModel, ImageOptions, SdkFile, VideoModel, VideoOptions, Warning } from "../internal/AiSdkShape.ts"
import { failure } from "../internal/ProviderFailure.ts"
import { download } from "../internal/ProviderHttp.ts"
import { mediaOf } from "../internal/ProviderInputs.ts"
import { fromBase64, readJson } from "../internal/ProviderReaders.ts"
import { type Bridged, native } from "./AiSdkModels.ts"

export interface BridgeSettings {
  /** The id of the provider in the catalogue. */
  readonly id: string
  readonly models: ReadonlyArray<Bridged>
  /** The origin of outputs that lie on this machine; public ones need none. */
  readonly mediaOrigin?: string
}

const imagePatience = Duration.minutes(10)
const startPatience = Duration.minutes(2)
const statusPatience = Duration.seconds(60)
const mostOutputBytes = 1024 * 1024 * 1024

const Handle = Schema.Struct({ model: Schema.String, operation: Schema.MutableJson })

const Answer = Schema.Struct({
  outputs: Schema.Array(Schema.Struct({ data: Schema.NullOr(Schema.String), url: Schema.NullOr(Schema.String) })),
  warnings: Schema.Array(Schema.String),
  metadata: Schema.optionalKey(Schema.Json)
})
type Kept = typeof Answer.Type

/**
 * Any image or video model of the AI SDK (specification v4) behind our port. Its calls are made directly, once: the
 * SDK's own `generateImage` repeats a paid request when an answer is lost. Images are answered at once, videos are
 * started and then asked after.
 */
export const make = Effect.fn("AiSdk.make")(function* ({
  id,
  mediaOrigin = "",
  models
}: BridgeSettings): Effect.fn.Return<MediaProvider, never, RemoteFetch> {
  const context = yield* Effect.context<RemoteFetch>()
  const byRow = new Map(models.map((bridged) => [bridged.row.id, bridged]))
  const place = { provider: id, baseUrl: mediaOrigin }
  return {
    id,
    availability: { _tag: "Available" },
    repeatable: false,
    plan: (request) => native(byRow.get(request.model.id), request),
    submit: Effect.fn("AiSdk.submit")(function* (request: GenerationRequest) {
      const bridged = byRow.get(request.model.id)
      const { body } = yield* Effect.fromResult(native(bridged, request))
      if (bridged === undefined) return yield* failure(id, "rejected", "the model is not bridged here")
      const media = yield* mediaOf(id, request)
      const files = request.inputs.map(({ mimeType }, index) => fileOf(mimeType, media[index]))
      return yield* bridged._tag === "Image"
        ? generate(id, bridged.model, request, imageOptions(body, files))
        : start(id, bridged, request, videoOptions(body, files))
    }),
    poll: Effect.fn("AiSdk.poll")(function* (handle: Schema.Json) {
      const { model, operation } = yield* Effect.mapError(Schema.decodeUnknownEffect(Handle)(handle), () =>
        failure(id, "rejected", "the handle is none of the provider")
      )
      const bridged = byRow.get(model)
      if (bridged?._tag !== "Video") return yield* failure(id, "unavailable", "the model is not bridged here")
      return yield* status(id, bridged.model, operation)
    }),
    cancel: () => Effect.succeed("not_supported"),
    outputs: Effect.fn("AiSdk.outputs")(function* (answer: Uint8Array, { model }: GenerationRequest) {
      const { metadata = null, outputs, warnings } = yield* readJson(id, Answer, answer, "rejected")
      if (outputs.length === 0) return yield* failure(id, "rejected", "the provider answered without an output")
      const result: ProviderResult = {
        outputs: outputs.map((output) => ({
          facts: {},
          body: Stream.provideContext(bodyOf(place, output), context)
        })),
        reportedMicroUsd: byRow.get(model.id)?.cost?.(metadata) ?? null,
        warnings,
        provenance: { metadata }
      }
      return result
    })
  }
})

const bodyOf = (
  place: { readonly provider: string; readonly baseUrl: string },
  { data, url }: Kept["outputs"][number]
): Stream.Stream<Uint8Array, MediaProviderError, RemoteFetch> =>
  Stream.suspend(() => {
    if (data === null && url !== null) return download(place, url, mostOutputBytes)
    const bytes = fromBase64(data ?? "")
    return bytes === null || bytes.length === 0
      ? Stream.fail(failure(place.provider, "rejected", "an output of the provider cannot be decoded"))
      : Stream.succeed(bytes)
  })

const fileOf = (mediaType: string, data: Uint8Array | undefined): SdkFile => ({
  type: "file",
  mediaType,
  data: data ?? new Uint8Array()
})

const imageOptions = (body: Schema.JsonObject, media: ReadonlyArray<SdkFile>): ImageOptions => {
  const files = filesAt(body["files"], media)
  return {
    prompt: text(body["prompt"]),
    n: number(body["n"]) ?? 1,
    size: pixels(body["size"]),
    aspectRatio: ratio(body["aspectRatio"]),
    seed: number(body["seed"]),
    files: files.length === 0 ? undefined : files,
    mask: filesAt(body["mask"], media)[0],
    providerOptions: optionsIn(body["providerOptions"])
  }
}

const videoOptions = (body: Schema.JsonObject, media: ReadonlyArray<SdkFile>): VideoOptions => {
  const references = filesAt(body["inputReferences"], media)
  return {
    prompt: text(body["prompt"]),
    n: number(body["n"]) ?? 1,
    aspectRatio: ratio(body["aspectRatio"]),
    resolution: pixels(body["resolution"]),
    duration: number(body["duration"]),
    fps: number(body["fps"]),
    seed: number(body["seed"]),
    image: filesAt(body["image"], media)[0],
    frameImages: undefined,
    inputReferences: references.length === 0 ? undefined : references,
    generateAudio: typeof body["generateAudio"] === "boolean" ? body["generateAudio"] : undefined,
    providerOptions: optionsIn(body["providerOptions"])
  }
}

type Field = Schema.Json | undefined

const text = (value: Field): string | undefined => (typeof value === "string" ? value : undefined)
const number = (value: Field): number | undefined => (typeof value === "number" ? value : undefined)
const isPixels = (value: Field): value is `${number}x${number}` => typeof value === "string" && /^\d+x\d+$/u.test(value)
const pixels = (value: Field): `${number}x${number}` | undefined => (isPixels(value) ? value : undefined)
const isRatio = (value: Field): value is `${number}:${number}` => typeof value === "string" && /^\d+:\d+$/u.test(value)
const ratio = (value: Field): `${number}:${number}` | undefined => (isRatio(value) ? value : undefined)

const Media = Schema.Struct({ media: Schema.Number })
const isMedia = Schema.is(Media)
const filesAt = (value: Field, media: ReadonlyArray<SdkFile>): Array<SdkFile> =>
  (Array.isArray(value) ? value : [value]).flatMap((item: unknown) => (isMedia(item) ? (media[item.media] ?? []) : []))

const isOptions = Schema.is(Schema.Record(Schema.String, Schema.Record(Schema.String, Schema.MutableJson)))
const optionsIn = (value: Field): ImageOptions["providerOptions"] => (isOptions(value) ? value : {})

class CallFailed extends Data.TaggedError("CallFailed")<{ readonly cause: unknown }> {}

/** One call. Interruption aborts it; running out of time leaves a paid one unknown. */
const ask = <A>(
  provider: string,
  use: (signal: AbortSignal) => PromiseLike<A>,
  how: { readonly paid: boolean; readonly prompt: string | null; readonly patience: Duration.Duration }
): Effect.Effect<A, MediaProviderError> =>
  Effect.tryPromise({ try: use, catch: (cause) => new CallFailed({ cause }) }).pipe(
    Effect.catch(({ cause }) => Effect.flatMap(callFailure(provider, cause, how), Effect.fail)),
    Effect.timeoutOrElse({
      duration: how.patience,
      orElse: () =>
        Effect.fail(failure(provider, how.paid ? "unknown" : "unavailable", "the provider did not answer in time"))
    })
  )

const generate = (
  provider: string,
  model: ImageModel,
  { prompt }: GenerationRequest,
  options: ImageOptions
): Effect.Effect<Submitted, MediaProviderError> =>
  Effect.map(
    ask(provider, (abortSignal) => model.doGenerate({ ...options, abortSignal }), {
      paid: true,
      prompt,
      patience: imagePatience
    }),
    ({ images, providerMetadata = null, warnings }) => ({
      _tag: "Answered",
      answer: keep({
        outputs: images.map((image) => ({ data: typeof image === "string" ? image : Base64.encode(image), url: null })),
        warnings: warnings.map(sentence),
        metadata: providerMetadata
      })
    })
  )

const start = Effect.fnUntraced(function* (
  provider: string,
  { model, row }: Extract<Bridged, { _tag: "Video" }>,
  { prompt }: GenerationRequest,
  options: VideoOptions
): Effect.fn.Return<Submitted, MediaProviderError> {
  const { doStart } = model
  if (doStart === undefined)
    return yield* failure(provider, "rejected", "the model cannot be asked after once it was started")
  const { operation } = yield* ask(provider, (abortSignal) => doStart.call(model, { ...options, abortSignal }), {
    paid: true,
    prompt,
    patience: startPatience
  })
  return { _tag: "Accepted", handle: { model: row.id, operation: plain(operation) } }
})

/** As it will come back from a database. */
const plain = (operation: unknown): Schema.Json => toJson(JSON.stringify(operation))
const toJson = Schema.decodeUnknownSync(Schema.fromJsonString(Schema.Json))

const status = Effect.fnUntraced(function* (
  provider: string,
  model: VideoModel,
  operation: Schema.MutableJson
): Effect.fn.Return<Polled, MediaProviderError> {
  const { doStatus } = model
  if (doStatus === undefined)
    return yield* failure(provider, "unavailable", "the provider cannot be asked after its work")
  const standing = yield* ask(provider, (abortSignal) => doStatus.call(model, { operation, abortSignal }), {
    paid: false,
    prompt: null,
    patience: statusPatience
  })
  switch (standing.status) {
    case "pending":
      return { _tag: "Pending", phase: "running", position: null, retryAfterMillis: null }
    case "error":
      return yield* failedStatus(provider, standing.error)
    case "completed": {
      const outputs = standing.videos.map((video) => ({
        data: video.type === "url" ? null : video.type === "base64" ? video.data : Base64.encode(video.data),
        url: video.type === "url" ? video.url : null
      }))
      const { providerMetadata = null, warnings } = standing
      return {
        _tag: "Answered",
        answer: keep({ outputs, warnings: warnings.map(sentence), metadata: providerMetadata })
      }
    }
  }
})

/** Some providers of the SDK say `error` for a status that could not be read, too: those words end nothing. */
const failedStatus = (provider: string, said: string): Effect.Effect<never, MediaProviderError> =>
  passing.test(said.trim())
    ? Effect.fail(failure(provider, "unavailable", "the provider could not be asked after its work"))
    : Effect.flatMap(callFailure(provider, new Error(said), { paid: false, prompt: null, ended: true }), Effect.fail)

const passing =
  /^$|^(?:bad gateway|service unavailable|gateway time-?out|internal server error|too many requests|unauthorized|forbidden|not found|request timeout)\b|cannot connect|timed? ?out|fetch failed|network|temporarily/iu

/** Metadata is what the SDK's provider put there: whatever of it JSON cannot hold is left out. */
const keep = (answer: Omit<Kept, "metadata"> & { readonly metadata: unknown }): Uint8Array =>
  new TextEncoder().encode(JSON.stringify(answer))

const sentence = ({ details, feature, message }: Warning): string => {
  if (feature === undefined) return message ?? "The SDK warns."
  return `The model does not support ${feature}${details === undefined ? "" : `: ${details}`}`
}
