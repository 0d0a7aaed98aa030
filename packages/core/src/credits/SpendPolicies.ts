import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type * as Schema from "effect/Schema"
import type { AgentId, OrganizationId } from "../identity/Actor.ts"
import type { StoreUnavailable } from "../store/Store.ts"
import type { FilePolicy, PolicyRule, PolicySource, SpendPolicy } from "./SpendPolicy.ts"

/** Who may spend no more than a stored policy says. */
export type PolicyHolder =
  | { readonly _tag: "Organization"; readonly id: OrganizationId }
  | { readonly _tag: "Agent"; readonly id: AgentId }

export const approvalStates = ["pending", "approved", "denied", "used"] as const
export type ApprovalState = (typeof approvalStates)[number]

/** What an approval is asked for. `credits buy` covers its quote, too. */
export const approvalOperations = ["create", "edit", "credits buy", "spend-policy set"] as const
export type ApprovalOperation = (typeof approvalOperations)[number]

/**
 * A question to the owner about one request of one agent, named by the fingerprint of what is asked for and its
 * credits. An approved one lets that request pass once; what nobody decided, or used, until `expiresAt` is over.
 */
export interface Approval {
  readonly id: string
  readonly organizationId: OrganizationId
  readonly agentId: AgentId
  readonly agentName: string
  readonly operation: ApprovalOperation
  readonly fingerprint: string
  readonly credits: number
  /** The model, the rail, or the fields of the policy that it is about. */
  readonly subject: string
  readonly rule: PolicyRule | "raise"
  readonly source: PolicySource
  readonly limit: number | null
  /** Of a policy: the change as it was asked for, in its form on the wire. */
  readonly change: Schema.Json | null
  readonly state: ApprovalState
  readonly createdAt: string
  readonly expiresAt: string
  readonly decidedAt: string | null
  readonly usedAt: string | null
  /** The job or the payment that used it. */
  readonly usedBy: string | null
}

export interface ApprovalQuery {
  /** Null for all of the deployment. */
  readonly organizationId: OrganizationId | null
  readonly state: ApprovalState | null
  readonly limit: number
}

/** Stored policies and the questions to owners. Rules live with `SpendGuard` and `PolicyDesk`. */
export class SpendPolicies extends Context.Service<
  SpendPolicies,
  {
    policy(holder: PolicyHolder): Effect.Effect<Option.Option<SpendPolicy>, StoreUnavailable>
    setPolicy(holder: PolicyHolder, policy: SpendPolicy, at: string): Effect.Effect<void, StoreUnavailable>
    insertApproval(approval: Approval): Effect.Effect<void, StoreUnavailable>
    approval(id: string): Effect.Effect<Option.Option<Approval>, StoreUnavailable>
    /** Of the very same request, those whose time is not over, newest first; at most ten. */
    approvalsLike(
      request: Pick<Approval, "agentId" | "operation" | "fingerprint" | "credits">,
      now: string
    ): Effect.Effect<ReadonlyArray<Approval>, StoreUnavailable>
    /** Newest first. */
    approvals(query: ApprovalQuery): Effect.Effect<ReadonlyArray<Approval>, StoreUnavailable>
    pendingOf(agentId: AgentId, now: string): Effect.Effect<number, StoreUnavailable>
    /** Writes the state and what belongs to it if the state is still `from`; false when it is not. */
    updateApproval(approval: Approval, from: ApprovalState): Effect.Effect<boolean, StoreUnavailable>
  }
>()("core/credits/SpendPolicies") {}

/** `spend-policy.json` of the data folder; there is none where nothing else is provided. */
export const OwnerPolicyFile = Context.Reference<Effect.Effect<FilePolicy>>("core/credits/OwnerPolicyFile", {
  defaultValue: () => Effect.succeed({ _tag: "Absent" })
})

/** The page on which an owner decides: on a server's own origin, or nowhere when there is no server. */
export const ApprovalPage = Context.Reference<{ readonly urlOf: (approvalId: string) => string | null }>(
  "core/credits/ApprovalPage",
  { defaultValue: () => ({ urlOf: () => null }) }
)
