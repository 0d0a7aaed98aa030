import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type { StoreUnavailable } from "../store/Store.ts"
import type { AgentId, OrganizationId } from "./Actor.ts"

/** An agent's wish that the person behind an inbox claims it. One row for each agent; the latest wish counts. */
export interface ClaimRequest {
  readonly agentId: AgentId
  readonly organizationId: OrganizationId
  /** Masked from the start: the inbox itself is never stored. */
  readonly maskedContact: string
  /** A peppered hash of the inbox, so that an operator can tell whether a given one is meant. */
  readonly contactHash: string
  readonly state: "requested" | "closed"
  readonly requestedAt: string
  readonly closedAt: string | null
}

/** The wishes of agents to be claimed. An operator answers them (decision D2.4). */
export class ClaimRequests extends Context.Service<
  ClaimRequests,
  {
    /** Writes it, in place of an earlier one of the same agent. */
    put(request: ClaimRequest): Effect.Effect<void, StoreUnavailable>
    find(agentId: AgentId): Effect.Effect<Option.Option<ClaimRequest>, StoreUnavailable>
    /** Up to `limit` that nobody has closed, oldest first. */
    waiting(limit: number): Effect.Effect<ReadonlyArray<ClaimRequest>, StoreUnavailable>
    /** False when there is none that is open. */
    close(agentId: AgentId, at: string): Effect.Effect<boolean, StoreUnavailable>
  }
>()("core/identity/ClaimRequests") {}
