import type * as Schema from "effect/Schema"
import type { Split } from "../credits/Hold.ts"
import type { Price } from "../credits/Pricing.ts"
import type { Quota } from "../credits/Quota.ts"
import type { ErrorCode } from "../envelope/ErrorRegistry.ts"
import type { AgentId, OrganizationId } from "../identity/Actor.ts"
import type { Asset } from "../media/Asset.ts"
import type { AssetEvidence } from "../media/Evidence.ts"
import type { IntentClass } from "../models/DefaultSelection.ts"
import type { Size } from "../models/Model.ts"
import type { ExpectedOutput } from "../models/OutputSize.ts"
import type { MediaWish, WishedMedia } from "./MediaWish.ts"

/** What a reader of the job sees (contract/api.md 8.2). One `l` in `canceled`. */
export const jobStatuses = ["planned", "queued", "running", "completed", "failed", "canceled"] as const
export type JobStatus = (typeof jobStatuses)[number]

export const jobOperations = ["create", "edit", "upload"] as const
export type JobOperation = (typeof jobOperations)[number]

/**
 * The durable steps of a live job. Each is written before what it announces is done, so that after a crash the row says
 * what may already have happened:
 *
 * - `reserved`: credits are held; no provider was called.
 * - `submitting`: the provider may have been called. A repeatable provider is simply called again; for any other one
 *   the outcome is unknown.
 * - `polling`: the provider took it and gave a handle, by which any process finds it again.
 * - `answered`: the provider's answer is kept in the spool; its outputs are not stored yet. No provider is paid again.
 * - `produced`: the outputs are in the artifact store; only the books are missing. No provider is called any more.
 * - `repair`: the provider made it, storing failed. Made again where that is free, else given up after a day.
 * - `retryable`: the provider did nothing; the same key may try again while the hold lives.
 * - `ended`: the books are closed. Terminal.
 */
export const jobSteps = [
  "reserved",
  "submitting",
  "polling",
  "answered",
  "produced",
  "repair",
  "retryable",
  "ended"
] as const
export type JobStep = (typeof jobSteps)[number]

/** What the run needs; kept until the job has ended, then dropped (decision D4a.4). */
export interface JobInput {
  /** Null for models that take none. */
  readonly prompt: string | null
  readonly parameters: { readonly [name: string]: Schema.Json }
}

/** Owned media that the request works on, as it was when it was asked for. */
export interface JobMedia extends WishedMedia {
  readonly sha256: string
  readonly mimeType: string
  readonly contentLength: number
  readonly size: Size | null
  readonly visibility: Asset["visibility"]
}

/** An output whose bytes are in the artifact store. */
export interface ProducedOutput {
  /** The id that its asset has, or will have. */
  readonly assetId: string
  readonly sha256: string
  readonly bytes: number
  readonly mimeType: string
  readonly width: number | null
  readonly height: number | null
  readonly facts: { readonly [name: string]: Schema.Json }
  readonly evidence: AssetEvidence
}

export interface Produced {
  readonly outputs: ReadonlyArray<ProducedOutput>
  readonly reportedMicroUsd: number | null
  readonly warnings: ReadonlyArray<string>
  readonly provenance: Schema.Json
  /** How many the provider made, whether or not they could be used. */
  readonly made: number
}

export interface JobError {
  readonly code: ErrorCode
  readonly message: string
  readonly retryable: boolean
  /** How long the provider wants to be left alone. */
  readonly retryAfterSeconds?: number
}

/** The request as answers may show it: never the prompt itself. */
export interface JobRequest {
  /** What was asked for, without the prompt: enough to ask for the very same again. */
  readonly wish: Omit<MediaWish, "prompt" | "dryRun" | "media" | "visibility"> & {
    readonly visibility: Asset["visibility"]
  }
  readonly media: ReadonlyArray<JobMedia>
  readonly promptCharacters: number
  readonly promptSha256: string
  readonly modelParameters: {
    readonly acceptedKeys: ReadonlyArray<string>
    readonly provenance: { readonly [name: string]: "request" | "default_policy" }
  }
  readonly selection: SelectionReceipt
}

export const selectionPolicies = ["hosted_default_create_v1", "hosted_default_edit_v1", "explicit_model"] as const
export type SelectionPolicy = (typeof selectionPolicies)[number]

/** Why this model with these parameters (contract/api.md 7.7). */
export interface SelectionReceipt {
  readonly policy: SelectionPolicy
  readonly reason: string
  readonly intent: string
  readonly intentClass: IntentClass
  readonly parameterKeys: ReadonlyArray<string>
  readonly defaultsApplied: ReadonlyArray<string>
  readonly output: ExpectedOutput
  readonly considered: ReadonlyArray<{ readonly capabilityId: string; readonly outcome: string }>
  /** Set when a guard forced something lower than the policy prefers: what that would have cost. */
  readonly preferredCredits: number | null
}

/** What a completed job took, and what was left then: the facts of the first answer, kept for replays. */
export interface Receipt {
  readonly captured: Split
  readonly quota: Quota
}

export interface Job {
  readonly id: string
  readonly organizationId: OrganizationId
  readonly agentId: AgentId
  readonly allowanceKey: string
  readonly operation: JobOperation
  readonly status: JobStatus
  readonly step: JobStep
  readonly traceId: string
  readonly modelId: string
  readonly capabilityId: string
  readonly request: JobRequest
  readonly price: Price
  /** Null for a free model: it reserves nothing. */
  readonly holdId: string | null
  readonly idempotencyKey: string | null
  /** False once the key may be used for another request: after a failure for good. */
  readonly keyActive: boolean
  readonly fingerprint: string
  readonly input: JobInput | null
  /** How the provider finds what it accepted; plain JSON without a secret. */
  readonly handle: Schema.Json | null
  /** Since when somebody wants it stopped. */
  readonly cancelRequestedAt: string | null
  readonly produced: Produced | null
  readonly safetyChecks: ReadonlyArray<string>
  readonly error: JobError | null
  /** `unknown` while nobody can tell whether the provider accepted the request. */
  readonly outcome: "unknown" | null
  readonly usageEventId: string | null
  readonly receipt: Receipt | null
  readonly createdAt: string
  readonly startedAt: string | null
  readonly endedAt: string | null
  /** When its reservation ends if nothing happens until then. */
  readonly reservedUntil: string
  /** Who works on it. */
  readonly owner: string | null
  /** When a sweep should look at it: the end of the lease, or of the reservation it waits for. */
  readonly dueAt: string
}

export const isTerminal = ({ status }: Pick<Job, "status">): boolean =>
  status === "completed" || status === "failed" || status === "canceled"

/** No provider was asked yet, or the last one surely did nothing. */
export const isUntouched = ({ step }: Pick<Job, "step">): boolean => step === "reserved" || step === "retryable"
