import type {
  GenerationRequest,
  MediaProvider,
  MediaProviderError,
  ProviderInput,
  Submitted
} from "@image-skill/core/media/MediaProvider"
import type { RemoteFetch } from "@image-skill/core/media/RemoteFetch"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as HttpClient from "effect/http/HttpClient"
import type * as Redacted from "effect/Redacted"
import { type ErrorReader, fieldOf, inputFailure, readError, textAt } from "../internal/ProviderFailure.ts"
import { call, type Connection } from "../internal/ProviderHttp.ts"
import { readAnswer } from "./GoogleAnswers.ts"
import { native } from "./GoogleNative.ts"

const provider = "google"

/** A picture of 4K that is thought about first takes minutes. */
const patience = Duration.minutes(5)

/**
 * Gemini models that answer with pictures (https://ai.google.dev/gemini-api/docs/image-generation). One call, no
 * handle: what its answer was is lost with the connection. `baseUrl` ends with the version of the API.
 */
export const make = Effect.fn("Google.make")(function* (settings: {
  readonly apiKey: Redacted.Redacted
  readonly baseUrl: string | null
}): Effect.fn.Return<MediaProvider, never, HttpClient.HttpClient | RemoteFetch> {
  const client = yield* HttpClient.HttpClient
  const connection: Connection = {
    provider,
    baseUrl: settings.baseUrl ?? "https://generativelanguage.googleapis.com/v1beta",
    headers: { "x-goog-api-key": settings.apiKey }
  }

  const submit = Effect.fn("Google.submit")(
    function* (request: GenerationRequest): Effect.fn.Return<Submitted, MediaProviderError, HttpClient.HttpClient> {
      yield* Effect.fromResult(plan(request))
      const media = yield* Effect.forEach(request.inputs, encode)
      const { body, path } = yield* Effect.fromResult(native(provider, request, (index) => media[index] ?? ""))
      const { bytes } = yield* call(connection, {
        method: "POST",
        path,
        body,
        timeout: patience,
        paid: true,
        readError: readGoogleError
      })
      return { _tag: "Answered", answer: bytes }
    },
    Effect.provideService(HttpClient.HttpClient, client)
  )

  return {
    id: provider,
    availability: { _tag: "Available" },
    repeatable: false,
    plan,
    submit,
    poll: () => Effect.succeed({ _tag: "Gone" }),
    cancel: () => Effect.succeed("not_supported"),
    outputs: (answer, request) => readAnswer(provider, answer, request)
  } satisfies MediaProvider
})

const plan = (request: GenerationRequest) => native(provider, request, (index) => ({ media: index }))

const encode = ({ bytes }: ProviderInput): Effect.Effect<string, MediaProviderError> =>
  Effect.mapBoth(bytes, {
    onFailure: inputFailure(provider),
    onSuccess: (input) => Base64.encode(input)
  })

/** `{error: {code, message, status}}`, in which `status` is the word and `code` the number of HTTP. */
const readGoogleError: ErrorReader = (json) => {
  const body = readError(json)
  return body === null ? null : { ...body, code: textAt(fieldOf(json, "error"), "status") ?? body.code }
}
