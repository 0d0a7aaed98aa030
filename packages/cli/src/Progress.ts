import type { Command } from "@image-skill/core/envelope/CommandLine"
import type { Answer } from "@image-skill/core/envelope/Envelope"
import { lineOf } from "@image-skill/core/envelope/Start"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { Context } from "./Context.ts"

/**
 * What stands on stderr while a live create runs. For a program: one JSON line with the way to find out what happened,
 * written before anything is sent, since whoever kills this process would otherwise have nothing to look it up by. For a
 * person: one line that counts the seconds.
 */
export const inFlight = ({ host, machine, parsed }: Context, again: Command): Effect.Effect<void> =>
  machine.stderrIsTerminal
    ? Effect.void
    : write(
        `${JSON.stringify({
          in_flight: {
            command: `image-skill ${parsed.name}`,
            recover_command: lineOf(again, host),
            note: "if this process ends without an answer, run recover_command: the same key is charged once"
          }
        })}\n`
      )

export const withProgress = <E, R>(
  { host, machine }: Context,
  work: Effect.Effect<Answer, E, R>,
  again: Command
): Effect.Effect<Answer, E, R> => {
  const running = Effect.onInterrupt(work, () => write(stoppedNote(lineOf(again, host))))
  return machine.stderrIsTerminal ? Effect.ensuring(Effect.raceFirst(running, ticking), write("\r\u001b[K")) : running
}

/** What is left to say when whoever waits stops waiting. */
export const stoppedNote = (again: string): string => `\nstopped waiting; to find out what happened, run:\n  ${again}\n`

/** Never ends by itself: the work does. */
const ticking: Effect.Effect<never> = Effect.gen(function* () {
  const start = yield* Clock.currentTimeMillis
  const tick = Effect.flatMap(Clock.currentTimeMillis, (now) =>
    write(`\r\u001b[Kmaking it ... ${Math.round((now - start) / 1000)} s`)
  )
  yield* Effect.repeat(tick, Schedule.spaced(Duration.millis(250)))
  return yield* Effect.never
})

export const write = (text: string): Effect.Effect<void> => Effect.sync(() => void process.stderr.write(text))
