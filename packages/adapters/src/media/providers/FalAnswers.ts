import { isJsonObject, jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import { wire } from "@image-skill/core/envelope/Wire"
import type { MediaProviderError, Polled } from "@image-skill/core/media/MediaProvider"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { type ErrorReader, failure, isContent, readError, told } from "../internal/ProviderFailure.ts"
import type { ProviderAnswer } from "../internal/ProviderHttp.ts"

/** What the queue says of a request that it took (https://fal.ai/docs/documentation/model-apis/inference/queue). */
export const Queued = wire({
  requestId: Schema.String,
  statusUrl: Schema.optionalKey(Schema.NullOr(Schema.String)),
  responseUrl: Schema.optionalKey(Schema.NullOr(Schema.String)),
  cancelUrl: Schema.optionalKey(Schema.NullOr(Schema.String))
})

/** `IN_QUEUE`, `IN_PROGRESS` or `COMPLETED`; a request that failed is completed, too, and may name its error. */
export const Status = wire({
  status: Schema.String,
  queuePosition: Schema.optionalKey(Schema.NullOr(Schema.Number)),
  error: Schema.optionalKey(Schema.NullOr(Schema.String)),
  errorType: Schema.optionalKey(Schema.NullOr(Schema.String))
})

/** One file among the outputs of any model. */
const File = Schema.Struct({ url: Schema.String })
const Files = Schema.NullOr(Schema.Array(File))
const OneFile = Schema.NullOr(File)

/** The fields in which models give their outputs; which of them there are differs from model to model. */
export const Outputs = wire({
  images: Schema.optionalKey(Files),
  image: Schema.optionalKey(OneFile),
  video: Schema.optionalKey(OneFile),
  audio: Schema.optionalKey(OneFile),
  audioFile: Schema.optionalKey(OneFile),
  modelMesh: Schema.optionalKey(OneFile),
  seed: Schema.optionalKey(Schema.NullOr(Schema.Number)),
  hasNsfwConcepts: Schema.optionalKey(Schema.NullOr(Schema.Array(Schema.Boolean)))
})

/** Where the outputs lie, in their order. */
export const urlsOf = (outputs: typeof Outputs.Type): ReadonlyArray<string> =>
  [
    ...(outputs.images ?? []),
    outputs.image,
    outputs.video,
    outputs.audio,
    outputs.audioFile,
    outputs.modelMesh
  ].flatMap((file) => (file === null || file === undefined ? [] : [file.url]))

/**
 * A model refuses with `{detail: [{loc, msg, type}]}`, the queue with `{detail, error_type}`
 * (https://fal.ai/docs/documentation/model-apis/errors and .../request-errors).
 */
export const readFalError: ErrorReader = (json) => {
  const body = readError(json)
  const type = textField(json, "error_type")
  return body === null || type === "" ? body : { ...body, code: type }
}

/** Statuses of the queue that are read here, because they may be the result of the request itself. */
export const resultStatuses = [400, 405, 406, 408, 409, 413, 415, 422, 499, 500, 501, 502, 503, 504]

/**
 * What the answer to the question for the result of a completed request means. An error that names its type is how the
 * request ended; any other, e.g. of a gateway, says nothing about the request.
 */
export const readResult = (
  provider: string,
  { bytes, headers, status }: ProviderAnswer,
  completedWith: string | null
): Polled | MediaProviderError => {
  if (status === 200) return { _tag: "Answered", answer: bytes }
  const json = Option.getOrUndefined(parse(new TextDecoder().decode(bytes)))
  const type = [textField(json, "error_type"), headers["x-fal-error-type"] ?? "", completedWith ?? ""].find(
    (name) => name !== ""
  )
  if (status === 499 || type === "client_cancelled") return { _tag: "Canceled" }
  const details = detailsOf(json)
  if (type === undefined && details.length === 0) {
    if (status === 404 || status === 410) return { _tag: "Gone" }
    return isUnfinished(status, json)
      ? { _tag: "Pending", phase: "running", position: null, retryAfterMillis: null }
      : failure(provider, "unavailable", `the provider did not hand out a result (HTTP ${status})`)
  }
  return ending(provider, status, type ?? textField(details[0], "type"), details)
}

const parse = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Json))

const detailsOf = (json: Schema.Json | undefined): ReadonlyArray<Schema.JsonObject> => {
  const detail = jsonField(json, "detail")
  return Array.isArray(detail) ? detail.filter(isJsonObject) : []
}

/** A result that was asked for too early: 202, or 400 with these words. */
const isUnfinished = (status: number, json: Schema.Json | undefined): boolean =>
  status === 202 || (status === 400 && /still in progress/iu.test(textField(json, "detail")))

const ending = (
  provider: string,
  status: number,
  code: string,
  details: ReadonlyArray<Schema.JsonObject>
): MediaProviderError => {
  const isRefused =
    isContent(code, null) || details.some((detail) => isContent(textField(detail, "type"), textField(detail, "msg")))
  // What was sent is repeated as `input`.
  const hidden = [provider, ...details.flatMap((detail) => stringsIn(detail["input"]))]
  return isRefused
    ? failure(
        provider,
        "content_refused",
        `the content policy of the provider refused the request ${told(status, code, hidden)}`
      )
    : failure(provider, "rejected", `the provider ended the request without outputs ${told(status, code, hidden)}`)
}

const stringsIn = (value: Schema.Json | undefined): ReadonlyArray<string> => {
  if (typeof value === "string") return [value]
  if (Array.isArray(value)) return value.flatMap(stringsIn)
  return isJsonObject(value) ? Object.values(value).flatMap(stringsIn) : []
}
