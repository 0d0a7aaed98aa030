import * as Program from "@image-skill/core/agent/WaitForJob"
import { type Seen, unseen } from "@image-skill/core/agent/WatchJob"
import { docsUrl } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import { waitForJob } from "@image-skill/core/jobs/JobCommands"
import { ServiceApi } from "@image-skill/core/service/ServiceApi"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import { flagReader, number, text } from "../../Flags.ts"
import { ticking } from "../../JobWatch.ts"
import type { Leaf } from "../../Leaf.ts"
import { relay } from "../../Relay.ts"
import { requiredWord } from "../../RequiredWord.ts"
import { type GoesOn, tell } from "../../RunEvents.ts"
import { resolveTarget } from "../../Target.ts"
import { requireToken } from "../../Tokens.ts"
import { Upkeep } from "../../Upkeep.ts"
import { withService } from "../../Wiring.ts"

const minimumPause = 100

interface Waiting {
  readonly jobId: string
  readonly token: Redacted.Redacted
  readonly timeoutMs: number
  readonly pauseMs: number
  readonly goesOn: GoesOn
  readonly seen: Ref.Ref<Seen>
}

/** Looks at a job until it has ended, or until the time is up; then the job lives on and only the waiting ends. */
export const leaf: Leaf = (context) =>
  Effect.gen(function* () {
    const flag = flagReader(context.parsed)
    const named = yield* flag(text("job-id"))
    const timeoutMs = (yield* flag(number("timeout-ms"))) ?? 30_000
    const pauseMs = Math.max(minimumPause, (yield* flag(number("poll-interval-ms"))) ?? 1_000)
    const jobId = yield* requiredWord(context, named, "job-id", "a job id")
    if (timeoutMs < 0) return yield* negative()
    const target = yield* resolveTarget(context)
    const token = yield* requireToken(context, target)
    yield* tell({ type: "started", again: { command: waitForJob(jobId), key: null } })
    const goesOn = target.isEmbedded ? "next_command" : "service"
    const seen = yield* Ref.make(unseen)
    const waiting: Waiting = { jobId, token: token.value, timeoutMs, pauseMs, goesOn, seen }
    const answer = yield* withService(context, target, Effect.raceFirst(wait(waiting), ticking(seen)))
    return relay(context, answer)
  })

const wait = Effect.fnUntraced(function* (waiting: Waiting) {
  const service = yield* ServiceApi
  const { sweep } = yield* Upkeep
  const seen = (status: string | null) => say(waiting, status)
  return yield* Program.waitForJob({ ...waiting, service, before: sweep, seen })
})

/** What became of it since the last look. */
const say = Effect.fnUntraced(function* ({ goesOn, jobId, seen }: Waiting, status: string | null) {
  const before = yield* Ref.getAndSet(seen, { jobId, status })
  if (before.status !== status) yield* tell({ type: "job", jobId, status, goesOn })
})

const negative = (): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: "--timeout-ms must not be negative; 0 looks once",
    outcome: "not_sent",
    recovery: { requiredFlag: "--timeout-ms", docsUrl: docsUrl("image-skill-jobs") }
  })
