import { isJsonObject, jsonField } from "@image-skill/core/envelope/JsonFields"
import type * as Schema from "effect/Schema"

type Json = Schema.Json

/** The part of JSON Schema 2020-12 that the document may use, so that no word of it goes unread. */
const words = new Set([
  "$ref",
  "additionalProperties",
  "allOf",
  "anyOf",
  "const",
  "description",
  "enum",
  "items",
  "maxLength",
  "maximum",
  "minLength",
  "minimum",
  "oneOf",
  "pattern",
  "properties",
  "required",
  "title",
  "type"
])

/** Where a value is not what a schema says, or where the schema says something that nobody reads. */
export const violations = (root: Json, schema: Json, value: Json, at = "$"): ReadonlyArray<string> => {
  if (schema === true) return []
  if (!isJsonObject(schema)) return [`${at}: no schema`]
  const reference = schema["$ref"]
  if (typeof reference === "string") return violations(root, resolve(root, reference), value, at)
  const unread = Object.keys(schema).filter((word) => !words.has(word))
  const inner = isList(value)
    ? value.flatMap((item, index) => violations(root, schema["items"] ?? true, item, `${at}[${index}]`))
    : ofObject(root, schema, value, at)
  return [
    ...unread.map((word) => `${at}: the schema says ${word}`),
    ...(isOfType(schema["type"], value) ? [] : [`${at}: is no ${JSON.stringify(schema["type"])}`]),
    ...ofText(schema, value, at),
    ...(listed(schema["enum"], value) && listed(schema["const"] === undefined ? undefined : [schema["const"]], value)
      ? []
      : [`${at}: is none of ${JSON.stringify(schema["enum"] ?? schema["const"])}`]),
    ...ofChoices(root, schema, value, at),
    ...inner
  ]
}

const resolve = (root: Json, reference: string): Json =>
  reference
    .split("/")
    .slice(1)
    .reduce<Json | undefined>((place, name) => jsonField(place, name), root) ?? false

const isList = (value: Json | undefined): value is Schema.JsonArray => Array.isArray(value)

const typeOf = (value: Json): ReadonlyArray<string> => {
  if (value === null) return ["null"]
  if (isList(value)) return ["array"]
  return Number.isInteger(value) ? ["integer", "number"] : [typeof value]
}

const isOfType = (type: Json | undefined, value: Json): boolean =>
  type === undefined ||
  (isList(type) ? type : [type]).some((name) => typeof name === "string" && typeOf(value).includes(name))

const listed = (values: Json | undefined, value: Json): boolean =>
  !isList(values) || values.some((one) => JSON.stringify(one) === JSON.stringify(value))

const ofText = (schema: Schema.JsonObject, value: Json, at: string): ReadonlyArray<string> => {
  const { maxLength, maximum, minLength, minimum, pattern } = schema
  if (typeof value === "number") {
    const below = typeof minimum === "number" && value < minimum
    return below || (typeof maximum === "number" && value > maximum) ? [`${at}: is out of bounds`] : []
  }
  if (typeof value !== "string") return []
  const odd = typeof pattern === "string" && !new RegExp(pattern, "u").test(value)
  const short = typeof minLength === "number" && value.length < minLength
  return odd || short || (typeof maxLength === "number" && value.length > maxLength) ? [`${at}: is no such text`] : []
}

const ofChoices = (root: Json, schema: Schema.JsonObject, value: Json, at: string): ReadonlyArray<string> => {
  const { allOf, anyOf, oneOf } = schema
  const all = isList(allOf) ? allOf.flatMap((one) => violations(root, one, value, at)) : []
  const choices = [anyOf, oneOf]
    .filter(isList)
    .filter((choices) => !choices.some((choice) => violations(root, choice, value, at).length === 0))
  return [...all, ...choices.map(() => `${at}: is nothing that it may be`)]
}

const ofObject = (root: Json, schema: Schema.JsonObject, value: Json, at: string): ReadonlyArray<string> => {
  if (!isJsonObject(value)) return []
  const properties = isJsonObject(schema["properties"]) ? schema["properties"] : {}
  const required = isList(schema["required"]) ? schema["required"] : []
  return [
    ...required.flatMap((name) =>
      typeof name === "string" && Object.hasOwn(value, name) ? [] : [`${at}: lacks ${JSON.stringify(name)}`]
    ),
    ...Object.entries(value).flatMap(([name, field]) => {
      const property = Object.hasOwn(properties, name) ? properties[name] : (schema["additionalProperties"] ?? true)
      return property === false || property === undefined
        ? [`${at}: has ${name}`]
        : violations(root, property, field, `${at}.${name}`)
    })
  ]
}
