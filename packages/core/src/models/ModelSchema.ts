import * as Schema from "effect/Schema"
import { type Model, operationKinds, type ParameterSchema, referenceRoles, referenceTasks } from "./Model.ts"

/**
 * The shape of a catalogue row: every field, and nothing else. What the fields must be to each other is judged in
 * `CatalogueCheck.ts`. Built when it is first asked for, since most programs never ask.
 */
export const modelSchema = (): Schema.Codec<Model> => {
  const text = Schema.NonEmptyString
  const microUsd = whole(1)
  const size = Schema.Struct({ width: whole(1), height: whole(1) })
  const day = Schema.String.check(Schema.isPattern(/^\d{4}-\d{2}-\d{2}$/u))
  const ratio = Schema.String.check(Schema.isPattern(/^(?:auto|[1-9]\d?:[1-9]\d?)$/u))
  return Schema.Struct({
    id: Schema.String.check(Schema.isPattern(/^[a-z0-9_-]+\.[a-z0-9][a-z0-9._-]*$/u)),
    displayName: text,
    provider: text,
    upstream: Schema.NullOr(text),
    modality: Schema.Literals(["image", "video", "audio", "3d"]),
    operation: Schema.Literals(operationKinds),
    endpoint: Schema.Literals(["create", "edit"]),
    supports: Schema.Literals(["create", "edit", "variation"]),
    wired: Schema.Boolean,
    prompt: Schema.Literals(["required", "forbidden"]),
    inputImage: Schema.Literals(["none", "required"]),
    maxInputs: whole(0),
    mask: Schema.Literals(["none", "optional", "required"]),
    references: Schema.NullOr(
      Schema.Struct({
        roles: Schema.NonEmptyArray(Schema.Literals(referenceRoles)),
        maxEntries: whole(1),
        tasks: Schema.Array(Schema.Literals(referenceTasks))
      })
    ),
    aspectRatios: Schema.Struct({
      values: Schema.Array(ratio),
      default: Schema.NullOr(ratio),
      ignored: Schema.NullOr(ratio)
    }),
    parameters: Schema.Record(text, parameterSchema()),
    catalogedOnly: Schema.Array(text),
    fixed: Schema.Array(Schema.Struct({ name: text, value: text, reason: text })),
    maxOutputs: whole(1),
    sizes: Schema.NullOr(Schema.Record(ratio, size)),
    output: Schema.Struct({
      mimeTypes: Schema.NonEmptyArray(Schema.String.check(Schema.isPattern(/^[a-z]+\/[a-z0-9.+-]+$/u))),
      assetPrefix: Schema.Literals(["image", "video", "audio", "asset"]),
      maxResolution: Schema.NullOr(text),
      transparentBackground: Schema.Boolean
    }),
    price: priceSchema(microUsd),
    priceSource: Schema.Struct({
      basis: Schema.Literals(["contract", "later_client", "provider_public", "none", "ours"]),
      asOf: day,
      note: Schema.NullOr(text)
    }),
    taskTags: Schema.Array(text),
    latency: Schema.Literals(["interactive", "slow"]),
    notes: Schema.Array(text),
    deprecation: Schema.optionalKey(
      Schema.Struct({ sunsetAt: Schema.NullOr(day), replacementModelId: Schema.NullOr(text) })
    )
  })
}

const parameterSchema = (): Schema.Codec<ParameterSchema> => {
  const self: Schema.Codec<ParameterSchema> = Schema.suspend(() => recursive)
  const recursive: Schema.Codec<ParameterSchema> = Schema.Struct({
    type: Schema.optionalKey(Schema.Literals(["string", "integer", "number", "boolean", "object"])),
    enum: Schema.optionalKey(Schema.NonEmptyArray(Schema.String)),
    minimum: Schema.optionalKey(Schema.Finite),
    maximum: Schema.optionalKey(Schema.Finite),
    pattern: Schema.optionalKey(Schema.NonEmptyString),
    properties: Schema.optionalKey(Schema.Record(Schema.NonEmptyString, self)),
    required: Schema.optionalKey(Schema.Array(Schema.NonEmptyString)),
    oneOf: Schema.optionalKey(Schema.NonEmptyArray(self)),
    default: Schema.optionalKey(Schema.Union([Schema.String, Schema.Finite, Schema.Boolean])),
    description: Schema.optionalKey(Schema.NonEmptyString)
  })
  return recursive
}

const priceSchema = (microUsd: Schema.Codec<number>): Schema.Codec<Model["price"]> => {
  const when = Schema.Record(Schema.NonEmptyString, Schema.String)
  const tiers = Schema.NonEmptyArray(Schema.Struct({ when, microUsd }))
  const rates = Schema.Struct({ imageOutput: microUsd, imageInput: microUsd, textInput: microUsd })
  return Schema.Union([
    Schema.Struct({ _tag: Schema.Literal("Free") }),
    Schema.Struct({ _tag: Schema.Literal("PerOutput"), microUsd }),
    Schema.Struct({
      _tag: Schema.Literal("Tiered"),
      tiers,
      listed: when,
      tokenTable: Schema.Boolean,
      otherwise: Schema.NullOr(when),
      rates: Schema.optionalKey(rates)
    }),
    Schema.Struct({ _tag: Schema.Literal("PerMegapixel"), microUsd }),
    Schema.Struct({ _tag: Schema.Literal("SourcesAndOutputs"), sourceMicroUsd: microUsd, tiers, listed: when }),
    Schema.Struct({ _tag: Schema.Literal("Usage"), rates }),
    Schema.Struct({ _tag: Schema.Literal("Unknown") })
  ])
}

const whole = (minimum: number) => Schema.Int.check(Schema.isGreaterThanOrEqualTo(minimum))
