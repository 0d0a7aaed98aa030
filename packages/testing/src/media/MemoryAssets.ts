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
      findPublic: (id) => first((asset) => asset.id === id),
      list: (organizationId, { before, kind, limit, modality }) =>
        Effect.map(assets.get, (all) => {
          const own = all.filter((asset) => asset.organizationId === organizationId)
          const end =
            before === null
              ? own.length
              : Math.max(
                  0,
                  own.findIndex(({ id }) => id === before)
                )
          return own
            .slice(0, end)
            .reverse()
            .filter((asset) => asset.deletedAt === null && asset.kind !== "derived")
            .filter((asset) => (kind ?? asset.kind) === asset.kind && (modality ?? asset.modality) === asset.modality)
            .slice(0, limit)
        }),
      ofParent: (parentId) =>
        Effect.map(assets.get, (all) => all.filter((asset) => asset.parentId === parentId && asset.deletedAt === null)),
      markDeleted: (id, deletedAt) =>
        assets.modify((all) => {
          const isMarked = all.some((asset) => asset.id === id && asset.deletedAt === null)
          const next = all.map((asset) =>
            asset.id === id && asset.deletedAt === null ? { ...asset, deletedAt } : asset
          )
          return Result.succeed([isMarked, next])
        }),
      isInUse: (sha256) =>
        Effect.map(assets.get, (all) => all.some((asset) => asset.sha256 === sha256 && asset.deletedAt === null)),
      expired: (now, limit) =>
        Effect.map(assets.get, (all) =>
          all
            .flatMap((asset) =>
              asset.expiresAt !== null && asset.expiresAt <= now && asset.deletedAt === null
                ? [{ asset, expiresAt: asset.expiresAt }]
                : []
            )
            .toSorted((left, right) =>
              left.expiresAt < right.expiresAt ? -1 : left.expiresAt > right.expiresAt ? 1 : 0
            )
            .slice(0, limit)
            .map(({ asset }) => asset)
        )
    })
  })
)
