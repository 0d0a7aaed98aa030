import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"

/** What an embedded service does now and then, because no server does it: go on with jobs and payments that a dead process left. */
export class Upkeep extends Context.Service<Upkeep, { readonly sweep: Effect.Effect<void> }>()("cli/Upkeep") {}
