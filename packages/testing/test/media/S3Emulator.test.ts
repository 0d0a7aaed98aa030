import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import * as S3Emulator from "@image-skill/testing/media/emulators/S3Emulator"
import { AwsV4Signer } from "aws4fetch"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

const program = fileURLToPath(new URL("programs/S3Sdk.ts", import.meta.url))

/** What Amazon's client told of a store; in a process of its own, because the test runner takes files for bundlers. */
const toldBySdk = ({ credentials, origin }: S3Emulator.S3Emulator) =>
  Effect.callback<string, string>((resume) => {
    const { accessKeyId, region, secretAccessKey, sessionToken } = credentials
    const words = [origin, region, accessKeyId, secretAccessKey, sessionToken ?? ""]
    const child = spawn(process.execPath, ["--no-warnings", program, ...words])
    let [told, complaint] = ["", ""]
    child.stdout.on("data", (chunk: Buffer) => (told += chunk.toString()))
    child.stderr.on("data", (chunk: Buffer) => (complaint += chunk.toString()))
    child.on("close", (code) => resume(code === 0 ? Effect.succeed(told) : Effect.fail(complaint)))
    return Effect.sync(() => child.kill("SIGKILL"))
  }).pipe(Effect.flatMap(Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Json))))

const text = "a heron standing in the shallows"

describe("the emulated store", () => {
  it.live.each([undefined, "temporary"])("satisfies Amazon's own client, with the session token %s", (sessionToken) =>
    Effect.gen(function* () {
      const emulator = yield* S3Emulator.make(sessionToken === undefined ? {} : { sessionToken })
      assert.deepStrictEqual(yield* toldBySdk(emulator), {
        "the bucket": 200,
        "a put": 200,
        "a head": text.length,
        "a read": text,
        "a range": "heron",
        "a range outside": "416 InvalidRange",
        "a put of what is there": "412 PreconditionFailed",
        "a put with another checksum": "400 BadDigest",
        "a read after the refusals": text,
        "a delete": 204,
        "a read of nothing": "404 NoSuchKey",
        "a head of nothing": "404 NotFound",
        "parts in the wrong order": "400 InvalidPart",
        parts: 200,
        "parts once more": "404 NoSuchUpload",
        "the parts as a whole": 5 * 1024 * 1024 + 8,
        "parts taken back": 204,
        "another secret": "403 SignatureDoesNotMatch",
        "another key": "403 InvalidAccessKeyId",
        "another token": "403 InvalidToken"
      })
      assert.strictEqual(emulator.openUploads(), 0)
      assert.isFalse(emulator.objects.has("objects/canary"))
    })
  )

  it.live.each([
    [-16, 403],
    [-14, 200],
    [14, 200],
    [16, 403]
  ] as const)("with a clock that is %i minutes off answers %i", ([minutes, expected]) =>
    Effect.gen(function* () {
      const start = yield* Effect.clockWith((clock) => clock.currentTimeMillis)
      const emulator = yield* S3Emulator.make({ now: () => start + minutes * 60_000 })
      emulator.place("objects/heron.png", Buffer.from(text))
      const { headers, url } = yield* signed(emulator, { signQuery: false })
      assert.strictEqual(yield* statusOf(url.href, headers), expected)
    })
  )

  it.live("takes no header for granted that was not signed, and no body that was signed as another", () =>
    Effect.gen(function* () {
      const emulator = yield* S3Emulator.make()
      emulator.place("objects/heron.png", Buffer.from(text))
      const { headers, url } = yield* signed(emulator, { signQuery: false })
      assert.strictEqual(yield* statusOf(url.href, headers), 200)
      assert.strictEqual(yield* statusOf(url.href, { ...headers, "x-amz-checksum-mode": "ENABLED" }), 403)
      assert.strictEqual(yield* statusOf(url.href, { ...headers, "x-amz-date": "20200101T000000Z" }), 400)
      assert.strictEqual(yield* statusOf(url.href, {}), 403)
      const hash = "0".repeat(64)
      const other = yield* signed(emulator, { signQuery: false, headers: { "x-amz-content-sha256": hash } })
      assert.strictEqual(yield* statusOf(other.url.href, other.headers), 400)
    })
  )
})

describe("a presigned link to the emulated store", () => {
  it.live("opens what it was signed for, and nothing else", () =>
    Effect.gen(function* () {
      const emulator = yield* S3Emulator.make()
      emulator.place("objects/heron.png", Buffer.from(text))
      emulator.place("objects/other.png", Buffer.from(text))
      const { url } = yield* signed(emulator, { signQuery: true })
      assert.strictEqual(yield* statusOf(url.href), 200)
      const foreign = yield* signed(emulator, { signQuery: true, secretAccessKey: "another" })
      const tampered = [
        url.href.replace("heron", "other"),
        url.href.replace("X-Amz-Expires=60", "X-Amz-Expires=600"),
        `${url.href}&response-content-type=text%2Fhtml`,
        url.href.replace(/Signature=(.)/u, (_, digit: string) => `Signature=${digit === "0" ? "1" : "0"}`),
        url.href.split("?", 1)[0] ?? "",
        foreign.url.href
      ]
      for (const link of tampered) assert.strictEqual(yield* statusOf(link), 403, link)
    })
  )

  it.live("opens nothing once its time is over", () =>
    Effect.gen(function* () {
      const start = yield* Effect.clockWith((clock) => clock.currentTimeMillis)
      const emulator = yield* S3Emulator.make({ now: () => start + 90_000 })
      emulator.place("objects/heron.png", Buffer.from(text))
      const { url } = yield* signed(emulator, { signQuery: true })
      assert.strictEqual(yield* statusOf(url.href), 403)
    })
  )
})

/** A GET by the signer that the product uses; presigned ones for a minute. */
const signed = (
  { bucket, credentials, origin }: S3Emulator.S3Emulator,
  change: Partial<ConstructorParameters<typeof AwsV4Signer>[0]>
) =>
  Effect.map(
    Effect.promise(() =>
      new AwsV4Signer({
        method: "GET",
        url: `${origin}/${bucket}/objects/heron.png${change.signQuery === true ? "?X-Amz-Expires=60" : ""}`,
        accessKeyId: credentials.accessKeyId,
        secretAccessKey: credentials.secretAccessKey,
        region: credentials.region,
        service: "s3",
        ...change
      }).sign()
    ),
    ({ headers, url }) => ({ url, headers: Object.fromEntries(headers.entries()) })
  )

const statusOf = (url: string, headers: { readonly [name: string]: string } = {}) =>
  Effect.map(
    Effect.promise(() => fetch(url, { headers })),
    ({ status }) => status
  )
