import { once } from "node:events"
import { writeSync } from "node:fs"
import * as Effect from "effect/Effect"

/** The words that a test started this program with. */
export const words: ReadonlyArray<string> = process.argv.slice(2)

/** Tells the test something, at once and even if the program is killed right after. */
export const tell = (value: unknown): void => void writeSync(1, `${JSON.stringify(value)}\n`)

/** Waits until the test says something. */
export const told: Effect.Effect<void> = Effect.andThen(
  Effect.promise(() => once(process.stdin.resume(), "data")),
  Effect.sync(() => void process.stdin.pause())
)

/** Runs the program; whatever goes wrong makes the test fail with the reason. */
export const main = <E>(program: Effect.Effect<void, E>): void => {
  Effect.runPromise(program).then(
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
      process.exit(1)
    }
  )
}
