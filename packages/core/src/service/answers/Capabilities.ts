import * as Schema from "effect/Schema"
import { wire } from "../../envelope/Wire.ts"
import { Grant } from "../../identity/Actor.ts"
import { isRunnable, type Listed } from "../../models/Catalogue.ts"
import { capabilityId, grantFor, operationKinds } from "../../models/Model.ts"
import { intents, parametersSchema } from "./Models.ts"

/** Request fields that mean the same for every model. */
const normalizedControls = [
  "prompt",
  "intent",
  "aspect_ratio",
  "output_count",
  "max_estimated_usd_per_image",
  "max_usd",
  "accept_unknown_cost",
  "dry_run",
  "idempotency_key"
] as const

const CapabilityRow = wire({
  id: Schema.String,
  version: Schema.Literal(1),
  operation: Schema.Literals(operationKinds),
  modality: Schema.String,
  status: Schema.Literals(["available", "unavailable"]),
  executionStatus: Schema.Literals(["executable", "cataloged_not_wired"]),
  title: Schema.String,
  intents: Schema.Array(Schema.String),
  normalizedControls: Schema.Array(Schema.String),
  modelParametersSchema: Schema.JsonObject,
  auth: wire({ required: Schema.Boolean, grantsRequired: Schema.Array(Grant) }),
  modelIds: Schema.Array(Schema.String),
  deprecation: Schema.Null
})

/** contract/api.md 7.5: the registry seen from the side of its schemas. */
export const CapabilitiesListAnswer = wire({
  capabilities: Schema.Array(CapabilityRow),
  normalizedControls: Schema.JsonObject,
  authRequirements: wire({ read: Schema.String, execute: Schema.String }),
  deprecations: Schema.Array(Schema.String),
  source: Schema.Literal("hosted_capability_catalog")
})

export const CapabilitiesShowAnswer = wire({
  request: wire({ capabilityId: Schema.String }),
  capability: CapabilityRow
})

export const capabilitiesListAnswer = (listed: ReadonlyArray<Listed>): typeof CapabilitiesListAnswer.Type => ({
  capabilities: listed.filter(({ model }) => model.wired).map(capabilityRow),
  normalizedControls: {
    output_count: { type: "integer", minimum: 1, default: 1 },
    aspect_ratio: { type: "string", pattern: "^(auto|[0-9]{1,2}:[0-9]{1,2})$" }
  },
  authRequirements: { read: "none", execute: "bearer token with the listed grants" },
  deprecations: [],
  source: "hosted_capability_catalog"
})

export const capabilityRow = (listed: Listed): typeof CapabilityRow.Type => {
  const { model } = listed
  const { additionalProperties, properties, required, type } = parametersSchema(model)
  return {
    id: capabilityId(model),
    version: 1,
    operation: model.operation,
    modality: model.modality,
    status: isRunnable(listed) ? "available" : "unavailable",
    executionStatus: model.wired ? "executable" : "cataloged_not_wired",
    title: model.displayName,
    intents: intents(model),
    normalizedControls,
    modelParametersSchema: { type, additionalProperties, properties, required },
    auth: { required: true, grantsRequired: [grantFor(model)] },
    modelIds: [model.id],
    deprecation: null
  }
}
