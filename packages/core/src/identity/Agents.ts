import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type { StoreUnavailable } from "../store/Store.ts"
import type { Agent, AgentId } from "./Actor.ts"
import type { StoredToken } from "./Token.ts"

/** An agent with the token that was presented, whatever the token's status. */
export interface Session {
  readonly agent: Agent
  readonly token: StoredToken
  /** It is the owner who asks, by a token of the organization's; `agent` then stands for the owner. */
  readonly isOwner?: boolean
}

/** Agents, their organizations and their tokens. */
export class Agents extends Context.Service<
  Agents,
  {
    /** Writes the organization and the agent, and its first token when it gets one. */
    insert(agent: Agent, token: StoredToken | null): Effect.Effect<void, StoreUnavailable>
    findByTokenHash(hash: string): Effect.Effect<Option.Option<Session>, StoreUnavailable>
    /** Marks the token `previousHash` rotated and stores `next`, in one step. */
    rotate(agentId: AgentId, previousHash: string, next: StoredToken): Effect.Effect<void, StoreUnavailable>
    /** A secret of this deployment, made with its database, that keeps hashed contacts and networks unguessable. */
    readonly pepper: Effect.Effect<string, StoreUnavailable>
  }
>()("core/identity/Agents") {}
