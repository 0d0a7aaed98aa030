import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import { jsonField, textField } from "../../envelope/JsonFields.ts"
import { at, gives, holds, listAt, numberAt, refuses, skip } from "../Expect.ts"
import { type Chapter, type Check, must, type Rule, should } from "../Rule.ts"
import { each, flag, is, like, list, number, object, text, texts, whole } from "../Shape.ts"
import { creditsOf, modelRows } from "../Subjects.ts"

const models = { path: "/v1/models" } as const

/** True of every row of a list. */
const ofRows = (path: string, expected: string, isSo: (row: Schema.Json) => boolean): Check =>
  Effect.flatMap(gives({ path }), (heard) => {
    const wrong = listAt(heard, "data.models").find((row) => !isSo(row))
    return holds(wrong === undefined, heard, expected, jsonField(wrong, "id") ?? wrong)
  })

const statusOf = (row: Schema.Json): string => textField(row, "status")
const executionOf = (row: Schema.Json): string =>
  textField(jsonField(row, "execution"), "model_execution_status") || textField(row, "model_execution_status")
const has = (row: Schema.Json, name: string, word: string): boolean => {
  const words = jsonField(row, name)
  return Array.isArray(words) && words.includes(word)
}
const isRunnable = (row: Schema.Json): boolean => statusOf(row) === "available" && executionOf(row) === "executable"

const wrongQuery = (name: string, title: string, query: string): Rule =>
  must(`A7.1-${name}`, title, refuses({ path: `/v1/models?${query}` }, "INVALID_ARGUMENTS", { status: 400 }))

const pricing = (row: Schema.Json): Schema.Json | undefined => jsonField(jsonField(row, "economics"), "credit_pricing")

/** contract/api.md 6.1: a target margin of 40 per cent, rounded up to whole credits, at least one. */
const isPriced = (row: Schema.Json): boolean => {
  const cost = jsonField(pricing(row), "estimated_provider_cost_usd")
  if (typeof cost !== "number" || cost <= 0) return true
  const credits = Math.max(1, Math.ceil(Math.round((cost / 0.6 / 0.01) * 1e6) / 1e6))
  return creditsOf(row) === credits
}

const anyRow = Effect.flatMap(modelRows, ([row]) =>
  row === undefined ? skip("no model is listed") : Effect.succeed(row)
)

export const modelRules: Chapter = {
  id: "models",
  title: "Models and capabilities",
  rules: [
    must(
      "A7.1-list",
      "Models are a list from the registry",
      gives(models, { "data.models": list(), "data.source": text })
    ),
    must(
      "A7.1-summary",
      "Its summary counts the registry",
      gives(models, {
        "data.summary.total": whole,
        "data.summary.available": whole,
        "data.summary.executable": whole,
        "data.summary.cataloged_not_wired": whole
      })
    ),
    must(
      "A7.1-returned",
      "It counts the rows that it returns",
      Effect.flatMap(gives(models), (heard) =>
        holds(
          numberAt(heard, "data.summary.returned") === listAt(heard, "data.models").length,
          heard,
          `data.summary.returned ${listAt(heard, "data.models").length}`,
          at(heard, "data.summary.returned")
        )
      )
    ),
    must(
      "A7.3-ids",
      "Each model has an id of its own",
      Effect.flatMap(gives(models, { "data.models.*.id": text }), (heard) => {
        const ids = listAt(heard, "data.models").map((row) => textField(row, "id"))
        const twice = ids.find((one, index) => ids.indexOf(one) !== index)
        return holds(twice === undefined, heard, "no id twice", twice)
      })
    ),
    must(
      "A7.3-status",
      "Each says whether it is available",
      gives(models, { "data.models.*.status": is("available", "unavailable") })
    ),
    must(
      "A7.3-execution",
      "Each says whether it is wired",
      gives(models, {
        "data.models.*.execution.model_execution_status": is("executable", "cataloged_not_wired")
      })
    ),
    must("A7.3-supports", "Each says what it can do", gives(models, { "data.models.*.supports": texts })),
    must(
      "A7.3-pricing",
      "Each says what it costs, in credits",
      gives(models, { "data.models.*.economics.credit_pricing": object })
    ),
    must(
      "A6.1-formula",
      "Credits follow from the cost of the provider",
      ofRows("/v1/models", "credits_required = max(1, ceil(cost / 0.6 / 0.01))", isPriced)
    ),
    must(
      "A6.2-revenue",
      "The debit in dollars is a cent a credit",
      ofRows("/v1/models", "estimated_revenue_usd = credits_required / 100", (row) => {
        const revenue = jsonField(pricing(row), "estimated_revenue_usd")
        return typeof revenue !== "number" || Math.abs(revenue * 100 - creditsOf(row)) < 1e-6
      })
    ),
    must(
      "A7.3-parameters",
      "Each has a JSON Schema of its parameters",
      gives(models, { "data.models.*.parameters.schema": object })
    ),
    must(
      "A7.3-media",
      "Each says what goes in and what comes out",
      gives(models, { "data.models.*.media.input": object, "data.models.*.media.output": object })
    ),
    must(
      "A7.3-reason",
      "What is unavailable says why",
      ofRows(
        "/v1/models",
        "availability_reason, where status is unavailable",
        (row) => statusOf(row) === "available" || textField(row, "availability_reason") !== ""
      )
    ),
    must(
      "A7.1-wired",
      "What is only catalogued is left out by default",
      ofRows("/v1/models", "no row that is cataloged_not_wired", (row) => executionOf(row) !== "cataloged_not_wired")
    ),
    must(
      "A7.1-order",
      "The first row that can run and create is the default",
      Effect.flatMap(gives(models), (heard) => {
        const rows = listAt(heard, "data.models")
        const first = rows.find((row) => isRunnable(row) && has(row, "supports", "create"))
        const isDefault = rows.find((row) => jsonField(row, "default") === true)
        return isDefault === undefined
          ? skip("no row says that it is the default")
          : holds(first === isDefault, heard, `${textField(isDefault, "id")} before all others`, jsonField(first, "id"))
      })
    ),
    must(
      "A7.1-available",
      "available=true lists only what can run now",
      ofRows("/v1/models?available=true", "available and executable rows", isRunnable)
    ),
    must(
      "A7.1-executable",
      "executable=true lists only what is wired",
      ofRows("/v1/models?executable=true", "executable rows", (row) => executionOf(row) === "executable")
    ),
    must(
      "A7.1-catalog",
      "catalog_only=true lists only what is not wired",
      ofRows(
        "/v1/models?catalog_only=true",
        "rows that are cataloged_not_wired",
        (row) => executionOf(row) === "cataloged_not_wired"
      )
    ),
    must(
      "A7.1-operation",
      "operation= lists only what has it",
      ofRows("/v1/models?operation=image.edit", "rows with image.edit", (row) => has(row, "operations", "image.edit"))
    ),
    must(
      "A7.1-off",
      "A filter that is false is off",
      Effect.flatMap(Effect.all([gives(models), gives({ path: "/v1/models?available=false" })]), ([all, off]) =>
        holds(
          listAt(all, "data.models").length === listAt(off, "data.models").length,
          off,
          `${listAt(all, "data.models").length} rows`,
          listAt(off, "data.models").length
        )
      )
    ),
    wrongQuery("contradiction", "available and catalog_only together are refused", "available=true&catalog_only=true"),
    wrongQuery("no-operation", "An operation that nobody has is refused", "operation=conformance"),
    wrongQuery("no-provider", "A provider that nobody knows is refused", "provider=conformance"),
    wrongQuery("no-boolean", "A filter that is neither true nor false is refused", "available=perhaps"),
    must(
      "A7.2-show",
      "A model can be asked for alone",
      Effect.flatMap(anyRow, (row) =>
        gives(
          { path: `/v1/models/${encodeURIComponent(textField(row, "id"))}` },
          { "data.model.id": is(textField(row, "id")), "data.request.model_id": is(textField(row, "id")) }
        )
      )
    ),
    must(
      "A7.2-same",
      "Alone it costs what it costs in the list",
      Effect.flatMap(anyRow, (row) =>
        Effect.flatMap(gives({ path: `/v1/models/${encodeURIComponent(textField(row, "id"))}` }), (heard) => {
          const shown = creditsOf(at(heard, "data.model") ?? null)
          return holds(Object.is(shown, creditsOf(row)), heard, `${creditsOf(row)} credits`, shown)
        })
      )
    ),
    must(
      "A7.2-unknown",
      "A model that nobody has is not found, and the list is named",
      refuses({ path: "/v1/models/conformance.$run" }, "MODEL_NOT_FOUND", {
        fields: {
          "error.recovery.suggested_command": like(/^image-skill models list\b/u, "image-skill models list ...")
        }
      })
    ),
    must(
      "A7.2-odd",
      "An id with slashes and dots is a model that nobody has",
      refuses({ path: "/v1/models/..%2f..%2fconformance" }, ["MODEL_NOT_FOUND", "NOT_FOUND", "INVALID_ARGUMENTS"])
    ),
    must(
      "A7.5-list",
      "Capabilities are a list",
      gives({ path: "/v1/capabilities" }, { "data.capabilities": list(), "data.source": text })
    ),
    must(
      "A7.5-rows",
      "Each has an id, an operation and a schema of parameters",
      gives(
        { path: "/v1/capabilities" },
        {
          "data.capabilities.*.id": like(/^is\.[a-z0-9.-]+\.v\d+$/u, "an id like is.OPERATION.MODEL.v1"),
          "data.capabilities.*.operation": text,
          "data.capabilities.*.model_parameters_schema": object,
          "data.capabilities.*.model_ids": each(text)
        }
      )
    ),
    must(
      "A7.5-show",
      "A capability of a model can be asked for alone",
      Effect.flatMap(anyRow, (row) => {
        const capability = textField(jsonField(row, "capability"), "id")
        return gives(
          { path: `/v1/capabilities/${encodeURIComponent(capability)}` },
          { "data.capability.id": is(capability) }
        )
      })
    ),
    must(
      "A7.5-unknown",
      "A capability that nobody has is not found",
      refuses({ path: "/v1/capabilities/is.conformance.$run.v1" }, "CAPABILITY_NOT_FOUND")
    ),
    should(
      "A7.3-capability",
      "Each model names its capability and the grants for it",
      gives(models, { "data.models.*.capability.id": text, "data.models.*.capability.grants_required": texts })
    ),
    should(
      "A7.3-cost-known",
      "Each says whether its cost is known before it runs",
      gives(models, { "data.models.*.economics.cost_known": flag })
    ),
    must(
      "A7.3-number",
      "A cost that is known is a number",
      ofRows(
        "/v1/models",
        "credits_required is a number, where cost_known is true",
        (row) =>
          jsonField(jsonField(row, "economics"), "cost_known") !== true ||
          number.fits(jsonField(pricing(row), "credits_required"))
      )
    )
  ]
}
