import type {
  GenerationRequest,
  MediaProvider,
  MediaProviderError,
  NativeRequest,
  ProviderInput,
  Submitted
} from "@image-skill/core/media/MediaProvider"
import type { RemoteFetch } from "@image-skill/core/media/RemoteFetch"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as HttpClient from "effect/http/HttpClient"
import type * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import { type ErrorReader, failure, fieldOf, readError, textAt } from "../internal/ProviderFailure.ts"
import { call, type Connection } from "../internal/ProviderHttp.ts"
import { readAnswer } from "./GoogleAnswers.ts"

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
      const { body, path } = yield* Effect.fromResult(native(request, (index) => media[index] ?? ""))
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

const plan = (request: GenerationRequest) => native(request, (index) => ({ media: index }))

const encode = ({ bytes }: ProviderInput): Effect.Effect<string, MediaProviderError> =>
  Effect.mapBoth(bytes, {
    onFailure: ({ message }) => failure(provider, "unavailable", message),
    onSuccess: (input) => Base64.encode(input)
  })

/** What the models read (https://ai.google.dev/gemini-api/docs/image-understanding). */
const readable = new Set(["image/png", "image/jpeg", "image/webp"])

const native = (
  request: GenerationRequest,
  mediaAt: (index: number) => Schema.Json
): Result.Result<NativeRequest, MediaProviderError> => {
  const problem = problemOf(request)
  if (problem !== null) return Result.fail(failure(provider, "rejected", `${request.model.id} ${problem}`))
  const { aspectRatio, inputs, model, parameters, prompt } = request
  const { imageSize, ...sampling } = parameters
  const imageConfig = {
    ...(aspectRatio === "auto" ? {} : { aspectRatio }),
    ...(imageSize === undefined ? {} : { imageSize })
  }
  const media = inputs.map(({ mimeType }, index) => ({ inlineData: { mimeType, data: mediaAt(index) } }))
  return Result.succeed({
    path: `/models/${model.upstream}:generateContent`,
    body: {
      contents: [{ role: "user", parts: [...media, { text: prompt ?? "" }] }],
      generationConfig: {
        ...sampling,
        responseModalities: ["IMAGE"],
        ...(Object.keys(imageConfig).length === 0 ? {} : { imageConfig })
      }
    }
  })
}

const problemOf = ({ inputs, model, outputCount, parameters, prompt }: GenerationRequest): string | null => {
  if (model.upstream === null) return "has no name at the provider"
  if (prompt === null) return "needs a prompt"
  if (outputCount > 1) return "gives one output at a time"
  const set = ["responseModalities", "imageConfig"].find((name) => Object.hasOwn(parameters, name))
  if (set !== undefined) return `does not take ${set}: it is set by other means`
  if (inputs.some(({ role }) => role === "mask")) return "takes no mask"
  if (inputs.length === 0 && model.inputImage === "required") return "needs an input"
  if (inputs.length > model.maxInputs) return `takes no more than ${model.maxInputs} inputs`
  const strange = inputs.find(({ mimeType }) => !readable.has(mimeType))
  return strange === undefined ? null : `does not read inputs of type ${strange.mimeType}`
}

/** `{error: {code, message, status}}`, in which `status` is the word and `code` the number of HTTP. */
const readGoogleError: ErrorReader = (json) => {
  const body = readError(json)
  return body === null ? null : { ...body, code: textAt(fieldOf(json, "error"), "status") ?? body.code }
}
