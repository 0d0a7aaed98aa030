import { assert, describe, it } from "@effect/vitest"
import * as FakePaymentRail from "@image-skill/adapters/payments/FakePaymentRail"
import { SpendPolicies } from "@image-skill/core/credits/SpendPolicies"
import type { Answer } from "@image-skill/core/envelope/Envelope"
import { jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import { brokenBooks } from "@image-skill/core/payments/BrokenBooks"
import { PaymentStore } from "@image-skill/core/payments/PaymentStore"
import { Administration } from "@image-skill/core/service/Administration"
import { operationIds, operationOf } from "@image-skill/core/service/Operations"
import { Service } from "@image-skill/core/service/Service"
import { ServiceApi } from "@image-skill/core/service/ServiceApi"
import { attempt, quote } from "@image-skill/testing/payments/PaymentSample"
import * as MemoryService from "@image-skill/testing/service/MemoryService"
import { pricedOptions } from "@image-skill/testing/service/PricedService"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

const layer = Layer.unwrap(
  Effect.map(pricedOptions, (options) =>
    Administration.layer.pipe(
      Layer.provideMerge(MemoryService.layer({ ...options, rails: [FakePaymentRail.make({ script: "succeed" })] }))
    )
  )
)

const signUp = Effect.gen(function* () {
  const api = yield* ServiceApi
  const { envelope } = yield* api.signup({ agentName: "painter", runtime: "test", returnToken: true })
  return {
    id: textField(envelope.data, "agent_id"),
    organization: textField(envelope.data, "organization_id"),
    token: Redacted.make(textField(envelope.data, "token"))
  }
})

const code = ({ envelope }: Answer) => jsonField(envelope.error, "code") ?? null
const painting = { prompt: "a boat", model: "fake.painter", aspectRatio: "1:1" } as const

describe("an operator", () => {
  it.effect("revokes an agent: every call that needs a token is refused from then on", () =>
    Effect.gen(function* () {
      const api = yield* ServiceApi
      const admin = yield* Administration
      const agent = yield* signUp
      assert.deepInclude(yield* admin.revokeAgent(agent.id), { changed: true, tokens: 1 })
      assert.deepInclude(yield* admin.revokeAgent(agent.id), { changed: false, tokens: 0 })
      for (const answer of [yield* api.whoami({}, agent.token), yield* api.create(painting, agent.token)])
        assert.strictEqual(code(answer), "AUTH_REQUIRED")
      assert.strictEqual((yield* Effect.flip(admin.claim(agent.id)))._tag, "Refusal")
      assert.strictEqual((yield* Effect.flip(admin.revokeAgent("agt_nobody")))._tag, "Refusal")
    }).pipe(Effect.provide(layer))
  )

  it.effect("revokes one token, and an agent's other words stay as they are", () =>
    Effect.gen(function* () {
      const api = yield* ServiceApi
      const admin = yield* Administration
      const agent = yield* signUp
      const whoami = yield* api.whoami({}, agent.token)
      const fingerprint = textField(whoami.envelope.data, "token_fingerprint")
      const revoked = yield* admin.revokeToken(fingerprint)
      assert.deepStrictEqual(revoked, { tokenClass: "restricted", holderId: agent.id, changed: true })
      assert.strictEqual((yield* admin.revokeToken(fingerprint)).changed, false)
      assert.strictEqual(code(yield* api.whoami({}, agent.token)), "AUTH_REQUIRED")
    }).pipe(Effect.provide(layer))
  )

  it.effect("claims an agent with every grant, and its request is closed", () =>
    Effect.gen(function* () {
      const api = yield* ServiceApi
      const admin = yield* Administration
      const agent = yield* signUp
      yield* admin.grant(agent.id, [], ["credits.quote", "asset.read"])
      yield* api.claimRequest({ contact: "team@studio.example" }, agent.token)
      assert.strictEqual((yield* admin.agents({ organizationId: null, after: null, limit: 10 })).claims.length, 1)
      const claimed = yield* admin.claim(agent.id)
      assert.deepInclude(claimed, { changed: true, closedRequest: true })
      assert.strictEqual(claimed.agent.grants.length, 15)
      const whoami = yield* api.whoami({}, agent.token)
      assert.strictEqual(textField(whoami.envelope.data, "claim_state"), "claimed")
      assert.deepInclude(yield* admin.claim(agent.id), { changed: false, closedRequest: false })
      assert.deepStrictEqual((yield* admin.agents({ organizationId: null, after: null, limit: 10 })).claims, [])
    }).pipe(Effect.provide(layer))
  )

  it.effect("takes a grant, which is refused by its name, and gives it back", () =>
    Effect.gen(function* () {
      const api = yield* ServiceApi
      const admin = yield* Administration
      const agent = yield* signUp
      yield* admin.grant(agent.id, [], ["image.create.preview", "job.read"])
      for (const answer of [yield* api.create(painting, agent.token), yield* api.jobsList({}, agent.token)])
        assert.strictEqual(code(answer), "CAPABILITY_DENIED")
      assert.isTrue((yield* admin.grant(agent.id, ["image.create.preview"], [])).changed)
      assert.isFalse((yield* admin.grant(agent.id, ["image.create.preview"], [])).changed)
      assert.isTrue((yield* api.create(painting, agent.token)).envelope.ok)
    }).pipe(Effect.provide(layer))
  )

  it.effect(
    "freezes an organization: it reads, and everything that writes or spends is refused until it is thawed",
    () =>
      Effect.gen(function* () {
        const service = yield* Service
        const admin = yield* Administration
        const agent = yield* signUp
        assert.deepStrictEqual(yield* admin.freeze(agent.organization, true), { changed: true })
        assert.deepStrictEqual(yield* admin.freeze(agent.organization, true), { changed: false })
        for (const id of operationIds) {
          const { auth, effect } = operationOf(id)
          if (id === "uploadStream" || auth === "none") continue
          const answer = yield* service.handle(id, {}, { token: agent.token, network: null, isLocal: true })
          const isFrozen = jsonField(jsonField(answer.envelope.error, "details"), "frozen") === true
          assert.strictEqual(isFrozen, effect !== "read", id)
        }
        yield* admin.freeze(agent.organization, false)
        const api = yield* ServiceApi
        assert.isTrue((yield* api.create(painting, agent.token)).envelope.ok)
      }).pipe(Effect.provide(layer))
  )

  it.effect("notes what was done about a payment, and the books stay proved", () =>
    Effect.gen(function* () {
      const admin = yield* Administration
      const payments = yield* PaymentStore
      yield* payments.insertQuote(quote("odd"))
      yield* payments.insertAttempt(
        attempt("odd", { status: "failed", exception: "too little was paid", checkAt: null })
      )
      const before = yield* brokenBooks
      const [found] = yield* admin.cases(10)
      assert.deepInclude(found, { id: "payatt_odd", kind: "exception" })
      const first = yield* admin.resolve("payatt_odd", "refunded", "given back by hand")
      assert.isTrue(first.changed)
      assert.deepStrictEqual(yield* admin.resolve("payatt_odd", "written_off", null), {
        resolution: first.resolution,
        changed: false
      })
      assert.deepStrictEqual(yield* admin.cases(10), [])
      assert.strictEqual((yield* Effect.flip(admin.resolve("payatt_other", "refunded", null)))._tag, "Refusal")
      assert.deepStrictEqual(yield* brokenBooks, before)
    }).pipe(Effect.provide(layer))
  )
})

describe("an owner's token", () => {
  it.effect("reads everything of its organization, sets the policy, and is refused whatever else writes", () =>
    Effect.gen(function* () {
      const service = yield* Service
      const admin = yield* Administration
      const agent = yield* signUp
      const { token } = yield* admin.ownerToken(agent.organization)
      assert.match(Redacted.value(token), /^isk_o_[0-9A-Za-z]{32}$/u)
      for (const id of operationIds) {
        const { auth, effect } = operationOf(id)
        if (id === "uploadStream" || auth === "none") continue
        const { envelope } = yield* service.handle(id, {}, { token, network: null, isLocal: true })
        const refused = jsonField(envelope.error, "code")
        if (effect === "read" || id === "spendPolicySet") {
          assert.notInclude(["AUTH_REQUIRED", "CAPABILITY_DENIED"], refused, id)
          assert.strictEqual(jsonField(envelope.actor, "actor_type"), "human", id)
        } else assert.strictEqual(refused, "CAPABILITY_DENIED", id)
      }
    }).pipe(Effect.provide(layer))
  )

  it.effect("is shown once and stored as a hash, and reaches no other organization", () =>
    Effect.gen(function* () {
      const api = yield* ServiceApi
      const admin = yield* Administration
      const mine = yield* signUp
      const other = yield* signUp
      const { token } = yield* admin.ownerToken(mine.organization)
      const whoami = yield* api.whoami({}, token)
      assert.deepInclude(whoami.envelope.data, { token_class: "owner" })
      assert.strictEqual(jsonField(whoami.envelope.actor, "organization_id"), mine.organization)
      const made = yield* api.create({ ...painting, dryRun: true }, other.token)
      const job = textField(made.envelope.data, "job_id")
      assert.strictEqual(code(yield* api.jobsShow({ jobId: job }, token)), "JOB_NOT_FOUND")
      const unknown = yield* api.whoami({}, Redacted.make(`isk_o_${"0".repeat(32)}`))
      const wrong = yield* api.whoami({}, Redacted.make(`isk_r_${"0".repeat(32)}`))
      assert.deepStrictEqual(unknown.envelope.error, wrong.envelope.error)
    }).pipe(Effect.provide(layer))
  )
})

describe("credits that are bought under a spend policy", () => {
  it.effect("stay within the day's cap of their rail, and a forbidden rail is refused whatever the amount", () =>
    Effect.gen(function* () {
      const api = yield* ServiceApi
      const admin = yield* Administration
      const agent = yield* signUp
      const quoted = (credits: number, key: string) =>
        api.creditsQuote({ credits, paymentMethod: "fake", idempotencyKey: key }, agent.token)
      const bought = (answer: Answer, key: string) =>
        api.creditsFakePurchase(
          { quoteId: textField(answer.envelope.data, "quote_id"), idempotencyKey: key },
          agent.token
        )
      yield* admin.policy(agent.organization, { rails: { fake: 100 } })
      const [one, two] = [yield* quoted(60, "one"), yield* quoted(60, "two")]
      const outcomes = yield* Effect.all([bought(one, "buy-one"), bought(two, "buy-two")], { concurrency: "unbounded" })
      assert.sameMembers(outcomes.map(code), ["APPROVAL_REQUIRED", null])
      const repeated = yield* outcomes[0].envelope.ok ? bought(one, "buy-one") : bought(two, "buy-two")
      assert.isTrue(repeated.envelope.ok, "what is bought already is told, not bought")
      const rest = yield* quoted(41, "rest")
      assert.deepInclude(jsonField(rest.envelope.error, "details"), {
        rule: "rails",
        used_credits: 60,
        limit_credits: 100
      })
      assert.isTrue((yield* quoted(40, "fits")).envelope.ok)
      yield* admin.policy(agent.organization, { rails: { fake: 0 } })
      assert.strictEqual(code(yield* quoted(1, "forbidden")), "APPROVAL_REQUIRED")
      assert.deepStrictEqual(yield* brokenBooks, [])
    }).pipe(Effect.provide(layer))
  )

  it.effect("pass once when approved: the quote looks at the approval, and the purchase uses it", () =>
    Effect.gen(function* () {
      const api = yield* ServiceApi
      const admin = yield* Administration
      const policies = yield* SpendPolicies
      const agent = yield* signUp
      yield* admin.policy(agent.organization, { rails: { fake: 0 } })
      const quoted = (key: string) =>
        api.creditsQuote({ credits: 60, paymentMethod: "fake", idempotencyKey: key }, agent.token)
      assert.strictEqual(code(yield* quoted("one")), "APPROVAL_REQUIRED")
      const [asked] = yield* policies.approvals({ organizationId: null, state: "pending", limit: 10 })
      yield* admin.decide(asked?.id ?? "", "approved")
      const [one, two] = [yield* quoted("one"), yield* quoted("two")]
      assert.deepStrictEqual([code(one), code(two)], [null, null])
      const bought = yield* Effect.forEach(
        [one, two],
        ({ envelope }, index) =>
          api.creditsFakePurchase(
            { quoteId: textField(envelope.data, "quote_id"), idempotencyKey: `buy-${index}` },
            agent.token
          ),
        { concurrency: "unbounded" }
      )
      assert.strictEqual(bought.filter(({ envelope }) => envelope.ok).length, 1)
    }).pipe(Effect.provide(layer))
  )
})
