import { isMainThread, parentPort } from "node:worker_threads"

// The real decoder, but for pictures of which a thumbnail of 16 pixels (it dies) or of 17 (it never answers) is wanted.
if (!isMainThread && parentPort !== null) {
  await import(new URL("../../../../src/media/inspector/internal/InspectorWorker.ts", import.meta.url).href)
  // Behind the decoder's own listener, which cannot answer before this one has returned.
  parentPort.on("message", ({ task }: { readonly task: { readonly maxEdge?: number } }) => {
    if (task.maxEdge === 16) process.exit(3)
    if (task.maxEdge === 17) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  })
}
