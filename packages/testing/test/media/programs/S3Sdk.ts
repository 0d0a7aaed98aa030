// Amazon's own client against a store, in a process where Node resolves it; tells what came of each step.
import { createHash } from "node:crypto"
import {
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
} from "@aws-sdk/client-s3"

const [origin = "", region = "", accessKeyId = "", secretAccessKey = "", sessionToken = ""] = process.argv.slice(2)
const Bucket = "media"
const Key = "objects/a heron, (standing) in the shallows!.png"
const Body = Buffer.from("a heron standing in the shallows")

const clientOf = (change: { readonly [name: string]: string } = {}) =>
  new S3Client({
    endpoint: origin,
    region,
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === "" ? {} : { sessionToken }), ...change }
  })

const client = clientOf()
const outcomes: { [step: string]: unknown } = {}

const tell = async (step: string, run: () => Promise<unknown>): Promise<void> => {
  outcomes[step] = await run().catch((error: unknown) =>
    error instanceof S3ServiceException ? `${error.$metadata.httpStatusCode} ${error.name}` : String(error)
  )
}

const put = (change: object = {}) => client.send(new PutObjectCommand({ Bucket, Key, Body, ...change }))

const read = async (Range?: string) => {
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key, ...(Range === undefined ? {} : { Range }) }))
  return (await Body?.transformToString()) ?? null
}

await tell("the bucket", async () => (await client.send(new HeadBucketCommand({ Bucket }))).$metadata.httpStatusCode)
await tell("a put", async () => (await put()).$metadata.httpStatusCode)
await tell("a head", async () => (await client.send(new HeadObjectCommand({ Bucket, Key }))).ContentLength)
await tell("a read", () => read())
await tell("a range", () => read("bytes=2-6"))
await tell("a range outside", () => read("bytes=99-"))
await tell("a put of what is there", () => put({ IfNoneMatch: "*", Body: Buffer.from("other") }))
await tell("a put with another checksum", () =>
  put({ ChecksumSHA256: createHash("sha256").update("other").digest("base64") })
)
await tell("a read after the refusals", () => read())
await tell(
  "a delete",
  async () => (await client.send(new DeleteObjectCommand({ Bucket, Key }))).$metadata.httpStatusCode
)
await tell("a read of nothing", () => read())
await tell("a head of nothing", () => client.send(new HeadObjectCommand({ Bucket, Key })))

const begin = () => client.send(new CreateMultipartUploadCommand({ Bucket, Key, ChecksumAlgorithm: "SHA256" }))
const { UploadId } = await begin()
const Parts: Array<{ ChecksumSHA256: string | undefined; ETag: string | undefined; PartNumber: number }> = []
for (const [index, Body] of [Buffer.alloc(5 * 1024 * 1024, "x"), Buffer.from("the rest")].entries()) {
  const part = { Bucket, Key, UploadId, PartNumber: index + 1, Body, ChecksumAlgorithm: "SHA256" } as const
  const { ChecksumSHA256, ETag } = await client.send(new UploadPartCommand(part))
  Parts.push({ ChecksumSHA256, ETag, PartNumber: index + 1 })
}
const complete = (parts: typeof Parts) =>
  client.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts: parts } }))
await tell("parts in the wrong order", () => complete(Parts.toReversed()))
await tell("parts", async () => (await complete(Parts)).$metadata.httpStatusCode)
await tell("parts once more", () => complete(Parts))
await tell(
  "the parts as a whole",
  async () => (await client.send(new HeadObjectCommand({ Bucket, Key }))).ContentLength
)
const other = await begin()
await tell("parts taken back", async () => {
  const reply = await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId: other.UploadId }))
  return reply.$metadata.httpStatusCode
})

const stranger = (change: { readonly [name: string]: string }) => () =>
  clientOf(change).send(new PutObjectCommand({ Bucket, Key: "objects/canary", Body }))
await tell("another secret", stranger({ secretAccessKey: "other" }))
await tell("another key", stranger({ accessKeyId: "AKIAOTHER" }))
await tell("another token", stranger({ sessionToken: "other" }))

process.stdout.write(JSON.stringify(outcomes))
