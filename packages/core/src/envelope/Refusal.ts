import * as Data from "effect/Data"
import type * as Schema from "effect/Schema"
import type { Command } from "./CommandLine.ts"
import { entryOf, type ErrorCode } from "./ErrorRegistry.ts"
import type { MoneyMoved, Outcome } from "./Outcome.ts"
import type { Recovery } from "./Recovery.ts"

/**
 * An answer that is not a success: a registered code, a sentence that says what happened and why, and the way out.
 * The registry adds status, exit code, retryable, outcome and money moved; the last three may be stated more exactly
 * where the place that raises the refusal knows better.
 */
export class Refusal extends Data.TaggedError("Refusal")<{
  readonly code: ErrorCode
  readonly message: string
  readonly recovery?: Recovery
  /** Machine-readable facts about the refusal: fields, limits, allowed values. Never a secret, never a prompt. */
  readonly details?: { readonly [field: string]: Schema.Json }
  readonly warnings?: ReadonlyArray<string>
  readonly status?: number
  readonly retryable?: boolean
  readonly outcome?: Outcome
  readonly moneyMoved?: MoneyMoved
}> {}

/** A refusal that was made before anything was sent: it says so, and when it knows no way out, `way` is one. */
export const unsent = (refusal: Refusal, way: Command): Refusal => {
  const { code, outcome, recovery = {} } = refusal
  const knowsWay = recovery.suggestedCommand !== undefined || recovery.fallbackCommand !== undefined
  return new Refusal({
    ...fieldsOf(refusal),
    outcome: outcome ?? (entryOf(code).outcome === "rejected" ? "not_sent" : entryOf(code).outcome),
    recovery: knowsWay ? recovery : { ...recovery, suggestedCommand: way }
  })
}

/** The same refusal with another way out. */
export const recovering = (refusal: Refusal, recovery: Recovery): Refusal =>
  new Refusal({ ...fieldsOf(refusal), recovery })

const fieldsOf = ({ code, details, message, moneyMoved, outcome, retryable, status, warnings }: Refusal) => ({
  code,
  message,
  ...(details === undefined ? {} : { details }),
  ...(moneyMoved === undefined ? {} : { moneyMoved }),
  ...(outcome === undefined ? {} : { outcome }),
  ...(retryable === undefined ? {} : { retryable }),
  ...(status === undefined ? {} : { status }),
  ...(warnings === undefined ? {} : { warnings })
})
