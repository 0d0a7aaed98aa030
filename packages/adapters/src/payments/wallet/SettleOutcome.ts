import type { Hex } from "@image-skill/core/payments/BaseUsdc"
import type { Objection } from "@image-skill/core/payments/PayableInstructions"
import type { PolicyObjection } from "@image-skill/core/payments/WalletPolicy"

/** A payment in the chain. The path is that of the usual explorers, e.g. https://basescan.org. */
export interface PaidTransaction {
  readonly hash: Hex
  readonly blockNumber: bigint
  readonly explorerPath: string
}

/** How a run of `credits settle` ends. Each may be run again; none of them then pays twice. */
export type SettleOutcome =
  /** This run's transaction, or an earlier one's of this machine, paid exactly what was asked for. */
  | { readonly _tag: "Paid"; readonly transaction: PaidTransaction }
  /** It was paid before, here or elsewhere. Null: the service says so, or the payment is too old to be looked up. */
  | { readonly _tag: "AlreadyPaid"; readonly transaction: PaidTransaction | null }
  /** Sent, and not deep enough in the chain yet. Null: another run sent it, and it was not found yet. */
  | { readonly _tag: "Pending"; readonly transaction: Hex | null }
  | { readonly _tag: "PolicyRefused"; readonly objections: ReadonlyArray<PolicyObjection> }
  /** Nothing was paid, and nothing of this machine can be any more. */
  | { readonly _tag: "AttemptExpired" }
  /** Atomic units. */
  | { readonly _tag: "InsufficientUsdc"; readonly held: bigint; readonly needed: bigint }
  /** Wei. */
  | { readonly _tag: "InsufficientGas"; readonly held: bigint; readonly needed: bigint }
  /** It must not, or cannot, be paid like this. Nothing was paid. */
  | { readonly _tag: "Refused"; readonly reasons: ReadonlyArray<Reason> }
  /** A node did not answer. Null: nothing was sent by this run. */
  | { readonly _tag: "Unknown"; readonly message: string; readonly transaction: Hex | null }

export interface Reason {
  readonly code: Objection["code"] | "authorization_canceled" | "no_gas_key" | "other_chain" | "reverted"
  readonly message: string
}

export const paidIn = (hash: Hex, blockNumber: bigint): PaidTransaction => ({
  hash,
  blockNumber,
  explorerPath: `/tx/${hash}`
})

export const refused = (code: Reason["code"], message: string): SettleOutcome => ({
  _tag: "Refused",
  reasons: [{ code, message }]
})
