import { jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import type { RequestOf } from "@image-skill/core/service/Requests"
import { type Credentials, ServiceApi } from "@image-skill/core/service/ServiceApi"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import type { Ask, Expected } from "./Transcript.ts"

interface Cast {
  /** An agent without credits. */
  readonly buyer: Credentials
  /** Somebody else. */
  readonly painter: Credentials
}

/** What a poor agent lives through while it buys credits on the fake rail, and what it does with them. */
export const purchaseStory = Effect.fnUntraced(function* (
  ask: Ask,
  cast: Cast,
  { priced }: { readonly priced: boolean }
) {
  const quotes = yield* quoteChapter(ask, cast)
  const paid = yield* buyChapter(ask, cast, quotes)
  yield* statusChapter(ask, cast, paid)
  yield* lapseChapter(ask, cast, quotes)
  if (priced) yield* spendChapter(ask, cast)
  yield* eventsChapter(ask, cast, paid)
})

type QuoteRequest = RequestOf<"creditsQuote">

const some: QuoteRequest = { credits: 25, paymentMethod: "fake", idempotencyKey: "quote-some" }

const quoting =
  (ask: Ask, service: ServiceApi["Service"], credentials: Credentials) =>
  (step: string, expected: Expected, request: QuoteRequest) =>
    Effect.map(
      ask(`quotes ${step}`, "creditsQuote", expected, service.creditsQuote(request, credentials)),
      ({ envelope }) => textField(envelope.data, "quote_id")
    )

const quoteChapter = Effect.fnUntraced(function* (ask: Ask, { buyer, painter }: Cast) {
  const service = yield* ServiceApi
  const quote = quoting(ask, service, buyer)
  yield* quoting(ask, service, null)("without a token", "AUTH_REQUIRED", some)
  const pack = yield* quote("a pack", "done", {
    packId: "starter-500",
    paymentMethod: "fake",
    idempotencyKey: "quote-pack"
  })
  const credits = yield* quote("credits", "done", some)
  yield* quote("the same again", "done", some)
  yield* quote("other credits under the key", "CREDIT_QUOTE_CONFLICT", { ...some, credits: 26 })
  yield* quote("a pack under the key", "CREDIT_QUOTE_CONFLICT", {
    packId: "starter-500",
    paymentMethod: "fake",
    idempotencyKey: "quote-some"
  })
  yield* quoting(ask, service, painter)("under somebody else's key", "done", some)
  yield* quote("without a key", "done", { credits: 30, paymentMethod: "fake" })
  yield* quote("the least", "done", { ...some, credits: 1, idempotencyKey: "quote-least" })
  const late = yield* quote("the most", "done", { ...some, credits: 5000, idempotencyKey: "quote-most" })
  yield* quote("less than the least", "INVALID_ARGUMENTS", { ...some, credits: 0 })
  yield* quote("more than the most", "INVALID_ARGUMENTS", { ...some, credits: 5001 })
  yield* quote("neither credits nor a pack", "INVALID_ARGUMENTS", { paymentMethod: "fake" })
  yield* quote("credits and a pack", "INVALID_ARGUMENTS", { ...some, packId: "starter-500" })
  yield* quote("a pack that is none", "INVALID_ARGUMENTS", { packId: "starter-501", paymentMethod: "fake" })
  yield* quote("on a rail that is none", "PAYMENT_METHOD_UNAVAILABLE", { credits: 25, paymentMethod: "cash" })
  yield* quote("on a rail without its key", "PAYMENT_METHOD_UNAVAILABLE", {
    packId: "starter-500",
    paymentMethod: "stripe_x402.exact.usdc"
  })
  yield* quote("on the rail that nobody chose", "PAYMENT_METHOD_UNAVAILABLE", { credits: 25 })
  yield* quote("with a secret as its key", "PAYMENT_CREDENTIAL_REJECTED", { ...some, idempotencyKey: secret })
  return { pack, credits, late }
})

/** Of the form of a Stripe key; no answer may repeat it. */
export const secret = "sk_test_0000canary0000canary0000"

interface Quotes {
  readonly pack: string
  readonly credits: string
  readonly late: string
}

const buyChapter = Effect.fnUntraced(function* (ask: Ask, { buyer, painter }: Cast, { credits, pack }: Quotes) {
  const service = yield* ServiceApi
  const buy = (step: string, expected: Expected, quoteId: string, idempotencyKey: string, credentials = buyer) =>
    ask(
      `buys ${step}`,
      "creditsFakePurchase",
      expected,
      service.creditsFakePurchase({ quoteId, idempotencyKey }, credentials)
    )
  const purchase = { quoteId: credits, idempotencyKey: "buy-some" }
  yield* ask(
    "buys on a hosted page what was quoted for the fake rail",
    "creditsBuyCheckout",
    "PAYMENT_METHOD_MISMATCH",
    service.creditsBuyCheckout(purchase, buyer)
  )
  yield* ask(
    "buys by a deposit what was quoted for the fake rail",
    "creditsBuyDeposit",
    "PAYMENT_METHOD_MISMATCH",
    service.creditsBuyDeposit(purchase, buyer)
  )
  yield* buy("without a token", "AUTH_REQUIRED", credits, "buy-some", null)
  yield* buy("under a key that is none", "INVALID_ARGUMENTS", credits, "no blanks")
  yield* buy("a quote that is none", "CREDIT_QUOTE_NOT_FOUND", "quote_00000000000000009999", "buy-some")
  yield* buy("somebody else's quote", "CREDIT_QUOTE_NOT_FOUND", credits, "buy-some", painter)
  yield* buy("with a secret for a quote", "PAYMENT_CREDENTIAL_REJECTED", secret, "buy-some")
  const paid = yield* buy("credits", "done", credits, "buy-some")
  yield* buy("the same again", "done", credits, "buy-some")
  yield* buy("what is bought already", "CREDIT_QUOTE_NOT_PURCHASABLE", credits, "buy-more")
  yield* buy("another quote under the key", "IDEMPOTENCY_KEY_CONFLICT", pack, "buy-some")
  yield* buy("a pack", "done", pack, "buy-pack")
  yield* ask("quotes what is bought already", "creditsQuote", "done", service.creditsQuote(some, buyer))
  yield* ask("looks at its credits", "quota", "done", service.quota({}, buyer))
  const { data } = paid.envelope
  return {
    quoteId: credits,
    paymentAttemptId: textField(data, "payment_attempt_id"),
    receiptId: textField(data, "receipt_id"),
    creditEventId: textField(data, "credit_event_id")
  }
})

type Paid = Effect.Success<ReturnType<typeof buyChapter>>

const statusChapter = Effect.fnUntraced(function* (
  ask: Ask,
  { buyer, painter }: Cast,
  { creditEventId, paymentAttemptId, quoteId, receiptId }: Paid
) {
  const service = yield* ServiceApi
  const status = (step: string, expected: Expected, request: RequestOf<"creditsStatus">, credentials = buyer) =>
    ask(`looks at ${step}`, "creditsStatus", expected, service.creditsStatus(request, credentials))
  yield* status("its quote", "done", { quoteId })
  yield* status("its attempt", "done", { paymentAttemptId })
  yield* status("its receipt", "done", { receiptId })
  yield* status("no payment", "done", {})
  yield* status("two things at once", "INVALID_ARGUMENTS", { quoteId, receiptId })
  yield* status("everything at once", "INVALID_ARGUMENTS", {
    quoteId,
    paymentAttemptId,
    checkoutSessionId: "cs_test_0",
    receiptId
  })
  yield* status("a payment without a token", "AUTH_REQUIRED", { paymentAttemptId }, null)
  yield* status("a session that is none", "PAYMENT_NOT_FOUND", { checkoutSessionId: "cs_test_0" })
  yield* status("a receipt by another kind of id", "PAYMENT_NOT_FOUND", { receiptId: creditEventId })
  yield* status("somebody else's quote", "CREDIT_QUOTE_NOT_FOUND", { quoteId }, painter)
  yield* status("somebody else's attempt", "PAYMENT_NOT_FOUND", { paymentAttemptId }, painter)
  yield* status("somebody else's receipt", "PAYMENT_NOT_FOUND", { receiptId }, painter)
})

/** Quotes live for an hour. */
const lapseChapter = Effect.fnUntraced(function* (ask: Ask, { buyer }: Cast, { late }: Quotes) {
  const service = yield* ServiceApi
  yield* ask("looks at an open quote", "creditsStatus", "done", service.creditsStatus({ quoteId: late }, buyer))
  yield* TestClock.adjust("61 minutes")
  const purchase = { quoteId: late, idempotencyKey: "buy-late" }
  yield* ask(
    "buys after an hour",
    "creditsFakePurchase",
    "CREDIT_QUOTE_EXPIRED",
    service.creditsFakePurchase(purchase, buyer)
  )
  yield* ask("looks at a quote after an hour", "creditsStatus", "done", service.creditsStatus({ quoteId: late }, buyer))
  const again = service.creditsQuote({ ...some, credits: 5000, idempotencyKey: "quote-most" }, buyer)
  yield* ask("quotes the same after an hour", "creditsQuote", "done", again)
})

const spendChapter = Effect.fnUntraced(function* (ask: Ask, { buyer }: Cast) {
  const service = yield* ServiceApi
  const picture = { prompt: "a red boat", model: "fake.painter", idempotencyKey: "bought-1" }
  yield* ask("pays for a picture with what it bought", "create", "done", service.create(picture, buyer))
  yield* ask("looks at what is left of it", "quota", "done", service.quota({}, buyer))
})

const eventsChapter = Effect.fnUntraced(function* (
  ask: Ask,
  { buyer, painter }: Cast,
  { creditEventId, paymentAttemptId, quoteId, receiptId }: Paid
) {
  const service = yield* ServiceApi
  const list = (step: string, subject?: string) =>
    ask(
      `lists ${step}`,
      "activityList",
      "done",
      service.activityList(subject === undefined ? { limit: "100" } : { subject }, buyer)
    )
  const all = yield* list("what came of its payments")
  for (const subject of [quoteId, paymentAttemptId, receiptId, creditEventId]) yield* list("a part of it", subject)
  for (const reference of [quoteId, receiptId, creditEventId, ...grantsIn(all.envelope.data)]) {
    yield* ask("shows what came of a payment", "activityShow", "done", service.activityShow({ reference }, buyer))
    const foreign = service.activityShow({ reference }, painter)
    yield* ask("cannot show somebody else's payment", "activityShow", "ACTIVITY_NOT_FOUND", foreign)
  }
})

/** The events that say that credits were granted. */
const grantsIn = (data: Schema.Json | null): ReadonlyArray<string> => {
  const events = jsonField(data, "events")
  const rows: ReadonlyArray<Schema.Json> = isList(events) ? events : []
  return rows
    .filter((row) => textField(row, "type") === "credits.payment_backed_granted")
    .map((row) => textField(row, "event_id"))
}

const isList = (value: Schema.Json | undefined): value is Schema.JsonArray => Array.isArray(value)
