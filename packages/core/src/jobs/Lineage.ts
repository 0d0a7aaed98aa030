import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { OrganizationId } from "../identity/Actor.ts"
import type { Asset } from "../media/Asset.ts"
import { Assets } from "../media/Assets.ts"
import type { StoreUnavailable } from "../store/Store.ts"
import type { Job } from "./Job.ts"
import { JobStore } from "./JobStore.ts"

/** One asset, the job that made it, and its place in the tree. `job` is null where its row is not there any more. */
export interface Ancestor {
  readonly asset: Asset
  readonly job: Job | null
  /** 0 for the asset itself, 1 for what it was made from, and so on. */
  readonly depth: number
}

/** The asset and everything it was made from, nearest first; `complete` is false where the tree was cut off. */
export interface LineageTree {
  readonly ancestors: ReadonlyArray<Ancestor>
  readonly complete: boolean
}

export class Lineage extends Context.Service<
  Lineage,
  {
    /** None when there is no such asset of the organization. Deleted ones still stand in the tree. */
    of(organizationId: OrganizationId, assetId: string): Effect.Effect<Option.Option<LineageTree>, StoreUnavailable>
  }
>()("core/jobs/Lineage") {
  static readonly layer = Layer.effect(
    Lineage,
    Effect.gen(function* () {
      const assets = yield* Assets
      const jobs = yield* JobStore

      const of = Effect.fn("Lineage.of")(function* (organizationId: OrganizationId, assetId: string) {
        const root = yield* assets.find(organizationId, assetId)
        if (Option.isNone(root)) return Option.none<LineageTree>()
        const ancestors: Array<Ancestor> = []
        const seen = new Set([assetId])
        let level: ReadonlyArray<Asset> = [root.value]
        for (let depth = 0; level.length > 0 && depth < deepest && ancestors.length < most; depth += 1) {
          const next: Array<Asset> = []
          for (const asset of level) {
            const job = Option.getOrNull(yield* jobs.find(organizationId, asset.jobId))
            ancestors.push({ asset, job, depth })
            for (const id of sourcesOf(asset, job)) {
              if (seen.has(id)) continue
              seen.add(id)
              next.push(...Option.toArray(yield* assets.find(organizationId, id)))
            }
          }
          level = next
        }
        return Option.some<LineageTree>({
          ancestors: ancestors.slice(0, most),
          complete: level.length === 0 && ancestors.length <= most
        })
      })

      return Lineage.of({ of })
    })
  )
}

const deepest = 20
const most = 100

const sourcesOf = ({ parentId }: Asset, job: Job | null): ReadonlyArray<string> =>
  parentId === null ? (job?.request.media ?? []).map(({ assetId }) => assetId) : [parentId]
