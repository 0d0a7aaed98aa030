import { isMainThread, parentPort } from "node:worker_threads"

// A decoder that a picture kills before it answers.
if (!isMainThread && parentPort !== null) parentPort.once("message", () => process.exit(3))
