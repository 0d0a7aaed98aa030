import { parseUrl } from "@image-skill/core/envelope/WebUrl"
import { wire } from "@image-skill/core/envelope/Wire"
import { extensionOf } from "@image-skill/core/media/Asset"
import { MediaProviderError, type ProviderInput } from "@image-skill/core/media/MediaProvider"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Schema from "effect/Schema"
import { failure, inputFailure } from "../internal/ProviderFailure.ts"
import { call, type Connection } from "../internal/ProviderHttp.ts"
import { readJson } from "../internal/ProviderReaders.ts"

const Initiated = wire({ uploadUrl: Schema.String, fileUrl: Schema.String })

/** Long enough for a request to wait in the queue, and then the copy goes by itself. */
const lifecycle = { "x-fal-object-lifecycle": `{"expiration_duration_seconds":${24 * 60 * 60}}` }

const patience = Duration.minutes(3)

/**
 * Brings an input to fal's own storage and answers where it lies there, because the queue takes no data URIs
 * (https://fal.ai/docs/documentation/model-apis/fal-cdn). Nothing is spent yet, so every failure but
 * that of the input itself is `unavailable`.
 */
export const upload = Effect.fn("FalStorage.upload")(function* (
  connection: Connection,
  input: ProviderInput,
  index: number
) {
  const bytes = yield* Effect.mapError(input.bytes, inputFailure(connection.provider))
  return yield* place(connection, input, bytes, index)
})

const place = Effect.fnUntraced(
  function* (connection: Connection, input: ProviderInput, bytes: Uint8Array, index: number) {
    const { provider } = connection
    const { bytes: answer } = yield* call(connection, {
      method: "POST",
      path: "/storage/upload/initiate?storage_type=fal-cdn-v3",
      body: { content_type: input.mimeType, file_name: `input-${index}.${extensionOf(input.mimeType) ?? "bin"}` },
      headers: lifecycle,
      timeout: patience,
      paid: false
    })
    const { fileUrl, uploadUrl } = yield* readJson(provider, Initiated, answer)
    const target = placeOf(connection, uploadUrl)
    if (target === null || placeOf(connection, fileUrl) === null)
      return yield* failure(provider, "unavailable", "the provider named a place for an input that is not safe to use")
    // The place is signed: whoever holds it needs no key, and it may lie with somebody else.
    yield* call(
      { provider, baseUrl: target.origin, headers: {} },
      { method: "PUT", path: uploadUrl, body: bytes, timeout: patience, paid: false }
    ).pipe(Effect.updateService(HttpClient.HttpClient, HttpClient.mapRequest(typed(input.mimeType))))
    return fileUrl
  },
  Effect.mapError(
    ({ message, provider, retryAfterMillis }) =>
      new MediaProviderError({
        provider,
        reason: "unavailable",
        message: `an input could not be brought to the provider: ${message}`,
        ...(retryAfterMillis === undefined ? {} : { retryAfterMillis })
      })
  )
)

/** The signature of the place covers the type, and raw bytes would go out without one. */
const typed = (mimeType: string) => HttpClientRequest.setHeader("content-type", mimeType)

/** Encrypted, or on the origin that was configured. */
const placeOf = ({ baseUrl }: Connection, text: string) => {
  const url = parseUrl(text)
  if (url?.username !== "") return null
  return url.protocol === "https:" || url.origin === parseUrl(baseUrl)?.origin ? url : null
}
