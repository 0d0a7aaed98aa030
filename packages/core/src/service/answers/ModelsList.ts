import * as Schema from "effect/Schema"
import { listedPrice } from "../../credits/ModelPrice.ts"
import { command, type Command, flag, json, render } from "../../envelope/CommandLine.ts"
import { executable } from "../../envelope/Product.ts"
import { wire } from "../../envelope/Wire.ts"
import { isEmbedded, isRunnable, type Listed } from "../../models/Catalogue.ts"
import { intentClass, preferenceOrder } from "../../models/DefaultSelection.ts"
import { type Model, type OperationKind, operationKinds } from "../../models/Model.ts"
import { modelRow, ModelRow } from "./Models.ts"

/** What a reader asked for; null where nothing was said. */
export interface ModelFilters {
  readonly available: boolean | null
  readonly executable: boolean | null
  readonly catalogOnly: boolean | null
  readonly operation: OperationKind | null
  readonly provider: string | null
}

const Count = Schema.Number

const RunnableCount = wire({ runnable: Count, providers: Schema.Array(Schema.String) })

/** contract/api.md 7.1. Counts cover the whole registry, `returned` the answer. */
const Summary = wire({
  total: Count,
  returned: Count,
  available: Count,
  executable: Count,
  catalogedNotWired: Count,
  unavailable: Count,
  providers: Schema.Record(
    Schema.String,
    wire({ total: Count, executable: Count, available: Count, catalogedNotWired: Count })
  ),
  filters: wire({
    available: Schema.NullOr(Schema.Boolean),
    executable: Schema.NullOr(Schema.Boolean),
    catalogOnly: Schema.NullOr(Schema.Boolean),
    operation: Schema.NullOr(Schema.String),
    provider: Schema.NullOr(Schema.String)
  }),
  catalogOnlyIncluded: Schema.Boolean,
  catalogOnlyExcludedCount: Count,
  executionAvailability: wire({
    reachableProviders: Schema.Array(Schema.String),
    byOperation: Schema.Record(Schema.String, RunnableCount),
    noRunnableModels: wire({
      active: Schema.Boolean,
      operation: Schema.NullOr(Schema.String),
      provider: Schema.NullOr(Schema.String),
      reason: Schema.NullOr(Schema.String),
      recoveryCommand: Schema.NullOr(Schema.String)
    })
  }),
  firstActionableModelIds: Schema.Record(Schema.String, Schema.Array(Schema.String)),
  recommendedCommands: wire({ create: Schema.String, edit: Schema.String, catalog: Schema.String })
})

export const ModelsListAnswer = wire({
  models: Schema.Array(ModelRow),
  summary: Summary,
  source: Schema.Literal("hosted_model_registry")
})

export const modelsListAnswer = (
  listed: ReadonlyArray<Listed>,
  filters: ModelFilters
): typeof ModelsListAnswer.Type => {
  const ordered = inListOrder(listed)
  const defaultId = firstCreate(ordered)
  const shown = ordered.filter((row) => passes(row, filters))
  return {
    models: shown.map((row) => modelRow(row, row.model.id === defaultId)),
    summary: summaryOf(ordered, shown, filters),
    source: "hosted_model_registry"
  }
}

/** The model that a create without a name takes; published clients take the first runnable create row. */
export const defaultModelId = (listed: ReadonlyArray<Listed>): string | null => firstCreate(inListOrder(listed))

const firstCreate = (ordered: ReadonlyArray<Listed>): string | null =>
  ordered.find((row) => isRunnable(row) && row.model.operation === "image.generate")?.model.id ?? null

/**
 * The hosted default first, then the preference order, then by operation and price; embedded rows after provider rows,
 * what cannot run now last in each group.
 */
const inListOrder = (listed: ReadonlyArray<Listed>): ReadonlyArray<Listed> => {
  const creates = preferenceOrder(listed, intentClass("explore"), creditsOf)
  const rest = listed
    .filter((row) => !creates.includes(row))
    .toSorted(
      (left, right) =>
        operationKinds.indexOf(left.model.operation) - operationKinds.indexOf(right.model.operation) ||
        creditsOf(left.model) - creditsOf(right.model)
    )
  return runnableFirst([...creates, ...rest])
}

const creditsOf = (model: Model): number => listedPrice(model).credits

const runnableFirst = (rows: ReadonlyArray<Listed>): ReadonlyArray<Listed> =>
  operationKinds.flatMap((operation) => {
    const group = rows.filter(({ model }) => model.operation === operation)
    const hosted = group.filter(({ model }) => !isEmbedded(model))
    const embedded = group.filter(({ model }) => isEmbedded(model))
    return [...hosted.filter(isRunnable), ...embedded.filter(isRunnable), ...group.filter((row) => !isRunnable(row))]
  })

const passes = (row: Listed, filters: ModelFilters): boolean => {
  if (filters.operation !== null && row.model.operation !== filters.operation) return false
  if (filters.provider !== null && row.model.provider !== filters.provider) return false
  if (filters.catalogOnly === true) return !row.model.wired
  if (filters.available === true) return isRunnable(row)
  return row.model.wired
}

const summaryOf = (
  all: ReadonlyArray<Listed>,
  shown: ReadonlyArray<Listed>,
  filters: ModelFilters
): (typeof ModelsListAnswer.Type)["summary"] => {
  const wired = all.filter(({ model }) => model.wired)
  const runnable = all.filter(isRunnable)
  return {
    total: all.length,
    returned: shown.length,
    available: runnable.length,
    executable: wired.length,
    catalogedNotWired: all.length - wired.length,
    unavailable: wired.length - runnable.length,
    providers: byProvider(all),
    filters,
    catalogOnlyIncluded: filters.catalogOnly === true,
    catalogOnlyExcludedCount: filters.catalogOnly === true ? 0 : all.length - wired.length,
    executionAvailability: {
      reachableProviders: providersOf(runnable),
      byOperation: Object.fromEntries(
        operationKinds.map((operation) => [operation, runnableCount(runnable, operation)])
      ),
      noRunnableModels: noRunnable(all, shown, filters)
    },
    firstActionableModelIds: Object.fromEntries(
      operationKinds.map((operation) => [
        operation,
        runnable
          .filter(({ model }) => model.operation === operation)
          .slice(0, 3)
          .map(({ model }) => model.id)
      ])
    ),
    recommendedCommands: {
      create: line(available("image.generate")),
      edit: line(available("image.edit")),
      catalog: line(command("models list", flag("catalog-only"), json))
    }
  }
}

const line = (recommended: Command) => render(recommended, executable)

const available = (operation: OperationKind) =>
  command("models list", flag("available"), flag("operation", operation), json)

const providersOf = (rows: ReadonlyArray<Listed>): ReadonlyArray<string> =>
  [...new Set(rows.map(({ model }) => model.provider))].toSorted()

const byProvider = (all: ReadonlyArray<Listed>) =>
  Object.fromEntries(
    providersOf(all).map((provider) => {
      const rows = all.filter(({ model }) => model.provider === provider)
      const wired = rows.filter(({ model }) => model.wired).length
      return [
        provider,
        {
          total: rows.length,
          executable: wired,
          available: rows.filter(isRunnable).length,
          catalogedNotWired: rows.length - wired
        }
      ]
    })
  )

const runnableCount = (runnable: ReadonlyArray<Listed>, operation: OperationKind) => {
  const rows = runnable.filter(({ model }) => model.operation === operation)
  return { runnable: rows.length, providers: providersOf(rows) }
}

/** Said when a filter leaves nothing that can run now, with the way to what can (contract/api.md 7.1). */
const noRunnable = (all: ReadonlyArray<Listed>, shown: ReadonlyArray<Listed>, filters: ModelFilters) => {
  const { operation, provider } = filters
  const active = (operation !== null || provider !== null || filters.available === true) && !shown.some(isRunnable)
  if (!active) return { active, operation: null, provider: null, reason: null, recoveryCommand: null }
  const reachable = provider !== null && all.some((row) => row.model.provider === provider && isRunnable(row))
  return {
    active,
    operation,
    provider,
    reason: reachable
      ? "the provider can run, but none of its models for this operation"
      : "no model that passes these filters can run now",
    recoveryCommand: line(operation === null ? command("models list", flag("available"), json) : available(operation))
  }
}
