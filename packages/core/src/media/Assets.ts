import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type { OrganizationId } from "../identity/Actor.ts"
import type { StoreUnavailable } from "../store/Store.ts"
import type { Asset } from "./Asset.ts"

/** The rows of owned assets. */
export class Assets extends Context.Service<
  Assets,
  {
    insert(asset: Asset): Effect.Effect<void, StoreUnavailable>
    /** An id of another organization is as unknown as one that never was. */
    find(organizationId: OrganizationId, id: string): Effect.Effect<Option.Option<Asset>, StoreUnavailable>
    ofJob(jobId: string): Effect.Effect<ReadonlyArray<Asset>, StoreUnavailable>
    /** For the public media path, where the unguessable id is the credential. */
    findPublic(id: string): Effect.Effect<Option.Option<Asset>, StoreUnavailable>
  }
>()("core/media/Assets") {}
