import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { Command } from "../envelope/CommandLine.ts"
import { Ids } from "../envelope/Ids.ts"
import type { Refusal } from "../envelope/Refusal.ts"
import type { Agent, OrganizationId } from "../identity/Actor.ts"
import { Store, type StoreUnavailable } from "../store/Store.ts"
import { judgeSpending, type PolicyObjection, type Spending, type UsedToday } from "./JudgeSpending.ts"
import * as Refusals from "./PolicyRefusals.ts"
import { type Approval, type ApprovalOperation, ApprovalPage, OwnerPolicyFile, SpendPolicies } from "./SpendPolicies.ts"
import type { PolicyNote, SourcedPolicy } from "./SpendPolicy.ts"

/** How long an owner may take to decide, and an agent to use what was approved. */
export const approvalLifetime = Duration.hours(24)

/** So many questions of one agent may wait at once. */
const mostPending = 20

/** One request that would spend, as the policies see it. */
export interface SpendRequest {
  readonly agent: Pick<Agent, "id" | "organizationId" | "name">
  readonly operation: Exclude<ApprovalOperation, "spend-policy set">
  /** Of everything that is asked for; the same request has the same one. */
  readonly fingerprint: string
  readonly spending: Spending
  /** The job or the payment that is about to be written. */
  readonly reference: string
  /** Credits spent before in the same way since an instant, of one organization or, with null, of all. */
  readonly spentSince: (organizationId: OrganizationId | null, since: string) => Effect.Effect<number, StoreUnavailable>
}

/** A policy does not allow a request, and no approval lets it pass. Nothing was written. */
export class SpendBlocked extends Data.TaggedError("SpendBlocked")<{
  readonly request: SpendRequest
  readonly objection: PolicyObjection
}> {}

/**
 * Holds what is spent to the policies of its owner. Three words count and the strictest wins: the owner's file, what
 * the owner stored for the organization, and what the agent lowered for itself. The file's caps count all organizations
 * of the data folder together, because signing up again is free; the others count the organization.
 */
export class SpendGuard extends Context.Service<
  SpendGuard,
  {
    sources(agent: SpendRequest["agent"]): Effect.Effect<ReadonlyArray<SourcedPolicy>, StoreUnavailable>
    /** Judges a request and changes nothing. Null where no policy applies. */
    look(request: SpendRequest): Effect.Effect<PolicyNote | null, SpendBlocked | StoreUnavailable>
    /** The same within the transaction that reserves: an approval that is needed is used up. */
    take(request: SpendRequest): Effect.Effect<PolicyNote | null, SpendBlocked | StoreUnavailable>
    /**
     * Asks the owner, once for the same request, and refuses with where the question stands. `cheaper` is what the agent
     * may run meanwhile.
     */
    ask(blocked: SpendBlocked, cheaper: Command): Effect.Effect<never, Refusal | StoreUnavailable>
  }
>()("core/credits/SpendGuard") {
  static readonly layer = Layer.effect(
    SpendGuard,
    Effect.gen(function* () {
      const rows = yield* SpendPolicies
      const store = yield* Store
      const ids = yield* Ids
      const file = yield* OwnerPolicyFile
      const { urlOf } = yield* ApprovalPage

      const sources = Effect.fn("SpendGuard.sources")(function* ({ id, organizationId }: SpendRequest["agent"]) {
        const written = yield* file
        const owner = yield* rows.policy({ _tag: "Organization", id: organizationId })
        const own = yield* rows.policy({ _tag: "Agent", id })
        const found: ReadonlyArray<SourcedPolicy> = [
          ...(written._tag === "Absent"
            ? []
            : [{ source: "owner_file" as const, policy: written._tag === "Read" ? written.policy : null }]),
          ...Option.match(owner, { onNone: () => [], onSome: (policy) => [{ source: "owner" as const, policy }] }),
          ...Option.match(own, { onNone: () => [], onSome: (policy) => [{ source: "agent" as const, policy }] })
        ]
        return found
      })

      const judge = Effect.fnUntraced(function* ({ agent, spending, spentSince }: SpendRequest) {
        if (spending.credits === 0) return { objections: [], binding: null }
        const found = yield* sources(agent)
        if (found.length === 0) return { objections: [], binding: null }
        const now = yield* DateTime.now
        const today = startOfDay(now)
        const mine = yield* spentSince(agent.organizationId, today)
        const isFiled = found.some(({ source }) => source === "owner_file")
        const used: UsedToday = {
          owner_file: isFiled ? yield* spentSince(null, today) : 0,
          owner: mine,
          agent: mine
        }
        return judgeSpending(found, spending, used, DateTime.formatIso(now))
      })

      const like = ({ agent, fingerprint, operation, spending }: SpendRequest) =>
        Effect.flatMap(DateTime.now, (now) =>
          rows.approvalsLike(
            { agentId: agent.id, operation, fingerprint, credits: spending.credits },
            DateTime.formatIso(now)
          )
        )

      const decide = Effect.fnUntraced(function* (request: SpendRequest, isTaking: boolean) {
        const { binding, objections } = yield* judge(request)
        const [objection] = objections
        if (objection === undefined) return binding === null ? null : noteOf({ decision: "within_policy" }, binding)
        if (objection.isFinal) return yield* new SpendBlocked({ request, objection })
        const approval = passing(yield* like(request), request.reference)
        if (approval === undefined) return yield* new SpendBlocked({ request, objection })
        if (isTaking && approval.state === "approved") {
          const usedAt = DateTime.formatIso(yield* DateTime.now)
          const used: Approval = { ...approval, state: "used", usedAt, usedBy: request.reference }
          // Of two requests that found it at once, one uses it.
          if (!(yield* rows.updateApproval(used, "approved"))) return yield* new SpendBlocked({ request, objection })
        }
        return noteOf({ decision: "approved", approval: approval.id }, objection)
      })

      /** The question that waits already, or a new one; null where too many wait. */
      const questionOf = Effect.fnUntraced(function* ({ objection, request }: SpendBlocked) {
        const known = (yield* like(request)).find(({ state }) => state === "pending" || state === "denied")
        if (known !== undefined) return known
        const now = yield* DateTime.now
        const { agent, fingerprint, operation, spending } = request
        if ((yield* rows.pendingOf(agent.id, DateTime.formatIso(now))) >= mostPending) return null
        const approval: Approval = {
          id: yield* ids.next("appr"),
          organizationId: agent.organizationId,
          agentId: agent.id,
          agentName: agent.name,
          operation,
          fingerprint,
          credits: spending.credits,
          subject: spending._tag === "Job" ? spending.modelId : spending.methodId,
          rule: objection.rule,
          source: objection.source,
          limit: objection.limit,
          change: null,
          ...freshTimes(now)
        }
        yield* rows.insertApproval(approval)
        return approval
      }, store.transaction)

      const ask = Effect.fn("SpendGuard.ask")(function* (blocked: SpendBlocked, cheaper: Command) {
        const { objection, request } = blocked
        if (objection.isFinal) return yield* Refusals.closed(objection, request.agent.organizationId, cheaper)
        const approval = yield* questionOf(blocked)
        return yield* approval === null
          ? Refusals.tooManyQuestions(objection, mostPending, cheaper)
          : Refusals.approvalRequired(objection, approval, urlOf(approval.id), cheaper)
      })

      return SpendGuard.of({
        sources,
        look: (request) => decide(request, false),
        take: (request) => decide(request, true),
        ask
      })
    })
  )
}

/** When the UTC day began, as rows are dated. */
export const startOfDay = (now: DateTime.DateTime): string => DateTime.formatIso(DateTime.startOf(now, "day"))

/** What a question has in common with every other when it is put. */
export const freshTimes = (now: DateTime.DateTime) =>
  ({
    state: "pending",
    createdAt: DateTime.formatIso(now),
    expiresAt: DateTime.formatIso(DateTime.addDuration(now, approvalLifetime)),
    decidedAt: null,
    usedAt: null,
    usedBy: null
  }) as const

const noteOf = (decided: Pick<PolicyNote, "decision" | "approval">, { rule, source }: PolicyObjection): PolicyNote => ({
  ...decided,
  rule,
  source
})

/** An approval that lets the request pass: one to be used, or the one that this very job used before. */
const passing = (approvals: ReadonlyArray<Approval>, reference: string) =>
  approvals.find(({ state, usedBy }) => state === "used" && usedBy === reference) ??
  approvals.find(({ state }) => state === "approved")
