import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import type { Answer } from "../envelope/Envelope.ts"
import { toAnswer } from "../envelope/EnvelopeErrors.ts"
import { Ids } from "../envelope/Ids.ts"
import { docsUrl } from "../envelope/Product.ts"
import { Refusal } from "../envelope/Refusal.ts"
import { judgeType, uploadLimits, uploadName } from "../media/UploadSource.ts"
import { ServiceApi } from "../service/ServiceApi.ts"
import { missing } from "./Agent.ts"
import type { AgentSession } from "./AgentAbilities.ts"
import { agentOperations } from "./AgentOperations.ts"
import { AgentTokens } from "./AgentTokens.ts"

/** A picture that is in memory already. */
export interface UploadedBytes {
  readonly bytes: Uint8Array
  /** Shown in lists; never a path. */
  readonly filename?: string
  readonly visibility?: "public" | "private"
}

/** Keeps them as an owned asset, sent as they are. What they are is read from them, not from the name. Always answers. */
export const uploadBytes = (upload: UploadedBytes): Effect.Effect<Answer, never, ServiceApi | AgentTokens | Ids> =>
  Effect.gen(function* () {
    const service = yield* ServiceApi
    const token = yield* Effect.flatMap(AgentTokens, ({ find }) => find)
    return token === null ? yield* missing() : yield* sent(upload, { service, token: token.value })
  }).pipe(
    Effect.catchTag("Refusal", (refusal) =>
      Effect.map(
        Effect.flatMap(Ids, ({ trace }) => trace),
        (traceId) => toAnswer(refusal, { command: agentOperations.upload.label, traceId, actor: null, effect: "write" })
      )
    )
  )

const sent = (
  { bytes, filename, visibility }: UploadedBytes,
  { service, token }: AgentSession
): Effect.Effect<Answer, Refusal> => {
  if (bytes.length === 0) return Effect.fail(refused("the picture is empty; nothing was sent"))
  if (bytes.length > uploadLimits.stream) return Effect.fail(refused(tooLarge))
  const name = uploadName(filename ?? "", "upload")
  return Result.match(judgeType(bytes, { filename: name, contentType: null }), {
    onFailure: (why) => Effect.fail(noPicture(why)),
    onSuccess: ({ mimeType, warning }) =>
      Effect.map(
        service.uploadStream(
          { sourceKind: "local_path", filename: name, ...(visibility === undefined ? {} : { visibility }) },
          { body: Stream.succeed(bytes), contentType: mimeType, contentLength: bytes.length },
          token
        ),
        (answer) => (warning === null ? answer : warned(answer, warning))
      )
  })
}

const warned = (answer: Answer, warning: string): Answer => {
  const { envelope } = answer
  return { ...answer, envelope: { ...envelope, warnings: [...envelope.warnings, warning] } }
}

const tooLarge = `the picture is larger than ${uploadLimits.stream} bytes; nothing was sent`

const docs = docsUrl("image-skill-upload")

const refused = (message: string): Refusal =>
  new Refusal({ code: "INVALID_ARGUMENTS", message, outcome: "not_sent", recovery: { docsUrl: docs } })

const noPicture = (why: string): Refusal =>
  new Refusal({
    code: "UPLOAD_MIME_TYPE_UNKNOWN",
    message: `what was given ${why}; nothing was sent`,
    recovery: { docsUrl: docs }
  })
