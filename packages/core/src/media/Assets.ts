import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type { OrganizationId } from "../identity/Actor.ts"
import type { StoreUnavailable } from "../store/Store.ts"
import type { Asset } from "./Asset.ts"

export interface AssetQuery {
  readonly limit: number
  readonly before: string | null
  readonly kind: "generated" | "uploaded" | null
  readonly modality: Asset["modality"] | null
}

/**
 * The rows of owned assets. `find` and `findPublic` give deleted ones, too: `deletedAt` says so.
 */
export class Assets extends Context.Service<
  Assets,
  {
    insert(asset: Asset): Effect.Effect<void, StoreUnavailable>
    /** An id of another organization is as unknown as one that never was. */
    find(organizationId: OrganizationId, id: string): Effect.Effect<Option.Option<Asset>, StoreUnavailable>
    ofJob(jobId: string): Effect.Effect<ReadonlyArray<Asset>, StoreUnavailable>
    /** For the media path, where an unguessable id or a signature is the credential. */
    findPublic(id: string): Effect.Effect<Option.Option<Asset>, StoreUnavailable>
    /**
     * Newest first, without deleted ones and thumbnails. `before` is an id of the organization; what was made after it
     * is left out, too.
     */
    list(organizationId: OrganizationId, query: AssetQuery): Effect.Effect<ReadonlyArray<Asset>, StoreUnavailable>
    /** The thumbnails of an asset that were not deleted. */
    ofParent(parentId: string): Effect.Effect<ReadonlyArray<Asset>, StoreUnavailable>
    /** The one that was made for this many pixels and was not deleted. */
    thumbnail(parentId: string, edge: number): Effect.Effect<Option.Option<Asset>, StoreUnavailable>
    /** Keeps one for each edge of a parent: the row that was there before, or else this one. */
    insertThumbnail(parentId: string, edge: number, asset: Asset): Effect.Effect<Asset, StoreUnavailable>
    /** Marks it; false when it was deleted before. */
    markDeleted(id: string, deletedAt: string): Effect.Effect<boolean, StoreUnavailable>
    /**
     * Whether an asset that was not deleted has these bytes, of whatever organization. Where rows outlive a process,
     * also whether a job that has not ended is to make one of them.
     */
    isInUse(sha256: string): Effect.Effect<boolean, StoreUnavailable>
    /** Notes that the bytes may be nobody's any more, to be looked at from `dueAt` on. A later note moves the time. */
    noteUnused(sha256: string, dueAt: string): Effect.Effect<void, StoreUnavailable>
    /** The bytes that are to be looked at by `now`, those that have waited longest first. */
    unused(now: string, limit: number): Effect.Effect<ReadonlyArray<string>, StoreUnavailable>
    /** Takes the note back. */
    forgetUnused(sha256: string): Effect.Effect<void, StoreUnavailable>
    /** Those whose time is over at `now` and that were not deleted, oldest first. */
    expired(now: string, limit: number): Effect.Effect<ReadonlyArray<Asset>, StoreUnavailable>
  }
>()("core/media/Assets") {}
