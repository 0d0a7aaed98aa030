import type { Deposit } from "@image-skill/core/payments/Attempt"
import { sameAddress, usdcAddress, zeroAddress, isAddress } from "@image-skill/core/payments/BaseUsdc"
import type { PaymentTruth, Settled } from "@image-skill/core/payments/PaymentRail"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { DepositDetails, type Dispute, type PaymentIntent, type Refund, type Session } from "./StripeObjects.ts"

/** From Stripe's words to ours: plain functions, and total. */

export type Standing = Pick<PaymentTruth, "status" | "reason" | "handles" | "settled">

/**
 * Where a Checkout Session stands. `paid` and `no_payment_required` are money; a completed session that is `unpaid` waits
 * for a bank (https://docs.stripe.com/checkout/fulfillment). What the buyer saw in another currency does not matter.
 */
export const ofSession = (session: Session, isLive: (livemode: boolean) => boolean): Standing => {
  const handles = [session.id, ...handlesOf(session.paymentIntent)]
  const settled = {
    quotedCents: session.amountSubtotal,
    paidCents: session.amountTotal,
    currency: session.currency,
    liveMoney: isLive(session.livemode),
    chain: null
  }
  if (session.paymentStatus === "paid" || (session.status === "complete" && session.paymentStatus !== "unpaid"))
    return { status: "succeeded", reason: null, handles, settled }
  if (session.status === "open") return { status: "requires_action", reason: null, handles, settled: null }
  if (session.status === "expired")
    return { status: "expired", reason: "the checkout page was not paid in time", handles, settled: null }
  return { ...unpaid(session.paymentIntent), handles, settled: null }
}

/** A completed session without its money: it is on its way, or it did not come. */
const unpaid = (intent: PaymentIntent | null): Pick<Standing, "status" | "reason"> => {
  if (intent?.status === "canceled") return { status: "canceled", reason: "the payment was canceled" }
  return intent?.status === "requires_payment_method"
    ? { status: "failed", reason: "the payer's bank did not pay" }
    : { status: "processing", reason: null }
}

/**
 * Where a deposit stands (https://docs.stripe.com/payments/deposit-mode-stablecoin-payments). Money on another network, or
 * in another token, than the one that was asked for is not settled.
 */
export const ofDeposit = (intent: PaymentIntent, isLive: (livemode: boolean) => boolean): Standing => {
  const standing = { reason: null, handles: handlesOf(intent), settled: null }
  switch (intent.status) {
    case "succeeded": {
      const settled = settledDeposit(intent, isLive)
      const odd = "it was paid on another network, or in another token, than was asked for"
      return { ...standing, status: "succeeded", settled, reason: settled === null ? odd : null }
    }
    case "processing":
    case "requires_capture":
      return { ...standing, status: "processing" }
    case "canceled":
      return { ...standing, status: "canceled", reason: "the deposit address was closed" }
    // It was confirmed when it was made, so it waits for another way to pay only after this one was refused.
    case "requires_payment_method":
      return { ...standing, status: "failed", reason: "the deposit could not be validated" }
    case "requires_action":
    case "requires_confirmation":
      return { ...standing, status: "requires_action" }
  }
}

const settledDeposit = (intent: PaymentIntent, isLive: (livemode: boolean) => boolean): Settled | null => {
  const crypto = intent.latestCharge?.paymentMethodDetails?.crypto ?? null
  const hash = crypto?.transactionHash ?? null
  if (crypto?.network !== "base" || crypto.tokenCurrency !== "usdc" || hash === null) return null
  return {
    quotedCents: intent.amount,
    paidCents: intent.amountReceived,
    currency: intent.currency,
    liveMoney: isLive(intent.livemode),
    chain: { network: "base", transaction: hash, payer: crypto.buyerAddress ?? null }
  }
}

const handlesOf = (intent: PaymentIntent | null): ReadonlyArray<string> =>
  intent === null ? [] : [intent.id, ...(intent.latestCharge === null ? [] : [intent.latestCharge.id])]

/**
 * Where to send the token: null while Stripe gives no address on Base. An address that could not be paid, or a contract
 * other than the one that is pinned here, is no answer: nobody may be told to pay there.
 */
export const depositOf = (nextAction: unknown): Option.Option<Deposit | null> => {
  if (!isCrypto(nextAction)) return Option.some(null)
  return Option.flatMap(Schema.decodeUnknownOption(DepositDetails)(nextAction), ({ cryptoDisplayDetails }) => {
    const { base } = cryptoDisplayDetails.depositAddresses
    if (base === undefined) return Option.some(null)
    const { address, supportedTokens } = base
    const contracts = supportedTokens.filter(({ tokenCurrency }) => tokenCurrency === "usdc")
    const isPinned =
      contracts.length > 0 && contracts.every((token) => sameAddress(token.tokenContractAddress, usdcAddress))
    const isPayable = isAddress(address) && ![zeroAddress, usdcAddress].some((other) => sameAddress(address, other))
    if (!isPinned || !isPayable) return Option.none()
    return Option.some({
      network: "base",
      tokenCurrency: "usdc",
      tokenContractAddress: usdcAddress,
      address,
      supportedTokenCurrencies: supportedTokens.map(({ tokenCurrency }) => tokenCurrency)
    })
  })
}

const isCrypto = Schema.is(Schema.Struct({ type: Schema.Literal("crypto_display_details") }))

/**
 * Σ of the refunds that stand, in cents: all but those that failed or were canceled, since money of which we do not
 * know better is on its way. Null where one is in another currency than the payment.
 */
export const refundedCents = (refunds: ReadonlyArray<Refund>, currency: string): number | null =>
  sum(refunds, currency, ({ amount, status }) => (status === "failed" || status === "canceled" ? 0 : amount))

/**
 * Σ of what disputes hold, in cents: what was withdrawn and has not come back, by their balance transactions. A status
 * that is not known here may mean that the money is gone. Null where one is in another currency than the payment.
 */
export const disputedCents = (disputes: ReadonlyArray<Dispute>, currency: string): number | null =>
  sum(disputes, currency, ({ amount, balanceTransactions, currency: own, status }) => {
    if (!disputeStatuses.has(status)) return amount
    const withdrawn = -balanceTransactions.reduce((total, line) => total + line.amount, 0)
    if (withdrawn <= 0) return 0
    // An account that is kept in another currency only says that the money is gone.
    return balanceTransactions.every((line) => line.currency === own) ? Math.min(withdrawn, amount) : amount
  })

/** https://docs.stripe.com/api/disputes/object#dispute_object-status, and those that the SDK 23.1.0 added. */
const disputeStatuses = new Set([
  "warning_needs_response",
  "warning_under_review",
  "warning_closed",
  "needs_response",
  "under_review",
  "won",
  "lost",
  "prevented",
  "appeal_needs_response",
  "appeal_under_review"
])

const sum = <T extends { readonly currency: string }>(
  items: ReadonlyArray<T>,
  currency: string,
  centsOf: (item: T) => number
): number | null =>
  items.some((item) => item.currency !== currency) ? null : items.reduce((total, item) => total + centsOf(item), 0)
