import { assert, describe, it } from "@effect/vitest"
import { textField } from "@image-skill/core/envelope/JsonFields"
import * as Effect from "effect/Effect"
import { Stripe } from "stripe"
import * as Pay from "./PaySite.ts"
import { type RawReply, send } from "./RawHttp.ts"

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
