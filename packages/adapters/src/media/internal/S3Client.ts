import { ArtifactStoreFailed } from "@image-skill/core/media/ArtifactStore"
import { AwsV4Signer } from "aws4fetch"
import * as Data from "effect/Data"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import { sha256Of } from "./StoreFiles.ts"

/** Where objects lie, and who may ask for them. */
export interface S3Settings {
  readonly bucket: string
  /** Scheme, host and port, without a slash behind. Objects are addressed path style, `ENDPOINT/BUCKET/KEY`. */
  readonly endpoint: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: Redacted.Redacted
  /** Of temporary credentials. */
  readonly sessionToken: Redacted.Redacted | null
}

export interface S3Call {
  readonly method: "GET" | "HEAD" | "PUT" | "POST" | "DELETE"
  /** Empty for the bucket itself. */
  readonly key: string
  readonly query?: { readonly [name: string]: string }
  readonly headers?: { readonly [name: string]: string }
  readonly body?: Uint8Array
  /** Whether it may be sent again when nobody knows what became of it; otherwise only when it was refused for now. */
  readonly repeatable: boolean
}

/** Any answer that is no success, in the store's own words; `status` is null when there was none. */
export class S3Refused extends Data.TaggedError("S3Refused")<{
  readonly status: number | null
  readonly code: string
}> {}

/** Sends one call, again while it makes sense. The body of the answer is still to be read. */
export type SendS3 = (call: S3Call) => Effect.Effect<HttpClientResponse.HttpClientResponse, S3Refused>

export const client = (settings: S3Settings): Effect.Effect<SendS3, never, HttpClient.HttpClient> =>
  Effect.map(HttpClient.HttpClient, (http) => {
    // The signing key changes once a day.
    const cache = new Map<string, ArrayBuffer>()
    const once = Effect.fnUntraced(function* (call: S3Call) {
      const request = yield* signed(settings, call, cache)
      const response = yield* http.execute(request).pipe(
        Effect.provideService(FetchHttpClient.RequestInit, { redirect: "manual" }),
        Effect.withTracerEnabled(false),
        Effect.mapError(() => noAnswer("no connection")),
        Effect.timeoutOrElse({ duration: patience, orElse: () => Effect.fail(noAnswer("no answer in time")) })
      )
      if (response.status < 200 || response.status > 299) return yield* refusalOf(response)
      return response
    })
    return (call) =>
      Effect.retry(once(call), { schedule: backoff, times: retries, while: (refused) => isPassing(refused, call) })
  })

const patience = Duration.minutes(2)
const retries = 4
const backoff = Schedule.exponential("50 millis", 3).pipe(Schedule.jittered)

const noAnswer = (code: string): S3Refused => new S3Refused({ status: null, code })

/** 409 is the answer to one of two conditional writes at once. */
const isPassing = ({ status }: S3Refused, { repeatable }: S3Call): boolean =>
  status === null
    ? repeatable
    : [409, 429, 503].includes(status) || (repeatable && [408, 500, 502, 504].includes(status))

/** Signature Version 4 in the header, over the hash of the body. */
const signed = Effect.fnUntraced(function* (
  { accessKeyId, bucket, endpoint, region, secretAccessKey, sessionToken }: S3Settings,
  { body, headers = {}, key, method, query = {} }: S3Call,
  cache: Map<string, ArrayBuffer>
) {
  const search = new URLSearchParams(query).toString()
  const url = `${endpoint}/${bucket}${key === "" ? "" : `/${key}`}${search === "" ? "" : `?${search}`}`
  const now = DateTime.formatIso(yield* DateTime.now)
  const hashed = { ...headers, "x-amz-content-sha256": sha256Of(body ?? new Uint8Array()) }
  const signer = new AwsV4Signer({
    method,
    url,
    headers: hashed,
    accessKeyId,
    secretAccessKey: Redacted.value(secretAccessKey),
    ...(sessionToken === null ? {} : { sessionToken: Redacted.value(sessionToken) }),
    service: "s3",
    region,
    cache,
    datetime: now.replaceAll(/[:-]|\.\d{3}/gu, "")
  })
  const result = yield* Effect.promise(() => signer.sign())
  const request = HttpClientRequest.make(method)(url).pipe(
    HttpClientRequest.setHeaders(Object.fromEntries(result.headers.entries()))
  )
  return body === undefined ? request : HttpClientRequest.bodyUint8Array(request, body, "application/octet-stream")
})

/** The code of the error document; a HEAD has none. */
const refusalOf = (response: HttpClientResponse.HttpClientResponse) =>
  Effect.map(
    Effect.orElseSucceed(response.text, () => ""),
    (text) => {
      const code = /<Code>(\w{1,64})<\/Code>/u.exec(text.slice(0, 4096))?.[1] ?? ""
      return new S3Refused({ status: response.status, code })
    }
  ).pipe(Effect.flatMap(Effect.fail))

/** What a refusal means to us. The message names the host and the store's code, and nothing that was sent. */
export const toFailure =
  ({ bucket, endpoint }: S3Settings) =>
  ({ code, status }: S3Refused): ArtifactStoreFailed => {
    const host = endpoint.replace(/^https?:\/\//u, "")
    const words = status === null ? code : `${status} ${code}`.trim()
    const hint = code === "NoSuchBucket" ? `; IMAGE_SKILL_S3_BUCKET names ${bucket}` : ""
    return new ArtifactStoreFailed({
      reason: reasonOf(status, code),
      message: `the object store at ${host} answered: ${words}${hint}`
    })
  }

const reasonOf = (status: number | null, code: string): ArtifactStoreFailed["reason"] => {
  if (status === 507 || /Storage(?:Full)?$|Quota/u.test(code)) return "full"
  if (status === null || status === 429 || status >= 500) return "unreachable"
  if (status === 401 || status === 403) return "denied"
  if (status === 413 || code === "EntityTooLarge") return "too_large"
  if (code === "BadDigest" || code === "XAmzContentSHA256Mismatch") return "damaged"
  return code === "NoSuchKey" ? "missing" : "unknown"
}
