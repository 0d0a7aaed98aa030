import { assert, describe, it } from "@effect/vitest"
import * as StripeEmulator from "@image-skill/testing/payments/StripeEmulator"
import * as Effect from "effect/Effect"
import type { Stripe } from "stripe"
import { client, sessionParams } from "./StripeClient.ts"

const setUp = Effect.fnUntraced(function* (params: Stripe.Checkout.SessionCreateParams = sessionParams) {
  const emulator = yield* StripeEmulator.start()
  const stripe = client(emulator)
  const created = yield* Effect.promise(() => stripe.checkout.sessions.create(params))
  const [page = "", fragment = ""] = (created.url ?? "").split("#")
  const post = (fields: { readonly [name: string]: string }) =>
    Effect.promise(() =>
      fetch(page, { method: "POST", body: new URLSearchParams({ fragment, ...fields }), redirect: "manual" })
    )
  const read = Effect.promise(() => stripe.checkout.sessions.retrieve(created.id, { expand: ["payment_intent"] }))
  return { emulator, id: created.id, page, post, read }
})

const textOf = (answer: Response) => Effect.promise(() => answer.text())

describe("StripeEmulator, hosted page", () => {
  it.effect("looking at the page changes nothing, and it is not to be stored", () =>
    Effect.gen(function* () {
      const { page, read } = yield* setUp()
      const before = yield* read
      const head = yield* Effect.promise(() => fetch(page, { method: "HEAD" }))
      assert.strictEqual(head.status, 200)
      const shown = yield* Effect.promise(() => fetch(page))
      assert.strictEqual(shown.headers.get("cache-control"), "no-store")
      const html = yield* textOf(shown)
      for (const part of [
        "500 credits",
        "5.00 USD",
        "width=device-width",
        'value="decline"',
        'value="cancel"',
        "us_bank_account"
      ])
        assert.include(html, part)
      assert.notInclude(html, 'name="promotion"')
      assert.strictEqual((yield* read).status, before.status)
    })
  )

  it.effect("paying leads to the success page with the session's id", () =>
    Effect.gen(function* () {
      const { id, page, post, read } = yield* setUp()
      const paid = yield* post({ action: "pay", method: "card" })
      assert.strictEqual(paid.status, 303)
      assert.strictEqual(paid.headers.get("location"), `http://127.0.0.1:1/paid?session=${id}`)
      assert.strictEqual((yield* read).payment_status, "paid")
      assert.strictEqual((yield* post({ action: "pay", method: "card" })).status, 409)
      assert.include(yield* textOf(yield* Effect.promise(() => fetch(page))), "complete")
    })
  )

  it.effect("the forms leave out what stands behind the #, so that no redirect takes it to the shop", () =>
    Effect.gen(function* () {
      const { id, page, post } = yield* setUp({ ...sessionParams, allow_promotion_codes: true })
      for (const answer of [yield* Effect.promise(() => fetch(page)), yield* post({ action: "decline" })]) {
        const forms = [...(yield* textOf(answer)).matchAll(/<form [^>]*>/gu)].map(([form]) => form)
        assert.deepStrictEqual(forms, Array(2).fill(`<form method="post" action="/c/pay/${id}">`))
      }
    })
  )

  it.effect("an expired session that asked for recovery leads to a second session", () =>
    Effect.gen(function* () {
      const recovery = { enabled: true }
      const { emulator, id, read } = yield* setUp({ ...sessionParams, after_expiration: { recovery } })
      yield* emulator.control.expire({ session: id })
      const link = (yield* read).after_expiration?.recovery?.url ?? ""
      const opened = yield* Effect.promise(() => fetch(link, { redirect: "manual" }))
      const [, second = ""] = /\/c\/pay\/([^#]+)#fid/u.exec(opened.headers.get("location") ?? "") ?? []
      const paid = yield* emulator.control.pay({ session: second })
      assert.deepStrictEqual([paid.recovered_from, paid.amount_total], [id, 500])
      assert.strictEqual((yield* read).status, "expired")
      yield* emulator.control.advance({ seconds: 30 * 86_400 })
      assert.strictEqual((yield* Effect.promise(() => fetch(link))).status, 404)
    })
  )

  it.effect("without what stands behind the # of its address the page does nothing", () =>
    Effect.gen(function* () {
      const { post, read } = yield* setUp()
      for (const fragment of ["", "fidwrong"]) {
        const refused = yield* post({ action: "pay", method: "card", fragment })
        assert.strictEqual(refused.status, 400)
        assert.include(yield* textOf(refused), "not complete")
      }
      assert.strictEqual((yield* read).status, "open")
    })
  )

  it.effect("a declined card leaves the session open to be paid", () =>
    Effect.gen(function* () {
      const { post, read } = yield* setUp()
      const declined = yield* post({ action: "decline" })
      assert.strictEqual(declined.status, 402)
      assert.include(yield* textOf(declined), "declined")
      const open = yield* read
      assert.strictEqual(open.status, "open")
      const before = open.payment_intent
      yield* post({ action: "pay" })
      const paid = (yield* read).payment_intent
      if (typeof before === "string" || typeof paid === "string") return assert.fail("the intent was not expanded")
      assert.strictEqual(paid?.id, before?.id)
      assert.deepStrictEqual([before?.status, paid?.status], ["requires_payment_method", "succeeded"])
    })
  )

  it.effect("cancelling goes back to the shop and keeps the session open", () =>
    Effect.gen(function* () {
      const { post, read } = yield* setUp()
      const canceled = yield* post({ action: "cancel" })
      assert.deepStrictEqual([canceled.status, canceled.headers.get("location")], [303, sessionParams.cancel_url])
      assert.strictEqual((yield* read).status, "open")
    })
  )

  it.effect("a bank debit completes the session unpaid", () =>
    Effect.gen(function* () {
      const { post, read } = yield* setUp()
      assert.strictEqual((yield* post({ action: "pay", method: "us_bank_account" })).status, 303)
      const session = yield* read
      assert.deepStrictEqual([session.status, session.payment_status], ["complete", "unpaid"])
    })
  )

  it.effect("a session for cards alone offers no bank debit and takes none", () =>
    Effect.gen(function* () {
      const { page, post, read } = yield* setUp({ ...sessionParams, allowed_payment_method_types: ["card"] })
      assert.notInclude(yield* textOf(yield* Effect.promise(() => fetch(page))), "us_bank_account")
      assert.strictEqual((yield* post({ action: "pay", method: "us_bank_account" })).status, 400)
      assert.strictEqual((yield* read).status, "open")
    })
  )

  it.effect("a code for the whole price needs no payment, and one that leaves a few cents is refused", () =>
    Effect.gen(function* () {
      const { emulator, post, read } = yield* setUp({ ...sessionParams, allow_promotion_codes: true })
      yield* emulator.control.promotion({ code: "FREE", percent: 100 })
      yield* emulator.control.promotion({ code: "FEW", amount: 480 })
      assert.include(yield* textOf(yield* post({ action: "promotion", promotion: "NONE" })), "not valid")
      const few = yield* post({ action: "promotion", promotion: "FEW" })
      assert.strictEqual(few.status, 400)
      assert.include(yield* textOf(few), 'name="fragment" value="fid')
      const applied = yield* post({ action: "promotion", promotion: "free" })
      assert.include(yield* textOf(applied), "Complete order")
      assert.strictEqual((yield* post({ action: "pay" })).status, 303)
      const session = yield* read
      assert.deepStrictEqual(
        [session.status, session.payment_status, session.amount_total, session.payment_intent],
        ["complete", "no_payment_required", 0, null]
      )
      assert.strictEqual(session.total_details?.amount_discount, 500)
    })
  )

  it.effect("adaptive pricing shows another currency and charges the session's own", () =>
    Effect.gen(function* () {
      const { emulator, id, page, post, read } = yield* setUp()
      yield* emulator.control.present({ session: id, currency: "eur", amount: 463 })
      assert.include(yield* textOf(yield* Effect.promise(() => fetch(page))), "4.63 EUR")
      yield* post({ action: "pay" })
      const session = yield* read
      assert.deepStrictEqual(
        [session.currency, session.amount_total, session.presentment_details],
        ["usd", 500, { presentment_amount: 463, presentment_currency: "eur" }]
      )
    })
  )

  it.effect("an expired page says so", () =>
    Effect.gen(function* () {
      const { emulator, id, page, post } = yield* setUp()
      yield* emulator.control.expire({ session: id })
      assert.include(yield* textOf(yield* Effect.promise(() => fetch(page))), "expired")
      assert.strictEqual((yield* post({ action: "pay" })).status, 409)
    })
  )
})
