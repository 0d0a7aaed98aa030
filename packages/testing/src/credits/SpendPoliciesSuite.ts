import { assert, it } from "@effect/vitest"
import { LedgerStore } from "@image-skill/core/credits/LedgerStore"
import { type Approval, SpendPolicies } from "@image-skill/core/credits/SpendPolicies"
import type { PolicyNote } from "@image-skill/core/credits/SpendPolicy"
import { AgentId, OrganizationId } from "@image-skill/core/identity/Actor"
import { PaymentStore } from "@image-skill/core/payments/PaymentStore"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { attempt, quote } from "../payments/PaymentSample.ts"
import { hold, journal } from "./LedgerSample.ts"

const organizationId = OrganizationId.make("org_policies")

const approval = (name: string, change: Partial<Approval> = {}): Approval => ({
  id: `appr_${name}`,
  organizationId,
  agentId: AgentId.make("agt_policies"),
  agentName: "painter",
  operation: "create",
  fingerprint: `fingerprint_${name}`,
  credits: 9,
  subject: "fake.painter",
  rule: "max_credits_per_call",
  source: "owner",
  limit: 8,
  change: null,
  state: "pending",
  createdAt: "2026-01-02T03:04:05.678Z",
  expiresAt: "2026-01-03T03:04:05.678Z",
  decidedAt: null,
  usedAt: null,
  usedBy: null,
  ...change
})

const policy: PolicyNote = { decision: "within_policy", rule: "models", source: "owner" }

const noon = "2026-01-02T12:00:00.000Z"

/** The contract every `SpendPolicies` adapter meets, and what the stores beside it count for a policy. */
export const suite = <E>(name: string, layer: Layer.Layer<SpendPolicies | LedgerStore | PaymentStore, E>): void =>
  it.layer(layer)(`SpendPolicies (${name})`, (it) => {
    it.effect("a policy is kept whole, for its holder alone, and replaced by the next one", () =>
      Effect.gen(function* () {
        const rows = yield* SpendPolicies
        const owner = { _tag: "Organization", id: OrganizationId.make("same") } as const
        const agent = { _tag: "Agent", id: AgentId.make("same") } as const
        const whole = {
          maxCreditsPerCall: 5,
          maxCreditsPerDay: 50,
          models: { "fake.painter": 9 },
          allowedModels: ["fake.painter"],
          rails: { fake: 0 },
          expiresAt: "2026-12-31T00:00:00.000Z"
        }
        assert.deepStrictEqual(yield* rows.policy(owner), Option.none())
        yield* rows.setPolicy(owner, whole, noon)
        assert.deepStrictEqual(yield* rows.policy(owner), Option.some(whole))
        assert.deepStrictEqual(yield* rows.policy(agent), Option.none())
        yield* rows.setPolicy(owner, { maxCreditsPerDay: 1 }, noon)
        assert.deepStrictEqual(yield* rows.policy(owner), Option.some({ maxCreditsPerDay: 1 }))
      })
    )

    it.effect("an approval is found as it was written, and its id is taken once", () =>
      Effect.gen(function* () {
        const rows = yield* SpendPolicies
        const asked = approval("kept", {
          operation: "spend-policy set",
          rule: "raise",
          change: { rails: null },
          limit: null
        })
        yield* rows.insertApproval(asked)
        assert.deepStrictEqual(yield* rows.approval(asked.id), Option.some(asked))
        assert.deepStrictEqual(yield* rows.approval("appr_nobody"), Option.none())
        assert.strictEqual((yield* Effect.flip(rows.insertApproval(asked))).reason, "conflict")
      })
    )

    it.effect("only approvals of the very same request whose time is not over are like it", () =>
      Effect.gen(function* () {
        const rows = yield* SpendPolicies
        const same = { fingerprint: "fingerprint_like" }
        yield* rows.insertApproval(approval("older", same))
        yield* rows.insertApproval(approval("newer", same))
        yield* rows.insertApproval(approval("over", { ...same, expiresAt: noon }))
        yield* rows.insertApproval(approval("dearer", { ...same, credits: 10 }))
        yield* rows.insertApproval(approval("edit", { ...same, operation: "edit" }))
        yield* rows.insertApproval(approval("stranger", { ...same, agentId: AgentId.make("agt_stranger") }))
        const found = yield* rows.approvalsLike(approval("asked", same), noon)
        assert.deepStrictEqual(
          found.map(({ id }) => id),
          ["appr_newer", "appr_older"]
        )
      })
    )

    it.effect("an approval leaves a state once, whoever tries at the same time", () =>
      Effect.gen(function* () {
        const rows = yield* SpendPolicies
        const approved = approval("once", { state: "approved", decidedAt: noon })
        yield* rows.insertApproval(approved)
        const used = (by: string) =>
          rows.updateApproval({ ...approved, state: "used", usedAt: noon, usedBy: by }, "approved")
        const wrote = yield* Effect.all([used("job_1"), used("job_2"), used("job_3")], { concurrency: "unbounded" })
        assert.deepStrictEqual(wrote.toSorted(), [false, false, true])
        assert.strictEqual(Option.getOrThrow(yield* rows.approval(approved.id)).state, "used")
      })
    )

    it.effect("approvals are listed newest first, by organization and state, and pending ones are counted", () =>
      Effect.gen(function* () {
        const rows = yield* SpendPolicies
        const mine = { organizationId: OrganizationId.make("org_listed"), agentId: AgentId.make("agt_listed") }
        yield* rows.insertApproval(approval("listed_1", mine))
        yield* rows.insertApproval(approval("listed_2", { ...mine, state: "denied", decidedAt: noon }))
        yield* rows.insertApproval(approval("listed_3", mine))
        yield* rows.insertApproval(approval("listed_4", { ...mine, expiresAt: noon }))
        const listed = Effect.fnUntraced(function* (state: Approval["state"] | null, limit: number) {
          const found = yield* rows.approvals({ organizationId: mine.organizationId, state, limit })
          return found.map(({ id }) => id.slice(-1)).join("")
        })
        assert.strictEqual(yield* listed(null, 10), "4321")
        assert.strictEqual(yield* listed("pending", 2), "43")
        assert.isAtLeast((yield* rows.approvals({ organizationId: null, state: "denied", limit: 100 })).length, 1)
        assert.strictEqual(yield* rows.pendingOf(mine.agentId, noon), 2)
      })
    )

    it.effect("a reservation keeps its policy, and what was held or captured since then counts", () =>
      Effect.gen(function* () {
        const ledger = yield* LedgerStore
        const reserved = Effect.fnUntraced(function* (
          mark: string,
          change: Parameters<typeof hold>[1],
          at: string = noon,
          owner: OrganizationId = organizationId
        ) {
          const made = hold(`policy_${mark}`, { organizationId: owner, ...change })
          yield* ledger.insertHold(made)
          yield* ledger.append(
            journal(`policy_${mark}`, {
              organizationId: owner,
              kind: "operation_reserve",
              reference: made.id,
              at,
              ...(mark === "open" ? { policy } : {})
            }),
            []
          )
        })
        yield* reserved("open", {})
        yield* reserved("captured", { state: "captured", captured: { preview: 1, paid: 1 } })
        yield* reserved("released", { state: "released" })
        yield* reserved("expired", { state: "expired" })
        yield* reserved("before", {}, "2026-01-01T23:59:59.999Z")
        yield* reserved("elsewhere", {}, noon, OrganizationId.make("org_elsewhere"))
        const today = "2026-01-02T00:00:00.000Z"
        assert.strictEqual(yield* ledger.heldSince(organizationId, today), 7)
        assert.strictEqual(yield* ledger.heldSince(null, today), 12)
        const kept = Option.getOrThrow(yield* ledger.journalByKey("key_policy_open"))
        assert.deepStrictEqual(kept.policy, policy)
        assert.notProperty(Option.getOrThrow(yield* ledger.journalByKey("key_policy_captured")), "policy")
      })
    )

    it.effect("what was bought on a rail since then counts while it may be paid, and when it was", () =>
      Effect.gen(function* () {
        const payments = yield* PaymentStore
        const begun = Effect.fnUntraced(function* (mark: string, change: Parameters<typeof attempt>[1]) {
          const offered = quote(`policy_${mark}`, { organizationId })
          yield* payments.insertQuote(offered)
          yield* payments.insertAttempt(
            attempt(`policy_${mark}`, {
              quoteId: offered.id,
              organizationId,
              methodId: "rail",
              credits: 10,
              createdAt: noon,
              ...change
            })
          )
        })
        yield* begun("open", { status: "requires_action" })
        yield* begun("paid", { status: "succeeded" })
        yield* begun("failed", { status: "failed" })
        yield* begun("other", { methodId: "another" })
        yield* begun("before", { createdAt: "2026-01-01T23:59:59.999Z" })
        yield* begun("elsewhere", { organizationId: OrganizationId.make("org_elsewhere") })
        const today = "2026-01-02T00:00:00.000Z"
        assert.strictEqual(yield* payments.boughtSince(organizationId, "rail", today), 20)
        assert.strictEqual(yield* payments.boughtSince(null, "rail", today), 30)
        assert.strictEqual(yield* payments.boughtSince(organizationId, "nothing", today), 0)
      })
    )
  })
