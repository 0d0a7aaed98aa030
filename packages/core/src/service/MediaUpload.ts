import * as Effect from "effect/Effect"
import { UploadJob } from "../jobs/UploadJob.ts"
import { MediaLinks } from "../media/MediaLinks.ts"
import { maxUploadBytes } from "../media/UploadBody.ts"
import { answers } from "./Answers.ts"
import { uploadAnswer } from "./answers/Uploads.ts"
import { type Handler, handler, sessionOf } from "./Handler.ts"
import { requests } from "./Requests.ts"
import type { MediaBody } from "./ServiceApi.ts"

/** The handler of one upload whose body comes as it is. */
export const mediaUpload = Effect.gen(function* () {
  const uploads = yield* UploadJob
  const links = yield* MediaLinks

  return ({ body, contentLength, contentType }: MediaBody): Handler =>
    handler({
      request: requests.uploadStream,
      answer: answers.uploadStream,
      run: Effect.fnUntraced(function* (request, call) {
        const { agent } = yield* sessionOf(call)
        const uploaded = yield* uploads.upload({
          agent,
          facts: {
            sourceKind: request.sourceKind ?? "local_path",
            filename: request.filename,
            remoteOrigin: request.remoteOrigin ?? null,
            mimeType: contentType,
            contentLength,
            sha256: request.sha256 ?? null,
            visibility: request.visibility ?? "public"
          },
          body,
          maxBytes: maxUploadBytes,
          traceId: call.traceId,
          isLocal: call.caller.isLocal
        })
        return { data: uploadAnswer(uploaded, yield* links.urlsOf([uploaded.asset])), warnings: uploaded.warnings }
      })
    })
})
