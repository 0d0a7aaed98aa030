import type { OrganizationId } from "../identity/Actor.ts"
import { type Account, accountOf, type Bucket, buckets } from "./Account.ts"
import type { Entries } from "./Journal.ts"

/** Credits reserved for one job. It leaves `open` exactly once. */
export interface Hold {
  readonly id: string
  readonly organizationId: OrganizationId
  readonly jobId: string
  readonly held: Split
  readonly captured: Split
  readonly state: "open" | "captured" | "released" | "expired"
  readonly expiresAt: string
}

/** An amount by where it comes from. */
export type Split = { readonly [B in Bucket]: number }

export const nothing: Split = { preview: 0, paid: 0 }

export const sum = (split: Split): number => split.preview + split.paid

/**
 * Fills `credits` from the preview bucket first, then from the paid one; null when that is not enough. While the
 * organization owes credits from a reversal, its paid bucket gives nothing (decision D4a.1).
 */
export const fillSplit = (credits: number, accounts: ReadonlyArray<Account>): Split | null => {
  const balance = (kind: Account["kind"]) => accounts.find((account) => account.kind === kind)?.balance ?? 0
  const preview = Math.min(credits, balance("preview:available"))
  const paid = credits - preview
  if (paid > 0 && (balance("owed") > 0 || paid > balance("paid:available"))) return null
  return { preview, paid }
}

/** What a capture of `credits` takes of what was held, preview first; never more than was held. */
export const captureSplit = (held: Split, credits: number): Split => {
  const preview = Math.min(held.preview, credits)
  return { preview, paid: Math.min(held.paid, credits - preview) }
}

export const reserveEntries = (held: Split): Entries =>
  entries((bucket) => [
    [accountOf(bucket, "available"), -held[bucket]],
    [accountOf(bucket, "held"), held[bucket]]
  ])

/** What is not captured returns to where it came from, in the same journal. */
export const captureEntries = (held: Split, captured: Split): Entries =>
  entries((bucket) => [
    [accountOf(bucket, "held"), -held[bucket]],
    [accountOf(bucket, "spent"), captured[bucket]],
    [accountOf(bucket, "available"), held[bucket] - captured[bucket]]
  ])

export const releaseEntries = (held: Split): Entries => captureEntries(held, nothing)

export const grantEntries = (bucket: Bucket, credits: number): Entries => ({
  [accountOf(bucket, "issued")]: -credits,
  [accountOf(bucket, "available")]: credits
})

const entries = (of: (bucket: Bucket) => ReadonlyArray<readonly [string, number]>): Entries =>
  Object.fromEntries(buckets.flatMap(of))
