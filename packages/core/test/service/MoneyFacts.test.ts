import { createHash } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import * as FakePaymentRail from "@image-skill/adapters/payments/FakePaymentRail"
import type { Answer } from "@image-skill/core/envelope/Envelope"
import { isJsonObject, jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import { receive } from "@image-skill/core/envelope/ReceivedCommand"
import { unconfigured } from "@image-skill/core/payments/PaymentRails"
import { Service } from "@image-skill/core/service/Service"
import type { JsonOperationId } from "@image-skill/core/service/ServiceApi"
import { solidPng } from "@image-skill/testing/media/Png"
import * as MemoryService from "@image-skill/testing/service/MemoryService"
import { pricedOptions } from "@image-skill/testing/service/PricedService"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"

/** contract/api.md 16 and contract/after-0.1.24.md 6, as data of their own. */
const topUpFields = [
  "available",
  "recommended",
  "recommendation_reason",
  "urgency",
  "urgency_score",
  "urgency_reasons",
  "path",
  "preferred_payment_method",
  "first_command",
  "quote_command",
  "quote_command_copy_runnable",
  "quote_command_effect",
  "commands",
  "workflow"
]
const selfFundFields = [
  "purpose",
  "available",
  "recommended",
  "recommendation_reason",
  "path",
  "first_safe_command",
  "first_safe_command_effect",
  "inspect_methods_command",
  "inspect_packs_command",
  "quote_command",
  "quote_command_copy_runnable",
  "quote_idempotency_key_source",
  "buy_command",
  "status_command",
  "fallback_quote_command",
  "fallback_buy_command",
  "live_money",
  "payment_method",
  "workflow",
  "warning"
]
const effectFields = [
  "label",
  "no_spend",
  "live_money",
  "provider_call",
  "hosted_create",
  "payment_object",
  "payment_attempt",
  "credit_debit",
  "media_write",
  "wallet_settlement"
]
const recommendedBuyFields = [
  "purpose",
  "recommendation_reason",
  "quote_id",
  "method_id",
  "provider",
  "command",
  "buy_command_copy_runnable",
  "purchase_idempotency_key",
  "status_command",
  "status_command_after_payment",
  "requires_auth",
  "live_money",
  "requires_browser",
  "agent_settleable",
  "human_handoff_required",
  "command_effect"
]
const recommendedQuoteFields = [
  "purpose",
  "recommendation_reason",
  "method_id",
  "pack_id",
  "command",
  "quote_command",
  "quote_command_copy_runnable",
  "buy_command",
  "status_command",
  "requires_auth",
  "live_money",
  "requires_browser",
  "agent_settleable",
  "command_effect"
]

const isList = (value: Schema.Json | undefined): value is Schema.JsonArray => Array.isArray(value)
const at = (value: Schema.Json | undefined, path: string): Schema.Json | undefined =>
  path
    .split(".")
    .reduce<Schema.Json | undefined>(
      (inner, name) => (isList(inner) ? inner[Number(name)] : jsonField(inner, name)),
      value
    )
const keysOf = (value: Schema.Json | undefined): ReadonlyArray<string> =>
  isJsonObject(value) ? Object.keys(value) : []

const rails = [...unconfigured, FakePaymentRail.make({ script: "succeed" })]
type Limits = NonNullable<MemoryService.TestServiceOptions["limits"]>

/** A service with a model of nine credits, and somebody who has signed up there. */
const world = (limits: Limits, use: (ask: Ask) => Effect.Effect<void>, open = true) =>
  Effect.gen(function* () {
    const options = yield* pricedOptions
    return yield* Effect.gen(function* () {
      const { handle } = yield* Service
      const local = { network: null, isLocal: true }
      const signup = yield* handle(
        "signup",
        { agent_name: "a", runtime: "b", return_token: true },
        { ...local, token: null }
      )
      const token = Redacted.make(textField(signup.envelope.data, "token"))
      yield* use((operation, body, from = local) => handle(operation, body, { ...from, token }))
    }).pipe(Effect.provide(MemoryService.layer({ ...options, limits, rails: open ? rails : unconfigured })))
  })

type Ask = (
  operation: JsonOperationId,
  body: Schema.JsonObject,
  from?: { readonly network: string | null; readonly isLocal: boolean }
) => Effect.Effect<Answer>

const painted = { prompt: "a red apple", model: "fake.painter", dry_run: false, accept_unknown_cost: false }

const isSmall = ({ envelope }: Answer): void =>
  assert.isAtMost(new TextEncoder().encode(JSON.stringify(envelope, null, 2)).length, 1_600)

describe("the way to credits", () => {
  it.effect("stands in the quota with every field of the contract, and runs as it is printed", () =>
    world({ previewCredits: 20 }, (ask) =>
      Effect.gen(function* () {
        const { data } = (yield* ask("quota", {})).envelope
        assert.includeMembers([...keysOf(at(data, "top_up"))], topUpFields)
        assert.deepStrictEqual(keysOf(at(data, "top_up.commands")), [
          "inspect_methods",
          "inspect_packs",
          "quote",
          "buy",
          "status",
          "fallback_quote",
          "fallback_buy"
        ])
        assert.sameMembers([...keysOf(at(data, "top_up.quote_command_effect"))], effectFields)
        assert.includeMembers([...keysOf(at(data, "next_actions.self_fund"))], selfFundFields)
        assert.deepInclude(at(data, "top_up"), {
          available: true,
          recommended: false,
          recommendation_reason: "available",
          urgency_score: 0,
          preferred_payment_method: "fake",
          first_command: "image-skill credits methods --json",
          quote_command: "image-skill credits quote --pack starter-500 --payment-method fake --json",
          quote_command_copy_runnable: true
        })
        assert.deepInclude(data, { session_origin: "hosted_session", token_created_at: "1970-01-01T00:00:00.000Z" })
      })
    )
  )

  it.effect("is told after a picture, in short elsewhere, and first of all once credits run out", () =>
    world({ previewCredits: 20 }, (ask) =>
      Effect.gen(function* () {
        const { data } = (yield* ask("create", painted)).envelope
        const quote = "image-skill credits quote --pack starter-500 --payment-method fake --json"
        assert.deepInclude(at(data, "quota.top_up"), { urgency: "near_wall", urgency_score: 80, recommended: true })
        assert.includeMembers([...keysOf(at(data, "quota.top_up"))], topUpFields)
        assert.strictEqual(at(data, "self_fund_next_command"), quote)
        assert.sameMembers([...keysOf(at(data, "self_fund_next_command_effect"))], effectFields)
        assert.include(textField(data, "next_command"), "assets get")
        const [job, asset] = [textField(data, "job_id"), textField(at(data, "assets.0"), "asset_id")]
        const shown = (yield* ask("jobsShow", { job_id: job })).envelope.data
        assert.deepStrictEqual([at(shown, "state"), at(shown, "status")], ["completed", "completed"])
        const short = [
          data,
          shown,
          (yield* ask("activityList", {})).envelope.data,
          (yield* ask("assetsList", {})).envelope.data,
          (yield* ask("assetsShow", { asset_id: asset })).envelope.data
        ]
        for (const answer of short) {
          assert.deepInclude(at(answer, "next_actions.self_fund"), {
            command: "image-skill credits methods --json",
            effect: "read",
            recommended: true,
            urgency: "near_wall",
            quote_command: quote
          })
        }
      })
    )
  )

  it.effect("is not there where no rail can be used", () =>
    world(
      { previewCredits: 20 },
      (ask) =>
        Effect.gen(function* () {
          const { data } = (yield* ask("quota", {})).envelope
          assert.deepInclude(at(data, "top_up"), { available: false, recommended: false, quote_command: null })
          assert.deepStrictEqual(at(data, "next_actions"), {})
          const made = (yield* ask("create", painted)).envelope.data
          for (const path of ["self_fund_next_command", "quota.top_up", "next_actions.self_fund"])
            assert.isUndefined(at(made, path), path)
          const refused = yield* ask("create", { ...painted, output_count: 2 })
          assert.strictEqual(textField(refused.envelope.error, "code"), "QUOTA_EXCEEDED")
          assert.isUndefined(at(refused.envelope.error, "recovery.top_up"))
        }),
      false
    )
  )

  it.effect("is the recovery of a lack of credits: the quote of what is missing, in a small error", () =>
    world({ previewCredits: 5 }, (ask) =>
      Effect.gen(function* () {
        const refused = yield* ask("create", painted)
        assert.strictEqual(textField(refused.envelope.error, "code"), "QUOTA_EXCEEDED")
        assert.deepStrictEqual(at(refused.envelope.error, "recovery.top_up"), {
          available: true,
          recommended: true,
          recommendation_reason: "credits_depleted",
          urgency: "blocked",
          first_command: "image-skill credits methods --json",
          quote_command: "image-skill credits quote --credits 4 --payment-method fake --json",
          omitted_command: "image-skill usage quota --json"
        })
        isSmall(refused)
      })
    )
  )

  it.effect("is not said to be a lack of credits when the day is used up, and when the day ends is said", () =>
    world({ dailyJobsOnPreview: 1 }, (ask) =>
      Effect.gen(function* () {
        yield* ask("create", painted)
        const refused = yield* ask("create", { ...painted, prompt: "a green apple" })
        assert.strictEqual(textField(refused.envelope.error, "code"), "DAILY_JOB_CAP_REACHED")
        assert.deepInclude(at(refused.envelope.error, "recovery.top_up"), {
          recommendation_reason: "daily_job_cap_reached",
          lifts_daily_job_cap: true
        })
        assert.strictEqual(at(refused.envelope.error, "recovery.resets_at"), "1970-01-02T00:00:00.000Z")
        isSmall(refused)
        const { data } = (yield* ask("quota", {})).envelope
        assert.deepStrictEqual(at(data, "top_up.daily_job_cap"), {
          resets_at: "1970-01-02T00:00:00.000Z",
          lifted_by_credits: true
        })
        assert.deepStrictEqual(at(data, "top_up.urgency_reasons"), ["daily_job_cap_reached"])
      })
    )
  )

  it.effect("lifts the limits of bulk jobs as far as it says", () =>
    world({}, (ask) =>
      Effect.gen(function* () {
        const bulk = yield* ask("create", { ...painted, output_count: 5 })
        assert.strictEqual(textField(bulk.envelope.error, "code"), "CAPABILITY_DENIED")
        assert.deepInclude(at(bulk.envelope.error, "details"), {
          max_outputs_per_request: 4,
          max_credits_per_job: 100,
          output_count: 5,
          credits_required: 42,
          lifted_by: "paid_credits",
          max_outputs_when_paid: 10,
          max_credits_when_paid: 1_000
        })
        assert.isTrue(at(bulk.envelope.error, "recovery.top_up.available"))
        isSmall(bulk)
        const { data } = (yield* ask("creditsQuote", { credits: 100, payment_method: "fake" })).envelope
        yield* ask("creditsFakePurchase", { quote_id: textField(data, "quote_id"), idempotency_key: "k" })
        assert.isTrue((yield* ask("create", { ...painted, output_count: 5 })).envelope.ok)
      })
    )
  )

  it.effect("that bought credits cannot raise any further is a smaller request", () =>
    world({ maxOutputsWhenPaid: 4 }, (ask) =>
      Effect.gen(function* () {
        const bulk = yield* ask("create", { ...painted, output_count: 5 })
        assert.deepInclude(at(bulk.envelope.error, "details"), { lifted_by: "smaller_request" })
        assert.isUndefined(at(bulk.envelope.error, "recovery.top_up"))
      })
    )
  )
})

/** Every line of an answer that begins with the name of the program. */
const linesIn = (value: Schema.Json): ReadonlyArray<string> => {
  if (typeof value === "string") return value.startsWith("image-skill ") ? [value] : []
  if (isList(value)) return value.flatMap(linesIn)
  return isJsonObject(value) ? Object.values(value).flatMap(linesIn) : []
}

describe("the commands of money", () => {
  it.effect("are all commands of this program, with flags that it has", () =>
    world({ previewCredits: 20 }, (ask) =>
      Effect.gen(function* () {
        const quoted = yield* ask("creditsQuote", { credits: 50, payment_method: "fake" })
        const answers = [
          yield* ask("create", painted),
          yield* ask("create", { ...painted, output_count: 3 }),
          yield* ask("create", { ...painted, output_count: 5 }),
          yield* ask("quota", {}),
          yield* ask("paymentMethods", {}),
          yield* ask("creditsStatus", {}),
          quoted,
          yield* ask("creditsFakePurchase", {
            quote_id: textField(quoted.envelope.data, "quote_id"),
            idempotency_key: "k"
          })
        ]
        for (const { envelope } of answers) {
          const lines = [...linesIn(envelope.data), ...linesIn(envelope.error)]
          assert.isNotEmpty(lines)
          for (const line of lines) assert.isTrue(Option.isSome(receive(line)), line)
        }
      })
    )
  )
})

describe("the steps of a payment", () => {
  it.effect("name the quote, the purchase and its key, and repeat them while the quote is open", () =>
    world({}, (ask) =>
      Effect.gen(function* () {
        const methods = (yield* ask("paymentMethods", {})).envelope.data
        assert.includeMembers([...keysOf(at(methods, "next_actions.recommended_quote"))], recommendedQuoteFields)
        assert.isTrue(at(methods, "next_actions.recommended_quote.quote_command_copy_runnable"))
        assert.deepStrictEqual(at(methods, "next_actions.recommended_quote.needs"), [])
        const { data } = (yield* ask("creditsQuote", { pack_id: "starter-500", payment_method: "fake" })).envelope
        const buy = at(data, "next_actions.recommended_buy")
        assert.includeMembers([...keysOf(buy)], recommendedBuyFields)
        const quoteId = textField(data, "quote_id")
        assert.deepInclude(buy, {
          purchase_idempotency_key: `purchase:${quoteId}`,
          provider: "fake",
          live_money: false,
          requires_browser: false,
          agent_settleable: true,
          human_handoff_required: false,
          buy_command_copy_runnable: true
        })
        assert.strictEqual(textField(at(data, "pack"), "price_usd"), "5.00")
        const status = (yield* ask("creditsStatus", { quote_id: quoteId })).envelope.data
        assert.deepStrictEqual(at(status, "next_actions.recommended_buy"), buy)
      })
    )
  )

  it.effect("begin with a quote where a payment is asked for that is not there", () =>
    world({}, (ask) =>
      Effect.gen(function* () {
        const ids = { quote_id: "quote_none", payment_attempt_id: "payatt_none" }
        for (const [field, id] of Object.entries(ids)) {
          const unknown = yield* ask("creditsStatus", { [field]: id })
          assert.deepInclude(at(unknown.envelope.error, "recovery.top_up"), {
            first_command: "image-skill credits methods --json",
            quote_command: "image-skill credits quote --pack starter-500 --payment-method fake --json"
          })
          isSmall(unknown)
        }
        const elsewhere = yield* ask("creditsQuote", { credits: 50, payment_method: "stripe_checkout" })
        assert.strictEqual(
          at(elsewhere.envelope.error, "recovery.suggested_command"),
          "image-skill credits quote --credits 50 --payment-method fake --json"
        )
        isSmall(elsewhere)
      })
    )
  )

  it.effect("are the quota where no payment is named", () =>
    world({}, (ask) =>
      Effect.gen(function* () {
        const quota = (yield* ask("quota", {})).envelope.data
        const status = (yield* ask("creditsStatus", {})).envelope.data
        // Said where identity is the matter (contract/api.md 16).
        const elsewhereOnly = new Set(["next_actions", "claim_request_state"])
        for (const field of keysOf(quota).filter((name) => !elsewhereOnly.has(name)))
          assert.deepStrictEqual(jsonField(status, field), jsonField(quota, field), field)
        assert.deepStrictEqual(at(status, "next_actions.self_fund"), at(quota, "next_actions.self_fund"))
      })
    )
  )
})

const elsewhere = { network: "203.0.113.5", isLocal: false }

const upload = (ask: Ask, color: number) => {
  const bytes = solidPng(8, 8, color, 0, 0)
  const picture = {
    source_kind: "local_path",
    filename: "a.png",
    mime_type: "image/png",
    content_length: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    bytes_base64: Buffer.from(bytes).toString("base64")
  }
  return ask("upload", picture, elsewhere)
}

describe("rate limits", () => {
  it.effect("of a token are counted by the minute, told with each answer, and do not apply to this machine", () =>
    world({ requestsPerMinute: 2 }, (ask) =>
      Effect.gen(function* () {
        const first = yield* ask("whoami", {}, elsewhere)
        assert.deepStrictEqual(first.rateLimit, { limit: 2, remaining: 1, resetSeconds: 60 })
        yield* TestClock.adjust("15 seconds")
        // What is refused for another reason is counted and told, too.
        const second = yield* ask("jobsShow", { job_id: "job_zzzzzzzzzzzzzzzzzzzz" }, elsewhere)
        assert.deepStrictEqual([second.status, second.rateLimit?.remaining], [404, 0])
        const third = yield* ask("whoami", {}, elsewhere)
        assert.deepStrictEqual(
          [third.status, third.exitCode, textField(third.envelope.error, "code"), third.retryAfterSeconds],
          [429, 5, "RATE_LIMITED", 45]
        )
        assert.deepStrictEqual(third.rateLimit, { limit: 2, remaining: 0, resetSeconds: 45 })
        assert.strictEqual(at(third.envelope.error, "recovery.retry_after_seconds"), 45)
        isSmall(third)
        const local = yield* ask("whoami", {})
        assert.deepStrictEqual([local.status, local.rateLimit], [200, undefined])
        yield* TestClock.adjust("45 seconds")
        assert.strictEqual((yield* ask("whoami", {}, elsewhere)).rateLimit?.remaining, 1)
      })
    )
  )

  it.effect("of signups belong to a network, and refusals do not extend them", () =>
    world({ signupsPerHour: 2 }, () =>
      Effect.gen(function* () {
        const { handle } = yield* Service
        const signup = handle(
          "signup",
          { agent_name: "a", runtime: "b", return_token: true },
          { ...elsewhere, token: null }
        )
        assert.deepStrictEqual((yield* signup).rateLimit, { limit: 2, remaining: 1, resetSeconds: 3_600 })
        yield* TestClock.adjust("30 minutes")
        assert.deepStrictEqual((yield* signup).rateLimit, { limit: 2, remaining: 0, resetSeconds: 1_800 })
        for (const _ of [1, 2, 3]) {
          const refused = yield* signup
          assert.deepStrictEqual([refused.status, refused.retryAfterSeconds], [429, 1_800])
          assert.deepStrictEqual(refused.rateLimit, { limit: 2, remaining: 0, resetSeconds: 1_800 })
        }
        yield* TestClock.adjust("30 minutes")
        assert.isTrue((yield* signup).envelope.ok)
      }).pipe(Effect.provide(MemoryService.layer({ limits: { signupsPerHour: 2 } })))
    )
  )

  it.effect("of uploads are told with each upload, and how long the next one has to wait is exact", () =>
    world({ uploadsPerHour: 2 }, (ask) =>
      Effect.gen(function* () {
        assert.deepStrictEqual((yield* upload(ask, 1)).rateLimit, { limit: 2, remaining: 1, resetSeconds: 3_600 })
        yield* TestClock.adjust("10 minutes")
        assert.deepStrictEqual((yield* upload(ask, 2)).rateLimit, { limit: 2, remaining: 0, resetSeconds: 3_000 })
        const refused = yield* upload(ask, 3)
        assert.deepStrictEqual([refused.status, refused.retryAfterSeconds], [429, 3_000])
        assert.deepStrictEqual(refused.rateLimit, { limit: 2, remaining: 0, resetSeconds: 3_000 })
      })
    )
  )
})
