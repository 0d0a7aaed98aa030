import { wire } from "@image-skill/core/envelope/Wire"
import type {
  Cancellation,
  GenerationRequest,
  MediaProvider,
  MediaProviderError,
  Polled,
  ProviderOutput,
  ProviderResult,
  Submitted
} from "@image-skill/core/media/MediaProvider"
import { RemoteFetch } from "@image-skill/core/media/RemoteFetch"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { failure, isContent } from "../internal/ProviderFailure.ts"
import { call, type Connection, download, type ProviderAnswer } from "../internal/ProviderHttp.ts"
import { fromDataUrl, readJson } from "../internal/ProviderReaders.ts"
import { readied } from "./BlackForestLabsMask.ts"
import { place } from "./ReplicateFiles.ts"
import { native } from "./ReplicateNative.ts"

const provider = "replicate"

const patience = Duration.minutes(2)
const pollPatience = Duration.seconds(30)
const mostOutputBytes = 128 * 1024 * 1024

/** What is read of a prediction (https://replicate.com/docs/reference/http#predictions.get). */
const Prediction = wire({
  id: Schema.NonEmptyString,
  status: Schema.String,
  error: Schema.optionalKey(Schema.Json),
  output: Schema.optionalKey(Schema.Json),
  input: Schema.optionalKey(Schema.Json),
  version: Schema.optionalKey(Schema.NullOr(Schema.String)),
  metrics: Schema.optionalKey(Schema.NullOr(wire({ predictTime: Schema.optionalKey(Schema.NullOr(Schema.Number)) })))
})
type Prediction = typeof Prediction.Type

const Handle = Schema.Struct({ id: Schema.NonEmptyString })

/**
 * Models that Replicate runs as predictions (https://replicate.com/docs/reference/http). Everything is asked by id at
 * the configured address: the URLs in an answer get no token. `baseUrl` ends with the version of the API.
 */
export const make = Effect.fn("Replicate.make")(function* (settings: {
  readonly apiKey: Redacted.Redacted
  readonly baseUrl: string | null
}): Effect.fn.Return<MediaProvider, never, HttpClient.HttpClient | RemoteFetch> {
  const client = yield* HttpClient.HttpClient
  const remote = yield* RemoteFetch
  const connection: Connection = {
    provider,
    baseUrl: settings.baseUrl ?? "https://api.replicate.com/v1",
    headers: { authorization: Redacted.make(`Bearer ${Redacted.value(settings.apiKey)}`) }
  }

  const submit = Effect.fn("Replicate.submit")(
    function* (request: GenerationRequest): Effect.fn.Return<Submitted, MediaProviderError, HttpClient.HttpClient> {
      // Before anything is uploaded.
      yield* Effect.fromResult(plan(request))
      const inputs = yield* Effect.forEach(request.inputs, (input) => readied(provider, input))
      const urls = yield* Effect.forEach(inputs, (input, index) => place(connection, input, index))
      const { body, path } = yield* Effect.fromResult(native(provider, request, (index) => urls[index] ?? ""))
      const { bytes } = yield* call(connection, { method: "POST", path, body, timeout: patience, paid: true })
      const { id } = yield* readJson(provider, Prediction, bytes, "unknown")
      return { _tag: "Accepted", handle: { id } }
    },
    Effect.provideService(HttpClient.HttpClient, client)
  )

  const ask = Effect.fnUntraced(
    function* (method: "GET" | "POST", handle: Schema.Json, verb: "" | "/cancel") {
      const { id } = yield* fromHandle(handle)
      const path = `/predictions/${encodeURIComponent(id)}${verb}`
      return yield* call(connection, { method, path, body: null, timeout: pollPatience, paid: false })
    },
    Effect.provideService(HttpClient.HttpClient, client)
  )

  const poll = Effect.fn("Replicate.poll")(function* (
    handle: Schema.Json
  ): Effect.fn.Return<Polled, MediaProviderError> {
    return yield* toPolled(yield* ask("GET", handle, ""))
  })

  const cancel = Effect.fn("Replicate.cancel")(function* (
    handle: Schema.Json
  ): Effect.fn.Return<Cancellation, MediaProviderError> {
    const answer = yield* ask("POST", handle, "/cancel")
    if (isMissing(answer)) return "too_late"
    const { status } = yield* readJson(provider, Prediction, answer.bytes)
    return status === "succeeded" || status === "failed" ? "too_late" : "requested"
  })

  const outputs = Effect.fn("Replicate.outputs")(function* (
    answer: Uint8Array
  ): Effect.fn.Return<ProviderResult, MediaProviderError> {
    const prediction = yield* readJson(provider, Prediction, answer, "rejected")
    const urls = urlsOf(prediction)
    if (urls.length === 0) return yield* failure(provider, "rejected", "the provider ended the request without outputs")
    return {
      outputs: urls.map((url): ProviderOutput => ({
        body: Stream.provideService(bodyOf(connection, url), RemoteFetch, remote),
        facts: {}
      })),
      // Billed by output, at the price of the model.
      reportedMicroUsd: null,
      warnings: [],
      provenance: {
        prediction_id: prediction.id,
        version: prediction.version ?? null,
        predict_seconds: prediction.metrics?.predictTime ?? null
      }
    }
  })

  return {
    id: provider,
    availability: { _tag: "Available" },
    repeatable: false,
    plan,
    submit,
    poll,
    cancel,
    outputs
  } satisfies MediaProvider
})

const plan = (request: GenerationRequest) => native(provider, request, (index) => ({ media: index }))

const fromHandle = (handle: Schema.Json) =>
  Effect.mapError(Schema.decodeUnknownEffect(Handle)(handle), () =>
    failure(provider, "rejected", "the handle is none of the provider")
  )

const isMissing = ({ status }: ProviderAnswer): boolean => status === 404 || status === 410

const toPolled = Effect.fnUntraced(function* (answer: ProviderAnswer): Effect.fn.Return<Polled, MediaProviderError> {
  if (isMissing(answer)) return { _tag: "Gone" }
  const prediction = yield* readJson(provider, Prediction, answer.bytes)
  const { status } = prediction
  switch (status) {
    case "succeeded":
      return { _tag: "Answered", answer: answer.bytes }
    case "failed":
      return yield* failed(prediction)
    case "canceled":
    case "aborted":
      return { _tag: "Canceled" }
    default:
      return {
        _tag: "Pending",
        phase: status === "processing" ? "running" : "queued",
        position: null,
        retryAfterMillis: null
      }
  }
})

/**
 * The model's own words say why in a sentence and may repeat its input, which is left out before they are judged; those
 * of the filters of FLUX end with their code E005.
 */
const failed = ({ error, input }: Prediction): MediaProviderError => {
  const words = Predicate.isObject(input) ? Object.values(input).filter(Predicate.isString) : []
  const said = words
    .filter((word) => word.length > 2)
    .reduce((line, word) => line.replaceAll(word, ""), typeof error === "string" ? error : "")
  const code = /\bE\d{3,4}\b/u.exec(said)?.[0]
  const named = code === undefined ? "" : ` (${code})`
  return isContent(null, said) || code === "E005"
    ? failure(provider, "content_refused", `the content policy of the provider refused the request${named}`)
    : failure(provider, "rejected", `the provider could not make the output${named}`)
}

/** One URL or a list of them, as the model was written. */
const urlsOf = ({ output }: Prediction): ReadonlyArray<string> =>
  (Array.isArray(output) ? output : [output]).flatMap((url) => (typeof url === "string" && url !== "" ? [url] : []))

/** Small outputs may stand in the answer itself. */
const bodyOf = (connection: Connection, url: string) => {
  const inside = fromDataUrl(url)
  return inside === null ? download(connection, url, mostOutputBytes) : Stream.make(inside.bytes)
}
