import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { Answer } from "../envelope/Envelope.ts"
import { jsonField, withFields } from "../envelope/JsonFields.ts"
import { lenient, maybeText } from "../envelope/Lenient.ts"
import { docsUrl } from "../envelope/Product.ts"
import { Refusal } from "../envelope/Refusal.ts"
import { waitForJob as waitCommand } from "../jobs/JobCommands.ts"
import type { ServiceApi } from "../service/ServiceApi.ts"

/** Retryable failures in a row that are waited out: one blip must not lose a paid job. */
const patience = 3

export interface Waiting {
  readonly service: ServiceApi["Service"]
  readonly token: Redacted.Redacted
  readonly jobId: string
  readonly timeoutMs: number
  readonly pauseMs: number
  /** What has to be done before each look, e.g. the work itself where the service is in this process. */
  readonly before: Effect.Effect<void>
  /** Told after each look at a job that goes on. */
  readonly seen: (status: string | null) => Effect.Effect<void>
}

/** Looks at a job until it has ended, or until the time is up; then the job lives on and only the waiting ends. */
export const waitForJob = Effect.fnUntraced(function* (waiting: Waiting): Effect.fn.Return<Answer, Refusal> {
  const { before, jobId, pauseMs, seen, service, timeoutMs, token } = waiting
  const deadline = (yield* Clock.currentTimeMillis) + timeoutMs
  let failures = 0
  let last: Answer
  let left = timeoutMs
  do {
    yield* before
    last = yield* service.jobsShow({ jobId }, token)
    failures = last.envelope.ok ? 0 : failures + 1
    if (!last.envelope.ok && (!isRetryable(last) || failures > patience)) return last
    if (last.envelope.ok && !isLive(last)) return withTimes(last, waiting)
    if (last.envelope.ok) yield* seen(statusOf(last))
    left = deadline - (yield* Clock.currentTimeMillis)
    if (left > 0) yield* Effect.sleep(Duration.millis(Math.min(pauseMs, left)))
  } while (left > 0)
  // A job that was not seen at the end may be anything, so what was heard instead is the answer.
  return last.envelope.ok ? yield* stillRunning(waiting) : last
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
      suggestedCommand: waitCommand(jobId),
      docsUrl: docsUrl("image-skill-jobs")
    }
  })
