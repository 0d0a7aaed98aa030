import { nearest } from "../envelope/Nearest.ts"
import type { Model, ParameterSchema } from "./Model.ts"

/** One thing that is wrong with a native parameter, said without repeating the value that was sent. */
export interface ParameterProblem {
  readonly parameter: string
  /** Everything that is wrong with it, in one sentence. */
  readonly problem: string
  /** The values it may take, when there is a list. */
  readonly allowed: ReadonlyArray<string> | null
  /** What may have been meant: a near name or value, or the request field to use instead. */
  readonly instead: string | null
}

/** All problems at once, before anything is spent (contract/api.md 7.6). Empty means acceptable. */
export const problems = (
  model: Model,
  parameters: { readonly [name: string]: unknown }
): ReadonlyArray<ParameterProblem> =>
  Object.entries(parameters).flatMap(([name, value]) => {
    const schema = Object.hasOwn(model.parameters, name) ? model.parameters[name] : undefined
    const field = nativeInput(name)
    if (field !== null && (schema === undefined || !counts.has(name))) return [nativeProblem(name, field)]
    return schema === undefined ? [unknownParameter(model, name)] : check(name, schema, value)
  })

/** Whether a row may have a parameter of this name: media and their roles are never native parameters. */
export const isNativeInput = (name: string): boolean => nativeInput(name) !== null && !counts.has(name)

const nativeProblem = (parameter: string, field: string): ParameterProblem => ({
  parameter,
  problem: counts.has(parameter)
    ? `the number of outputs is named by the field ${field}, never by a provider's own input`
    : `media is named by the field ${field}, never by a provider's own input`,
  allowed: null,
  instead: field
})

const unknownParameter = (model: Model, name: string): ParameterProblem => {
  const refused = (problem: string, instead: string | null = null) => ({
    parameter: name,
    problem,
    allowed: null,
    instead
  })
  if (model.catalogedOnly.includes(name)) {
    return refused("is listed for this model but not wired, so it cannot be sent")
  }
  const fixed = model.fixed.find((control) => control.name === name)
  if (fixed !== undefined) return refused(`is set by the service to ${fixed.value}: ${fixed.reason}`)
  if (requestFields.has(name)) return refused("is a field of the request, not a model parameter", name)
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

/** The two native names that a model may list as a parameter of its own. */
const counts: ReadonlySet<string> = new Set(["n", "num_images"])

/** Fields that mean the same for every model and are often tried as parameters. */
const requestFields: ReadonlySet<string> = new Set([
  "prompt",
  "aspect_ratio",
  "output_count",
  "intent",
  "model",
  "provider",
  "references",
  "input_asset_id",
  "mask_asset_id"
])

const nativeInput = (name: string): string | null =>
  name.endsWith("_reference_task")
    ? "references"
    : Object.hasOwn(nativeInputs, name)
      ? (nativeInputs[name] ?? null)
      : null

const check = (name: string, schema: ParameterSchema, value: unknown): ReadonlyArray<ParameterProblem> => {
  const judged = optionFor(schema, value)
  const problem = judged === null ? unlikeAnyOption(schema) : mismatch(judged, value)
  if (problem === null) return []
  const allowed = judged?.enum ?? null
  const instead = typeof value === "string" && allowed !== null ? nearest(value, allowed) : null
  return [{ parameter: name, problem, allowed, instead }]
}

/** The schema itself, or the option that the value was surely meant for: the one it fits, else the likest of its type. */
const optionFor = (schema: ParameterSchema, value: unknown): ParameterSchema | null => {
  const { oneOf } = schema
  if (oneOf === undefined) return schema
  const fitting = oneOf.find((option) => mismatch(option, value) === null)
  if (fitting !== undefined) return fitting
  const [likest] = oneOf
    .filter(({ type }) => isOfType(type, value))
    .map((option) => ({ option, shared: sharedFields(option, value) }))
    .toSorted((left, right) => right.shared - left.shared)
  return likest?.option ?? null
}

const sharedFields = ({ properties = {} }: ParameterSchema, value: unknown): number =>
  isFields(value) ? Object.keys(properties).filter((name) => Object.hasOwn(value, name)).length : 0

const isOfType = (type: ParameterSchema["type"], value: unknown): boolean => {
  if (type === "object") return isFields(value)
  if (type === "integer" || type === "number") return typeof value === "number"
  return typeof value === (type ?? "string")
}

const unlikeAnyOption = ({ oneOf = [] }: ParameterSchema): string => `must be ${oneOf.map(nounOf).join(", or ")}`

const nounOf = ({ enum: values, type = "string", ...option }: ParameterSchema): string => {
  if (values !== undefined) return `one of ${values.join(", ")}`
  return type === "object"
    ? `an object with ${Object.keys(option.properties ?? {}).join(", ")}`
    : `a value of type ${type}`
}

/** Why a value does not fit its schema, or null when it does. */
const mismatch = (schema: ParameterSchema, value: unknown): string | null => {
  if (schema.oneOf !== undefined) {
    const option = optionFor(schema, value)
    return option === null ? unlikeAnyOption(schema) : mismatch(option, value)
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
    ? patternRule(schema.pattern)
    : null
}

/** A pattern for sizes is said by example; any other one is stated as it is. */
const patternRule = (pattern: string): string => {
  const takes = (text: string): boolean => new RegExp(pattern, "u").test(text)
  if (!takes("1024x1536") || takes("1024")) return `must match ${pattern}`
  return `must look like 1024x1536${takes("auto") ? ", or be auto" : ""}`
}

/** Width and height in pixels, or `auto`. */
export const sizePattern = "^(auto|[1-9][0-9]{2,3}x[1-9][0-9]{2,3})$"

/** So many fields of one object are told as unknown, and how many there are besides. */
const toldFields = 8

/** Everything that is wrong inside an object: what is missing, what does not fit, what nobody knows. */
const objectMismatch = ({ properties = {}, required = [] }: ParameterSchema, value: unknown): string | null => {
  if (!isFields(value)) return "must be an object"
  const names = Object.keys(properties)
  const sent = Object.entries(value)
  const missing = required.filter((name) => !Object.hasOwn(value, name))
  const wrong = sent.flatMap(([name, field]) => {
    const schema = Object.hasOwn(properties, name) ? properties[name] : undefined
    const problem = schema === undefined ? unknownField(name, names) : mismatch(schema, field)
    return problem === null ? [] : [`its field ${name.slice(0, 40)} ${problem}`]
  })
  const told = [
    ...(missing.length > 0 ? [`must have ${missing.join(", ")}`] : []),
    ...wrong.slice(0, toldFields),
    ...(wrong.length > toldFields ? [`and ${wrong.length - toldFields} more`] : [])
  ]
  return told.length === 0 ? null : told.join("; ")
}

const unknownField = (name: string, names: ReadonlyArray<string>): string => {
  const near = nearest(name, names)
  return near === null ? "is not known" : `is not known, did you mean ${near}?`
}

const isFields = (value: unknown): value is { readonly [name: string]: unknown } =>
  typeof value === "object" && value !== null && !Array.isArray(value)
