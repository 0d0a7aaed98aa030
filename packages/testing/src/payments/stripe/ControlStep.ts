import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { World } from "./World.ts"

/** A step of the control plane: called with typed input here, or with JSON from another process. */
export interface ControlStep<Input extends ReadonlyArray<unknown>, Output> {
  /** Dies where the step cannot be taken: a test has asked for what Stripe's world does not allow. */
  (...input: Input): Effect.Effect<Output>
  /** The same for input that is still to be decoded. Rejects where it does not fit, too. */
  readonly fromJson: (input: unknown) => Promise<unknown>
}

/** Makes steps that find the world up to date, and leave it so. */
export const stepsOf = (world: World) => {
  const upToDate = async <A>(act: () => A | Promise<A>): Promise<A> => {
    world.tick()
    const result = await act()
    world.tick()
    return result
  }
  return {
    step: <A, B>(schema: Schema.Codec<A>, act: (input: A) => B | Promise<B>): ControlStep<[input: A], B> => {
      const decode = Schema.decodeUnknownSync(schema)
      const run = (input: A) => Effect.promise(() => upToDate(() => act(input)))
      const fromJson = (input: unknown) => upToDate(() => act(decode(input)))
      return Object.assign(run, { fromJson })
    },
    plain: <B>(act: () => B | Promise<B>): ControlStep<[], B> =>
      Object.assign(() => Effect.promise(() => upToDate(act)), { fromJson: () => upToDate(act) })
  }
}

export type Steps = ReturnType<typeof stepsOf>
