import * as Schema from "effect/Schema"
import { wire } from "../../envelope/Wire.ts"
import type { Asset } from "../../media/Asset.ts"

/** contract/api.md 9.1. `path` equals `url`: both are the owned media URL. `facts` is what the maker says about it. */
const assetFields = {
  assetId: Schema.String,
  jobId: Schema.String,
  kind: Schema.Literals(["generated", "uploaded"]),
  modality: Schema.String,
  url: Schema.String,
  path: Schema.String,
  mimeType: Schema.String,
  contentLength: Schema.Number,
  width: Schema.NullOr(Schema.Number),
  height: Schema.NullOr(Schema.Number),
  sha256: Schema.String,
  createdAt: Schema.String
} as const

export const AssetRow = wire({ ...assetFields, facts: Schema.optionalKey(Schema.JsonObject) })
export type AssetRow = typeof AssetRow.Type

/** Where the bytes of an asset are, as this deployment tells it. */
export type UrlOf = (asset: Asset) => string

export const assetRow = (asset: Asset, urlOf: UrlOf, facts?: Schema.JsonObject): AssetRow => {
  const url = urlOf(asset)
  return {
    assetId: asset.id,
    jobId: asset.jobId,
    kind: asset.kind,
    modality: asset.modality,
    url,
    path: url,
    mimeType: asset.mimeType,
    contentLength: asset.contentLength,
    width: asset.width,
    height: asset.height,
    sha256: asset.sha256,
    createdAt: asset.createdAt,
    ...(facts === undefined || Object.keys(facts).length === 0 ? {} : { facts })
  }
}

export const AssetsShowAnswer = wire({
  request: wire({ reference: Schema.String, referenceType: Schema.Literal("asset_id") }),
  asset: wire({ ...assetFields, source: Schema.Literal("hosted_metadata") })
})

export const assetsShowAnswer = (asset: Asset, urlOf: UrlOf): typeof AssetsShowAnswer.Type => {
  const { facts: _, ...row } = assetRow(asset, urlOf)
  return {
    request: { reference: asset.id, referenceType: "asset_id" },
    asset: { ...row, source: "hosted_metadata" }
  }
}
