import type { ArtifactStoreFailed } from "@image-skill/core/media/ArtifactStore"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { S3Refused, type SendS3 } from "./S3Client.ts"
import { fill, hasher, opened, type ReceivedFile } from "./StoreFiles.ts"

/** Larger objects are sent in parts of this size, one after the other, so that one is in memory. */
export const partBytes = 8 * 1024 * 1024

/** Bytes as the store itself proves them: base64 of their SHA-256, of parts that of their checksums. */
const checksumOf = (bytes: Uint8Array): string => hasher().update(bytes).digest("base64")

/** Puts what fits into one request. What is there already stays, if it is the same. */
export const putWhole = (send: SendS3, key: string, body: Uint8Array): Effect.Effect<void, S3Refused> => {
  const checksum = checksumOf(body)
  const put = (headers: { readonly [name: string]: string }) =>
    Effect.asVoid(
      send({ method: "PUT", key, body, repeatable: true, headers: { "x-amz-checksum-sha256": checksum, ...headers } })
    )
  return put(onlyNew).pipe(
    Effect.catch((refused) => settled(send, refused, { key, length: body.length, checksum }, put({})))
  )
}

/** Puts a file in parts. What was sent of it is taken back when it cannot be finished. */
export const putParts = (
  send: SendS3,
  key: string,
  file: ReceivedFile
): Effect.Effect<void, S3Refused | ArtifactStoreFailed> =>
  Effect.gen(function* () {
    const id = yield* begin(send, key)
    const abort = Effect.ignore(send({ method: "DELETE", key, query: { uploadId: id }, repeatable: true }))
    yield* Effect.gen(function* () {
      const parts = yield* Effect.forEach(partsOf(file.bytes), (part) => putPart(send, { key, id, file, part }))
      const list = parts.map(
        ({ checksum, etag, number }) =>
          `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag><ChecksumSHA256>${checksum}</ChecksumSHA256></Part>`
      )
      const body = new TextEncoder().encode(
        `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${list.join("")}</CompleteMultipartUpload>`
      )
      const complete = (headers: { readonly [name: string]: string }) =>
        Effect.flatMap(
          send({ method: "POST", key, query: { uploadId: id }, headers, body, repeatable: true }),
          completed
        )
      const sums = Buffer.concat(parts.map(({ checksum }) => Buffer.from(checksum, "base64")))
      const checksum = `${checksumOf(sums)}-${parts.length}`
      const expected = { key, length: file.bytes, checksum }
      const isThere = yield* Effect.as(complete(onlyNew), false).pipe(
        Effect.catch((refused) => Effect.as(settled(send, refused, expected, complete({})), refused.status === 412))
      )
      // Somebody else's copy is kept, so this one is not.
      if (isThere) yield* abort
    }).pipe(Effect.onError(() => abort))
  })

const onlyNew = { "if-none-match": "*" }

interface Expected {
  readonly key: string
  readonly length: number
  readonly checksum: string
}

/**
 * What a refused write comes to. 412: there is an object, which may be ours, from a try whose answer was lost; another one
 * is replaced. 404: the upload in parts is over, so the object must be there. 501: the store knows no conditions.
 */
const settled = Effect.fnUntraced(function* (
  send: SendS3,
  refused: S3Refused,
  { checksum, key, length }: Expected,
  again: Effect.Effect<void, S3Refused>
) {
  if (refused.status === 501) return yield* again
  const isThere = refused.status === 412 || refused.code === "NoSuchUpload"
  if (!isThere) return yield* refused
  const headers = { "x-amz-checksum-mode": "ENABLED" }
  const found = yield* Effect.mapError(send({ method: "HEAD", key, headers, repeatable: true }), () => refused)
  const known = found.headers["x-amz-checksum-sha256"]
  const isSame = Number(found.headers["content-length"]) === length && (known === undefined || isSum(known, checksum))
  if (isSame && refused.status !== 412) return
  // Whoever removes what is old is told that it is wanted again.
  const recently = DateTime.subtractDuration(yield* DateTime.now, Duration.seconds(15))
  if (isSame && !writtenBy(found.headers["last-modified"], recently)) return
  return refused.status === 412 ? yield* again : yield* refused
})

/** Whether an object was written for the last time at `moment` or before. Unknown times are none. */
export const writtenBy = (lastModified: string | undefined, moment: DateTime.DateTime): boolean =>
  Option.exists(DateTime.make(lastModified ?? ""), (at) => DateTime.isLessThanOrEqualTo(at, moment))

/** The same bytes may have been put in one piece or in parts; sums of the two kinds cannot be compared. */
const isSum = (known: string, expected: string): boolean =>
  known.includes("-") === expected.includes("-") ? known === expected : true

const begin = Effect.fnUntraced(function* (send: SendS3, key: string) {
  const headers = { "x-amz-checksum-algorithm": "SHA256" }
  const response = yield* send({ method: "POST", key, query: { uploads: "" }, headers, repeatable: false })
  const id = /<UploadId>([^<]{1,2048})<\/UploadId>/u.exec(yield* textOf(response))?.[1]
  return id ?? (yield* new S3Refused({ status: response.status, code: "no upload id" }))
})

interface Part {
  readonly number: number
  readonly start: number
  readonly length: number
}

const partsOf = (bytes: number): ReadonlyArray<Part> =>
  Array.from({ length: Math.ceil(bytes / partBytes) }, (_, index) => ({
    number: index + 1,
    start: index * partBytes,
    length: Math.min(partBytes, bytes - index * partBytes)
  }))

const putPart = Effect.fnUntraced(function* (
  send: SendS3,
  {
    file,
    id,
    key,
    part
  }: { readonly file: ReceivedFile; readonly id: string; readonly key: string; readonly part: Part }
) {
  const body = new Uint8Array(part.length)
  yield* opened(file.path, "r", (handle) => fill(handle, body, part.start))
  const checksum = checksumOf(body)
  const query = { partNumber: `${part.number}`, uploadId: id }
  const headers = { "x-amz-checksum-sha256": checksum }
  const response = yield* send({ method: "PUT", key, query, headers, body, repeatable: true })
  const etag = (response.headers["etag"] ?? "").replaceAll('"', "&quot;").replaceAll(/[<>]/gu, "")
  return { number: part.number, etag, checksum }
})

/** A completion may fail after its status was sent; then the document says so. */
const completed = (response: Effect.Success<ReturnType<SendS3>>): Effect.Effect<void, S3Refused> =>
  Effect.flatMap(textOf(response), (text) =>
    text.includes("<Error>")
      ? Effect.fail(new S3Refused({ status: 500, code: /<Code>(\w{1,64})</u.exec(text)?.[1] ?? "" }))
      : Effect.void
  )

const textOf = (response: Effect.Success<ReturnType<SendS3>>): Effect.Effect<string, S3Refused> =>
  Effect.mapError(response.text, () => new S3Refused({ status: null, code: "the answer broke off" }))
