import { describeRest } from "./GenericPage.ts"
import { facts, type Page, paragraph, table } from "./Page.ts"
import type { Sheet } from "./Sheet.ts"

export const modelsPage = (data: Sheet): Page => {
  const summary = data.inside("summary")
  const models = data.each("models")
  summary.skip("returned")
  return {
    title:
      models.length === 0 ? "No model fits" : `${models.length} of ${summary.text("total") ?? models.length} models`,
    blocks: [
      ...table(
        null,
        [
          { title: "Model", wraps: true },
          { title: "Makes", wraps: true },
          { title: "Status", wraps: true },
          { title: "Credits", align: "right" },
          { title: "Name", wraps: true }
        ],
        models.map((model) => {
          model.skip("show_command", "provider_id", "supports", "modality", "cost_known", "model_execution_status")
          return [
            nameOf(model),
            model.text("operations") ?? model.text("supports"),
            statusOf(model),
            model.text("credits_required"),
            model.text("display_name")
          ]
        })
      ),
      ...facts(
        null,
        ["Can run now", summary.text("available")],
        ["Could run", summary.text("executable")],
        ["Only listed", summary.text("cataloged_not_wired")]
      ),
      ...paragraph(null, noneRuns(summary))
    ]
  }
}

const nameOf = (model: Sheet): string | null => {
  const id = model.text("id")
  return model.is("default") && id !== null ? `${id} (default)` : id
}

const statusOf = (model: Sheet): string | null => {
  const [status, reason] = [model.state("status"), model.state("availability_reason")]
  return reason === null ? status : `${status ?? "not known"}: ${reason}`
}

const noneRuns = (summary: Sheet): string | null => {
  const none = summary.inside("execution_availability.no_runnable_models")
  return none.is("active") ? `Nothing of this can run: ${none.state("reason") ?? "no reason given"}` : null
}

export const modelPage = (data: Sheet): Page => {
  const model = data.inside("model")
  const economics = model.inside("economics")
  const unit = economics.number("credit_pricing.credit_unit_usd") ?? undefined
  model.skip("show_command")
  return {
    title: `${model.text("id") ?? "A model"}: ${model.text("display_name") ?? ""}`,
    blocks: [
      ...facts(
        null,
        ["Provider", model.text("provider_id")],
        ["Status", statusOf(model)],
        ["Needs", model.text("availability_variable")],
        ["Makes", model.text("operations")],
        ["Good for", model.text("task_tags")],
        ["Costs", economics.credits("credit_pricing.credits_required", unit)],
        ["For one", economics.text("unit")],
        ["Price from", economics.state("price_source.basis")],
        ["Prices of", economics.text("price_source.as_of")],
        ["Outputs", model.text("media.output.max_outputs_per_request")],
        ["Up to", model.text("media.output.max_resolution")],
        ["Files", model.text("media.output.mime_types")],
        ["Aspect ratios", model.text("media.input.aspect_ratios.values")],
        ["Needs grants", model.text("capability.grants_required")]
      ),
      ...parametersOf(model.inside("parameters.schema")),
      ...describeRest(data, "model.economics.tiers", "Prices"),
      ...paragraph("Notes", ...model.texts("notes")),
      ...describeRest(data, "model.migration", "Other names")
    ]
  }
}

/** Each parameter with what it takes. */
const parametersOf = (schema: Sheet) => {
  const properties = schema.value === null ? [] : Object.keys(objectAt(schema, "properties"))
  schema.skip("type", "additionalProperties")
  const required = schema.text("required")?.split(", ") ?? []
  return table(
    "Parameters",
    [
      { title: "Name", wraps: true },
      { title: "Takes", wraps: true },
      { title: "Default" },
      { title: "What it does", wraps: true }
    ],
    properties.map((name) => {
      const property = schema.inside(`properties.${name}`)
      const [low, high] = [property.text("minimum"), property.text("maximum")]
      const takes = property.text("enum") ?? [property.text("type"), rangeOf(low, high)].filter(Boolean).join(" ")
      property.skip("type")
      return [
        required.includes(name) ? `${name} (required)` : name,
        takes,
        property.text("default"),
        property.text("description")
      ]
    })
  )
}

const rangeOf = (low: string | null, high: string | null): string | null =>
  low === null && high === null ? null : `${low ?? ""} to ${high ?? ""}`.trim()

const objectAt = (sheet: Sheet, path: string): object => {
  const { value } = sheet.inside(path)
  return typeof value === "object" && value !== null ? value : {}
}
