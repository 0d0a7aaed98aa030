import { version } from "@image-skill/core/envelope/Product"
import { parseUrl } from "@image-skill/core/envelope/WebUrl"
import { isOwned } from "@image-skill/core/media/AssetReference"
import { type FetchedMedia, MediaFetchFailed, MediaSource } from "@image-skill/core/media/MediaSource"
import { HttpTransport, type HttpTransportError } from "@image-skill/core/service/HttpTransport"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"

/** Media of a service elsewhere, from its own media origins only, and without the token. */
export const layer = (mediaBases: ReadonlyArray<string>): Layer.Layer<MediaSource, never, HttpTransport> =>
  Layer.effect(
    MediaSource,
    Effect.gen(function* () {
      const transport = yield* HttpTransport
      return MediaSource.of({
        fetch: Effect.fnUntraced(function* (url: string) {
          const parsed = parseUrl(url)
          if (parsed === null || !isOwned(parsed, mediaBases)) return yield* notOwned()
          const request = { url, headers: { "user-agent": `image-skill/${version}` }, timeout }
          const reply = yield* Effect.mapError(transport.download(request), toFetchFailed)
          if (reply.status < 200 || reply.status > 299) return yield* refused(reply.status)
          const length = Number(reply.headers["content-length"])
          const media: FetchedMedia = {
            contentType: reply.headers["content-type"] ?? null,
            contentLength: Number.isSafeInteger(length) ? length : null,
            body: limited(reply.body)
          }
          return media
        })
      })
    })
  )

const timeout = Duration.minutes(5)
const maxBytes = 1024 * 1024 * 1024

const notOwned = () =>
  new MediaFetchFailed({ reason: "not_owned", message: "its address is outside of the media origin of this service" })

const refused = (status: number) =>
  new MediaFetchFailed({
    reason: status === 404 || status === 410 ? "missing" : "unreachable",
    message: `the media host answered HTTP ${status}`
  })

const limited = (body: AsyncIterable<Uint8Array>): FetchedMedia["body"] => {
  let bytes = 0
  return Stream.fromAsyncIterable(body, () => interrupted("the answer ended before it was whole")).pipe(
    Stream.tap((chunk) => {
      bytes += chunk.length
      return bytes > maxBytes ? Effect.fail(interrupted(`the answer is longer than ${maxBytes} bytes`)) : Effect.void
    })
  )
}

const interrupted = (message: string) => new MediaFetchFailed({ reason: "interrupted", message })

const toFetchFailed = ({ message, reason }: HttpTransportError): MediaFetchFailed =>
  new MediaFetchFailed({
    reason: reason === "reset" || reason === "too_large" ? "interrupted" : "unreachable",
    message
  })
