import type { AgentId, OrganizationId } from "../identity/Actor.ts"

/**
 * One try to pay a quote. `opening` is written before the provider is asked for anything, so that a crash leaves a trace;
 * outside it is shown as `requires_action`. A payment that beat or missed the clock still makes an ended attempt
 * `succeeded`, once; nothing leaves `succeeded`.
 */
export type AttemptStatus =
  | "opening"
  | "requires_action"
  | "processing"
  | "succeeded"
  | "expired"
  | "failed"
  | "canceled"

/** The provider behind a rail, as answers name it. */
export type PaymentProvider = "stripe" | "fake"

/** The hosted page of an attempt. The URL is kept byte for byte: what follows its `#` is part of it. */
export interface Checkout {
  readonly sessionId: string
  readonly url: string
}

/** Where an exact amount of a token is to be sent. */
export interface Deposit {
  readonly network: string
  readonly tokenCurrency: string
  readonly tokenContractAddress: string | null
  readonly address: string
  readonly supportedTokenCurrencies: ReadonlyArray<string>
}

export interface Attempt {
  readonly id: string
  readonly quoteId: string
  readonly organizationId: OrganizationId
  readonly agentId: AgentId
  /** The idempotency key that began it; other keys may lead to it, too. */
  readonly key: string
  readonly methodId: string
  readonly provider: PaymentProvider
  readonly credits: number
  readonly amountCents: number
  readonly liveMoney: boolean
  readonly status: AttemptStatus
  /** Why it ended without success, in words for its owner; null while it has not. */
  readonly reason: string | null
  /** Ids of the provider's objects that belong to it. Each belongs to one attempt only, and none is ever shown. */
  readonly handles: ReadonlyArray<string>
  readonly checkout: Checkout | null
  readonly deposit: Deposit | null
  /** Settled at the provider, yet not turned into credits: why. An operator has to look at it. */
  readonly exception: string | null
  readonly traceId: string
  readonly createdAt: string
  readonly expiresAt: string
  /** When its truth is looked at again without any hint; null when nothing more is awaited. */
  readonly checkAt: string | null
  /** How often it was looked at since its status changed. */
  readonly checks: number
}

/** Somebody may still pay it. */
export const isOpen = ({ status }: Pick<Attempt, "status">): boolean =>
  status === "opening" || status === "requires_action" || status === "processing"

const onward: { readonly [S in AttemptStatus]: ReadonlyArray<AttemptStatus> } = {
  opening: ["requires_action", "processing", "succeeded", "expired", "failed", "canceled"],
  requires_action: ["processing", "succeeded", "expired", "failed", "canceled"],
  processing: ["succeeded", "expired", "failed", "canceled"],
  expired: ["succeeded"],
  failed: ["succeeded"],
  canceled: ["succeeded"],
  succeeded: []
}

export const mayBecome = (from: AttemptStatus, to: AttemptStatus): boolean => onward[from].includes(to)
