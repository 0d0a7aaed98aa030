import { isJsonObject, jsonField } from "@image-skill/core/envelope/JsonFields"
import { assetId } from "@image-skill/core/jobs/CreateRequest"
import * as McpSchema from "effect/ai/McpSchema"
import * as Schema from "effect/Schema"

/** What is known of an asset that an answer names. Nothing of it is text of a service's own making. */
export interface NamedAsset {
  readonly assetId: string
  readonly mimeType: string | null
  /** Bytes. */
  readonly size: number | null
}

const scheme = "image-skill://assets/"

export const assetTemplate = `${scheme}{asset_id}`

/** As the matcher of `effect/ai` wants it. */
export const assetRoute = `${scheme.replace(":", "::")}:0`

export const assetUri = (id: string): string => `${scheme}${id}`

export const isAssetId = Schema.is(assetId)

const isMimeType = (text: unknown): text is string =>
  typeof text === "string" && /^[a-z]{1,20}\/[a-z0-9.+-]{1,80}$/u.test(text)

/** The assets of an answer, each once, at most a page of them. */
export const assetsIn = (data: Schema.Json): ReadonlyArray<NamedAsset> => {
  const rows = [jsonField(data, "asset"), ...rowsOf(jsonField(data, "assets"))].flatMap(assetOf)
  return [...new Map(rows.map((asset) => [asset.assetId, asset])).values()].slice(0, most)
}

const most = 100

const rowsOf = (value: Schema.Json | undefined): ReadonlyArray<Schema.Json> =>
  value !== null && typeof value === "object" && !isJsonObject(value) ? value : []

const assetOf = (row: Schema.Json | undefined): ReadonlyArray<NamedAsset> => {
  const id = jsonField(row, "asset_id")
  if (!isJsonObject(row) || !isAssetId(id)) return []
  const { content_length: size, mime_type: mimeType } = row
  return [
    {
      assetId: id,
      mimeType: isMimeType(mimeType) ? mimeType : null,
      size: typeof size === "number" && Number.isSafeInteger(size) && size >= 0 ? size : null
    }
  ]
}

const fieldsOf = ({ assetId: id, mimeType, size }: NamedAsset) => ({
  uri: assetUri(id),
  name: id,
  ...(mimeType === null ? {} : { mimeType }),
  ...(size === null ? {} : { size })
})

/** Instead of the bytes, which would fill the context of a model. */
export const linkTo = (asset: NamedAsset): typeof McpSchema.ResourceLink.Type =>
  McpSchema.ResourceLink.make({ ...fieldsOf(asset), type: "resource_link" })

export const resourceOf = (asset: NamedAsset): McpSchema.Resource => new McpSchema.Resource(fieldsOf(asset))
