import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { OrganizationId } from "../identity/Actor.ts"
import type { StoreUnavailable } from "../store/Store.ts"
import type { ActivityEvent } from "./ActivityEvent.ts"

export interface ActivityQuery {
  readonly organizationId: OrganizationId
  /** A job, asset, usage, trace or event id; null for everything. */
  readonly reference: string | null
  readonly limit: number
  /** The last event of the previous page; null for the first page. */
  readonly after: string | null
}

/** What happened, append-only. An event is written in the same transaction as what it tells. */
export class ActivityLog extends Context.Service<
  ActivityLog,
  {
    append(event: ActivityEvent): Effect.Effect<void, StoreUnavailable>
    /** Newest first. An unknown reference, or one of another organization, gives nothing. */
    list(query: ActivityQuery): Effect.Effect<ReadonlyArray<ActivityEvent>, StoreUnavailable>
    /** Every event of every organization that tells of credits (captured, granted, reversed), for `checkLedger`. */
    readonly ofCredits: Effect.Effect<ReadonlyArray<ActivityEvent>, StoreUnavailable>
  }
>()("core/activity/ActivityLog") {}
