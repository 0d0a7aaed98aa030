import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { Agent } from "../identity/Actor.ts"
import { type Account, accountOf, type AccountKind, type Bucket } from "./Account.ts"
import { DailySlots } from "./DailySlots.ts"
import { LedgerStore } from "./LedgerStore.ts"
import { Limits } from "./Limits.ts"

/** What one bucket was given, has spent, has reserved and has left. */
export interface BucketState {
  readonly granted: number
  readonly used: number
  readonly reserved: number
  readonly remaining: number
}

/** What an organization may still spend, and how many live jobs its allowance has left today. */
export interface Quota {
  readonly preview: BucketState
  readonly paid: BucketState
  /** Credits that a reversal took and that were already spent; the paid bucket is closed until they are back. */
  readonly owed: number
  readonly dailyJobs: {
    readonly limit: number
    readonly used: number
    readonly remaining: number
    readonly basis: "free_preview" | "payment_backed"
    readonly resetsAt: string
  }
  readonly maxOutputsPerRequest: number
  readonly maxCreditsPerJob: number
}

/** Reads a fixed number of rows, however long the history is. */
export const quotaOf = Effect.fn("Quota.quotaOf")(function* (agent: Pick<Agent, "organizationId" | "allowanceKey">) {
  const ledger = yield* LedgerStore
  const slots = yield* DailySlots
  const limits = yield* Limits
  const now = yield* DateTime.now
  const accounts = yield* ledger.accounts(agent.organizationId)
  const used = yield* slots.used(agent.allowanceKey, dayOf(now))
  const paid = bucketState(accounts, "paid")
  const isPaid = paid.remaining > 0
  const limit = isPaid ? limits.dailyJobsWhenPaid : limits.dailyJobsOnPreview
  const quota: Quota = {
    preview: bucketState(accounts, "preview"),
    paid,
    owed: balance(accounts, "owed"),
    dailyJobs: {
      limit,
      used,
      remaining: Math.max(0, limit - used),
      basis: isPaid ? "payment_backed" : "free_preview",
      resetsAt: DateTime.formatIso(DateTime.add(DateTime.startOf(now, "day"), { days: 1 }))
    },
    maxOutputsPerRequest: isPaid ? limits.maxOutputsWhenPaid : limits.maxOutputsOnPreview,
    maxCreditsPerJob: isPaid ? limits.maxCreditsPerJobWhenPaid : limits.maxCreditsPerJobOnPreview
  }
  return quota
})

/** The UTC day, as slots are counted. */
export const dayOf = (now: DateTime.DateTime): string => DateTime.formatIsoDateUtc(now)

const balance = (accounts: ReadonlyArray<Account>, kind: AccountKind): number =>
  accounts.find((account) => account.kind === kind)?.balance ?? 0

const bucketState = (accounts: ReadonlyArray<Account>, bucket: Bucket): BucketState => ({
  granted: 0 - balance(accounts, accountOf(bucket, "issued")),
  used: balance(accounts, accountOf(bucket, "spent")),
  reserved: balance(accounts, accountOf(bucket, "held")),
  remaining: balance(accounts, accountOf(bucket, "available"))
})
