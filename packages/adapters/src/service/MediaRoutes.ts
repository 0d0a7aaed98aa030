import type { Digest } from "@image-skill/core/envelope/Digest"
import type { Agents } from "@image-skill/core/identity/Agents"
import { ArtifactStore, type ArtifactStoreFailed, type ByteRange } from "@image-skill/core/media/ArtifactStore"
import { type Asset, extensionOf } from "@image-skill/core/media/Asset"
import { Assets } from "@image-skill/core/media/Assets"
import { verify } from "@image-skill/core/media/LinkSignature"
import type { StoreUnavailable } from "@image-skill/core/store/Store"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { countBody } from "../internal/BodyBuffers.ts"
import { started } from "../internal/Started.ts"

/**
 * `GET /a/ASSET_ID.EXT` (contract/api.md 9.2): a public asset needs no token, because its id is unguessable, and may be
 * kept for ever, because its bytes never change; a private one needs a signed link, and may be kept as long as that
 * lasts. Answers HEAD, conditional requests and single byte ranges. Media are streamed, never held.
 */
export const layer: Layer.Layer<never, never, HttpRouter.HttpRouter | Assets | ArtifactStore | Agents | Digest> =
  HttpRouter.use((router) =>
    Effect.gen(function* () {
      const services = yield* Effect.context<Assets | ArtifactStore | Agents | Digest>()
      yield* router.add("GET", "/a/:file", Effect.provideContext(answer, services))
    })
  )

const answer = Effect.gen(function* () {
  const request = yield* HttpServerRequest.HttpServerRequest
  const { file = "" } = yield* HttpRouter.params
  const found = yield* find(file, new URLSearchParams(request.url.split("?", 2)[1]))
  return "asset" in found ? yield* send(request, found, file) : found
}).pipe(
  Effect.catchTag("ArtifactStoreFailed", () => Effect.succeed(plain(503, "the media cannot be read now"))),
  Effect.catchTag("StoreUnavailable", () => Effect.succeed(plain(503, "the media cannot be looked up now")))
)

/** An asset that may be sent, and how long whoever gets it may keep it. */
interface Found {
  readonly asset: Asset
  readonly cacheControl: string
}

/** The extension must be the one of the stored type, so that a name never lies about its content. */
const find = Effect.fnUntraced(function* (
  file: string,
  query: URLSearchParams
): Effect.fn.Return<Found | HttpServerResponse.HttpServerResponse, StoreUnavailable, Assets | Agents | Digest> {
  const dot = file.lastIndexOf(".")
  if (dot <= 0) return nothing()
  const [id, extension] = [file.slice(0, dot), file.slice(dot + 1)]
  const asset = Option.getOrNull(yield* (yield* Assets).findPublic(id))
  if (asset === null || extensionOf(asset.mimeType) !== extension) return nothing()
  const isHidden = asset.visibility === "private"
  const link = isHidden
    ? yield* verify({ id, extension, expires: query.get("expires"), signature: query.get("signature") })
    : null
  // Without a valid link nobody learns that it is there, or ever was.
  if (link?._tag === "Invalid") return nothing()
  if (asset.deletedAt !== null) return plain(410, "these media were deleted")
  if (link?._tag === "Expired") {
    return plain(403, `this link has expired; image-skill assets show ${id} gives its owner a fresh one`)
  }
  return {
    asset,
    cacheControl: link === null ? "public, max-age=31536000, immutable" : `private, max-age=${link.secondsLeft}`
  }
})

const send = Effect.fnUntraced(function* (
  request: HttpServerRequest.HttpServerRequest,
  { asset, cacheControl }: Found,
  file: string
): Effect.fn.Return<HttpServerResponse.HttpServerResponse, ArtifactStoreFailed, ArtifactStore | Scope.Scope> {
  const headers = headersOf(asset, file, cacheControl)
  if (isKnown(request.headers["if-none-match"], headers.etag)) {
    return HttpServerResponse.empty({ status: 304, headers })
  }
  // A range of an older version would be a range of something else (RFC 9110, 13.1.5).
  const isCurrent = request.method === "GET" && [undefined, headers.etag].includes(request.headers["if-range"])
  const range = isCurrent ? readRange(request.headers["range"], asset.contentLength) : null
  if (range === "unsatisfiable") {
    return plain(416, "this range is outside of the media", { "content-range": `bytes */${asset.contentLength}` })
  }
  if (request.method === "HEAD") {
    return HttpServerResponse.empty({
      status: 200,
      headers: { ...headers, "content-length": `${asset.contentLength}` }
    })
  }
  const artifacts = yield* ArtifactStore
  // What cannot be read is found out before a status is sent; what turns out damaged later breaks the connection.
  const body = yield* started(Stream.map(artifacts.stream(asset.sha256, range ?? undefined), counted))
  const partial = range === null ? {} : { "content-range": `bytes ${range.start}-${range.end}/${asset.contentLength}` }
  return HttpServerResponse.stream(body, {
    status: range === null ? 200 : 206,
    contentType: asset.mimeType,
    contentLength: range === null ? asset.contentLength : range.end - range.start + 1,
    headers: { ...headers, ...partial }
  })
})

const counted = (chunk: Uint8Array): Uint8Array => {
  countBody(chunk.length)
  return chunk
}

export const pathTemplate = "/a/{file}"

/** Tags are compared without the mark of weakness, which anything on the way may have added (RFC 9110, 13.1.2). */
const isKnown = (header: string | undefined, etag: string): boolean =>
  (header ?? "").split(",").some((tag) => tag.trim() === "*" || tag.trim().replace(/^W\//u, "") === etag)

const headersOf = (asset: Asset, file: string, cacheControl: string) => ({
  etag: `"${asset.sha256}"`,
  "accept-ranges": "bytes",
  "cache-control": cacheControl,
  "content-disposition": `inline; filename="${file}"`,
  "content-type": asset.mimeType,
  "content-security-policy": "default-src 'none'; sandbox",
  "x-content-type-options": "nosniff",
  "access-control-allow-origin": "*"
})

const plain = (status: number, message: string, headers: { readonly [name: string]: string } = {}) =>
  HttpServerResponse.text(`${message}\n`, { status, headers: { "cache-control": "no-store", ...headers } })

const nothing = () => plain(404, "no such media")

/** One byte range, or null where the whole is to be sent: without a range, or with one that is not understood. */
export const readRange = (header: string | undefined, length: number): ByteRange | "unsatisfiable" | null => {
  const match = /^bytes=(\d*)-(\d*)$/u.exec(header ?? "")
  if (match === null || (match[1] === "" && match[2] === "")) return null
  const [first, last] = [match[1] ?? "", match[2] ?? ""]
  const start = first === "" ? Math.max(0, length - Number(last)) : Number(first)
  const end = first === "" || last === "" ? length - 1 : Math.min(Number(last), length - 1)
  if (last !== "" && first !== "" && Number(last) < start) return null
  return start >= length || start > end ? "unsatisfiable" : { start, end }
}
