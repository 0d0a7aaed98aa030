import type { JsonSchema } from "@image-skill/core/service/JsonSchemas"
import * as Schema from "effect/Schema"

/** A tool's input as vendors type it: an object, its fields, and which of them are required. */
const ObjectSchema = Schema.Struct({
  type: Schema.Literal("object"),
  properties: Schema.Record(Schema.String, Schema.Record(Schema.String, Schema.Json)),
  required: Schema.optionalKey(Schema.mutable(Schema.Array(Schema.String)))
})

const decode = Schema.decodeUnknownSync(ObjectSchema)

export const objectSchemaOf = (input: JsonSchema) => {
  const { properties, required = [], type } = decode(input)
  return { type, properties: { ...properties }, required }
}
