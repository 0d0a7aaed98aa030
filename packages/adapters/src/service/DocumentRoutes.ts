import { served } from "@image-skill/core/documents/Documents"
import { Digest } from "@image-skill/core/envelope/Digest"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type * as Layer from "effect/Layer"
import * as Struct from "effect/Struct"

/**
 * The documents for agents on the origin of the API (contract/api.md 12.3): the very bytes that lie in the package, so
 * that whoever hashes both can compare them. Each is made when it is first asked for. Answers HEAD and conditional
 * requests.
 */
export const layer: Layer.Layer<never, never, HttpRouter.HttpRouter | Digest> = HttpRouter.use((router) =>
  Effect.gen(function* () {
    const digest = yield* Digest
    for (const path of paths) {
      const document = yield* Effect.cached(
        Effect.suspend(() => {
          const text = served[path]()
          return Effect.map(digest.sha256(text), (sha256) => ({ text, etag: `"${sha256}"` }))
        })
      )
      yield* router.add("GET", path, Effect.withTracerEnabled(Effect.flatMap(document, answer(path)), false))
    }
  })
)

/** Where the documents are. */
export const paths = Struct.keys(served)

const answer = (path: keyof typeof served) =>
  Effect.fnUntraced(function* ({ etag, text }: { readonly etag: string; readonly text: string }) {
    const request = yield* HttpServerRequest.HttpServerRequest
    const headers = { etag, "cache-control": "public, max-age=300", "x-content-type-options": "nosniff" }
    return isKnown(request.headers["if-none-match"], etag)
      ? HttpServerResponse.empty({ status: 304, headers })
      : HttpServerResponse.text(text, { contentType: contentTypeOf(path), headers })
  })

const contentTypeOf = (path: string): string =>
  `${path.endsWith(".md") ? "text/markdown" : "text/plain"}; charset=utf-8`

/** Tags are compared without the mark of weakness, which anything on the way may have added (RFC 9110, 13.1.2). */
const isKnown = (header: string | undefined, etag: string): boolean =>
  (header ?? "").split(",").some((tag) => tag.trim() === "*" || tag.trim().replace(/^W\//u, "") === etag)
