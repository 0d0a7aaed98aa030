import * as Schema from "effect/Schema"
import * as Field from "../envelope/Field.ts"
import { wire } from "../envelope/Wire.ts"

const filenameRule = "must be a plain file name of 1 to 220 characters, without a path"

/** No separators, no `..`, no control characters (contract/api.md 8.4). */
const filename = Field.matching(/^(?!\.{1,2}$)(?!.*\.\.)[^/\\\p{Cc}\p{Surrogate}]{1,220}$/u, filenameRule)

const originRule = "must be an origin: scheme, host and port only"
const origin = Field.matching(/^https?:\/\/[^/?#@\s\p{Cc}]{1,255}$/u, originRule)

const sha256 = Field.matching(/^[0-9a-f]{64}$/u, "must be 64 lower-case hex digits")

const sourceKind = Schema.Literals(["local_path", "remote_url"]).annotate({
  message: "must be local_path or remote_url"
})

const visibility = Schema.Literals(["public", "private"]).annotate({ message: "must be public or private" })

/** The body of `POST /v1/upload` (contract/api.md 8.4). */
export const UploadRequest = wire({
  sourceKind,
  filename,
  remoteOrigin: Schema.optionalKey(Schema.NullOr(origin).annotate({ message: originRule })),
  mimeType: Field.line(1, 120),
  contentLength: Field.integer(0, 1_000_000_000),
  sha256,
  /** Whoever decodes it judges its letters: looking at twenty million of them twice would keep everybody waiting. */
  bytesBase64: Schema.String.annotate({ message: "must be standard base64" }),
  visibility: Schema.optionalKey(visibility)
})
export type UploadRequest = typeof UploadRequest.Type

/** The query of `PUT /v1/uploads`, whose body is the media itself. */
export const UploadStreamRequest = wire({
  sourceKind: Schema.optionalKey(sourceKind),
  filename,
  remoteOrigin: Schema.optionalKey(origin),
  /** What the body must hash to, where the sender knows it beforehand. */
  sha256: Schema.optionalKey(sha256),
  visibility: Schema.optionalKey(visibility)
})
export type UploadStreamRequest = typeof UploadStreamRequest.Type
