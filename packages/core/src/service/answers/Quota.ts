import * as Schema from "effect/Schema"
import { creditUnitUsd } from "../../credits/Credits.ts"
import type { Quota } from "../../credits/Quota.ts"
import { NextActionsWire, nextActionsToWire } from "../../envelope/NextAction.ts"
import { bareStart } from "../../envelope/Start.ts"
import { wire } from "../../envelope/Wire.ts"
import { ClaimState } from "../../identity/Actor.ts"
import type { Session } from "../../identity/Agents.ts"
import { TokenClass } from "../../identity/OwnerSession.ts"
import { type OperationKind, operationKinds } from "../../models/Model.ts"
import type { TopUp } from "../../payments/TopUp.ts"
import { ClaimRequestState } from "./Claim.ts"
import { selfFund, TopUpBlock, topUpBlock } from "./TopUps.ts"

/** How the service tells of every session; a client may know more (contract/api.md 3.6). */
export const sessionOrigin = "hosted_session"

/** Free credits and bought ones stand apart: published clients add them up themselves (contract/api.md 4.1). */
export const LimitsBlock = wire({
  remainingCredits: Schema.Number,
  previewCreditsGranted: Schema.Number,
  previewCreditsUsed: Schema.Number,
  previewCreditsReserved: Schema.Number,
  paymentBackedRemainingCredits: Schema.Number,
  paymentBackedCreditsGranted: Schema.Number,
  paymentBackedCreditsUsed: Schema.Number,
  paymentBackedCreditsReserved: Schema.Number,
  totalRemainingCredits: Schema.Number
})

/** Never null: published clients read `remaining` whenever the key is there. */
export const DailyJobsBlock = wire({
  limit: Schema.Number,
  used: Schema.Number,
  remaining: Schema.Number,
  basis: Schema.Literals(["free_preview", "payment_backed"]),
  window: Schema.Literal("utc_day"),
  resetsAt: Schema.String
})

export const limitsBlock = ({ paid, preview }: Quota): typeof LimitsBlock.Type => ({
  remainingCredits: preview.remaining,
  previewCreditsGranted: preview.granted,
  previewCreditsUsed: preview.used,
  previewCreditsReserved: preview.reserved,
  paymentBackedRemainingCredits: paid.remaining,
  paymentBackedCreditsGranted: paid.granted,
  paymentBackedCreditsUsed: paid.used,
  paymentBackedCreditsReserved: paid.reserved,
  totalRemainingCredits: preview.remaining + paid.remaining
})

export const dailyJobsBlock = ({ dailyJobs }: Quota): typeof DailyJobsBlock.Type => ({
  ...dailyJobs,
  window: "utc_day"
})

/** contract/api.md 4.1, and the later fields of 16. */
export const quotaFields = {
  authenticated: Schema.Literal(true),
  claimState: ClaimState,
  tokenClass: TokenClass,
  tokenStatus: Schema.Literal("active"),
  tokenCreatedAt: Schema.String,
  sessionOrigin: Schema.Literal(sessionOrigin),
  plan: Schema.Literals(["free_preview", "payment_backed"]),
  creditUnitUsd: Schema.Number,
  limits: LimitsBlock,
  dailyJobs: DailyJobsBlock,
  modelLimits: wire({
    maxOutputsPerRequest: Schema.Number,
    maxCreditsPerJob: Schema.Number,
    operations: Schema.Array(Schema.Literals(operationKinds))
  }),
  resetWindows: wire({
    previewCredits: wire({ policy: Schema.Literal("one_time_grant"), resetsAt: Schema.Null }),
    dailyJobs: wire({ policy: Schema.Literal("utc_midnight"), resetsAt: Schema.String })
  }),
  topUp: TopUpBlock,
  nextActions: NextActionsWire
} as const

export const QuotaAnswer = wire({
  ...quotaFields,
  /** Said by quota; the balance that `credits status` tells leaves it out. */
  claimRequestState: Schema.optionalKey(ClaimRequestState)
})

export const quotaAnswer = (
  { agent, isOwner = false, token }: Session,
  quota: Quota,
  topUp: TopUp
): typeof QuotaAnswer.Type => ({
  authenticated: true,
  claimState: agent.claimState,
  tokenClass: isOwner ? "owner" : "restricted",
  tokenStatus: "active",
  tokenCreatedAt: token.createdAt,
  sessionOrigin,
  plan: quota.dailyJobs.basis,
  creditUnitUsd,
  limits: limitsBlock(quota),
  dailyJobs: dailyJobsBlock(quota),
  modelLimits: {
    maxOutputsPerRequest: quota.maxOutputsPerRequest,
    maxCreditsPerJob: quota.maxCreditsPerJob,
    operations: operationKinds satisfies ReadonlyArray<OperationKind>
  },
  resetWindows: {
    previewCredits: { policy: "one_time_grant", resetsAt: null },
    dailyJobs: { policy: "utc_midnight", resetsAt: quota.dailyJobs.resetsAt }
  },
  topUp: topUpBlock(topUp),
  nextActions: nextActionsToWire(selfFund(topUp), bareStart)
})
