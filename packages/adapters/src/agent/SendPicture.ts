import { Digest } from "@image-skill/core/envelope/Digest"
import type { Answer } from "@image-skill/core/envelope/Envelope"
import { docsUrl } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import type { UploadBodyFailed } from "@image-skill/core/media/UploadBody"
import { uploadLimits } from "@image-skill/core/media/UploadSource"
import type { ServiceApi } from "@image-skill/core/service/ServiceApi"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as NodeDigest from "../envelope/NodeDigest.ts"
import type { Picture } from "../media/Picture.ts"

export interface Sending {
  readonly visibility: "public" | "private" | null
  readonly token: Redacted.Redacted
}

type Service = ServiceApi["Service"]

/** One upload: in the JSON of a request where it is short, else as the body itself, at bounded memory. */
export const sendPicture = (service: Service, picture: Picture, sending: Sending): Effect.Effect<Answer, Refusal> =>
  picture.contentLength <= uploadLimits.json ? inJson(service, picture, sending) : asBody(service, picture, sending)

const inJson = Effect.fnUntraced(function* (service: Service, picture: Picture, { token, visibility }: Sending) {
  const { body, contentLength, filename, mimeType, remoteOrigin, sourceKind } = picture
  const chunks = yield* Effect.mapError(Stream.runCollect(body), changed)
  const bytes = Buffer.concat(chunks)
  const digest = yield* Effect.provide(Digest, NodeDigest.layer)
  return yield* service.upload(
    {
      sourceKind,
      filename,
      remoteOrigin,
      mimeType,
      contentLength,
      sha256: yield* digest.sha256(bytes),
      bytesBase64: bytes.toString("base64"),
      ...(visibility === null ? {} : { visibility })
    },
    token
  )
})

const asBody = (service: Service, picture: Picture, { token, visibility }: Sending): Effect.Effect<Answer> => {
  const { body, contentLength, filename, mimeType, remoteOrigin, sourceKind } = picture
  return service.uploadStream(
    {
      sourceKind,
      filename,
      ...(remoteOrigin === null ? {} : { remoteOrigin }),
      ...(visibility === null ? {} : { visibility })
    },
    { body, contentType: mimeType, contentLength },
    token
  )
}

const changed = ({ message }: UploadBodyFailed): Refusal =>
  new Refusal({
    code: "INPUT_FILE_UNREADABLE",
    message: `the picture cannot be read: ${message}; nothing was sent`,
    recovery: { docsUrl: docsUrl("image-skill-upload") }
  })
