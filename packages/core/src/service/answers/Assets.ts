import * as Schema from "effect/Schema"
import { command, flag, json, positional, render } from "../../envelope/CommandLine.ts"
import { type NextActions, nextActionsToWire, NextActionsWire } from "../../envelope/NextAction.ts"
import { executable } from "../../envelope/Product.ts"
import { bareStart } from "../../envelope/Start.ts"
import { wire } from "../../envelope/Wire.ts"
import { downloadAsset, showJob } from "../../jobs/JobCommands.ts"
import type { Asset } from "../../media/Asset.ts"
import { AssetEvidence } from "../../media/Evidence.ts"

/** contract/api.md 9.1. `path` equals `url`: both are the owned media URL. `facts` is what the maker says about it. */
const assetFields = {
  assetId: Schema.String,
  jobId: Schema.String,
  kind: Schema.Literals(["generated", "uploaded", "derived"]),
  modality: Schema.String,
  url: Schema.String,
  path: Schema.String,
  mimeType: Schema.String,
  contentLength: Schema.Number,
  width: Schema.NullOr(Schema.Number),
  height: Schema.NullOr(Schema.Number),
  sha256: Schema.String,
  createdAt: Schema.String,
  visibility: Schema.Literals(["public", "private"]),
  /** What was measured in the bytes; left out while nobody has looked. */
  evidence: Schema.optionalKey(AssetEvidence)
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
    visibility: asset.visibility,
    ...(asset.evidence === null ? {} : { evidence: asset.evidence }),
    ...(facts === undefined || Object.keys(facts).length === 0 ? {} : { facts })
  }
}

/** How long the bytes are kept, as a rule and as a date. */
const Retention = wire({
  policy: Schema.Literals(["until_deleted", "until_expiry"]),
  expiresAt: Schema.NullOr(Schema.String)
})

export const AssetsShowAnswer = wire({
  request: wire({ reference: Schema.String, referenceType: Schema.Literal("asset_id") }),
  asset: wire({ ...assetFields, retention: Retention, source: Schema.Literal("hosted_metadata") }),
  thumbnail: Schema.optionalKey(AssetRow),
  nextActions: NextActionsWire,
  nextCommand: Schema.String
})

export const assetsShowAnswer = (
  asset: Asset,
  thumbnail: Asset | null,
  urlOf: UrlOf,
  more: NextActions
): typeof AssetsShowAnswer.Type => {
  const { facts: _, ...row } = assetRow(asset, urlOf)
  const actions = { ...actionsFor(asset), ...more }
  return {
    request: { reference: asset.id, referenceType: "asset_id" },
    asset: {
      ...row,
      retention: { policy: asset.expiresAt === null ? "until_deleted" : "until_expiry", expiresAt: asset.expiresAt },
      source: "hosted_metadata"
    },
    ...(thumbnail === null ? {} : { thumbnail: assetRow(thumbnail, urlOf) }),
    nextActions: nextActionsToWire(actions, bareStart),
    nextCommand: render(downloadAsset(asset), executable)
  }
}

const actionsFor = (asset: Asset): NextActions => ({
  download: { command: downloadAsset(asset), effect: "read" },
  lineage: { command: command("assets lineage", positional(asset.id), json), effect: "read" },
  inspect_job: { command: showJob(asset.jobId), effect: "read" }
})

export const AssetsListAnswer = wire({
  request: wire({ limit: Schema.Number, kind: Schema.NullOr(Schema.String), modality: Schema.NullOr(Schema.String) }),
  assets: Schema.Array(AssetRow),
  nextCursor: Schema.NullOr(Schema.String),
  nextActions: NextActionsWire,
  nextCommand: Schema.NullOr(Schema.String)
})

export const assetsListAnswer = (
  request: { readonly limit: number; readonly kind: string | null; readonly modality: string | null },
  assets: ReadonlyArray<Asset>,
  nextCursor: string | null,
  urlOf: UrlOf,
  actions: NextActions
): typeof AssetsListAnswer.Type => ({
  request,
  assets: assets.map((asset) => assetRow(asset, urlOf)),
  nextCursor,
  nextActions: nextActionsToWire(actions, bareStart),
  nextCommand:
    nextCursor === null
      ? null
      : render(
          command(
            "assets list",
            flag("limit", `${request.limit}`),
            request.kind === null ? null : flag("kind", request.kind),
            request.modality === null ? null : flag("modality", request.modality),
            flag("cursor", nextCursor),
            json
          ),
          executable
        )
})

export const AssetsDeleteAnswer = wire({
  request: wire({ assetId: Schema.String }),
  asset: wire({ assetId: Schema.String, deleted: Schema.Literal(true), deletedAt: Schema.NullOr(Schema.String) }),
  /** Its links stop working at once. Its bytes go within minutes, unless another asset has the very same ones. */
  bytesShared: Schema.Boolean
})
