import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import { tell } from "./AgentEvents.ts"
import { agentRequests } from "./AgentRequests.ts"
import { makeMedia, ticking } from "./MakeMedia.ts"
import { over, type Program } from "./Programs.ts"
import { waitForJob } from "./WaitForJob.ts"
import { type Seen, unseen } from "./WatchJob.ts"

export const create: Program = over(agentRequests.create, ({ ids, options, service }, request, token) =>
  makeMedia({
    operation: "create",
    service,
    ids,
    request,
    token: token?.value ?? null,
    waitMs: options.waitMs,
    ask: (asked) => service.create(asked, token?.value ?? null)
  })
)

export const edit: Program = over(agentRequests.edit, ({ ids, options, service }, request, token) =>
  makeMedia({
    operation: "edit",
    service,
    ids,
    request,
    token: token?.value ?? null,
    waitMs: options.waitMs,
    ask: (asked) => service.edit(asked, token?.value ?? null)
  })
)

/** Waits no longer than is said, or than this agent may wait; the job goes on. */
export const wait: Program = over(
  agentRequests.jobsWait,
  Effect.fnUntraced(function* ({ options, service }, request, token) {
    if (token === null) return yield* service.jobsShow({ jobId: request.jobId })
    const { jobId, pollIntervalMs = 1_000, timeoutMs = 30_000 } = request
    const seen = yield* Ref.make<Seen>(unseen)
    const waiting = waitForJob({
      service,
      token: token.value,
      jobId,
      timeoutMs: Math.min(timeoutMs, options.waitMs),
      pauseMs: pollIntervalMs,
      before: Effect.void,
      seen: Effect.fnUntraced(function* (status) {
        const before = yield* Ref.getAndSet(seen, { jobId, status })
        if (before.status !== status) yield* tell({ type: "job", jobId, status })
      })
    })
    return yield* Effect.raceFirst(waiting, ticking(seen))
  })
)
