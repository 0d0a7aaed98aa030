import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { command, json, positional } from "../envelope/CommandLine.ts"
import { Ids } from "../envelope/Ids.ts"
import { docsUrl } from "../envelope/Product.ts"
import { Refusal } from "../envelope/Refusal.ts"
import type { OrganizationId } from "../identity/Actor.ts"
import { ArtifactStore } from "../media/ArtifactStore.ts"
import type { Asset } from "../media/Asset.ts"
import { Assets } from "../media/Assets.ts"
import { MediaInspector } from "../media/MediaInspector.ts"
import { OwnedBytes } from "../media/OwnedBytes.ts"
import { Store, type StoreUnavailable } from "../store/Store.ts"
import * as Refusals from "./Refusals.ts"

/** What its owner does with an asset that is there: look at it small, and delete it. */
export class AssetCare extends Context.Service<
  AssetCare,
  {
    /** None when it never was, is somebody else's, or was deleted. */
    find(organizationId: OrganizationId, id: string): Effect.Effect<Option.Option<Asset>, StoreUnavailable>
    /** `edge` pixels on its longer side, or the next of `thumbnailEdges`; made once and then kept beside its asset. */
    thumbnail(asset: Asset, edge: number): Effect.Effect<Asset, Refusal | StoreUnavailable>
    /** Deletes it with its thumbnails; the bytes go unless another asset has the same. False when it was deleted before. */
    delete(asset: Asset): Effect.Effect<boolean, StoreUnavailable>
    /** Deletes up to `limit` assets whose time is over; says how many. */
    expire(limit: number): Effect.Effect<number, StoreUnavailable>
    /** Frees up to `limit` bytes that nobody owns any more; says how many. */
    tidy(limit: number): Effect.Effect<number, StoreUnavailable>
  }
>()("core/jobs/AssetCare") {
  static readonly layer = Layer.effect(
    AssetCare,
    Effect.gen(function* () {
      const assets = yield* Assets
      const artifacts = yield* ArtifactStore
      const owned = yield* OwnedBytes
      const inspector = yield* MediaInspector
      const store = yield* Store
      const ids = yield* Ids

      const find = (organizationId: OrganizationId, id: string) =>
        Effect.map(
          assets.find(organizationId, id),
          Option.filter(({ deletedAt }) => deletedAt === null)
        )

      const thumbnail = Effect.fn("AssetCare.thumbnail")(function* (asset: Asset, edge: number) {
        if (asset.modality !== "image") return yield* notAPicture(asset)
        const kept = keptEdge(asset, edge)
        const known = yield* assets.thumbnail(asset.id, kept)
        if (Option.isSome(known)) return known.value
        const { contentLength: bytes, mimeType, sha256 } = asset
        const made = yield* Effect.mapError(inspector.thumbnail({ sha256, bytes, mimeType }, kept), ({ message }) =>
          noThumbnail(asset, message)
        )
        yield* owned.storing
        const stored = yield* Effect.mapError(artifacts.put(made.bytes), Refusals.storageUnavailable)
        const small: Asset = {
          ...asset,
          id: yield* ids.next("thumb"),
          kind: "derived",
          mimeType: made.mimeType,
          contentLength: stored.bytes,
          width: made.size.width,
          height: made.size.height,
          sha256: stored.sha256,
          createdAt: DateTime.formatIso(yield* DateTime.now),
          parentId: asset.id,
          evidence: null
        }
        const row = yield* Effect.flatMap(
          find(asset.organizationId, asset.id),
          Option.match({
            onNone: () => Effect.succeedNone,
            onSome: () => Effect.asSome(assets.insertThumbnail(asset.id, kept, small))
          })
        ).pipe(store.transaction)
        if (Option.getOrNull(row)?.sha256 !== stored.sha256) yield* Effect.ignore(owned.free(stored.sha256))
        return Option.isSome(row) ? row.value : yield* deletedMeanwhile(asset)
      }, Effect.scoped)

      const remove = Effect.fn("AssetCare.delete")(function* (asset: Asset) {
        const at = DateTime.formatIso(yield* DateTime.now)
        const gone = yield* Effect.gen(function* () {
          const small = yield* assets.ofParent(asset.id)
          const isFirst = yield* assets.markDeleted(asset.id, at)
          yield* Effect.forEach(small, ({ id }) => assets.markDeleted(id, at), { discard: true })
          const all = isFirst ? [asset, ...small] : []
          yield* Effect.forEach(all, ({ sha256 }) => owned.letGo(sha256), { discard: true })
          return all
        }).pipe(store.transaction)
        // Bytes that cannot be freed now are freed later, where nobody finds them; the asset is deleted all the same.
        yield* Effect.forEach(gone, ({ sha256 }) => Effect.ignore(owned.free(sha256)), { discard: true })
        return gone.length > 0
      })

      const expire = Effect.fn("AssetCare.expire")(function* (limit: number) {
        const now = DateTime.formatIso(yield* DateTime.now)
        const over = yield* assets.expired(now, limit)
        yield* Effect.forEach(over, remove, { discard: true })
        return over.length
      })

      const tidy = Effect.fn("AssetCare.tidy")((limit: number) =>
        Effect.catchTag(owned.sweep(limit), "ArtifactStoreFailed", () => Effect.succeed(0))
      )

      return AssetCare.of({ find, thumbnail, delete: remove, expire, tidy })
    })
  )
}

/** The longer sides in which thumbnails are kept, so that an asset has no more than these. */
export const thumbnailEdges = [16, 32, 64, 128, 256, 512, 1024] as const

/** The next one that has what is asked for. A picture that is smaller than that is not enlarged, and not kept twice. */
const keptEdge = ({ height, width }: Asset, edge: number): number => {
  const useful = Math.min(edge, Math.max(width ?? edge, height ?? edge))
  return thumbnailEdges.find((kept) => kept >= useful) ?? 1024
}

const notAPicture = ({ id, modality }: Asset): Refusal =>
  new Refusal({
    code: "INVALID_ARGUMENTS",
    message: `${id} is ${modality === "audio" ? "audio" : `a ${modality} asset`}; only pictures have thumbnails`,
    recovery: {
      suggestedCommand: command("assets show", positional(id), json),
      docsUrl: docsUrl("image-skill-assets")
    },
    details: { field: "thumbnail" }
  })

const deletedMeanwhile = ({ id }: Asset): Refusal =>
  new Refusal({
    code: "ASSET_NOT_FOUND",
    message: `${id} was deleted while its thumbnail was being made; nothing was kept`,
    recovery: { suggestedCommand: command("assets list", json), docsUrl: docsUrl("image-skill-assets") }
  })

const noThumbnail = ({ id }: Asset, message: string): Refusal =>
  new Refusal({
    code: "INPUT_POLICY_DENIED",
    message: `no thumbnail of ${id} could be made: ${message}`,
    recovery: {
      suggestedCommand: command("assets show", positional(id), json),
      docsUrl: docsUrl("image-skill-assets")
    },
    details: { field: "thumbnail" }
  })
