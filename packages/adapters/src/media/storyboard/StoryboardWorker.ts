import { isMainThread, parentPort } from "node:worker_threads"
import { ImageEncoderMissing } from "./Encode.ts"
import { StoryboardAssetMissing } from "./Icons.ts"
import { illustrate, type Illustration, type IllustrationRequest } from "./Illustrate.ts"

/** The thread that paints. It answers each request with one message, in order, and never throws. */
export interface WorkerRequest {
  readonly id: number
  readonly request: IllustrationRequest
}

export type WorkerAnswer =
  | { readonly id: number; readonly illustration: Illustration }
  | { readonly id: number; readonly failure: WorkerFailure }

export interface WorkerFailure {
  readonly reason: "asset-missing" | "encoder-missing" | "failed"
  readonly message: string
}

const answer = async ({ id, request }: WorkerRequest): Promise<WorkerAnswer> => {
  try {
    return { id, illustration: await illustrate(request) }
  } catch (error) {
    return { id, failure: failureOf(error) }
  }
}

const failureOf = (error: unknown): WorkerFailure => {
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof ImageEncoderMissing) return { reason: "encoder-missing", message }
  if (error instanceof StoryboardAssetMissing) return { reason: "asset-missing", message }
  return { reason: "failed", message: `The illustrator could not paint this scene: ${message}` }
}

if (!isMainThread && parentPort !== null) {
  const port = parentPort
  port.on("message", (request: WorkerRequest) => {
    void answer(request).then((reply) =>
      port.postMessage(reply, "illustration" in reply ? [reply.illustration.bytes.buffer] : [])
    )
  })
}
