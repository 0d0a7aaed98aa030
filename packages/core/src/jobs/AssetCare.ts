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
    /** At most `edge` pixels on its longer side; made once and then kept beside its asset. */
    thumbnail(asset: Asset, edge: number): Effect.Effect<Asset, Refusal | StoreUnavailable>
    /** Deletes it with its thumbnails; the bytes go unless another asset has the same. False when it was deleted before. */
    delete(asset: Asset): Effect.Effect<boolean, StoreUnavailable>
    /** Deletes up to `limit` assets whose time is over; says how many. */
    expire(limit: number): Effect.Effect<number, StoreUnavailable>
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
        const known = (yield* assets.ofParent(asset.id)).find((small) => hasEdge(small, asset, edge))
        if (known !== undefined) return known
        const { contentLength: bytes, mimeType, sha256 } = asset
        const made = yield* Effect.mapError(inspector.thumbnail({ sha256, bytes, mimeType }, edge), ({ message }) =>
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
        const isThere = yield* Effect.tap(Effect.map(find(asset.organizationId, asset.id), Option.isSome), (there) =>
          there ? assets.insert(small) : Effect.void
        ).pipe(store.transaction)
        if (isThere) return small
        yield* Effect.ignore(owned.free(stored.sha256))
        return yield* deletedMeanwhile(asset)
      }, Effect.scoped)

      const remove = Effect.fn("AssetCare.delete")(function* (asset: Asset) {
        const at = DateTime.formatIso(yield* DateTime.now)
        const gone = yield* Effect.gen(function* () {
          const small = yield* assets.ofParent(asset.id)
          const isFirst = yield* assets.markDeleted(asset.id, at)
          yield* Effect.forEach(small, ({ id }) => assets.markDeleted(id, at), { discard: true })
          return isFirst ? [asset, ...small] : []
        }).pipe(store.transaction)
        // Bytes that cannot be freed now stay where nobody finds them; the asset is deleted all the same.
        yield* Effect.forEach(gone, ({ sha256 }) => Effect.ignore(owned.free(sha256)), { discard: true })
        return gone.length > 0
      })

      const expire = Effect.fn("AssetCare.expire")(function* (limit: number) {
        const now = DateTime.formatIso(yield* DateTime.now)
        const over = yield* assets.expired(now, limit)
        yield* Effect.forEach(over, remove, { discard: true })
        return over.length
      })

      return AssetCare.of({ find, thumbnail, delete: remove, expire })
    })
  )
}

/** A picture that is smaller than the thumbnail asked for is not enlarged. */
const hasEdge = (small: Asset, { height, width }: Asset, edge: number): boolean =>
  Math.max(small.width ?? 0, small.height ?? 0) === Math.min(edge, Math.max(width ?? edge, height ?? edge))

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
