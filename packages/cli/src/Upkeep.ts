import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"

/** What an embedded service needs, because no server does it. */
export class Upkeep extends Context.Service<
  Upkeep,
  {
    /** Goes on with jobs and payments that a dead process left. */
    readonly sweep: Effect.Effect<void>
    /** Waits until no job of this process is running. */
    readonly idle: Effect.Effect<void>
  }
>()("cli/Upkeep") {}
