import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type { AgentId, OrganizationId } from "../identity/Actor.ts"
import type { StoreUnavailable } from "../store/Store.ts"
import type { Job } from "./Job.ts"

export interface JobQuery {
  readonly limit: number
  readonly before: string | null
  readonly status: Job["status"] | null
}

/** The rows of jobs. */
export class JobStore extends Context.Service<
  JobStore,
  {
    /** Fails with `conflict` when the agent's key is in use. */
    insert(job: Job): Effect.Effect<void, StoreUnavailable>
    /** An id of another organization is as unknown as one that never was. */
    find(organizationId: OrganizationId, id: string): Effect.Effect<Option.Option<Job>, StoreUnavailable>
    /** The job that an active key belongs to. */
    findByKey(
      agentId: AgentId,
      operation: Job["operation"],
      key: string
    ): Effect.Effect<Option.Option<Job>, StoreUnavailable>
    /**
     * Takes a job that has not ended for `owner`, if nobody holds it at `now`, and believes in that until `until`.
     * Gives the job as it is then, or none.
     */
    claim(id: string, owner: string, now: string, until: string): Effect.Effect<Option.Option<Job>, StoreUnavailable>
    /** Prolongs the lease of `owner`; false when it was lost to somebody else. */
    renew(id: string, owner: string, until: string): Effect.Effect<boolean, StoreUnavailable>
    /** Gives the job back, due at `dueAt`, if `owner` still holds it. */
    release(id: string, owner: string, dueAt: string): Effect.Effect<void, StoreUnavailable>
    /**
     * Writes the row if `owner` still holds it; false when it was lost to somebody else. While the row keeps its owner
     * the end of the lease stays what it is, so that a write never shortens what a renewal has just prolonged; and a wish
     * to stop it that came meanwhile stays, too.
     */
    update(job: Job, owner: string): Effect.Effect<boolean, StoreUnavailable>
    /** Writes a job that had ended and runs again; false when somebody else has reopened it. */
    reopen(job: Job): Effect.Effect<boolean, StoreUnavailable>
    /** Writes down that the job is to be stopped, whoever works on it; a second wish changes nothing. */
    requestCancel(id: string, at: string): Effect.Effect<void, StoreUnavailable>
    /** Newest first. `before` is an id of the organization; it and what came after it are left out. */
    list(organizationId: OrganizationId, query: JobQuery): Effect.Effect<ReadonlyArray<Job>, StoreUnavailable>
    /** How many jobs of this kind the organization has started since then. */
    countSince(
      organizationId: OrganizationId,
      operation: Job["operation"],
      since: string
    ): Effect.Effect<number, StoreUnavailable>
    /** When the first job of this kind since then was started; null without one. */
    firstSince(
      organizationId: OrganizationId,
      operation: Job["operation"],
      since: string
    ): Effect.Effect<string | null, StoreUnavailable>
    /** The jobs of the agent for this very request that ended since then, newest first, at most `limit`. */
    endedLike(
      agentId: AgentId,
      fingerprint: string,
      since: string,
      limit: number
    ): Effect.Effect<ReadonlyArray<Job>, StoreUnavailable>
    /** Jobs that have not ended and are due at `now`, oldest first. */
    due(now: string, limit: number): Effect.Effect<ReadonlyArray<Job>, StoreUnavailable>
  }
>()("core/jobs/JobStore") {}
