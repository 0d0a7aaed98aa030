import { isMainThread, parentPort } from "node:worker_threads"
import { adjust, type Adjusted, AdjustmentRefused, type AdjustTask, SharpMissing } from "../adjust/internal/Adjust.ts"
import { ImageEncoderMissing } from "./Encode.ts"
import { StoryboardAssetMissing } from "./Icons.ts"
import { illustrate, type Illustration, type IllustrationRequest } from "./Illustrate.ts"
import { revise, type Revision, RevisionRefused, type RevisionRequest } from "./Revise.ts"

/** What the thread can be asked for, and what each gives. */
export interface WorkerTasks {
  readonly illustrate: { readonly request: IllustrationRequest; readonly result: Illustration }
  readonly revise: { readonly request: RevisionRequest; readonly result: Revision }
  readonly adjust: { readonly request: AdjustTask; readonly result: Adjusted }
}

export type WorkerTask = {
  readonly [K in keyof WorkerTasks]: { readonly kind: K; readonly request: WorkerTasks[K]["request"] }
}[keyof WorkerTasks]

export type WorkerResult = WorkerTasks[keyof WorkerTasks]["result"]

/** The thread that paints. It answers each request with one message, in order, and never throws. */
export interface WorkerRequest {
  readonly id: number
  readonly task: WorkerTask
}

export type WorkerAnswer =
  | { readonly id: number; readonly result: WorkerResult }
  | { readonly id: number; readonly failure: WorkerFailure }

export interface WorkerFailure {
  readonly reason: "asset-missing" | "encoder-missing" | "refused" | "failed"
  readonly message: string
}

const answer = async ({ id, task }: WorkerRequest): Promise<WorkerAnswer> => {
  try {
    return { id, result: await run(task) }
  } catch (error) {
    return { id, failure: failureOf(error) }
  }
}

const run = (task: WorkerTask): Promise<WorkerResult> => {
  switch (task.kind) {
    case "illustrate":
      return illustrate(task.request)
    case "revise":
      return revise(task.request)
    case "adjust":
      return adjust(task.request)
  }
}

const failureOf = (error: unknown): WorkerFailure => {
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof ImageEncoderMissing || error instanceof SharpMissing)
    return { reason: "encoder-missing", message }
  if (error instanceof StoryboardAssetMissing) return { reason: "asset-missing", message }
  if (error instanceof RevisionRefused || error instanceof AdjustmentRefused) return { reason: "refused", message }
  return { reason: "failed", message: `The illustrator could not paint this scene: ${message}` }
}

if (!isMainThread && parentPort !== null) {
  const port = parentPort
  port.on("message", (request: WorkerRequest) => {
    void answer(request).then((reply) => port.postMessage(reply, "result" in reply ? [reply.result.bytes.buffer] : []))
  })
}
