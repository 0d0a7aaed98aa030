import { defaultPackId } from "./CreditPack.ts"
import { type Rail, railCommands } from "./Rail.ts"

/**
 * What is true of each rail of the contract wherever it is configured (contract/api.md 5.1, decision D4). An adapter
 * adds what its deployment makes of it: whether it is available, moves real money, and can be settled now.
 */

const usable = {
  available: true,
  quoteable: true,
  purchasable: true,
  agentInitiated: true,
  unavailableReason: null,
  operatorHint: null,
  notice: null,
  defaultPackId
} as const

export const stripeCheckout: Rail = {
  ...usable,
  methodId: "stripe_checkout",
  liveMoney: true,
  buyerModes: ["hybrid", "human_only"],
  requiresBrowser: true,
  agentSettleable: false,
  settlementBlocker: "a person has to finish the hosted checkout page in a browser",
  purchaseEndpoint: "/v1/credit-purchases/stripe-checkout-sessions",
  // Stripe charges no less than half a dollar (decision D4.8).
  limits: { minCredits: 50, maxCredits: 5_000 },
  settlement: {
    network: null,
    asset: "usd",
    assetAddress: null,
    decimals: 2,
    gasAsset: null,
    exactAmount: true,
    typicalSeconds: 60
  },
  latePayment: "accepted",
  refundPath: "back to the card or account that paid",
  humanApproval: "per_payment",
  commands: railCommands("stripe_checkout", "stripe", defaultPackId)
}

export const stripeDeposit: Rail = {
  ...usable,
  methodId: "stripe_x402.exact.usdc",
  liveMoney: true,
  buyerModes: ["agent_only", "hybrid"],
  requiresBrowser: false,
  agentSettleable: true,
  settlementBlocker: null,
  purchaseEndpoint: "/v1/credit-purchases/stripe-x402-deposits",
  limits: { minCredits: 1, maxCredits: 5_000 },
  settlement: {
    network: "base",
    asset: "usdc",
    // https://developers.circle.com/stablecoins/usdc-contract-addresses
    assetAddress: "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913",
    decimals: 6,
    gasAsset: "eth",
    exactAmount: true,
    typicalSeconds: 120
  },
  latePayment: "lost",
  refundPath: "to the wallet that sent it",
  humanApproval: "policy",
  commands: railCommands("stripe_x402.exact.usdc", "stripe_x402", defaultPackId)
}

export const fake: Rail = {
  ...usable,
  methodId: "fake",
  liveMoney: false,
  buyerModes: ["agent_only", "hybrid", "human_only"],
  requiresBrowser: false,
  agentSettleable: true,
  settlementBlocker: null,
  notice: "the fake rail moves no money: it is for tests and demonstrations",
  purchaseEndpoint: "/v1/credit-purchases",
  limits: { minCredits: 1, maxCredits: 5_000 },
  settlement: {
    network: null,
    asset: "fake",
    assetAddress: null,
    decimals: 2,
    gasAsset: null,
    exactAmount: true,
    typicalSeconds: 1
  },
  latePayment: "accepted",
  refundPath: "nothing was paid",
  humanApproval: "none",
  commands: railCommands("fake", "fake", defaultPackId)
}
