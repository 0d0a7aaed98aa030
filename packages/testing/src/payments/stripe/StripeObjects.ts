import type { Json } from "./StripeFailure.ts"

// The shapes of Stripe's objects as they cross the wire, in Stripe's own spelling: amounts in the smallest unit of the
// currency, times in seconds since 1970. Source: https://docs.stripe.com/api.

export type Metadata = { readonly [name: string]: string }

type Presentment = { readonly presentment_amount: number; readonly presentment_currency: string }

export type LineItem = {
  readonly id: string
  readonly object: "item"
  readonly amount_discount: number
  readonly amount_subtotal: number
  readonly amount_tax: number
  readonly amount_total: number
  readonly currency: string
  readonly description: string
  readonly metadata: Metadata
  readonly price: { readonly [name: string]: Json }
  readonly quantity: number
}

export type Session = {
  readonly id: string
  readonly object: "checkout.session"
  readonly adaptive_pricing: { readonly enabled: boolean }
  readonly after_expiration: {
    readonly recovery: {
      readonly allow_promotion_codes: boolean
      readonly enabled: boolean
      readonly expires_at: number | null
      readonly url: string | null
    }
  } | null
  readonly allow_promotion_codes: boolean | null
  readonly amount_subtotal: number
  readonly amount_total: number
  readonly cancel_url: string | null
  readonly client_reference_id: string | null
  readonly created: number
  readonly currency: string
  readonly customer_details: { readonly [name: string]: Json } | null
  readonly customer_email: string | null
  readonly discounts: ReadonlyArray<{ readonly coupon: string | null; readonly promotion_code: string | null }>
  readonly expires_at: number
  readonly livemode: boolean
  readonly metadata: Metadata
  readonly mode: "payment"
  readonly payment_intent: string | null
  readonly payment_method_types: ReadonlyArray<string>
  readonly payment_status: "paid" | "unpaid" | "no_payment_required"
  readonly presentment_details?: Presentment | undefined
  readonly recovered_from: string | null
  readonly status: "open" | "complete" | "expired"
  readonly success_url: string
  readonly total_details: {
    readonly amount_discount: number
    readonly amount_shipping: number
    readonly amount_tax: number
  }
  readonly url: string | null
  /** Fields that never change and that nothing here reads. */
  readonly [name: string]: Json | undefined
}

export type DepositAddresses = {
  readonly [network: string]: {
    readonly address: string
    readonly supported_tokens: ReadonlyArray<{
      readonly token_currency: string
      readonly token_contract_address: string
    }>
  }
}

export type NextAction = {
  readonly type: "crypto_display_details"
  readonly crypto_display_details?: { readonly deposit_addresses: DepositAddresses } | undefined
}

export type IntentStatus =
  | "requires_payment_method"
  | "requires_confirmation"
  | "requires_action"
  | "processing"
  | "canceled"
  | "succeeded"

export type PaymentIntent = {
  readonly id: string
  readonly object: "payment_intent"
  readonly amount: number
  readonly amount_received: number
  readonly canceled_at: number | null
  readonly cancellation_reason: string | null
  readonly client_secret: string
  readonly created: number
  readonly currency: string
  readonly description: string | null
  readonly last_payment_error: { readonly [name: string]: Json } | null
  readonly latest_charge: string | null
  readonly livemode: boolean
  readonly metadata: Metadata
  readonly next_action: NextAction | null
  readonly payment_method: string | null
  readonly payment_method_options: { readonly [name: string]: Json }
  readonly payment_method_types: ReadonlyArray<string>
  readonly presentment_details?: Presentment | undefined
  readonly status: IntentStatus
  readonly [name: string]: Json | undefined
}

export type Charge = {
  readonly id: string
  readonly object: "charge"
  readonly amount: number
  readonly amount_captured: number
  readonly amount_refunded: number
  readonly created: number
  readonly currency: string
  readonly disputed: boolean
  readonly failure_code: string | null
  readonly failure_message: string | null
  readonly livemode: boolean
  readonly metadata: Metadata
  readonly paid: boolean
  readonly payment_intent: string
  readonly payment_method_details: { readonly [name: string]: Json }
  readonly presentment_details?: Presentment | undefined
  readonly refunded: boolean
  readonly status: "succeeded" | "pending" | "failed"
  readonly [name: string]: Json | undefined
}

export type Refund = {
  readonly id: string
  readonly object: "refund"
  readonly amount: number
  readonly charge: string
  readonly created: number
  readonly currency: string
  readonly failure_reason?: string | undefined
  readonly metadata: Metadata
  readonly payment_intent: string
  readonly reason: string | null
  readonly status: "pending" | "requires_action" | "succeeded" | "failed" | "canceled"
  readonly [name: string]: Json | undefined
}

export type Dispute = {
  readonly id: string
  readonly object: "dispute"
  readonly amount: number
  readonly balance_transactions: ReadonlyArray<{ readonly [name: string]: Json }>
  readonly charge: string
  readonly created: number
  readonly currency: string
  readonly livemode: boolean
  readonly metadata: Metadata
  readonly payment_intent: string
  readonly reason: string
  readonly status: string
  readonly [name: string]: Json | undefined
}

export type StripeEvent = {
  readonly id: string
  readonly object: "event"
  readonly api_version: string
  readonly created: number
  readonly data: {
    readonly object: { readonly [name: string]: Json | undefined }
    readonly previous_attributes?: { readonly [name: string]: Json | undefined } | undefined
  }
  readonly livemode: boolean
  readonly pending_webhooks: number
  readonly request: Cause
  readonly type: string
}

/** The request an event comes from; both null when a person or Stripe itself acted. */
export type Cause = { readonly id: string | null; readonly idempotency_key: string | null }

/** A webhook endpoint. `secret` leaves the service only in the answer that creates it. */
export type WebhookEndpoint = {
  readonly id: string
  readonly object: "webhook_endpoint"
  readonly api_version: string | null
  readonly application: null
  readonly created: number
  readonly description: string | null
  readonly enabled_events: ReadonlyArray<string>
  readonly livemode: boolean
  readonly metadata: Metadata
  readonly status: "enabled" | "disabled"
  readonly url: string
}

export type DepositAddress = {
  readonly id: string
  readonly object: "crypto.deposit_address"
  readonly address: string
  readonly created: number
  readonly customer: string | null
  readonly livemode: boolean
  readonly metadata: Metadata
  readonly network: string
  readonly supported_tokens: DepositAddresses[string]["supported_tokens"]
}

export type PromotionCode = {
  readonly id: string
  readonly object: "promotion_code"
  readonly active: boolean
  readonly code: string
  readonly created: number
  readonly livemode: boolean
  readonly metadata: Metadata
  readonly promotion: {
    readonly coupon: {
      readonly id: string
      readonly object: "coupon"
      readonly amount_off: number | null
      readonly currency: string | null
      readonly duration: "once"
      readonly percent_off: number | null
      readonly valid: boolean
    }
    readonly type: "coupon"
  }
}
