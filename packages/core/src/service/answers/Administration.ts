import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { PolicyView } from "../../credits/PolicyDesk.ts"
import { type Approval, approvalStates } from "../../credits/SpendPolicies.ts"
import { SpendPolicy } from "../../credits/SpendPolicy.ts"
import { wire } from "../../envelope/Wire.ts"
import { ClaimState, Grant } from "../../identity/Actor.ts"
import type { AgentEntry } from "../../identity/AgentRegister.ts"
import type { ClaimRequest } from "../../identity/ClaimRequests.ts"
import { paymentCaseKinds, resolutions } from "../../payments/PaymentResolutions.ts"
import type { MadeOwnerToken } from "../Administration.ts"

const AgentRow = wire({
  agentId: Schema.String,
  organizationId: Schema.String,
  agentName: Schema.String,
  runtime: Schema.String,
  agentContact: Schema.NullOr(Schema.String),
  claimState: ClaimState,
  grants: Schema.Array(Grant),
  createdAt: Schema.String,
  tokens: Schema.Array(
    wire({
      tokenFingerprint: Schema.String,
      tokenStatus: Schema.Literals(["active", "rotated", "revoked"]),
      createdAt: Schema.String
    })
  )
})

export const agentRow = ({ id, maskedContact, name, tokens, ...agent }: AgentEntry): typeof AgentRow.Type => ({
  agentId: id,
  organizationId: agent.organizationId,
  agentName: name,
  runtime: agent.runtime,
  agentContact: maskedContact,
  claimState: agent.claimState,
  grants: agent.grants,
  createdAt: agent.createdAt,
  tokens: tokens
    .slice(0, 5)
    .map(({ createdAt, fingerprint, status }) => ({ tokenFingerprint: fingerprint, tokenStatus: status, createdAt }))
})

export const AgentsAnswer = wire({
  agents: Schema.Array(AgentRow),
  nextCursor: Schema.NullOr(Schema.String),
  claimRequests: Schema.Array(
    wire({
      agentId: Schema.String,
      organizationId: Schema.String,
      contact: Schema.String,
      requestedAt: Schema.String
    })
  )
})

export const claimRow = ({ agentId, maskedContact, organizationId, requestedAt }: ClaimRequest) => ({
  agentId,
  organizationId,
  contact: maskedContact,
  requestedAt
})

export const AgentAnswer = wire({
  agent: AgentRow,
  changed: Schema.Boolean,
  tokensRevoked: Schema.optionalKey(Schema.Number),
  claimRequestClosed: Schema.optionalKey(Schema.Boolean)
})

export const TokenAnswer = wire({
  tokenClass: Schema.Literals(["restricted", "owner"]),
  holderId: Schema.String,
  tokenFingerprint: Schema.String,
  changed: Schema.Boolean
})

export const CasesAnswer = wire({
  cases: Schema.Array(
    wire({
      id: Schema.String,
      kind: Schema.Literals(paymentCaseKinds),
      organizationId: Schema.NullOr(Schema.String),
      amountCents: Schema.NullOr(Schema.Number),
      about: Schema.String,
      at: Schema.String
    })
  )
})

export const ResolutionAnswer = wire({
  resolution: wire({
    resolutionId: Schema.String,
    id: Schema.String,
    resolution: Schema.Literals(resolutions),
    note: Schema.NullOr(Schema.String),
    at: Schema.String
  }),
  changed: Schema.Boolean,
  creditsMoved: Schema.Literal(0)
})

export const FreezeAnswer = wire({
  organizationId: Schema.String,
  frozen: Schema.Boolean,
  changed: Schema.Boolean
})

export const OwnerTokenAnswer = wire({
  ownerId: Schema.String,
  organizationId: Schema.String,
  token: Schema.String,
  tokenClass: Schema.Literal("owner"),
  tokenFingerprint: Schema.String,
  tokenCreatedAt: Schema.String
})

export const ownerTokenAnswer = (made: MadeOwnerToken): typeof OwnerTokenAnswer.Type => ({
  ownerId: made.id,
  organizationId: made.organizationId,
  token: Redacted.value(made.token),
  tokenClass: "owner",
  tokenFingerprint: made.fingerprint,
  tokenCreatedAt: made.createdAt
})

export const PolicyAnswer = wire({
  organizationId: Schema.String,
  changed: Schema.Boolean,
  effective: Schema.NullOr(SpendPolicy),
  owner: Schema.NullOr(SpendPolicy),
  ownerFile: wire({
    state: Schema.Literals(["absent", "read", "unreadable"]),
    path: Schema.String,
    policy: Schema.NullOr(SpendPolicy),
    problem: Schema.NullOr(Schema.String)
  }),
  jobsCreditsToday: Schema.Number
})

export const policyAnswer = (
  { effective, file, jobsToday, owner }: PolicyView,
  facts: { readonly organizationId: string; readonly changed: boolean; readonly path: string }
): typeof PolicyAnswer.Type => ({
  organizationId: facts.organizationId,
  changed: facts.changed,
  effective,
  owner,
  ownerFile: {
    state: file._tag === "Absent" ? "absent" : file._tag === "Read" ? "read" : "unreadable",
    path: facts.path,
    policy: file._tag === "Read" ? file.policy : null,
    problem: file._tag === "Broken" ? file.problem : null
  },
  jobsCreditsToday: jobsToday
})

const ApprovalRow = wire({
  id: Schema.String,
  state: Schema.Literals(approvalStates),
  organizationId: Schema.String,
  agentId: Schema.String,
  agentName: Schema.String,
  operation: Schema.String,
  subject: Schema.String,
  credits: Schema.Number,
  rule: Schema.String,
  source: Schema.String,
  limitCredits: Schema.NullOr(Schema.Number),
  change: Schema.NullOr(Schema.Json),
  createdAt: Schema.String,
  expiresAt: Schema.String
})

export const approvalRow = ({ limit, ...approval }: Approval): typeof ApprovalRow.Type => ({
  id: approval.id,
  state: approval.state,
  organizationId: approval.organizationId,
  agentId: approval.agentId,
  agentName: approval.agentName,
  operation: approval.operation,
  subject: approval.subject,
  credits: approval.credits,
  rule: approval.rule,
  source: approval.source,
  limitCredits: limit,
  change: approval.change,
  createdAt: approval.createdAt,
  expiresAt: approval.expiresAt
})

export const ApprovalsAnswer = wire({ approvals: Schema.Array(ApprovalRow) })
export const ApprovalAnswer = wire({ approval: ApprovalRow, changed: Schema.Boolean })
