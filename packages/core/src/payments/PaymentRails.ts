import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import { defaultPackId } from "./CreditPack.ts"
import { type Rail, railCommands } from "./Rail.ts"

/** The rails of this deployment, available or not. */
export class PaymentRails extends Context.Service<PaymentRails, { readonly rails: ReadonlyArray<Rail> }>()(
  "core/payments/PaymentRails"
) {
  static readonly layerOf = (rails: ReadonlyArray<Rail>) => Layer.sync(PaymentRails, () => PaymentRails.of({ rails }))
  static readonly layer = Layer.suspend(() => PaymentRails.layerOf(liveRails))
}

const notConfigured = {
  available: false,
  quoteable: false,
  purchasable: false,
  liveMoney: true,
  agentInitiated: true,
  agentSettleable: false,
  unavailableReason: "not_configured",
  defaultPackId
} as const

/**
 * The two live rails of the contract. This version lists them and cannot take money on them yet, whatever is
 * configured; a later one brings the adapters that make them available.
 */
const liveRails: ReadonlyArray<Rail> = [
  {
    ...notConfigured,
    methodId: "stripe_checkout",
    buyerModes: ["hybrid", "human_only"],
    requiresBrowser: true,
    settlementBlocker: "a person has to finish the hosted checkout page in a browser",
    operatorHint:
      "needs STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET, and a version of this program with the Stripe rails",
    purchaseEndpoint: "/v1/credit-purchases/stripe-checkout-sessions",
    limits: { minCredits: 50, maxCredits: 5_000 },
    commands: railCommands("stripe_checkout", "stripe", defaultPackId)
  },
  {
    ...notConfigured,
    methodId: "stripe_x402.exact.usdc",
    buyerModes: ["agent_only", "hybrid"],
    requiresBrowser: false,
    settlementBlocker: "deposit addresses are not enabled for this deployment",
    operatorHint: "needs STRIPE_SECRET_KEY with crypto deposits, and a version of this program with the Stripe rails",
    purchaseEndpoint: "/v1/credit-purchases/stripe-x402-deposits",
    limits: { minCredits: 1, maxCredits: 5_000 },
    commands: railCommands("stripe_x402.exact.usdc", "stripe_x402", defaultPackId)
  }
]
