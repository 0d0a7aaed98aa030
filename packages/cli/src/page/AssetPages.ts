import { describeRest } from "./GenericPage.ts"
import { type Block, facts, type Page, table } from "./Page.ts"
import type { Sheet } from "./Sheet.ts"

/** What was made or kept, one row each. */
export const assetTable = (data: Sheet, path: string, heading: string | null): ReadonlyArray<Block> =>
  table(
    heading,
    [
      { title: "Asset" },
      { title: "Type" },
      { title: "Size" },
      { title: "Bytes", align: "right" },
      { title: "Made", wraps: true }
    ],
    data.each(path).map((asset) => {
      asset.skip("path", "job_id", "modality")
      return [
        asset.text("asset_id"),
        asset.text("mime_type")?.replace(/^.*\//u, "") ?? null,
        sizeOf(asset),
        asset.bytes("content_length"),
        asset.minute("created_at")
      ]
    })
  )

const sizeOf = (asset: Sheet): string | null => {
  const [width, height, seconds] = [asset.text("width"), asset.text("height"), asset.text("evidence.duration_seconds")]
  const size = width === null || height === null ? null : `${width} x ${height}`
  return seconds === null ? size : [size, `${seconds} s`].filter((part) => part !== null).join(", ")
}

export const assetsPage = (data: Sheet): Page => {
  data.skip("request")
  const count = data.each("assets").length
  return {
    title: count === 0 ? "No assets" : `${count} asset${count === 1 ? "" : "s"}, newest first`,
    blocks: [...assetTable(data, "assets", null), ...facts(null, ["More from", data.text("next_cursor")])]
  }
}

export const assetPage = (data: Sheet): Page => {
  data.skip("request")
  const asset = data.inside("asset")
  const title = `${asset.text("asset_id") ?? "An asset"}: ${asset.text("kind") ?? ""} ${asset.text("modality") ?? "media"}`
  return { title, blocks: [...assetFacts(asset), ...describeRest(data, "thumbnail", "Thumbnail")] }
}

export const downloadPage = (data: Sheet): Page => {
  data.skip("request", "download.content_length_header")
  const download = data.inside("download")
  const asset = data.inside("asset")
  return {
    title: `Saved ${asset.text("asset_id") ?? "the asset"} as ${download.text("output_path") ?? "a file"}`,
    blocks: [
      ...facts(
        null,
        ["File", download.text("output_path")],
        ["Size on disk", download.bytes("bytes")],
        ["Type", download.text("content_type")],
        ["Replaced a file", download.is("overwritten") ? "yes" : null]
      ),
      ...assetFacts(asset)
    ]
  }
}

export const uploadPage = (data: Sheet): Page => {
  data.skip("request.source_kind", "upload.mime_type", "upload.sha256")
  const asset = data.inside("asset")
  const name = data.text("request.filename") ?? data.text("request.remote_origin")
  return {
    title: `Kept ${name ?? "the picture"} as ${asset.text("asset_id") ?? "an asset"}`,
    blocks: [
      ...assetFacts(asset),
      ...facts(null, ["Sent", data.bytes("upload.bytes")], ["Checked", data.text("upload.policy.checks")])
    ]
  }
}

const assetFacts = (asset: Sheet): ReadonlyArray<Block> => {
  asset.skip("path", "asset_id")
  return facts(
    "Asset",
    ["Type", asset.text("mime_type")],
    ["Size", sizeOf(asset)],
    ["Bytes", asset.bytes("content_length")],
    ["Made", asset.text("created_at")],
    ["By job", asset.text("job_id")],
    ["Visible to", asset.text("visibility")],
    ["Kept", asset.state("retention.policy")],
    ["Until", asset.text("retention.expires_at")],
    ["Noticed", listed(asset, "evidence.flags")],
    ["SHA-256", asset.text("sha256")],
    ["At", asset.text("url")]
  )
}

/** An empty list says nothing. */
const listed = (sheet: Sheet, path: string): string | null => {
  const text = sheet.text(path)
  return text === "none" ? null : text
}
