import type { Answer } from "@image-skill/core/envelope/Envelope"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { Again } from "./Repeat.ts"

/** Who waits for the answer of a live create or edit. */
export interface CallerShape {
  /** Whether another process waits, so that this one goes on when nobody does. */
  readonly isBackground: boolean
  /** From now on money may be spent; `again` finds out what became of it. */
  readonly asking: (again: Again) => Effect.Effect<void>
  /** The answer is decided. `idle` ends when the jobs of this process have nothing more to do. */
  readonly answered: (answer: Answer, idle: Effect.Effect<void>) => Effect.Effect<void>
}

/** Nobody but this process itself, unless it works in the background of another (see `BackgroundWork`). */
export const Caller = Context.Reference<CallerShape>("cli/Caller", {
  defaultValue: () => ({ isBackground: false, asking: () => Effect.void, answered: () => Effect.void })
})
