import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { RateStanding } from "../envelope/RateStanding.ts"

export interface RequestWindows {
  /** Counts one request of the key, and says whether it was within the limit. What was refused is not counted. */
  readonly take: (key: string) => Effect.Effect<{ readonly granted: boolean; readonly standing: RateStanding }>
  /** The same without counting. */
  readonly standing: (key: string) => Effect.Effect<RateStanding>
  /** Keys that are remembered now. */
  readonly size: Effect.Effect<number>
}

interface Window {
  readonly since: number
  readonly count: number
}

/**
 * Counts requests by key, in this process only: a window begins with the first request of a key and lasts for
 * `duration`. At most `maxKeys` are remembered; beyond that those whose window began first are forgotten, so a flood of
 * keys costs a bounded amount of memory and at worst gives somebody a new window.
 */
export const make = (options: {
  readonly limit: number
  readonly duration: Duration.Duration
  readonly maxKeys: number
}): RequestWindows => {
  const { limit, maxKeys } = options
  const length = Duration.toMillis(options.duration)
  // In the order in which the windows began: those that are over stand in front.
  const windows = new Map<string, Window>()

  const current = (key: string, now: number): Window => {
    const known = windows.get(key)
    return known === undefined || known.since + length <= now ? { since: now, count: 0 } : known
  }

  const standingOf = ({ count, since }: Window, now: number): RateStanding => ({
    limit,
    remaining: Math.max(0, limit - count),
    resetSeconds: count === 0 ? 0 : Math.max(1, Math.ceil((since + length - now) / 1000))
  })

  const forget = (now: number): void => {
    for (const [key, { since }] of windows) {
      if (windows.size <= maxKeys && since + length > now) return
      windows.delete(key)
    }
  }

  const keep = (key: string, window: Window, now: number): void => {
    if (window.count === 1) windows.delete(key)
    windows.set(key, window)
    forget(now)
  }

  const clock = Effect.map(DateTime.now, DateTime.toEpochMillis)

  return {
    take: (key) =>
      Effect.map(clock, (now) => {
        const before = current(key, now)
        if (before.count >= limit) return { granted: false, standing: standingOf(before, now) }
        const after = { since: before.since, count: before.count + 1 }
        keep(key, after, now)
        return { granted: true, standing: standingOf(after, now) }
      }),
    standing: (key) => Effect.map(clock, (now) => standingOf(current(key, now), now)),
    size: Effect.sync(() => windows.size)
  }
}
