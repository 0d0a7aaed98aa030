import { assert, describe, it } from "@effect/vitest"
import { LedgerStore } from "@image-skill/core/credits/LedgerStore"
import { PolicyDesk } from "@image-skill/core/credits/PolicyDesk"
import { SpendPolicies } from "@image-skill/core/credits/SpendPolicies"
import type { SpendPolicyChange } from "@image-skill/core/credits/SpendPolicy"
import type { Answer } from "@image-skill/core/envelope/Envelope"
import { jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import { brokenBooks } from "@image-skill/core/payments/BrokenBooks"
import { ServiceApi } from "@image-skill/core/service/ServiceApi"
import { Store, StoreUnavailable } from "@image-skill/core/store/Store"
import * as FakeMediaProvider from "@image-skill/testing/media/FakeMediaProvider"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as TestClock from "effect/testing/TestClock"
import { code, data, jobIdOf, recovery, type World, world } from "./JobWorld.ts"

const lower = ({ agent, run }: World, change: SpendPolicyChange) =>
  run(Effect.flatMap(ServiceApi, (api) => api.spendPolicySet(change, agent.token)))

const own = ({ agent, run }: World, change: SpendPolicyChange) =>
  run(Effect.flatMap(PolicyDesk, (desk) => desk.setAsOwner(agent.organizationId, change)))

const details = ({ envelope }: Answer) => jsonField(envelope.error, "details")
const approvalOf = (answer: Answer): string => textField(recovery(answer, "approval"), "id")

const decide = ({ run }: World, id: string, decision: "approved" | "denied") =>
  run(Effect.flatMap(PolicyDesk, (desk) => desk.decide(id, null, decision)))

const shown = ({ agent, run }: World, jobId: string) =>
  run(
    Effect.map(
      Effect.flatMap(ServiceApi, (api) => api.jobsShow({ jobId }, agent.token)),
      ({ envelope }) => jsonField(jsonField(envelope.data, "job"), "policy")
    )
  )

/** The painter costs 9 credits a picture. */
describe("a job under a spend policy", () => {
  it.effect("over a cap is refused before anything is reserved, with the rule, its numbers and the dry run", () =>
    Effect.gen(function* () {
      const here = yield* world()
      yield* lower(here, { maxCreditsPerCall: 8 })
      const refused = yield* here.create({ idempotencyKey: "k" })
      assert.strictEqual(code(refused), "APPROVAL_REQUIRED")
      assert.deepStrictEqual([refused.status, refused.exitCode], [403, 4])
      assert.deepStrictEqual(details(refused), {
        rule: "max_credits_per_call",
        source: "agent",
        limit_credits: 8,
        requested_credits: 9
      })
      assert.match(textField(jsonField(refused.envelope.error, "recovery"), "suggested_command"), /create --dry-run/u)
      assert.match(approvalOf(refused), /^appr_/u)
      const printed = Buffer.byteLength(JSON.stringify(refused.envelope, null, 2))
      assert.isAtMost(printed + "https://api.example.com/approve/".length + 26, 1_600, "an error has at most 1.6 kB")
      const approval = recovery(refused, "approval")
      assert.isNull(jsonField(approval, "url"))
      assert.strictEqual(
        jsonField(approval, "owner_command"),
        `image-skill admin approve --id ${approvalOf(refused)} --json`
      )
      assert.deepStrictEqual(yield* here.provider.calls, [])
      yield* here.settled(0)
    })
  )

  it.effect("is counted with what was reserved and captured in the UTC day, and the next day begins at zero", () =>
    Effect.gen(function* () {
      const here = yield* world()
      yield* own(here, { maxCreditsPerDay: 20 })
      assert.isTrue((yield* here.create()).envelope.ok)
      assert.isTrue((yield* here.create({ prompt: "another" })).envelope.ok)
      const refused = yield* here.create({ prompt: "a third" })
      assert.deepInclude(details(refused), {
        rule: "max_credits_per_day",
        source: "owner",
        limit_credits: 20,
        used_credits: 18
      })
      yield* TestClock.adjust("24 hours")
      assert.isTrue((yield* here.create({ prompt: "a third" })).envelope.ok)
      yield* here.settled(27)
    })
  )

  it.effect("that failed gives its credits of the day back", () =>
    Effect.gen(function* () {
      const here = yield* world({
        script: (_, call) => (call === 0 ? FakeMediaProvider.fail("rejected") : FakeMediaProvider.succeed)
      })
      yield* own(here, { maxCreditsPerDay: 9 })
      assert.strictEqual(code(yield* here.create({ prompt: "first" })), "PROVIDER_FAILURE")
      assert.isTrue((yield* here.create({ prompt: "second" })).envelope.ok)
      assert.strictEqual(code(yield* here.create({ prompt: "third" })), "APPROVAL_REQUIRED")
    })
  )

  it.effect("keeps its rule in the ledger and in the job, and the books stay proved", () =>
    Effect.gen(function* () {
      const here = yield* world()
      assert.isTrue((yield* here.create({ prompt: "without a policy" })).envelope.ok)
      yield* own(here, { maxCreditsPerDay: 40, models: { "fake.painter": 10 } })
      const made = yield* here.create()
      const note = { decision: "within_policy", rule: "models", source: "owner" } as const
      assert.deepStrictEqual(yield* shown(here, jobIdOf(made)), note)
      const { journals } = yield* here.run(Effect.flatMap(LedgerStore, ({ dump }) => dump))
      assert.deepStrictEqual(
        journals.filter(({ kind }) => kind === "operation_reserve").map(({ policy }) => policy),
        [undefined, note]
      )
      assert.deepStrictEqual(yield* here.run(brokenBooks), [])
    })
  )

  it.effect("passes once when its owner has approved it, and only the very same request does", () =>
    Effect.gen(function* () {
      const here = yield* world()
      yield* lower(here, { maxCreditsPerCall: 8 })
      const id = approvalOf(yield* here.create())
      assert.strictEqual(approvalOf(yield* here.create()), id, "asking again is the same question")
      yield* decide(here, id, "approved")
      assert.strictEqual(code(yield* here.create({ prompt: "another boat" })), "APPROVAL_REQUIRED")
      assert.strictEqual(code(yield* here.create({ outputCount: 2 })), "APPROVAL_REQUIRED")
      const made = yield* here.create()
      assert.isTrue(made.envelope.ok)
      assert.deepStrictEqual(yield* shown(here, jobIdOf(made)), {
        decision: "approved",
        rule: "max_credits_per_call",
        source: "agent",
        approval: id
      })
      const again = yield* here.create()
      assert.strictEqual(code(again), "APPROVAL_REQUIRED")
      assert.notStrictEqual(approvalOf(again), id)
      yield* here.settled(9)
    })
  )

  it.effect("cannot use one approval twice, however many ask at once", () =>
    Effect.gen(function* () {
      const here = yield* world()
      yield* lower(here, { maxCreditsPerCall: 8 })
      yield* decide(here, approvalOf(yield* here.create()), "approved")
      const answers = yield* Effect.all(
        Array.from({ length: 8 }, () => here.create()),
        { concurrency: "unbounded" }
      )
      assert.strictEqual(answers.filter(({ envelope }) => envelope.ok).length, 1)
      yield* here.settled(9)
    })
  )

  it.effect("that dies between the approval and its use leaves the approval to the next try", () =>
    Effect.gen(function* () {
      const here = yield* world()
      yield* lower(here, { maxCreditsPerCall: 8 })
      const id = approvalOf(yield* here.create())
      yield* decide(here, id, "approved")
      const used = yield* here.run(
        Effect.flatMap(SpendPolicies, (rows) =>
          Effect.gen(function* () {
            const store = yield* Store
            const approval = Option.getOrThrow(yield* rows.approval(id))
            return yield* Effect.result(
              store.transaction(
                Effect.andThen(
                  rows.updateApproval(
                    { ...approval, state: "used", usedAt: approval.createdAt, usedBy: "job_dead" },
                    "approved"
                  ),
                  Effect.fail(new StoreUnavailable({ reason: "busy", message: "the process died" }))
                )
              )
            )
          })
        )
      )
      assert.isTrue(Result.isFailure(used))
      assert.isTrue((yield* here.create()).envelope.ok)
      yield* here.settled(9)
    })
  )

  it.effect("that was approved and failed for a while is tried again under its key by the same approval", () =>
    Effect.gen(function* () {
      const here = yield* world({
        script: (_, call) => (call === 0 ? FakeMediaProvider.fail("unavailable") : FakeMediaProvider.succeed)
      })
      yield* lower(here, { maxCreditsPerCall: 8 })
      yield* decide(here, approvalOf(yield* here.create({ idempotencyKey: "k" })), "approved")
      assert.strictEqual(code(yield* here.create({ idempotencyKey: "k" })), "PROVIDER_FAILURE")
      yield* TestClock.adjust("20 minutes")
      yield* here.sweep
      const made = yield* here.create({ idempotencyKey: "k" })
      assert.isTrue(made.envelope.ok, JSON.stringify(made.envelope.error))
      yield* here.settled(9)
    })
  )

  it.effect("is not approved after a day, nor when its owner said no", () =>
    Effect.gen(function* () {
      const here = yield* world()
      yield* lower(here, { maxCreditsPerCall: 8 })
      const denied = approvalOf(yield* here.create())
      yield* decide(here, denied, "denied")
      const refused = yield* here.create()
      assert.deepInclude(details(refused), { approval_state: "denied" })
      assert.isUndefined(recovery(refused, "approval"))
      assert.strictEqual((yield* decide(here, denied, "approved"))._tag, "Over")
      const late = approvalOf(yield* here.create({ prompt: "late" }))
      yield* TestClock.adjust("24 hours")
      assert.strictEqual((yield* decide(here, late, "approved"))._tag, "Over")
      const unused = approvalOf(yield* here.create({ prompt: "unused" }))
      yield* decide(here, unused, "approved")
      yield* TestClock.adjust("24 hours")
      assert.strictEqual(code(yield* here.create({ prompt: "unused" })), "APPROVAL_REQUIRED")
      yield* here.settled(0)
    })
  )

  it.effect("is answered with its policy where the dry run is too long for an error", () =>
    Effect.gen(function* () {
      const here = yield* world()
      yield* lower(here, { maxCreditsPerCall: 8 })
      const refused = yield* here.create({ modelParameters: { seed: 1_234_567 }, maxUsd: 1.234567, outputCount: 2 })
      assert.strictEqual(recovery(refused, "suggested_command"), "image-skill spend-policy show --json")
    })
  )

  it.effect("that costs nothing is never refused", () =>
    Effect.gen(function* () {
      const here = yield* world()
      yield* own(here, { allowedModels: [], expiresAt: "1969-01-01T00:00:00.000Z" })
      const made = yield* here.create({ model: "local.storyboard", modelParameters: { width: 256, height: 256 } })
      assert.isTrue(made.envelope.ok, JSON.stringify(made.envelope.error))
      const refused = yield* here.create()
      assert.deepInclude(details(refused), { rule: "expires_at" })
      assert.match(textField(recovery(refused, "approval"), "owner_command"), /admin policy --organization org_/u)
    })
  )

  it.effect("is told by a dry run what a live run would wait for", () =>
    Effect.gen(function* () {
      const here = yield* world()
      yield* lower(here, { allowedModels: ["fake.mystery"] })
      const planned = yield* here.create({ dryRun: true })
      assert.isTrue(planned.envelope.ok)
      assert.include(planned.envelope.warnings.join(), "a live run would wait for the owner")
      const approvals = yield* here.run(
        Effect.flatMap(SpendPolicies, (rows) => rows.approvals({ organizationId: null, state: null, limit: 10 }))
      )
      assert.deepStrictEqual(approvals, [])
      assert.isString(data(planned, "job_id"))
    })
  )

  it.effect("puts at most twenty questions at once", () =>
    Effect.gen(function* () {
      const here = yield* world()
      yield* lower(here, { maxCreditsPerCall: 8 })
      const answers = yield* Effect.forEach(Array.from({ length: 21 }), (_, index) =>
        here.create({ prompt: `boat ${index}` })
      )
      assert.deepStrictEqual(
        answers.map((answer) => recovery(answer, "approval") === undefined),
        [...Array.from({ length: 20 }, () => false), true]
      )
    })
  )
})

describe("an owner's file", () => {
  it.effect("that cannot be used stops everything that costs credits", () =>
    Effect.gen(function* () {
      const here = yield* world()
      const broken = yield* here.another({ ownerFile: Effect.succeed({ _tag: "Broken", problem: "no JSON" }) })
      const refused = yield* broken.create()
      assert.deepInclude(details(refused), { rule: "policy_unreadable", source: "owner_file" })
      assert.isNull(jsonField(recovery(refused, "approval"), "id"))
    })
  )

  it.effect("counts all organizations together, because signing up again is free", () =>
    Effect.gen(function* () {
      const here = yield* world()
      assert.isTrue((yield* here.create()).envelope.ok)
      const stranger = yield* here.another({
        ownerFile: Effect.succeed({ _tag: "Read", policy: { maxCreditsPerDay: 17 } })
      })
      const other = yield* stranger.run(
        Effect.flatMap(ServiceApi, (api) =>
          api.signup({ agentName: "again", runtime: "test", agentContact: "again@x.example", returnToken: true })
        )
      )
      const refused = yield* stranger.run(
        Effect.flatMap(ServiceApi, (api) =>
          api.create(
            { prompt: "a boat", model: "fake.painter" },
            Redacted.make(textField(other.envelope.data, "token"))
          )
        )
      )
      assert.deepInclude(details(refused), { rule: "max_credits_per_day", source: "owner_file", used_credits: 9 })
    })
  )
})
