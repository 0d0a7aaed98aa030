import * as Schema from "effect/Schema"
import type { ActorWire } from "../envelope/Envelope.ts"
import { actorOf, AgentId, type Grant } from "./Actor.ts"
import type { OwnerSession } from "./AgentRegister.ts"
import type { Session } from "./Agents.ts"

/** `restricted` is an agent's token, `owner` that of the person who answers for the organization (decision D2.4). */
export const TokenClass = Schema.Literals(["restricted", "owner"])
export type TokenClass = typeof TokenClass.Type

/** What an owner's token may do beside setting the spend policy: read. */
export const ownerGrants: ReadonlyArray<Grant> = [
  "identity.read",
  "quota.read",
  "models.read",
  "capabilities.read",
  "asset.read",
  "job.read",
  "activity.read"
]

/** The owner in the place of an agent: the same organization and allowance, and nothing that could be spent with. */
export const ownerSession = ({ first, token }: OwnerSession): Session => ({
  isOwner: true,
  token,
  agent: {
    id: AgentId.make(token.id),
    organizationId: token.organizationId,
    name: "owner",
    runtime: "owner",
    maskedContact: null,
    allowanceKey: first.allowanceKey,
    claimState: first.claimState,
    grants: ownerGrants,
    createdAt: first.createdAt,
    discoverySource: null
  }
})

/** Who acts in a session. */
export const actorIn = ({ agent, isOwner = false }: Session): ActorWire => ({
  ...actorOf(agent),
  ...(isOwner ? { actor_type: "human" as const } : {})
})
