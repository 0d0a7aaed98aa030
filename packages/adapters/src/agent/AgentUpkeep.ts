import type { AgentOperationId } from "@image-skill/core/agent/AgentOperations"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

/** What a service in this process needs, because no server does it; nothing for one elsewhere. */
export const AgentUpkeep = Context.Reference<{
  /** Done before each call. */
  readonly before: (id: AgentOperationId) => Effect.Effect<void>
  /** Waits until no job of this process is running. */
  readonly idle: Effect.Effect<void>
}>("adapters/agent/AgentUpkeep", { defaultValue: () => ({ before: () => Effect.void, idle: Effect.void }) })
