import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import type { Model, ParameterSchema, Tier } from "./Model.ts"
import { modelSchema } from "./ModelSchema.ts"
import { isNativeInput, problems } from "./Parameters.ts"

/**
 * What is wrong with rows of a catalogue, one sentence for each fault, beginning with the id of the row. Empty means
 * that the rows can be sold: every field is there, no two rows share an id, no price depends on what cannot be asked for.
 */
export const catalogueFaults = (
  rows: ReadonlyArray<unknown>,
  others: ReadonlyArray<Model> = []
): ReadonlyArray<string> => {
  const decode = Schema.decodeUnknownResult(modelSchema(), { errors: "all", onExcessProperty: "error" })
  const seen = new Set(others.map(({ id }) => id))
  const models = [
    ...others,
    ...rows.flatMap((row) => Result.match(decode(row), { onFailure: () => [], onSuccess: (model) => [model] }))
  ]
  return rows.flatMap((row, position) =>
    Result.match(decode(row), {
      onFailure: ({ issue }) => shapeFaults(issue).map((fault) => `row ${position}: ${fault}`),
      onSuccess: (model) => {
        const twice = seen.has(model.id) ? ["there is another row with this id"] : []
        seen.add(model.id)
        return [...twice, ...faultsOf(model), ...deprecationFaults(model, models)].map(
          (fault) => `${model.id}: ${fault}`
        )
      }
    })
  )
}

const format = SchemaIssue.makeFormatterStandardSchemaV1()

const shapeFaults = (issue: SchemaIssue.Issue): ReadonlyArray<string> =>
  format(issue).issues.map(({ message, path = [] }) => `${path.map(String).join(".")}: ${message}`)

type Rule = (model: Model) => ReadonlyArray<string>

const faultsOf: Rule = (model) => rules.flatMap((rule) => rule(model))

const unless = (sound: boolean, fault: string): ReadonlyArray<string> => (sound ? [] : [fault])

const ratioFaults: Rule = ({ aspectRatios: { default: chosen, ignored, values }, sizes }) => [
  ...unless(
    chosen === null ? values.length === 0 : values.includes(chosen),
    "the default aspect ratio must be one that is offered"
  ),
  ...unless(ignored === null || !values.includes(ignored), "an aspect ratio that is ignored must not be offered"),
  ...unless(
    sizes === null || values.every((ratio) => Object.hasOwn(sizes, ratio)),
    "sizes must name every aspect ratio that is offered"
  )
]

/** Which operations belong to which modality and endpoint. */
const operationFaults: Rule = ({ endpoint, id, modality, operation, output, provider, supports }) => [
  ...unless(id.startsWith(`${provider}.`), `the id must begin with ${provider}.`),
  ...unless(operation.startsWith(`${modality}.`), `${operation} does not make ${modality}`),
  ...unless((endpoint === "create") === (supports === "create"), `${endpoint} and supports ${supports} contradict`),
  ...unless(
    endpoint === "edit" || (operation !== "image.edit" && operation !== "image.variation"),
    `${operation} belongs to the endpoint edit`
  ),
  ...unless(
    output.assetPrefix === (modality === "3d" ? "asset" : modality),
    `assets of modality ${modality} do not begin with ${output.assetPrefix}_`
  )
]

const inputFaults: Rule = ({ endpoint, inputImage, mask, maxInputs, price, references }) => [
  ...unless((endpoint === "edit") === (inputImage === "required"), "an edit works on an input image, a create on none"),
  ...unless((inputImage === "required") === maxInputs > 0, "maxInputs must be 0 without input images, else at least 1"),
  ...unless(mask === "none" || inputImage === "required", "a mask needs an input image"),
  ...unless(
    references === null || references.tasks.length === 0 || references.roles.includes("reference_image"),
    "tasks belong to references of role reference_image"
  ),
  ...unless(
    references === null ||
      !references.roles.includes("element_reference") ||
      references.roles.includes("element_frontal"),
    "an element_reference needs the role element_frontal"
  ),
  ...unless(price._tag !== "SourcesAndOutputs" || inputImage === "required", "a price by source needs input images")
]

const controlFaults: Rule = (model) => {
  const names = Object.keys(model.parameters)
  return [
    ...names.flatMap((name) => unless(!isNativeInput(name), `${name} names media and cannot be a parameter`)),
    ...model.catalogedOnly.flatMap((name) => unless(!names.includes(name), `${name} is wired, so not catalogued only`)),
    ...model.fixed.flatMap(({ name }) => unless(!names.includes(name), `${name} is wired, so not fixed`)),
    ...Object.entries(model.parameters).flatMap(([name, schema]) => {
      const faults = parameterFaults(name, schema)
      if (faults.length > 0 || schema.default === undefined) return faults
      return unless(problems(model, { [name]: schema.default }).length === 0, `${name} refuses its own default`)
    })
  ]
}

const parameterFaults = (path: string, schema: ParameterSchema): ReadonlyArray<string> => [
  ...unless((schema.minimum ?? -Infinity) <= (schema.maximum ?? Infinity), `${path} has a minimum above its maximum`),
  ...unless(new Set(schema.enum).size === (schema.enum ?? []).length, `${path} lists a value twice`),
  ...unless(schema.pattern === undefined || isPattern(schema.pattern), `${path} has a pattern that is none`),
  ...unless(
    (schema.required ?? []).every((name) => Object.hasOwn(schema.properties ?? {}, name)),
    `${path} requires a field that it does not have`
  ),
  ...Object.entries(schema.properties ?? {}).flatMap(([name, field]) => parameterFaults(`${path}.${name}`, field)),
  ...(schema.oneOf ?? []).flatMap((option) => parameterFaults(path, option))
]

const isPattern = (pattern: string): boolean => Result.isSuccess(Result.try(() => new RegExp(pattern, "u")))

/** Whoever is sent on must arrive: at a row that stays, and that does the same thing. */
const deprecationFaults = (model: Model, all: ReadonlyArray<Model>): ReadonlyArray<string> => {
  if (model.deprecation === undefined) return []
  const { replacementModelId, sunsetAt } = model.deprecation
  const next = all.find(({ id }) => id === replacementModelId)
  return [
    ...unless(sunsetAt === null || isDay(sunsetAt), "the date of its end is not a day of the calendar"),
    ...unless(replacementModelId === null || next !== undefined, `its replacement ${replacementModelId} is no row`),
    ...unless(next?.deprecation === undefined, "its replacement is on its way out, too"),
    ...unless(
      next === undefined || next.operation === model.operation,
      `its replacement does not do ${model.operation}`
    )
  ]
}

const isDay = (text: string): boolean =>
  Option.contains(Option.map(DateTime.make(text), DateTime.formatIsoDateUtc), text)

const priceFaults: Rule = (model) => {
  const { price, priceSource } = model
  return [
    ...unless(isDay(priceSource.asOf), "the date of the price is not a day of the calendar"),
    ...unless(priceSource.basis !== "none" || price._tag === "Unknown", "a price without a basis must be unknown"),
    ...(price._tag === "Tiered" || price._tag === "SourcesAndOutputs" ? tierFaults(model, price.tiers) : []),
    ...(price._tag === "Tiered" || price._tag === "SourcesAndOutputs"
      ? namedTier(price.tiers, price.listed, "listed")
      : []),
    ...(price._tag === "Tiered" && price.otherwise !== null ? namedTier(price.tiers, price.otherwise, "otherwise") : [])
  ]
}

const tierFaults = (model: Model, tiers: ReadonlyArray<Tier>): ReadonlyArray<string> => [
  ...unless(new Set(tiers.map(({ when }) => keyOf(when))).size === tiers.length, "two tiers have the same parameters"),
  ...tiers.flatMap(({ when }) => problems(model, when).map(({ parameter, problem }) => `tier: ${parameter} ${problem}`))
]

const namedTier = (tiers: ReadonlyArray<Tier>, named: Tier["when"], what: string): ReadonlyArray<string> =>
  unless(
    tiers.some(({ when }) => keyOf(when) === keyOf(named)),
    `${what} names no tier`
  )

const keyOf = (when: Tier["when"]): string =>
  Object.keys(when)
    .toSorted()
    .map((name) => `${name}=${when[name]}`)
    .join("&")

const rules: ReadonlyArray<Rule> = [operationFaults, inputFaults, ratioFaults, controlFaults, priceFaults]
