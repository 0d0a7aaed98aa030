import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import type * as Schema from "effect/Schema"
import type { Answer, Frame } from "./Envelope.ts"
import { entryOf } from "./ErrorRegistry.ts"
import { isJsonObject } from "./JsonFields.ts"
import type { CommandEffect } from "./NextAction.ts"
import type { MoneyMoved, Outcome } from "./Outcome.ts"
import { type Recovery, recoveryToWire } from "./Recovery.ts"
import { scrub } from "./Redaction.ts"
import type { Refusal } from "./Refusal.ts"
import { bareStart, type Start } from "./Start.ts"

export interface FailureFrame extends Frame {
  /** What the refused command could have done: a read that went wrong has never moved money. */
  readonly effect: CommandEffect
  /** A service leaves it out and says the bare name. */
  readonly start?: Start
}

/** What a client knows of an HTTP answer when it decides its exit code. */
export interface ReceivedStatus {
  readonly status: number
  readonly ok: boolean
  readonly exitCodeHeader: string | null
}

/** Turns refusals into envelopes and answers into exit codes. Pure: no clock, no ids, no I/O. */
export class EnvelopeErrors extends Context.Service<
  EnvelopeErrors,
  {
    readonly toAnswer: (refusal: Refusal, frame: FailureFrame) => Answer
    readonly toExitCode: (received: ReceivedStatus) => number
  }
>()("core/envelope/EnvelopeErrors") {
  static readonly layer = Layer.sync(EnvelopeErrors, () => EnvelopeErrors.of({ toAnswer, toExitCode }))
}

/** The failing envelope of a refusal, with everything the registry knows about its code. */
export const toAnswer = (refusal: Refusal, frame: FailureFrame): Answer => {
  const entry = entryOf(refusal.code)
  const { retryAfterSeconds } = refusal.recovery ?? {}
  return {
    envelope: {
      ok: false,
      command: frame.command,
      trace_id: frame.traceId,
      actor: frame.actor,
      data: null,
      warnings: (refusal.warnings ?? []).map(scrub),
      error: {
        code: refusal.code,
        message: scrub(refusal.message),
        retryable: refusal.retryable ?? entry.retryable,
        outcome: refusal.outcome ?? entry.outcome,
        money_moved:
          frame.effect === "spend" ? (refusal.moneyMoved ?? movedBy(refusal.outcome, entry.moneyMoved)) : "no",
        ...recoveryField(refusal.recovery, frame),
        ...(refusal.details === undefined ? {} : { details: scrubbed(refusal.details) })
      }
    },
    status: refusal.status ?? entry.status ?? 500,
    exitCode: entry.exitCode,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds })
  }
}

/** Every text inside, whatever surrounds it. */
const scrubbed = (value: Schema.Json): Schema.Json => {
  if (typeof value === "string") return scrub(value)
  if (isJsonObject(value))
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, scrubbed(inner)]))
  return typeof value === "object" && value !== null ? value.map(scrubbed) : value
}

/** What was stated to have been refused, or never sent, has moved no money, whatever its code leaves open. */
const movedBy = (stated: Outcome | undefined, otherwise: MoneyMoved): MoneyMoved =>
  stated === "rejected" || stated === "not_sent" ? "no" : otherwise

const recoveryField = (
  recovery: Recovery | undefined,
  { start = bareStart }: FailureFrame
): { readonly recovery?: { readonly [field: string]: Schema.Json } } => {
  if (recovery === undefined) return {}
  const wire = recoveryToWire(recovery, start)
  return Object.keys(wire).length === 0 ? {} : { recovery: wire }
}

/**
 * The exit code of an answer received over HTTP (contract/cli.md 1.5). The header counts only as an integer from 0 to
 * 255 that agrees with `ok`; a server never chooses more than that.
 */
export const toExitCode = ({ exitCodeHeader, ok, status }: ReceivedStatus): number => {
  const stated = exitCodeHeader !== null && /^\d{1,3}$/u.test(exitCodeHeader) ? Number(exitCodeHeader) : null
  if (stated !== null && stated <= 255 && (stated === 0) === ok) return stated
  if (ok) return 0
  if (status === 401 || status === 403) return 3
  if (status === 402 || status === 429) return 5
  return status >= 500 ? 7 : 1
}
