import { createHash, randomUUID } from "node:crypto"
import { crc32 } from "node:zlib"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type EmulatedCall, type EmulatedReply, serve } from "./Emulator.ts"
import { refusalOf, type S3Credentials } from "./S3Signature.ts"

/**
 * What an emulated store does wrong.
 *
 * - `slow_down`: 503 before it does anything. `lost`: does what was asked, and breaks the connection instead of answering.
 * - `truncated`: breaks off in the middle of an object. `full`: takes nothing more.
 * - `not_implemented`: knows no conditions, like older compatible stores.
 */
export type S3Fault = "slow_down" | "lost" | "truncated" | "full" | "not_implemented"

/** Which calls a fault concerns. */
export type When = (call: EmulatedCall) => boolean

interface Stored {
  readonly bytes: Buffer
  readonly etag: string
  /** As S3 tells it; of several parts it is the checksum of their checksums. */
  readonly checksum: string
  readonly modified: Date
}

export interface S3Emulator {
  readonly origin: string
  readonly bucket: string
  readonly credentials: S3Credentials
  readonly calls: ReadonlyArray<EmulatedCall>
  /** By key. */
  readonly objects: Map<string, Stored>
  /** How many uploads in parts were begun and neither completed nor aborted. */
  readonly openUploads: () => number
  /** Puts an object there as another program would. */
  readonly place: (key: string, bytes: Uint8Array) => void
  /** From now on, for the next `times` requests that it concerns, of those that `when` names; null ends it. */
  readonly fail: (fault: S3Fault | null, times?: number, when?: When) => void
}

export interface S3Options {
  readonly sessionToken?: string
  /** What the store thinks the time is, in milliseconds since 1970. */
  readonly now?: () => number
}

/**
 * A store with one bucket that speaks S3's REST API, path style: objects, ranges, conditional writes, checksums and
 * uploads in parts (docs.aws.amazon.com/AmazonS3/latest/API). Unlike others it checks every signature.
 */
export const make = ({ now = Date.now, sessionToken }: S3Options = {}): Effect.Effect<S3Emulator, never, Scope.Scope> =>
  Effect.gen(function* () {
    const bucket = "media"
    const credentials: S3Credentials = {
      accessKeyId: `AKIA${randomUUID().replaceAll("-", "").slice(0, 16).toUpperCase()}`,
      secretAccessKey: randomUUID() + randomUUID(),
      sessionToken: sessionToken ?? null,
      region: "eu-central-1"
    }
    const world: World = {
      bucket,
      objects: new Map(),
      uploads: new Map(),
      fault: null,
      left: 0,
      when: () => true,
      call: null
    }
    const served = yield* serve((call) => {
      world.call = call
      if (take(world, "slow_down")) return failure(503, "SlowDown")
      const refusal = refusalOf(call, credentials, now())
      if (refusal !== null) return failure(refusal.status, refusal.code)
      const reply = answer(world, call)
      return take(world, "lost") ? { ...reply, breakAfter: 0 } : reply
    })
    return {
      origin: served.origin,
      bucket,
      credentials,
      calls: served.calls,
      objects: world.objects,
      openUploads: () => world.uploads.size,
      place: (key, bytes) => void world.objects.set(key, stored(Buffer.from(bytes))),
      fail: (fault, times = Infinity, when = () => true) => {
        world.fault = fault
        world.left = times
        world.when = when
      }
    }
  })

interface World {
  readonly bucket: string
  readonly objects: Map<string, Stored>
  readonly uploads: Map<string, { readonly key: string; readonly parts: Map<number, Stored> }>
  fault: S3Fault | null
  left: number
  when: When
  /** The one that is being answered. */
  call: EmulatedCall | null
}

const take = (world: World, fault: S3Fault): boolean => {
  if (world.fault !== fault || world.left <= 0 || world.call === null || !world.when(world.call)) return false
  world.left -= 1
  return true
}

const stored = (bytes: Buffer): Stored => ({
  bytes,
  etag: `"${createHash("md5").update(bytes).digest("hex")}"`,
  checksum: createHash("sha256").update(bytes).digest("base64"),
  modified: new Date()
})

const answer = (world: World, call: EmulatedCall): EmulatedReply => {
  const [, bucket = "", ...names] = call.path.split("/").map(decodeURIComponent)
  if (bucket !== world.bucket) return failure(404, "NoSuchBucket")
  const key = names.join("/")
  if (key === "") return call.method === "HEAD" ? { status: 200, body: "" } : failure(501, "NotImplemented")
  const upload = call.query.get("uploadId")
  if (call.method === "POST" && call.query.has("uploads")) return begin(world, key)
  if (call.method === "POST" && upload !== null) return complete(world, call, upload)
  if (call.method === "PUT" && upload !== null) return putPart(world, call, upload)
  if (call.method === "DELETE" && upload !== null) {
    return world.uploads.delete(upload) ? { status: 204, body: "" } : failure(404, "NoSuchUpload")
  }
  if (call.method === "PUT") return put(world, call, key)
  if (call.method === "GET" || call.method === "HEAD") return read(world, call, key)
  if (call.method === "DELETE") {
    world.objects.delete(key)
    return { status: 204, body: "" }
  }
  return failure(405, "MethodNotAllowed")
}

const put = (world: World, call: EmulatedCall, key: string): EmulatedReply => {
  const refused = refusedBody(world, call) ?? refusedCondition(world, call, key)
  if (refused !== null) return refused
  const object = stored(Buffer.from(call.body))
  world.objects.set(key, object)
  return { status: 200, headers: { etag: object.etag, "x-amz-checksum-sha256": object.checksum }, body: "" }
}

const begin = (world: World, key: string): EmulatedReply => {
  const id = randomUUID()
  world.uploads.set(id, { key, parts: new Map() })
  return xml(
    200,
    `<InitiateMultipartUploadResult><Bucket>${world.bucket}</Bucket><Key>${key}</Key><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`
  )
}

const putPart = (world: World, call: EmulatedCall, id: string): EmulatedReply => {
  const upload = world.uploads.get(id)
  if (upload === undefined) return failure(404, "NoSuchUpload")
  const refused = refusedBody(world, call)
  if (refused !== null) return refused
  const part = stored(Buffer.from(call.body))
  upload.parts.set(Number(call.query.get("partNumber")), part)
  return { status: 200, headers: { etag: part.etag, "x-amz-checksum-sha256": part.checksum }, body: "" }
}

/** All parts but the last have 5 MiB at least, and are named in their order with the tags that they were given. */
const complete = (world: World, call: EmulatedCall, id: string): EmulatedReply => {
  const upload = world.uploads.get(id)
  if (upload === undefined) return failure(404, "NoSuchUpload")
  const refused = refusedCondition(world, call, upload.key)
  if (refused !== null) return refused
  const named = [
    ...Buffer.from(call.body)
      .toString("utf8")
      .matchAll(/<Part>(.*?)<\/Part>/gsu)
  ].map(([, part = ""]) => ({
    number: Number(/<PartNumber>(\d+)</u.exec(part)?.[1]),
    etag: (/<ETag>(.*?)</u.exec(part)?.[1] ?? "").replaceAll("&quot;", '"')
  }))
  const parts = named.flatMap(({ number }) => upload.parts.get(number) ?? [])
  const isRight = named.every(
    ({ etag, number }, at) => number === at + 1 && unquoted(etag) === unquoted(parts[at]?.etag)
  )
  if (named.length === 0 || !isRight) return failure(400, "InvalidPart")
  if (parts.slice(0, -1).some(({ bytes }) => bytes.length < 5 * 1024 * 1024)) return failure(400, "EntityTooSmall")
  const whole = stored(Buffer.concat(parts.map(({ bytes }) => bytes)))
  const composite = createHash("sha256").update(
    Buffer.concat(parts.map(({ checksum }) => Buffer.from(checksum, "base64")))
  )
  world.objects.set(upload.key, { ...whole, checksum: `${composite.digest("base64")}-${parts.length}` })
  world.uploads.delete(id)
  return xml(
    200,
    `<CompleteMultipartUploadResult><Key>${upload.key}</Key><ETag>${whole.etag}</ETag></CompleteMultipartUploadResult>`
  )
}

const unquoted = (etag = ""): string => etag.replaceAll('"', "")

const read = (world: World, { headers, method, query }: EmulatedCall, key: string): EmulatedReply => {
  const object = world.objects.get(key)
  if (object === undefined) return method === "HEAD" ? { status: 404, body: "" } : failure(404, "NoSuchKey")
  const { bytes, checksum, etag, modified } = object
  const range = /^bytes=(\d+)-(\d*)$/u.exec(headers.range ?? "")
  const start = Number(range?.[1] ?? 0)
  const end = Math.min(range === null || range[2] === "" ? Infinity : Number(range[2]), bytes.length - 1)
  if (range !== null && start >= bytes.length) return failure(416, "InvalidRange")
  const body = bytes.subarray(start, end + 1)
  const told = {
    etag,
    "last-modified": modified.toUTCString(),
    "accept-ranges": "bytes",
    "content-length": `${body.length}`,
    "content-type": "binary/octet-stream",
    ...(range === null ? {} : { "content-range": `bytes ${start}-${end}/${bytes.length}` }),
    ...(headers["x-amz-checksum-mode"] === "ENABLED" && range === null ? { "x-amz-checksum-sha256": checksum } : {}),
    ...(query.has("response-content-type") ? { "content-type": query.get("response-content-type") ?? "" } : {})
  }
  const status = range === null ? 200 : 206
  if (method === "HEAD") return { status, headers: told, body: "" }
  const isCut = body.length > 1 && take(world, "truncated")
  return { status, headers: told, body, ...(isCut ? { breakAfter: Math.floor(body.length / 2) } : {}) }
}

const refusedBody = (world: World, { body, headers }: EmulatedCall): EmulatedReply | null => {
  if (take(world, "full")) return failure(507, "InsufficientStorage")
  if (headers["content-length"] === undefined) return failure(411, "MissingContentLength")
  const sums = {
    "x-amz-checksum-sha256": () => createHash("sha256").update(body).digest("base64"),
    "x-amz-checksum-crc32": () => Buffer.from(crc32(body).toString(16).padStart(8, "0"), "hex").toString("base64")
  }
  const isWrong = Object.entries(sums).some(([name, sum]) => headers[name] !== undefined && headers[name] !== sum())
  return isWrong ? failure(400, "BadDigest") : null
}

const refusedCondition = (world: World, { headers }: EmulatedCall, key: string): EmulatedReply | null => {
  if (headers["if-none-match"] === undefined) return null
  if (take(world, "not_implemented")) return failure(501, "NotImplemented")
  return world.objects.has(key) ? failure(412, "PreconditionFailed") : null
}

const xml = (status: number, body: string): EmulatedReply => ({
  status,
  headers: { "content-type": "application/xml" },
  body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}`
})

const failure = (status: number, code: string): EmulatedReply =>
  xml(status, `<Error><Code>${code}</Code><Message>${code}</Message></Error>`)
