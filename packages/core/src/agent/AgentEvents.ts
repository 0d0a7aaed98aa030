import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

/** What is told while an agent waits. Names and shapes are those of `--stream`, in code. */
export type AgentEvent =
  /** Sent, under this key: whoever loses the answer repeats it with the key, and is charged once. */
  | { readonly type: "submitted"; readonly idempotencyKey: string | null }
  | { readonly type: "job"; readonly jobId: string; readonly status: string | null }
  /** At least every five seconds. */
  | {
      readonly type: "progress"
      readonly jobId: string | null
      readonly status: string | null
      readonly elapsedMs: number
    }

/** Who is told; nobody, ordinarily. */
export const AgentEvents = Context.Reference<{ readonly tell: (event: AgentEvent) => Effect.Effect<void> }>(
  "core/agent/AgentEvents",
  { defaultValue: () => ({ tell: () => Effect.void }) }
)

export const tell = (event: AgentEvent): Effect.Effect<void> =>
  Effect.flatMap(Effect.service(AgentEvents), (events) => events.tell(event))
