import { Worker } from "node:worker_threads"
import type { InspectorReply, InspectorRequest, InspectorResult, InspectorTask } from "./InspectorTask.ts"

/** Decodes in a thread of its own, one task at a time: whoever calls waits for the answer before the next call. */
export interface InspectorThread {
  /**
   * Rejects when the thread dies, or with the reason of `signal`. Aborting stops the thread, since a computation cannot
   * be interrupted; the next task starts a new one.
   */
  run(task: InspectorTask, signal: AbortSignal): Promise<InspectorResult>
  /** Stops the thread; a task that is running is rejected. */
  close(): Promise<void>
}

interface Job {
  readonly id: number
  readonly resolve: (result: InspectorResult) => void
  readonly reject: (error: Error) => void
}

/**
 * The thread is started by the first task and kept for the next ones. While it is idle it does not keep the process
 * alive. `url` is the program that runs in it.
 */
export const startInspectorThread = (url: URL = workerUrl()): InspectorThread => {
  let worker: Worker | null = null
  let current: Job | null = null
  let lastId = 0

  const spawn = (): Worker => {
    // The worker needs neither the environment nor the flags of the process.
    const started = new Worker(url, { env: {}, execArgv: [] })
    started.on("message", ({ id, result }: InspectorReply) => {
      const job = current
      if (job === null || job.id !== id) return
      current = null
      started.unref()
      job.resolve(result)
    })
    started.on("error", () => lose(started))
    started.on("exit", () => lose(started))
    return started
  }

  const lose = (dead: Worker): void => {
    if (worker !== dead) return
    worker = null
    fail(new Error("the thread that decodes pictures stopped"))
  }

  const fail = (error: Error): void => {
    const job = current
    current = null
    job?.reject(error)
  }

  const stop = async (error: Error): Promise<void> => {
    const stopped = worker
    worker = null
    fail(error)
    await stopped?.terminate()
  }

  const giveUp = (): void => void stop(new Error("the look at a picture was given up"))

  return {
    run: (task, signal) =>
      new Promise<InspectorResult>((resolve, reject) => {
        const id = ++lastId
        const settle = () => signal.removeEventListener("abort", giveUp)
        current = {
          id,
          resolve: (result) => {
            settle()
            resolve(result)
          },
          reject: (error) => {
            settle()
            reject(error)
          }
        }
        if (signal.aborted) {
          giveUp()
          return
        }
        signal.addEventListener("abort", giveUp, { once: true })
        worker ??= spawn()
        worker.ref()
        worker.postMessage({ id, task } satisfies InspectorRequest, [])
      }),
    close: () => stop(new Error("the inspector was closed"))
  }
}

/** Beside this module, under the same extension: from source, from `tsc` output, and in the bundle. */
const workerUrl = (): URL =>
  new URL(`./InspectorWorker${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url)
