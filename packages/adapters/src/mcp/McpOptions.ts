import type { AgentOperationId } from "@image-skill/core/agent/AgentOperations"
import * as Duration from "effect/Duration"

/** How long a call may keep its client waiting. Hosts give up on a call after a minute or less. */
export interface Patience {
  /** How long a create, an edit or a wait waits for its job, unless it says otherwise. */
  readonly wait: Duration.Duration
  /** The most that it may say. */
  readonly longest: Duration.Duration
  /** Then a call is answered, with all that it waited for; what it does goes on. */
  readonly answer: Duration.Duration
  /** How long a person has for a question, before a call or after it. */
  readonly person: Duration.Duration
  /** How long, and how often, a payment is looked for that a person has gone to make. */
  readonly payment: { readonly pause: Duration.Duration; readonly atMost: Duration.Duration }
}

export const patience: Patience = {
  wait: Duration.seconds(30),
  longest: Duration.seconds(35),
  answer: Duration.seconds(38),
  person: Duration.seconds(20),
  payment: { pause: Duration.seconds(5), atMost: Duration.minutes(30) }
}

export interface McpOptions {
  /** The tools that are offered; a client never hears of the others. */
  readonly tools: ReadonlyArray<AgentOperationId>
  /** `asked`: a person allows each call that spends or deletes. `none`: nothing is spent. */
  readonly spending: "allowed" | "asked" | "none"
  readonly patience: Patience
}
