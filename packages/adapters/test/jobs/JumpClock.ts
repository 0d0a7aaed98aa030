import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

/** The real clock, which a test may put forward: whoever sleeps until then wakes up at once. */
export interface JumpClock extends Clock.Clock {
  readonly jump: (duration: Duration.Input) => void
}

interface Sleeper {
  readonly at: number
  readonly woken: Deferred.Deferred<void>
}

const over = (clock: Clock.Clock): JumpClock => {
  let ahead = 0
  const sleepers = new Set<Sleeper>()
  const now = () => clock.currentTimeMillisUnsafe() + ahead
  const nanos = () => BigInt(now()) * 1_000_000n
  return {
    currentTimeMillisUnsafe: now,
    currentTimeMillis: Effect.sync(now),
    currentTimeNanosUnsafe: nanos,
    currentTimeNanos: Effect.sync(nanos),
    monotonicTimeNanosUnsafe: nanos,
    monotonicTimeNanos: Effect.sync(nanos),
    sleep: (duration) =>
      Effect.suspend(() => {
        const sleeper: Sleeper = { at: now() + Duration.toMillis(duration), woken: Deferred.makeUnsafe() }
        sleepers.add(sleeper)
        return Effect.raceFirst(clock.sleep(duration), Deferred.await(sleeper.woken)).pipe(
          Effect.ensuring(Effect.sync(() => sleepers.delete(sleeper)))
        )
      }),
    jump: (duration) => {
      ahead += Duration.toMillis(duration)
      for (const { at, woken } of sleepers) if (at <= now()) Deferred.doneUnsafe(woken, Effect.void)
    }
  }
}

/** Runs with a clock of its own, which the effect may put forward. */
export const withJumpClock = <A, E, R>(effect: (clock: JumpClock) => Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Clock.clockWith((live) => {
    const clock = over(live)
    return Effect.provideService(effect(clock), Clock.Clock, clock)
  })
