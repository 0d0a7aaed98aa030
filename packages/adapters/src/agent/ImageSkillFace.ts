import type { AgentData } from "@image-skill/core/agent/AgentData"
import type { AgentEvent } from "@image-skill/core/agent/AgentEvents"
import type { AgentOperationId } from "@image-skill/core/agent/AgentOperations"
import type { AgentRequest } from "@image-skill/core/agent/AgentRequests"
import type { UploadedBytes } from "@image-skill/core/agent/UploadBytes"
import type { Envelope } from "@image-skill/core/envelope/Envelope"

export interface CallOptions {
  /**
   * Ends the waiting, not the work: what was sent goes on, is charged once when it delivers, and is found again by its
   * job or its idempotency key. The call then fails with `INTERRUPTED`, which says which.
   */
  readonly signal?: AbortSignal
  /** Told what happens meanwhile. What it throws is ignored. */
  readonly onEvent?: (event: AgentEvent) => void
}

type Method<K extends AgentOperationId> =
  object extends AgentRequest<K>
    ? (request?: AgentRequest<K>, options?: CallOptions) => Promise<AgentData<K>>
    : (request: AgentRequest<K>, options?: CallOptions) => Promise<AgentData<K>>

/**
 * One agent at one service: the words of the command line as methods, the JSON of HTTP as requests and answers. Each
 * resolves to the `data` of the answer, or rejects with an `ImageSkillError`.
 */
export interface ImageSkillFace {
  /** An origin, or `embedded:`. */
  readonly target: string
  /** What is next? Changes nothing. */
  readonly guide: Method<"guide">
  /** Makes an identity and keeps its token; the token is in no answer. */
  readonly signup: Method<"signup">
  readonly whoami: Method<"whoami">
  readonly quota: Method<"quota">
  readonly create: Method<"create">
  readonly edit: Method<"edit">
  /** A path or a URL, where this program can read them, or bytes. */
  readonly upload: (
    request: AgentRequest<"upload"> | UploadedBytes,
    options?: CallOptions
  ) => Promise<AgentData<"upload">>
  readonly credits: {
    readonly methods: Method<"creditsMethods">
    readonly packs: Method<"creditsPacks">
    readonly plan: Method<"creditsPlan">
    readonly quote: Method<"creditsQuote">
    readonly buy: Method<"creditsBuy">
    readonly settle: Method<"creditsSettle">
    readonly status: Method<"creditsStatus">
  }
  readonly models: { readonly list: Method<"modelsList">; readonly show: Method<"modelsShow"> }
  readonly capabilities: { readonly list: Method<"capabilitiesList">; readonly show: Method<"capabilitiesShow"> }
  readonly assets: {
    readonly list: Method<"assetsList">
    readonly show: Method<"assetsShow">
    readonly get: Method<"assetsGet">
    readonly lineage: Method<"assetsLineage">
    readonly delete: Method<"assetsDelete">
  }
  readonly jobs: {
    readonly list: Method<"jobsList">
    readonly show: Method<"jobsShow">
    readonly wait: Method<"jobsWait">
    readonly cancel: Method<"jobsCancel">
  }
  readonly activity: { readonly list: Method<"activityList">; readonly show: Method<"activityShow"> }
  readonly feedback: { readonly create: Method<"feedbackCreate"> }
  readonly claim: { readonly request: Method<"claimRequest"> }
  readonly spendPolicy: { readonly show: Method<"spendPolicyShow">; readonly set: Method<"spendPolicySet"> }
  /** The whole answer, for those who read it themselves; always resolves. `tool` is an operation or the name of its tool. */
  readonly ask: (tool: string, request?: object, options?: CallOptions) => Promise<Envelope>
  /** Lets running jobs end for a little while, and lets go of everything. What is left is gone on with at the next start. */
  readonly close: () => Promise<void>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}
