import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { StoreUnavailable } from "../store/Store.ts"

/**
 * Live jobs that reserved credits, counted per allowance and UTC day (contract/api.md 4.2). Dry runs, replays, refusals
 * and free models take none; a job that ends without a capture gives its slot back.
 */
export class DailySlots extends Context.Service<
  DailySlots,
  {
    /** `day` is `2026-06-02`. */
    used(allowanceKey: string, day: string): Effect.Effect<number, StoreUnavailable>
    /** Taking the slot of a job that has one changes nothing. */
    take(allowanceKey: string, day: string, jobId: string): Effect.Effect<void, StoreUnavailable>
    giveBack(jobId: string): Effect.Effect<void, StoreUnavailable>
  }
>()("core/credits/DailySlots") {}
