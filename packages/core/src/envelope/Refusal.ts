import * as Data from "effect/Data"
import type * as Schema from "effect/Schema"
import type { ErrorCode } from "./ErrorRegistry.ts"
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
