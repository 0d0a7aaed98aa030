import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { Quota } from "../../credits/Quota.ts"
import { wire } from "../../envelope/Wire.ts"
import { type Agent, ClaimState, Grant } from "../../identity/Actor.ts"
import type { Session } from "../../identity/Agents.ts"
import type { ClaimRequest } from "../../identity/ClaimRequests.ts"
import type { SignedUp } from "../../identity/Identity.ts"
import { TokenClass } from "../../identity/OwnerSession.ts"
import { ClaimRequestState, claimRequestStateOf } from "./Claim.ts"
import { sessionOrigin } from "./Quota.ts"

/** contract/api.md 3.5. The one place where a token leaves the service, once. */
export const SignupAnswer = wire({
  agentId: Schema.String,
  organizationId: Schema.String,
  agentName: Schema.String,
  runtime: Schema.String,
  agentContact: Schema.NullOr(Schema.String),
  claimState: ClaimState,
  token: Schema.NullOr(Schema.String),
  tokenPresented: Schema.Boolean,
  tokenClass: Schema.Literal("restricted"),
  tokenCreatedAt: Schema.NullOr(Schema.String),
  tokenFingerprint: Schema.NullOr(Schema.String),
  rotated: Schema.Boolean,
  grants: Schema.Array(Grant),
  storage: wire({ saved: Schema.Boolean, reason: Schema.String }),
  quota: wire({ remainingCredits: Schema.Number, dailyJobsRemaining: Schema.Number })
})

export const signupAnswer = ({ agent, rotated, stored, token }: SignedUp, quota: Quota): typeof SignupAnswer.Type => ({
  agentId: agent.id,
  organizationId: agent.organizationId,
  agentName: agent.name,
  runtime: agent.runtime,
  agentContact: agent.maskedContact,
  claimState: agent.claimState,
  token: token === null ? null : Redacted.value(token),
  tokenPresented: token !== null,
  tokenClass: "restricted",
  tokenCreatedAt: stored?.createdAt ?? null,
  tokenFingerprint: stored?.fingerprint ?? null,
  rotated,
  grants: agent.grants,
  storage: { saved: false, reason: "the service keeps only a hash of the token" },
  quota: {
    remainingCredits: quota.preview.remaining + quota.paid.remaining,
    dailyJobsRemaining: quota.dailyJobs.remaining
  }
})

/** contract/api.md 3.6. */
export const WhoamiAnswer = wire({
  authenticated: Schema.Literal(true),
  actor: wire({
    actorType: Schema.Literals(["agent", "human"]),
    actorId: Schema.String,
    organizationId: Schema.String,
    claimState: ClaimState,
    agentName: Schema.String,
    runtime: Schema.String,
    agentContact: Schema.NullOr(Schema.String),
    createdAt: Schema.String
  }),
  organization: wire({
    organizationId: Schema.String,
    kind: Schema.Literal("restricted_agent"),
    createdAt: Schema.String
  }),
  claimState: ClaimState,
  claimRequestState: ClaimRequestState,
  discoverySource: Schema.NullOr(Schema.String),
  tokenClass: TokenClass,
  tokenStatus: Schema.Literal("active"),
  tokenCreatedAt: Schema.String,
  tokenFingerprint: Schema.String,
  sessionOrigin: Schema.Literal(sessionOrigin),
  grants: Schema.Array(Grant)
})

/** The inbox is the last one that was attached: by a claim request, else by the signup. */
export const whoamiAnswer = (
  { agent, isOwner = false, token }: Session,
  claim: ClaimRequest | null
): typeof WhoamiAnswer.Type => ({
  authenticated: true,
  actor: {
    actorType: isOwner ? "human" : "agent",
    actorId: agent.id,
    organizationId: agent.organizationId,
    claimState: agent.claimState,
    agentName: agent.name,
    runtime: agent.runtime,
    agentContact: claim?.maskedContact ?? agent.maskedContact,
    createdAt: agent.createdAt
  },
  organization: organizationOf(agent),
  claimState: agent.claimState,
  claimRequestState: claimRequestStateOf(claim),
  discoverySource: agent.discoverySource,
  tokenClass: isOwner ? "owner" : "restricted",
  tokenStatus: "active",
  tokenCreatedAt: token.createdAt,
  tokenFingerprint: token.fingerprint,
  sessionOrigin,
  grants: agent.grants
})

/** An organization is made with its first agent, so it is as old. */
const organizationOf = ({ createdAt, organizationId }: Agent) =>
  ({ organizationId, kind: "restricted_agent", createdAt }) as const
