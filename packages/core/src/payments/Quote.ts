import type { AgentId, OrganizationId } from "../identity/Actor.ts"

/**
 * A quote moves one way: `created` → `purchase_started` (an attempt exists) → `fulfilled`, and from the first two to
 * `expired` or `canceled`. A payment that arrives for an attempt of an expired quote still fulfils it: money that was
 * taken is always turned into credits (contract/api.md 5.3).
 */
export type QuoteState = "created" | "purchase_started" | "fulfilled" | "expired" | "canceled"

/** An offered price. One credit costs one US cent, so its price in cents is `credits`. */
export interface Quote {
  readonly id: string
  readonly organizationId: OrganizationId
  readonly agentId: AgentId
  /** Unique for the agent; kept for ever. */
  readonly key: string
  readonly credits: number
  readonly packId: string | null
  readonly methodId: string
  readonly liveMoney: boolean
  readonly state: QuoteState
  readonly createdAt: string
  readonly expiresAt: string
}

/** What has to be the same for a repeated key to mean the same quote. */
export type QuoteTerms = Pick<Quote, "credits" | "packId" | "methodId">

export const hasSameTerms = (left: QuoteTerms, right: QuoteTerms): boolean =>
  left.credits === right.credits && left.packId === right.packId && left.methodId === right.methodId

const onward: { readonly [S in QuoteState]: ReadonlyArray<QuoteState> } = {
  created: ["purchase_started", "expired", "canceled"],
  purchase_started: ["fulfilled", "expired", "canceled"],
  expired: ["fulfilled"],
  canceled: ["fulfilled"],
  fulfilled: []
}

export const mayBecome = (from: QuoteState, to: QuoteState): boolean => onward[from].includes(to)
