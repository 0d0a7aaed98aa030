import type { OrganizationId } from "../identity/Actor.ts"
import type { PaymentProvider } from "./Attempt.ts"

/** What became of a granted payment afterwards (contract/api.md 5.7). */
export type ReversalState =
  | "none"
  | "partially_refunded"
  | "refunded"
  | "disputed"
  | "reinstated"
  | "pending"
  | "rejected"

/** The transaction that settled a deposit. */
export interface ChainReceipt {
  readonly network: string
  readonly transaction: string
  readonly payer: string | null
}

/** The proof that a payment was settled and its credits were granted: at most one for an attempt, and for a quote. */
export interface Receipt {
  readonly id: string
  readonly attemptId: string
  readonly quoteId: string
  readonly organizationId: OrganizationId
  readonly methodId: string
  readonly provider: PaymentProvider
  readonly credits: number
  /** The price of the quote. */
  readonly amountCents: number
  /** What was paid, after discounts; 0 when a promotion covered it all. */
  readonly paidCents: number
  readonly liveMoney: boolean
  readonly chain: ChainReceipt | null
  /** The visible name of the grant's ledger entry, and the paid balance right after it. */
  readonly creditEventId: string
  readonly balanceAfter: number
  /** The provider's event that led here; null when it was found without one. */
  readonly event: { readonly type: string; readonly receivedAt: string } | null
  readonly issuedAt: string
  /** Cumulative, as the provider says now. Never above `paidCents` together. */
  readonly refundedCents: number
  readonly disputedCents: number
  /** 0 to `credits`: what reversals have taken or are owed. */
  readonly reversedCredits: number
  /** What the provider reversed beyond what was paid; it moved no credits. */
  readonly rejectedCents: number
  readonly reversalState: ReversalState
}

/** One change of what is reversed. Written once, never changed. */
export interface Reversal {
  readonly id: string
  readonly receiptId: string
  readonly organizationId: OrganizationId
  readonly kind: "refund" | "dispute" | "reinstatement" | "rejected"
  /** The change in cents that the provider reported. */
  readonly cents: number
  /** Credits that changed sides; `owed` of them were spent already, and became, or stopped being, a debt. */
  readonly credits: number
  readonly owed: number
  /** Null where no ledger entry was made. */
  readonly creditEventId: string | null
  readonly at: string
}
