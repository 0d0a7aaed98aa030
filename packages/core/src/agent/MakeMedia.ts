import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import type { Answer } from "../envelope/Envelope.ts"
import type { Ids } from "../envelope/Ids.ts"
import { embeddedTarget } from "../envelope/Product.ts"
import type { ServiceApi } from "../service/ServiceApi.ts"
import { tell } from "./AgentEvents.ts"
import { lookForJob, type Seen, unseen } from "./WatchJob.ts"

/** What create and edit take alike, as far as it matters here. */
interface MediaRequest {
  readonly dryRun?: boolean
  readonly idempotencyKey?: string
  readonly waitMs?: number
}

export interface Making<Q extends MediaRequest> {
  readonly operation: "create" | "edit"
  readonly service: ServiceApi["Service"]
  readonly ids: Ids["Service"]
  readonly token: Redacted.Redacted | null
  readonly request: Q
  readonly waitMs: number
  readonly ask: (request: Q) => Effect.Effect<Answer>
}

/**
 * One create or edit. Whoever gave no key gets one, so that even this call can be repeated and is charged once
 * (contract/cli.md 10.3); while it is waited for, its job is told as soon as it is known.
 */
export const makeMedia = Effect.fnUntraced(function* <Q extends MediaRequest>(making: Making<Q>) {
  const { ask, operation, request, service, token, waitMs } = making
  if (request.dryRun === true) return yield* ask(request)
  const given = request.idempotencyKey ?? null
  const key = given ?? (yield* keyFor(operation, making.ids))
  const asked = ask({ ...request, idempotencyKey: key, waitMs: request.waitMs ?? waitMs })
  yield* tell({ type: "submitted", idempotencyKey: key })
  const answer = yield* token === null ? asked : Effect.raceFirst(asked, watched(service, token, key))
  return given === null ? withKey(answer, key) : answer
})

const keyFor = Effect.fnUntraced(function* (operation: "create" | "edit", { hex }: Ids["Service"]) {
  return `${operation}-${yield* Clock.currentTimeMillis}-${yield* hex(12)}`
})

const withKey = (answer: Answer, key: string): Answer => {
  const { envelope } = answer
  const warning = `no idempotency_key was given; ${key} was used, repeat with it to be charged once`
  return { ...answer, envelope: { ...envelope, warnings: [...envelope.warnings, warning] } }
}

const found = (jobId: string, status: string | null) => tell({ type: "job", jobId, status })

/** Never ends by itself: the answer does. */
const watched = Effect.fnUntraced(function* (
  service: ServiceApi["Service"],
  token: Redacted.Redacted,
  key: string
): Effect.fn.Return<never> {
  const seen = yield* Ref.make<Seen>(unseen)
  const isNear = service.target === embeddedTarget
  const looking = Effect.andThen(lookForJob({ service, token, key, isNear, seen, found }), Effect.never)
  return yield* Effect.raceFirst(looking, ticking(seen))
})

/** An event at least every five seconds. Never ends by itself. */
export const ticking = (seen: Ref.Ref<Seen>): Effect.Effect<never> =>
  Effect.flatMap(Clock.currentTimeMillis, (start) =>
    Effect.gen(function* () {
      const { jobId, status } = yield* Ref.get(seen)
      yield* tell({ type: "progress", jobId, status, elapsedMs: (yield* Clock.currentTimeMillis) - start })
    }).pipe(Effect.delay(tick), Effect.forever)
  )

const tick = Duration.millis(4_500)
