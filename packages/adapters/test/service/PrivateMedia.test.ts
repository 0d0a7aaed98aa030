import { assert, describe, it } from "@effect/vitest"
import { ArtifactStore } from "@image-skill/core/media/ArtifactStore"
import { type Asset, mediaPath } from "@image-skill/core/media/Asset"
import { Assets } from "@image-skill/core/media/Assets"
import { signer } from "@image-skill/core/media/LinkSignature"
import { MediaLinks } from "@image-skill/core/media/MediaLinks"
import { asset } from "@image-skill/testing/media/AssetSample"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { temporaryFolder } from "../Folder.ts"
import { serveMedia } from "./MediaSite.ts"
import { type RawRequest, send } from "./RawHttp.ts"

/** A server of media alone. */
class Place extends Context.Service<Place, Effect.Success<ReturnType<typeof serveMedia>>>()("test/service/Place") {
  static readonly layer = Layer.effect(Place, Effect.flatMap(temporaryFolder, serveMedia))
}

const bytes = new TextEncoder().encode("the bytes of something that only some may see")

/** An asset that is there, and what its links are made with. */
const stored = Effect.fnUntraced(function* (name: string, change: Partial<Asset> = {}) {
  const { services } = yield* Place
  return yield* Effect.gen(function* () {
    const { sha256 } = yield* (yield* ArtifactStore).put(bytes)
    const row = asset(name, { sha256, contentLength: bytes.length, visibility: "private", ...change })
    yield* (yield* Assets).insert(row)
    const path = (yield* (yield* MediaLinks).urlsOf([row]))(row)
    return { row, path }
  }).pipe(Effect.provideContext(services))
})

const ask = (request: RawRequest) => Effect.flatMap(Place, ({ origin }) => send(origin, request))

/** A link as this deployment would have signed it, so many seconds ago or ahead. */
const signedFor = Effect.fnUntraced(function* (row: Asset, seconds: number) {
  const { services } = yield* Place
  const now = Math.floor(DateTime.toEpochMillis(yield* DateTime.now) / 1000)
  const expires = `${now + seconds}`
  const sign = yield* Effect.provideContext(signer, services)
  return `${mediaPath(row)}?expires=${expires}&signature=${yield* sign({ id: row.id, extension: "png", expires })}`
})

it.layer(Place.layer, { excludeTestServices: true })((it) => {
  describe("a private asset", () => {
    it.effect("is sent to whoever has its link, to be kept no longer than that lasts", () =>
      Effect.gen(function* () {
        const { path } = yield* stored("shown")
        const reply = yield* ask({ path })
        assert.strictEqual(reply.status, 200)
        assert.deepStrictEqual(new Uint8Array(reply.bytes), bytes)
        const [, seconds = ""] = /^private, max-age=(\d+)$/u.exec(reply.headers["cache-control"] ?? "") ?? []
        assert.isAtLeast(Number(seconds), 3590)
        assert.isAtMost(Number(seconds), 3600)
      })
    )

    it.effect("is sent by HEAD, in ranges and conditionally like any other", () =>
      Effect.gen(function* () {
        const { path, row } = yield* stored("ranged")
        const head = yield* ask({ method: "HEAD", path })
        assert.deepStrictEqual([head.status, head.headers["content-length"]], [200, `${bytes.length}`])
        const part = yield* ask({ path, headers: { range: "bytes=4-8" } })
        assert.deepStrictEqual([part.status, part.text], [206, "bytes"])
        const known = yield* ask({ path, headers: { "if-none-match": `"${row.sha256}"` } })
        assert.deepStrictEqual([known.status, known.bytes.length], [304, 0])
        for (const { headers } of [head, part, known]) assert.match(headers["cache-control"] ?? "", /^private, /u)
      })
    )

    it.effect("is not there without a valid signature, by any method, and not even as a match", () =>
      Effect.gen(function* () {
        const { path, row } = yield* stored("hidden")
        const [plain = "", query = ""] = path.split("?", 2)
        const never = yield* ask({ path: "/a/image_never_was.png" })
        const other = yield* stored("other_hidden")
        const paths = [
          plain,
          `${plain}?`,
          `${plain}?${query.replace(/expires=\d/u, "expires=9")}`,
          `${plain}?${query.slice(0, -1)}`,
          `${plain}?${query.replace("signature", "Signature")}`,
          `${plain}?${other.path.split("?", 2)[1]}`,
          path.replace(".png", ".jpg")
        ]
        for (const path of paths) {
          for (const method of ["GET", "HEAD"]) {
            const reply = yield* ask({ method, path, headers: { "if-none-match": `"${row.sha256}"` } })
            assert.strictEqual(reply.status, 404, path)
            assert.strictEqual(reply.headers["cache-control"], "no-store")
            if (method === "GET") assert.strictEqual(reply.text, never.text)
          }
        }
      })
    )

    it.effect("tells by an expired link how to get a fresh one", () =>
      Effect.gen(function* () {
        const { row } = yield* stored("expired")
        const fresh = yield* ask({ path: yield* signedFor(row, 60) })
        assert.strictEqual(fresh.status, 200)
        const reply = yield* ask({ path: yield* signedFor(row, 0) })
        assert.deepStrictEqual([reply.status, reply.headers["cache-control"]], [403, "no-store"])
        assert.include(reply.text, "image-skill assets show image_expired")
        assert.notInclude(reply.text, "the bytes")
      })
    )
  })

  describe("a deleted asset", () => {
    const removed = Effect.fnUntraced(function* (name: string, change: Partial<Asset>) {
      const { services } = yield* Place
      const { path, row } = yield* stored(name, change)
      const assets = Context.get(services, Assets)
      assert.isTrue(yield* assets.markDeleted(row.id, "2026-01-03T00:00:00.000Z"))
      return path
    })

    it.effect("is gone", () =>
      Effect.gen(function* () {
        const path = yield* removed("gone", { visibility: "public" })
        for (const headers of [{}, { range: "bytes=0-1" }, { "if-none-match": "*" }]) {
          const reply = yield* ask({ path, headers })
          assert.deepStrictEqual([reply.status, reply.headers["cache-control"]], [410, "no-store"])
        }
      })
    )

    it.effect("is gone to whoever had its link, and unknown to others, where it was private", () =>
      Effect.gen(function* () {
        const path = yield* removed("gone_hidden", {})
        assert.strictEqual((yield* ask({ path })).status, 410)
        assert.strictEqual((yield* ask({ path: path.split("?", 1)[0] ?? "" })).status, 404)
      })
    )
  })
})
