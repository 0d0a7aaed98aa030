import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

/** The real clock, which a test may put forward: whoever sleeps until then wakes up at once. */
export interface JumpClock extends Clock.Clock {
  readonly jump: (duration: Duration.Input) => void
}

interface Sleeper {
  readonly at: number
  readonly wake: () => void
}

export const make = (): JumpClock => {
  let ahead = 0
  const sleepers = new Set<Sleeper>()
  const now = () => Date.now() + ahead
  const nanos = () => BigInt(now()) * 1_000_000n
  return {
    currentTimeMillisUnsafe: now,
    currentTimeMillis: Effect.sync(now),
    currentTimeNanosUnsafe: nanos,
    currentTimeNanos: Effect.sync(nanos),
    monotonicTimeNanosUnsafe: nanos,
    monotonicTimeNanos: Effect.sync(nanos),
    sleep: (duration) =>
      Effect.callback<void>((resume) => {
        const millis = Duration.toMillis(duration)
        const timer = setTimeout(() => sleeper.wake(), Math.min(millis, 2 ** 31 - 1))
        const sleeper: Sleeper = {
          at: now() + millis,
          wake: () => {
            clearTimeout(timer)
            sleepers.delete(sleeper)
            resume(Effect.void)
          }
        }
        sleepers.add(sleeper)
        return Effect.sync(() => {
          clearTimeout(timer)
          sleepers.delete(sleeper)
        })
      }),
    jump: (duration) => {
      ahead += Duration.toMillis(duration)
      for (const sleeper of [...sleepers]) if (sleeper.at <= now()) sleeper.wake()
    }
  }
}

/** Runs with a clock of its own, which the effect may put forward. */
export const withJumpClock = <A, E, R>(effect: (clock: JumpClock) => Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.suspend(() => {
    const clock = make()
    return Effect.provideService(effect(clock), Clock.Clock, clock)
  })
