import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import { type Decided, type Decision, PolicyDesk, type PolicyView } from "../credits/PolicyDesk.ts"
import { type Approval, SpendPolicies } from "../credits/SpendPolicies.ts"
import type { SpendPolicyChange } from "../credits/SpendPolicy.ts"
import type { Digest } from "../envelope/Digest.ts"
import { Ids } from "../envelope/Ids.ts"
import type { Refusal } from "../envelope/Refusal.ts"
import type { SecretBytes } from "../envelope/SecretBytes.ts"
import { AgentId, type Grant, OrganizationId, restrictedGrants } from "../identity/Actor.ts"
import { type AgentEntry, AgentRegister } from "../identity/AgentRegister.ts"
import { type ClaimRequest, ClaimRequests } from "../identity/ClaimRequests.ts"
import { fingerprintOf, hash, mintOwner } from "../identity/Token.ts"
import { type PaymentCase, type PaymentResolution, PaymentResolutions } from "../payments/PaymentResolutions.ts"
import { Store, type StoreUnavailable } from "../store/Store.ts"
import * as Refusals from "./AdministrationRefusals.ts"

type Done<A> = Effect.Effect<A, Refusal | StoreUnavailable>

/** What an agent is after an operator's action; `changed` is false where it was so before. */
export interface Changed {
  readonly agent: AgentEntry
  readonly changed: boolean
}

export interface MadeOwnerToken {
  readonly id: string
  readonly organizationId: OrganizationId
  readonly token: Redacted.Redacted
  readonly fingerprint: string
  readonly createdAt: string
}

/**
 * What operators do, on the data folder of a service and never over HTTP (decision D2.4). Doing the same again changes
 * nothing; only an owner's token is made anew each time.
 */
export class Administration extends Context.Service<
  Administration,
  {
    agents(page: {
      readonly organizationId: string | null
      readonly after: string | null
      readonly limit: number
    }): Done<{ readonly agents: ReadonlyArray<AgentEntry>; readonly claims: ReadonlyArray<ClaimRequest> }>
    /** Every later call with its tokens answers AUTH_REQUIRED; jobs that run go on. */
    revokeAgent(id: string): Done<Changed & { readonly tokens: number }>
    revokeToken(
      fingerprint: string
    ): Done<{ readonly tokenClass: "restricted" | "owner"; readonly holderId: string; readonly changed: boolean }>
    /** Claimed, with every grant of contract/api.md 3.3; closes the agent's own request. */
    claim(id: string): Done<Changed & { readonly closedRequest: boolean }>
    grant(id: string, give: ReadonlyArray<Grant>, take: ReadonlyArray<Grant>): Done<Changed>
    cases(limit: number): Done<ReadonlyArray<PaymentCase>>
    /** Notes what was done about a case; neither money nor credits move by it. */
    resolve(
      subject: string,
      resolution: PaymentResolution["resolution"],
      note: string | null
    ): Done<{ readonly resolution: PaymentResolution; readonly changed: boolean }>
    freeze(organizationId: string, isFrozen: boolean): Done<{ readonly changed: boolean }>
    ownerToken(organizationId: string): Done<MadeOwnerToken>
    /** Sets the owner's policy where a change is given, and shows what holds. */
    policy(organizationId: string, change: SpendPolicyChange | null): Done<PolicyView>
    approvals(limit: number): Done<ReadonlyArray<Approval>>
    decide(id: string, decision: Decision): Done<Extract<Decided, { readonly _tag: "Decided" }>>
  }
>()("core/service/Administration") {
  static readonly layer = Layer.effect(
    Administration,
    Effect.gen(function* () {
      const register = yield* AgentRegister
      const claims = yield* ClaimRequests
      const desk = yield* PolicyDesk
      const policies = yield* SpendPolicies
      const payments = yield* PaymentResolutions
      const store = yield* Store
      const ids = yield* Ids
      const secrets = yield* Effect.context<SecretBytes | Digest>()

      const nowIso = Effect.map(DateTime.now, DateTime.formatIso)

      const agentOf = Effect.fnUntraced(function* (id: string) {
        const found = yield* register.find(AgentId.make(id))
        return Option.isSome(found) ? found.value : yield* Refusals.noAgent()
      })

      const organizationOf = Effect.fnUntraced(function* (given: string) {
        const id = OrganizationId.make(given)
        return (yield* register.hasOrganization(id)) ? id : yield* Refusals.noOrganization()
      })

      const agents: Administration["Service"]["agents"] = Effect.fn("Administration.agents")(function* ({
        after,
        limit,
        organizationId
      }) {
        return {
          agents: yield* register.list({
            organizationId: organizationId === null ? null : yield* organizationOf(organizationId),
            after: after === null ? null : AgentId.make(after),
            limit
          }),
          claims: yield* claims.waiting(100)
        }
      })

      const revokeAgent = Effect.fn("Administration.revokeAgent")(function* (id: string) {
        const agent = yield* agentOf(id)
        const tokens = yield* register.revokeTokens(agent.id)
        yield* register.setState(agent.id, "revoked", agent.grants)
        return { agent: yield* agentOf(id), changed: agent.claimState !== "revoked" || tokens > 0, tokens }
      }, store.transaction)

      const revokeToken = Effect.fn("Administration.revokeToken")(function* (fingerprint: string) {
        const [found, ...others] = yield* register.tokensLike(fingerprint)
        if (found === undefined) return yield* Refusals.noToken()
        if (others.length > 0) return yield* Refusals.severalTokens([found, ...others].map(({ holderId }) => holderId))
        yield* register.revokeToken(found.hash)
        return { tokenClass: found.tokenClass, holderId: found.holderId, changed: found.status === "active" }
      }, store.transaction)

      const claim = Effect.fn("Administration.claim")(function* (id: string) {
        const agent = yield* agentOf(id)
        if (agent.claimState === "revoked") return yield* Refusals.isRevoked(id)
        const grants = ordered([...agent.grants, ...restrictedGrants])
        yield* register.setState(agent.id, "claimed", grants)
        const closedRequest = yield* claims.close(agent.id, yield* nowIso)
        const isNew = agent.claimState !== "claimed" || grants.length !== agent.grants.length
        return { agent: yield* agentOf(id), changed: isNew || closedRequest, closedRequest }
      }, store.transaction)

      const grant = Effect.fn("Administration.grant")(function* (
        id: string,
        give: ReadonlyArray<Grant>,
        take: ReadonlyArray<Grant>
      ) {
        const agent = yield* agentOf(id)
        const grants = ordered([...agent.grants, ...give].filter((name) => !take.includes(name)))
        yield* register.setState(agent.id, agent.claimState, grants)
        return { agent: yield* agentOf(id), changed: grants.join(" ") !== ordered(agent.grants).join(" ") }
      }, store.transaction)

      const resolve: Administration["Service"]["resolve"] = Effect.fn("Administration.resolve")(function* (
        subject,
        resolution,
        note
      ) {
        const open = (yield* payments.open(1_000)).find(({ id }) => id === subject)
        if (open === undefined) {
          const [before] = yield* payments.of(subject)
          if (before === undefined) return yield* Refusals.noCase()
          return { resolution: before, changed: false }
        }
        const { facts } = open
        const made = { id: yield* ids.next("payres"), subject, facts, resolution, note, at: yield* nowIso }
        return { resolution: made, changed: yield* payments.resolve(made) }
      }, store.transaction)

      const freeze = Effect.fn("Administration.freeze")(function* (given: string, isFrozen: boolean) {
        const id = yield* organizationOf(given)
        const wasFrozen = yield* register.isFrozen(id)
        yield* register.setFrozen(id, isFrozen ? yield* nowIso : null)
        return { changed: wasFrozen !== isFrozen }
      }, store.transaction)

      const ownerToken = Effect.fn("Administration.ownerToken")(function* (given: string) {
        const organizationId = yield* organizationOf(given)
        const token = yield* Effect.provide(mintOwner, secrets)
        const tokenHash = yield* Effect.provide(hash(token), secrets)
        const made = {
          id: yield* ids.next("own"),
          organizationId,
          fingerprint: fingerprintOf(tokenHash),
          createdAt: yield* nowIso
        }
        yield* register.insertOwnerToken({ ...made, hash: tokenHash, status: "active" })
        return { ...made, token }
      }, store.transaction)

      const policy = Effect.fn("Administration.policy")(function* (given: string, change: SpendPolicyChange | null) {
        const organizationId = yield* organizationOf(given)
        if (change !== null) yield* desk.setAsOwner(organizationId, change)
        return yield* desk.view(organizationId, null)
      }, store.transaction)

      const decide = Effect.fn("Administration.decide")(function* (id: string, decision: Decision) {
        const decided = yield* desk.decide(id, null, decision)
        if (decided._tag === "Missing") return yield* Refusals.noApproval()
        if (decided._tag === "Over") return yield* Refusals.decidedBefore(decided.approval)
        return decided
      })

      return Administration.of({
        agents,
        revokeAgent,
        revokeToken,
        claim,
        grant,
        cases: payments.open,
        resolve,
        freeze,
        ownerToken,
        policy,
        approvals: (limit) =>
          Effect.flatMap(nowIso, (now) =>
            Effect.map(policies.approvals({ organizationId: null, state: "pending", limit }), (all) =>
              all.filter(({ expiresAt }) => expiresAt > now)
            )
          ),
        decide
      })
    })
  )
}

/** Each once, in the order of the contract. */
const ordered = (grants: ReadonlyArray<Grant>): ReadonlyArray<Grant> =>
  restrictedGrants.filter((name) => grants.includes(name))
