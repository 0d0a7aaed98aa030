import { look as lookOnce, lookForJob, type Seen, type Sought as Searched } from "@image-skill/core/agent/WatchJob"
import type { ServiceApi } from "@image-skill/core/service/ServiceApi"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import { type GoesOn, tell } from "./RunEvents.ts"

/** The job of a request that was not answered yet. */
export interface Sought {
  readonly service: ServiceApi["Service"]
  readonly token: Redacted.Redacted
  readonly key: string
  readonly goesOn: GoesOn
  readonly seen: Ref.Ref<Seen>
}

/** Says the job's id as soon as it is known, and every few seconds that it goes on. Never ends by itself. */
export const watchJob = (sought: Sought): Effect.Effect<never> =>
  Effect.raceFirst(Effect.andThen(lookForJob(searched(sought)), Effect.never), ticking(sought.seen))

/** One look; false where the service will not say it another time either. */
export const look = (sought: Sought): Effect.Effect<boolean> => lookOnce(searched(sought))

const searched = ({ goesOn, ...sought }: Sought): Searched => ({
  ...sought,
  isNear: goesOn !== "service",
  found: (jobId, status) => tell({ type: "job", jobId, status, goesOn })
})

/** An event at least every five seconds. Never ends by itself. */
export const ticking = (seen: Ref.Ref<Seen>): Effect.Effect<never> =>
  Effect.flatMap(Clock.currentTimeMillis, (start) =>
    Effect.gen(function* () {
      const { status } = yield* Ref.get(seen)
      yield* tell({ type: "progress", status, elapsedMs: (yield* Clock.currentTimeMillis) - start })
    }).pipe(Effect.delay(tick), Effect.forever)
  )

const tick = Duration.millis(4_500)
