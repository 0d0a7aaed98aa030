import { createHash } from "node:crypto"
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { temporaryFolder } from "../Folder.ts"
import { serveMedia } from "./MediaSite.ts"
import { connect, json, type RawReply, type RawRequest, send } from "./RawHttp.ts"

class Place extends Context.Service<Place, { readonly origin: string; readonly folder: string }>()(
  "test/service/Uploads"
) {
  static readonly layer = Layer.effect(
    Place,
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const { origin } = yield* serveMedia(folder)
      return { folder, origin }
    })
  )
}

const ask = (request: RawRequest) => Effect.flatMap(Place, ({ origin }) => send(origin, request))

const put = (body: Uint8Array, query = "", headers: RawRequest["headers"] = {}) =>
  ask({ method: "PUT", path: `/v1/uploads${query}`, body, headers: { "content-type": "image/png", ...headers } })

const dataOf = (reply: RawReply) => jsonField(json(reply), "data")

const bytes = Uint8Array.from({ length: 1_000_003 }, (_, index) => (index * 7) % 255)
const sha256 = createHash("sha256").update(bytes).digest("hex")

/** What a failed upload may not leave anywhere. */
const leftovers = Effect.map(Place, ({ folder }) => readdirSync(join(folder, "tmp")))

it.layer(Place.layer, { excludeTestServices: true })("PUT /v1/uploads", (it) => {
  it.effect("takes a raw body with its type and length, which then is there as media", () =>
    Effect.gen(function* () {
      const told = dataOf(yield* put(bytes, "", { "content-length": bytes.length }))
      assert.strictEqual(textField(told, "sha256"), sha256)
      assert.deepStrictEqual(jsonField(told, "fields"), { mime_type: "image/png", content_length: bytes.length })
      const media = yield* ask({ path: textField(told, "path") })
      assert.isTrue(media.bytes.equals(bytes))
      assert.deepStrictEqual(yield* leftovers, [])
    })
  )

  it.effect("hands on the fields of the query as they came, and no others", () =>
    Effect.gen(function* () {
      const query = new URLSearchParams({
        filename: "a heron & a \u2603.png",
        source_kind: "remote_url",
        remote_origin: "https://example.org",
        sha256,
        visibility: "private",
        token: "canary"
      })
      const told = dataOf(
        yield* put(bytes, `?${query.toString()}&filename=last.png`, { "content-type": "IMAGE/PNG; q=1" })
      )
      assert.deepStrictEqual(jsonField(told, "fields"), {
        filename: "last.png",
        source_kind: "remote_url",
        remote_origin: "https://example.org",
        sha256,
        visibility: "private",
        mime_type: "image/png",
        content_length: bytes.length
      })
    })
  )

  it.effect("takes a body of no announced length", () =>
    Effect.gen(function* () {
      const told = dataOf(yield* put(bytes, "", { "transfer-encoding": "chunked" }))
      assert.strictEqual(textField(told, "sha256"), sha256)
      assert.deepStrictEqual(jsonField(told, "fields"), { mime_type: "image/png" })
    })
  )

  it.effect("takes a body of nothing", () =>
    Effect.gen(function* () {
      const told = dataOf(yield* put(new Uint8Array(), "", { "content-length": 0 }))
      assert.strictEqual(jsonField(told, "bytes"), 0)
    })
  )

  it.effect("refuses what announces more than 256 MiB before any of it comes", () =>
    Effect.gen(function* () {
      const { origin } = yield* Place
      const socket = yield* connect(origin)
      yield* socket.say(
        "PUT /v1/uploads HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: image/png\r\ncontent-length: 268435457\r\n\r\n"
      )
      const reply = yield* socket.rest
      assert.match(reply, /^HTTP\/1\.1 413 /u)
      assert.include(reply, "268435456")
    }).pipe(Effect.scoped)
  )

  it.effect("refuses an encoded body", () =>
    Effect.gen(function* () {
      const reply = yield* put(bytes, "", { "content-encoding": "gzip" })
      assert.strictEqual(reply.status, 415)
    })
  )

  it.effect("keeps nothing of a body that breaks off", () =>
    Effect.gen(function* () {
      const { origin } = yield* Place
      yield* Effect.scoped(
        Effect.gen(function* () {
          const socket = yield* connect(origin)
          yield* socket.say("PUT /v1/uploads HTTP/1.1\r\nhost: localhost\r\ncontent-length: 900000\r\n\r\n")
          yield* socket.say("x".repeat(500_000))
          yield* until(Effect.map(leftovers, ({ length }) => length === 1))
        })
      )
      yield* until(Effect.map(leftovers, ({ length }) => length === 0))
    })
  )
})

/** Looks again until it is so; the time limit of the test is the limit. */
const until = <E, R>(isSo: Effect.Effect<boolean, E, R>): Effect.Effect<void, E, R> =>
  Effect.flatMap(isSo, (so) =>
    so
      ? Effect.void
      : Effect.andThen(
          Effect.yieldNow,
          Effect.suspend(() => until(isSo))
        )
  )
