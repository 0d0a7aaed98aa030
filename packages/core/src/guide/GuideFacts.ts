import type { Command } from "../envelope/CommandLine.ts"
import type { ActorWire } from "../envelope/Envelope.ts"
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
  /** The command that was asked for the next step. What is made in the end may need the other one. */
  readonly operation: "create" | "edit"
  /** The pictures to work on, by asset id, path or URL, the primary one first. */
  readonly inputs: ReadonlyArray<string>
  /** Also what short answers leave out (decision D3.11). */
  readonly explain: boolean
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
  operation: "create",
  inputs: [],
  explain: false,
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

/** What one output costs where parameters have these values. */
export interface TierFacts {
  readonly when: { readonly [parameter: string]: string }
  readonly creditsRequired: number
  readonly providerUsd: number | null
}

export interface ModelFacts {
  readonly id: string
  /** Whether the service takes it when no model is named. */
  readonly isDefault: boolean
  readonly aliases: ReadonlyArray<string>
  readonly status: string | null
  readonly executionStatus: string | null
  /** `image`, `video`, `audio` or `3d`; null where the service does not say, which counts as image. */
  readonly modality: string | null
  readonly supports: ReadonlyArray<string>
  readonly provider: string | null
  readonly needsImage: boolean
  readonly takesPrompt: boolean
  /** The most specific limits of a wish that a row states; null where it says nothing. */
  readonly aspectRatios: ReadonlyArray<string> | null
  readonly parameterNames: ReadonlyArray<string> | null
  readonly maxOutputs: number | null
  readonly estimatedUsdPerImage: number | null
  readonly pricing: PricingFacts | null
  readonly tiers: ReadonlyArray<TierFacts>
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
  /** What a quote may cost there, in cents of a US dollar, and its usual pack. */
  readonly amounts: { readonly [methodId: string]: AmountFacts }
  /** Commands of usable rails that this program does not know; they are not shown. */
  readonly droppedCommands: number
}

export interface AmountFacts {
  readonly defaultPackId: string | null
  readonly minCents: number | null
  readonly maxCents: number | null
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
  /** What the service says about buying credits, its commands understood or dropped; null where it says nothing. */
  readonly topUp: TopUpFacts | null
}

/** The `top_up` block of a quota answer (contract/api.md 16), as far as it is read. */
export interface TopUpFacts {
  readonly available: boolean
  readonly recommended: boolean
  readonly reason: string | null
  readonly urgency: Urgency
  readonly path: string | null
  readonly method: string | null
  readonly commands: { readonly [name: string]: Command }
}

/** How soon credits run out; derived from the reason where an older service does not say (after-0.1.24.md 6). */
export interface Urgency {
  readonly urgency: string
  readonly urgencyScore: number
  readonly urgencyReasons: ReadonlyArray<string>
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
  /** Who the service says is asking; null without a quota answer. */
  readonly actor: ActorWire | null
  readonly tokenSource: TokenSource | null
  readonly configPath: string
  /** Only looked at when somebody has to sign up. */
  readonly configWrite: WriteProbe | null
  /** What a signup would call this agent, and what it runs in. */
  readonly agentName: string
  readonly runtime: string
  /** A fresh idempotency key for the create or edit command. */
  readonly mediaKey: string
  /** A fresh idempotency key for the quote command. */
  readonly quoteKey: string
}
