import type { WriteProbe } from "../identity/AuthConfig.ts"
import type { TokenSource } from "../identity/SecretStore.ts"
import type { RailFacts } from "../payments/RailChoice.ts"

/** An amount with the text it was given as. */
export interface Amount {
  readonly text: string
  readonly usd: number
}

/** What the caller wants, as it was given; null where nothing was said. Texts stay as typed, to be carried on. */
export interface GuideWish {
  /** Trimmed; empty when there is none. */
  readonly prompt: string
  readonly model: string | null
  readonly provider: string | null
  readonly intent: string | null
  readonly cap: Amount | null
  readonly maxUsd: Amount | null
  readonly aspectRatio: string | null
  readonly outputCount: number | null
  readonly modelParametersJson: string | null
}

/** A wish that says nothing but what to make. */
export const wishFor = (prompt: string): GuideWish => ({
  prompt: prompt.trim(),
  model: null,
  provider: null,
  intent: null,
  cap: null,
  maxUsd: null,
  aspectRatio: null,
  outputCount: null,
  modelParametersJson: null
})

/** A read-only question to the service: answered, or why not. */
export type Check<A> =
  | { readonly _tag: "Answered"; readonly value: A }
  | {
      readonly _tag: "Failed"
      /** The code of the answer; null when it had none. */
      readonly code: string | null
      readonly message: string | null
      readonly status: number
      readonly exitCode: number
    }

export interface HealthFacts {
  readonly status: string | null
}

/** What a service says about the price of one output. Every figure may be missing. */
export interface PricingFacts {
  readonly creditsRequired: number | null
  readonly creditUnitUsd: number | null
  readonly estimatedProviderCostUsd: number | null
  readonly fallbackProviderCostUsd: number | null
  readonly estimatedRevenueUsd: number | null
  readonly pricingConfidence: string | null
}

export interface ModelFacts {
  readonly id: string
  readonly status: string | null
  readonly executionStatus: string | null
  readonly supports: ReadonlyArray<string>
  readonly provider: string | null
  readonly estimatedUsdPerImage: number | null
  readonly pricing: PricingFacts | null
}

export interface ModelsFacts {
  readonly models: ReadonlyArray<ModelFacts>
  readonly executable: number
  readonly catalogedNotWired: number
}

export interface PaymentFacts {
  /** False when the answer carried no data. */
  readonly checked: boolean
  readonly rails: ReadonlyArray<RailFacts>
  /** Commands of usable rails that this program does not know; they are not shown. */
  readonly droppedCommands: number
}

export interface QuotaFacts {
  readonly authenticated: boolean
  readonly claimState: string | null
  readonly tokenStatus: string | null
  /** Null when the answer carries no data at all: what is unknown does not block. */
  readonly remainingCredits: number | null
  /** Null when the service says nothing about a daily cap. */
  readonly dailyJobsRemaining: number | null
  readonly dailyJobsResetAt: string | null
}

/** Everything a decision looks at. Gathered once, then only read. */
export interface GuideFacts {
  readonly wish: GuideWish
  readonly target: string
  readonly health: Check<HealthFacts>
  readonly models: Check<ModelsFacts>
  readonly payments: Check<PaymentFacts>
  /** Null when there is no token, so that nothing was asked. */
  readonly quota: Check<QuotaFacts> | null
  /** Why the service would refuse this wish, where it was asked to plan it; null when it would not, or did not say. */
  readonly misfit: string | null
  readonly tokenSource: TokenSource | null
  readonly configPath: string
  /** Only looked at when somebody has to sign up. */
  readonly configWrite: WriteProbe | null
  /** What a signup would call this agent, and what it runs in. */
  readonly agentName: string
  readonly runtime: string
  /** A fresh idempotency key for the create command. */
  readonly createKey: string
  /** A fresh idempotency key for the quote command. */
  readonly quoteKey: string
}
