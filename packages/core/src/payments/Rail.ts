import { type Command, command, flag, json } from "../envelope/CommandLine.ts"
import { placeholders } from "../envelope/Placeholders.ts"

/** Whose hands a payment can be in. */
export const buyerModes = ["agent_only", "hybrid", "human_only"] as const
export type BuyerMode = (typeof buyerModes)[number]

/** What becomes of money that arrives after the attempt ended. */
export const latePayments = ["lost", "refunded", "accepted"] as const
/** Whether a person approves: never, each payment, or once by a policy. */
export const humanApprovals = ["none", "per_payment", "policy"] as const

/** How money moves on a rail: what an agent has to hold before it begins (research/payments.md 3). */
export interface RailSettlement {
  /** Null where it is no network that an agent could pay on. */
  readonly network: string | null
  readonly asset: string
  readonly assetAddress: string | null
  /** Decimals of the asset's smallest unit. */
  readonly decimals: number
  /** What fees are paid in; null where the payer needs nothing more than the asset. */
  readonly gasAsset: string | null
  /** Any other amount than the one stated is not matched. */
  readonly exactAmount: boolean
  /** From the payment to the credits, ordinarily. */
  readonly typicalSeconds: number
}

/**
 * One way to pay, as a deployment offers it (contract/api.md 5.1). That an agent can start a rail (`agentInitiated`)
 * does not mean that it can settle it without a human (`agentSettleable`); only the second is a promise of autonomy.
 */
export interface Rail {
  readonly methodId: string
  readonly available: boolean
  readonly quoteable: boolean
  readonly purchasable: boolean
  readonly liveMoney: boolean
  readonly buyerModes: ReadonlyArray<BuyerMode>
  readonly requiresBrowser: boolean
  readonly agentInitiated: boolean
  readonly agentSettleable: boolean
  /** Why an agent cannot settle it; null exactly when it can. */
  readonly settlementBlocker: string | null
  /** Public; what the operator has to set is told to the operator only (decision D4.5). */
  readonly unavailableReason: string | null
  readonly operatorHint: string | null
  /** What whoever pays should know first, e.g. that an emulator stands behind it; null when there is nothing. */
  readonly notice: string | null
  readonly defaultPackId: string
  readonly purchaseEndpoint: string
  readonly limits: { readonly minCredits: number; readonly maxCredits: number }
  readonly settlement: RailSettlement
  readonly latePayment: (typeof latePayments)[number]
  /** Where a refund goes, in words. */
  readonly refundPath: string
  readonly humanApproval: (typeof humanApprovals)[number]
  readonly commands: RailCommands
}

export interface RailCommands {
  readonly quote: Command
  readonly purchase: Command
  readonly status: Command
}

export const railCommands = (methodId: string, provider: string, packId: string): RailCommands => ({
  quote: command(
    "credits quote",
    flag("pack", packId),
    flag("payment-method", methodId),
    flag("idempotency-key", placeholders.KEY),
    json
  ),
  purchase: command(
    "credits buy",
    flag("provider", provider),
    flag("quote-id", placeholders.QUOTE_ID),
    flag("idempotency-key", placeholders.KEY),
    json
  ),
  status: command("credits status", flag("payment-attempt-id", placeholders.PAYMENT_ATTEMPT_ID), json)
})

/** The same rail, listed and not usable. `hint` is for the operator. */
export const unavailable = (rail: Rail, reason: string, hint: string | null): Rail => ({
  ...rail,
  available: false,
  quoteable: false,
  purchasable: false,
  agentSettleable: false,
  settlementBlocker: rail.settlementBlocker ?? "it is not available on this deployment",
  unavailableReason: reason,
  operatorHint: hint
})

/** The same rail, that an agent can start and not finish. */
export const unsettleable = (rail: Rail, blocker: string): Rail => ({
  ...rail,
  agentSettleable: false,
  settlementBlocker: blocker
})
