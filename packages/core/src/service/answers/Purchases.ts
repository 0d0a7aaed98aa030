import * as Schema from "effect/Schema"
import type { Command } from "../../envelope/CommandLine.ts"
import { type NextAction, type NextActions, NextActionsWire, nextActionsToWire } from "../../envelope/NextAction.ts"
import { bareStart, lineOf } from "../../envelope/Start.ts"
import { wire } from "../../envelope/Wire.ts"
import { type Attempt, isOpen } from "../../payments/Attempt.ts"
import { quotaCommand, quoteCommand, settleCommand, statusCommand } from "../../payments/PaymentCommands.ts"
import { settlementEffect } from "../../payments/PaymentEffects.ts"
import type { Purchased } from "../../payments/Purchases.ts"
import type { Receipt } from "../../payments/Receipt.ts"

const PayableInstructions = wire({
  kind: Schema.Literal("stripe_crypto_deposit"),
  network: Schema.String,
  tokenCurrency: Schema.String,
  tokenDecimals: Schema.Literal(6),
  tokenAmount: Schema.String,
  tokenAmountAtomic: Schema.String,
  amountCents: Schema.Number,
  amountUsd: Schema.String,
  depositAddress: Schema.String,
  tokenContractAddress: Schema.NullOr(Schema.String),
  supportedTokenCurrencies: Schema.Array(Schema.String),
  expiresAt: Schema.String,
  exactAmountRequired: Schema.Literal(true)
})

/** What an agent pays, and what of the provider is never shown (contract/api.md 5.5). */
export const StripeX402 = wire({
  methodId: Schema.String,
  scheme: Schema.Literal("exact"),
  network: Schema.Literal("base"),
  tokenCurrency: Schema.Literal("usdc"),
  depositAddressPresent: Schema.Boolean,
  payableInstructions: Schema.NullOr(PayableInstructions),
  redacted: wire({
    paymentIntentId: Schema.String,
    depositAddress: Schema.String,
    clientSecret: Schema.String
  })
})

/** What happens next with a payment, in the words of the contract. */
export const NextBlock = wire({
  humanAction: Schema.optionalKey(Schema.Literal("open_checkout_url")),
  agentAction: Schema.optionalKey(Schema.Literal("pay_stripe_crypto_deposit")),
  checkoutHandoffUrl: Schema.optionalKey(Schema.String),
  checkoutCompactUrl: Schema.optionalKey(Schema.String),
  fallbackCheckoutUrl: Schema.optionalKey(Schema.String),
  afterPayment: Schema.optionalKey(Schema.String),
  retryAfterSeconds: Schema.optionalKey(Schema.Number),
  suggestedCommands: Schema.Array(Schema.String)
})

/** contract/api.md 5.4 and 5.5. */
export const PurchaseAnswer = wire({
  state: Schema.String,
  quoteId: Schema.String,
  paymentAttemptId: Schema.String,
  provider: Schema.String,
  acceptedPaymentMethod: Schema.String,
  checkoutSessionId: Schema.optionalKey(Schema.String),
  checkoutHandoffUrl: Schema.optionalKey(Schema.String),
  checkoutCompactUrl: Schema.optionalKey(Schema.String),
  checkoutUrl: Schema.optionalKey(Schema.String),
  credits: Schema.Number,
  amountCents: Schema.Number,
  currency: Schema.Literal("USD"),
  liveMoney: Schema.Boolean,
  expiresAt: Schema.String,
  idempotencyKey: Schema.String,
  idempotentReplay: Schema.Boolean,
  stripeX402: Schema.optionalKey(StripeX402),
  next: NextBlock,
  nextActions: NextActionsWire,
  nextCommand: Schema.String
})

/** contract/api.md 5.6. What a script leaves open has no receipt yet. */
export const FakePurchaseAnswer = wire({
  state: Schema.String,
  quoteId: Schema.String,
  paymentAttemptId: Schema.String,
  receiptId: Schema.NullOr(Schema.String),
  creditEventId: Schema.NullOr(Schema.String),
  creditsGranted: Schema.Number,
  amountCents: Schema.Number,
  currency: Schema.Literal("USD"),
  acceptedPaymentMethod: Schema.Literal("fake"),
  idempotencyKey: Schema.String,
  idempotentReplay: Schema.Boolean,
  balanceAfter: Schema.NullOr(Schema.Number),
  liveMoney: Schema.Literal(false),
  nextActions: NextActionsWire,
  nextCommand: Schema.String
})

/** The state of an attempt as answers say it (contract/api.md 5.7). */
export const attemptState = ({ status }: Pick<Attempt, "status">): string =>
  status === "opening" || status === "requires_action" ? "action_required" : status

/** The page that a person opens: ours where there is one, else the provider's own. */
export type Handoff = (attemptId: string) => string | null

export const checkoutFields = (attempt: Attempt, handoff: Handoff) => {
  if (attempt.checkout === null) return {}
  const handoffUrl = handoff(attempt.id) ?? attempt.checkout.url
  return {
    checkoutSessionId: attempt.checkout.sessionId,
    checkoutHandoffUrl: handoffUrl,
    checkoutCompactUrl: handoffUrl,
    checkoutUrl: attempt.checkout.url
  }
}

/** Money arrived for it that could not be turned into credits: an operator looks at it, and nobody pays again. */
const isOdd = ({ exception, status }: Attempt): boolean => exception !== null && status !== "succeeded"

/** Somebody may begin to pay it: what is under way, odd, or past its time, must not be paid again or too late. */
const isPayable = (attempt: Attempt, now: string): boolean =>
  (attempt.status === "opening" || attempt.status === "requires_action") && !isOdd(attempt) && attempt.expiresAt > now

/** Why it is not paid, for its owner. */
export const reasonOf = (attempt: Attempt): string | null => (isOdd(attempt) ? attempt.exception : attempt.reason)

const dollars = (cents: number): string => `${Math.floor(cents / 100)}.${`${cents % 100}`.padStart(2, "0")}`

/** USDC has six decimals, so a cent is ten thousand of its smallest unit. */
const atomicPerCent = 10_000n

export const stripeX402 = (attempt: Attempt, now: string): typeof StripeX402.Type => {
  const { amountCents, deposit, expiresAt, methodId } = attempt
  return {
    methodId,
    scheme: "exact",
    network: "base",
    tokenCurrency: "usdc",
    depositAddressPresent: deposit !== null,
    payableInstructions:
      deposit === null || !isPayable(attempt, now)
        ? null
        : {
            kind: "stripe_crypto_deposit",
            network: deposit.network,
            tokenCurrency: deposit.tokenCurrency,
            tokenDecimals: 6,
            tokenAmount: dollars(amountCents),
            tokenAmountAtomic: `${BigInt(amountCents) * atomicPerCent}`,
            amountCents,
            amountUsd: dollars(amountCents),
            depositAddress: deposit.address,
            tokenContractAddress: deposit.tokenContractAddress,
            supportedTokenCurrencies: deposit.supportedTokenCurrencies,
            expiresAt,
            exactAmountRequired: true
          },
    redacted: {
      paymentIntentId: "[redacted-stripe-payment-intent]",
      depositAddress: "[redacted-stripe-crypto-deposit-address]",
      clientSecret: "[redacted-stripe-client-secret]"
    }
  }
}

const isDeposit = ({ methodId }: Attempt): boolean => methodId === "stripe_x402.exact.usdc"

const afterCheckout =
  "Give the link to the person who pays, then ask for the status of this payment; credits come only after the payment was verified."

const checkoutNext = (attempt: Attempt, handoff: Handoff) => {
  const { checkoutCompactUrl, checkoutHandoffUrl, checkoutUrl } = checkoutFields(attempt, handoff)
  if (checkoutHandoffUrl === undefined) return {}
  return {
    humanAction: "open_checkout_url" as const,
    checkoutHandoffUrl,
    checkoutCompactUrl,
    fallbackCheckoutUrl: checkoutUrl,
    afterPayment: afterCheckout
  }
}

/** While it waits: who acts, and when to look again. At the end: what the credits are for. */
export const nextBlock = (attempt: Attempt, handoff: Handoff, now: string): typeof NextBlock.Type => {
  if (isOdd(attempt)) return { suggestedCommands: [lineOf(statusCommand(attempt), bareStart)] }
  if (!isOpen(attempt)) {
    const command = attempt.status === "succeeded" ? quotaCommand : againCommand(attempt)
    return { suggestedCommands: [lineOf(command, bareStart)] }
  }
  const waits = isPayable(attempt, now)
  return {
    ...(waits ? checkoutNext(attempt, handoff) : {}),
    ...(waits && isDeposit(attempt) && attempt.deposit !== null
      ? { agentAction: "pay_stripe_crypto_deposit" as const }
      : {}),
    retryAfterSeconds: isDeposit(attempt) ? 15 : 10,
    suggestedCommands: [lineOf(statusCommand(attempt), bareStart)]
  }
}

/** The same credits once more; where a deposit had no address, on the page that a person pays. */
export const againCommand = (attempt: Attempt) =>
  quoteCommand(
    {
      credits: attempt.credits,
      packId: null,
      methodId: isDeposit(attempt) && attempt.deposit === null ? "stripe_checkout" : attempt.methodId
    },
    `again:${attempt.id}`
  )

/** What an agent runs next about this payment, as data. */
export const paymentActions = (
  attempt: Attempt,
  now: string,
  payablePath = "data.stripe_x402.payable_instructions"
): NextActions => {
  const status = { status: { command: statusCommand(attempt), effect: "read" as const } }
  if (isOdd(attempt)) return status
  if (!isOpen(attempt)) {
    return attempt.status === "succeeded"
      ? { quota: { command: quotaCommand, effect: "read" as const } }
      : { recommended_quote: { command: againCommand(attempt), effect: "write" as const } }
  }
  if (isDeposit(attempt) && attempt.deposit === null)
    return { recommended_quote: { command: againCommand(attempt), effect: "write" as const }, ...status }
  if (isDeposit(attempt) && isPayable(attempt, now))
    return { recommended_settlement: recommendedSettlement(attempt, payablePath), ...status }
  return status
}

/** `payablePath` is where this very answer says what is to be paid, and to whom. */
const recommendedSettlement = (attempt: Attempt, payablePath: string): NextAction => ({
  command: settleCommand(attempt),
  effect: "spend",
  facts: {
    purpose: "settle_payable_instructions",
    quote_id: attempt.quoteId,
    payment_attempt_id: attempt.id,
    method_id: attempt.methodId,
    payable_instructions_path: payablePath,
    status_command: lineOf(statusCommand(attempt), bareStart),
    quota_command: lineOf(quotaCommand, bareStart),
    command_effect: settlementEffect(attempt.liveMoney)
  }
})

const firstOf = (actions: NextActions): Command => Object.values(actions)[0]?.command ?? quotaCommand

export const purchaseAnswer = (
  { attempt, replayed }: Purchased,
  key: string,
  handoff: Handoff,
  now: string
): typeof PurchaseAnswer.Type => {
  const actions = paymentActions(attempt, now)
  return {
    state: attemptState(attempt),
    quoteId: attempt.quoteId,
    paymentAttemptId: attempt.id,
    provider: attempt.provider,
    acceptedPaymentMethod: attempt.methodId,
    ...checkoutFields(attempt, handoff),
    credits: attempt.credits,
    amountCents: attempt.amountCents,
    currency: "USD",
    liveMoney: attempt.liveMoney,
    expiresAt: attempt.expiresAt,
    idempotencyKey: key,
    idempotentReplay: replayed,
    ...(isDeposit(attempt) ? { stripeX402: stripeX402(attempt, now) } : {}),
    next: nextBlock(attempt, handoff, now),
    nextActions: nextActionsToWire(actions, bareStart),
    nextCommand: lineOf(firstOf(actions), bareStart)
  }
}

export const fakePurchaseAnswer = (
  { attempt, replayed }: Purchased,
  key: string,
  receipt: Receipt | null,
  now: string
): typeof FakePurchaseAnswer.Type => {
  const actions = paymentActions(attempt, now)
  return {
    state: attemptState(attempt),
    quoteId: attempt.quoteId,
    paymentAttemptId: attempt.id,
    receiptId: receipt?.id ?? null,
    creditEventId: receipt?.creditEventId ?? null,
    creditsGranted: receipt?.credits ?? 0,
    amountCents: attempt.amountCents,
    currency: "USD",
    acceptedPaymentMethod: "fake",
    idempotencyKey: key,
    idempotentReplay: replayed,
    balanceAfter: receipt?.balanceAfter ?? null,
    liveMoney: false,
    nextActions: nextActionsToWire(actions, bareStart),
    nextCommand: lineOf(firstOf(actions), bareStart)
  }
}
