import type { Asset } from "@image-skill/core/media/Asset"
import { Assets } from "@image-skill/core/media/Assets"
import * as Array from "effect/Array"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import { conflict, MemoryStore } from "../store/MemoryStore.ts"

export const layer: Layer.Layer<Assets, never, MemoryStore> = Layer.effect(
  Assets,
  Effect.map(MemoryStore, ({ cell }) => {
    const assets = cell<ReadonlyArray<Asset>>([])
    const first = (matches: (asset: Asset) => boolean) =>
      Effect.map(assets.get, (all) => Array.findFirst(all, (asset) => matches(asset)))
    return Assets.of({
      insert: (asset) =>
        assets.modify((all) =>
          all.some(({ id }) => id === asset.id) ? conflict("the asset") : Result.succeed([undefined, [...all, asset]])
        ),
      find: (organizationId, id) => first((asset) => asset.id === id && asset.organizationId === organizationId),
      ofJob: (jobId) => Effect.map(assets.get, (all) => all.filter((asset) => asset.jobId === jobId)),
      findPublic: (id) => first((asset) => asset.id === id)
    })
  })
)
