import type { Asset } from "@image-skill/core/media/Asset"
import { Assets } from "@image-skill/core/media/Assets"
import { Store } from "@image-skill/core/store/Store"
import * as Array from "effect/Array"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { conflict, MemoryStore } from "../store/MemoryStore.ts"

export const layer: Layer.Layer<Assets, never, MemoryStore | Store> = Layer.effect(
  Assets,
  Effect.map(Effect.all([MemoryStore, Store]), ([{ cell }, { transaction }]) => {
    const assets = cell<ReadonlyArray<Asset>>([])
    /** Which asset is the thumbnail of a parent for an edge. */
    const thumbnails = cell<ReadonlyMap<string, string>>(new Map())
    const unused = cell<ReadonlyMap<string, string>>(new Map())
    const first = (matches: (asset: Asset) => boolean) =>
      Effect.map(assets.get, (all) => Array.findFirst(all, (asset) => matches(asset)))
    const insert = (asset: Asset) =>
      assets.modify((all) =>
        all.some(({ id }) => id === asset.id) ? conflict("the asset") : Result.succeed([undefined, [...all, asset]])
      )
    const thumbnail = (parentId: string, edge: number) =>
      Effect.flatMap(thumbnails.get, (known) =>
        first(({ deletedAt, id }) => deletedAt === null && known.get(`${parentId} ${edge}`) === id)
      )
    return Assets.of({
      insert,
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
      thumbnail,
      insertThumbnail: (parentId, edge, asset) =>
        Effect.gen(function* () {
          const known = yield* thumbnail(parentId, edge)
          if (Option.isSome(known)) return known.value
          const row = { ...asset, parentId }
          yield* insert(row)
          yield* thumbnails.update((all) => new Map([...all, [`${parentId} ${edge}`, asset.id]]))
          return row
        }).pipe(transaction),
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
      noteUnused: (sha256, dueAt) => unused.update((all) => new Map([...all, [sha256, dueAt]])),
      unused: (now, limit) =>
        Effect.map(unused.get, (all) =>
          [...all]
            .filter(([, dueAt]) => dueAt <= now)
            .map(([sha256, dueAt]) => ({ sha256, order: `${dueAt} ${sha256}` }))
            .toSorted((left, right) => (left.order < right.order ? -1 : 1))
            .slice(0, limit)
            .map(({ sha256 }) => sha256)
        ),
      forgetUnused: (sha256) => unused.update((all) => new Map([...all].filter(([name]) => name !== sha256))),
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
