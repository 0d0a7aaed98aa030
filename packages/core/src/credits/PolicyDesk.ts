import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Ids } from "../envelope/Ids.ts"
import type { Refusal } from "../envelope/Refusal.ts"
import type { Agent, OrganizationId } from "../identity/Actor.ts"
import { Store, type StoreUnavailable } from "../store/Store.ts"
import { LedgerStore } from "./LedgerStore.ts"
import { changed, effectivePolicy, raisesOf } from "./PolicyChange.ts"
import * as Refusals from "./PolicyRefusals.ts"
import { approvalLifetime, freshTimes, SpendGuard, startOfDay } from "./SpendGuard.ts"
import { type Approval, ApprovalPage, OwnerPolicyFile, type PolicyHolder, SpendPolicies } from "./SpendPolicies.ts"
import {
  type FilePolicy,
  mostNames,
  noPolicy,
  type SourcedPolicy,
  type SpendPolicy,
  SpendPolicyChange
} from "./SpendPolicy.ts"

/** The policies over one agent, or over an organization as its owner sees it, and what of the day is used. */
export interface PolicyView {
  /** Null while the owner's file cannot be used: nothing may be spent. */
  readonly effective: SpendPolicy | null
  readonly file: FilePolicy
  readonly owner: SpendPolicy | null
  /** Null for an owner. */
  readonly agent: SpendPolicy | null
  /** Credits that jobs of the organization reserved or captured today. */
  readonly jobsToday: number
}

export type Decision = "approved" | "denied"

/** What became of a decision: `conflict` when it was decided otherwise, used, or too late. */
export type Decided =
  | { readonly _tag: "Decided"; readonly approval: Approval; readonly isNew: boolean }
  | { readonly _tag: "Over"; readonly approval: Approval }
  | { readonly _tag: "Missing" }

/** Where policies are set and questions are answered. An owner sets anything; an agent lowers its own. */
export class PolicyDesk extends Context.Service<
  PolicyDesk,
  {
    view(organizationId: OrganizationId, agent: Pick<Agent, "id"> | null): Effect.Effect<PolicyView, StoreUnavailable>
    setAsOwner(
      organizationId: OrganizationId,
      change: SpendPolicyChange
    ): Effect.Effect<SpendPolicy, Refusal | StoreUnavailable>
    /** Lowers. What would raise is refused and put to the owner. */
    setAsAgent(agent: Agent, change: SpendPolicyChange): Effect.Effect<SpendPolicy, Refusal | StoreUnavailable>
    /** Of one organization, or of all with null. Deciding the same again changes nothing. */
    decide(
      id: string,
      organizationId: OrganizationId | null,
      decision: Decision
    ): Effect.Effect<Decided, Refusal | StoreUnavailable>
  }
>()("core/credits/PolicyDesk") {
  static readonly layer = Layer.effect(
    PolicyDesk,
    Effect.gen(function* () {
      const rows = yield* SpendPolicies
      const guard = yield* SpendGuard
      const ledger = yield* LedgerStore
      const store = yield* Store
      const ids = yield* Ids
      const file = yield* OwnerPolicyFile
      const { urlOf } = yield* ApprovalPage

      const stored = (holder: PolicyHolder) => Effect.map(rows.policy(holder), Option.getOrNull)

      const view = Effect.fn("PolicyDesk.view")(function* (
        organizationId: OrganizationId,
        agent: Pick<Agent, "id"> | null
      ) {
        const written = yield* file
        const owner = yield* stored({ _tag: "Organization", id: organizationId })
        const own = agent === null ? null : yield* stored({ _tag: "Agent", id: agent.id })
        const sources: ReadonlyArray<SourcedPolicy> = [
          { source: "owner_file", policy: policyIn(written) },
          { source: "owner", policy: owner ?? noPolicy },
          { source: "agent", policy: own ?? noPolicy }
        ]
        const found: PolicyView = {
          effective: effectivePolicy(sources),
          file: written,
          owner,
          agent: own,
          jobsToday: yield* ledger.heldSince(organizationId, startOfDay(yield* DateTime.now))
        }
        return found
      })

      const write = Effect.fnUntraced(function* (holder: PolicyHolder, change: SpendPolicyChange) {
        const next = changed((yield* stored(holder)) ?? noPolicy, change)
        if ([next.models, next.rails].some((caps) => Object.keys(caps ?? {}).length > mostNames))
          return yield* Refusals.tooManyNames(mostNames)
        yield* rows.setPolicy(holder, next, DateTime.formatIso(yield* DateTime.now))
        return next
      })

      const setAsOwner = Effect.fn("PolicyDesk.setAsOwner")(function* (
        organizationId: OrganizationId,
        change: SpendPolicyChange
      ) {
        return yield* write({ _tag: "Organization", id: organizationId }, change)
      }, store.transaction)

      /** The question that waits already for the same raise, or a new one; null where too many wait. */
      const questionOf = Effect.fnUntraced(function* (agent: Agent, change: SpendPolicyChange, fields: string) {
        const asked = yield* Effect.orDie(encodeChange(change))
        const now = yield* DateTime.now
        const fingerprint = JSON.stringify(asked)
        const like = { agentId: agent.id, operation: "spend-policy set", fingerprint, credits: 0 } as const
        const known = (yield* rows.approvalsLike(like, DateTime.formatIso(now))).find(
          ({ state }) => state === "pending" || state === "denied"
        )
        if (known !== undefined) return known
        if ((yield* rows.pendingOf(agent.id, DateTime.formatIso(now))) >= 20) return null
        const approval: Approval = {
          id: yield* ids.next("appr"),
          organizationId: agent.organizationId,
          agentName: agent.name,
          ...like,
          subject: fields,
          rule: "raise",
          source: "agent",
          limit: null,
          change: asked,
          ...freshTimes(now)
        }
        yield* rows.insertApproval(approval)
        return approval
      })

      const setAsAgent = Effect.fn("PolicyDesk.setAsAgent")(function* (agent: Agent, change: SpendPolicyChange) {
        const holder = { _tag: "Agent", id: agent.id } as const
        const outcome = yield* Effect.gen(function* () {
          const own = (yield* stored(holder)) ?? noPolicy
          const effective = effectivePolicy(yield* guard.sources(agent)) ?? noPolicy
          const raised = raisesOf(own, effective, change).map((field) => wireNames[field])
          return raised.length === 0
            ? { policy: yield* write(holder, change), raised: null }
            : { raised, question: yield* questionOf(agent, change, raised.join(", ")) }
        }).pipe(store.transaction)
        if (outcome.raised === null) return outcome.policy
        const { question, raised } = outcome
        return yield* Refusals.raiseRequired(raised, question, question === null ? null : urlOf(question.id))
      })

      /** An approved raise holds for the agent's own policy, and for the owner's where that was stricter. */
      const raise = Effect.fnUntraced(function* (approval: Approval) {
        const change = yield* Effect.orDie(decodeChange(approval.change))
        yield* write({ _tag: "Agent", id: approval.agentId }, change)
        const holder = { _tag: "Organization", id: approval.organizationId } as const
        if ((yield* stored(holder)) !== null) yield* write(holder, change)
      })

      const decide = Effect.fn("PolicyDesk.decide")(function* (
        id: string,
        organizationId: OrganizationId | null,
        decision: Decision
      ) {
        const found = Option.getOrNull(yield* rows.approval(id))
        if (found === null || (organizationId !== null && found.organizationId !== organizationId))
          return { _tag: "Missing" } as const
        const now = yield* DateTime.now
        const at = DateTime.formatIso(now)
        if (found.state === decision || (found.state === "used" && decision === "approved"))
          return { _tag: "Decided", approval: found, isNew: false } as const
        if (found.state !== "pending" || found.expiresAt <= at) return { _tag: "Over", approval: found } as const
        const isRaise = found.change !== null && decision === "approved"
        const decided: Approval = {
          ...found,
          state: isRaise ? "used" : decision,
          decidedAt: at,
          expiresAt: DateTime.formatIso(DateTime.addDuration(now, approvalLifetime)),
          ...(isRaise ? { usedAt: at, usedBy: found.agentId } : {})
        }
        if (isRaise) yield* raise(found)
        yield* rows.updateApproval(decided, "pending")
        return { _tag: "Decided", approval: decided, isNew: true } as const
      }, store.transaction)

      return PolicyDesk.of({ view, setAsOwner, setAsAgent, decide })
    })
  )
}

const policyIn = (file: FilePolicy): SpendPolicy | null =>
  file._tag === "Absent" ? noPolicy : file._tag === "Read" ? file.policy : null

const encodeChange = Schema.encodeEffect(SpendPolicyChange)
const decodeChange = Schema.decodeUnknownEffect(SpendPolicyChange)

const wireNames: { readonly [F in keyof SpendPolicy]-?: string } = {
  maxCreditsPerCall: "max_credits_per_call",
  maxCreditsPerDay: "max_credits_per_day",
  models: "models",
  allowedModels: "allowed_models",
  rails: "rails",
  expiresAt: "expires_at"
}
