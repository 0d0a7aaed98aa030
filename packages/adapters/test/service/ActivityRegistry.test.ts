import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { activityTypes } from "@image-skill/core/activity/ActivityEvent"
import { jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import { solidPng } from "@image-skill/testing/media/Png"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import * as Pay from "./PaySite.ts"
import { listOf } from "./PublishedRequests.ts"
import { bearer, post, send } from "./RawHttp.ts"
import { data, uploadOf } from "./Site.ts"

interface Entry {
  readonly subject: string
  readonly operations: ReadonlyArray<string>
  readonly links: ReadonlyArray<string>
}

const payback = ["quote_id", "receipt_id", "payment_reversal_id"]

/** contract/api.md 10.3, row by row. */
const contract: { readonly [type: string]: Entry } = {
  "job.completed": { subject: "job", operations: ["create", "edit"], links: ["job_id", "usage_event_id"] },
  "job.planned": { subject: "job", operations: ["create", "edit"], links: ["job_id"] },
  "asset.created": { subject: "asset", operations: ["create", "edit"], links: ["job_id", "usage_event_id"] },
  "asset.uploaded": { subject: "asset", operations: ["upload"], links: ["job_id", "usage_event_id"] },
  "usage.credit_consumed": { subject: "usage", operations: ["usage"], links: ["job_id", "usage_event_id"] },
  "feedback.created": { subject: "feedback", operations: ["feedback"], links: ["feedback_id"] },
  "feedback.github_queue.processed": { subject: "feedback", operations: ["feedback"], links: ["feedback_id"] },
  "payment.checkout_session.created": {
    subject: "payment",
    operations: ["payment"],
    links: ["quote_id", "payment_attempt_id", "checkout_session_id"]
  },
  "credits.payment_backed_granted": {
    subject: "credit",
    operations: ["credits"],
    links: ["quote_id", "receipt_id", "credit_event_id"]
  },
  "credits.payment_backed_refunded": {
    subject: "credit",
    operations: ["credits"],
    links: [...payback, "credit_event_id"]
  },
  "credits.payment_backed_disputed": {
    subject: "credit",
    operations: ["credits"],
    links: [...payback, "credit_event_id"]
  },
  "credits.payment_backed_reinstated": { subject: "credit", operations: ["credits"], links: payback },
  "credits.payment_backed_reversal_pending": { subject: "credit", operations: ["credits"], links: payback },
  "credits.payment_backed_reversal_rejected": { subject: "credit", operations: ["credits"], links: payback }
}

/** Its queue is another service; adapters/test/feedback/StoredFeedback.test.ts has it. */
const elsewhere = "feedback.github_queue.processed"

const withAssets = new Set(["job.completed", "asset.created", "asset.uploaded"])

/** What is wrong with a row, by the contract. */
const faults = (row: Schema.Json): ReadonlyArray<string> => {
  const type = textField(row, "type")
  const entry = contract[type]
  if (entry === undefined) return [`${type}: no such type`]
  const links = jsonField(row, "links")
  return [
    ...(textField(jsonField(row, "subject"), "type") === entry.subject ? [] : [`${type}: its subject`]),
    ...(entry.operations.includes(textField(row, "operation")) ? [] : [`${type}: its operation`]),
    ...entry.links.filter((link) => textField(links, link) === "").map((link) => `${type}: no ${link}`),
    ...(withAssets.has(type) && listOf(jsonField(links, "asset_ids")).length === 0 ? [`${type}: no asset_ids`] : [])
  ]
}

const asks = Effect.fnUntraced(function* (
  { origin }: Pay.PaySite,
  { token }: Pay.Bought,
  path: string,
  body: Schema.JsonObject
) {
  const reply = yield* send(origin, post(path, body, bearer(token)))
  assert.strictEqual(reply.status, 200, `${path}: ${reply.text}`)
})

const painting = { prompt: "a boat", model: "fake.painter" }

/** Pays, gets some of it back, and disputes the whole, which do not fit one payment; then the money comes back. */
const takenBack = Effect.fnUntraced(function* (site: Pay.PaySite) {
  const bought = yield* Pay.bought(site.origin)
  yield* site.control.pay({ session: bought.sessionId })
  yield* site.quiet
  const payment = yield* Pay.paymentOf(site, bought.sessionId)
  yield* Pay.refund({ ...site, ...payment }, 200)
  const { id } = yield* site.control.createDispute({ charge: payment.charge, amount: 500 })
  yield* site.control.withdrawDispute({ dispute: id })
  yield* site.quiet
  yield* site.control.reinstateDispute({ dispute: id })
  yield* site.quiet
  return bought
})

/** Uploads, plans, reports, pays, spends, and gets back what is spent already. */
const spent = Effect.fnUntraced(function* (site: Pay.PaySite) {
  const bought = yield* Pay.bought(site.origin, { quoting: { credits: 60 } })
  yield* asks(site, bought, "/v1/upload", uploadOf(solidPng(32, 24, 40, 80, 120)))
  yield* asks(site, bought, "/v1/create", { ...painting, dry_run: true })
  yield* asks(site, bought, "/v1/feedback", { title: "slow", body: "it waits" })
  yield* site.control.pay({ session: bought.sessionId })
  yield* site.quiet
  for (const key of ["1", "2", "3"]) {
    yield* asks(site, bought, "/v1/create", { ...painting, idempotency_key: key })
  }
  yield* Pay.refund({ ...site, ...(yield* Pay.paymentOf(site, bought.sessionId)) }, 60)
  yield* site.quiet
  return bought
})

const subjects = (registry: { readonly [type: string]: { readonly subject: string } }): ReadonlyArray<string> =>
  Object.entries(registry)
    .map(([type, { subject }]) => `${type} ${subject}`)
    .toSorted()

describe("the registry of activity", () => {
  it("is that of the contract, and closed", () => {
    assert.deepStrictEqual(subjects(activityTypes), subjects(contract))
    const proof = readFileSync(new URL("../feedback/StoredFeedback.test.ts", import.meta.url), "utf8")
    assert.include(proof, `["${elsewhere}", "feedback.created"]`)
  })

  it.effect("has every type written by what the contract says, under its subject and with its links", () =>
    Effect.gen(function* () {
      const site = yield* Pay.paySite()
      const rows: Array<Schema.Json> = []
      for (const story of [takenBack, spent]) {
        const { token } = yield* story(site)
        const reply = yield* send(site.origin, { path: "/v1/activity?limit=100", headers: bearer(token) })
        rows.push(...listOf(jsonField(data(reply), "events")))
      }
      assert.deepStrictEqual(rows.flatMap(faults), [])
      const seen = new Set(rows.map((row) => textField(row, "type")))
      assert.deepStrictEqual(
        Object.keys(contract).filter((type) => !seen.has(type)),
        [elsewhere]
      )
      assert.deepStrictEqual(yield* site.broken, [])
    }).pipe(Effect.scoped)
  )
})
