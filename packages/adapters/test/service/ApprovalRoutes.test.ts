import { assert, describe, it } from "@effect/vitest"
import { PolicyDesk } from "@image-skill/core/credits/PolicyDesk"
import { SpendPolicies } from "@image-skill/core/credits/SpendPolicies"
import { jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import { OrganizationId } from "@image-skill/core/identity/Actor"
import { Administration } from "@image-skill/core/service/Administration"
import { ServiceApi } from "@image-skill/core/service/ServiceApi"
import { pricedOptions } from "@image-skill/testing/service/PricedService"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { temporaryFolder } from "../Folder.ts"
import { kit, overHttp, serveKit } from "./Compositions.ts"

/** A server with a priced model, an agent that is over its cap, its question, and its owner. */
const asked = Effect.gen(function* () {
  const folder = yield* temporaryFolder
  const { origin, services } = yield* serveKit(kit(folder, yield* pricedOptions))
  const run = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    Effect.provide(effect, Layer.provideMerge(Administration.layer, Layer.succeedContext(services)))
  const api = yield* Effect.provide(ServiceApi, overHttp(origin))
  const { envelope } = yield* api.signup({ agentName: `<b>painter</b>`, runtime: "test", returnToken: true })
  const token = Redacted.make(textField(envelope.data, "token"))
  const organizationId = OrganizationId.make(textField(envelope.data, "organization_id"))
  yield* run(Effect.flatMap(PolicyDesk, (desk) => desk.setAsOwner(organizationId, { maxCreditsPerCall: 8 })))
  const create = (prompt: string) =>
    api.create(
      { prompt, model: "fake.painter", aspectRatio: "1:1", idempotencyKey: prompt.replaceAll(" ", "-") },
      token
    )
  const ask = Effect.fnUntraced(function* (prompt: string) {
    const { envelope: refused } = yield* create(prompt)
    assert.isAtMost(Buffer.byteLength(`${JSON.stringify(refused, null, 2)}\n`), 1_600, "an error has at most 1.6 kB")
    const id = textField(jsonField(jsonField(refused.error, "recovery"), "approval"), "id")
    return `${origin}/approve/${id}`
  })
  const owner = Effect.fnUntraced(function* (organization: string) {
    const made = yield* run(Effect.flatMap(Administration, (admin) => admin.ownerToken(organization)))
    return Redacted.value(made.token)
  })
  const state = (url: string) =>
    run(
      Effect.map(
        Effect.flatMap(SpendPolicies, (rows) => rows.approval(url.split("/").at(-1) ?? "")),
        (found) => Option.getOrThrow(found).state
      )
    )
  return { api, origin, run, token, organizationId, create, ask, owner, state }
})

interface Page {
  readonly status: number
  readonly text: string
  readonly headers: Headers
}

const fetched = (url: string, init: RequestInit = {}): Effect.Effect<Page> =>
  Effect.promise(async () => {
    const response = await fetch(url, { redirect: "error", ...init })
    return { status: response.status, text: await response.text(), headers: response.headers }
  })

const post = (url: string, fields: Record<string, string>) =>
  fetched(url, { method: "POST", body: new URLSearchParams(fields) })

describe("the page on which an owner decides", () => {
  it.live("tells what is asked, changes nothing by being looked at, and lets nobody else use it", () =>
    Effect.gen(function* () {
      const { ask, state } = yield* asked
      const url = yield* ask("a boat of gold")
      const page = yield* fetched(url)
      assert.strictEqual(page.status, 200)
      assert.match(page.text, /spend 9 credits with fake\.painter/u)
      assert.include(page.text, "&lt;b&gt;painter&lt;/b&gt;")
      for (const secret of ["boat", "<script", "isk_", "http://", "https://"]) assert.notInclude(page.text, secret)
      assert.strictEqual(page.headers.get("cache-control"), "no-store")
      assert.strictEqual(page.headers.get("referrer-policy"), "no-referrer")
      assert.match(page.headers.get("content-security-policy") ?? "", /form-action 'self'; frame-ancestors 'none'/u)
      assert.isNull(page.headers.get("set-cookie"))
      const head = yield* fetched(url, { method: "HEAD" })
      assert.deepStrictEqual([head.status, head.text], [200, ""])
      assert.strictEqual(yield* state(url), "pending")
      assert.strictEqual((yield* fetched(url.slice(0, -1))).status, 404)
    })
  )

  it.live("approves for the owner of the organization, once, and the request passes then", () =>
    Effect.gen(function* () {
      const { ask, create, organizationId, owner, state } = yield* asked
      const url = yield* ask("a boat")
      const page = yield* post(url, { token: yield* owner(organizationId), decision: "approved" })
      assert.strictEqual(page.status, 200)
      assert.include(page.text, "<h1>Approved</h1>")
      assert.notInclude(page.text, "isk_o_")
      assert.isTrue((yield* create("a boat")).envelope.ok)
      assert.strictEqual(yield* state(url), "used")
      assert.strictEqual((yield* fetched(url)).status, 410)
      assert.strictEqual((yield* post(url, { token: "x", decision: "denied" })).status, 410)
    })
  )

  it.live("has one refusal for every token that may not decide", () =>
    Effect.gen(function* () {
      const { api, ask, organizationId, owner, run, state, token } = yield* asked
      const url = yield* ask("a boat")
      const other = yield* api.signup({ agentName: "other", runtime: "test", returnToken: true })
      const gone = yield* run(Effect.flatMap(Administration, (admin) => admin.ownerToken(organizationId)))
      yield* run(Effect.flatMap(Administration, (admin) => admin.revokeToken(gone.fingerprint)))
      const pages = yield* Effect.forEach(
        [
          "",
          "canary",
          `isk_o_${"0".repeat(32)}`,
          Redacted.value(token),
          Redacted.value(gone.token),
          yield* owner(textField(other.envelope.data, "organization_id"))
        ],
        (text) => post(url, { token: text, decision: "approved" })
      )
      for (const page of pages) {
        assert.strictEqual(page.status, 403)
        assert.strictEqual(page.text, pages[0]?.text)
      }
      assert.strictEqual(yield* state(url), "pending")
    })
  )

  it.live("denies, and takes nothing but its own form", () =>
    Effect.gen(function* () {
      const { ask, create, organizationId, owner, state } = yield* asked
      const url = yield* ask("a boat")
      const token = yield* owner(organizationId)
      const refused = yield* Effect.all([
        post(url, { token }),
        post(url, { token, decision: "yes" }),
        post(`${url}?token=${token}&decision=approved`, {}),
        post(url, { token, decision: "approved", filler: "x".repeat(9_000) }),
        fetched(url, {
          method: "POST",
          body: JSON.stringify({ token, decision: "approved" }),
          headers: { "content-type": "application/json" }
        })
      ])
      assert.deepStrictEqual(
        refused.map(({ status }) => status),
        [413, 413, 413, 413, 413]
      )
      assert.strictEqual(yield* state(url), "pending")
      assert.include((yield* post(url, { token, decision: "denied" })).text, "<h1>Denied</h1>")
      assert.strictEqual(yield* state(url), "denied")
      assert.strictEqual(jsonField((yield* create("a boat")).envelope.error, "code"), "APPROVAL_REQUIRED")
    })
  )

  it.live("a policy is set over HTTP by PUT, and a raise is put to the owner", () =>
    Effect.gen(function* () {
      const { api, organizationId, origin, owner, token } = yield* asked
      const lowered = yield* api.spendPolicySet({ maxCreditsPerDay: 20 }, token)
      assert.deepStrictEqual(jsonField(lowered.envelope.data, "effective"), {
        max_credits_per_call: 8,
        max_credits_per_day: 20
      })
      const raised = yield* api.spendPolicySet({ maxCreditsPerDay: 21 }, token)
      assert.deepStrictEqual([raised.status, raised.exitCode], [403, 4])
      const id = textField(jsonField(jsonField(raised.envelope.error, "recovery"), "approval"), "id")
      const page = yield* post(`${origin}/approve/${id}`, { token: yield* owner(organizationId), decision: "approved" })
      assert.include(page.text, "<h1>Approved</h1>")
      const after = yield* api.spendPolicyShow({}, token)
      assert.strictEqual(jsonField(jsonField(after.envelope.data, "effective"), "max_credits_per_day"), 21)
      const asOwner = Redacted.make(yield* owner(organizationId))
      const set = yield* api.spendPolicySet({ maxCreditsPerCall: 500, maxCreditsPerDay: null }, asOwner)
      assert.strictEqual(jsonField(set.envelope.data, "set_by"), "owner")
      const unknown = yield* fetched(`${origin}/v1/spend-policy`, {
        method: "PUT",
        body: `{"max_credits_per_dya": 5}`,
        headers: { authorization: `Bearer ${Redacted.value(token)}`, "content-type": "application/json" }
      })
      assert.strictEqual(unknown.status, 400)
      assert.include(unknown.text, "max_credits_per_dya")
    })
  )
})
