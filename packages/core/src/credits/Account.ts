import type { OrganizationId } from "../identity/Actor.ts"

/**
 * Preview credits are a gift, paid credits were bought; they never turn into each other (invariant 20).
 */
export type Bucket = "preview" | "paid"

export const buckets: ReadonlyArray<Bucket> = ["preview", "paid"]

/**
 * The accounts of one organization. `available` and `held` are what it may spend and what running work has reserved;
 * `issued` is where grants come from (so its balance is minus everything ever granted) and `spent` where captures go.
 * Keeping the other side of each entry per organization leaves no row that every spend of a deployment would touch.
 * `paid:reversed` is what refunds and disputes took back; `owed` is what they could not, because it was spent, and
 * `owed:issued` its other side. What is owed is taken from the next paid credits that come free.
 */
export const accountKinds = [
  "preview:available",
  "preview:held",
  "preview:issued",
  "preview:spent",
  "paid:available",
  "paid:held",
  "paid:issued",
  "paid:spent",
  "paid:reversed",
  "owed",
  "owed:issued"
] as const
export type AccountKind = (typeof accountKinds)[number]

/** `balance` is what its postings add up to; `seq` counts them. Both are written with every posting. */
export interface Account {
  readonly organizationId: OrganizationId
  readonly kind: AccountKind
  readonly balance: number
  readonly seq: number
}

/** Accounts that may go below zero: the source of grants, and nothing else. */
export const mayBeNegative = (kind: AccountKind): boolean => kind.endsWith(":issued")

export const accountOf = (
  bucket: Bucket,
  part: "available" | "held" | "issued" | "spent"
): `${Bucket}:${typeof part}` => `${bucket}:${part}`
