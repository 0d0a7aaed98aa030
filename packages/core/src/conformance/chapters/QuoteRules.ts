import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import { ask, at, gives, holds, numberAt, refuses, textAt } from "../Expect.ts"
import type { Ask } from "../Prober.ts"
import { type Chapter, must, type Rule, should } from "../Rule.ts"
import { absent, both, id, is, like, not, object, text, time } from "../Shape.ts"
import { balanceIn, quotaNow, quoteAsk, quoteOf, type Rail, rail } from "../Subjects.ts"

const posted = (body: Schema.JsonObject): Ask => ({ method: "POST", path: "/v1/credit-quotes", as: "agent", body })

const onRail = (fields: (found: Rail) => Schema.JsonObject) =>
  Effect.map(rail, (found) => posted({ payment_method: found.id, ...fields(found) }))

const wrong = (name: string, title: string, fields: (found: Rail) => Schema.JsonObject): Rule =>
  must(
    `A5.3-${name}`,
    title,
    Effect.flatMap(onRail(fields), (request) => refuses(request, "INVALID_ARGUMENTS", { status: 400 }))
  )

const badKey = (name: string, title: string, key: Schema.Json): Rule =>
  must(
    `A1.10-${name}`,
    title,
    Effect.flatMap(
      onRail(({ credits }) => ({ credits, idempotency_key: key })),
      (request) => refuses(request, "INVALID_ARGUMENTS", { status: 400 })
    )
  )

const credential = (name: string, title: string, fields: Schema.JsonObject): Rule =>
  must(
    `A1.8-${name}`,
    title,
    Effect.flatMap(
      onRail(({ credits }) => ({ credits, ...fields })),
      (request) =>
        refuses(request, "PAYMENT_CREDENTIAL_REJECTED", {
          fields: { "error.message": not(like(/conformance-secret/u, "the value that was sent")) }
        })
    )
  )

/** Other terms under the key of the first quote. */
const conflict = Effect.map(rail, (found) => quoteAsk("agent", { ...found, credits: found.credits + 1 }))

export const quoteRules: Chapter = {
  id: "quotes",
  title: "Credit quotes",
  rules: [
    must(
      "A5.3-shape",
      "A quote has an id and is open",
      Effect.andThen(
        quoteOf("agent"),
        Effect.flatMap(rail, (found) =>
          gives(quoteAsk("agent", found), {
            "data.quote_id": id("quote"),
            "data.state": is("created"),
            "data.expires_at": time
          })
        )
      )
    ),
    must(
      "A5.3-price",
      "It costs a cent a credit, and is of the method that was asked for",
      Effect.flatMap(rail, (found) =>
        gives(quoteAsk("agent", found), {
          "data.credits": is(found.credits),
          "data.price_amount_cents": is(found.credits),
          "data.currency": is("USD"),
          "data.accepted_payment_method": is(found.id)
        })
      )
    ),
    must(
      "A5.3-live",
      "It says about real money what its method says",
      Effect.flatMap(rail, (found) => gives(quoteAsk("agent", found), { "data.live_money": is(found.liveMoney) }))
    ),
    must(
      "A5.3-key",
      "It keeps the key it was asked for with",
      Effect.flatMap(quoteOf("agent"), (heard) =>
        holds(
          /^conformance-[0-9a-f]{8}-quote$/u.test(textAt(heard, "data.idempotency_key")),
          heard,
          "data.idempotency_key as it was sent",
          at(heard, "data.idempotency_key")
        )
      )
    ),
    must(
      "A5.3-own-key",
      "Without a key it gets one",
      Effect.flatMap(
        onRail(({ credits }) => ({ credits })),
        (request) => gives(request, { "data.idempotency_key": text })
      )
    ),
    must(
      "A5.3-replay",
      "The same key with the same terms is the same quote",
      Effect.flatMap(Effect.all([rail, quoteOf("agent")]), ([found, before]) =>
        gives(
          { ...quoteAsk("agent", found), again: 2 },
          { "data.quote_id": is(textAt(before, "data.quote_id")), "data.idempotent_replay": is(true) }
        )
      )
    ),
    must(
      "A5.3-conflict",
      "The same key with other terms is refused",
      Effect.andThen(
        quoteOf("agent"),
        Effect.flatMap(conflict, (request) => refuses(request, "CREDIT_QUOTE_CONFLICT"))
      )
    ),
    must(
      "A5.3-fresh",
      "The refusal has a command with the new terms and a fresh key",
      Effect.andThen(
        quoteOf("agent"),
        Effect.flatMap(Effect.all([rail, conflict]), ([{ credits }, request]) =>
          refuses(request, "CREDIT_QUOTE_CONFLICT", {
            fields: {
              "error.recovery.suggested_command": both(
                like(new RegExp(`--credits ${credits + 1}(?: |$)`, "u"), "with the new credits"),
                not(like(/--idempotency-key \S*-quote(?:\s|$)/u, "with the old key"))
              )
            }
          })
        )
      )
    ),
    must(
      "A5.3-scope",
      "The same key of another agent is another quote",
      Effect.flatMap(rail, (found) =>
        Effect.flatMap(gives(quoteAsk("agent", found, "scope")), (mine) =>
          gives(quoteAsk("stranger", { ...found, credits: found.credits + 2 }, "scope"), {
            "data.quote_id": not(is(textAt(mine, "data.quote_id")))
          })
        )
      )
    ),
    must(
      "A5.3-pack",
      "A quote of a pack is for its credits",
      Effect.flatMap(
        onRail(() => ({ pack_id: "starter-500", idempotency_key: "conformance-$run-pack" })),
        (request) =>
          gives(request, {
            "data.pack_id": is("starter-500"),
            "data.credits": is(500),
            "data.price_amount_cents": is(500),
            "data.pack": object
          })
      )
    ),
    must(
      "A5.3-no-pack",
      "A quote without a pack says so",
      Effect.flatMap(quoteOf("agent"), (heard) =>
        holds(absent.fits(at(heard, "data.pack_id")), heard, "data.pack_id null", at(heard, "data.pack_id"))
      )
    ),
    must(
      "A5.3-free",
      "A quote moves no credits",
      Effect.gen(function* () {
        const before = yield* quotaNow(301)
        const found = yield* rail
        yield* gives(quoteAsk("agent", found, "free"))
        const after = yield* quotaNow(302)
        const [had, has] = [balanceIn(before), balanceIn(after)]
        yield* holds(had === has, after, `${had} credits as before`, has)
      })
    ),
    wrong("both", "Credits and a pack together are refused", ({ credits }) => ({ credits, pack_id: "starter-500" })),
    wrong("neither", "Neither of them is refused, too", () => ({})),
    wrong("zero", "No credits at all are refused", () => ({ credits: 0 })),
    wrong("negative", "So are fewer than none", () => ({ credits: -5 })),
    wrong("fraction", "So is half a credit", ({ credits }) => ({ credits: credits + 0.5 })),
    wrong("most", "So are more than 5,000", () => ({ credits: 5_001 })),
    wrong("words", "So are credits in a text", ({ credits }) => ({ credits: `${credits}` })),
    wrong("pack-unknown", "A pack that nobody sells is refused", () => ({ pack_id: "conformance-$run" })),
    must(
      "A5.3-method",
      "A method that nobody offers is refused",
      refuses(posted({ credits: 500, payment_method: "conformance-$run" }), [
        "PAYMENT_METHOD_UNAVAILABLE",
        "INVALID_ARGUMENTS"
      ])
    ),
    should(
      "A1.2-unknown-money",
      "A field that nobody knows is refused where money is meant",
      Effect.flatMap(
        onRail(({ credits }) => ({ credits, amount: 1 })),
        (request) => refuses(request, "INVALID_ARGUMENTS", { status: 400 })
      )
    ),
    badKey("blank", "An empty key is refused", ""),
    badKey("long", "A key of 201 characters is refused", "k".repeat(201)),
    badKey("letters", "A key with other characters than A-Z a-z 0-9 . _ : - is refused", "conformance $run"),
    badKey("number", "A key that is a number is refused", 7),
    credential("card", "A card number is refused before anything else, and not repeated", {
      card_number: "conformance-secret"
    }),
    credential("wallet", "So is a wallet's key", { wallet_private_key: "conformance-secret" }),
    credential("nested", "So is one inside of another field", {
      payment: [{ "payment-signature": "conformance-secret" }]
    }),
    must(
      "A5.3-balance",
      "No refused quote has moved credits",
      Effect.flatMap(Effect.all([quotaNow(301), quotaNow(303)]), ([before, after]) =>
        holds(
          numberAt(before, "data.limits.payment_backed_remaining_credits") ===
            numberAt(after, "data.limits.payment_backed_remaining_credits"),
          after,
          "as many paid credits as before",
          at(after, "data.limits.payment_backed_remaining_credits")
        )
      )
    ),
    must(
      "A3.4-quote",
      "A quote of another organization is as unknown as one that is nobody's",
      Effect.gen(function* () {
        const theirs = textAt(yield* quoteOf("stranger"), "data.quote_id")
        const unknown = yield* refuses(statusOf("quote_zzzzzzzzzzzzzzzzzzzz"), "CREDIT_QUOTE_NOT_FOUND")
        const foreign = yield* ask(statusOf(theirs))
        yield* holds(
          foreign.status === unknown.status && at(foreign, "error.code") === at(unknown, "error.code"),
          foreign,
          "the refusal of an unknown quote",
          at(foreign, "error.code") ?? foreign.status
        )
      })
    )
  ]
}

const statusOf = (quoteId: string): Ask => ({ path: `/v1/credit-purchases/status?quote_id=${quoteId}`, as: "agent" })
