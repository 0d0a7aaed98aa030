import * as Schema from "effect/Schema"
import { command, type Command, flag, json, render } from "../../envelope/CommandLine.ts"
import { executable } from "../../envelope/Product.ts"
import { wire } from "../../envelope/Wire.ts"
import { Grant } from "../../identity/Actor.ts"
import { isRunnable, type Listed } from "../../models/Catalogue.ts"
import { capabilityId, grantFor, type Model, operationKinds } from "../../models/Model.ts"
import { DeprecationBlock, deprecationBlock, intents, parametersSchema } from "./Models.ts"

/** Request fields that mean the same for every model which has them. */
const normalizedControls = {
  prompt: { type: "string", maxLength: 8_000 },
  input_asset_id: { type: "string", description: "an owned asset, never a URL" },
  additional_input_asset_ids: { type: "array", items: { type: "string" }, maxItems: 15 },
  mask_asset_id: { type: "string", description: "an owned image of the same size in pixels as the input" },
  references: { type: "array", maxItems: 40, description: "asset_id, role, index, reference_index, reference_task" },
  intent: { type: "string", default: "explore" },
  aspect_ratio: { type: "string", pattern: "^(auto|[0-9]{1,2}:[0-9]{1,2})$" },
  output_count: { type: "integer", minimum: 1, default: 1 },
  max_estimated_usd_per_image: { type: "number", minimum: 0, maximum: 1_000 },
  max_usd: { type: "number", minimum: 0, maximum: 1_000 },
  accept_unknown_cost: { type: "boolean", default: false },
  dry_run: { type: "boolean", default: false },
  idempotency_key: { type: "string", pattern: "^[A-Za-z0-9._:-]{1,200}$" }
} as const

/** Those that a model takes: no prompt where it is forbidden, inputs, masks and references only where there are any. */
const controlsOf = ({ inputImage, mask, maxInputs, prompt, references }: Model): ReadonlyArray<string> => {
  const absent: ReadonlyArray<keyof typeof normalizedControls> = [
    ...(prompt === "forbidden" ? (["prompt"] as const) : []),
    ...(inputImage === "none" ? (["input_asset_id"] as const) : []),
    ...(maxInputs > 1 ? [] : (["additional_input_asset_ids"] as const)),
    ...(mask === "none" ? (["mask_asset_id"] as const) : []),
    ...(references === null ? (["references"] as const) : [])
  ]
  return Object.keys(normalizedControls).filter((name) => absent.every((other) => other !== name))
}

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
  deprecation: Schema.NullOr(DeprecationBlock)
})

/** contract/api.md 7.5: the registry seen from the side of its schemas. */
export const CapabilitiesListAnswer = wire({
  capabilities: Schema.Array(CapabilityRow),
  normalizedControls: Schema.JsonObject,
  authRequirements: wire({ read: Schema.String, execute: Schema.String }),
  deprecations: Schema.Array(Schema.String),
  nextCursor: Schema.NullOr(Schema.String),
  nextCommand: Schema.NullOr(Schema.String),
  source: Schema.Literal("hosted_capability_catalog")
})

export const CapabilitiesShowAnswer = wire({
  request: wire({ capabilityId: Schema.String }),
  capability: CapabilityRow
})

/** Which part of the catalogue: null is all of it, and begins at the first. */
export interface CapabilityPage {
  readonly limit: number | null
  readonly after: string | null
}

export const capabilitiesListAnswer = (
  listed: ReadonlyArray<Listed>,
  { after, limit }: CapabilityPage = { limit: null, after: null }
): typeof CapabilitiesListAnswer.Type => {
  const wired = listed.filter(({ model }) => model.wired)
  const begin = after === null ? 0 : wired.findIndex(({ model }) => capabilityId(model) === after) + 1
  const shown = wired.slice(begin, limit === null ? undefined : begin + limit)
  const last = shown.at(-1)
  const nextCursor = last !== undefined && begin + shown.length < wired.length ? capabilityId(last.model) : null
  return {
    capabilities: shown.map(capabilityRow),
    normalizedControls,
    authRequirements: { read: "none", execute: "bearer token with the listed grants" },
    deprecations: wired.flatMap(({ model }) => (model.deprecation === undefined ? [] : [capabilityId(model)])),
    nextCursor,
    nextCommand: nextCursor === null ? null : render(pageCommand(limit, nextCursor), executable),
    source: "hosted_capability_catalog"
  }
}

/** The same catalogue from there on. */
const pageCommand = (limit: number | null, cursor: string): Command =>
  command("capabilities list", limit === null ? null : flag("limit", `${limit}`), flag("cursor", cursor), json)

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
    normalizedControls: controlsOf(model),
    modelParametersSchema: { type, additionalProperties, properties, required },
    auth: { required: true, grantsRequired: [grantFor(model)] },
    modelIds: [model.id],
    deprecation: deprecationBlock(model)
  }
}
