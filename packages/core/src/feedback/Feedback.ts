import type { AgentId, OrganizationId } from "../identity/Actor.ts"
import type { SecretKind } from "./CutSecrets.ts"
import type { Confidence, Severity } from "./FeedbackRequest.ts"

/** What the reporter wrote, with everything secret cut out of it. Absent texts are null. */
export interface FeedbackTexts {
  readonly title: string | null
  readonly body: string | null
  readonly command: string | null
  readonly expected: string | null
  readonly actual: string | null
  readonly friction: string | null
  readonly proofNeeded: string | null
  readonly strategicReason: string | null
  readonly source: string | null
  readonly traceId: string | null
}

/** A field from which something secret was cut, and what it looked like. */
export interface Cut {
  readonly field: string
  readonly kind: SecretKind
}

/** One report of an agent (contract/api.md 11.1). Written once, never changed. */
export interface Feedback {
  readonly id: string
  readonly organizationId: OrganizationId
  readonly agentId: AgentId
  readonly type: string
  readonly severity: Severity
  readonly confidence: Confidence
  readonly nextState: string
  readonly texts: FeedbackTexts
  readonly surface: ReadonlyArray<string>
  readonly evidence: ReadonlyArray<string>
  readonly dedupeKey: string
  /** The first report of the organization under the same key; null for the first itself. */
  readonly duplicateOf: string | null
  /** How many quality warnings it would get; the reporter may have asked not to hear them. */
  readonly weaknesses: number
  readonly allowsWeakSignal: boolean
  readonly cuts: ReadonlyArray<Cut>
  /** The trace of the request that brought it. */
  readonly requestTraceId: string
  readonly createdAt: string
}
