import { readdirSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as ArtifactStores from "@image-skill/adapters/media/ArtifactStores"
import { ArtifactStore } from "@image-skill/core/media/ArtifactStore"
import * as ArtifactStoreSuite from "@image-skill/testing/media/ArtifactStoreSuite"
import * as S3Emulator from "@image-skill/testing/media/emulators/S3Emulator"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { temporaryFolder } from "../Folder.ts"

type Variables = { readonly [name: string]: string }

const variablesOf = ({ bucket, credentials, origin }: S3Emulator.S3Emulator): Variables => ({
  IMAGE_SKILL_S3_BUCKET: bucket,
  IMAGE_SKILL_S3_ENDPOINT: `${origin}/`,
  IMAGE_SKILL_S3_REGION: credentials.region,
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  ...(credentials.sessionToken === null ? {} : { AWS_SESSION_TOKEN: credentials.sessionToken })
})

const keyOf = (sha256: string): string => `objects/sha256/${sha256.slice(0, 2)}/${sha256.slice(2, 4)}/${sha256}`

/** A store over an emulated one, by the variables that an operator sets. */
const opened = Effect.fnUntraced(function* (options: S3Emulator.S3Options = {}, change: Variables = {}) {
  const folder = yield* temporaryFolder
  const emulator = yield* S3Emulator.make(options)
  const variables: Variables = { ...variablesOf(emulator), ...change }
  const layer = ArtifactStores.configured((name) => variables[name] ?? null, folder)
  const artifacts = yield* Effect.provide(ArtifactStore, layer)
  const leftovers = Effect.sync(() => readdirSync(join(folder, "tmp")).length + emulator.openUploads())
  return { artifacts, emulator, leftovers }
})

let suiteEmulator: S3Emulator.S3Emulator | null = null

ArtifactStoreSuite.suite(
  "S3",
  Layer.unwrap(
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const emulator = yield* S3Emulator.make({ sessionToken: "temporary" })
      suiteEmulator = emulator
      const variables = variablesOf(emulator)
      return ArtifactStores.configured((name) => variables[name] ?? null, folder)
    })
  ),
  {
    realTime: true,
    overwrite: (_, sha256, bytes) => Effect.sync(() => suiteEmulator?.place(keyOf(sha256), bytes)),
    count: Effect.sync(() => (suiteEmulator?.objects.size ?? 0) + (suiteEmulator?.openUploads() ?? 0))
  }
)

const bytes = new TextEncoder().encode("abc")
const sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

/** Two parts, the last of them small. */
const large = Buffer.alloc(9 * 1024 * 1024, "a heron standing in the shallows ")
const pieces = Stream.fromIterable([large.subarray(0, 5_000_000), large.subarray(5_000_000)])

const reasonOf = <A>(effect: Effect.Effect<A, { readonly reason: string }>) =>
  Effect.map(Effect.flip(effect), ({ reason }) => reason)

const isEnd: S3Emulator.When = ({ method, query }) => method === "POST" && query.has("uploadId")
const isPart: S3Emulator.When = ({ query }) => query.has("partNumber")

describe("a bucket", () => {
  it.live("has each artifact under its digest, proved by its checksum, written only if it is new", () =>
    Effect.gen(function* () {
      const { artifacts, emulator } = yield* opened()
      yield* artifacts.put(bytes)
      assert.deepStrictEqual([...emulator.objects.keys()], [`objects/sha256/ba/78/${sha256}`])
      const [put] = emulator.calls
      assert.isDefined(put)
      assert.strictEqual(put.path, `/media/objects/sha256/ba/78/${sha256}`)
      assert.strictEqual(put.headers["x-amz-checksum-sha256"], Buffer.from(sha256, "hex").toString("base64"))
      assert.strictEqual(put.headers["content-length"], "3")
      assert.strictEqual(put.headers["if-none-match"], "*")
      assert.isNull(artifacts.locate(sha256))
    })
  )

  it.live("does not take again what it has, and says so without an error", () =>
    Effect.gen(function* () {
      const { artifacts, emulator } = yield* opened()
      yield* artifacts.put(bytes)
      const before = emulator.objects.get(keyOf(sha256))
      yield* artifacts.put(bytes)
      assert.strictEqual(emulator.objects.get(keyOf(sha256)), before)
    })
  )

  it.live.each(["whole", "in parts"])(
    "writes again what it has for long (%s), so that it is not taken for old",
    (how) =>
      Effect.gen(function* () {
        const { artifacts, emulator, leftovers } = yield* opened()
        const put = how === "whole" ? artifacts.put(bytes) : artifacts.putStream(pieces, large.length)
        const stored = yield* put
        const key = keyOf(stored.sha256)
        const first = emulator.objects.get(key)
        assert.isDefined(first)
        const limit = DateTime.subtract(yield* DateTime.now, { minutes: 10 })
        emulator.objects.set(key, { ...first, modified: new Date(0) })
        yield* put
        assert.isFalse(yield* artifacts.removeOlder(stored.sha256, limit))
        if (how !== "whole") assert.strictEqual(yield* leftovers, 0)
        emulator.objects.set(key, { ...first, modified: new Date(0) })
        assert.isTrue(yield* artifacts.removeOlder(stored.sha256, limit))
        assert.strictEqual(emulator.objects.size, 0)
      })
  )

  it.live("is not searched for what nobody owns: others may keep their media there, too", () =>
    Effect.gen(function* () {
      const { artifacts } = yield* opened()
      yield* artifacts.put(bytes)
      assert.deepStrictEqual(yield* artifacts.list(null, 10), { names: [], next: null })
    })
  )

  it.live("takes what is large in parts, and streams it back", () =>
    Effect.gen(function* () {
      const { artifacts, emulator, leftovers } = yield* opened()
      const stored = yield* artifacts.putStream(pieces, large.length)
      const parts = emulator.calls.filter(({ query }) => query.has("partNumber"))
      assert.deepStrictEqual(
        parts.map(({ body }) => body.length),
        [8 * 1024 * 1024, 1024 * 1024]
      )
      assert.isTrue(Buffer.concat(yield* Stream.runCollect(artifacts.stream(stored.sha256))).equals(large))
      // Once more: what is there is kept, and nothing is left open.
      assert.deepStrictEqual(yield* artifacts.putStream(pieces, large.length), stored)
      assert.strictEqual(emulator.objects.size, 1)
      assert.strictEqual(yield* leftovers, 0)
    })
  )

  it.live("is asked again while it is too busy, and when its answers are lost", () =>
    Effect.gen(function* () {
      for (const fault of ["slow_down", "lost"] as const) {
        const { artifacts, emulator } = yield* opened()
        emulator.fail(fault, 2)
        yield* artifacts.put(bytes)
        emulator.fail(fault, 2)
        assert.deepStrictEqual(yield* artifacts.get(sha256), bytes)
        emulator.fail(fault, 1)
        yield* artifacts.check
        emulator.fail(fault, 1)
        yield* artifacts.remove(sha256)
        assert.strictEqual(emulator.objects.size, 0)
        // To the second try of a lost write the answer is that it is there, after which it is looked at.
        assert.strictEqual(emulator.calls.length, fault === "lost" ? 11 : 10)
      }
    })
  )

  it.live("whose answer to a part or to the end of an upload is lost has it once, and whole", () =>
    Effect.gen(function* () {
      const { artifacts, emulator, leftovers } = yield* opened()
      for (const when of [isEnd, isPart]) {
        emulator.fail("lost", 1, when)
        const { sha256 } = yield* artifacts.putStream(pieces, large.length)
        assert.isTrue(emulator.objects.get(keyOf(sha256))?.bytes.equals(large))
        assert.strictEqual(yield* leftovers, 0)
        yield* artifacts.remove(sha256)
      }
    })
  )

  it.live("whose answer to the beginning of an upload is lost is not asked to begin another", () =>
    Effect.gen(function* () {
      const { artifacts, emulator } = yield* opened()
      emulator.fail("lost", 1)
      assert.strictEqual(yield* reasonOf(artifacts.putStream(pieces, large.length)), "unreachable")
      assert.deepStrictEqual([emulator.calls.length, emulator.objects.size], [1, 0])
    })
  )

  it.live("that breaks off in the middle of an object is asked for the rest", () =>
    Effect.gen(function* () {
      const { artifacts, emulator } = yield* opened()
      const object = Uint8Array.from({ length: 300_000 }, (_, index) => index % 249)
      const { sha256 } = yield* artifacts.put(object)
      const before = emulator.calls.length
      emulator.fail("truncated", 3)
      assert.deepStrictEqual(yield* artifacts.get(sha256), object)
      const ranges = emulator.calls.slice(before).map(({ headers }) => headers.range)
      assert.deepStrictEqual(ranges, [undefined, "bytes=150000-299999", "bytes=225000-299999", "bytes=262500-299999"])
      emulator.fail("truncated")
      assert.strictEqual(yield* reasonOf(artifacts.get(sha256)), "unreachable")
    })
  )

  it.live("that knows no conditions takes artifacts all the same", () =>
    Effect.gen(function* () {
      const { artifacts, emulator } = yield* opened()
      emulator.fail("not_implemented")
      yield* artifacts.put(bytes)
      const { sha256: other } = yield* artifacts.putStream(pieces, large.length)
      assert.deepStrictEqual([...emulator.objects.keys()], [keyOf(sha256), keyOf(other)])
    })
  )

  it.live("that is full is told as such, and keeps no parts", () =>
    Effect.gen(function* () {
      const { artifacts, emulator, leftovers } = yield* opened()
      emulator.fail("full")
      assert.strictEqual(yield* reasonOf(artifacts.put(bytes)), "full")
      emulator.fail("full", 1, ({ query }) => query.get("partNumber") === "2")
      assert.strictEqual(yield* reasonOf(artifacts.putStream(pieces, large.length)), "full")
      assert.deepStrictEqual([emulator.objects.size, yield* leftovers], [0, 0])
    })
  )

  it.live("is looked at once in five seconds", () =>
    Effect.gen(function* () {
      const { artifacts, emulator } = yield* opened()
      yield* Effect.replicateEffect(artifacts.check, 5, { concurrency: "unbounded" })
      yield* artifacts.check
      assert.deepStrictEqual(
        emulator.calls.map(({ method, path }) => [method, path]),
        [["HEAD", "/media"]]
      )
    })
  )

  const wrong = [
    ["the secret", { AWS_SECRET_ACCESS_KEY: "canary-secret" }, "denied"],
    ["the key", { AWS_ACCESS_KEY_ID: "AKIACANARY" }, "denied"],
    ["the token", { AWS_SESSION_TOKEN: "canary-token" }, "denied"],
    ["the bucket", { IMAGE_SKILL_S3_BUCKET: "another" }, "unknown"],
    ["the endpoint", { IMAGE_SKILL_S3_ENDPOINT: "http://127.0.0.1:1" }, "unreachable"]
  ] as const
  it.live.each(wrong)("with the wrong value for %s fails in words that hold no secret", ([, change, reason]) =>
    Effect.gen(function* () {
      const { artifacts, emulator } = yield* opened({}, change)
      const reads = reason === "unreachable" ? [] : [Effect.asVoid(artifacts.get(sha256)), artifacts.check]
      for (const act of [Effect.asVoid(artifacts.putStream(Stream.succeed(bytes), 9)), ...reads]) {
        const failure = yield* Effect.flip(act)
        assert.strictEqual(failure.reason, reason)
        for (const secret of ["canary", emulator.credentials.secretAccessKey, emulator.credentials.accessKeyId]) {
          assert.notInclude(JSON.stringify(failure) + failure.message, secret)
        }
      }
      assert.isTrue(emulator.objects.size === 0)
    })
  )

  it.live("is not asked from another time: a clock that is 20 minutes off is told as denied", () =>
    Effect.gen(function* () {
      const later = yield* Effect.clockWith((clock) => clock.currentTimeMillis)
      const { artifacts } = yield* opened({ now: () => later + 20 * 60_000 })
      assert.strictEqual(yield* reasonOf(artifacts.put(bytes)), "denied")
    })
  )
})

describe("the variables", () => {
  it.live("that name no bucket leave media in files", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const artifacts = yield* Effect.provide(
        ArtifactStore,
        ArtifactStores.configured(() => null, folder)
      )
      yield* artifacts.put(bytes)
      assert.strictEqual(artifacts.locate(sha256), join(folder, keyOf(sha256)))
    })
  )

  const full: Variables = { IMAGE_SKILL_S3_BUCKET: "media", AWS_ACCESS_KEY_ID: "AKIA", AWS_SECRET_ACCESS_KEY: "canary" }
  const problems = [
    [{ AWS_ACCESS_KEY_ID: null }, "AWS_ACCESS_KEY_ID"],
    [{ AWS_SECRET_ACCESS_KEY: null }, "AWS_SECRET_ACCESS_KEY"],
    [{ IMAGE_SKILL_S3_BUCKET: "Not/A/Bucket" }, "IMAGE_SKILL_S3_BUCKET"],
    [{ IMAGE_SKILL_S3_REGION: "a b" }, "IMAGE_SKILL_S3_REGION"],
    [{ IMAGE_SKILL_S3_ENDPOINT: "ftp://example.org" }, "IMAGE_SKILL_S3_ENDPOINT"],
    [{ IMAGE_SKILL_S3_ENDPOINT: "https://user:pass@example.org" }, "IMAGE_SKILL_S3_ENDPOINT"]
  ] as const
  it.live.each(problems)("%o are told by every use of the store, by name", ([change, name]) =>
    Effect.gen(function* () {
      const variables: { readonly [name: string]: string | null } = { ...full, ...change }
      const layer = ArtifactStores.configured((name) => variables[name] ?? null, yield* temporaryFolder)
      const artifacts = yield* Effect.provide(ArtifactStore, layer)
      for (const act of [artifacts.check, artifacts.put(bytes), Stream.runDrain(artifacts.stream(sha256))]) {
        const failure = yield* Effect.flip(Effect.asVoid(act))
        assert.strictEqual(failure.reason, "denied")
        assert.include(failure.message, name)
        assert.notInclude(failure.message, "canary")
      }
    })
  )
})
