import * as Schema from "effect/Schema"

/**
 * What running a payment command does and what it never does, by the keys that later versions of the contract share
 * (contract/api.md 16). All but `label` are booleans.
 */
export const PaymentEffect = Schema.Struct({
  label: Schema.String,
  no_spend: Schema.Boolean,
  live_money: Schema.Boolean,
  provider_call: Schema.Boolean,
  hosted_create: Schema.Boolean,
  payment_object: Schema.Boolean,
  payment_attempt: Schema.Boolean,
  credit_debit: Schema.Boolean,
  media_write: Schema.Boolean,
  wallet_settlement: Schema.Boolean
})
export type PaymentEffect = typeof PaymentEffect.Type

/** No payment command makes media or takes credits. */
const nothing = {
  no_spend: true,
  live_money: false,
  provider_call: false,
  hosted_create: false,
  payment_object: false,
  payment_attempt: false,
  credit_debit: false,
  media_write: false,
  wallet_settlement: false
}

export const inspectionEffect: PaymentEffect = { label: "inspect_payment_methods_no_spend", ...nothing }

/** A quote is an offer: it exists afterwards, and nobody has paid. */
export const quoteEffect = (liveMoney: boolean): PaymentEffect => ({
  label: liveMoney ? "live_money_quote_no_charge" : "quote_no_charge",
  ...nothing,
  live_money: liveMoney,
  payment_object: true
})

/** Buying opens a payment that somebody still has to complete. On a rail that is no real money it completes itself. */
export const purchaseEffect = (liveMoney: boolean): PaymentEffect => ({
  label: liveMoney ? "live_money_payment_attempt_requires_completion" : "payment_attempt_without_live_money",
  ...nothing,
  live_money: liveMoney,
  provider_call: liveMoney,
  payment_object: true,
  payment_attempt: true
})

/** Settling sends money from a wallet. */
export const settlementEffect = (liveMoney: boolean): PaymentEffect => ({
  label: "wallet_settlement_sends_money",
  ...nothing,
  no_spend: false,
  live_money: liveMoney,
  wallet_settlement: true
})
