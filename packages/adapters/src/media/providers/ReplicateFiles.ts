import { wire } from "@image-skill/core/envelope/Wire"
import { extensionOf } from "@image-skill/core/media/Asset"
import { MediaProviderError, type ProviderInput } from "@image-skill/core/media/MediaProvider"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { inputFailure } from "../internal/ProviderFailure.ts"
import { call, type Connection } from "../internal/ProviderHttp.ts"
import { readJson, toDataUrl } from "../internal/ProviderReaders.ts"

/** Larger inputs belong into a file (https://replicate.com/docs/topics/predictions/input-files). */
const mostInline = 256 * 1024

const patience = Duration.minutes(3)

const Created = wire({ urls: Schema.Struct({ get: Schema.NonEmptyString }) })

/**
 * The URL under which the provider finds an input: the input itself, or a file that it keeps for a day
 * (https://replicate.com/docs/reference/http#files.create). Nothing is spent yet, so every failure but
 * that of the input itself is `unavailable`.
 */
export const place = Effect.fn("ReplicateFiles.place")(function* (
  connection: Connection,
  { bytes: read, mimeType }: ProviderInput,
  index: number
) {
  const bytes = yield* Effect.mapError(read, inputFailure(connection.provider))
  return bytes.length <= mostInline ? toDataUrl({ bytes, mimeType }) : yield* keep(connection, bytes, mimeType, index)
})

const keep = Effect.fnUntraced(
  function* (connection: Connection, bytes: Uint8Array, mimeType: string, index: number) {
    const { provider } = connection
    const form = new FormData()
    const content = new Blob([new Uint8Array(bytes)], { type: mimeType })
    form.append("content", content, `input-${index}.${extensionOf(mimeType) ?? "bin"}`)
    const { bytes: answer } = yield* call(connection, {
      method: "POST",
      path: "/files",
      body: form,
      timeout: patience,
      paid: false
    })
    const { urls } = yield* readJson(provider, Created, answer)
    return urls.get
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
