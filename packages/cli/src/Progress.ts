import { type Seen, unseen } from "@image-skill/core/agent/WatchJob"
import type { Answer } from "@image-skill/core/envelope/Envelope"
import { lineOf } from "@image-skill/core/envelope/Start"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import * as Schedule from "effect/Schedule"
import type { Context } from "./Context.ts"
import { look, type Sought, watchJob } from "./JobWatch.ts"
import type { Again } from "./Repeat.ts"

/**
 * What stands on stderr while a live create runs. For a program: one JSON line with the way to find out what happened,
 * written before anything is sent, since whoever kills this process would otherwise have nothing to look it up by. For a
 * person: one line that counts the seconds.
 */
export const inFlight = ({ host, machine, parsed }: Context, { command, key }: Again): Effect.Effect<void> =>
  machine.stderrIsTerminal
    ? Effect.void
    : write(
        `${JSON.stringify({
          in_flight: {
            command: `image-skill ${parsed.name}`,
            idempotency_key: key,
            recover_command: lineOf(command, host),
            note: "if this process ends without an answer, run recover_command: the same key is charged once"
          }
        })}\n`
      )

/** A request that is waited for, and how its job is found meanwhile; null where it cannot be. */
export interface Awaited<E, R> {
  readonly ask: Effect.Effect<Answer, E, R>
  readonly again: Again
  readonly sought: Omit<Sought, "seen"> | null
}

export const withProgress = <E, R>(
  { host, machine }: Context,
  { again, ask, sought }: Awaited<E, R>
): Effect.Effect<Answer, E, R> =>
  Effect.flatMap(Ref.make(unseen), (seen) => {
    const known = sought === null ? null : { ...sought, seen }
    const stopped = known === null ? Effect.void : Effect.ignore(Effect.timeoutOption(look(known), lastLook))
    const running = Effect.onInterrupt(ask, () =>
      Effect.andThen(stopped, write(stoppedNote(lineOf(again.command, host))))
    )
    const watched = known === null ? running : Effect.raceFirst(running, watchJob(known))
    return machine.stderrIsTerminal
      ? Effect.ensuring(Effect.raceFirst(watched, counting(seen)), write("\r\u001b[K"))
      : watched
  })

/** Whoever stops waiting should know for which job; but not wait for that, too. */
const lastLook = Duration.millis(800)

/** What is left to say when whoever waits stops waiting. */
export const stoppedNote = (again: string): string => `\nstopped waiting; to find out what happened, run:\n  ${again}\n`

/** Never ends by itself: the work does. */
const counting = (seen: Ref.Ref<Seen>): Effect.Effect<never> =>
  Effect.gen(function* () {
    const start = yield* Clock.currentTimeMillis
    const tick = Effect.gen(function* () {
      const { jobId } = yield* Ref.get(seen)
      const seconds = Math.round(((yield* Clock.currentTimeMillis) - start) / 1000)
      yield* write(`\r\u001b[Kmaking it ...${jobId === null ? "" : ` ${jobId}`} ${seconds} s`)
    })
    yield* Effect.repeat(tick, Schedule.spaced(Duration.millis(250)))
    return yield* Effect.never
  })

export const write = (text: string): Effect.Effect<void> => Effect.sync(() => void process.stderr.write(text))
