import { type SecretStore, SecretStoreFailed } from "@image-skill/core/identity/SecretStore"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { type Ran, runProgram } from "../internal/RunProgram.ts"
import { sendable } from "./SendableToken.ts"

/**
 * A program that keeps tokens: `PROGRAM … get ORIGIN` prints one, `store ORIGIN` reads one from standard input, `erase
 * ORIGIN` forgets one. It ends with 0 when that is done; `get` ends with 1 and prints nothing when there is none.
 * Whatever else happens, or 10 seconds without an end, makes the store unavailable.
 */
export const make = (program: string, words: ReadonlyArray<string>): SecretStore => {
  const run = (verb: string, origin: string, input = "") =>
    runProgram(program, [...words, verb, origin], input).pipe(
      Effect.timeoutOrElse({
        duration: patience,
        orElse: () => Effect.fail(unavailable(program, verb, "took too long"))
      }),
      Effect.flatMap((ran) =>
        ran === null ? Effect.fail(unavailable(program, verb, "could not be run")) : Effect.succeed(ran)
      )
    )

  const read = Effect.fnUntraced(function* (origin: string) {
    const ran = yield* run("get", origin)
    if (ran.exitCode === 1 && ran.output === "") return Option.none()
    yield* isDone(program, "get", ran)
    return Option.some(yield* sendable("command", ran.output.trim()))
  })

  return {
    source: "command",
    read,
    write: (origin, token) =>
      Effect.flatMap(run("store", origin, Redacted.value(token)), (ran) => isDone(program, "store", ran)),
    remove: Effect.fnUntraced(function* (origin: string) {
      if (Option.isNone(yield* read(origin))) return false
      yield* isDone(program, "erase", yield* run("erase", origin))
      return true
    })
  }
}

const patience = Duration.seconds(10)

const unavailable = (program: string, verb: string, what: string): SecretStoreFailed =>
  new SecretStoreFailed({ source: "command", reason: "unavailable", message: `${program} ${verb} ${what}` })

const isDone = (program: string, verb: string, { exitCode }: Ran): Effect.Effect<void, SecretStoreFailed> =>
  exitCode === 0 ? Effect.void : Effect.fail(unavailable(program, verb, `ended with exit code ${exitCode}`))
