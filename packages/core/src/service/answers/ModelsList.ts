import * as Schema from "effect/Schema"
import { listedPrice } from "../../credits/ModelPrice.ts"
import { command, type Command, flag, json, render } from "../../envelope/CommandLine.ts"
import { executable } from "../../envelope/Product.ts"
import { wire } from "../../envelope/Wire.ts"
import { isEmbedded, isRunnable, type Listed } from "../../models/Catalogue.ts"
import { intentClass, isChoosable, preferenceOrder } from "../../models/DefaultSelection.ts"
import { editOrder } from "../../models/EditSelection.ts"
import { type Modality, type Model, type OperationKind, operationKinds } from "../../models/Model.ts"
import { aliasHints, ranking, search } from "../../models/ModelQuery.ts"
import { CompactModelRow, compactModelRow } from "./CompactModels.ts"
import { modelRow, ModelRow } from "./Models.ts"

/** What a reader asked for; null where nothing was said. */
export interface ModelFilters {
  readonly available: boolean | null
  readonly executable: boolean | null
  readonly catalogOnly: boolean | null
  readonly operation: OperationKind | null
  readonly provider: string | null
  readonly modality: Modality | null
  /** Words that a row must hold, in any order. */
  readonly query: string | null
}

/** Which part of the list, and in which rows. */
export interface ModelPage {
  /** Null is all of it. */
  readonly limit: number | null
  /** What stands behind this model; null begins at the first. */
  readonly after: string | null
  readonly compact: boolean
}

const Count = Schema.Number

const RunnableCount = wire({ runnable: Count, providers: Schema.Array(Schema.String) })

/** contract/api.md 7.1. Counts cover the whole registry, `returned` the answer. */
const SummaryRow = wire({
  total: Count,
  /** Rows that pass the filters, on whatever page. */
  matched: Count,
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
    provider: Schema.NullOr(Schema.String),
    modality: Schema.NullOr(Schema.String),
    query: Schema.NullOr(Schema.String)
  }),
  resultShape: Schema.Literals(["full_model_row", "compact_model_summary"]),
  /** The same list in whole rows; null where they are whole. */
  fullListCommand: Schema.NullOr(Schema.String),
  /** Null without a query. */
  search: Schema.NullOr(
    wire({
      words: Schema.Array(Schema.String),
      ranking: Schema.String,
      suggestions: Schema.Array(Schema.Struct({ word: Schema.String, instead: Schema.NullOr(Schema.String) }))
    })
  ),
  aliasHints: Schema.Array(wire({ alias: Schema.String, modelId: Schema.String })),
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
  models: Schema.Array(Schema.Union([ModelRow, CompactModelRow])),
  summary: SummaryRow,
  nextCursor: Schema.NullOr(Schema.String),
  nextCommand: Schema.NullOr(Schema.String),
  source: Schema.Literal("hosted_model_registry")
})

/** `compact` lists short rows; every other answer has full ones, which published clients read (contract/api.md 7.4). */
export const modelsListAnswer = (
  listed: ReadonlyArray<Listed>,
  filters: ModelFilters,
  { after, compact, limit }: ModelPage
): typeof ModelsListAnswer.Type => {
  const ordered = inListOrder(listed)
  const defaultId = firstCreate(ordered)
  const passing = ordered.filter((row) => passes(row, filters))
  const found = filters.query === null ? null : search(passing, ({ model }) => model, filters.query)
  const matching = found?.rows ?? passing
  const position = matching.findIndex(({ model }) => model.id === after)
  // Nothing stands behind what is not in this list.
  const begin = after === null ? 0 : position === -1 ? matching.length : position + 1
  const shown = matching.slice(begin, limit === null ? undefined : begin + limit)
  const nextCursor = begin + shown.length < matching.length ? (shown.at(-1)?.model.id ?? null) : null
  const rows = shown.map((row) => modelRow(row, row.model.id === defaultId))
  return {
    models: compact ? rows.map(compactModelRow) : rows,
    summary: {
      ...summaryOf(ordered, passing, filters),
      matched: matching.length,
      returned: shown.length,
      resultShape: compact ? "compact_model_summary" : "full_model_row",
      fullListCommand: compact ? line(listCommand(filters, limit, after, false)) : null,
      search: found === null ? null : { words: found.words, ranking, suggestions: found.suggestions },
      aliasHints: aliasHints(
        ordered.map(({ model }) => model),
        filters.query
      )
    },
    nextCursor,
    nextCommand: nextCursor === null ? null : line(listCommand(filters, limit, nextCursor, compact)),
    source: "hosted_model_registry"
  }
}

const given = (name: string, value: string | null) => (value === null ? null : flag(name, value))
const on = (name: string, value: boolean | null) => (value === true ? flag(name) : null)

/** The same list from there on, or from its beginning. */
const listCommand = (filters: ModelFilters, limit: number | null, cursor: string | null, compact: boolean): Command =>
  command(
    "models list",
    on("available", filters.available),
    on("executable", filters.executable),
    on("catalog-only", filters.catalogOnly),
    given("operation", filters.operation),
    given("provider", filters.provider),
    given("modality", filters.modality),
    given("query", filters.query),
    on("details", !compact),
    given("limit", limit === null ? null : `${limit}`),
    given("cursor", cursor),
    json
  )

/** The model that a create without a name takes; published clients take the first runnable create row. */
export const defaultModelId = (listed: ReadonlyArray<Listed>): string | null => firstCreate(inListOrder(listed))

const firstCreate = (ordered: ReadonlyArray<Listed>): string | null =>
  ordered.find((row) => isChoosable(row) && row.model.operation === "image.generate")?.model.id ?? null

/**
 * The hosted default first, then the preference order; the default of edit, then edits by price; then by operation and
 * price. Embedded rows stand after provider rows, what cannot run now last in each group.
 */
const inListOrder = (listed: ReadonlyArray<Listed>): ReadonlyArray<Listed> => {
  const creates = preferenceOrder(listed, intentClass("explore"), creditsOf)
  const edits = editOrder(listed, false, creditsOf)
  const rest = listed
    .filter((row) => !creates.includes(row) && !edits.includes(row))
    .toSorted(
      (left, right) =>
        operationKinds.indexOf(left.model.operation) - operationKinds.indexOf(right.model.operation) ||
        creditsOf(left.model) - creditsOf(right.model)
    )
  return runnableFirst([...creates, ...edits, ...rest])
}

const creditsOf = (model: Model): number => listedPrice(model).credits

const runnableFirst = (rows: ReadonlyArray<Listed>): ReadonlyArray<Listed> =>
  operationKinds.flatMap((operation) => {
    const group = rows.filter(({ model }) => model.operation === operation)
    const hosted = group.filter(({ model }) => !isEmbedded(model))
    const embedded = group.filter(({ model }) => isEmbedded(model))
    const running = [...hosted.filter(isRunnable), ...embedded.filter(isRunnable)]
    // Published clients take the first runnable row, so what is on its way out stands behind what stays.
    return [
      ...running.filter(isChoosable),
      ...running.filter((row) => !isChoosable(row)),
      ...group.filter((row) => !isRunnable(row))
    ]
  })

const passes = (row: Listed, filters: ModelFilters): boolean => {
  if (filters.operation !== null && row.model.operation !== filters.operation) return false
  if (filters.provider !== null && row.model.provider !== filters.provider) return false
  if (filters.modality !== null && row.model.modality !== filters.modality) return false
  if (filters.catalogOnly === true) return !row.model.wired
  if (filters.available === true) return isRunnable(row)
  return row.model.wired
}

type Summary = (typeof ModelsListAnswer.Type)["summary"]

const summaryOf = (
  all: ReadonlyArray<Listed>,
  passing: ReadonlyArray<Listed>,
  filters: ModelFilters
): Omit<Summary, "aliasHints" | "fullListCommand" | "matched" | "resultShape" | "returned" | "search"> => {
  const wired = all.filter(({ model }) => model.wired)
  const runnable = all.filter(isRunnable)
  return {
    total: all.length,
    available: runnable.length,
    executable: wired.length,
    catalogedNotWired: all.length - wired.length,
    unavailable: wired.length - runnable.length,
    providers: byProvider(all),
    filters,
    catalogOnlyIncluded: filters.catalogOnly === true,
    catalogOnlyExcludedCount: filters.catalogOnly === true ? 0 : all.length - wired.length,
    executionAvailability: {
      reachableProviders: providersOf(all.filter(isReachable)),
      byOperation: Object.fromEntries(
        operationKinds.map((operation) => [operation, runnableCount(runnable, operation)])
      ),
      noRunnableModels: noRunnable(all, passing, filters)
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

/** Whether the provider answers here, which does not yet make any one of its rows runnable. */
const isReachable = ({ availability }: Listed): boolean => availability._tag === "Available"

/** Said when the filters, but for the words of a query, leave nothing that can run now (contract/api.md 7.1). */
const noRunnable = (
  all: ReadonlyArray<Listed>,
  passing: ReadonlyArray<Listed>,
  { available: onlyAvailable, modality, operation, provider }: ModelFilters
): Summary["executionAvailability"]["noRunnableModels"] => {
  const narrowed = operation !== null || provider !== null || modality !== null || onlyAvailable === true
  const active = narrowed && !passing.some(isRunnable)
  if (!active) return { active, operation: null, provider: null, reason: null, recoveryCommand: null }
  const reachable = all.some((row) => row.model.provider === provider && isReachable(row))
  return {
    active,
    operation,
    provider,
    reason:
      provider === null
        ? "no model that passes these filters can run now"
        : reachable
          ? `provider is reachable but none of its models ${operation === null ? "" : "for this operation "}is runnable right now`
          : "provider is not reachable here, so none of its models is runnable",
    recoveryCommand: line(wayOut(all.filter(isRunnable), operation))
  }
}

/** The narrowest list that is not empty. */
const wayOut = (runnable: ReadonlyArray<Listed>, operation: OperationKind | null): Command => {
  if (operation !== null && runnable.some(({ model }) => model.operation === operation)) return available(operation)
  return runnable.length > 0 ? command("models list", flag("available"), json) : command("models list", json)
}
