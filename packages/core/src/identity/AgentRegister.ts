import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type { StoreUnavailable } from "../store/Store.ts"
import type { Agent, AgentId, ClaimState, Grant, OrganizationId } from "./Actor.ts"
import type { StoredToken, TokenStatus } from "./Token.ts"

/** An agent as its operator sees it. */
export interface AgentEntry extends Pick<
  Agent,
  "id" | "organizationId" | "name" | "runtime" | "maskedContact" | "claimState" | "grants" | "createdAt"
> {
  /** Newest first. */
  readonly tokens: ReadonlyArray<Omit<StoredToken, "hash">>
}

/** A token of the person who answers for an organization (decision D2.4). */
export interface OwnerToken extends StoredToken {
  readonly id: string
  readonly organizationId: OrganizationId
}

/** An owner's token, and the agent whose allowance the organization spends: its first. */
export interface OwnerSession {
  readonly token: OwnerToken
  readonly first: Pick<Agent, "allowanceKey" | "claimState" | "createdAt">
}

export interface AgentPage {
  readonly organizationId: OrganizationId | null
  /** The last agent of the page before. */
  readonly after: AgentId | null
  readonly limit: number
}

/** What only operators see and change: all agents, their states, owner's tokens, frozen organizations. */
export class AgentRegister extends Context.Service<
  AgentRegister,
  {
    /** Newest first. */
    list(page: AgentPage): Effect.Effect<ReadonlyArray<AgentEntry>, StoreUnavailable>
    find(id: AgentId): Effect.Effect<Option.Option<AgentEntry>, StoreUnavailable>
    hasOrganization(id: OrganizationId): Effect.Effect<boolean, StoreUnavailable>
    setState(id: AgentId, claimState: ClaimState, grants: ReadonlyArray<Grant>): Effect.Effect<void, StoreUnavailable>
    /** Revokes the active tokens of an agent; how many there were. */
    revokeTokens(id: AgentId): Effect.Effect<number, StoreUnavailable>
    /** Tokens of both classes by their short fingerprint, which several may share. */
    tokensLike(fingerprint: string): Effect.Effect<ReadonlyArray<FoundToken>, StoreUnavailable>
    revokeToken(hash: string): Effect.Effect<void, StoreUnavailable>
    insertOwnerToken(token: OwnerToken): Effect.Effect<void, StoreUnavailable>
    ownerByTokenHash(hash: string): Effect.Effect<Option.Option<OwnerSession>, StoreUnavailable>
    isFrozen(id: OrganizationId): Effect.Effect<boolean, StoreUnavailable>
    /** Null thaws. */
    setFrozen(id: OrganizationId, frozenAt: string | null): Effect.Effect<void, StoreUnavailable>
  }
>()("core/identity/AgentRegister") {}

export interface FoundToken {
  readonly hash: string
  readonly status: TokenStatus
  readonly tokenClass: "restricted" | "owner"
  /** The agent, or the owner's token itself. */
  readonly holderId: string
}
