import type { Hex } from "@image-skill/core/payments/BaseUsdc"
import type { PayableAttempt } from "@image-skill/core/payments/PayableInstructions"
import type { WalletPolicy } from "@image-skill/core/payments/WalletPolicy"
import type * as Effect from "effect/Effect"
import type { BaseChain } from "./BaseChain.ts"
import type { Wallet } from "./Wallet.ts"
import type { Entry, Signed, WalletJournal } from "./WalletJournal.ts"

/** Where a run stands; a process may die before or after each. */
export type SettleStep = "unreserved" | "reserved" | "signed" | "sent" | "recorded"

export interface SettleInput {
  readonly attemptId: string
  /** What the service says of it now. */
  readonly attempt: PayableAttempt
  /** Of the service that the attempt belongs to. */
  readonly origin: string
  readonly wallet: Wallet
  /** With the flags of this run in it. */
  readonly policy: WalletPolicy
  readonly rpcUrl: string
  readonly journal: WalletJournal
  /** How long to wait for the chain, once something was sent. */
  readonly waitMs: number
  readonly pollMs: number
  readonly onStep?: (step: SettleStep) => Effect.Effect<void>
}

/** So many blocks have to hold a payment, its own included, before it counts. */
export const depth = 2n

/** What every part of a run needs. */
export interface Run extends SettleInput {
  readonly chain: BaseChain
  readonly isLocalChain: boolean
  readonly step: (step: SettleStep) => Effect.Effect<void>
}

/** A payment whose transaction exists. */
export type SignedEntry = Entry & { readonly signed: Signed }

/** Who pays whom, and how much. */
export interface Payment {
  readonly to: Hex
  /** Atomic units of USDC. */
  readonly amount: bigint
  readonly cents: number
}
