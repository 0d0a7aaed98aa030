import * as Schema from "effect/Schema"
import type { ActorWire } from "../envelope/Envelope.ts"

export const AgentId = Schema.String.pipe(Schema.brand("AgentId"))
export type AgentId = typeof AgentId.Type

export const OrganizationId = Schema.String.pipe(Schema.brand("OrganizationId"))
export type OrganizationId = typeof OrganizationId.Type

/** contract/api.md 3.2. `payment_backed_unclaimed` is reserved and never emitted. */
export const ClaimState = Schema.Literals(["unclaimed", "payment_backed_unclaimed", "claimed", "revoked"])
export type ClaimState = typeof ClaimState.Type

/** The identity behind a token. Everything belongs to its organization. */
export interface Agent {
  readonly id: AgentId
  readonly organizationId: OrganizationId
  readonly name: string
  readonly runtime: string
  /** Masked from the start: the inbox itself is never stored. */
  readonly maskedContact: string | null
  /**
   * Whose allowance it spends: a hash of the normalised contact, or of the network for anonymous signups. The preview
   * grant and the daily cap are counted on it, so that signing up again earns nothing (decision D2.1).
   */
  readonly allowanceKey: string
  readonly claimState: ClaimState
  readonly grants: ReadonlyArray<Grant>
  readonly createdAt: string
  /** Which channel brought it here, as its first signup said; null when it did not. */
  readonly discoverySource: string | null
}

/** What a token may do (contract/api.md 3.3). */
export const Grant = Schema.Literals([
  "identity.read",
  "quota.read",
  "models.read",
  "capabilities.read",
  "image.create.preview",
  "image.edit.preview",
  "media.create.preview",
  "asset.upload",
  "asset.read",
  "job.read",
  "activity.read",
  "credits.quote",
  "credits.purchase",
  "feedback.create",
  "claim.request"
])
export type Grant = typeof Grant.Type

/** Signup gives all of them; an operator may take some away. */
export const restrictedGrants: ReadonlyArray<Grant> = Grant.literals

export const actorOf = (agent: Agent): ActorWire => ({
  actor_type: "agent",
  actor_id: agent.id,
  organization_id: agent.organizationId,
  claim_state: agent.claimState
})
