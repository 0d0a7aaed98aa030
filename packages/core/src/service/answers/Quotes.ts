import * as Schema from "effect/Schema"
import { command, flag, json } from "../../envelope/CommandLine.ts"
import { type NextAction, NextActionsWire, nextActionsToWire } from "../../envelope/NextAction.ts"
import { bareStart, lineOf } from "../../envelope/Start.ts"
import { wire } from "../../envelope/Wire.ts"
import { creditPacks } from "../../payments/CreditPack.ts"
import type { Quoted } from "../../payments/CreditQuotes.ts"
import { buyCommand, purchaseKey, quoteCommand } from "../../payments/PaymentCommands.ts"
import { purchaseEffect } from "../../payments/PaymentEffects.ts"
import type { PaymentRail } from "../../payments/PaymentRail.ts"
import type { Quote } from "../../payments/Quote.ts"
import type { Rail } from "../../payments/Rail.ts"
import { isCopyRunnable } from "../../payments/TopUp.ts"
import { PackRow, packRow } from "./Payments.ts"

const QuoteStates = Schema.Literals(["created", "purchase_started", "fulfilled", "expired", "canceled"])

/** At this level of the contract a quote carries no address to pay to. */
const X402Terms = wire({
  methodId: Schema.String,
  scheme: Schema.Literal("exact"),
  network: Schema.Literal("base"),
  tokenCurrency: Schema.Literal("usdc")
})

/** The quote inside of a status answer. */
export const QuoteBlock = wire({
  quoteId: Schema.String,
  state: QuoteStates,
  credits: Schema.Number,
  priceAmountCents: Schema.Number,
  currency: Schema.Literal("USD"),
  createdAt: Schema.String,
  expiresAt: Schema.String,
  acceptedPaymentMethod: Schema.String,
  packId: Schema.NullOr(Schema.String),
  liveMoney: Schema.Boolean,
  x402: Schema.NullOr(X402Terms)
})

/** contract/api.md 5.3. */
export const QuoteAnswer = wire({
  quoteId: Schema.String,
  state: QuoteStates,
  credits: Schema.Number,
  priceAmountCents: Schema.Number,
  currency: Schema.Literal("USD"),
  createdAt: Schema.String,
  expiresAt: Schema.String,
  acceptedPaymentMethod: Schema.String,
  idempotencyKey: Schema.String,
  idempotentReplay: Schema.Boolean,
  packId: Schema.NullOr(Schema.String),
  pack: Schema.NullOr(PackRow),
  liveMoney: Schema.Boolean,
  x402: Schema.NullOr(X402Terms),
  nextActions: NextActionsWire,
  nextCommand: Schema.String
})

/** A quote past its time reads as expired even before the sweep has written it. */
export const quoteState = (quote: Quote, now: string): Quote["state"] =>
  quote.state === "created" && quote.expiresAt <= now ? "expired" : quote.state

export const quoteBlock = (quote: Quote, now: string): typeof QuoteBlock.Type => ({
  quoteId: quote.id,
  state: quoteState(quote, now),
  credits: quote.credits,
  priceAmountCents: quote.credits,
  currency: "USD",
  createdAt: quote.createdAt,
  expiresAt: quote.expiresAt,
  acceptedPaymentMethod: quote.methodId,
  packId: quote.packId,
  liveMoney: quote.liveMoney,
  x402:
    quote.methodId === "stripe_x402.exact.usdc"
      ? { methodId: quote.methodId, scheme: "exact", network: "base", tokenCurrency: "usdc" }
      : null
})

export const quoteAnswer = (
  { quote, replayed }: Quoted,
  rail: QuotedRail | null,
  now: string
): typeof QuoteAnswer.Type => {
  const pack = creditPacks.find(({ id }) => id === quote.packId)
  const state = quoteState(quote, now)
  const next = nextOf(quote, state, rail)
  return {
    ...quoteBlock(quote, now),
    idempotencyKey: quote.key,
    idempotentReplay: replayed,
    pack: pack === undefined ? null : packRow(pack),
    nextActions: nextActionsToWire({ [next.id]: next.action }, bareStart),
    nextCommand: lineOf(next.action.command, bareStart)
  }
}

/** The rail that a quote is for, and what it says of itself now. */
export interface QuotedRail extends Pick<PaymentRail, "purchaseProvider"> {
  readonly described: Rail | null
}

const recommendedBuy = (quote: Quote, rail: QuotedRail, status: string): NextAction => {
  const key = purchaseKey(quote.id)
  const buy = buyCommand(rail, quote.id, key)
  const settleable = rail.described?.agentSettleable === true
  return {
    command: buy,
    effect: "write",
    facts: {
      purpose: "buy_quote",
      recommendation_reason: settleable ? "agent_settleable" : "human_handoff",
      quote_id: quote.id,
      method_id: quote.methodId,
      provider: rail.purchaseProvider,
      buy_command_copy_runnable: isCopyRunnable(buy),
      purchase_idempotency_key: key,
      status_command: status,
      status_command_after_payment: status,
      requires_auth: true,
      live_money: quote.liveMoney,
      requires_browser: rail.described?.requiresBrowser ?? null,
      agent_settleable: settleable,
      human_handoff_required: !settleable,
      command_effect: purchaseEffect(quote.liveMoney)
    }
  }
}

/** An open quote is bought; one that is over is asked for again, or has done its work. */
export const nextOf = (quote: Quote, state: Quote["state"], rail: QuotedRail | null) => {
  const status = command("credits status", flag("quote-id", quote.id), json)
  if ((state === "created" || state === "purchase_started") && rail !== null)
    return { id: "recommended_buy", action: recommendedBuy(quote, rail, lineOf(status, bareStart)) }
  if (state === "fulfilled") return { id: "status", action: { command: status, effect: "read" as const } }
  return {
    id: "recommended_quote",
    action: { command: quoteCommand(quote, `again:${quote.id}`), effect: "write" as const }
  }
}
