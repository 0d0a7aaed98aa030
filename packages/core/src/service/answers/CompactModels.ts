import * as Schema from "effect/Schema"
import { wire } from "../../envelope/Wire.ts"
import { Grant } from "../../identity/Actor.ts"
import { DeprecationBlock, type ModelRow, Operations } from "./Models.ts"

/** contract/api.md 7.4: what a list needs to choose by; `models show` has the rest. */
export const CompactModelRow = wire({
  id: Schema.String,
  default: Schema.Boolean,
  displayName: Schema.String,
  providerId: Schema.String,
  mode: Schema.Literals(["live", "simulated"]),
  status: Schema.Literals(["available", "unavailable"]),
  availabilityReason: Schema.NullOr(Schema.String),
  modality: Schema.String,
  supports: Schema.Array(Schema.String),
  operations: Operations,
  taskTags: Schema.Array(Schema.String),
  estimatedUsdPerImage: Schema.NullOr(Schema.Number),
  creditsRequired: Schema.Number,
  pricingConfidence: Schema.String,
  costKnown: Schema.Boolean,
  budgetRequiredForLive: Schema.Boolean,
  maxOutputsPerRequest: Schema.Number,
  maxResolution: Schema.NullOr(Schema.String),
  artifactStorage: Schema.Literal("image_skill_owned"),
  modelExecutionStatus: Schema.Literals(["executable", "cataloged_not_wired"]),
  grantsRequired: Schema.Array(Grant),
  showCommand: Schema.String,
  /** Only where there is one: every other row has exactly the fields of the contract. */
  deprecation: Schema.optionalKey(DeprecationBlock)
})

export const compactModelRow = (row: ModelRow): typeof CompactModelRow.Type => ({
  id: row.id,
  default: row.default,
  displayName: row.displayName,
  providerId: row.providerId,
  mode: row.mode,
  status: row.status,
  availabilityReason: row.availabilityReason,
  modality: row.modality,
  supports: row.supports,
  operations: row.operations,
  taskTags: row.taskTags,
  estimatedUsdPerImage: row.economics.estimatedUsdPerImage,
  creditsRequired: row.economics.creditPricing.creditsRequired,
  pricingConfidence: row.economics.creditPricing.pricingConfidence,
  costKnown: row.economics.costKnown,
  budgetRequiredForLive: row.economics.budgetRequiredForLive,
  maxOutputsPerRequest: row.media.output.maxOutputsPerRequest,
  maxResolution: row.media.output.maxResolution,
  artifactStorage: row.execution.artifactStorage,
  modelExecutionStatus: row.execution.modelExecutionStatus,
  grantsRequired: row.capability.grantsRequired,
  showCommand: row.showCommand,
  ...(row.deprecation === null ? {} : { deprecation: row.deprecation })
})
