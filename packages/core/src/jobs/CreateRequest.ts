import * as Schema from "effect/Schema"
import * as Field from "../envelope/Field.ts"
import { wire } from "../envelope/Wire.ts"
import { referenceRoles, referenceTasks } from "../models/Model.ts"

const assetIdRule = "must be an asset id such as image_8k2t5r0w6d4q1m7x3c9v"

export const assetId = Field.matching(
  /^(?:asset|image|video|audio|mask|thumb|file)_[A-Za-z0-9._-]{1,128}$/u,
  assetIdRule
)

/** One of `references` (contract/api.md 7.8): owned media that guides the model, never a URL. */
export const ReferenceRequest = wire({
  assetId,
  role: Schema.Literals(referenceRoles).annotate({ message: `must be one of ${referenceRoles.join(", ")}` }),
  index: Field.integer(0, 9),
  referenceIndex: Schema.optionalKey(Field.integer(0, 2)),
  referenceTask: Schema.optionalKey(
    Schema.Literals(referenceTasks).annotate({ message: `must be one of ${referenceTasks.join(", ")}` })
  )
})
export type ReferenceRequest = typeof ReferenceRequest.Type

/** What create and edit take alike. Fields left out are filled by the program, not here. */
export const mediaFields = {
  provider: Schema.optionalKey(Field.line(1, 40)),
  model: Schema.optionalKey(Field.line(1, 120)),
  intent: Schema.optionalKey(Field.line(1, 40)),
  aspectRatio: Schema.optionalKey(Field.matching(/^(?:auto|[1-9]\d?:[1-9]\d?)$/u, "must be W:H such as 16:9, or auto")),
  outputCount: Schema.optionalKey(Field.integer(1, 1_000)),
  references: Schema.optionalKey(
    Schema.Array(ReferenceRequest)
      .annotate({ message: "must be a list of references" })
      .check(Schema.isMaxLength(40, { message: "must be a list of at most 40 references" }))
  ),
  modelParameters: Schema.optionalKey(Schema.JsonObject.annotate({ message: "must be a JSON object" })),
  maxEstimatedUsdPerImage: Schema.optionalKey(Field.usd),
  maxUsd: Schema.optionalKey(Field.usd),
  acceptUnknownCost: Schema.optionalKey(Field.boolean),
  dryRun: Schema.optionalKey(Field.boolean),
  idempotencyKey: Schema.optionalKey(Field.idempotencyKey),
  /** Ours: who may open the outputs; private ones have only signed links that expire. */
  visibility: Schema.optionalKey(
    Schema.Literals(["public", "private"]).annotate({ message: "must be public or private" })
  ),
  /** Ours: how long the request waits for the job, in milliseconds; 0 answers as soon as the job is safely written. */
  waitMs: Schema.optionalKey(Field.integer(0, 280_000))
} as const

/** The body of `POST /v1/create` (contract/api.md 8.1). */
export const CreateRequest = wire({
  prompt: Schema.optionalKey(Field.text(0, 8_000)),
  ...mediaFields
})
export type CreateRequest = typeof CreateRequest.Type
