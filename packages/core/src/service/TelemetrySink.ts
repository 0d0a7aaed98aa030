import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { ActorWire, Envelope } from "../envelope/Envelope.ts"
import { jsonField } from "../envelope/JsonFields.ts"
import type { ClaimState } from "../identity/Actor.ts"
import type { OperationId } from "./Operations.ts"

/**
 * What is kept of one request (contract/api.md 11.2): these fields and no other. Nothing here is a text of the caller:
 * no prompt, contact, address, path or URL can stand in it.
 */
export interface TelemetryRecord {
  /** When it came; ISO 8601 in UTC. */
  readonly at: string
  readonly operation: OperationId
  /** Null where the client does not say, as 0.1.24 does not. */
  readonly clientVersion: string | null
  readonly apiVersion: string
  readonly actorType: ActorWire["actor_type"] | null
  readonly claimState: ClaimState | null
  readonly capabilityId: string | null
  /** The HTTP status of the answer; null when the caller left before there was one. */
  readonly status: number | null
  readonly durationMs: number
  /** The code of the error. */
  readonly errorClass: string | null
  /** Whether the very same request may be repeated; null without an error. */
  readonly retryable: boolean | null
  /** Whether the answer repeats that of an earlier request; null where that cannot be. */
  readonly replayed: boolean | null
  readonly costEstimateUsd: number | null
  readonly outputCount: number | null
  readonly jobId: string | null
  /** Null as for `status`. */
  readonly traceId: string | null
}

/**
 * Where records of requests go. Recording neither waits nor fails: a sink keeps what it can hold, and forgets the rest.
 * No caller can switch it off.
 */
export class TelemetrySink extends Context.Service<
  TelemetrySink,
  { record(record: TelemetryRecord): Effect.Effect<void> }
>()("core/service/TelemetrySink") {}

/** The client's word about its version, as far as it is one. */
export const clientVersionOf = (userAgent: string | undefined): string | null =>
  /^image-skill\/(\d{1,6}\.\d{1,6}\.\d{1,6}(?:-[0-9A-Za-z.-]{1,32})?)(?:\s|$)/u.exec(userAgent ?? "")?.[1] ?? null

/** What an answer tells about its cost and its job, wherever the operations put it. */
export const factsOf = (envelope: Envelope | null) => {
  const { data = null, error = null } = envelope ?? {}
  const code = jsonField(error, "code")
  const retryable = jsonField(error, "retryable")
  const replayed = jsonField(data, "idempotent_replay") ?? jsonField(jsonField(data, "idempotency"), "replayed")
  const usd = jsonField(jsonField(data, "cost"), "estimated_usd")
  const assets = jsonField(data, "asset_ids")
  return {
    capabilityId: idIn(jsonField(jsonField(data, "capability"), "id"), /^is\.[a-z0-9.-]{1,120}$/u),
    errorClass: typeof code === "string" ? code : null,
    retryable: typeof retryable === "boolean" ? retryable : null,
    replayed: typeof replayed === "boolean" ? replayed : null,
    costEstimateUsd: typeof usd === "number" ? usd : null,
    outputCount: Array.isArray(assets) ? assets.length : null,
    jobId: idIn(jsonField(data, "job_id") ?? jsonField(jsonField(error, "recovery"), "job_id"), /^job_[0-9a-z]{1,40}$/u)
  }
}

const idIn = (value: unknown, shape: RegExp): string | null =>
  typeof value === "string" && shape.test(value) ? value : null
