import { Worker } from "node:worker_threads"
import type { Adjusted, AdjustTask } from "../adjust/internal/Adjust.ts"
import type { Illustration, IllustrationRequest } from "./Illustrate.ts"
import type { Revision, RevisionRequest } from "./Revise.ts"
import type { WorkerAnswer, WorkerFailure, WorkerRequest, WorkerResult, WorkerTask } from "./StoryboardWorker.ts"

/** Paints in a thread of its own, one picture at a time, in the order in which they were asked for. */
export interface StoryboardRenderer {
  /**
   * Rejects with `IllustrationFailed`, or with the reason of `signal` once it aborts. Aborting a picture that is being
   * painted stops the thread, since a computation cannot be interrupted; the next one starts a new thread.
   */
  illustrate(request: IllustrationRequest, signal?: AbortSignal): Promise<Illustration>
  /** As above; a change that cannot be made rejects with the reason `refused`. */
  revise(request: RevisionRequest, signal?: AbortSignal): Promise<Revision>
  /** As above, for pictures of any origin. */
  adjust(request: AdjustTask, signal?: AbortSignal): Promise<Adjusted>
  /** Stops the thread. Whatever is waiting or being painted is rejected. */
  close(): Promise<void>
}

export class IllustrationFailed extends Error {
  override readonly name = "IllustrationFailed"
  readonly reason: WorkerFailure["reason"] | "aborted" | "closed" | "crashed"
  constructor(reason: IllustrationFailed["reason"], message: string) {
    super(message)
    this.reason = reason
  }
}

interface Job {
  readonly id: number
  readonly task: WorkerTask
  readonly resolve: (result: WorkerResult) => void
  readonly reject: (error: Error) => void
  /** Forgets the abort signal. */
  readonly settle: () => void
}

/**
 * The thread is started by the first picture and kept for the next ones. While it is idle it does not keep the process
 * alive. If it dies, the picture being painted is rejected and a new thread takes the rest.
 */
export const startStoryboardRenderer = (): StoryboardRenderer => {
  const waiting: Array<Job> = []
  let current: Job | null = null
  let worker: Worker | null = null
  let closed = false
  let lastId = 0

  const pump = (): void => {
    if (current !== null || closed) return
    const job = waiting.shift()
    if (job === undefined) {
      worker?.unref()
      return
    }
    current = job
    worker ??= spawn()
    worker.ref()
    worker.postMessage({ id: job.id, task: job.task } satisfies WorkerRequest, [])
  }

  const spawn = (): Worker => {
    // The worker needs neither the environment nor the flags of the process.
    const started = new Worker(workerUrl(), { env: {}, execArgv: [] })
    started.on("message", (answer: WorkerAnswer) => finish(answer))
    started.on("error", (error: Error) => lose(started, error.message))
    started.on("exit", (code: number) => lose(started, `exit code ${code}`))
    return started
  }

  const finish = (answer: WorkerAnswer): void => {
    const job = current
    if (job === null || job.id !== answer.id) return
    current = null
    job.settle()
    if ("result" in answer) job.resolve(answer.result)
    else job.reject(new IllustrationFailed(answer.failure.reason, answer.failure.message))
    pump()
  }

  /** A thread that died takes its picture with it, and nothing else. */
  const lose = (dead: Worker, why: string): void => {
    if (worker !== dead) return
    worker = null
    const job = current
    current = null
    job?.settle()
    job?.reject(new IllustrationFailed("crashed", `The illustrator's thread stopped while it was painting (${why}).`))
    pump()
  }

  const abandon = (job: Job, reason: Error): void => {
    job.settle()
    job.reject(reason)
    const place = waiting.indexOf(job)
    if (place !== -1) waiting.splice(place, 1)
    if (current !== job) return
    current = null
    const stopped = worker
    worker = null
    void stopped?.terminate()
    pump()
  }

  const run = (task: WorkerTask, signal?: AbortSignal): Promise<WorkerResult> =>
    new Promise<WorkerResult>((resolve, reject) => {
      if (closed) {
        reject(new IllustrationFailed("closed", "The illustrator has been closed."))
        return
      }
      if (signal?.aborted === true) {
        reject(reasonOf(signal))
        return
      }
      const onAbort = (): void => abandon(job, reasonOf(signal))
      const job: Job = {
        id: ++lastId,
        task,
        resolve,
        reject,
        settle: () => signal?.removeEventListener("abort", onAbort)
      }
      signal?.addEventListener("abort", onAbort, { once: true })
      waiting.push(job)
      pump()
    })

  return {
    illustrate: async (request, signal) => {
      const result = await run({ kind: "illustrate", request }, signal)
      if ("notDrawn" in result) return result
      throw crossed()
    },
    revise: async (request, signal) => {
      const result = await run({ kind: "revise", request }, signal)
      if ("changes" in result) return result
      throw crossed()
    },
    adjust: async (request, signal) => {
      const result = await run({ kind: "adjust", request }, signal)
      if ("applied" in result) return result
      throw crossed()
    },
    close: async () => {
      closed = true
      const stopped = worker
      worker = null
      const unfinished = [...(current === null ? [] : [current]), ...waiting.splice(0)]
      current = null
      for (const job of unfinished) {
        job.settle()
        job.reject(new IllustrationFailed("closed", "The illustrator was closed before this picture was painted."))
      }
      await stopped?.terminate()
    }
  }
}

/** Answers are matched by their numbers, so this is a defect of ours. */
const crossed = (): Error => new IllustrationFailed("crashed", "The illustrator answered another question.")

/** An abort may carry anything as its reason; a promise is rejected with an error. */
const reasonOf = (signal: AbortSignal | undefined): Error => {
  const reason: unknown = signal?.reason
  return reason instanceof Error ? reason : new IllustrationFailed("aborted", "The picture was given up.")
}

/** Beside this module, under the same extension: from source, from `tsc` output, and in the bundle. */
const workerUrl = (): URL =>
  new URL(`./StoryboardWorker${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url)
