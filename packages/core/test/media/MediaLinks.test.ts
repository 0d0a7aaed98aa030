import { createHash, createHmac } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import { Digest } from "@image-skill/core/envelope/Digest"
import { SecretBytes } from "@image-skill/core/envelope/SecretBytes"
import { mediaPath } from "@image-skill/core/media/Asset"
import { type ReceivedLink, verify } from "@image-skill/core/media/LinkSignature"
import { MediaLinks } from "@image-skill/core/media/MediaLinks"
import * as CountingSecretBytes from "@image-skill/testing/envelope/CountingSecretBytes"
import { asset } from "@image-skill/testing/media/AssetSample"
import * as MemoryRepositories from "@image-skill/testing/store/MemoryRepositories"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"

const origin = "https://media.example.org"

const digest = Layer.succeed(Digest, {
  sha256: (content) => Effect.sync(() => createHash("sha256").update(content).digest("hex")),
  hmacSha256: (key, content) => Effect.sync(() => createHmac("sha256", key).update(content).digest("hex"))
})

const deployment = Layer.merge(Layer.provide(MemoryRepositories.layer, CountingSecretBytes.layer), digest)

const links = MediaLinks.signed((asset) => `${origin}${mediaPath(asset)}`).pipe(Layer.provideMerge(deployment))

const open = asset("open")
const hidden = asset("hidden", { visibility: "private" })

const urlOf = (one: typeof hidden) =>
  Effect.flatMap(MediaLinks, ({ urlsOf }) => Effect.map(urlsOf([one]), (url) => url(one)))

const received = (url: string): ReceivedLink => {
  const { pathname, searchParams } = new URL(url)
  const [id = "", extension = ""] = pathname.slice("/a/".length).split(".")
  return { id, extension, expires: searchParams.get("expires"), signature: searchParams.get("signature") }
}

const stateOf = (link: ReceivedLink) => Effect.map(verify(link), ({ _tag }) => _tag)

it.layer(links)("MediaLinks", (it) => {
  it.effect("a public asset has the plain link of the contract, whoever else is asked about", () =>
    Effect.gen(function* () {
      const { urlsOf } = yield* MediaLinks
      const url = `${origin}/a/image_open.png`
      assert.strictEqual((yield* urlsOf([open]))(open), url)
      assert.strictEqual((yield* urlsOf([hidden, open]))(open), url)
      assert.strictEqual((yield* urlsOf([]))(open), url)
    })
  )

  it.effect("a private asset has a link that is good for an hour", () =>
    Effect.gen(function* () {
      const url = yield* urlOf(hidden)
      assert.match(url, /^https:\/\/media\.example\.org\/a\/image_hidden\.png\?expires=3600&signature=[0-9a-f]{64}$/u)
      assert.deepStrictEqual(yield* verify(received(url)), { _tag: "Valid", secondsLeft: 3600 })
      yield* TestClock.setTime(3_599_000)
      assert.deepStrictEqual(yield* verify(received(url)), { _tag: "Valid", secondsLeft: 1 })
      yield* TestClock.setTime(3_600_000)
      assert.deepStrictEqual(yield* verify(received(url)), { _tag: "Expired" })
      const fresh = yield* urlOf(hidden)
      assert.strictEqual(yield* stateOf(received(fresh)), "Valid")
    })
  )

  it.effect("each of several private assets has its own", () =>
    Effect.gen(function* () {
      const { urlsOf } = yield* MediaLinks
      const other = asset("other", { visibility: "private" })
      const url = yield* urlsOf([hidden, other])
      const signatures = [hidden, other].map((one) => received(url(one)).signature)
      assert.strictEqual(new Set(signatures).size, 2)
    })
  )

  it.effect("a link is good for nothing else than it was signed for", () =>
    Effect.gen(function* () {
      const link = received(yield* urlOf(hidden))
      const { expires, signature } = link
      const changes: ReadonlyArray<Partial<ReceivedLink>> = [
        { id: "image_other" },
        { id: "image_hidde" },
        { extension: "jpg" },
        { expires: `${Number(expires) + 1}` },
        { expires: `0${expires}` },
        { expires: `${expires}.0` },
        { expires: ` ${expires}` },
        { expires: "1e9" },
        { expires: "" },
        { expires: null },
        { signature: null },
        { signature: "" },
        { signature: signature?.toUpperCase() ?? "" },
        { signature: signature?.slice(1) ?? "" },
        { signature: `${signature}0` },
        { signature: `${signature?.slice(0, -1)}${signature?.endsWith("0") === true ? "1" : "0"}` },
        { signature: "0".repeat(64) }
      ]
      for (const change of changes) {
        assert.strictEqual(yield* stateOf({ ...link, ...change }), "Invalid", JSON.stringify(change))
      }
      assert.strictEqual(yield* stateOf(link), "Valid")
    })
  )

  it.effect("whether its time is over is told of no link that was never valid", () =>
    Effect.gen(function* () {
      const link = { ...received(yield* urlOf(hidden)), signature: "0".repeat(64) }
      yield* TestClock.adjust(Duration.hours(2))
      assert.strictEqual(yield* stateOf(link), "Invalid")
    })
  )
})

/** Another secret than the counting one. */
const sevens = Layer.succeed(SecretBytes, {
  bytes: (length) => Effect.succeed(new Uint8Array(length).fill(7))
})

describe("MediaLinks of another deployment", () => {
  it.effect("do not open this one's media", () =>
    Effect.gen(function* () {
      const url = yield* Effect.provide(urlOf(hidden), links)
      const other = Layer.provide(MemoryRepositories.layer, sevens)
      const state = yield* Effect.provide(stateOf(received(url)), Layer.merge(other, digest))
      assert.strictEqual(state, "Invalid")
    })
  )
})

describe("MediaLinks without signatures", () => {
  it.effect("are what the deployment says, for private ones, too", () =>
    Effect.gen(function* () {
      const unsigned = MediaLinks.unsigned(({ sha256 }) => `file:///data/${sha256}`)
      assert.strictEqual(yield* Effect.provide(urlOf(hidden), unsigned), `file:///data/${hidden.sha256}`)
    })
  )
})
