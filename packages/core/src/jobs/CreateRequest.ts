import * as Schema from "effect/Schema"
import * as Field from "../envelope/Field.ts"
import { wire } from "../envelope/Wire.ts"

/** The body of `POST /v1/create` (contract/api.md 8.1). Fields left out are filled by the program, not here. */
export const CreateRequest = wire({
  prompt: Schema.optionalKey(Field.text(0, 8_000)),
  provider: Schema.optionalKey(Field.line(1, 40)),
  model: Schema.optionalKey(Field.line(1, 120)),
  intent: Schema.optionalKey(Field.line(1, 40)),
  aspectRatio: Schema.optionalKey(Field.matching(/^(?:auto|[1-9]\d?:[1-9]\d?)$/u, "must be W:H such as 16:9, or auto")),
  outputCount: Schema.optionalKey(Field.integer(1, 1_000)),
  references: Schema.optionalKey(
    Schema.Array(Schema.JsonObject.annotate({ message: "must be a JSON object" })).annotate({
      message: "must be a list of references"
    })
  ),
  modelParameters: Schema.optionalKey(Schema.JsonObject.annotate({ message: "must be a JSON object" })),
  maxEstimatedUsdPerImage: Schema.optionalKey(Field.usd),
  maxUsd: Schema.optionalKey(Field.usd),
  acceptUnknownCost: Schema.optionalKey(Field.boolean),
  dryRun: Schema.optionalKey(Field.boolean),
  idempotencyKey: Schema.optionalKey(Field.idempotencyKey)
})
export type CreateRequest = typeof CreateRequest.Type
