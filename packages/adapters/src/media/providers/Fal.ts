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
import type { RemoteFetch } from "@image-skill/core/media/RemoteFetch"
import type { Modality } from "@image-skill/core/models/Model"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { failure } from "../internal/ProviderFailure.ts"
import { call, type Connection, download, type ProviderRequest } from "../internal/ProviderHttp.ts"
import { fromDataUrl, readJson } from "../internal/ProviderReaders.ts"
import { Outputs, Queued, readFalError, readResult, resultStatuses, Status, urlsOf } from "./FalAnswers.ts"
import { FalHandle, handleOf, originOf } from "./FalHandle.ts"
import { nativeRequest } from "./FalNative.ts"
import { upload } from "./FalStorage.ts"

export interface FalSettings {
  readonly apiKey: Redacted.Redacted
  /** For the queue and the storage alike; null is fal itself. */
  readonly baseUrl: string | null
}

const id = "fal"
const queueUrl = "https://queue.fal.run"
const storageUrl = "https://rest.fal.ai"

/** More than this is taken for a mistake. */
const maxBytes: { readonly [M in Modality]: number } = {
  image: 128 * 1024 * 1024,
  video: 1024 * 1024 * 1024,
  audio: 256 * 1024 * 1024,
  "3d": 512 * 1024 * 1024
}

const submitPatience = Duration.seconds(60)
const readPatience = Duration.seconds(30)
const uploadsAtOnce = 4

/** Everything fal makes goes through its queue, which keeps accepted requests and their results. */
export const make = ({
  apiKey,
  baseUrl
}: FalSettings): Effect.Effect<MediaProvider, never, HttpClient.HttpClient | RemoteFetch> =>
  Effect.gen(function* () {
    const context = yield* Effect.context<HttpClient.HttpClient | RemoteFetch>()
    const headers = { authorization: Redacted.make(`Key ${Redacted.value(apiKey)}`), accept: "application/json" }
    const queue: Connection = { provider: id, baseUrl: baseUrl ?? queueUrl, headers }
    const storage: Connection = { ...queue, baseUrl: baseUrl ?? storageUrl }
    return {
      id,
      availability: { _tag: "Available" },
      repeatable: false,
      plan: (request) => planned(request, (index) => ({ media: index })),
      submit: (request) => Effect.provideContext(submit(queue, storage, request), context),
      poll: (handle) => Effect.provideContext(poll(queue, handle), context),
      cancel: (handle) => Effect.provideContext(cancel(queue, handle), context),
      outputs: (answer, request) => Effect.provideContext(readOutputs(queue, answer, request), context)
    }
  })

const planned = (request: GenerationRequest, mediaAt: (index: number) => Schema.Json) =>
  Result.mapError(nativeRequest(request, mediaAt), (message) => failure(id, "rejected", message))

const submit = Effect.fn("Fal.submit")(function* (queue: Connection, storage: Connection, request: GenerationRequest) {
  // Before anything leaves this machine.
  yield* Effect.fromResult(planned(request, (index) => ({ media: index })))
  const urls = yield* Effect.forEach(request.inputs, (input, index) => upload(storage, input, index), {
    concurrency: uploadsAtOnce
  })
  const { body, path } = yield* Effect.fromResult(planned(request, (index) => urls[index] ?? null))
  const answer = yield* call(queue, {
    method: "POST",
    path,
    body,
    timeout: submitPatience,
    paid: true,
    readError: readFalError
  })
  const queued = yield* readJson(id, Queued, answer.bytes, "unknown")
  const handle = handleOf(queue.baseUrl, path, queued)
  if (handle === null) return yield* failure(id, "unknown", "the provider took the request under an id that is none")
  return { _tag: "Accepted", handle: encodeHandle(handle) } satisfies Submitted
})

const encodeHandle: (handle: FalHandle) => Schema.Json = Schema.encodeSync(FalHandle)

/** One question about an accepted request, sent only to where the key may go. */
const ask = Effect.fnUntraced(function* (
  queue: Connection,
  handle: Schema.Json,
  which: "statusUrl" | "responseUrl" | "cancelUrl",
  handed: ReadonlyArray<number>,
  method: ProviderRequest["method"] = "GET"
) {
  const { [which]: url } = yield* Effect.mapError(Schema.decodeUnknownEffect(FalHandle)(handle), () =>
    failure(id, "unavailable", "the handle of the request is not one of the provider")
  )
  const origin = originOf(queue.baseUrl, url)
  if (origin === null)
    return yield* failure(id, "unavailable", "the request was sent to another address than the one that is configured")
  return yield* call(
    { ...queue, baseUrl: origin },
    { method, path: url, body: null, timeout: readPatience, paid: false, handed, readError: readFalError }
  )
})

/** Refusals of a question that say nothing about the request that it asks after. */
const passing = [400, 405, 406, 409, 413, 415, 422]

const poll = Effect.fn("Fal.poll")(function* (queue: Connection, handle: Schema.Json) {
  const answer = yield* ask(queue, handle, "statusUrl", passing)
  if (answer.status === 404 || answer.status === 410) return { _tag: "Gone" } satisfies Polled
  if (answer.status >= 400)
    return yield* failure(
      id,
      "unavailable",
      `the provider did not say where the request stands (HTTP ${answer.status})`
    )
  const { error = null, errorType, queuePosition = null, status } = yield* readJson(id, Status, answer.bytes)
  if (status === "IN_QUEUE" || status === "IN_PROGRESS")
    return {
      _tag: "Pending",
      phase: status === "IN_QUEUE" ? "queued" : "running",
      position: status === "IN_QUEUE" ? queuePosition : null,
      retryAfterMillis: null
    } satisfies Polled
  const completedWith = errorType ?? (error === null ? null : "error")
  const ended = readResult(id, yield* ask(queue, handle, "responseUrl", resultStatuses), completedWith)
  return yield* ended._tag === "MediaProviderError" ? Effect.fail(ended) : Effect.succeed(ended)
})

const Canceling = Schema.Struct({ status: Schema.String })

const cancel = Effect.fn("Fal.cancel")(function* (queue: Connection, handle: Schema.Json) {
  const { bytes, status } = yield* ask(queue, handle, "cancelUrl", [400], "PUT")
  if (status === 404 || status === 410) return "too_late" satisfies Cancellation
  const said = yield* Effect.orElseSucceed(readJson(id, Canceling, bytes), () => ({ status: "" }))
  if (said.status === "ALREADY_COMPLETED") return "too_late" satisfies Cancellation
  if (status < 300) return "requested" satisfies Cancellation
  return yield* failure(id, "unavailable", `the provider did not take the wish to cancel (HTTP ${status})`)
})

const readOutputs = Effect.fn("Fal.outputs")(function* (
  queue: Connection,
  answer: Uint8Array,
  { model, outputCount }: GenerationRequest
) {
  const read = yield* readJson(id, Outputs, answer, "rejected")
  const { hasNsfwConcepts, seed = null } = read
  const urls = urlsOf(read)
  const distinct = [...new Set(urls)]
  const flagged = distinct.filter((url) => hasNsfwConcepts?.[urls.indexOf(url)] === true)
  const context = yield* Effect.context<RemoteFetch>()
  const outputs = distinct.map((url): ProviderOutput => ({
    body: Stream.provideContext(bodyOf(queue, url, maxBytes[model.modality]), context),
    facts: {
      ...(seed === null ? {} : { seed }),
      ...(flagged.includes(url) ? { safety_checker: "flagged" } : {})
    }
  }))
  return {
    outputs,
    reportedMicroUsd: null,
    warnings: [
      ...(flagged.length === 0
        ? []
        : [
            `the safety checker of the provider marked ${flagged.length} of ${distinct.length} outputs: they may be black`
          ]),
      ...(distinct.length < urls.length && distinct.length < outputCount
        ? ["the provider gave the same output more than once: it counts once"]
        : [])
    ],
    provenance: { endpoint: model.upstream, seed }
  } satisfies ProviderResult
})

const bodyOf = (
  queue: Connection,
  url: string,
  limit: number
): Stream.Stream<Uint8Array, MediaProviderError, RemoteFetch> => {
  const inline = url.startsWith("data:") ? fromDataUrl(url) : null
  return inline === null ? download(queue, url, limit) : Stream.succeed(inline.bytes)
}
