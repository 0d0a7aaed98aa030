import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type { OrganizationId } from "../identity/Actor.ts"
import type { Attempt, AttemptStatus, Checkout, Deposit, PaymentProvider } from "./Attempt.ts"
import type { Rail } from "./Rail.ts"
import type { ChainReceipt } from "./Receipt.ts"

/** What a rail is asked to open. The attempt's id is the key end to end: the same order always opens the same thing. */
export interface PaymentOrder {
  readonly attemptId: string
  readonly quoteId: string
  readonly organizationId: OrganizationId
  readonly credits: number
  readonly amountCents: number
  readonly expiresAt: string
  /** Where a payer's browser returns to; null where the deployment has no page of its own. */
  readonly returnUrl: string | null
}

/** What the provider made of an order. */
export interface Opened {
  readonly status: Exclude<AttemptStatus, "opening" | "expired" | "canceled">
  readonly reason: string | null
  readonly handles: ReadonlyArray<string>
  readonly checkout: Checkout | null
  readonly deposit: Deposit | null
}

/** Money that arrived, as the provider says now. */
export interface Settled {
  /** Before discounts, in US cents: what has to equal the price. */
  readonly quotedCents: number
  /** After discounts: what reversals are measured against. */
  readonly paidCents: number
  /** Lower case, e.g. `usd`. */
  readonly currency: string
  readonly liveMoney: boolean
  /** The token's contract and the network, for deposits. */
  readonly chain: ChainReceipt | null
}

/** The whole state of a payment at its provider. Reading it is all that a hint leads to. */
export interface PaymentTruth {
  readonly status: Exclude<AttemptStatus, "opening">
  readonly reason: string | null
  readonly handles: ReadonlyArray<string>
  readonly settled: Settled | null
  /** Σ of refunds that succeeded or are under way; a refund that failed is not in it. */
  readonly refundedCents: number
  /** Σ of what disputes withdrew and have not brought back. A dispute that was only opened is not in it. */
  readonly disputedCents: number
}

/**
 * - `refused`: the provider said no, for good; the same order would be refused again. Nothing was made.
 * - `denied`: the provider does not let this deployment use the rail; every order would be refused. Nothing was made.
 * - `unavailable`: nothing was made; asking again may help.
 * - `unknown`: nobody can tell; asking again with the same order is safe.
 * - `malformed`: the provider's answer is not what we know; the rail cannot be used like this.
 */
export class PaymentRailError extends Data.TaggedError("PaymentRailError")<{
  readonly methodId: string
  readonly reason: "refused" | "denied" | "unavailable" | "unknown" | "malformed"
  /** Without any id, address or word of the provider that could hold a secret. */
  readonly message: string
}> {}

/** One way to pay. Every method may be repeated: none of them moves money. */
export interface PaymentRail {
  readonly methodId: string
  readonly provider: PaymentProvider
  /** The word after `credits buy --provider`. */
  readonly purchaseProvider: "stripe" | "stripe_x402" | "fake"
  /** What it says of itself now. */
  readonly describe: Effect.Effect<Rail>
  /** Makes what is to be paid, or finds it when it was made before. */
  open(order: PaymentOrder): Effect.Effect<Opened, PaymentRailError>
  /** Reads the provider's truth. */
  read(attempt: Attempt): Effect.Effect<PaymentTruth, PaymentRailError>
  /** Ends what is still payable, and says what it is then: a payment that was faster has won. */
  close(attempt: Attempt): Effect.Effect<PaymentTruth, PaymentRailError>
}
