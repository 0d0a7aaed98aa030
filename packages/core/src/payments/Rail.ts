import { type Command, command, flag, json } from "../envelope/CommandLine.ts"
import { placeholders } from "../envelope/Placeholders.ts"

/** Whose hands a payment can be in. */
export const buyerModes = ["agent_only", "hybrid", "human_only"] as const
export type BuyerMode = (typeof buyerModes)[number]

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
  readonly defaultPackId: string
  readonly purchaseEndpoint: string
  readonly limits: { readonly minCredits: number; readonly maxCredits: number }
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
