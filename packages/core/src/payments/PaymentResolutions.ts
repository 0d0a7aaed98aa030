import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { StoreUnavailable } from "../store/Store.ts"

/**
 * - `exception`: money arrived that is not what was asked for; no credits were granted for it.
 * - `reversal_pending`: a refund or dispute took credits that were spent already; they are owed.
 * - `reversal_rejected`: the provider reversed more than was paid; no credits moved.
 * - `event_unmatched`: a provider's event names no payment of this deployment.
 */
export const paymentCaseKinds = ["exception", "reversal_pending", "reversal_rejected", "event_unmatched"] as const
export type PaymentCaseKind = (typeof paymentCaseKinds)[number]

/** Something about money that a person has to look at. */
export interface PaymentCase {
  /** The payment attempt, the receipt or the provider's event. */
  readonly id: string
  readonly kind: PaymentCaseKind
  /** Changes when the case does, so that a resolution counts only for what it was made of. */
  readonly facts: string
  readonly organizationId: string | null
  readonly cents: number | null
  readonly about: string
  readonly at: string
}

/** What an operator did about a case, outside of this program. Written once; it moves neither money nor credits. */
export interface PaymentResolution {
  readonly id: string
  readonly subject: string
  readonly facts: string
  readonly resolution: (typeof resolutions)[number]
  readonly note: string | null
  readonly at: string
}

/** Given back at the provider, taken as a loss, or looked at and found right. */
export const resolutions = ["refunded", "written_off", "accepted"] as const

/** Cases about money, read from the payment rows, and what was done about them. */
export class PaymentResolutions extends Context.Service<
  PaymentResolutions,
  {
    /** Those that nobody resolved as they are now, oldest first. */
    open(limit: number): Effect.Effect<ReadonlyArray<PaymentCase>, StoreUnavailable>
    /** False when this case, as it is now, was resolved before. */
    resolve(resolution: PaymentResolution): Effect.Effect<boolean, StoreUnavailable>
    /** What was done about a subject, newest first. */
    of(subject: string): Effect.Effect<ReadonlyArray<PaymentResolution>, StoreUnavailable>
  }
>()("core/payments/PaymentResolutions") {}
