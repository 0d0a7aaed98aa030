import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Scheduler from "effect/Scheduler"
import * as Semaphore from "effect/Semaphore"

/** A clock that only moves when it is told to, or, while somebody waits for an answer, to the next thing that is due. */
export interface VirtualClock {
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Moves on, and lets everything that becomes due on the way happen in its order. */
  readonly advance: (millis: number) => Promise<void>
  /**
   * Waits for an answer. With an automatic clock, time passes whenever there is nothing left to do but to wait: what
   * would take half a minute takes no time.
   */
  readonly awaiting: <A>(work: Promise<A>) => Promise<A>
  /** The clock of one process: when that is dead, nothing of it wakes up any more. */
  readonly of: (process: { readonly isDead: () => boolean }) => Clock.Clock
  /** Counts what fibers have still to do; whoever runs on this clock has to use it. */
  readonly scheduler: Scheduler.Scheduler
}

export interface VirtualClockOptions {
  readonly startAt: number
  readonly mode: "auto" | "manual"
  /** Begins what a service does now and then, e.g. to look for payments: after a step of the clock, at most every two seconds. */
  readonly tick: () => void
}

interface Sleeper {
  readonly at: number
  readonly wake: () => void
  readonly isDead: () => boolean
}

/** Milliseconds between two rounds of what a service does now and then. */
const tickPause = 2_000
/** So many rounds at most within one step of the clock: a month passes about as fast as an hour. */
const mostTicks = 16
/** Rounds of the event loop without any work after which nothing but time is awaited. */
const quietRounds = 3
const mostRounds = 20_000

export const make = ({ mode, startAt, tick }: VirtualClockOptions): VirtualClock => {
  let now = startAt
  let lastTick = startAt
  let tasks = 0
  let waiting = 0
  let sleepers: ReadonlyArray<Sleeper> = []
  let isDriving = false
  const turn = Semaphore.makeUnsafe(1)

  const scheduler = countingScheduler((change) => {
    tasks += change
  })

  /** Until every fiber waits for something that is not its turn. */
  const settle = Effect.gen(function* () {
    for (let quiet = 0, round = 0; quiet < quietRounds && round < mostRounds; round += 1) {
      yield* immediate
      quiet = tasks === 0 ? quiet + 1 : 0
    }
  })

  const next = (): number =>
    sleepers.reduce((first, { at, isDead }) => (isDead() ? first : Math.min(first, at)), Number.POSITIVE_INFINITY)

  const wake = () => {
    const woken = sleepers.filter(({ at }) => at <= now).toSorted((left, right) => left.at - right.at)
    sleepers = sleepers.filter(({ at }) => at > now)
    for (const { isDead, wake: resume } of woken) if (!isDead()) resume()
  }

  /** Wakes what is due until then, one time after the other. */
  const wakeUntil = Effect.fnUntraced(function* (target: number) {
    yield* settle
    while (next() <= target) {
      now = Math.max(now, next())
      wake()
      yield* settle
    }
    now = Math.max(now, target)
  })

  const stepTo = (target: () => number) =>
    turn.withPermit(
      Effect.gen(function* () {
        const end = target()
        const pause = Math.max(tickPause, Math.ceil((end - now) / mostTicks))
        while (lastTick + pause <= end) {
          yield* wakeUntil(Math.max(now, lastTick + pause))
          lastTick = now
          tick()
        }
        yield* wakeUntil(end)
      })
    )

  const drive = Effect.gen(function* () {
    for (;;) {
      yield* settle
      // What reads a socket or a file is not seen by the scheduler, so it gets a moment.
      yield* moment
      if (waiting === 0) break
      const due = next()
      if (tasks === 0 && Number.isFinite(due)) yield* stepTo(() => due)
    }
    isDriving = false
  })

  return {
    now: () => now,
    advance: (millis) => Effect.runPromise(stepTo(() => now + millis)),
    awaiting: async (work) => {
      waiting += 1
      if (mode === "auto" && !isDriving) {
        isDriving = true
        Effect.runFork(drive)
      }
      try {
        return await work
      } finally {
        waiting -= 1
      }
    },
    of: ({ isDead }) =>
      clockOf(
        () => now,
        (duration) =>
          Effect.callback<void>((resume) => {
            const sleeper = { at: now + Duration.toMillis(duration), isDead, wake: () => resume(Effect.void) }
            sleepers = [...sleepers, sleeper]
            return Effect.sync(() => {
              sleepers = sleepers.filter((other) => other !== sleeper)
            })
          })
      ),
    scheduler
  }
}

const clockOf = (now: () => number, sleep: Clock.Clock["sleep"]): Clock.Clock => {
  const nanos = () => BigInt(Math.round(now() * 1_000_000))
  return {
    currentTimeMillisUnsafe: now,
    currentTimeMillis: Effect.sync(now),
    currentTimeNanosUnsafe: nanos,
    currentTimeNanos: Effect.sync(nanos),
    monotonicTimeNanosUnsafe: nanos,
    monotonicTimeNanos: Effect.sync(nanos),
    sleep: (duration) => (Duration.toMillis(duration) <= 0 ? Effect.yieldNow : sleep(duration))
  }
}

const countingScheduler = (count: (change: 1 | -1) => void): Scheduler.Scheduler => {
  const inner = new Scheduler.MixedScheduler()
  return {
    executionMode: inner.executionMode,
    shouldYield: (fiber) => inner.shouldYield(fiber),
    makeDispatcher: () => {
      const dispatcher = inner.makeDispatcher()
      return {
        scheduleTask: (task, priority) => {
          count(1)
          dispatcher.scheduleTask(() => {
            count(-1)
            task()
          }, priority)
        },
        flush: () => dispatcher.flush()
      }
    }
  }
}

const immediate = Effect.callback<void>((resume) => {
  setImmediate(() => resume(Effect.void))
})

const moment = Effect.callback<void>((resume) => {
  setTimeout(() => resume(Effect.void), 1)
})
