import { parseUrl, type WebUrl } from "@image-skill/core/envelope/WebUrl"
import { wire } from "@image-skill/core/envelope/Wire"
import type {
  MediaProvider,
  MediaProviderError,
  GenerationRequest,
  Polled,
  ProviderInput,
  ProviderResult,
  Submitted
} from "@image-skill/core/media/MediaProvider"
import { RemoteFetch } from "@image-skill/core/media/RemoteFetch"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as HttpClient from "effect/http/HttpClient"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { failure, inputFailure } from "../internal/ProviderFailure.ts"
import { call, type Connection, download } from "../internal/ProviderHttp.ts"
import { answerOf, readJson } from "../internal/ProviderReaders.ts"
import { readied } from "./BlackForestLabsMask.ts"
import { native } from "./BlackForestLabsNative.ts"

const provider = "bfl"

const patience = Duration.minutes(2)
const pollPatience = Duration.seconds(30)
const mostOutputBytes = 128 * 1024 * 1024

/** The answer to a request that was taken (https://docs.bfl.ai/quick_start/generating_images). */
const Taken = wire({
  id: Schema.NonEmptyString,
  pollingUrl: Schema.optionalKey(Schema.NullOr(Schema.String)),
  cost: Schema.optionalKey(Schema.NullOr(Schema.Number)),
  inputMp: Schema.optionalKey(Schema.NullOr(Schema.Number)),
  outputMp: Schema.optionalKey(Schema.NullOr(Schema.Number))
})
type Taken = typeof Taken.Type

const Status = Schema.Struct({ status: Schema.String, progress: Schema.optionalKey(Schema.NullOr(Schema.Number)) })

/** What is kept: the end of the work, and what taking it cost, which only the first answer says. */
const Kept = Schema.Struct({
  taken: Taken,
  ended: Schema.Struct({
    result: Schema.Struct({ sample: Schema.NonEmptyString, seed: Schema.optionalKey(Schema.NullOr(Schema.Number)) })
  })
})

/**
 * The FLUX models at their makers (https://docs.bfl.ai). A queue without cancellation; links to outputs end after some
 * minutes. `baseUrl` ends with the version of the API.
 */
export const make = Effect.fn("BlackForestLabs.make")(function* (settings: {
  readonly apiKey: Redacted.Redacted
  readonly baseUrl: string | null
}): Effect.fn.Return<MediaProvider, never, HttpClient.HttpClient | RemoteFetch> {
  const client = yield* HttpClient.HttpClient
  const remote = yield* RemoteFetch
  const connection: Connection = {
    provider,
    baseUrl: settings.baseUrl ?? "https://api.bfl.ai/v1",
    headers: { "x-key": settings.apiKey }
  }

  const submit = Effect.fn("BlackForestLabs.submit")(
    function* (request: GenerationRequest): Effect.fn.Return<Submitted, MediaProviderError, HttpClient.HttpClient> {
      yield* Effect.fromResult(plan(request))
      const media = yield* Effect.forEach(request.inputs, encode)
      const { body, path } = yield* Effect.fromResult(native(provider, request, (index) => media[index] ?? ""))
      const { bytes } = yield* call(connection, { method: "POST", path, body, timeout: patience, paid: true })
      const taken = yield* readJson(provider, Taken, bytes, "unknown")
      return { _tag: "Accepted", handle: toHandle(taken) }
    },
    Effect.provideService(HttpClient.HttpClient, client)
  )

  const poll = Effect.fn("BlackForestLabs.poll")(
    function* (handle: Schema.Json): Effect.fn.Return<Polled, MediaProviderError, HttpClient.HttpClient> {
      const taken = yield* fromHandle(handle)
      const { base, path } = pollingPlace(connection.baseUrl, taken)
      const { bytes } = yield* call(
        { ...connection, baseUrl: base },
        { method: "GET", path, body: null, timeout: pollPatience, paid: false }
      )
      return yield* toPolled(taken, bytes)
    },
    Effect.provideService(HttpClient.HttpClient, client)
  )

  const outputs = Effect.fn("BlackForestLabs.outputs")(function* (
    answer: Uint8Array
  ): Effect.fn.Return<ProviderResult, MediaProviderError> {
    const { ended, taken } = yield* readJson(provider, Kept, answer, "rejected")
    const { sample, seed } = ended.result
    return {
      outputs: [
        {
          body: Stream.provideService(download(connection, sample, mostOutputBytes), RemoteFetch, remote),
          facts: typeof seed === "number" ? { seed } : {}
        }
      ],
      // Credits of 0.01 USD (https://docs.bfl.ai/quick_start/pricing).
      reportedMicroUsd: typeof taken.cost === "number" && taken.cost >= 0 ? Math.ceil(taken.cost * 10_000) : null,
      warnings: [],
      provenance: {
        request_id: taken.id,
        input_megapixels: taken.inputMp ?? null,
        output_megapixels: taken.outputMp ?? null
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
    cancel: () => Effect.succeed("not_supported"),
    outputs
  } satisfies MediaProvider
})

const plan = (request: GenerationRequest) => native(provider, request, (index) => ({ media: index }))

const encode = Effect.fnUntraced(function* (input: ProviderInput): Effect.fn.Return<string, MediaProviderError> {
  const { bytes } = yield* readied(provider, input)
  return yield* Effect.mapBoth(bytes, {
    onFailure: inputFailure(provider),
    onSuccess: (read) => Base64.encode(read)
  })
})

const toHandle = Schema.encodeSync(Taken)

const fromHandle = (handle: Schema.Json): Effect.Effect<Taken, MediaProviderError> =>
  Effect.mapError(Schema.decodeUnknownEffect(Taken)(handle), () =>
    failure(provider, "rejected", "the handle is none of the provider")
  )

/**
 * A request lives in the region that took it, and its polling URL names that. The key goes there only where it is the
 * configured origin or a host of the vendor; else the service that took the request is asked.
 */
const pollingPlace = (baseUrl: string, { id, pollingUrl }: Taken): { readonly base: string; readonly path: string } => {
  const url = parseUrl(pollingUrl ?? "")
  return url?.username === "" && isOwn(url, baseUrl)
    ? { base: url.origin, path: url.href }
    : { base: baseUrl, path: `/get_result?id=${encodeURIComponent(id)}` }
}

const isOwn = (url: WebUrl, baseUrl: string): boolean =>
  url.origin === parseUrl(baseUrl)?.origin ||
  (url.protocol === "https:" && /(?:^|\.)bfl\.(?:ai|ml)$/u.test(url.hostname))

const toPolled = Effect.fnUntraced(function* (
  taken: Taken,
  bytes: Uint8Array
): Effect.fn.Return<Polled, MediaProviderError> {
  const { progress, status } = yield* readJson(provider, Status, bytes)
  switch (status) {
    case "Ready":
      return {
        _tag: "Answered",
        answer: answerOf({ taken: toHandle(taken), ended: yield* readJson(provider, Schema.Json, bytes) })
      }
    case "Request Moderated":
    case "Content Moderated":
      return yield* failure(
        provider,
        "content_refused",
        `the content policy of the provider refused the request (${status})`
      )
    case "Error":
    case "Failed":
      return yield* failure(provider, "rejected", "the provider could not make the picture")
    case "Task not found":
      return { _tag: "Gone" }
    default:
      return {
        _tag: "Pending",
        phase: typeof progress === "number" && progress > 0 ? "running" : "queued",
        position: null,
        retryAfterMillis: null
      }
  }
})
