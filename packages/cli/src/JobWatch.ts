import { jsonField } from "@image-skill/core/envelope/JsonFields"
import { listOf, maybeText } from "@image-skill/core/envelope/Lenient"
import type { ServiceApi } from "@image-skill/core/service/ServiceApi"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import { type GoesOn, tell } from "./RunEvents.ts"

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
  readonly goesOn: GoesOn
  readonly seen: Ref.Ref<Seen>
}

/** Says the job's id as soon as it is known, and every few seconds that it goes on. Never ends by itself. */
export const watchJob = (sought: Sought): Effect.Effect<never> =>
  Effect.raceFirst(Effect.andThen(looking(sought), Effect.never), ticking(sought.seen))

/** One look; false where the service will not say it another time either. */
export const look = ({ goesOn, key, seen, service, token }: Sought): Effect.Effect<boolean> =>
  Effect.gen(function* () {
    const { envelope } = yield* service.jobsList({ limit: newest }, token)
    if (!envelope.ok) return jsonField(envelope.error, "retryable") === true
    const job = rowsOf(envelope.data).find((row) => row?.idempotency_key === key)
    if (job?.job_id === undefined || job.job_id === null) return true
    const { job_id: jobId, status } = job
    const before = yield* Ref.getAndSet(seen, { jobId, status })
    if (before.jobId !== jobId) yield* tell({ type: "job", jobId, status, goesOn })
    return true
  })

/** Whoever waits has just begun the job. */
const newest = "10"

const Rows = Schema.Struct({
  jobs: listOf(Schema.Struct({ job_id: maybeText, status: maybeText, idempotency_key: maybeText }))
})

const rowsOf = (data: Schema.Json) => Option.getOrNull(Schema.decodeUnknownOption(Rows)(data))?.jobs ?? []

/** A service in this process is asked at once; another one only when its answer takes its time. */
const looking = Effect.fnUntraced(function* (sought: Sought) {
  const isNear = sought.goesOn !== "service"
  let next = isNear ? near : far
  do {
    yield* Effect.sleep(next)
    next = isNear && (yield* Ref.get(sought.seen)).jobId === null ? near : pause
  } while (yield* look(sought))
})

const near = Duration.millis(250)
const far = Duration.seconds(2)
const pause = Duration.seconds(5)

/** An event at least every five seconds. Never ends by itself. */
export const ticking = (seen: Ref.Ref<Seen>): Effect.Effect<never> =>
  Effect.flatMap(Clock.currentTimeMillis, (start) =>
    Effect.gen(function* () {
      const { status } = yield* Ref.get(seen)
      yield* tell({ type: "progress", status, elapsedMs: (yield* Clock.currentTimeMillis) - start })
    }).pipe(Effect.delay(tick), Effect.forever)
  )

const tick = Duration.millis(4_500)
