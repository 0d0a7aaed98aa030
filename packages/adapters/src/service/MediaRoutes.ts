import { ArtifactStore } from "@image-skill/core/media/ArtifactStore"
import { type Asset, extensionOf } from "@image-skill/core/media/Asset"
import { Assets } from "@image-skill/core/media/Assets"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"

/**
 * `GET /a/ASSET_ID.EXT` (contract/api.md 9.2): public, because the id is unguessable; immutable, because the bytes of an
 * asset never change. Answers HEAD, conditional requests and single byte ranges.
 */
export const layer: Layer.Layer<never, never, HttpRouter.HttpRouter | Assets | ArtifactStore> = HttpRouter.use(
  (router) =>
    Effect.gen(function* () {
      const assets = yield* Assets
      const artifacts = yield* ArtifactStore

      const serve = Effect.gen(function* () {
        const request = yield* HttpServerRequest.HttpServerRequest
        const { file = "" } = yield* HttpRouter.params
        const asset = yield* find(file)
        if (asset === null) return plain(404, "no such media")
        const headers = headersOf(asset, file)
        if (isKnown(request.headers["if-none-match"], headers.etag)) {
          return HttpServerResponse.empty({ status: 304, headers })
        }
        // A range of an older version would be a range of something else (RFC 9110, 13.1.5).
        const isCurrent = request.method === "GET" && [undefined, headers.etag].includes(request.headers["if-range"])
        const range = isCurrent ? readRange(request.headers["range"], asset.contentLength) : null
        if (range === "unsatisfiable") {
          return plain(416, "this range is outside of the media", { "content-range": `bytes */${asset.contentLength}` })
        }
        const partial =
          range === null ? {} : { "content-range": `bytes ${range.start}-${range.end}/${asset.contentLength}` }
        if (request.method === "HEAD") {
          return HttpServerResponse.empty({
            status: 200,
            headers: { ...headers, "content-length": `${asset.contentLength}` }
          })
        }
        const bytes = yield* artifacts.get(asset.sha256, range ?? undefined)
        return HttpServerResponse.uint8Array(bytes, {
          status: range === null ? 200 : 206,
          contentType: asset.mimeType,
          headers: { ...headers, ...partial }
        })
      }).pipe(
        Effect.catchTag("ArtifactStoreFailed", () => Effect.succeed(plain(503, "the media cannot be read now"))),
        Effect.catchTag("StoreUnavailable", () => Effect.succeed(plain(503, "the media cannot be looked up now")))
      )

      /** The extension must be the one of the stored type, so that a name never lies about its content. */
      const find = Effect.fnUntraced(function* (file: string) {
        const dot = file.lastIndexOf(".")
        if (dot <= 0) return null
        const asset = Option.getOrNull(yield* assets.findPublic(file.slice(0, dot)))
        return asset !== null && extensionOf(asset.mimeType) === file.slice(dot + 1) ? asset : null
      })

      yield* router.add("GET", "/a/:file", serve)
    })
)

export const pathTemplate = "/a/{file}"

/** Tags are compared without the mark of weakness, which anything on the way may have added (RFC 9110, 13.1.2). */
const isKnown = (header: string | undefined, etag: string): boolean =>
  (header ?? "").split(",").some((tag) => tag.trim() === "*" || tag.trim().replace(/^W\//u, "") === etag)

const headersOf = (asset: Asset, file: string) => ({
  etag: `"${asset.sha256}"`,
  "accept-ranges": "bytes",
  "cache-control": "public, max-age=31536000, immutable",
  "content-disposition": `inline; filename="${file}"`,
  "content-type": asset.mimeType,
  "content-security-policy": "default-src 'none'; sandbox",
  "x-content-type-options": "nosniff",
  "access-control-allow-origin": "*"
})

const plain = (status: number, message: string, headers: { readonly [name: string]: string } = {}) =>
  HttpServerResponse.text(`${message}\n`, { status, headers: { "cache-control": "no-store", ...headers } })

interface Range {
  readonly start: number
  readonly end: number
}

/** One byte range, or null where the whole is to be sent: without a range, or with one that is not understood. */
export const readRange = (header: string | undefined, length: number): Range | "unsatisfiable" | null => {
  const match = /^bytes=(\d*)-(\d*)$/u.exec(header ?? "")
  if (match === null || (match[1] === "" && match[2] === "")) return null
  const [first, last] = [match[1] ?? "", match[2] ?? ""]
  const start = first === "" ? Math.max(0, length - Number(last)) : Number(first)
  const end = first === "" || last === "" ? length - 1 : Math.min(Number(last), length - 1)
  if (last !== "" && first !== "" && Number(last) < start) return null
  return start >= length || start > end ? "unsatisfiable" : { start, end }
}
