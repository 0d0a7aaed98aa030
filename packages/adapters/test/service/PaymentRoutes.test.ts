import { assert, describe, it } from "@effect/vitest"
import { textField } from "@image-skill/core/envelope/JsonFields"
import * as Effect from "effect/Effect"
import * as Struct from "effect/Struct"
import * as TestClock from "effect/testing/TestClock"
import { Stripe } from "stripe"
import * as Pay from "./PaySite.ts"
import { assertEnvelope, type RawReply, send } from "./RawHttp.ts"
import { data, signUp } from "./Site.ts"

const webhook = "/v1/webhooks/stripe"

/** Posts to the webhook as Stripe would. */
const deliver = (origin: string, body: string | Uint8Array, signature: string | null) =>
  send(origin, {
    method: "POST",
    path: webhook,
    headers: {
      "content-type": "application/json; charset=utf-8",
      ...(signature === null ? {} : { "stripe-signature": signature })
    },
    body
  })

const today = 1_795_219_200

/** A signature as Stripe makes it, by its own SDK. */
const signed = (payload: string, secret: string, timestamp = today): string =>
  Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp })

const huge = (event: string): string => event.replace(/^\{/u, `{"padding":"${"x".repeat(1024 * 1024)}",`)

/** A site with a payment of which no event has arrived, and the event that would tell of it. */
const untold = Effect.fnUntraced(function* (options: Pay.PaySiteOptions = {}) {
  const site = yield* Pay.paySite(options)
  const bought = yield* Pay.bought(site.origin)
  yield* site.control.delivery({ mode: "lose" })
  yield* site.control.pay({ session: bought.sessionId })
  const events = yield* Effect.promise(() => site.operator.events.list({ type: "checkout.session.completed" }))
  const event = JSON.stringify(events.data[0])
  assert.include(event, bought.sessionId)
  const taken = Effect.map(site.rows, ({ payments }) => payments.events.map(({ id }) => id))
  return { ...site, ...bought, event, taken, credits: Pay.paidCredits(site.origin, bought.token) }
})

const assertRefused = (reply: RawReply, about: string): void => {
  assert.deepStrictEqual([reply.status, reply.text, reply.headers["cache-control"]], [400, "", "no-store"], about)
}

describe("the webhook", () => {
  it.effect("takes a genuine event, says no more than that, and the credits are there", () =>
    Effect.gen(function* () {
      const { credits, event, origin, quiet, taken } = yield* untold()
      assert.strictEqual(yield* credits, 0)
      const reply = yield* deliver(origin, event, signed(event, Pay.whsec("current")))
      assert.deepStrictEqual([reply.status, reply.text], [200, `{"received":true}`])
      assert.match(reply.headers["content-type"] ?? "", /^application\/json\b/u)
      assert.strictEqual(reply.headers["cache-control"], "no-store")
      yield* quiet
      assert.deepStrictEqual([yield* credits, (yield* taken).length], [500, 1])
    }).pipe(Effect.scoped)
  )

  it.effect("is answered so that Stripe counts an event as delivered", () =>
    Effect.gen(function* () {
      const site = yield* Pay.paySite()
      const { sessionId, token } = yield* Pay.bought(site.origin)
      yield* site.control.pay({ session: sessionId })
      yield* site.quiet
      const statuses = (yield* site.control.deliveries()).map(({ status }) => status)
      assert.isNotEmpty(statuses)
      assert.deepStrictEqual(new Set(statuses), new Set([200]))
      assert.strictEqual(yield* Pay.paidCredits(site.origin, token), 500)
      assert.deepStrictEqual(yield* site.broken, [])
    }).pipe(Effect.scoped)
  )

  const [current, other] = [Pay.whsec("current"), Pay.whsec("other")]
  const refused: ReadonlyArray<
    readonly [kind: string, made: (event: string) => readonly [body: string, signature: string | null]]
  > = [
    ["without a signature", (event) => [event, null]],
    ["with an empty signature", (event) => [event, ""]],
    ["signed with another secret", (event) => [event, signed(event, other)]],
    ["signed with an empty secret", (event) => [event, signed(event, "")]],
    ["that was changed by a letter", (event) => [event.replace("usd", "eur"), signed(event, current)]],
    ["that was cut off", (event) => [event.slice(0, -2), signed(event, current)]],
    ["with something behind it", (event) => [`${event} `, signed(event, current)]],
    ["that is older than five minutes", (event) => [event, signed(event, current, today - 301)]],
    ["from an hour ahead", (event) => [event, signed(event, current, today + 3600)]],
    ["from five minutes and a second ahead", (event) => [event, signed(event, current, today + 301)]],
    ["whose time was moved", (event) => [event, signed(event, current, today - 900).replace(/t=\d+/u, `t=${today}`)]],
    ["with two times", (event) => [event, `t=${today - 900},${signed(event, current)}`]],
    ["without a time", (event) => [event, signed(event, current).replace(/t=\d+,/u, "")]],
    ["signed by the scheme of tests", (event) => [event, signed(event, current).replace("v1=", "v0=")]],
    ["that is empty", () => ["", signed("", current)]],
    ["that is no JSON", () => ["{", signed("{", current)]],
    ["that is JSON and no event", () => [`{"ok":true}`, signed(`{"ok":true}`, current)]],
    ["that is null", () => ["null", signed("null", current)]],
    ["larger than 1 MiB", (event) => [huge(event), signed(huge(event), current)]]
  ]
  it.effect.each(refused)("refuses an event %s without saying why, and keeps nothing of it", ([kind, made]) =>
    Effect.gen(function* () {
      const { event, origin, rows, sweep } = yield* untold()
      const before = yield* rows
      const [body, signature] = made(event)
      assertRefused(yield* deliver(origin, body, signature), kind)
      assert.deepStrictEqual(yield* rows, before)
      // The clock has not moved, so that only an event could lead the worker to the payment.
      assert.strictEqual(yield* sweep, 0)
    }).pipe(Effect.scoped)
  )

  it.effect("takes what is five minutes off, and just under 1 MiB", () =>
    Effect.gen(function* () {
      const { event, origin, quiet, taken } = yield* untold()
      for (const timestamp of [today - 300, today + 300]) {
        const reply = yield* deliver(origin, event, signed(event, current, timestamp))
        assert.strictEqual(reply.status, 200)
      }
      const large = event.replace(/^\{/u, `{"padding":"${"x".repeat(1024 * 1024 - event.length - 100)}",`)
      assert.strictEqual((yield* deliver(origin, large, signed(large, current))).status, 200)
      yield* quiet
      assert.strictEqual((yield* taken).length, 1)
    }).pipe(Effect.scoped)
  )

  it.effect("believes both secrets while one is rotated, and no third", () =>
    Effect.gen(function* () {
      const secrets = [Pay.whsec("new"), Pay.whsec("old")] as const
      const { event, origin } = yield* untold({ secrets })
      const statuses = yield* Effect.forEach([...secrets, current], (secret) =>
        Effect.map(deliver(origin, event, signed(event, secret)), ({ status }) => status)
      )
      const both = `${signed(event, current)},${signed(event, secrets[1]).replace(/^t=\d+,/u, "")}`
      assert.deepStrictEqual([...statuses, (yield* deliver(origin, event, both)).status], [200, 200, 400, 200])
    }).pipe(Effect.scoped)
  )

  it.effect.each([
    [null, null],
    ["", " "]
  ] as const)("believes nothing when the secrets are %j and %j", (secrets) =>
    Effect.gen(function* () {
      const { event, origin, rows } = yield* untold({ secrets })
      const before = yield* rows
      for (const secret of ["", " ", current]) {
        assertRefused(yield* deliver(origin, event, signed(event, secret)), secret)
      }
      assert.deepStrictEqual(yield* rows, before)
    }).pipe(Effect.scoped)
  )

  it.effect("refuses what goes wrong on the way from Stripe, and takes it when it is sent again", () =>
    Effect.gen(function* () {
      const site = yield* Pay.paySite()
      const { sessionId, token } = yield* Pay.bought(site.origin)
      yield* site.control.delivery({ mode: "wrongSecret", count: 1, types: ["checkout.session.completed"] })
      yield* site.control.delivery({ mode: "lose" })
      yield* site.control.forge({
        type: "checkout.session.completed",
        object: { id: sessionId, object: "checkout.session", payment_status: "paid" }
      })
      yield* site.control.pay({ session: sessionId })
      yield* site.control.settled()
      const told = (yield* site.control.deliveries()).filter(({ type }) => type === "checkout.session.completed")
      assert.deepStrictEqual(
        told.map(({ mode, status }) => [mode, status]),
        [
          ["wrongSecret", 400],
          ["wrongSecret", 400]
        ]
      )
      const event = told.at(-1)?.event ?? ""
      for (const mode of ["stale", "future", "truncated", "huge"] as const) yield* site.control.resend({ event, mode })
      assert.deepStrictEqual([(yield* site.rows).payments.events, yield* Pay.paidCredits(site.origin, token)], [[], 0])
      yield* site.control.resend({ event })
      yield* site.quiet
      assert.strictEqual(yield* Pay.paidCredits(site.origin, token), 500)
    }).pipe(Effect.scoped)
  )

  it.effect("grants once, however often and in whatever order the events come", () =>
    Effect.gen(function* () {
      const site = yield* Pay.paySite()
      const { sessionId, token } = yield* Pay.bought(site.origin)
      yield* site.control.delivery({ mode: "hold" })
      yield* site.control.pay({ session: sessionId })
      const { intent } = yield* Pay.paymentOf(site, sessionId)
      yield* Effect.promise(() => site.operator.refunds.create({ payment_intent: intent, amount: 100 }))
      const held = (yield* site.control.held()).map((event) => textField(event, "id"))
      assert.isAtLeast(held.length, 4)
      yield* site.control.delivery({ mode: "normal" })
      yield* site.control.release({ order: held.toReversed() })
      yield* site.quiet
      const settled = yield* site.rows
      assert.strictEqual(yield* Pay.paidCredits(site.origin, token), 400)
      yield* Effect.forEach([...held, ...held.toReversed()], (event) => site.control.resend({ event }), {
        concurrency: "unbounded"
      })
      yield* site.quiet
      assert.deepStrictEqual((yield* site.rows).ledger, settled.ledger)
      assert.deepStrictEqual((yield* site.rows).payments.receipts, settled.payments.receipts)
      assert.strictEqual(settled.payments.receipts.length, 1)
      assert.deepStrictEqual(yield* site.broken, [])
    }).pipe(Effect.scoped)
  )

  it.effect("looks once for each event of a burst, and not for each as often as there are events", () =>
    Effect.gen(function* () {
      const site = yield* untold()
      const events = yield* Effect.forEach(
        Array.from({ length: 20 }, (_, index) => site.event.replace(/"id":"evt_/u, `"id":"evt_${index}x`)),
        (event) => Effect.succeed([event, signed(event, current)] as const)
      )
      const before = (yield* site.control.requests()).length
      const replies = yield* Effect.forEach(events, ([event, signature]) => deliver(site.origin, event, signature), {
        concurrency: "unbounded"
      })
      assert.deepStrictEqual(new Set(replies.map(({ status }) => status)), new Set([200]))
      yield* site.quiet
      const reads = (yield* site.control.requests()).slice(before)
      const sessions = reads.filter(({ path }) => path.startsWith("/v1/checkout/sessions/"))
      assert.deepStrictEqual([sessions.length, yield* site.credits], [20, 500])
    }).pipe(Effect.scoped)
  )

  it.effect("asks Stripe to send it again when it could not be kept", () =>
    Effect.gen(function* () {
      const site = yield* untold()
      yield* Pay.onTables(site, "ALTER TABLE provider_event RENAME TO away")
      const reply = yield* deliver(site.origin, site.event, signed(site.event, current))
      assert.deepStrictEqual([reply.status, reply.text], [500, ""])
      yield* Pay.onTables(site, "ALTER TABLE away RENAME TO provider_event")
      assert.strictEqual(yield* site.credits, 0)
      assert.strictEqual((yield* deliver(site.origin, site.event, signed(site.event, current))).status, 200)
      yield* site.quiet
      assert.strictEqual(yield* site.credits, 500)
    }).pipe(Effect.scoped)
  )

  it.effect("keeps no secret of what it was sent", () =>
    Effect.gen(function* () {
      const { event, origin, rows, url } = yield* untold()
      yield* deliver(origin, event, signed(event, current))
      const [, fragment = ""] = url.split("#")
      const kept = (yield* rows).payments.events.map(({ payload }) => payload).join("")
      assert.notStrictEqual(fragment, "")
      for (const word of [fragment, "_secret_", current]) assert.notInclude(kept, word)
    }).pipe(Effect.scoped)
  )
})

const page = (origin: string, path: string, method = "GET") => send(origin, { method, path })

/** What every answer of the page's address is like, so that nobody on the way keeps it or learns from it. */
const assertQuiet = (reply: RawReply): void => {
  assert.strictEqual(reply.headers["cache-control"], "no-store")
  assert.strictEqual(reply.headers["referrer-policy"], "no-referrer")
  assert.match(String(reply.headers["content-security-policy"]), /default-src 'none'/u)
  assert.notProperty(reply.headers, "set-cookie")
}

/** The headers that say something about the answer, not about how it is sent. */
const lasting = ({ headers }: RawReply) => Struct.omit(headers, ["date", "transfer-encoding"])

const assertPage = (reply: RawReply, status: number, title: string, bought?: Pay.Bought): void => {
  assertQuiet(reply)
  assert.deepStrictEqual([reply.status, /<h1>(?<title>[^<]*)</u.exec(reply.text)?.[1]], [status, title])
  assert.strictEqual(reply.headers["content-type"], "text/html; charset=utf-8")
  assert.notMatch(
    reply.text,
    /<script|javascript:|\son\w+=|https?:|payatt_|quote_[0-9a-z]|cs_(?:test|live)_|org_|pi_/iu
  )
  if (bought === undefined) return
  for (const id of [bought.attemptId, bought.quoteId, bought.sessionId, bought.url]) assert.notInclude(reply.text, id)
}

describe("the page of a payment", () => {
  it.effect("leads to the checkout page while that is open, byte for byte", () =>
    Effect.gen(function* () {
      const site = yield* Pay.paySite()
      const { attemptId, url } = yield* Pay.bought(site.origin)
      assert.match(url, /#.{8,}/u)
      for (const path of [`/pay/${attemptId}`, `/pay/${attemptId}?utm_source=chat&x=%0d%0a`]) {
        const reply = yield* page(site.origin, path)
        assertQuiet(reply)
        assert.deepStrictEqual([reply.status, reply.headers.location, reply.text], [302, url, ""])
      }
    }).pipe(Effect.scoped)
  )

  it.effect("says that it is paid", () =>
    Effect.gen(function* () {
      const site = yield* Pay.paySite()
      const bought = yield* Pay.bought(site.origin)
      yield* site.control.pay({ session: bought.sessionId })
      yield* site.quiet
      const reply = yield* page(site.origin, `/pay/${bought.attemptId}`)
      assertPage(reply, 200, "Paid", bought)
      assert.include(reply.text, "500 credits")
    }).pipe(Effect.scoped)
  )

  it.effect("says that it has expired, and how to ask again", () =>
    Effect.gen(function* () {
      const site = yield* Pay.paySite()
      const bought = yield* Pay.bought(site.origin)
      yield* TestClock.adjust("61 minutes")
      assertPage(yield* page(site.origin, `/pay/${bought.attemptId}`), 410, "The time to pay is over", bought)
      yield* site.sweep
      const reply = yield* page(site.origin, `/pay/${bought.attemptId}`)
      assertPage(reply, 410, "This link has expired", bought)
      assert.include(
        reply.text.replaceAll(/<[^>]+>/gu, ""),
        "image-skill credits quote --credits 500 --payment-method stripe_checkout --idempotency-key KEY --json"
      )
    }).pipe(Effect.scoped)
  )

  it.effect("says that a bank debit is on its way, and then that it failed", () =>
    Effect.gen(function* () {
      const site = yield* Pay.paySite()
      const bought = yield* Pay.bought(site.origin)
      yield* site.control.payLater({ session: bought.sessionId })
      yield* site.quiet
      assertPage(yield* page(site.origin, `/pay/${bought.attemptId}`), 200, "Payment on its way", bought)
      yield* site.control.settle({ session: bought.sessionId, outcome: "failed" })
      yield* site.quiet
      assertPage(yield* page(site.origin, `/pay/${bought.attemptId}`), 410, "The payment failed", bought)
    }).pipe(Effect.scoped)
  )

  it.effect("exists only for payments that a person makes", () =>
    Effect.gen(function* () {
      const site = yield* Pay.paySite()
      const { attemptId } = yield* Pay.bought(site.origin)
      const token = yield* signUp(site.origin, "agent")
      const quoteId = yield* Pay.quote(site.origin, token, {
        credits: 240,
        payment_method: "stripe_x402.exact.usdc"
      })
      const deposit = data(yield* Pay.buy(site.origin, token, quoteId, "buy", Pay.depositPath))
      const depositId = textField(deposit, "payment_attempt_id")
      assert.match(depositId, /^payatt_[0-9a-z]{26}$/u)
      const expected = yield* page(site.origin, "/pay/payatt_zzzzzzzzzzzzzzzzzzzzzzzzzz")
      assertPage(expected, 404, "There is no payment here")
      const others = [
        depositId,
        attemptId.toUpperCase(),
        `${attemptId}0`,
        attemptId.slice(0, -1),
        "%20",
        "%00",
        "..%2fv1%2fwhoami",
        "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
        "'%20OR%201=1--",
        "x".repeat(1500)
      ]
      for (const id of others) {
        const reply = yield* page(site.origin, `/pay/${id}`)
        assertPage(reply, 404, "There is no payment here")
        assert.strictEqual(reply.text, expected.text, id)
      }
    }).pipe(Effect.scoped)
  )

  it.effect.each(["/pay", "/pay/a/b", "/pay/%zz", "//pay/x", "/pay/../v1/whoami/x", "/PAY/x"])(
    "is not at %s, where there is nothing",
    (path) =>
      Effect.gen(function* () {
        const { origin } = yield* Pay.paySite()
        const reply = yield* page(origin, path)
        assert.strictEqual(reply.status, 404, reply.text)
        assert.notInclude(reply.text.toLowerCase(), "stack")
      }).pipe(Effect.scoped)
  )

  it.effect("answers HEAD with the same head and no body, and no other method", () =>
    Effect.gen(function* () {
      const site = yield* Pay.paySite()
      const open = yield* Pay.bought(site.origin)
      const paid = yield* Pay.bought(site.origin)
      yield* site.control.pay({ session: paid.sessionId })
      yield* site.quiet
      for (const id of [open.attemptId, paid.attemptId, "payatt_none"]) {
        const [get, head] = [yield* page(site.origin, `/pay/${id}`), yield* page(site.origin, `/pay/${id}`, "HEAD")]
        assert.deepStrictEqual([head.status, head.text, lasting(head)], [get.status, "", lasting(get)])
      }
      for (const method of ["POST", "PUT", "DELETE"]) {
        const reply = yield* page(site.origin, `/pay/${open.attemptId}`, method)
        assertEnvelope(reply, { status: 405, exit: 1, code: "METHOD_NOT_ALLOWED", command: "image-skill" })
        assert.strictEqual(reply.headers.allow, "GET, HEAD")
      }
    }).pipe(Effect.scoped)
  )

  it.effect("changes nothing, and asks nobody, when somebody looks", () =>
    Effect.gen(function* () {
      const site = yield* Pay.paySite()
      const { attemptId, sessionId } = yield* Pay.bought(site.origin)
      const looks = [
        site.rows,
        Effect.map(site.control.requests(), ({ length }) => length),
        Effect.promise(() => site.operator.checkout.sessions.retrieve(sessionId))
      ] as const
      const look = Effect.gen(function* () {
        for (const method of ["HEAD", "GET", "GET"]) yield* page(site.origin, `/pay/${attemptId}`, method)
        yield* page(site.origin, "/pay/payatt_none")
      })
      const [rows, requests] = [yield* looks[0], yield* looks[1]]
      yield* look
      assert.deepStrictEqual([yield* looks[0], yield* looks[1]], [rows, requests])
      yield* TestClock.adjust("61 minutes")
      yield* look
      assert.deepStrictEqual([yield* looks[0], yield* looks[1]], [rows, requests])
    }).pipe(Effect.scoped)
  )

  it.effect("asks to try again when the database has trouble, and tells nothing of it", () =>
    Effect.gen(function* () {
      const site = yield* Pay.paySite()
      const bought = yield* Pay.bought(site.origin)
      yield* Pay.onTables(site, "ALTER TABLE payment_attempt RENAME TO away")
      const reply = yield* page(site.origin, `/pay/${bought.attemptId}`)
      assertPage(reply, 503, "Please try again", bought)
      assert.notMatch(reply.text.replace(/<style>.*<\/style>/su, ""), /sql|table|column|database|away/iu)
      yield* Pay.onTables(site, "ALTER TABLE away RENAME TO payment_attempt")
      assert.strictEqual((yield* page(site.origin, `/pay/${bought.attemptId}`)).status, 302)
    }).pipe(Effect.scoped)
  )
})
