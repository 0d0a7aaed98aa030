import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { type NextActions, NextActionsWire, nextActionsToWire } from "../../envelope/NextAction.ts"
import { bareStart, lineOf } from "../../envelope/Start.ts"
import { wire } from "../../envelope/Wire.ts"
import type { Attempt } from "../../payments/Attempt.ts"
import { guideCommand, quotaCommand } from "../../payments/PaymentCommands.ts"
import type { Quote } from "../../payments/Quote.ts"
import type { Receipt } from "../../payments/Receipt.ts"
import {
  attemptState,
  checkoutFields,
  type Handoff,
  NextBlock,
  nextBlock,
  paymentActions,
  reasonOf,
  StripeX402,
  stripeX402
} from "./Purchases.ts"
import { LimitsBlock, type QuotaAnswer, quotaFields } from "./Quota.ts"
import { nextOf, QuoteBlock, quoteBlock, type QuotedRail, quoteState } from "./Quotes.ts"

export const referenceTypes = ["quote_id", "payment_attempt_id", "checkout_session_id", "receipt_id"] as const

const AttemptBlock = wire({
  paymentAttemptId: Schema.String,
  provider: Schema.String,
  attemptStatus: Schema.String,
  reason: Schema.NullOr(Schema.String),
  checkoutSessionId: Schema.optionalKey(Schema.String),
  checkoutHandoffUrl: Schema.optionalKey(Schema.String),
  checkoutCompactUrl: Schema.optionalKey(Schema.String),
  checkoutUrl: Schema.optionalKey(Schema.String),
  stripeX402: Schema.NullOr(StripeX402),
  createdAt: Schema.String,
  expiresAt: Schema.String
})

const ReceiptBlock = wire({
  receiptId: Schema.String,
  quoteId: Schema.String,
  paymentAttemptId: Schema.String,
  provider: Schema.String,
  acceptedPaymentMethod: Schema.String,
  creditsGranted: Schema.Number,
  creditsReversed: Schema.Number,
  creditsOwed: Schema.Number,
  amountCents: Schema.Number,
  amountPaidCents: Schema.Number,
  currency: Schema.Literal("USD"),
  liveMoney: Schema.Boolean,
  reversalState: Schema.String,
  transactionHash: Schema.NullOr(Schema.String),
  issuedAt: Schema.String
})

const CreditEventBlock = wire({
  creditEventId: Schema.String,
  kind: Schema.Literal("payment_backed_grant"),
  creditsDelta: Schema.Number,
  balanceAfter: Schema.Number,
  receiptId: Schema.String,
  occurredAt: Schema.String
})

const ProviderEventBlock = wire({
  provider: Schema.String,
  type: Schema.String,
  verified: Schema.Literal(true),
  eventId: Schema.Literal("[redacted-stripe-event]"),
  receivedAt: Schema.String
})

/**
 * contract/api.md 5.7. Without a reference (decision D3.11) it says what the organization may spend: everything that the
 * quota does, beside the fields of every status.
 */
export const StatusAnswer = wire({
  ...Struct.map(Struct.omit(quotaFields, ["limits", "nextActions"]), Schema.optionalKey),
  request: wire({
    referenceType: Schema.NullOr(Schema.Literals(referenceTypes)),
    reference: Schema.NullOr(Schema.String)
  }),
  state: Schema.String,
  quote: Schema.NullOr(QuoteBlock),
  paymentAttempt: Schema.NullOr(AttemptBlock),
  receipt: Schema.NullOr(ReceiptBlock),
  creditEvent: Schema.NullOr(CreditEventBlock),
  providerEvent: Schema.NullOr(ProviderEventBlock),
  limits: LimitsBlock,
  next: NextBlock,
  nextActions: NextActionsWire,
  nextCommand: Schema.NullOr(Schema.String)
})

export interface StatusFacts {
  readonly referenceType: (typeof referenceTypes)[number]
  readonly reference: string
  readonly quote: Quote
  readonly attempt: Attempt | null
  readonly receipt: Receipt | null
  /** Credits still owed for this payment. */
  readonly owed: number
  readonly limits: typeof LimitsBlock.Type
  readonly now: string
}

export const statusAnswer = (
  facts: StatusFacts,
  rail: QuotedRail | null,
  handoff: Handoff
): typeof StatusAnswer.Type => {
  const { attempt, limits, now, owed, quote, receipt, reference, referenceType } = facts
  const actions = actionsOf(facts, rail)
  const [next] = Object.values(actions)
  return {
    request: { referenceType, reference },
    state: stateOf(facts),
    quote: quoteBlock(quote, now),
    paymentAttempt: attempt === null ? null : attemptBlock(attempt, handoff, now),
    receipt: receipt === null ? null : receiptBlock(receipt, owed),
    creditEvent: receipt === null ? null : creditEvent(receipt),
    providerEvent: receipt === null ? null : providerEvent(receipt),
    limits,
    next:
      attempt === null
        ? { suggestedCommands: next === undefined ? [] : [lineOf(next.command, bareStart)] }
        : nextBlock(attempt, handoff, now),
    nextActions: nextActionsToWire(actions, bareStart),
    nextCommand: next === undefined ? null : lineOf(next.command, bareStart)
  }
}

const stateOf = ({ attempt, now, quote, receipt }: StatusFacts): string => {
  if (receipt !== null && receipt.reversedCredits === receipt.credits) return "reversed"
  if (attempt !== null) return attemptState(attempt)
  const state = quoteState(quote, now)
  return state === "purchase_started" ? "action_required" : state === "fulfilled" ? "succeeded" : state
}

const actionsOf = ({ attempt, now, quote }: StatusFacts, rail: QuotedRail | null): NextActions => {
  if (attempt === null) {
    const next = nextOf(quote, quoteState(quote, now), rail)
    return { [next.id]: next.action }
  }
  return attempt.status === "succeeded"
    ? { guide: { command: guideCommand, effect: "read" as const } }
    : paymentActions(attempt, now, "data.payment_attempt.stripe_x402.payable_instructions")
}

const attemptBlock = (attempt: Attempt, handoff: Handoff, now: string): typeof AttemptBlock.Type => ({
  paymentAttemptId: attempt.id,
  provider: attempt.provider,
  attemptStatus: attempt.status === "opening" ? "requires_action" : attempt.status,
  reason: reasonOf(attempt),
  ...checkoutFields(attempt, handoff),
  stripeX402: attempt.methodId === "stripe_x402.exact.usdc" ? stripeX402(attempt, now) : null,
  createdAt: attempt.createdAt,
  expiresAt: attempt.expiresAt
})

const receiptBlock = (receipt: Receipt, owed: number): typeof ReceiptBlock.Type => ({
  receiptId: receipt.id,
  quoteId: receipt.quoteId,
  paymentAttemptId: receipt.attemptId,
  provider: receipt.provider,
  acceptedPaymentMethod: receipt.methodId,
  creditsGranted: receipt.credits,
  creditsReversed: receipt.reversedCredits,
  creditsOwed: owed,
  amountCents: receipt.amountCents,
  amountPaidCents: receipt.paidCents,
  currency: "USD",
  liveMoney: receipt.liveMoney,
  reversalState: receipt.reversalState,
  transactionHash: receipt.chain?.transaction ?? null,
  issuedAt: receipt.issuedAt
})

const creditEvent = (receipt: Receipt): typeof CreditEventBlock.Type => ({
  creditEventId: receipt.creditEventId,
  kind: "payment_backed_grant",
  creditsDelta: receipt.credits,
  balanceAfter: receipt.balanceAfter,
  receiptId: receipt.id,
  occurredAt: receipt.issuedAt
})

const providerEvent = ({ event, provider }: Receipt): typeof ProviderEventBlock.Type | null =>
  event === null
    ? null
    : {
        provider,
        type: event.type,
        verified: true,
        eventId: "[redacted-stripe-event]",
        receivedAt: event.receivedAt
      }

/** The answer to a question that names no payment: the quota. */
export const balanceAnswer = (quota: typeof QuotaAnswer.Type): typeof StatusAnswer.Type => {
  const actions = nextActionsToWire({ quota: { command: quotaCommand, effect: "read" as const } }, bareStart)
  return {
    ...quota,
    request: { referenceType: null, reference: null },
    state: "no_reference",
    quote: null,
    paymentAttempt: null,
    receipt: null,
    creditEvent: null,
    providerEvent: null,
    next: { suggestedCommands: [lineOf(quotaCommand, bareStart)] },
    nextActions: { ...actions, ...quota.nextActions },
    nextCommand: lineOf(quotaCommand, bareStart)
  }
}
