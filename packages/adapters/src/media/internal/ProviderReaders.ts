import type { MediaProviderError } from "@image-skill/core/media/MediaProvider"
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { failure } from "./ProviderFailure.ts"

const encodeJson = Schema.encodeSync(Schema.fromJsonString(Schema.Json))

/** JSON as it is kept in the spool. */
export const answerOf = (json: Schema.Json): Uint8Array => new TextEncoder().encode(encodeJson(json))

/**
 * The fields of a JSON body that the schema names; others are ignored. `reason` says what it means when the body is
 * something else: `unknown` while a paid request is at stake, `rejected` for the outputs of an answer, which nothing can mend.
 */
export const readJson = <A, E>(
  provider: string,
  schema: Schema.Codec<A, E>,
  bytes: Uint8Array,
  reason: MediaProviderError["reason"] = "unavailable"
): Effect.Effect<A, MediaProviderError> =>
  Effect.mapError(Schema.decodeUnknownEffect(Schema.fromJsonString(schema))(new TextDecoder().decode(bytes)), () =>
    failure(provider, reason, "the answer of the provider is not what this version knows")
  )

/** The bytes behind base64 text, or null where it is none. Blanks are ignored. */
export const fromBase64 = (text: string): Uint8Array | null =>
  Result.getOrElse(Base64.decode(text.replaceAll(/\s+/gu, "")), () => null)

export interface DataUrl {
  readonly mimeType: string
  readonly bytes: Uint8Array
}

/** Of base64 only, which is what providers give and take; null for everything else. */
export const fromDataUrl = (url: string): DataUrl | null => {
  const end = url.indexOf(",")
  const head = /^data:([\w.+-]+\/[\w.+-]+)(?:;[\w.+-]+=[^;,]*)*;base64$/iu.exec(end === -1 ? "" : url.slice(0, end))
  const bytes = head === null ? null : fromBase64(url.slice(end + 1))
  return head?.[1] === undefined || bytes === null ? null : { mimeType: head[1].toLowerCase(), bytes }
}

export const toDataUrl = ({ bytes, mimeType }: DataUrl): string => `data:${mimeType};base64,${Base64.encode(bytes)}`
