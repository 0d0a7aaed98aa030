import { assert, describe, it } from "@effect/vitest"
import { textField } from "@image-skill/core/envelope/JsonFields"
import * as Effect from "effect/Effect"
import * as Struct from "effect/Struct"
import * as TestClock from "effect/testing/TestClock"
import * as Pay from "./PaySite.ts"
import { assertEnvelope, type RawReply, send } from "./RawHttp.ts"
import { data, signUp } from "./Site.ts"

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
        "image-skill credits quote --credits 500 --payment-method stripe_checkout --json"
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
