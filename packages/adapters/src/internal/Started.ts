import * as Effect from "effect/Effect"
import * as Pull from "effect/Pull"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"

/** The same stream once its first element is there, so that what fails at once fails before it is announced. Runs once. */
export const started = <A, E>(stream: Stream.Stream<A, E>): Effect.Effect<Stream.Stream<A, E>, E, Scope.Scope> =>
  Effect.gen(function* () {
    const pull = yield* Stream.toPull(stream)
    const first = yield* Pull.catchDone(pull, () => Effect.succeed(null))
    return first === null
      ? Stream.empty
      : Stream.concat(Stream.fromIterable(first), Stream.fromPull(Effect.succeed(pull)))
  })
