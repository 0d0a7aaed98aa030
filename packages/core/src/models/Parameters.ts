import { nearest } from "../envelope/Nearest.ts"
import type { Model, ParameterSchema } from "./Model.ts"

/** One thing that is wrong with a native parameter, said without repeating the value that was sent. */
export interface ParameterProblem {
  readonly parameter: string
  readonly problem: string
  /** The values it may take, when there is a list. */
  readonly allowed: ReadonlyArray<string> | null
  /** What may have been meant: a near name, or the request field to use instead. */
  readonly instead: string | null
}

/** All problems at once, before anything is spent (contract/api.md 7.6). Empty means acceptable. */
export const problems = (
  model: Model,
  parameters: { readonly [name: string]: unknown }
): ReadonlyArray<ParameterProblem> =>
  Object.entries(parameters).flatMap(([name, value]) => {
    const schema = Object.hasOwn(model.parameters, name) ? model.parameters[name] : undefined
    if (schema !== undefined) return check(name, schema, value)
    return [unknownParameter(model, name)]
  })

const unknownParameter = (model: Model, name: string): ParameterProblem => {
  const field = nativeInput(name)
  if (field !== null) {
    return {
      parameter: name,
      problem: `media is named by the field ${field}, never by a provider's own input`,
      allowed: null,
      instead: field
    }
  }
  if (model.catalogedOnly.includes(name)) {
    return {
      parameter: name,
      problem: "is listed for this model but not wired, so it cannot be sent",
      allowed: null,
      instead: null
    }
  }
  const names = Object.keys(model.parameters)
  return { parameter: name, problem: "is not a parameter of this model", allowed: names, instead: nearest(name, names) }
}

/** Provider-native names of inputs and counts, refused for every model, with the field that replaces them. */
const nativeInputs: { readonly [name: string]: string } = {
  image_url: "input_asset_id",
  image_urls: "input_asset_id",
  mask_url: "mask_asset_id",
  elements: "references",
  frontal_image_url: "references",
  reference_image_urls: "references",
  first_image_url: "references",
  second_image_url: "references",
  images: "references",
  n: "output_count",
  num_images: "output_count"
}

const nativeInput = (name: string): string | null =>
  name.endsWith("_reference_task")
    ? "references"
    : Object.hasOwn(nativeInputs, name)
      ? (nativeInputs[name] ?? null)
      : null

const check = (name: string, schema: ParameterSchema, value: unknown): ReadonlyArray<ParameterProblem> => {
  const problem = mismatch(schema, value)
  return problem === null ? [] : [{ parameter: name, problem, allowed: schema.enum ?? null, instead: null }]
}

/** Why a value does not fit its schema, or null when it does. */
const mismatch = (schema: ParameterSchema, value: unknown): string | null => {
  if (schema.oneOf !== undefined) {
    const reasons = schema.oneOf.map((option) => mismatch(option, value))
    return reasons.includes(null) ? null : `must satisfy one of: ${reasons.join("; or ")}`
  }
  switch (schema.type) {
    case "boolean":
      return typeof value === "boolean" ? null : "must be true or false"
    case "integer":
    case "number":
      return numberMismatch(schema, value)
    case "object":
      return objectMismatch(schema, value)
    default:
      return stringMismatch(schema, value)
  }
}

const numberMismatch = ({ maximum, minimum, type }: ParameterSchema, value: unknown): string | null => {
  const kind = type === "integer" ? "an integer" : "a number"
  const range = [
    minimum === undefined ? "" : ` of at least ${minimum}`,
    maximum === undefined ? "" : ` of at most ${maximum}`
  ]
  const fits =
    typeof value === "number" &&
    (type === "integer" ? Number.isSafeInteger(value) : Number.isFinite(value)) &&
    value >= (minimum ?? Number.NEGATIVE_INFINITY) &&
    value <= (maximum ?? Number.POSITIVE_INFINITY)
  return fits ? null : `must be ${kind}${range.filter((part) => part !== "").join(" and")}`
}

const stringMismatch = (schema: ParameterSchema, value: unknown): string | null => {
  if (typeof value !== "string") return "must be a string"
  if (schema.enum !== undefined && !schema.enum.includes(value)) return `must be one of ${schema.enum.join(", ")}`
  return schema.pattern !== undefined && !new RegExp(schema.pattern, "u").test(value)
    ? "must look like 1024x1536, or be auto"
    : null
}

const objectMismatch = ({ properties = {}, required = [] }: ParameterSchema, value: unknown): string | null => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "must be an object"
  const fields = new Map(Object.entries(value))
  const missing = required.filter((name) => !fields.has(name))
  if (missing.length > 0) return `must have ${missing.join(", ")}`
  for (const [name, field] of fields) {
    const schema = Object.hasOwn(properties, name) ? properties[name] : undefined
    const problem = schema === undefined ? "is not known" : mismatch(schema, field)
    if (problem !== null) return `its field ${name} ${problem}`
  }
  return null
}
