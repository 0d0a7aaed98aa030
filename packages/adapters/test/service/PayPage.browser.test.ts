import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { textField } from "@image-skill/core/envelope/JsonFields"
import type { Attempt } from "@image-skill/core/payments/Attempt"
import { pageOf, unavailable } from "@image-skill/core/payments/PaymentPage"
import * as Sample from "@image-skill/testing/payments/PaymentSample"
import * as Effect from "effect/Effect"
import type { Page } from "puppeteer-core"
import * as Browser from "./Browser.ts"
import { until } from "./Compositions.ts"
import { buy, paidCredits, quote, shop } from "./PaySite.ts"
import { bearer, send } from "./RawHttp.ts"
import { data, signUp } from "./Site.ts"

/** An agent asks for credits, and hands over the link that the answer gives it. */
const asked = Effect.gen(function* () {
  const { control, origin } = yield* shop
  const token = yield* signUp(origin, "agent")
  const quoteId = yield* quote(origin, token)
  const answer = data(yield* buy(origin, token, quoteId))
  const sessionId = textField(answer, "checkout_session_id")
  const credits = paidCredits(origin, token)
  return {
    origin,
    control,
    sessionId,
    link: textField(answer, "checkout_handoff_url"),
    checkout: textField(answer, "checkout_url"),
    state: Effect.map(
      send(origin, { path: `/v1/credit-purchases/status?checkout_session_id=${sessionId}`, headers: bearer(token) }),
      (reply) => textField(data(reply), "state")
    ),
    credits,
    granted: Effect.orDie(until(Effect.map(credits, (granted) => granted === 500)))
  }
})

/** Where to look at the pages with one's own eyes: a folder named by `IMAGE_SKILL_SHOTS`, or nowhere. */
const shot = (page: Page, name: string) =>
  Effect.promise(async () => {
    const folder = process.env["IMAGE_SKILL_SHOTS"]
    if (folder === undefined) return
    mkdirSync(folder, { recursive: true })
    await page.screenshot({ path: join(folder, `${name}.png`) })
  })

const visit = (page: Page, url: string) => Effect.promise(() => page.goto(url))

/** Presses a button, and waits for where it leads. */
const press = (page: Page, button: string) =>
  Effect.promise(async () => {
    const [response] = await Promise.all([page.waitForNavigation(), page.click(button)])
    return response
  })

/** What the browser asks our server for waits until then, as Stripe's page waits for the webhook before it leads back. */
const holdBack = (page: Page, origin: string, until: Effect.Effect<void>) =>
  Effect.promise(async () => {
    await page.setRequestInterception(true)
    page.on("request", (request) => {
      const isOurs = request.url().startsWith(origin)
      void (isOurs ? Effect.runPromise(until) : Promise.resolve()).then(async () => request.continue())
    })
  })

const widths = [320, 390, 1280]
const schemes = ["light", "dark"] as const

const started = await Browser.start()
const isHere = "browser" in started
const title = `the page of a payment, in a browser${isHere ? "" : ` (skipped: ${started.reason})`}`
const newPage = isHere ? Browser.newPage(started.browser) : Effect.die("no browser")

afterAll(async () => {
  if ("browser" in started) await started.browser.close()
})

// Whole wherever Chromium starts; the title says why it does not.
describe.skipIf(!isHere)(title, { timeout: 60_000 }, () => {
  it.live("leads a person to the checkout page and back to one that says paid, and the credits are there", () =>
    Effect.gen(function* () {
      const { checkout, credits, granted, link, origin, state } = yield* asked
      assert.strictEqual(new URL(link).origin, origin)
      const page = yield* newPage
      const first = yield* visit(page, link)
      assert.strictEqual(first?.status(), 200)
      assert.strictEqual(page.url(), checkout)
      assert.include((yield* Browser.seen(page)).text, "5.00 USD")
      yield* shot(page, "checkout")
      assert.deepStrictEqual([yield* credits, yield* state], [0, "action_required"])
      yield* holdBack(page, origin, granted)
      const back = yield* press(page, "#pay")
      assert.deepStrictEqual([back?.status(), page.url()], [200, link])
      const { contrast, heading, overflow, scripts, styled, text } = yield* Browser.seen(page)
      assert.deepStrictEqual([heading, overflow, scripts, styled], ["Paid", 0, 0, "18px"])
      assert.include(text, "500 credits")
      assert.isAtLeast(Math.min(...contrast), 4.5)
      yield* shot(page, "paid")
      assert.deepStrictEqual([yield* credits, yield* state], [500, "succeeded"])
    }).pipe(Effect.scoped)
  )

  it.live("does not ask again for what is paid and not verified yet", () =>
    Effect.gen(function* () {
      const { control, credits, granted, link } = yield* asked
      yield* control.delivery({ mode: "hold" })
      const page = yield* newPage
      yield* visit(page, link)
      yield* press(page, "#pay")
      // Ours or the provider's, whichever knows first.
      const { heading, text } = yield* Browser.seen(page)
      assert.strictEqual(heading, "Paid")
      assert.notMatch(text, /\bPay \d/u)
      yield* control.release({})
      yield* granted
      const again = yield* visit(page, link)
      assert.deepStrictEqual([again?.status(), page.url(), yield* credits], [200, link, 500])
    }).pipe(Effect.scoped)
  )

  it.live("can be opened again after a card was declined, and after the person went back", () =>
    Effect.gen(function* () {
      const { checkout, credits, granted, link, origin, state } = yield* asked
      const page = yield* newPage
      yield* visit(page, link)
      const declined = yield* press(page, "#decline")
      assert.strictEqual(declined?.status(), 402)
      assert.include((yield* Browser.seen(page)).text, "Your card was declined.")
      yield* shot(page, "declined")
      yield* press(page, "#cancel")
      assert.strictEqual(page.url(), checkout)
      assert.deepStrictEqual([yield* credits, yield* state], [0, "action_required"])
      yield* holdBack(page, origin, granted)
      yield* press(page, "#pay")
      assert.deepStrictEqual([(yield* Browser.seen(page)).heading, yield* credits], ["Paid", 500])
    }).pipe(Effect.scoped)
  )

  it.live("says that the link has expired, and what the agent runs to get another", () =>
    Effect.gen(function* () {
      const { control, credits, link, sessionId, state } = yield* asked
      yield* control.expire({ session: sessionId })
      assert.strictEqual(yield* state, "expired")
      const page = yield* newPage
      const response = yield* visit(page, link)
      assert.deepStrictEqual([response?.status(), page.url()], [410, link])
      const { heading, text } = yield* Browser.seen(page)
      assert.strictEqual(heading, "This link has expired")
      assert.include(text, "image-skill credits quote --credits 500 --payment-method stripe_checkout")
      assert.strictEqual(yield* credits, 0)
    }).pipe(Effect.scoped)
  )

  const now = "2026-11-21T00:00:00.000Z"
  const of = (name: string, change: Partial<Attempt>): readonly [name: string, html: string] => {
    const attempt = Sample.attempt("page", {
      checkout: { sessionId: "cs_test_page", url: "https://checkout.example/c/pay/cs_test_page#fragment" },
      credits: 5000,
      amountCents: 5000,
      expiresAt: "2026-11-21T01:00:00.000Z",
      methodId: "stripe_checkout",
      ...change
    })
    const page = pageOf(attempt, now)
    return [name, page._tag === "Page" ? page.html : ""]
  }
  const none = pageOf(null, now)
  const trouble = unavailable()
  const pages: ReadonlyArray<readonly [name: string, html: string]> = [
    of("paid", { status: "succeeded" }),
    of("on its way", { status: "processing" }),
    of("under review", { status: "requires_action", exception: "less was paid than the price" }),
    of("late", { status: "requires_action", expiresAt: "2026-11-20T23:59:59.000Z" }),
    of("expired", { status: "expired" }),
    of("failed", { status: "failed" }),
    of("canceled", { status: "canceled" }),
    ["unknown", none._tag === "Page" ? none.html : ""],
    ["in trouble", trouble._tag === "Page" ? trouble.html : ""]
  ]

  it.live.each(pages)("fits every screen and can be read in both schemes: %s", ([name, html]) =>
    Effect.gen(function* () {
      const page = yield* newPage
      assert.isAbove(html.length, 500)
      yield* Effect.promise(() => page.setContent(html))
      for (const scheme of schemes) {
        yield* Browser.prefer(page, scheme)
        for (const width of widths) {
          yield* Effect.promise(() => page.setViewport({ ...Browser.phone, width, height: 844, deviceScaleFactor: 1 }))
          const { contrast, overflow, scripts } = yield* Browser.seen(page)
          yield* shot(page, `${name.replaceAll(" ", "-")}-${scheme}-${width}`)
          assert.deepStrictEqual([overflow, scripts], [0, 0], `${scheme} ${width}`)
          assert.isAtLeast(Math.min(...contrast), 4.5, `${scheme} ${width}`)
        }
      }
    }).pipe(Effect.scoped)
  )
})
