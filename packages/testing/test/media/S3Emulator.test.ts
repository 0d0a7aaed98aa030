import { createHash } from "node:crypto"
import { createRequire } from "node:module"
import type * as Sdk from "@aws-sdk/client-s3"
import { assert, describe, it } from "@effect/vitest"
import * as S3Emulator from "@image-skill/testing/media/emulators/S3Emulator"
import { AwsV4Signer } from "aws4fetch"
import * as Effect from "effect/Effect"

/** As Node itself resolves it; the test runner would take files that are meant for bundlers. */
const load: (id: "@aws-sdk/client-s3") => typeof Sdk = createRequire(import.meta.url)
const {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
  UploadPartCommand
} = load("@aws-sdk/client-s3")

const Key = "objects/a heron, (standing) in the shallows!.png"
const Body = Buffer.from("a heron standing in the shallows")

const opened = Effect.fnUntraced(function* (options: S3Emulator.S3Options = {}, change: Sdk.S3ClientConfig = {}) {
  const emulator = yield* S3Emulator.make(options)
  const { accessKeyId, region, secretAccessKey, sessionToken } = emulator.credentials
  const client = new S3Client({
    endpoint: emulator.origin,
    region,
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === null ? {} : { sessionToken }) },
    ...change
  })
  yield* Effect.addFinalizer(() => Effect.sync(() => client.destroy()))
  return { Bucket: emulator.bucket, client, emulator }
})

const ask = <A>(run: () => Promise<A>) => Effect.promise(run)

/** What the SDK makes of a refusal. */
const refused = (run: () => Promise<unknown>) =>
  Effect.map(Effect.flip(Effect.tryPromise({ try: run, catch: (error) => error })), (error) =>
    error instanceof S3ServiceException ? [error.$metadata.httpStatusCode, error.name] : [null, `${error}`]
  )

describe("the emulated store, by Amazon's own client", () => {
  it.live("puts, finds, reads and deletes objects", () =>
    Effect.gen(function* () {
      const { Bucket, client } = yield* opened({ sessionToken: "temporary" })
      yield* ask(() => client.send(new HeadBucketCommand({ Bucket })))
      yield* ask(() => client.send(new PutObjectCommand({ Bucket, Key, Body })))
      const head = yield* ask(() => client.send(new HeadObjectCommand({ Bucket, Key })))
      assert.strictEqual(head.ContentLength, Body.length)
      const whole = yield* ask(() => client.send(new GetObjectCommand({ Bucket, Key })))
      assert.strictEqual(yield* ask(async () => (await whole.Body?.transformToString()) ?? ""), Body.toString())
      const part = yield* ask(() => client.send(new GetObjectCommand({ Bucket, Key, Range: "bytes=2-6" })))
      assert.strictEqual(yield* ask(async () => (await part.Body?.transformToString()) ?? ""), "heron")
      assert.strictEqual(part.ContentRange, `bytes 2-6/${Body.length}`)
      yield* ask(() => client.send(new DeleteObjectCommand({ Bucket, Key })))
      assert.deepStrictEqual(yield* refused(() => client.send(new GetObjectCommand({ Bucket, Key }))), [
        404,
        "NoSuchKey"
      ])
      assert.deepStrictEqual(yield* refused(() => client.send(new HeadObjectCommand({ Bucket, Key }))), [
        404,
        "NotFound"
      ])
    })
  )

  it.live("puts an object in parts, or takes them back", () =>
    Effect.gen(function* () {
      const { Bucket, client, emulator } = yield* opened()
      const begin = () => client.send(new CreateMultipartUploadCommand({ Bucket, Key, ChecksumAlgorithm: "SHA256" }))
      const { UploadId } = yield* ask(begin)
      const bodies = [Buffer.alloc(5 * 1024 * 1024, "x"), Buffer.from("the rest")]
      const Parts = yield* Effect.forEach(bodies, (Body, index) =>
        Effect.map(
          ask(() =>
            client.send(
              new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: index + 1, Body, ChecksumAlgorithm: "SHA256" })
            )
          ),
          ({ ChecksumSHA256, ETag }) => ({ ChecksumSHA256, ETag, PartNumber: index + 1 })
        )
      )
      const complete = (parts: typeof Parts) =>
        client.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts: parts } }))
      assert.deepStrictEqual(yield* refused(() => complete(Parts.toReversed())), [400, "InvalidPart"])
      yield* ask(() => complete(Parts))
      assert.isTrue(emulator.objects.get(Key)?.bytes.equals(Buffer.concat(bodies)))
      assert.deepStrictEqual(yield* refused(() => complete(Parts)), [404, "NoSuchUpload"])
      const other = yield* ask(begin)
      yield* ask(() => client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId: other.UploadId })))
      assert.strictEqual(emulator.openUploads(), 0)
    })
  )

  it.live("keeps what is there when it is told to write only what is new", () =>
    Effect.gen(function* () {
      const { Bucket, client, emulator } = yield* opened()
      const put = (Body: Buffer) => client.send(new PutObjectCommand({ Bucket, Key, Body, IfNoneMatch: "*" }))
      yield* ask(() => put(Body))
      assert.deepStrictEqual(yield* refused(() => put(Buffer.from("other"))), [412, "PreconditionFailed"])
      assert.isTrue(emulator.objects.get(Key)?.bytes.equals(Body))
    })
  )

  it.live("takes nothing whose checksum is another", () =>
    Effect.gen(function* () {
      const { Bucket, client, emulator } = yield* opened()
      const ChecksumSHA256 = createHash("sha256").update("other").digest("base64")
      const put = () => client.send(new PutObjectCommand({ Bucket, Key, Body, ChecksumSHA256 }))
      assert.deepStrictEqual(yield* refused(put), [400, "BadDigest"])
      assert.strictEqual(emulator.objects.size, 0)
    })
  )

  const strangers = [
    ["another secret", { secretAccessKey: "other" }, [403, "SignatureDoesNotMatch"]],
    ["another key", { accessKeyId: "AKIAOTHER" }, [403, "InvalidAccessKeyId"]],
    ["a token that nobody gave out", { sessionToken: "other" }, [403, "InvalidToken"]]
  ] as const
  it.live.each(strangers)("refuses %s", ([, change, expected]) =>
    Effect.gen(function* () {
      const { Bucket, emulator } = yield* opened()
      const { accessKeyId, region, secretAccessKey } = emulator.credentials
      const credentials = { accessKeyId, secretAccessKey, ...change }
      const other = new S3Client({
        endpoint: emulator.origin,
        region,
        forcePathStyle: true,
        maxAttempts: 1,
        credentials
      })
      assert.deepStrictEqual(yield* refused(() => other.send(new PutObjectCommand({ Bucket, Key, Body }))), [
        ...expected
      ])
      other.destroy()
      assert.strictEqual(emulator.objects.size, 0)
    })
  )

  it.live("refuses a clock that is more than a quarter of an hour off, and no other", () =>
    Effect.gen(function* () {
      const start = yield* Effect.clockWith((clock) => clock.currentTimeMillis)
      for (const [minutes, expected] of [
        [-16, true],
        [-14, false],
        [14, false],
        [16, true]
      ] as const) {
        const { Bucket, client } = yield* opened({ now: () => start + minutes * 60_000 })
        // The client would put its clock right by the date of the answer, and try again.
        const outcome = yield* Effect.exit(
          Effect.tryPromise(() => client.send(new PutObjectCommand({ Bucket, Key, Body })))
        )
        assert.strictEqual(outcome._tag === "Failure", expected, `${minutes} minutes`)
      }
    })
  )
})

describe("a presigned link to the emulated store", () => {
  /** Made by the signer that the product uses. */
  const presigned = Effect.fnUntraced(function* (
    emulator: S3Emulator.S3Emulator,
    expires: number,
    secret = emulator.credentials.secretAccessKey
  ) {
    const signer = new AwsV4Signer({
      method: "GET",
      url: `${emulator.origin}/${emulator.bucket}/objects/heron.png?X-Amz-Expires=${expires}`,
      accessKeyId: emulator.credentials.accessKeyId,
      secretAccessKey: secret,
      region: emulator.credentials.region,
      service: "s3",
      signQuery: true
    })
    const { url } = yield* ask(() => signer.sign())
    return url.href
  })

  const statusOf = (url: string) =>
    Effect.map(
      ask(() => fetch(url)),
      ({ status }) => status
    )

  it.live("opens what it was signed for, and nothing else", () =>
    Effect.gen(function* () {
      const emulator = yield* S3Emulator.make()
      emulator.place("objects/heron.png", Body)
      emulator.place("objects/other.png", Body)
      const url = yield* presigned(emulator, 60)
      assert.strictEqual(yield* statusOf(url), 200)
      const tampered = [
        url.replace("heron", "other"),
        url.replace("X-Amz-Expires=60", "X-Amz-Expires=600"),
        `${url}&response-content-type=text%2Fhtml`,
        url.replace(/Signature=(.)/u, (_, digit: string) => `Signature=${digit === "0" ? "1" : "0"}`),
        url.split("?", 1)[0] ?? "",
        yield* presigned(emulator, 60, "another secret")
      ]
      for (const link of tampered) assert.strictEqual(yield* statusOf(link), 403, link)
    })
  )

  it.live("opens nothing once its time is over", () =>
    Effect.gen(function* () {
      const start = yield* Effect.clockWith((clock) => clock.currentTimeMillis)
      const emulator = yield* S3Emulator.make({ now: () => start + 61_000 })
      emulator.place("objects/heron.png", Body)
      assert.strictEqual(yield* statusOf(yield* presigned(emulator, 50)), 403)
      assert.strictEqual(yield* statusOf(yield* presigned(emulator, 300)), 200)
    })
  )
})
