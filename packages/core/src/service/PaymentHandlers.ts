import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { DailySlots } from "../credits/DailySlots.ts"
import { LedgerStore } from "../credits/LedgerStore.ts"
import type { Limits } from "../credits/Limits.ts"
import { quotaOf } from "../credits/Quota.ts"
import { docsUrl } from "../envelope/Product.ts"
import { Refusal } from "../envelope/Refusal.ts"
import type { Agent } from "../identity/Actor.ts"
import { type Attempt, isOpen } from "../payments/Attempt.ts"
import { CreditQuotes } from "../payments/CreditQuotes.ts"
import { Fulfilment } from "../payments/Fulfilment.ts"
import { methodsCommand } from "../payments/PaymentCommands.ts"
import { PaymentRails } from "../payments/PaymentRails.ts"
import * as Refusals from "../payments/PaymentRefusals.ts"
import { PaymentStore } from "../payments/PaymentStore.ts"
import { Purchases } from "../payments/Purchases.ts"
import type { Quote } from "../payments/Quote.ts"
import type { Receipt } from "../payments/Receipt.ts"
import { ReturnPage } from "../payments/ReturnPage.ts"
import { reversalState } from "../payments/Settlement.ts"
import { answers } from "./Answers.ts"
import { balanceAnswer, referenceTypes, statusAnswer } from "./answers/PaymentStatus.ts"
import { fakePurchaseAnswer, purchaseAnswer } from "./answers/Purchases.ts"
import { limitsBlock, quotaAnswer } from "./answers/Quota.ts"
import { quoteAnswer } from "./answers/Quotes.ts"
import { unknownFields } from "./DecodeRequest.ts"
import { type Call, type Handler, handler, sessionOf } from "./Handler.ts"
import { requests, type RequestOf } from "./Requests.ts"
import { topUpFacts } from "./TopUpFacts.ts"

/** What a status request names: a quote, and what became of it. */
interface Found {
  readonly quote: Quote
  readonly attempt: Attempt | null
}

/** The handlers of quotes, purchases and what became of them. */
export const paymentHandlers = Effect.gen(function* () {
  const rows = yield* PaymentStore
  const ledger = yield* LedgerStore
  const quotes = yield* CreditQuotes
  const purchases = yield* Purchases
  const fulfilment = yield* Fulfilment
  const rails = yield* PaymentRails
  const { urlOf } = yield* ReturnPage
  const topUps = yield* topUpFacts
  const quotaContext = yield* Effect.context<LedgerStore | DailySlots | Limits>()

  const now = Effect.map(DateTime.now, DateTime.formatIso)

  const railOf = Effect.fnUntraced(function* ({ methodId }: Quote) {
    const rail = rails.find(methodId)
    const described = (yield* rails.described).find((row) => row.methodId === methodId) ?? null
    return rail === null ? null : { purchaseProvider: rail.purchaseProvider, described }
  })

  const creditsQuote = handler({
    request: requests.creditsQuote,
    answer: answers.creditsQuote,
    run: Effect.fnUntraced(function* (request, call) {
      const { agent } = yield* sessionOf(call)
      const quoted = yield* quotes.quote(agent, {
        credits: request.credits ?? null,
        packId: request.packId ?? null,
        methodId: request.paymentMethod ?? "stripe_checkout",
        key: request.idempotencyKey ?? null
      })
      const rail = yield* railOf(quoted.quote)
      return { data: quoteAnswer(quoted, rail, yield* now), warnings: quoted.warnings }
    })
  })

  const buy = Effect.fnUntraced(function* (
    methodId: string,
    { idempotencyKey, quoteId }: RequestOf<"creditsBuyCheckout">,
    call: Call
  ) {
    const { agent } = yield* sessionOf(call)
    return yield* purchases.buy(agent, { methodId, quoteId, key: idempotencyKey }, call.traceId)
  })

  const noticesOf = Effect.fnUntraced(function* (methodId: string) {
    const rail = rails.find(methodId)
    const notice = rail === null ? null : (yield* rail.describe).notice
    return notice === null ? [] : [notice]
  })

  const creditsBuyCheckout = handler({
    request: requests.creditsBuyCheckout,
    answer: answers.creditsBuyCheckout,
    run: Effect.fnUntraced(function* (request, call) {
      const purchased = yield* buy("stripe_checkout", request, call)
      const data = purchaseAnswer(purchased, request.idempotencyKey, urlOf, yield* now)
      return { data, warnings: yield* noticesOf(purchased.attempt.methodId) }
    })
  })

  const creditsBuyDeposit = handler({
    request: requests.creditsBuyDeposit,
    answer: answers.creditsBuyDeposit,
    run: Effect.fnUntraced(function* (request, call) {
      const purchased = yield* buy("stripe_x402.exact.usdc", request, call)
      const data = purchaseAnswer(purchased, request.idempotencyKey, urlOf, yield* now)
      return { data, warnings: yield* noticesOf(purchased.attempt.methodId) }
    })
  })

  const creditsFakePurchase = handler({
    request: requests.creditsFakePurchase,
    answer: answers.creditsFakePurchase,
    run: Effect.fnUntraced(function* (request, call) {
      if (rails.find("fake") === null) return yield* Refusals.methodUnavailable("fake", null, null)
      const purchased = yield* buy("fake", request, call)
      const receipt = Option.getOrNull(yield* rows.receiptOfAttempt(purchased.attempt.id))
      return {
        data: fakePurchaseAnswer(purchased, request.idempotencyKey, receipt, yield* now),
        warnings: yield* noticesOf("fake")
      }
    })
  })

  const attemptNamed = Effect.fnUntraced(function* (agent: Agent, request: RequestOf<"creditsStatus">) {
    const { checkoutSessionId, paymentAttemptId, receiptId } = request
    const { organizationId } = agent
    if (checkoutSessionId !== undefined) return yield* rows.attemptBySession(organizationId, checkoutSessionId)
    const receipt = receiptId === undefined ? Option.none<Receipt>() : yield* rows.receipt(organizationId, receiptId)
    const id = Option.isSome(receipt) ? receipt.value.attemptId : (paymentAttemptId ?? "")
    return Option.filter(yield* rows.attempt(id), (attempt) => attempt.organizationId === organizationId)
  })

  const find = Effect.fnUntraced(function* (agent: Agent, request: RequestOf<"creditsStatus">) {
    if (request.quoteId !== undefined) {
      const quote = yield* rows.quote(agent.organizationId, request.quoteId)
      if (Option.isNone(quote)) return yield* Refusals.quoteNotFound()
      return { quote: quote.value, attempt: chosen(yield* rows.attemptsOfQuote(quote.value.id)) } satisfies Found
    }
    const attempt = yield* attemptNamed(agent, request)
    if (Option.isNone(attempt)) return yield* Refusals.paymentNotFound()
    const quote = yield* rows.quote(agent.organizationId, attempt.value.quoteId)
    if (Option.isNone(quote)) return yield* Refusals.paymentNotFound()
    return { quote: quote.value, attempt: attempt.value } satisfies Found
  })

  /** Looks at the provider's truth, too: an answer about a payment should not wait for a webhook. */
  const looked = Effect.fnUntraced(function* (attempt: Attempt | null) {
    if (attempt === null || !isOpen(attempt)) return { attempt, warnings: [] }
    const seen = yield* Effect.option(Effect.timeout(fulfilment.look(attempt, null), patience))
    return Option.match(seen, {
      onNone: () => ({
        attempt,
        warnings: ["the payment provider could not be asked just now; this is what was known before"]
      }),
      onSome: (current) => ({ attempt: current, warnings: [] })
    })
  })

  const creditsStatus = handler({
    request: requests.creditsStatus,
    answer: answers.creditsStatus,
    run: Effect.fnUntraced(function* (request, call) {
      const session = yield* sessionOf(call)
      const { agent } = session
      const given = referencesOf(request)
      if (given.length > 1) return yield* oneReference()
      const quotaNow = Effect.provide(quotaOf(agent), quotaContext)
      const [named] = given
      if (named === undefined) {
        const quota = yield* quotaNow
        return { data: balanceAnswer(quotaAnswer(session, quota, yield* topUps.ofQuota(quota))) }
      }
      const found = yield* find(agent, request)
      const { attempt, warnings } = yield* looked(found.attempt)
      const quote = Option.getOrElse(yield* rows.quote(agent.organizationId, found.quote.id), () => found.quote)
      const receipt = attempt === null ? null : Option.getOrNull(yield* rows.receiptOfAttempt(attempt.id))
      const debts = receipt === null ? [] : yield* ledger.debts(agent.organizationId)
      const owed = debts.find(({ paymentId }) => paymentId === receipt?.attemptId)?.owed ?? 0
      const facts = {
        ...named,
        quote,
        attempt,
        receipt: receipt === null ? null : settledState(receipt, owed),
        owed,
        limits: limitsBlock(yield* quotaNow),
        now: yield* now
      }
      return {
        data: statusAnswer(facts, yield* railOf(quote), urlOf),
        warnings: [...warnings, ...(yield* noticesOf(quote.methodId))]
      }
    })
  })

  return {
    creditsQuote: strictly(creditsQuote, requests.creditsQuote),
    creditsBuyCheckout: strictly(creditsBuyCheckout, requests.creditsBuyCheckout),
    creditsBuyDeposit: strictly(creditsBuyDeposit, requests.creditsBuyDeposit),
    creditsFakePurchase: strictly(creditsFakePurchase, requests.creditsFakePurchase),
    creditsStatus
  }
})

/** Whoever asks for a status waits no longer than 30 seconds; the provider gets a part of that. */
const patience = Duration.seconds(10)

/** Where money is asked for, a field that is not known is refused and not ignored (contract/api.md 1.2). */
const strictly = (
  { run }: Handler,
  { from }: { readonly from: { readonly fields: { readonly [name: string]: unknown } } }
): Handler => ({
  run: (body, call) => {
    const known = Object.keys(from.fields)
    const unknown = unknownFields(known, body)
    return unknown.length === 0 ? run(body, call) : Effect.fail(unknownRefused(unknown, known))
  }
})

const unknownRefused = (unknown: ReadonlyArray<string>, known: ReadonlyArray<string>): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: `only ${known.join(", ")} can be sent here; nothing was made`,
    details: { unknown_fields: unknown }
  })

const referencesOf = (request: RequestOf<"creditsStatus">) => {
  const { checkoutSessionId, paymentAttemptId, quoteId, receiptId } = request
  const values = [quoteId, paymentAttemptId, checkoutSessionId, receiptId]
  return referenceTypes.flatMap((referenceType, index) => {
    const reference = values[index]
    return reference === undefined ? [] : [{ referenceType, reference }]
  })
}

/** The attempt that tells most about a quote: the one that succeeded, else the one that is open, else the last. */
const chosen = (attempts: ReadonlyArray<Attempt>): Attempt | null =>
  attempts.find(({ status }) => status === "succeeded") ?? attempts.find(isOpen) ?? attempts.at(-1) ?? null

/** A debt may have been repaid since the provider was last heard. */
const settledState = (receipt: Receipt, owed: number): Receipt => ({
  ...receipt,
  reversalState: receipt.reversalState === "pending" ? reversalState(receipt, owed, true) : receipt.reversalState
})

const oneReference = (): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: `name one of ${referenceTypes.join(", ")}, not several`,
    recovery: { suggestedCommand: methodsCommand, docsUrl: docsUrl("image-skill-credits-status") }
  })
