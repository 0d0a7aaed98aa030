import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import { answers, ask, at, gives, holds, numberAt, refuses, textAt } from "../Expect.ts"
import type { Ask } from "../Prober.ts"
import { type Chapter, must, type Rule, should } from "../Rule.ts"
import { flag, id, is, like, not, object, positive, text, time } from "../Shape.ts"
import { balanceIn, fakeRail, quotaNow, quoteAsk, quoteOf, type Rail, rail } from "../Subjects.ts"

const endpoints = [
  ["checkout", "/v1/credit-purchases/stripe-checkout-sessions"],
  ["deposit", "/v1/credit-purchases/stripe-x402-deposits"]
] as const

const nobodys = "quote_zzzzzzzzzzzzzzzzzzzz"

const posted = (path: string, fields: Schema.JsonObject): Ask => ({ method: "POST", path, as: "agent", body: fields })

const key = "conformance-$run-buy"

const ofEndpoint = ([name, path]: (typeof endpoints)[number]): ReadonlyArray<Rule> => [
  must(
    `A5.4-${name}-unknown`,
    `${path} sells no quote that nobody has`,
    refuses(posted(path, { quote_id: nobodys, idempotency_key: key }), [
      "CREDIT_QUOTE_NOT_FOUND",
      "PAYMENT_METHOD_UNAVAILABLE"
    ])
  ),
  must(
    `A5.4-${name}-key`,
    `${path} wants a key from everybody`,
    refuses(posted(path, { quote_id: nobodys }), "INVALID_ARGUMENTS", { status: 400 })
  ),
  must(
    `A5.4-${name}-quote`,
    `${path} wants a quote`,
    refuses(posted(path, { idempotency_key: key }), "INVALID_ARGUMENTS", { status: 400 })
  ),
  must(
    `A1.8-${name}`,
    `${path} refuses payment credentials`,
    refuses(
      posted(path, { quote_id: nobodys, idempotency_key: key, card: { number: "conformance-secret" } }),
      "PAYMENT_CREDENTIAL_REJECTED"
    )
  ),
  should(
    `A1.2-${name}`,
    `${path} refuses fields that nobody knows`,
    refuses(posted(path, { quote_id: nobodys, idempotency_key: key, credits: 1 }), "INVALID_ARGUMENTS", { status: 400 })
  )
]

const status = (query: string): Ask => ({ path: `/v1/credit-purchases/status${query}`, as: "agent" })

const unknownStatus = (name: string, query: string, code: "CREDIT_QUOTE_NOT_FOUND" | "PAYMENT_NOT_FOUND"): Rule =>
  must(
    `A5.7-unknown-${name.replaceAll(" ", "-")}`,
    `Nobody knows the state of a ${name} that nobody has`,
    refuses(status(query), code)
  )

/** Bought on the rail of harnesses, where a payment is no money. */
const bought = Effect.gen(function* () {
  const fake = yield* fakeRail
  const before = balanceIn(yield* quotaNow(501))
  const quote = textAt(yield* gives(quoteAsk("agent", fake, "fake")), "data.quote_id")
  const request = posted(fake.endpoint, { quote_id: quote, idempotency_key: "conformance-$run-fake" })
  const heard = yield* gives(request)
  return { before, fake, heard, request, after: yield* quotaNow(502) }
})

const foreignPurchase = (found: Rail) =>
  Effect.gen(function* () {
    const theirs = textAt(yield* quoteOf("stranger"), "data.quote_id")
    const unknown = yield* ask(posted(found.endpoint, { quote_id: nobodys, idempotency_key: `${key}-nobody` }))
    const foreign = yield* ask(posted(found.endpoint, { quote_id: theirs, idempotency_key: `${key}-foreign` }))
    yield* holds(
      unknown.status >= 400 &&
        foreign.status === unknown.status &&
        at(foreign, "error.code") === at(unknown, "error.code"),
      foreign,
      "the refusal of an unknown quote",
      at(foreign, "error.code") ?? foreign.status
    )
  })

export const purchaseRules: Chapter = {
  id: "purchases",
  title: "Purchases that move no real money",
  rules: [
    ...endpoints.flatMap(ofEndpoint),
    must("A5.4-foreign", "Nobody buys the quote of another organization", Effect.flatMap(rail, foreignPurchase)),
    must(
      "A5.7-created",
      "A quote that nobody has bought is open, without a payment",
      Effect.flatMap(quoteOf("agent"), (heard) =>
        gives(status(`?quote_id=${textAt(heard, "data.quote_id")}`), {
          "data.state": is("created"),
          "data.quote.quote_id": is(textAt(heard, "data.quote_id")),
          "data.receipt": not(object),
          "data.limits": object
        })
      )
    ),
    unknownStatus("quote", `?quote_id=${nobodys}`, "CREDIT_QUOTE_NOT_FOUND"),
    unknownStatus("payment attempt", "?payment_attempt_id=payatt_zzzzzzzzzzzzzzzzzzzzzzzzzz", "PAYMENT_NOT_FOUND"),
    unknownStatus("receipt", "?receipt_id=receipt_zzzzzzzzzzzzzzzzzzzz", "PAYMENT_NOT_FOUND"),
    unknownStatus("checkout session", "?checkout_session_id=cs_test_zzzzzzzzzzzz", "PAYMENT_NOT_FOUND"),
    must(
      "A5.7-two",
      "Two references at once are refused",
      refuses(status(`?quote_id=${nobodys}&receipt_id=receipt_zzzzzzzzzzzzzzzzzzzz`), "INVALID_ARGUMENTS", {
        status: 400
      })
    ),
    should(
      "A5.8-signature",
      "A webhook without its signature is refused without a word about why",
      Effect.flatMap(
        answers(
          { method: "POST", path: "/v1/webhooks/stripe", body: { type: "checkout.session.completed" } },
          {
            status: [400, 404]
          }
        ),
        (heard) => holds(!/secret|v1=|expected/iu.test(heard.text), heard, "no detail", heard.text)
      )
    ),
    must(
      "A5.9-unknown",
      "The page of a payment that nobody made is not found, and leads nowhere",
      answers({ path: "/pay/payatt_zzzzzzzzzzzzzzzzzzzzzzzzzz" }, { status: 404 })
    ),
    must(
      "A5.6-bought",
      "A purchase on the rail of harnesses has a receipt and is no real money",
      Effect.flatMap(bought, ({ request }) =>
        gives(request, {
          "data.state": is("succeeded"),
          "data.receipt_id": id("receipt"),
          "data.live_money": is(false),
          "data.accepted_payment_method": is("fake")
        })
      )
    ),
    must(
      "A5.6-granted",
      "It adds exactly the credits of its quote",
      Effect.flatMap(bought, ({ after, before, fake }) =>
        holds(
          balanceIn(after) === before + fake.credits,
          after,
          `${before + fake.credits} credits after ${before}`,
          balanceIn(after)
        )
      )
    ),
    must(
      "A5.6-replay",
      "The same purchase again is the same receipt and adds nothing",
      Effect.gen(function* () {
        const { after, heard, request } = yield* bought
        yield* gives({ ...request, again: 2 }, { "data.receipt_id": is(textAt(heard, "data.receipt_id")) })
        const now = yield* quotaNow(503)
        yield* holds(balanceIn(now) === balanceIn(after), now, `${balanceIn(after)} credits as before`, balanceIn(now))
      })
    ),
    must(
      "A5.6-conflict",
      "Its key buys no other quote",
      Effect.gen(function* () {
        const { fake, request } = yield* bought
        const other = textAt(yield* gives(quoteAsk("agent", fake, "fake-other")), "data.quote_id")
        yield* refuses(
          posted(request.path, { quote_id: other, idempotency_key: "conformance-$run-fake" }),
          "IDEMPOTENCY_KEY_CONFLICT"
        )
      })
    ),
    must(
      "A5.7-receipt",
      "Its receipt tells what was paid and granted",
      Effect.flatMap(bought, ({ heard }) =>
        gives(status(`?receipt_id=${textAt(heard, "data.receipt_id")}`), {
          "data.state": is("succeeded"),
          "data.quote.state": is("fulfilled"),
          "data.receipt.credits_granted": is(numberAt(heard, "data.credits_granted")),
          "data.receipt.amount_cents": positive,
          "data.receipt.live_money": flag,
          "data.receipt.issued_at": time,
          "data.credit_event.credit_event_id": text
        })
      )
    ),
    must(
      "A5.9-attempt",
      "The page of that payment leads to no place that takes money",
      Effect.flatMap(bought, ({ heard }) => {
        const attempt = textAt(heard, "data.payment_attempt_id")
        return attempt === ""
          ? Effect.void
          : answers(
              { path: `/pay/${attempt}` },
              {
                status: [200, 404, 410],
                headers: { "content-type": like(/text\//iu, "a page") }
              }
            )
      })
    )
  ]
}
