import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import { jsonField } from "../envelope/JsonFields.ts"
import { listOf, maybeText } from "../envelope/Lenient.ts"
import type { ServiceApi } from "../service/ServiceApi.ts"

/** A job as far as it is known while somebody waits for it. */
export interface Seen {
  readonly jobId: string | null
  readonly status: string | null
}

export const unseen: Seen = { jobId: null, status: null }

/** The job of a request that was not answered yet. It is found by its key, since nobody else has named it. */
export interface Sought {
  readonly service: ServiceApi["Service"]
  readonly token: Redacted.Redacted
  readonly key: string
  /** A service in this process is asked at once; another one only when its answer takes its time. */
  readonly isNear: boolean
  readonly seen: Ref.Ref<Seen>
  /** Told once, as soon as the job has an id. */
  readonly found: (jobId: string, status: string | null) => Effect.Effect<void>
}

/** One look; false where the service will not say it another time either. */
export const look = ({ found, key, seen, service, token }: Sought): Effect.Effect<boolean> =>
  Effect.gen(function* () {
    const { envelope } = yield* service.jobsList({ limit: newest }, token)
    if (!envelope.ok) return jsonField(envelope.error, "retryable") === true
    const job = rowsOf(envelope.data).find((row) => row?.idempotency_key === key)
    if (job?.job_id === undefined || job.job_id === null) return true
    const { job_id: jobId, status } = job
    const before = yield* Ref.getAndSet(seen, { jobId, status })
    if (before.jobId !== jobId) yield* found(jobId, status)
    return true
  })

/** Whoever waits has just begun the job. */
const newest = "10"

const Rows = Schema.Struct({
  jobs: listOf(Schema.Struct({ job_id: maybeText, status: maybeText, idempotency_key: maybeText }))
})

const rowsOf = (data: Schema.Json) => Option.getOrNull(Schema.decodeUnknownOption(Rows)(data))?.jobs ?? []

/** Looks until the service will not say it; then there is nothing left to do. */
export const lookForJob = Effect.fnUntraced(function* (sought: Sought) {
  const { isNear } = sought
  let next = isNear ? near : far
  do {
    yield* Effect.sleep(next)
    next = isNear && (yield* Ref.get(sought.seen)).jobId === null ? near : pause
  } while (yield* look(sought))
})

const near = Duration.millis(250)
const far = Duration.seconds(2)
const pause = Duration.seconds(5)
