import { createHash } from "node:crypto"
import { assert, it } from "@effect/vitest"
import { jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import type { StripeEmulator } from "@image-skill/testing/payments/StripeEmulator"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Schema from "effect/Schema"
import { shop, statusOf } from "./PaySite.ts"
import { data, fixture, isOk, listOf, numberOf, replay, send, type Words } from "./PublishedRequests.ts"
import { obeysRules, unasked } from "./PublishedRules.ts"
import { json, type RawReply } from "./RawHttp.ts"
import { firstOf } from "./Site.ts"

/** contract/cli.md 9.3 and 9.6: what the published guide makes of the answers to its requests. */
const guided = ([health, models, , quota]: ReadonlyArray<RawReply>) => {
  const model = listOf(jsonField(data(models), "models")).find(
    (row) =>
      jsonField(row, "status") === "available" &&
      jsonField(jsonField(row, "execution"), "model_execution_status") === "executable" &&
      listOf(jsonField(row, "supports")).includes("create")
  )
  const price = jsonField(jsonField(model, "economics"), "credit_pricing")
  const needed = numberOf(price, "credits_required")
  const limits = jsonField(data(quota), "limits")
  const remaining =
    (numberOf(limits, "remaining_credits") ?? 0) + (numberOf(limits, "payment_backed_remaining_credits") ?? 0)
  const jobs = numberOf(jsonField(data(quota), "daily_jobs"), "remaining")
  const stage = (): string => {
    if (!isOk(health) || !isOk(models)) return "service_unreachable"
    if (model === undefined) return "no_executable_model"
    if (quota === undefined) return "auth_required"
    if (!isOk(quota)) {
      const code = jsonField(jsonField(json(quota), "error"), "code")
      return code === "AUTH_REQUIRED" ? "auth_required" : "service_unreachable"
    }
    if (needed !== null && remaining < needed) return "quota_required"
    return jobs !== null && jobs <= 0 ? "quota_required" : "ready_to_create"
  }
  return { stage: stage(), model: textField(model, "id"), guard: numberOf(price, "estimated_revenue_usd") }
}

/** contract/cli.md 6.9.1: where the published client takes the link from, of a record and of what stands in it. */
const compacted = (value: Schema.Json | undefined): string => {
  const handoff = textField(value, "checkout_handoff_url")
  if (handoff !== "") return handoff
  return textField(value, "checkout_url") || textField(value, "fallback_checkout_url")
}

const plain = { method: "GET", body: null, status: 200, exit: null, answer: {} } as const

/** An agent that has signed up and made its picture, as the published client did it. */
class Walked extends Context.Service<
  Walked,
  {
    readonly origin: string
    /** The hands of whoever pays. */
    readonly control: StripeEmulator["control"]
    /** What the guide made of the service before the signup, and after it. */
    readonly guides: ReadonlyArray<ReturnType<typeof guided>>
    readonly created: Schema.Json | undefined
    readonly words: Words
  }
>()("test/service/Walked") {
  static readonly layer = Layer.effect(
    Walked,
    Effect.gen(function* () {
      const { control, origin } = yield* shop
      const words = { HOST: new URL(origin).host }
      const before = guided(yield* replay(origin, "guide-without-token", words))
      const [signup] = yield* replay(origin, "signup", words)
      const known = { ...words, TOKEN: textField(data(signup), "token") }
      const after = guided(yield* replay(origin, "guide-with-token", known))
      const [create] = yield* replay(origin, "create", { ...known, MODEL: after.model })
      const created = data(create)
      const asset = firstOf(jsonField(created, "assets"))
      const made = {
        ASSET_ID: textField(asset, "asset_id"),
        ASSET_PATH: new URL(textField(asset, "url")).pathname,
        JOB_ID: textField(created, "job_id")
      }
      return Walked.of({ origin, control, guides: [before, after], created, words: { ...known, ...made } })
    })
  )
}

it.layer(Walked.layer, { excludeTestServices: true })("the published client 0.1.24", (it) => {
  it.effect("is led by its guide to sign up, and then to create with the default model for nothing", () =>
    Effect.gen(function* () {
      const { guides } = yield* Walked
      const chosen = { model: "local.storyboard", guard: 0 }
      assert.deepStrictEqual(guides, [
        { stage: "auth_required", ...chosen },
        { stage: "ready_to_create", ...chosen }
      ])
    })
  )

  it.effect("downloads the very bytes of its picture", () =>
    Effect.gen(function* () {
      const { created, origin, words } = yield* Walked
      const [shown, download] = yield* replay(origin, "assets-get", words)
      const row = jsonField(data(shown), "asset")
      assert.strictEqual(new URL(textField(row, "url")).origin, origin)
      assert.strictEqual(textField(row, "url"), textField(firstOf(jsonField(created, "assets")), "url"))
      assert.strictEqual(textField(row, "asset_id"), firstOf(jsonField(created, "asset_ids")))
      const bytes = download?.bytes ?? Buffer.of()
      assert.strictEqual(download?.headers["content-type"], "image/png")
      assert.strictEqual(download?.headers["content-length"], `${bytes.length}`)
      assert.strictEqual(bytes.length, jsonField(row, "content_length"))
      assert.strictEqual(createHash("sha256").update(bytes).digest("hex"), textField(row, "sha256"))
    })
  )

  it.effect("finds the picture in its job", () =>
    Effect.gen(function* () {
      const { origin, words } = yield* Walked
      const [job] = yield* replay(origin, "jobs-show", words)
      const assets = jsonField(jsonField(data(job), "job"), "assets")
      assert.strictEqual(textField(firstOf(assets), "asset_id"), words["ASSET_ID"])
    })
  )

  it.effect("gets the same job when it repeats its key", () =>
    Effect.gen(function* () {
      const { origin, words } = yield* Walked
      const [again] = yield* replay(origin, "create", { ...words, MODEL: "local.storyboard" })
      assert.strictEqual(textField(data(again), "job_id"), words["JOB_ID"])
    })
  )

  it.effect.each(["reads", "refusals", "feedback"])("finds every field that it reads: %s", (name) =>
    Effect.gen(function* () {
      const { origin, words } = yield* Walked
      yield* replay(origin, name, words)
    })
  )

  it.effect("lists the rails and the packs, quotes, buys on both rails, and looks until it is paid", () =>
    Effect.gen(function* () {
      const { control, origin, words } = yield* Walked
      const [methods] = yield* replay(origin, "credits-methods", words)
      const rows = listOf(jsonField(data(methods), "methods"))
      assert.deepStrictEqual(
        rows.map((row) => [
          textField(row, "method_id"),
          jsonField(row, "requires_browser"),
          jsonField(row, "agent_settleable")
        ]),
        [
          ["stripe_checkout", true, false],
          ["stripe_x402.exact.usdc", false, true]
        ]
      )
      const [hosted, agentic] = yield* replay(origin, "credits-quote", words)
      const quotedAgain = yield* replay(origin, "credits-quote", words)
      const quoted = {
        ...words,
        QUOTE_ID: textField(data(hosted), "quote_id"),
        DEPOSIT_QUOTE: textField(data(agentic), "quote_id")
      }
      const [checkout, deposit] = yield* replay(origin, "credits-buy", quoted)
      const bought = {
        ...quoted,
        ATTEMPT_ID: textField(data(checkout), "payment_attempt_id"),
        SESSION_ID: textField(data(checkout), "checkout_session_id"),
        DEPOSIT_ATTEMPT: textField(data(deposit), "payment_attempt_id")
      }
      const link = `${origin}/pay/${bought.ATTEMPT_ID}`
      const [waiting] = yield* replay(origin, "credits-status", bought)
      const blocks = [
        data(checkout),
        jsonField(data(checkout), "next"),
        jsonField(data(waiting), "payment_attempt"),
        jsonField(data(waiting), "next")
      ]
      assert.deepStrictEqual(blocks.map(compacted), [link, link, link, link])
      yield* replay(origin, "credits-refusals", bought)
      // A repeated command repeats nothing.
      const again = [...quotedAgain, ...(yield* replay(origin, "credits-buy", quoted))]
      assert.deepStrictEqual(
        again.map((reply) => jsonField(data(reply), "idempotent_replay")),
        [true, true, true, true]
      )
      yield* control.pay({ session: bought.SESSION_ID })
      const paid = yield* statusOf(origin, { attemptId: bought.ATTEMPT_ID, token: words["TOKEN"] ?? "" })
      const receiptId = textField(jsonField(paid, "receipt"), "receipt_id")
      yield* replay(origin, "credits-paid", { ...bought, RECEIPT_ID: receiptId })
    })
  )

  it.effect("uploads a picture, and reads the id of what was kept", () =>
    Effect.gen(function* () {
      const { origin, words } = yield* Walked
      const [sent] = fixture("upload").requests
      assert.isDefined(sent)
      const reply = yield* send(origin, sent, words)
      obeysRules({ method: sent.method, path: sent.path, body: sent.body, reply })
      assert.strictEqual(reply.status, 200, reply.text)
    })
  )

  it.effect("verifies what it trusts: documents to hash, a registry without its package, health and models", () =>
    Effect.gen(function* () {
      const { origin, words } = yield* Walked
      // Its doctor asks for the first of these alone.
      yield* replay(origin, "guide-without-token", words)
      for (const path of ["/skill.md", "/llms.txt", "/cli.md"]) {
        const accept = [
          ["host", "HOST"],
          ["accept", "text/markdown, text/plain, */*"]
        ] as const
        const reply = yield* send(origin, { ...plain, path, headers: accept }, words)
        assert.strictEqual(reply.status, 200, path)
        assert.match(reply.headers["content-type"] ?? "", /^text\/(?:markdown|plain)\b/u, path)
        assert.isAbove(reply.bytes.length, 500, path)
        assert.strictEqual(reply.headers["content-length"], `${reply.bytes.length}`)
      }
      const accept = [
        ["host", "HOST"],
        ["accept", "application/vnd.npm.install-v1+json, application/json"]
      ] as const
      const path = "/image-skill/0.1.24"
      const reply = yield* send(origin, { ...plain, path, headers: accept }, words)
      assert.strictEqual(reply.status, 404)
      obeysRules({ method: "GET", path, body: null, reply })
    })
  )

  it.effect("may spell its headers as it likes", () =>
    Effect.gen(function* () {
      const { origin, words } = yield* Walked
      for (const sent of fixture("reads").requests) {
        const headers = sent.headers.map(
          ([name, value]) => [name.toUpperCase(), value.replace(/^Bearer /u, "BEARER ")] as const
        )
        const reply = yield* send(origin, { ...sent, headers }, words)
        assert.strictEqual(reply.status, 200, sent.path)
      }
    })
  )

  it.effect("is led to sign up again when its token is gone", () =>
    Effect.gen(function* () {
      const { origin, words } = yield* Walked
      const requests = fixture("guide-with-token").requests
      const replies = yield* Effect.forEach(requests, (sent) =>
        send(origin, sent, { ...words, TOKEN: "isk_r_revoked" })
      )
      assert.strictEqual(guided(replies).stage, "auth_required")
    })
  )

  it.effect("was held to every reading rule", () =>
    Effect.sync(() => {
      assert.deepStrictEqual(unasked(), [])
    })
  )
})
