import type { StripeEmulator } from "@image-skill/testing/payments/StripeEmulator"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Stripe } from "stripe"

/** The official SDK, unchanged, pointed at an emulator. */
export const client = (emulator: StripeEmulator, key = emulator.secretKey): Stripe => {
  const { hostname, port } = new URL(emulator.baseUrl)
  return new Stripe(key, {
    host: hostname,
    port: Number(port),
    protocol: "http",
    telemetry: false,
    maxNetworkRetries: 0
  })
}

/** What a call fails with; undefined where it succeeds. */
export const attempt = (call: () => Promise<unknown>): Effect.Effect<unknown> =>
  Effect.promise(() =>
    call().then(
      () => undefined,
      (error: unknown) => error
    )
  )

/** Five dollars for five hundred credits. */
export const sessionParams = {
  mode: "payment",
  line_items: [
    { price_data: { currency: "usd", unit_amount: 500, product_data: { name: "500 credits" } }, quantity: 1 }
  ],
  success_url: "http://127.0.0.1:1/paid?session={CHECKOUT_SESSION_ID}",
  cancel_url: "http://127.0.0.1:1/canceled",
  client_reference_id: "payatt_1",
  metadata: { payment_attempt_id: "payatt_1" },
  payment_intent_data: { metadata: { payment_attempt_id: "payatt_1" } }
} satisfies Stripe.Checkout.SessionCreateParams

type CryptoOptions = Stripe.PaymentIntentCreateParams.PaymentMethodOptions.Crypto & {
  readonly mode: "deposit" | "transaction_verification"
  readonly [name: string]: unknown
}

/** 101 cents in USDC. The SDK of this version has no types for the modes of crypto payments. */
export const cryptoParams = (crypto: CryptoOptions) => ({
  amount: 101,
  currency: "usd",
  confirm: true,
  payment_method_types: ["crypto"],
  payment_method_data: { type: "crypto" },
  payment_method_options: { crypto },
  metadata: { payment_attempt_id: "payatt_2" }
})

/** To a fresh deposit address on Base. */
export const depositParams = cryptoParams({ mode: "deposit", deposit_options: { networks: ["base"] } })

/** The preview with the deposit mode. */
export const preview = "2026-03-04.preview"

const Addresses = Schema.Record(
  Schema.String,
  Schema.Struct({
    address: Schema.String,
    supported_tokens: Schema.Array(
      Schema.Struct({ token_currency: Schema.String, token_contract_address: Schema.String })
    )
  })
)

const NextAction = Schema.NullOr(
  Schema.Struct({
    crypto_display_details: Schema.optionalKey(Schema.Struct({ deposit_addresses: Addresses }))
  })
)

/** The deposit addresses of an intent, by network. */
export const depositsOf = ({ next_action: action }: Stripe.PaymentIntent): typeof Addresses.Type =>
  Schema.decodeUnknownSync(NextAction)(action)?.crypto_display_details?.deposit_addresses ?? {}
