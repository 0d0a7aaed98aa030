import { assert, describe, it } from "@effect/vitest"
import type { Attempt } from "@image-skill/core/payments/Attempt"
import { pageOf, unavailable } from "@image-skill/core/payments/PaymentPage"
import * as Sample from "@image-skill/testing/payments/PaymentSample"

const now = "2026-11-21T00:00:00.000Z"
const later = "2026-11-21T00:00:00.001Z"
const url = "https://checkout.example/c/pay/cs_test_1#fidkdWxOYHwnPyd1blpxYHZxWjA0%2F%2B"

const pageFor = (change: Partial<Attempt>) =>
  pageOf(
    Sample.attempt("page", {
      checkout: { sessionId: "cs_test_1", url },
      methodId: "stripe_checkout",
      credits: 240,
      amountCents: 240,
      expiresAt: later,
      ...change
    }),
    now
  )

const titleOf = (page: ReturnType<typeof pageOf>): string =>
  page._tag === "Redirect" ? page.url : `${page.status} ${/<h1>(?<title>[^<]*)</u.exec(page.html)?.[1] ?? ""}`

const over = { expiresAt: now }
const cases: ReadonlyArray<readonly [what: string, change: Partial<Attempt>, title: string]> = [
  ["open", { status: "requires_action" }, url],
  ["open and out of time", { status: "requires_action", ...over }, "410 The time to pay is over"],
  ["on its way", { status: "processing" }, "200 Payment on its way"],
  ["on its way and out of time", { status: "processing", ...over }, "200 Payment on its way"],
  ["paid", { status: "succeeded" }, "200 Paid"],
  ["paid and out of time", { status: "succeeded", ...over }, "200 Paid"],
  ["paid with a remark", { status: "succeeded", exception: "more was paid than the price" }, "200 Paid"],
  ["expired", { status: "expired", ...over }, "410 This link has expired"],
  ["failed", { status: "failed" }, "410 The payment failed"],
  ["canceled", { status: "canceled" }, "410 The payment was canceled"],
  ["paid oddly", { status: "requires_action", exception: "less was paid" }, "200 Payment under review"],
  ["paid oddly after its time", { status: "expired", exception: "less was paid" }, "200 Payment under review"],
  ["without a page of its own", { status: "requires_action", checkout: null }, "404 There is no payment here"],
  ["not opened yet", { status: "opening", checkout: null }, "404 There is no payment here"]
]

describe("the page of a payment", () => {
  it.each(cases)("of an attempt that is %s is the right one", (_, change, title) => {
    assert.strictEqual(titleOf(pageFor(change)), title)
  })

  it("of no attempt reads like that of one that nobody can open", () => {
    assert.deepStrictEqual(pageOf(null, now), pageFor({ checkout: null }))
  })

  it("says that no money was taken only where that is known", () => {
    const saying = cases.filter(([, change]) => {
      const page = pageFor(change)
      return page._tag === "Page" && page.html.includes("No money was taken")
    })
    assert.deepStrictEqual(
      saying.map(([what]) => what),
      ["expired", "failed", "canceled"]
    )
  })

  it("has no id, no script and nothing from elsewhere in it", () => {
    for (const page of [...cases.map(([, change]) => pageFor(change)), pageOf(null, now), unavailable()]) {
      if (page._tag === "Redirect") continue
      assert.notMatch(page.html, /<script|<link|<img|<iframe|<form|https?:|\/\/|\son\w+=|url\(|@import/u)
      assert.notMatch(page.html, /payatt_|quote_|org_|agt_|cs_test_|trace_/u)
    }
  })

  it("asks for itself again only where it will say something else", () => {
    const again = cases.filter(([, change]) => {
      const page = pageFor(change)
      return page._tag === "Page" && page.html.includes("refresh")
    })
    assert.deepStrictEqual(
      again.map(([what]) => what),
      ["open and out of time", "on its way", "on its way and out of time"]
    )
  })
})
