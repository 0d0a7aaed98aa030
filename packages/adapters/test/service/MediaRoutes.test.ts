import { createHash } from "node:crypto"
import { readFile, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import * as Effect from "effect/Effect"
import { bearer, post, type RawReply } from "./RawHttp.ts"
import { ask, data, firstOf, picture, Site } from "./Site.ts"

/** The first picture of the site: where it is, and the bytes that must be there. */
const media = Effect.gen(function* () {
  const { folder, mine } = yield* Site
  const url = new URL(textField(mine.asset, "url"))
  const sha256 = textField(mine.asset, "sha256")
  const file = fileOf(folder, sha256)
  const bytes = yield* Effect.promise(() => readFile(file))
  return { path: url.pathname, sha256, bytes, id: mine.assetId }
})

const fileOf = (folder: string, sha256: string): string =>
  join(folder, "objects", "sha256", sha256.slice(0, 2), sha256.slice(2, 4), sha256)

/** contract/api.md 9.2, and what keeps a picture a picture in a browser. */
const headersOf = (id: string, sha256: string) => ({
  "content-type": "image/png",
  etag: `"${sha256}"`,
  "accept-ranges": "bytes",
  "cache-control": "public, max-age=31536000, immutable",
  "content-disposition": `inline; filename="${id}.png"`,
  "x-content-type-options": "nosniff",
  "content-security-policy": "default-src 'none'; sandbox",
  "access-control-allow-origin": "*"
})

const assertHeaders = ({ headers }: RawReply, expected: { readonly [name: string]: string }): void => {
  const found = Object.fromEntries(Object.keys(expected).map((name) => [name, headers[name]]))
  assert.deepStrictEqual(found, expected)
}

it.layer(Site.layer, { excludeTestServices: true })((it) => {
  describe("a picture", () => {
    it.effect("is what its asset says, without a token", () =>
      Effect.gen(function* () {
        const { bytes, id, path, sha256 } = yield* media
        const { mine } = yield* Site
        const reply = yield* ask({ path })
        assert.strictEqual(reply.status, 200)
        assert.isTrue(reply.bytes.equals(bytes))
        assert.strictEqual(createHash("sha256").update(reply.bytes).digest("hex"), sha256)
        assert.strictEqual(reply.bytes.length, jsonField(mine.asset, "content_length"))
        assertHeaders(reply, { ...headersOf(id, sha256), "content-length": `${bytes.length}` })
        assert.notProperty(reply.headers, "set-cookie")
      })
    )

    it.effect("is not shown to be anybody's: a token changes nothing", () =>
      Effect.gen(function* () {
        const { bytes, path } = yield* media
        const { theirs } = yield* Site
        for (const headers of [bearer(theirs.token), bearer("canary"), { range: "" }]) {
          assert.isTrue((yield* ask({ path, headers })).bytes.equals(bytes))
        }
      })
    )

    it.effect("answers HEAD as it answers GET, without the bytes", () =>
      Effect.gen(function* () {
        const { bytes, id, path, sha256 } = yield* media
        const reply = yield* ask({ method: "HEAD", path })
        assert.strictEqual(reply.status, 200)
        assert.strictEqual(reply.bytes.length, 0)
        assertHeaders(reply, { ...headersOf(id, sha256), "content-length": `${bytes.length}` })
      })
    )

    it.effect("answers HEAD for what is not there with 404", () =>
      Effect.map(ask({ method: "HEAD", path: "/a/image_zzzzzzzzzzzzzzzzzzzz.png" }), ({ status }) =>
        assert.strictEqual(status, 404)
      )
    )

    it.effect("takes nothing but GET and HEAD", () =>
      Effect.gen(function* () {
        const { bytes, path } = yield* media
        for (const method of ["POST", "PUT", "DELETE", "PATCH"]) {
          const reply = yield* ask({ ...post(path, {}), method })
          assert.include([404, 405], reply.status)
        }
        assert.isTrue((yield* ask({ path })).bytes.equals(bytes))
      })
    )
  })

  describe("a range", () => {
    /** From and to, both included; negative ones count from the end. */
    const satisfiable = [
      ["bytes=0-0", 0, 0],
      ["bytes=0-99", 0, 99],
      ["bytes=100-", 100, -1],
      ["bytes=-1", -1, -1],
      ["bytes=-100", -100, -1],
      ["bytes=-99999999", 0, -1],
      ["bytes=0-99999999", 0, -1],
      ["bytes=0-99999999999999999999999999", 0, -1]
    ] as const
    it.effect.each(satisfiable)("%s is sent alone", ([range, from, to]) =>
      Effect.gen(function* () {
        const { bytes, id, path, sha256 } = yield* media
        const [start, end] = [from, to].map((at) => (at < 0 ? bytes.length + at : at))
        const expected = bytes.subarray(start, (end ?? 0) + 1)
        const partial = {
          ...headersOf(id, sha256),
          "content-range": `bytes ${start}-${end}/${bytes.length}`,
          "content-length": `${expected.length}`
        }
        const reply = yield* ask({ path, headers: { range } })
        assert.strictEqual(reply.status, 206)
        assert.isTrue(reply.bytes.equals(expected))
        assertHeaders(reply, partial)
      })
    )

    it.effect("is nothing to HEAD, which tells of the whole (RFC 9110, 14.2)", () =>
      Effect.gen(function* () {
        const { bytes, path } = yield* media
        for (const range of ["bytes=0-9", "bytes=99999999-"]) {
          const head = yield* ask({ method: "HEAD", path, headers: { range } })
          assert.deepStrictEqual([head.status, head.headers["content-length"]], [200, `${bytes.length}`])
          assert.notProperty(head.headers, "content-range")
        }
      })
    )

    it.effect("at the very end, and one behind it", () =>
      Effect.gen(function* () {
        const { bytes, path } = yield* media
        const last = yield* ask({ path, headers: { range: `bytes=${bytes.length - 1}-` } })
        assert.deepStrictEqual([last.status, last.bytes.length], [206, 1])
        const behind = yield* ask({ path, headers: { range: `bytes=${bytes.length}-` } })
        assert.strictEqual(behind.status, 416)
      })
    )

    const unsatisfiable = ["bytes=99999999-", "bytes=99999999-100000000", "bytes=99999999999999999999999-", "bytes=-0"]
    it.effect.each(unsatisfiable)("%s is refused with the length there is", (range) =>
      Effect.gen(function* () {
        const { bytes, path } = yield* media
        const reply = yield* ask({ path, headers: { range } })
        assert.strictEqual(reply.status, 416)
        assertHeaders(reply, { "content-range": `bytes */${bytes.length}`, "cache-control": "no-store" })
        assert.isBelow(reply.bytes.length, 100)
      })
    )

    const ignored = ["bytes=5-1", "bytes=a-b", "bytes=", "bytes=-", "items=0-1", "0-1", "bytes=0-1,4-5", "bytes=0x1-2"]
    it.effect.each(ignored)("%s, which is none or several, gets the whole", (range) =>
      Effect.gen(function* () {
        const { bytes, path } = yield* media
        const reply = yield* ask({ path, headers: { range } })
        assert.strictEqual(reply.status, 200)
        assert.isTrue(reply.bytes.equals(bytes))
        assert.notProperty(reply.headers, "content-range")
      })
    )

    it.effect("of something else than the client has gets the whole (RFC 9110, 13.1.5)", () =>
      Effect.gen(function* () {
        const { bytes, path, sha256 } = yield* media
        const same = yield* ask({ path, headers: { range: "bytes=0-3", "if-range": `"${sha256}"` } })
        assert.strictEqual(same.status, 206)
        const other = yield* ask({ path, headers: { range: "bytes=0-3", "if-range": '"something-else"' } })
        assert.deepStrictEqual([other.status, other.bytes.length], [200, bytes.length])
      })
    )
  })

  describe("a picture that the client has", () => {
    const known = [
      ["its tag", (tag: string) => tag],
      ["its tag, made weak on the way", (tag: string) => `W/${tag}`],
      ["its tag among others", (tag: string) => `"other", ${tag}`],
      ["whatever there is", () => "*"]
    ] as const
    it.effect.each(known)("is not sent again for %s", ([, match]) =>
      Effect.gen(function* () {
        const { path, sha256 } = yield* media
        const reply = yield* ask({ path, headers: { "if-none-match": match(`"${sha256}"`) } })
        assert.deepStrictEqual([reply.status, reply.bytes.length], [304, 0])
        assertHeaders(reply, { etag: `"${sha256}"`, "cache-control": "public, max-age=31536000, immutable" })
      })
    )

    it.effect("is sent for another tag, or for a tag without quotes", () =>
      Effect.gen(function* () {
        const { bytes, path, sha256 } = yield* media
        for (const tag of ['"other"', sha256, `"${sha256}x"`]) {
          assert.strictEqual((yield* ask({ path, headers: { "if-none-match": tag } })).bytes.length, bytes.length)
        }
      })
    )
  })

  describe("what is not there", () => {
    const wrong = [
      ["no extension", "/a/ID"],
      ["another extension", "/a/ID.jpg"],
      ["an extension in capitals", "/a/ID.PNG"],
      ["two extensions", "/a/ID.png.png"],
      ["an extension without an id", "/a/.png"],
      ["an id in capitals", "/a/UPPER.png"],
      ["an id cut off", "/a/SHORT.png"],
      ["an unknown id", "/a/image_zzzzzzzzzzzzzzzzzzzz.png"],
      ["a blank behind", "/a/ID.png%20"],
      ["a NUL behind", "/a/ID.png%00"],
      ["a hash", "/a/HASH.png"],
      ["a hash without an extension", "/a/HASH"],
      ["a folder up", "/a/..%2f..%2fimage-skill.sqlite"],
      ["a folder up, in dots", "/a/../image-skill.sqlite"],
      ["a folder up, twice encoded", "/a/%252e%252e%252fimage-skill.sqlite"],
      ["a folder up, to the other side", "/a/..%5c..%5cimage-skill.sqlite"],
      ["an absolute path", "/a/%2fetc%2fpasswd"],
      ["the object itself", "/objects/sha256/HASH"],
      ["the database", "/image-skill.sqlite"],
      ["an id of five thousand letters", `/a/image_${"z".repeat(5000)}.png`],
      ["an SQL joke", "/a/'%20OR%201=1--.png"],
      ["a wildcard", "/a/image_%25.png"]
    ] as const
    it.effect.each(wrong)("%s is 404, and short", ([, template]) =>
      Effect.gen(function* () {
        const { id, sha256 } = yield* media
        const path = template
          .replace("ID", id)
          .replace("UPPER", id.toUpperCase())
          .replace("SHORT", id.slice(0, -1))
          .replace("HASH", sha256)
        const reply = yield* ask({ path })
        assert.strictEqual(reply.status, 404)
        assert.isBelow(reply.bytes.length, 400)
        assert.strictEqual(reply.headers["cache-control"], "no-store")
        assert.notInclude(reply.text, "SQLite")
        assert.notInclude(reply.text, "root:")
      })
    )

    it.effect.each(["/a/%zz.png", "/a/%ff.png"])("%s, which no decoder takes, is 404", (path) =>
      Effect.map(ask({ path }), ({ status }) => assert.strictEqual(status, 404))
    )
  })

  describe("a picture whose bytes are not what they were", () => {
    const drawn = Effect.fnUntraced(function* (prompt: string) {
      const { folder, mine } = yield* Site
      const created = data(yield* ask(post("/v1/create", { ...picture, prompt }, bearer(mine.token))))
      const asset = firstOf(jsonField(created, "assets"))
      const sha256 = textField(asset, "sha256")
      return { path: new URL(textField(asset, "url")).pathname, file: fileOf(folder, sha256), sha256 }
    })

    it.effect("is 503, without a word about where it lies", () =>
      Effect.gen(function* () {
        const { folder } = yield* Site
        const gone = yield* drawn("a green hill")
        yield* Effect.promise(() => rm(gone.file))
        const damaged = yield* drawn("a yellow sun")
        yield* Effect.promise(() => writeFile(damaged.file, "something else"))
        for (const { path, sha256 } of [gone, damaged]) {
          for (const headers of [{}, { range: "bytes=20-40" }]) {
            const reply = yield* ask({ path, headers })
            assert.strictEqual(reply.status, 503)
            assert.strictEqual(reply.headers["cache-control"], "no-store")
            assert.isBelow(reply.bytes.length, 100)
            assert.notInclude(reply.text, folder)
            assert.notInclude(reply.text, sha256)
            assert.notProperty(reply.headers, "etag")
          }
        }
      })
    )
  })
})
