import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import type { FakeMediaProvider } from "../media/FakeMediaProvider.ts"
import { type SignedUpAgent, signUp } from "./FakeAgents.ts"
import { chores } from "./FakeLives.ts"
import { type FakeServiceOptions, read } from "./FakeOptions.ts"
import * as FakeWorld from "./FakeWorld.ts"
import { board, type FaultBoard } from "./FaultPlan.ts"
import type { Process } from "./FaultyPorts.ts"
import type { ScriptedRail } from "./ScriptedRail.ts"

/** The hands on a fake service, for programs in Effect. */
export class FakeControls extends Context.Service<
  FakeControls,
  {
    readonly agents: ReadonlyArray<SignedUpAgent>
    readonly providers: ReadonlyArray<FakeMediaProvider>
    /** Who pays on the scripted rails. The service looks after two seconds, or when it is asked. */
    readonly payers: { readonly hosted: ScriptedRail; readonly deposit: ScriptedRail }
    readonly faults: FaultBoard
  }
>()("testing/kit/FakeControls") {}

/**
 * The same service for programs in Effect: `ServiceApi`, the programs and rows behind it, and `FakeControls`. It runs on
 * the clock that is there, e.g. a `TestClock`. A fault `crash` ends it: every later write dies.
 */
export const layer = (options: Omit<FakeServiceOptions, "onPort" | "startAt" | "clock"> = {}) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const settings = read(options)
      const faults = board(settings.faults)
      const world = yield* FakeWorld.make(settings, "https://fake.image-skill.test")
      const agents = yield* signUp(world, settings)
      const life = world.life(mortal(faults))
      const busy = Layer.effectDiscard(
        chores.pipe(Effect.repeat(Schedule.spaced(pause)), Effect.delay(pause), Effect.forkScoped)
      )
      const controls = FakeControls.of({ agents, providers: world.providers, payers: world.scripted, faults })
      return Layer.merge(Layer.provideMerge(busy, life), Layer.succeed(FakeControls, controls))
    })
  )

const pause = Duration.seconds(2)

const mortal = ({ take }: FaultBoard): Process => {
  let isDead = false
  return {
    isDead: () => isDead,
    take,
    crash: Effect.suspend(() => {
      isDead = true
      return Effect.die(new Error("the fault plan says that the process dies here"))
    })
  }
}
