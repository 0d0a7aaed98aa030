import * as Ids from "./Ids.ts"
import type { Json } from "./StripeFailure.ts"
import type { Charge, PaymentIntent } from "./StripeObjects.ts"
import type { World } from "./World.ts"

/** How a charge was paid, in the words of `payment_method_details`. */
export type PaidWith = { readonly type: string; readonly [name: string]: Json }

export const card = (last4 = "4242"): PaidWith => ({
  type: "card",
  card: { brand: "visa", country: "US", exp_month: 12, exp_year: 2034, funding: "credit", last4, network: "visa" }
})

export const bankDebit: PaidWith = {
  type: "us_bank_account",
  us_bank_account: { account_type: "checking", bank_name: "STRIPE TEST BANK", last4: "6789" }
}

export const crypto = (facts: {
  readonly buyer: string
  readonly network: string
  readonly token: string
  readonly hash: string
}): PaidWith => ({
  type: "crypto",
  crypto: {
    buyer_address: facts.buyer,
    network: facts.network,
    token_currency: facts.token,
    transaction_hash: facts.hash
  }
})

/** The charge of one try to pay a PaymentIntent. */
export const open = (world: World, intent: PaymentIntent, status: Charge["status"], paidWith: PaidWith): Charge => {
  const id = Ids.id("ch")
  return world.charges.insert({
    id,
    object: "charge",
    amount: intent.amount,
    amount_captured: status === "succeeded" ? intent.amount : 0,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: status === "succeeded" ? Ids.id("txn") : null,
    billing_details: { address: null, email: null, name: null, phone: null, tax_id: null },
    calculated_statement_descriptor: "IMAGE SKILL",
    captured: status === "succeeded",
    created: world.now(),
    currency: intent.currency,
    customer: null,
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: null,
    failure_message: null,
    fraud_details: {},
    livemode: world.settings.livemode,
    metadata: intent.metadata,
    on_behalf_of: null,
    outcome: null,
    paid: status === "succeeded",
    payment_intent: intent.id,
    payment_method: intent.payment_method,
    payment_method_details: paidWith,
    ...(intent.presentment_details === undefined ? {} : { presentment_details: intent.presentment_details }),
    receipt_email: null,
    receipt_number: null,
    receipt_url: `${world.baseUrl}/receipts/${id}`,
    refunded: false,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status,
    transfer_data: null,
    transfer_group: null
  })
}

/** The money of a pending charge has come. */
export const collected = (world: World, charge: Charge): Charge =>
  world.charges.update(charge.id, {
    amount_captured: charge.amount,
    balance_transaction: Ids.id("txn"),
    captured: true,
    paid: true,
    status: "succeeded"
  })

/** The money of a charge will not come. */
export const failed = (world: World, charge: Charge, code: string, message: string): Charge =>
  world.charges.update(charge.id, { failure_code: code, failure_message: message, paid: false, status: "failed" })
