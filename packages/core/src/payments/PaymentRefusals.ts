import { type Command, command, json } from "../envelope/CommandLine.ts"
import { docsUrl } from "../envelope/Product.ts"
import { Refusal } from "../envelope/Refusal.ts"
import type { Attempt } from "./Attempt.ts"
import { buyCommand, methodsCommand, quoteCommand } from "./PaymentCommands.ts"
import type { PaymentRail, PaymentRailError } from "./PaymentRail.ts"
import type { Quote, QuoteTerms } from "./Quote.ts"
import type { Rail } from "./Rail.ts"

const quoteDocs = docsUrl("image-skill-credits-quote")
const buyDocs = docsUrl("image-skill-credits-buy")

export const methodUnavailable = (methodId: string, rail: Rail | null, alternative: Command | null): Refusal =>
  new Refusal({
    code: "PAYMENT_METHOD_UNAVAILABLE",
    message:
      rail === null
        ? `this deployment has no rail ${methodId.slice(0, 60)}; nothing was made`
        : `${rail.methodId} cannot be used here now (${rail.unavailableReason ?? "unavailable"}); nothing was made`,
    recovery: { suggestedCommand: alternative ?? methodsCommand, docsUrl: quoteDocs },
    details: { payment_method: methodId.slice(0, 60), unavailable_reason: rail?.unavailableReason ?? "not_listed" }
  })

/** A quote that could not be bought is never given (decision D4.8). */
export const outsideLimits = ({ limits, methodId }: Rail, terms: QuoteTerms, other: Command | null): Refusal => {
  const { maxCredits, minCredits } = limits
  const nearest = Math.min(maxCredits, Math.max(minCredits, terms.credits))
  return new Refusal({
    code: "INVALID_ARGUMENTS",
    message: `${methodId} sells ${minCredits} to ${maxCredits} credits at a time, not ${terms.credits}; no quote was made`,
    recovery: {
      suggestedCommand: other ?? quoteCommand({ ...terms, credits: nearest, packId: null }, null),
      docsUrl: quoteDocs
    },
    details: { payment_method: methodId, min_credits: minCredits, max_credits: maxCredits, credits: terms.credits }
  })
}

export const unknownPack = (packIds: ReadonlyArray<string>): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: `\`pack_id\` (--pack) must be one of ${packIds.join(", ")}`,
    recovery: { suggestedCommand: command("credits packs list", json), docsUrl: quoteDocs },
    details: { field: "pack_id", allowed: packIds }
  })

export const packOrCredits = (): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: "exactly one of `credits` (--credits) and `pack_id` (--pack) says how much to quote",
    recovery: { requiredFlags: ["--credits", "--pack"], suggestedCommand: methodsCommand, docsUrl: quoteDocs }
  })

export const quoteConflict = (existing: Quote, terms: QuoteTerms, freshKey: string): Refusal =>
  new Refusal({
    code: "CREDIT_QUOTE_CONFLICT",
    message: "this idempotency key already belongs to a quote with other terms; no quote was made",
    recovery: {
      suggestedCommand: quoteCommand(terms, freshKey),
      freshIdempotencyKey: freshKey,
      existingQuoteId: existing.id,
      docsUrl: quoteDocs
    }
  })

/** An unknown quote, and a quote of somebody else: one answer. */
export const quoteNotFound = (): Refusal =>
  new Refusal({
    code: "CREDIT_QUOTE_NOT_FOUND",
    message: "there is no such quote here",
    recovery: { suggestedCommand: methodsCommand, docsUrl: quoteDocs }
  })

export const paymentNotFound = (): Refusal =>
  new Refusal({
    code: "PAYMENT_NOT_FOUND",
    message: "there is no such payment here",
    recovery: { suggestedCommand: methodsCommand, docsUrl: docsUrl("image-skill-credits-status") }
  })

export const quoteExpired = (quote: Quote): Refusal =>
  new Refusal({
    code: "CREDIT_QUOTE_EXPIRED",
    message: `the quote expired at ${quote.expiresAt} without a payment; nothing was bought`,
    recovery: { suggestedCommand: quoteCommand(quote, `again:${quote.id}`), docsUrl: buyDocs }
  })

export const notPurchasable = ({ state }: Quote, next: Command): Refusal =>
  new Refusal({
    code: "CREDIT_QUOTE_NOT_PURCHASABLE",
    message: `the quote is ${state} and is not bought again; nothing was bought`,
    recovery: { suggestedCommand: next, docsUrl: buyDocs }
  })

export const methodMismatch = (quote: Quote, right: PaymentRail | null): Refusal =>
  new Refusal({
    code: "PAYMENT_METHOD_MISMATCH",
    message: `this quote was given for ${quote.methodId}; buy it there, or ask for a quote on this rail`,
    recovery: { suggestedCommand: right === null ? methodsCommand : buyCommand(right, quote.id), docsUrl: buyDocs },
    details: { accepted_payment_method: quote.methodId }
  })

export const purchaseKeyConflict = (attempt: Attempt): Refusal =>
  new Refusal({
    code: "IDEMPOTENCY_KEY_CONFLICT",
    message: "this idempotency key already belongs to the purchase of another quote; nothing was bought",
    recovery: { docsUrl: buyDocs, suggestedCommand: methodsCommand },
    details: { existing_quote_id: attempt.quoteId, existing_payment_attempt_id: attempt.id }
  })

/** The attempt is written, and whether the provider made anything is known or not: the same command goes on with it. */
export const providerFailed = (error: PaymentRailError, again: Command): Refusal =>
  new Refusal({
    code: "PAYMENT_PROVIDER_FAILURE",
    message: isFinal(error)
      ? `the payment provider did not take this purchase: ${error.message}. No money moved`
      : `the payment provider did not answer: ${error.message}. No money moved, and the same command goes on safely`,
    ...(isFinal(error)
      ? { retryable: false, outcome: "rejected" as const }
      : { retryable: true, outcome: "unknown" as const }),
    moneyMoved: "no",
    recovery: {
      suggestedCommand: again,
      docsUrl: buyDocs,
      ...(isFinal(error) ? {} : { retryAfterSeconds: 10 })
    }
  })

/** Asking once more would change nothing. */
const isFinal = ({ reason }: PaymentRailError): boolean => reason !== "unavailable" && reason !== "unknown"
