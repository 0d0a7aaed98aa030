import * as Schema from "effect/Schema"
import { MoneyMoved, Outcome } from "./Outcome.ts"
import type { RateStanding } from "./RateStanding.ts"

/** Who acted, as every envelope of an authenticated answer says. */
export const ActorWire = Schema.Struct({
  actor_type: Schema.Literals(["human", "agent", "session", "system"]),
  actor_id: Schema.String,
  organization_id: Schema.String,
  claim_state: Schema.Literals(["unclaimed", "payment_backed_unclaimed", "claimed", "revoked"])
})
export type ActorWire = typeof ActorWire.Type

/** `outcome` and `money_moved` are ours (decision D3.2); the rest is contract/cli.md 1.2. */
export const ErrorWire = Schema.Struct({
  code: Schema.String,
  message: Schema.String,
  retryable: Schema.Boolean,
  outcome: Outcome,
  money_moved: MoneyMoved,
  recovery: Schema.optionalKey(Schema.JsonObject),
  details: Schema.optionalKey(Schema.JsonObject)
})
export type ErrorWire = typeof ErrorWire.Type

/**
 * The one JSON object that answers everything, with its keys in the order in which they are printed.
 * An answer received from a service keeps whatever else it carries: only this frame is read.
 */
export interface Envelope {
  readonly ok: boolean
  readonly command: string
  readonly trace_id: string
  readonly actor: Schema.Json
  readonly data: Schema.Json
  readonly warnings: ReadonlyArray<string>
  readonly error: Schema.Json
}

/** An envelope with what travels beside it: the HTTP status and the exit code of the process that prints it. */
export interface Answer {
  readonly envelope: Envelope
  readonly status: number
  readonly exitCode: number
  /** Seconds for a `retry-after` header, when the refusal names a time to wait. */
  readonly retryAfterSeconds?: number
  /** For the `ratelimit-*` headers, where a limit applies to the caller. */
  readonly rateLimit?: RateStanding
}

/** A successful envelope over the given data, for the OpenAPI document and for strict decoding. */
export const successOf = <D extends Schema.Top>(data: D) =>
  Schema.Struct({
    ok: Schema.Literal(true),
    command: Schema.String,
    trace_id: Schema.String,
    actor: Schema.NullOr(ActorWire),
    data,
    warnings: Schema.Array(Schema.String),
    error: Schema.Null
  })

export const FailureWire = Schema.Struct({
  ok: Schema.Literal(false),
  command: Schema.String,
  trace_id: Schema.String,
  actor: Schema.NullOr(ActorWire),
  data: Schema.Null,
  warnings: Schema.Array(Schema.String),
  error: ErrorWire
}).annotate({ identifier: "Failure" })

export interface Frame {
  readonly command: string
  readonly traceId: string
  readonly actor: ActorWire | null
}

export const success = (
  { actor, command, traceId }: Frame,
  data: Schema.Json,
  warnings: ReadonlyArray<string> = []
): Answer => ({
  envelope: { ok: true, command, trace_id: traceId, actor, data, warnings, error: null },
  status: 200,
  exitCode: 0
})
