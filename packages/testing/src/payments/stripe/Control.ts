import * as Schema from "effect/Schema"
import type { Api } from "./Api.ts"
import { stepsOf } from "./ControlStep.ts"
import type { Deliveries } from "./Deliveries.ts"
import { type Faults, kinds } from "./Faults.ts"
import * as MoneySteps from "./MoneySteps.ts"
import { scan } from "./Watcher.ts"
import * as WebhookSteps from "./WebhookSteps.ts"
import type { World } from "./World.ts"

interface Parts {
  readonly world: World
  readonly api: Api
  readonly deliveries: Deliveries
  readonly faults: Faults
  /** Signs for an endpoint that names no secret of its own. */
  readonly webhookSecret: string
}

const { Boolean: Flag, Literals, Number, optionalKey: optional, String: Text, Struct } = Schema

/** What acts from outside of the API: buyers, banks, the clock, the network. The same names over HTTP. */
export const make = ({ api, deliveries, faults, webhookSecret, world }: Parts) => {
  const steps = stepsOf(world)
  const { plain, step } = steps
  return {
    ...MoneySteps.make(world, steps),
    ...WebhookSteps.make(world, deliveries, webhookSecret, steps),

    /** Stripe's time, in seconds since 1970. */
    now: plain(() => ({ now: world.now() })),
    /** Moves Stripe's clock forward; sessions expire and simulated deposits end as their time comes. */
    advance: step(Struct({ seconds: Number }), ({ seconds }) => {
      world.advance(seconds)
      return { now: world.now() }
    }),
    /** Plans a fault for the next requests to a path. */
    fault: step(
      Struct({
        kind: Literals(kinds),
        path: Text,
        method: optional(Text),
        count: optional(Number),
        milliseconds: optional(Number),
        remembered: optional(Flag)
      }),
      (input) => {
        faults.plan(input)
        return { planned: input.kind }
      }
    ),
    /** Forgets every planned fault. */
    clearFaults: plain(() => {
      faults.clear()
      return { planned: null }
    }),
    /** Every request the API has answered. */
    requests: plain(() => api.seen()),
    /** Looks at the chain once: matches new deposits, confirms or drops those seen before. */
    scanChain: plain(() => scan(world))
  }
}

/** The control plane of an emulator. */
export type StripeControl = ReturnType<typeof make>
