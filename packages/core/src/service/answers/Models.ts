import * as Schema from "effect/Schema"
import { toUsd } from "../../credits/Credits.ts"
import { listedPrice, needsConfirmation, tierPrices } from "../../credits/ModelPrice.ts"
import { CreditPricing, creditPricing } from "../../credits/Pricing.ts"
import { command, json, positional, render } from "../../envelope/CommandLine.ts"
import { executable } from "../../envelope/Product.ts"
import { wire } from "../../envelope/Wire.ts"
import { Grant } from "../../identity/Actor.ts"
import { isRunnable, type Listed } from "../../models/Catalogue.ts"
import { capabilityId, grantFor, type Model, operationKinds, type ParameterSchema } from "../../models/Model.ts"
import { migrationCommand, migrationOf } from "../../models/ModelAliases.ts"

export const Operations = Schema.Array(Schema.Literals(operationKinds))

/** JSON Schema of `model_parameters`: what `MODEL_PARAMETERS_INVALID` is judged by. */
const ParametersSchema = Schema.Struct({
  type: Schema.Literal("object"),
  additionalProperties: Schema.Literal(false),
  properties: Schema.JsonObject,
  required: Schema.Array(Schema.String)
})

export const parametersSchema = ({ parameters }: Model): typeof ParametersSchema.Type => ({
  type: "object",
  additionalProperties: false,
  properties: Object.fromEntries(Object.entries(parameters).map(([name, schema]) => [name, jsonSchema(schema)])),
  required: []
})

const jsonSchema = ({ enum: values, oneOf, properties, required, ...rest }: ParameterSchema): Schema.JsonObject => ({
  ...rest,
  ...(values === undefined ? {} : { enum: values }),
  ...(required === undefined ? {} : { required, additionalProperties: false }),
  ...(oneOf === undefined ? {} : { oneOf: oneOf.map(jsonSchema) }),
  ...(properties === undefined
    ? {}
    : {
        properties: Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, jsonSchema(schema)]))
      })
})

/** That a model is on its way out, until when it runs, and what takes its place (contract/api.md 7.3, migration hints). */
export const DeprecationBlock = wire({
  deprecated: Schema.Literal(true),
  sunsetAt: Schema.NullOr(Schema.String),
  replacementModelId: Schema.NullOr(Schema.String),
  migrationCommand: Schema.String
})

export const deprecationBlock = (model: Model): typeof DeprecationBlock.Type | null =>
  model.deprecation === undefined
    ? null
    : { deprecated: true, ...model.deprecation, migrationCommand: render(migrationCommand(model), executable) }

/** contract/api.md 7.3. */
export const ModelRow = wire({
  id: Schema.String,
  default: Schema.Boolean,
  displayName: Schema.String,
  providerId: Schema.String,
  mode: Schema.Literals(["live", "simulated"]),
  status: Schema.Literals(["available", "unavailable"]),
  availabilityReason: Schema.NullOr(Schema.String),
  availabilityVariable: Schema.NullOr(Schema.String),
  modality: Schema.String,
  supports: Schema.Array(Schema.String),
  operations: Operations,
  taskTags: Schema.Array(Schema.String),
  capability: wire({
    id: Schema.String,
    version: Schema.Number,
    intents: Schema.Array(Schema.String),
    grantsRequired: Schema.Array(Grant)
  }),
  media: wire({
    input: wire({
      prompt: wire({ required: Schema.Boolean, maxCharacters: Schema.Number }),
      images: wire({ supported: Schema.Boolean, required: Schema.Boolean, max: Schema.Number }),
      mask: wire({ supported: Schema.Boolean, required: Schema.Boolean }),
      references: wire({
        supported: Schema.Boolean,
        required: Schema.Boolean,
        max: Schema.Number,
        roles: Schema.Array(Schema.String)
      }),
      aspectRatios: wire({ default: Schema.NullOr(Schema.String), values: Schema.Array(Schema.String) })
    }),
    output: wire({
      mimeTypes: Schema.Array(Schema.String),
      assetPrefix: Schema.String,
      maxOutputsPerRequest: Schema.Number,
      maxResolution: Schema.NullOr(Schema.String),
      transparentBackground: Schema.Boolean
    })
  }),
  parameters: wire({
    schema: ParametersSchema,
    defaults: Schema.JsonObject,
    wired: Schema.Array(Schema.String),
    fixed: Schema.Array(Schema.Struct({ name: Schema.String, value: Schema.String, reason: Schema.String })),
    catalogedOnly: Schema.Array(Schema.String)
  }),
  economics: wire({
    currency: Schema.Literal("USD"),
    costKnown: Schema.Boolean,
    costClass: Schema.Literals(["free", "low", "standard", "high", "unknown"]),
    unit: Schema.String,
    estimatedUsdPerImage: Schema.NullOr(Schema.Number),
    budgetRequiredForLive: Schema.Boolean,
    creditPricing: CreditPricing,
    tiers: Schema.Array(
      wire({
        when: Schema.Record(Schema.String, Schema.String),
        estimatedProviderCostUsd: Schema.NullOr(Schema.Number),
        creditsRequired: Schema.Number
      })
    ),
    priceSource: wire({ basis: Schema.String, asOf: Schema.String, note: Schema.NullOr(Schema.String) })
  }),
  execution: wire({
    modelExecutionStatus: Schema.Literals(["executable", "cataloged_not_wired"]),
    artifactStorage: Schema.Literal("image_skill_owned"),
    sync: Schema.Boolean,
    latencyClass: Schema.Literals(["interactive", "slow"]),
    /** Null while nobody has measured it. */
    typicalSeconds: Schema.NullOr(Schema.Number)
  }),
  safety: wire({ promptPolicy: Schema.String, outputPolicy: Schema.String, controls: Schema.Array(Schema.String) }),
  migration: wire({
    hints: Schema.Array(Schema.String),
    replaces: Schema.Array(Schema.String),
    aliases: Schema.Array(Schema.String)
  }),
  /** Null while it is there to stay. */
  deprecation: Schema.NullOr(DeprecationBlock),
  notes: Schema.Array(Schema.String),
  showCommand: Schema.String
})
export type ModelRow = typeof ModelRow.Type

export const modelRow = (listed: Listed, isDefault: boolean): ModelRow => {
  const { availability, model } = listed
  return {
    id: model.id,
    default: isDefault,
    displayName: model.displayName,
    providerId: model.provider,
    mode: "live",
    status: isRunnable(listed) ? "available" : "unavailable",
    availabilityReason: reasonOf(listed),
    availabilityVariable: availability._tag === "Unavailable" && model.wired ? availability.variable : null,
    modality: model.modality,
    supports: [model.supports],
    operations: [model.operation],
    taskTags: model.taskTags,
    capability: {
      id: capabilityId(model),
      version: 1,
      intents: intents(model),
      grantsRequired: [grantFor(model)]
    },
    media: mediaOf(model),
    parameters: {
      schema: parametersSchema(model),
      defaults: defaultsOf(model),
      wired: Object.keys(model.parameters),
      fixed: model.fixed,
      catalogedOnly: model.catalogedOnly
    },
    economics: economicsOf(model),
    execution: {
      modelExecutionStatus: model.wired ? "executable" : "cataloged_not_wired",
      artifactStorage: "image_skill_owned",
      sync: true,
      latencyClass: model.latency,
      typicalSeconds: null
    },
    safety: {
      promptPolicy: "checked_before_provider_call",
      outputPolicy: "provider_default",
      controls: Object.keys(model.parameters).filter((name) => safetyControls.has(name))
    },
    migration: migrationOf(model),
    deprecation: deprecationBlock(model),
    notes: model.notes,
    showCommand: render(command("models show", positional(model.id), json), executable)
  }
}

/** Parameters by which a caller sets how strictly a provider filters. */
const safetyControls: ReadonlySet<string> = new Set(["moderation", "safety_tolerance", "enable_safety_checker"])

const reasonOf = ({ availability, model }: Listed): string | null => {
  if (!model.wired) return "cataloged_not_wired"
  return availability._tag === "Unavailable" ? availability.reason : null
}

export const intents = (model: Model): ReadonlyArray<string> =>
  model.operation === "image.generate" ? ["explore", "draft", "final", "product", "hero"] : ["explore", "final"]

const mediaOf = (model: Model): ModelRow["media"] => ({
  input: {
    prompt: { required: model.prompt === "required", maxCharacters: 8_000 },
    images: {
      supported: model.inputImage !== "none",
      required: model.inputImage === "required",
      max: model.maxInputs
    },
    mask: { supported: model.mask !== "none", required: model.mask === "required" },
    references: {
      supported: model.references !== null,
      required: false,
      max: model.references?.maxEntries ?? 0,
      roles: model.references?.roles ?? []
    },
    aspectRatios: { default: model.aspectRatios.default, values: model.aspectRatios.values }
  },
  output: {
    mimeTypes: model.output.mimeTypes,
    assetPrefix: `${model.output.assetPrefix}_`,
    maxOutputsPerRequest: model.maxOutputs,
    maxResolution: model.output.maxResolution,
    transparentBackground: model.output.transparentBackground
  }
})

const defaultsOf = ({ parameters }: Model): Schema.JsonObject =>
  Object.fromEntries(
    Object.entries(parameters).flatMap(([name, schema]) =>
      schema.default === undefined ? [] : [[name, schema.default]]
    )
  )

const economicsOf = (model: Model): ModelRow["economics"] => {
  const price = listedPrice(model)
  return {
    currency: "USD",
    costKnown: price.confidence !== "unknown",
    costClass: costClass(price.confidence === "unknown" ? null : price.credits),
    unit: unitOf(model),
    estimatedUsdPerImage: price.providerCost === null ? null : toUsd(price.providerCost),
    budgetRequiredForLive: needsConfirmation(model),
    creditPricing: creditPricing(price),
    tiers: tierPrices(model).map((tier) => ({
      when: tier.when,
      estimatedProviderCostUsd: tier.price.providerCost === null ? null : toUsd(tier.price.providerCost),
      creditsRequired: tier.price.credits
    })),
    priceSource: model.priceSource
  }
}

const costClass = (credits: number | null): ModelRow["economics"]["costClass"] => {
  if (credits === null) return "unknown"
  if (credits === 0) return "free"
  return credits <= 5 ? "low" : credits <= 20 ? "standard" : "high"
}

const unitOf = ({ modality, price }: Model): string => {
  if (price._tag === "PerMegapixel") return "megapixel"
  if (price._tag === "Usage" || price._tag === "Unknown") return "request"
  return modality === "image" ? "image" : modality === "3d" ? "asset" : "clip"
}

export const ModelsShowAnswer = wire({ request: wire({ modelId: Schema.String }), model: ModelRow })
