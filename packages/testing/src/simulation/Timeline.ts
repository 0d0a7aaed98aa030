import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as Random from "effect/Random"
import * as Scheduler from "effect/Scheduler"
import type { Dice } from "../payments/Dice.ts"

/** Whose tasks and timers they are: a process, or everybody outside of it. Nothing of a dead owner runs any more. */
export interface Owner {
  isAlive: boolean
}

/** The owner of the fiber that asks; whoever runs outside of a simulation lives. */
export const CurrentOwner = Context.Reference<Owner>("testing/simulation/CurrentOwner", {
  defaultValue: () => ({ isAlive: true })
})

/** Never goes on, and keeps no program from ending. */
export const never: Effect.Effect<never> = Effect.callback<never>(() => {})

interface Task {
  readonly owner: Owner
  readonly run: () => void
}

interface Timer extends Task {
  readonly at: number
}

/** The time of a simulation, and all that happens in it, one task at a time. */
export interface Timeline {
  /** Milliseconds on the wall: it jumps, also backwards. */
  readonly wall: () => number
  /** Milliseconds since the beginning: they only grow. */
  readonly elapsed: () => number
  /** How many tasks have run. */
  readonly tasks: () => number
  /** What a fiber of this owner needs: our scheduler, our clock, our chance; errors that are logged go to `logged`. */
  readonly contextOf: (owner: Owner, logged: (message: string) => void) => Context.Context<never>
  readonly post: (owner: Owner, run: () => void) => void
  /** Runs up to `most` tasks; true when none is left. */
  readonly run: (most: number) => boolean
  /** Time passes at once; every timer that is due by then fires once. */
  readonly pass: (millis: number) => void
  /** Milliseconds until the next timer; null when there is none. */
  readonly untilNext: () => number | null
  /** Somebody sets the clock on the wall. */
  readonly setBack: (millis: number) => void
}

const nanos = (millis: number): bigint => BigInt(Math.round(millis)) * 1_000_000n

/** Whoever is ready may run before those who were ready earlier: mostly the oldest of them does. */
export const make = (dice: Dice, start: number): Timeline => {
  const ready: Array<Task> = []
  let timers: ReadonlyArray<Timer> = []
  let elapsed = 0
  let back = 0
  let done = 0

  const wall = () => start + elapsed - back
  const post = (owner: Owner, run: () => void): void => void ready.push({ owner, run })

  const clockOf = (owner: Owner): Clock.Clock => {
    return {
      currentTimeMillisUnsafe: wall,
      currentTimeMillis: Effect.sync(wall),
      currentTimeNanosUnsafe: () => nanos(wall()),
      currentTimeNanos: Effect.sync(() => nanos(wall())),
      monotonicTimeNanosUnsafe: () => nanos(elapsed),
      monotonicTimeNanos: Effect.sync(() => nanos(elapsed)),
      sleep: (duration) =>
        Effect.callback<void>((resume) => {
          const timer = { owner, at: elapsed + Duration.toMillis(duration), run: () => resume(Effect.void) }
          timers = [...timers, timer]
          return Effect.sync(() => {
            timers = timers.filter((other) => other !== timer)
          })
        })
    }
  }

  const schedulerOf = (owner: Owner): Scheduler.Scheduler => ({
    executionMode: "async",
    shouldYield: ({ cache, currentOpCount }) => currentOpCount >= cache.maxOpsBeforeYield,
    makeDispatcher: () => ({ scheduleTask: (run) => post(owner, run), flush: () => {} })
  })

  const fire = (): void => {
    const due = timers.filter(({ at }) => at <= elapsed).toSorted((left, right) => left.at - right.at)
    timers = timers.filter(({ at, owner }) => at > elapsed && owner.isAlive)
    for (const { owner, run } of due) post(owner, run)
  }

  return {
    wall,
    elapsed: () => elapsed,
    tasks: () => done,
    contextOf: (owner, logged) =>
      Context.make(Scheduler.Scheduler, schedulerOf(owner)).pipe(
        Context.add(CurrentOwner, owner),
        Context.add(Clock.Clock, clockOf(owner)),
        Context.add(Random.Random, {
          nextIntUnsafe: () => dice.below(0x7fffffff),
          nextDoubleUnsafe: () => dice.below(0x40000000) / 0x40000000
        }),
        Context.add(
          Logger.CurrentLoggers,
          new Set([
            Logger.make(({ logLevel, message }) => {
              if (logLevel === "Error" || logLevel === "Fatal") logged(String(message))
            })
          ])
        )
      ),
    post,
    run: (most) => {
      for (let count = 0; count < most; count += 1) {
        const place = ready.length > 1 && dice.chance(20) ? dice.below(Math.min(ready.length, 4)) : 0
        const [task] = ready.splice(place, 1)
        if (task === undefined) return true
        if (!task.owner.isAlive) continue
        done += 1
        task.run()
      }
      return ready.length === 0
    },
    pass: (millis) => {
      elapsed += millis
      fire()
    },
    untilNext: () => {
      const alive = timers.filter(({ owner }) => owner.isAlive)
      return alive.length === 0 ? null : Math.max(0, Math.min(...alive.map(({ at }) => at)) - elapsed)
    },
    setBack: (millis) => {
      back += millis
    }
  }
}
