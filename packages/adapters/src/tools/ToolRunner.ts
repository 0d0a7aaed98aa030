import type { AgentEvent } from "@image-skill/core/agent/AgentEvents"
import type { AgentOperationId } from "@image-skill/core/agent/AgentOperations"
import type { Envelope } from "@image-skill/core/envelope/Envelope"

export interface AskOptions {
  /** Ends the waiting. What was already sent is not undone by it: a job that was begun goes on. */
  readonly signal?: AbortSignal
  /** Told while the answer is waited for. */
  readonly onEvent?: (event: AgentEvent) => void
}

/** What tools are made over, e.g. an `ImageSkill`: every operation is answered with its envelope, and nothing is thrown. */
export interface ToolRunner {
  /** `body` is the JSON of the request; whatever else it is, is refused. */
  readonly ask: (id: AgentOperationId, body: object, options?: AskOptions) => Promise<Envelope>
}
