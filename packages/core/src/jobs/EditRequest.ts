import * as Schema from "effect/Schema"
import * as Field from "../envelope/Field.ts"
import { wire } from "../envelope/Wire.ts"
import { assetId, mediaFields } from "./CreateRequest.ts"

/** The body of `POST /v1/edit` (contract/api.md 8.5). */
export const EditRequest = wire({
  inputAssetId: assetId,
  /** Ours: more input images, for models that take several. */
  additionalInputAssetIds: Schema.optionalKey(
    Schema.Array(assetId)
      .annotate({ message: "must be a list of asset ids" })
      .check(Schema.isMaxLength(15, { message: "must be a list of at most 15 asset ids" }))
  ),
  maskAssetId: Schema.optionalKey(assetId),
  prompt: Schema.optionalKey(Field.text(0, 8_000)),
  ...mediaFields
})
export type EditRequest = typeof EditRequest.Type
