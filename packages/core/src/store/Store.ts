import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"

/**
 * The database could not do what was asked. A transaction that failed with it was undone as a whole.
 *
 * - `busy`: another process held it for longer than the busy timeout. Repeating is safe.
 * - `full`, `read_only`: the disk or its permissions. `corrupt`: the file is damaged or not a database. `newer`: a later
 *   version of this program wrote it.
 * - `conflict`: a unique row exists already; only repositories that expect it see this reason.
 */
export class StoreUnavailable extends Data.TaggedError("StoreUnavailable")<{
  readonly reason: "busy" | "full" | "read_only" | "corrupt" | "newer" | "closed" | "conflict" | "unknown"
  readonly message: string
}> {}

/** One database. The repositories of every concept work on it, inside or outside of a transaction. */
export class Store extends Context.Service<
  Store,
  {
    /** All of it or nothing: a failure, a defect or an interruption undoes what `effect` wrote. Nests. */
    transaction<A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | StoreUnavailable, R>
    /** Whether the database answers. */
    readonly check: Effect.Effect<void, StoreUnavailable>
  }
>()("core/store/Store") {}
