import type { Answer } from "@image-skill/core/envelope/Envelope"
import { jsonField, withFields } from "@image-skill/core/envelope/JsonFields"
import { lenient, maybeText } from "@image-skill/core/envelope/Lenient"
import { docsUrl } from "@image-skill/core/envelope/Product"
import { Refusal } from "@image-skill/core/envelope/Refusal"
import { waitForJob } from "@image-skill/core/jobs/JobCommands"
import { ServiceApi } from "@image-skill/core/service/ServiceApi"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import { flagReader, number, text } from "../../Flags.ts"
import { type Seen, ticking, unseen } from "../../JobWatch.ts"
import type { Leaf } from "../../Leaf.ts"
import { relay } from "../../Relay.ts"
import { requiredWord } from "../../RequiredWord.ts"
import { type GoesOn, tell } from "../../RunEvents.ts"
import { resolveTarget } from "../../Target.ts"
import { requireToken } from "../../Tokens.ts"
import { Upkeep } from "../../Upkeep.ts"
import { withService } from "../../Wiring.ts"

const minimumPause = 100
/** Retryable failures in a row that are waited out: one blip must not lose a paid job. */
const patience = 3

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
  const upkeep = yield* Upkeep
  const { jobId, pauseMs, timeoutMs, token } = waiting
  const deadline = (yield* Clock.currentTimeMillis) + timeoutMs
  let failures = 0
  let last: Answer | null = null
  let left = timeoutMs
  do {
    yield* upkeep.sweep
    const answer = yield* service.jobsShow({ jobId }, token)
    failures = answer.envelope.ok ? 0 : failures + 1
    last = answer
    if (!answer.envelope.ok && (!isRetryable(answer) || failures > patience)) return answer
    if (answer.envelope.ok && !isLive(answer)) return withTimes(answer, waiting)
    yield* say(waiting, answer)
    left = deadline - (yield* Clock.currentTimeMillis)
    if (left > 0) yield* Effect.sleep(Duration.millis(Math.min(pauseMs, left)))
  } while (left > 0)
  // A job that was not seen at the end may be anything, so what was heard instead is the answer.
  return last.envelope.ok ? yield* stillRunning(waiting) : last
})

/** What became of it since the last look. */
const say = Effect.fnUntraced(function* ({ goesOn, jobId, seen }: Waiting, answer: Answer) {
  if (!answer.envelope.ok) return
  const status = statusOf(answer)
  const before = yield* Ref.getAndSet(seen, { jobId, status })
  if (before.status !== status) yield* tell({ type: "job", jobId, status, goesOn })
})

const JobFacts = Schema.Struct({ job: lenient(Schema.NullOr(Schema.Struct({ status: maybeText })), null) })

const statusOf = ({ envelope }: Answer): string | null =>
  Option.getOrNull(Schema.decodeUnknownOption(JobFacts)(envelope.data))?.job?.status ?? null

/** Whatever is not said to be going on has ended. */
const isLive = (answer: Answer): boolean => {
  const status = statusOf(answer)
  return status === "queued" || status === "running"
}

const ErrorFacts = Schema.Struct({ retryable: Schema.Boolean })

const isRetryable = ({ envelope }: Answer): boolean =>
  Option.getOrNull(Schema.decodeUnknownOption(ErrorFacts)(envelope.error))?.retryable === true

const withTimes = (answer: Answer, { pauseMs, timeoutMs }: Waiting): Answer => {
  const { data } = answer.envelope
  const request = withFields(jsonField(data, "request"), { timeout_ms: timeoutMs, poll_interval_ms: pauseMs })
  return { ...answer, envelope: { ...answer.envelope, data: withFields(data, { request }) } }
}

const stillRunning = ({ jobId, pauseMs, timeoutMs }: Waiting): Refusal =>
  new Refusal({
    code: "TIMEOUT",
    message: `${jobId} is still running after ${timeoutMs} ms of waiting; it goes on, do not run it again`,
    outcome: "unknown",
    recovery: {
      jobId,
      retryAfterSeconds: Math.ceil(pauseMs / 1000),
      suggestedCommand: waitForJob(jobId),
      docsUrl: docsUrl("image-skill-jobs")
    }
  })

const negative = (): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: "--timeout-ms must not be negative; 0 looks once",
    outcome: "not_sent",
    recovery: { requiredFlag: "--timeout-ms", docsUrl: docsUrl("image-skill-jobs") }
  })
