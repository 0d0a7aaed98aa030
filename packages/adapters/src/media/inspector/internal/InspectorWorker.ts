import { isMainThread, parentPort } from "node:worker_threads"
import type { InspectorReply, InspectorRequest, InspectorResult, InspectorTask, Refused } from "./InspectorTask.ts"
import { compare, limited, look, type SharpModule, thumbnail } from "./Pixels.ts"

/** The thread that decodes. It answers each request with one message, in order, and never throws. */
const answer = async ({ id, task }: InspectorRequest): Promise<InspectorReply> => {
  const sharp = await load()
  if (sharp === null) return { id, result: missing }
  return { id, result: await run(sharp, task).catch(refusal) }
}

let loaded: Promise<SharpModule | null> | undefined

/** The library is optional; a machine may lack it. */
const load = (): Promise<SharpModule | null> =>
  (loaded ??= import("sharp").then(
    ({ default: sharp }) => limited(sharp),
    () => null
  ))

const run = (sharp: SharpModule, task: InspectorTask): Promise<InspectorResult> => {
  switch (task.kind) {
    case "look":
      return look(sharp, task.picture)
    case "thumbnail":
      return thumbnail(sharp, task.picture, task.maxEdge)
    case "compare":
      return compare(sharp, task)
  }
}

const missing: Refused = {
  kind: "refused",
  reason: "unsupported",
  message: 'looking at pixels needs the package "sharp", which could not be loaded here'
}

/** In our own words: the library's may name files of this machine. */
const refusal = (error: unknown): Refused => {
  const said = error instanceof Error ? error.message : ""
  if (/exceeds pixel limit/iu.test(said)) {
    return { kind: "refused", reason: "too_large", message: "the picture has more pixels than are safe to decode" }
  }
  if (/timeout/iu.test(said)) {
    return { kind: "refused", reason: "timeout", message: "the picture took too long to decode" }
  }
  if (/is missing/iu.test(said)) {
    return { kind: "refused", reason: "storage", message: "the stored picture could not be opened" }
  }
  return { kind: "refused", reason: "unreadable", message: "the picture could not be decoded" }
}

if (!isMainThread && parentPort !== null) {
  const port = parentPort
  port.on("message", (request: InspectorRequest) => {
    void answer(request).then((reply) => port.postMessage(reply, []))
  })
}
