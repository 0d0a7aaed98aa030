import { createCipheriv } from "node:crypto"
import { existsSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { deflateSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import { jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import { ServiceApi } from "@image-skill/core/service/ServiceApi"
import { pngChunk } from "@image-skill/testing/media/InspectorFixtures"
import { solidPng } from "@image-skill/testing/media/Png"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { overHttp, served, until } from "./Compositions.ts"
import { sha256Of } from "./ProviderSite.ts"
import { assertEnvelope, bearer, connect, json, post, type RawReply, type RawRequest, send } from "./RawHttp.ts"
import { data, signUp, uploadOf } from "./Site.ts"

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

/** Bytes that no compression makes smaller, the same in every run. */
const noise = (length: number): Buffer =>
  createCipheriv("aes-128-ctr", Buffer.alloc(16, 1), Buffer.alloc(16)).update(Buffer.alloc(length))

/** A real picture of 30 MB: three bytes a pixel, not compressed. */
const large = ((edge: number): Buffer => {
  const rows = noise(edge * (edge * 3 + 1))
  for (let y = 0; y < edge; y += 1) rows[y * (edge * 3 + 1)] = 0
  const header = Buffer.alloc(13)
  header.writeUInt32BE(edge, 0)
  header.writeUInt32BE(edge, 4)
  header.set([8, 2], 8)
  return Buffer.concat([
    signature,
    pngChunk("IHDR", header),
    pngChunk("IDAT", deflateSync(rows, { level: 0 })),
    pngChunk("IEND", Buffer.alloc(0))
  ])
})(3_163)

/** A small picture with a chunk that nobody reads, so that it has exactly this many bytes. */
const padded = (length: number): Buffer => {
  const small = Buffer.from(solidPng(40, 30, 90, 120, 30))
  const end = small.length - 12
  const chunk = pngChunk("prVt", noise(length - small.length - 12))
  return Buffer.concat([small.subarray(0, end), chunk, small.subarray(end)])
}

/** A server, and somebody who uploads. */
class Place extends Context.Service<
  Place,
  { readonly origin: string; readonly folder: string; readonly token: string }
>()("test/service/UploadPlace") {
  static readonly layer = Layer.effect(
    Place,
    Effect.gen(function* () {
      const { apiBaseUrl: origin, folder } = yield* served
      return Place.of({ origin, folder, token: yield* signUp(origin, "uploader") })
    })
  )
}

const ask = (request: RawRequest) =>
  Effect.flatMap(Place, ({ origin, token }) =>
    send(origin, { ...request, headers: { ...bearer(token), ...request.headers } })
  )

const put = (body: Uint8Array, query = "", headers: RawRequest["headers"] = {}) =>
  ask({
    method: "PUT",
    path: `/v1/uploads?filename=boat.png${query}`,
    body,
    headers: { "content-type": "image/png", ...headers }
  })

/** Bytes that nobody owns wait for a while before they are freed: the database says which. */
const leaving = (folder: string): ReadonlySet<unknown> => {
  const database = new DatabaseSync(join(folder, "image-skill.sqlite"), { readOnly: true })
  try {
    return new Set(
      database
        .prepare("SELECT sha256 FROM unused_bytes")
        .all()
        .map((row) => row["sha256"])
    )
  } finally {
    database.close()
  }
}

/** What lies in the data folder beside the database, and is to stay: whole objects, and what is being written. */
const kept = Effect.map(Place, ({ folder }) => {
  const going = leaving(folder)
  return ["objects", "tmp"].flatMap((name) =>
    existsSync(join(folder, name))
      ? readdirSync(join(folder, name), { recursive: true, withFileTypes: true }).flatMap((entry) =>
          entry.isFile() && !going.has(entry.name) ? [entry.name] : []
        )
      : []
  )
})

const assetsOf = Effect.map(ask({ path: "/v1/assets?limit=100" }), (reply) => jsonField(data(reply), "assets"))

/** The same bytes and rows are there after it as were before. */
const keepsNothing = Effect.fnUntraced(function* <A, E, R>(attempt: Effect.Effect<A, E, R>) {
  const [files, assets] = [yield* kept, yield* assetsOf]
  const result = yield* attempt
  // What broke off is taken away a moment later.
  yield* Effect.timeoutOption(until(Effect.map(kept, ({ length }) => length === files.length)), Duration.seconds(5))
  assert.deepStrictEqual([yield* kept, yield* assetsOf], [files, assets])
  return result
})

/** How the link is answered to somebody without a token. */
const statusOf = (path: string) =>
  Effect.map(ask({ path, headers: { authorization: "" } }), ({ headers, status }) => [status, headers["cache-control"]])

const assetIn = (reply: RawReply) => jsonField(data(reply), "asset")

const assertKept = Effect.fnUntraced(function* (asset: Schema.Json | undefined, bytes: Buffer) {
  assert.deepInclude(asset, { sha256: sha256Of(bytes), content_length: bytes.length, mime_type: "image/png" })
  const { pathname, search } = new URL(textField(asset, "url"))
  const media = yield* ask({ path: `${pathname}${search}`, headers: { authorization: "" } })
  assert.strictEqual(media.status, 200)
  assert.isTrue(media.bytes.equals(bytes))
  assert.include(yield* kept, sha256Of(bytes))
})

const chunksOf = (bytes: Buffer, size = 65_536): ReadonlyArray<Buffer> =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => bytes.subarray(index * size, (index + 1) * size))

const headOf = (token: string, ...more: ReadonlyArray<string>) =>
  [
    "PUT /v1/uploads?filename=boat.png HTTP/1.1",
    "host: localhost",
    "connection: close",
    "content-type: image/png",
    `authorization: Bearer ${token}`,
    ...more,
    "",
    ""
  ].join("\r\n")

const refusal = (reply: RawReply, code: string, status: number, exit: number) =>
  assertEnvelope(reply, { status, exit, code, command: "image-skill upload" })

it.layer(Place.layer, { excludeTestServices: true })((it) => {
  describe("a picture", () => {
    const sent = [
      ["of 30 MB and of an announced length", large, true],
      ["of no announced length", padded(3_000_000), false]
    ] as const
    it.effect.each(sent)("%s is streamed by the client, and kept byte for byte", ([, bytes, isAnnounced]) =>
      Effect.gen(function* () {
        const { origin, token } = yield* Place
        const { uploadStream } = yield* Effect.provide(ServiceApi, overHttp(origin))
        const contentLength = isAnnounced ? bytes.length : null
        const { envelope } = yield* uploadStream(
          { filename: "boat.png", sha256: sha256Of(bytes) },
          { contentType: "image/png", contentLength, body: Stream.fromIterable(chunksOf(bytes)) },
          Redacted.make(token)
        )
        assert.isTrue(envelope.ok, JSON.stringify(envelope.error))
        yield* assertKept(jsonField(envelope.data, "asset"), bytes)
      })
    )

    it.effect("is taken from a socket in chunks of any size", () =>
      Effect.gen(function* () {
        const { origin, token } = yield* Place
        const socket = yield* connect(origin)
        yield* socket.say(headOf(token, "transfer-encoding: chunked"))
        const bytes = padded(300_000)
        for (const chunk of [bytes.subarray(0, 1), bytes.subarray(1, 20), ...chunksOf(bytes.subarray(20), 77_777)]) {
          yield* socket.say(`${chunk.length.toString(16)}\r\n`)
          yield* socket.sayBytes(chunk)
          yield* socket.say("\r\n")
        }
        yield* socket.say("0\r\n\r\n")
        const reply = yield* socket.rest
        assert.match(reply, /^HTTP\/1\.1 200 /u)
        assert.include(reply, sha256Of(bytes))
        assert.include(yield* kept, sha256Of(bytes))
      }).pipe(Effect.scoped)
    )
  })

  describe("nothing is kept of a body", () => {
    const half = padded(2_000_000).subarray(0, 1_000_000)

    const broken = [
      { how: "that ends before its announced length", head: ["content-length: 2000000"], chunked: false },
      { how: "that breaks off between chunks", head: ["transfer-encoding: chunked"], chunked: true }
    ]
    it.effect.each(broken)("$how", ({ chunked, head }) =>
      keepsNothing(
        Effect.scoped(
          Effect.gen(function* () {
            const { origin, token } = yield* Place
            const before = (yield* kept).length
            const socket = yield* connect(origin)
            yield* socket.say(headOf(token, ...head))
            if (chunked) yield* socket.say(`${half.length.toString(16)}\r\n`)
            yield* socket.sayBytes(half)
            // Some of it has been written, so there is something to take away.
            yield* until(Effect.map(kept, ({ length }) => length > before))
          })
        )
      )
    )

    it.effect("that goes on behind its announced length, where its hash is known", () =>
      Effect.gen(function* () {
        const { origin, token } = yield* Place
        const bytes = padded(50_000)
        const reply = yield* keepsNothing(
          Effect.scoped(
            Effect.gen(function* () {
              const socket = yield* connect(origin)
              const head = headOf(token, "content-length: 40000")
              yield* socket.say(head.replace("boat.png", `boat.png&sha256=${sha256Of(bytes)}`))
              yield* socket.sayBytes(bytes)
              return yield* socket.rest
            })
          )
        )
        // What comes behind it is no request, and the connection ends there.
        assert.match(reply, /^HTTP\/1\.1 400 /u)
      })
    )

    it.effect("that is not what its hash says", () =>
      Effect.gen(function* () {
        const reply = yield* keepsNothing(put(padded(100_000), `&sha256=${"0".repeat(64)}`))
        refusal(reply, "INVALID_ARGUMENTS", 400, 2)
        assert.include(reply.text, "sha256")
      })
    )

    const wrong = [
      ["of another kind than it says", padded(9_000), "image/webp"],
      ["that is no picture", noise(9_000), "image/png"],
      ["of a kind that is not taken", Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>"), "image/svg+xml"],
      ["of nothing", Buffer.alloc(0), "image/png"]
    ] as const
    it.effect.each(wrong)("%s", ([, bytes, type]) =>
      Effect.gen(function* () {
        const reply = yield* keepsNothing(put(bytes, "", { "content-type": type }))
        refusal(reply, "INPUT_POLICY_DENIED", 422, 6)
      })
    )

    it.effect("without a token, with a wrong one, and without a name", () =>
      Effect.gen(function* () {
        const bytes = padded(9_000)
        for (const authorization of ["", "Bearer isk_r_nobody"]) {
          refusal(yield* keepsNothing(put(bytes, "", { authorization })), "AUTH_REQUIRED", 401, 3)
        }
        const nameless = ask({ method: "PUT", path: "/v1/uploads", body: bytes })
        refusal(yield* keepsNothing(nameless), "INVALID_ARGUMENTS", 400, 2)
      })
    )

    it.effect("of more than 256 MiB, whether it is announced or turns out", () =>
      Effect.gen(function* () {
        const { origin, token } = yield* Place
        const announced = yield* keepsNothing(
          Effect.scoped(
            Effect.gen(function* () {
              const socket = yield* connect(origin)
              yield* socket.say(headOf(token, "content-length: 268435457"))
              return yield* socket.rest
            })
          )
        )
        assert.match(announced, /^HTTP\/1\.1 413 /u)
        const { uploadStream } = yield* Effect.provide(ServiceApi, overHttp(origin))
        const mebibyte = new Uint8Array(1_048_576)
        const start = new Uint8Array(padded(1_048_576))
        const body = Stream.concat(
          Stream.succeed(start),
          Stream.fromIterable(Array.from({ length: 256 }, () => mebibyte))
        )
        const { envelope } = yield* keepsNothing(
          uploadStream(
            { filename: "boat.png" },
            { contentType: "image/png", contentLength: null, body },
            Redacted.make(token)
          )
        )
        assert.isFalse(envelope.ok)
        assert.strictEqual(textField(envelope.error, "code"), "INPUT_POLICY_DENIED")
      })
    )
  })

  describe("POST /v1/upload", () => {
    const limit = 20 * 1_048_576

    it.effect("takes 20 MiB, and not a byte more", () =>
      Effect.gen(function* () {
        const bytes = padded(limit)
        const reply = yield* ask(post("/v1/upload", uploadOf(bytes)))
        assert.strictEqual(reply.status, 200, reply.text.slice(0, 300))
        yield* assertKept(assetIn(reply), bytes)
        const more = yield* keepsNothing(ask(post("/v1/upload", uploadOf(padded(limit + 1)))))
        refusal(more, "INPUT_POLICY_DENIED", 422, 6)
      })
    )
  })

  describe("an uploaded picture", () => {
    const uploads = Effect.fnUntraced(function* (visibility: "public" | "private", bytes: Buffer) {
      const reply = yield* put(bytes, `&visibility=${visibility}`)
      const asset = assetIn(reply)
      const { pathname, searchParams } = new URL(textField(asset, "url"))
      return { id: textField(asset, "asset_id"), pathname, searchParams, asset }
    })

    it.effect("that is private has a link that is signed and ends within the hour, and is gone with its bytes", () =>
      Effect.gen(function* () {
        const bytes = padded(12_345)
        const { asset, id, pathname, searchParams } = yield* uploads("private", bytes)
        const expires = Number(searchParams.get("expires"))
        const now = DateTime.toEpochMillis(yield* DateTime.now) / 1_000
        assert.isAbove(expires, now + 3_500)
        assert.isAtMost(expires, now + 3_601)
        yield* assertKept(asset, bytes)
        const signed = `${pathname}?${searchParams.toString()}`
        assert.deepStrictEqual((yield* statusOf(pathname))[0], 404)
        assert.deepStrictEqual((yield* statusOf(signed.replace(/expires=\d/u, "expires=9")))[0], 404)
        const gone = yield* ask({ method: "DELETE", path: `/v1/assets/${id}` })
        assert.deepInclude(data(gone), { bytes_shared: false })
        assert.deepStrictEqual(yield* statusOf(signed), [410, "no-store"])
        assert.deepStrictEqual(yield* statusOf(pathname), [404, "no-store"])
        assert.notInclude(yield* kept, sha256Of(bytes))
        assert.strictEqual((yield* ask({ path: `/v1/assets/${id}` })).status, 404)
      })
    )

    it.effect("that is public is gone for everybody once it is deleted, but its bytes stay with another of them", () =>
      Effect.gen(function* () {
        const bytes = padded(23_456)
        const [first, second] = [yield* uploads("public", bytes), yield* uploads("public", bytes)]
        assert.notStrictEqual(first.id, second.id)
        const remove = (id: string) => Effect.map(ask({ method: "DELETE", path: `/v1/assets/${id}` }), data)
        assert.deepInclude(yield* remove(first.id), { bytes_shared: true })
        assert.deepStrictEqual(yield* statusOf(first.pathname), [410, "no-store"])
        yield* assertKept(second.asset, bytes)
        assert.deepInclude(yield* remove(second.id), { bytes_shared: false })
        assert.deepStrictEqual(yield* statusOf(second.pathname), [410, "no-store"])
        assert.notInclude(yield* kept, sha256Of(bytes))
        const edit = { input_asset_id: second.id, model: "local.adjust", model_parameters: { rotate: 90 } }
        const refused = yield* ask(post("/v1/edit", edit))
        assert.strictEqual(textField(jsonField(json(refused), "error"), "code"), "ASSET_NOT_FOUND")
      })
    )
  })
})
