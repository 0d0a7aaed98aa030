import type * as Schema from "effect/Schema"
import type { OrganizationId } from "../identity/Actor.ts"

/**
 * The closed registry of what may be said to have happened (contract/api.md 10.3). Clients are told to report any
 * other type as a fault, so there is no way to write one.
 */
export const activityTypes = {
  "job.completed": { subject: "job" },
  "job.planned": { subject: "job" },
  "asset.created": { subject: "asset" },
  "asset.uploaded": { subject: "asset" },
  "usage.credit_consumed": { subject: "usage" },
  "feedback.created": { subject: "feedback" },
  "feedback.github_queue.processed": { subject: "feedback" },
  "payment.checkout_session.created": { subject: "payment" },
  "credits.payment_backed_granted": { subject: "credit" },
  "credits.payment_backed_refunded": { subject: "credit" },
  "credits.payment_backed_disputed": { subject: "credit" },
  "credits.payment_backed_reinstated": { subject: "credit" },
  "credits.payment_backed_reversal_pending": { subject: "credit" },
  "credits.payment_backed_reversal_rejected": { subject: "credit" }
} as const

export type ActivityType = keyof typeof activityTypes
export type SubjectType = (typeof activityTypes)[ActivityType]["subject"]

/** References to what the event is about; a reader may look events up by any of them. */
export interface ActivityLinks {
  readonly jobId: string | null
  readonly assetIds: ReadonlyArray<string>
  readonly usageEventId: string | null
  readonly feedbackId?: string
  readonly quoteId?: string
  readonly paymentAttemptId?: string
  readonly checkoutSessionId?: string
  readonly receiptId?: string
  readonly creditEventId?: string
  readonly paymentReversalId?: string
}

export const noLinks: ActivityLinks = { jobId: null, assetIds: [], usageEventId: null }

export interface ActivityEvent {
  readonly id: string
  readonly organizationId: OrganizationId
  readonly type: ActivityType
  readonly occurredAt: string
  /** One sentence without a prompt, a name or an amount of money. */
  readonly summary: string
  readonly operation: "create" | "edit" | "upload" | "usage" | "feedback" | "payment" | "credits"
  readonly traceId: string
  readonly subject: { readonly type: SubjectType; readonly id: string }
  readonly links: ActivityLinks
  readonly status: string
  readonly cost: { readonly estimatedUsd: number | null; readonly credits: number } | null
  readonly details: { readonly [field: string]: Schema.Json }
}
