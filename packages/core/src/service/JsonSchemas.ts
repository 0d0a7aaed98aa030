import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import * as Struct from "effect/Struct"
import { answers } from "./Answers.ts"
import type { OperationId } from "./Operations.ts"
import { requests } from "./Requests.ts"

/** A JSON Schema, draft 2020-12. */
export type JsonSchema = { readonly [keyword: string]: unknown }

/**
 * What an operation takes. Where a rule cannot be said by keywords alone, `description` has it in the words in which the
 * field is refused. Of a GET these are its path segments and query, all of them text.
 */
export const requestSchema = (id: OperationId): JsonSchema => schemaOfFields(requests[id].from.fields)

/** The same of the fields of any request, by their names on the wire. */
export const schemaOfFields = (fields: Schema.Struct.Fields): JsonSchema => {
  const { properties, ...schema } = documentOf(Schema.Struct(fields))
  const described = Object.entries(Predicate.isObject(properties) ? properties : {}).map(([name, property]) => {
    const rule = ruleOf(fields[name])
    const isSaid = !Predicate.isObject(property) || saying.some((keyword) => Object.hasOwn(property, keyword))
    return [
      name,
      rule === null || isSaid || property["type"] === "boolean" ? property : { ...property, description: rule }
    ]
  })
  return { ...schema, properties: Object.fromEntries(described) }
}

/** Keywords that say the whole rule. */
const saying = ["enum", "minimum", "maximum", "items"]

/** What an operation answers in `data`. */
export const answerSchema = (id: OperationId): JsonSchema => documentOf(answers[id])

/** As it is on the wire, with what is defined apart under `$defs`. */
const documentOf = (schema: Schema.Top): JsonSchema => {
  const { definitions, schema: root } = Schema.toJsonSchemaDocument(Schema.toEncoded(schema))
  const document = Object.keys(definitions).length === 0 ? root : { ...root, $defs: definitions }
  const finite = withFiniteNumbers(document)
  return Predicate.isObject(finite) ? finite : {}
}

/** Amounts are always finite, so the words for what is not stand in no answer. */
const withFiniteNumbers = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withFiniteNumbers)
  if (!Predicate.isObject(value)) return value
  const options = optionsOf(value)
  const kept = options.filter((option) => !isNotFinite(option))
  if (kept.length === 1 && options.length > 1 && Predicate.isObject(kept[0])) {
    return withFiniteNumbers({ ...Struct.omit(value, ["anyOf"]), ...kept[0] })
  }
  const all = kept.length === options.length ? value : { ...value, anyOf: kept }
  return Object.fromEntries(Object.entries(all).map(([name, field]) => [name, withFiniteNumbers(field)]))
}

const optionsOf = ({ anyOf }: { readonly anyOf?: unknown }): ReadonlyArray<unknown> =>
  Array.isArray(anyOf) ? anyOf : []

const isNotFinite = (option: unknown): boolean =>
  Predicate.isObject(option) && Array.isArray(option["enum"]) && option["enum"].includes("NaN")

/** The sentence that a field is refused with. */
const ruleOf = (field: Schema.Constraint | undefined): string | null => {
  const message = field === undefined ? undefined : SchemaAST.toEncoded(field.ast).annotations?.["message"]
  return typeof message === "string" ? message : null
}
