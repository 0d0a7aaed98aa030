import type { Answer } from "@image-skill/core/envelope/Envelope"
import { docsUrl } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import type { Caller } from "@image-skill/core/identity/Identity"
import { maxUploadBytes, UploadBodyFailed } from "@image-skill/core/media/UploadBody"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import type * as HttpServerResponse from "effect/http/HttpServerResponse"
import type * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { countBody } from "../internal/BodyBuffers.ts"

/** The fields of a raw upload as they came: nobody has looked at them yet. Absent ones are left out. */
export interface UploadFields {
  readonly filename?: string
  readonly source_kind?: string
  readonly remote_origin?: string
  readonly sha256?: string
  readonly visibility?: string
  /** The content type, lower-case and without parameters. */
  readonly mime_type?: string
  readonly content_length?: number
}

/** What takes a raw upload. The body may be run once. */
export class RawUploads extends Context.Service<
  RawUploads,
  {
    upload(
      fields: UploadFields,
      body: Stream.Stream<Uint8Array, UploadBodyFailed>,
      caller: Caller
    ): Effect.Effect<Answer>
  }
>()("adapters/service/RawUploads") {}

/** What all routes of the service do alike. */
export interface RouteManner {
  readonly callerOf: (request: HttpServerRequest.HttpServerRequest) => Caller
  readonly respond: (answer: Answer) => HttpServerResponse.HttpServerResponse
  /** The envelope of a refusal that no operation made. */
  readonly refuse: (refusal: Refusal) => Effect.Effect<HttpServerResponse.HttpServerResponse>
}

/**
 * `PUT /v1/uploads` (decision D4a.6): the raw body, streamed as it comes, up to 256 MiB. What announces more is refused
 * before it is read, what turns out to be more as soon as it has come.
 */
export const layer = ({
  callerOf,
  refuse,
  respond
}: RouteManner): Layer.Layer<never, never, HttpRouter.HttpRouter | RawUploads> =>
  HttpRouter.use((router) =>
    Effect.gen(function* () {
      const uploads = yield* RawUploads
      const put = Effect.gen(function* () {
        const request = yield* HttpServerRequest.HttpServerRequest
        if ((request.headers["content-encoding"] ?? "identity") !== "identity") return yield* encoded()
        const length = lengthOf(request.headers["content-length"])
        if (length !== null && length > maxUploadBytes) return yield* tooLarge(length)
        return respond(yield* uploads.upload(fieldsOf(request, length), bodyOf(request), callerOf(request)))
      }).pipe(Effect.catchTag("Refusal", refuse), Effect.withTracerEnabled(false))
      yield* router.add("PUT", path, put)
    })
  )

export const path = "/v1/uploads"

/** How long a client may send nothing in the middle of a body. */
const patience = Duration.seconds(30)

const names = ["filename", "source_kind", "remote_origin", "sha256", "visibility"] as const

const fieldsOf = (request: HttpServerRequest.HttpServerRequest, length: number | null): UploadFields => {
  const query = new URLSearchParams(request.url.split("?", 2)[1])
  const given = names.flatMap((name) => {
    const value = query.getAll(name).at(-1)
    return value === undefined ? [] : [[name, value] as const]
  })
  const type = (request.headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? ""
  return {
    ...Object.fromEntries(given),
    ...(type === "" ? {} : { mime_type: type }),
    ...(length === null ? {} : { content_length: length })
  }
}

const lengthOf = (header: string | undefined): number | null =>
  header === undefined || !/^\d{1,15}$/u.test(header) ? null : Number(header)

/** Chunk by chunk, counted as they come. Made of the pull itself: what holds on to chunks costs memory by the megabyte. */
const bodyOf = (request: HttpServerRequest.HttpServerRequest): Stream.Stream<Uint8Array, UploadBodyFailed> =>
  Stream.transformPull(Stream.mapError(request.stream, interrupted), (pull) =>
    Effect.sync(() => {
      let bytes = 0
      return pull.pipe(
        Effect.timeoutOrElse({ duration: patience, orElse: () => Effect.fail(stalled()) }),
        Effect.tap((chunks) => {
          for (const { length } of chunks) {
            bytes += length
            countBody(length)
          }
          return bytes > maxUploadBytes ? Effect.fail(tooLong()) : Effect.void
        })
      )
    })
  )

/** Node tells an aborted request by the same error as an unreadable one. */
const interrupted = (): UploadBodyFailed =>
  new UploadBodyFailed({ reason: "interrupted", message: "the body ended before it was whole" })

const stalled = (): UploadBodyFailed =>
  new UploadBodyFailed({
    reason: "stalled",
    message: `nothing of the body came for ${Duration.toSeconds(patience)} seconds`
  })

const tooLong = (): UploadBodyFailed =>
  new UploadBodyFailed({ reason: "too_large", message: `the body is larger than ${maxUploadBytes} bytes` })

const tooLarge = (length: number): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    status: 413,
    message: `the body has ${length} bytes, and an upload may have ${maxUploadBytes}`,
    recovery: { docsUrl: docsUrl("image-skill-upload") },
    details: { max_bytes: maxUploadBytes, content_length: length }
  })

const encoded = (): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    status: 415,
    message: "the body must be sent without content-encoding",
    recovery: { docsUrl: docsUrl("image-skill-upload") }
  })
