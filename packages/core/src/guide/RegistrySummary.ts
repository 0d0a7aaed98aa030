import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { jsonField } from "../envelope/JsonFields.ts"
import { lenient, listOf, maybeNumber, maybeText } from "../envelope/Lenient.ts"
import { maybePrintable } from "../envelope/Printable.ts"

/**
 * What a list of models amounts to, read from the answer of any service: its own figures where it gives them, counted
 * otherwise (contract/cli.md 6.5).
 */
export interface RegistrySummary {
  readonly total: number
  readonly returned: number
  readonly executable: number
  readonly catalogedNotWired: number
  readonly unavailable: number
  /** Sorted. */
  readonly providers: ReadonlyArray<string>
  readonly statusCounts: { readonly [status: string]: number }
}

const Row = Schema.Struct({
  id: maybeText,
  status: maybeText,
  provider_id: maybeText,
  provider: lenient(Schema.NullOr(Schema.Struct({ id: maybeText })), null),
  availability_reason: maybeText,
  execution: lenient(Schema.NullOr(Schema.Struct({ model_execution_status: maybeText })), null)
})
type Row = typeof Row.Type

const Models = Schema.Struct({
  models: listOf(Row),
  summary: lenient(
    Schema.NullOr(
      Schema.Struct({
        total: maybeNumber,
        returned: maybeNumber,
        executable: maybeNumber,
        cataloged_not_wired: maybeNumber,
        unavailable: maybeNumber
      })
    ),
    null
  )
})

export const summarise = (data: Schema.Json): RegistrySummary => {
  const answer = Option.getOrNull(Schema.decodeUnknownOption(Models)(data))
  const rows = (answer?.models ?? []).filter((row) => row !== null)
  const statuses = rows.map(statusOf)
  const count = (isSo: (status: string, index: number) => boolean): number => statuses.filter(isSo).length
  const said = answer?.summary ?? null
  return {
    total: said?.total ?? rows.length,
    returned: said?.returned ?? rows.length,
    executable: said?.executable ?? count(isExecutable),
    catalogedNotWired: said?.cataloged_not_wired ?? count((status) => status === "cataloged_not_wired"),
    unavailable:
      said?.unavailable ?? count((status, index) => status === "unavailable" || rows[index]?.status === "unavailable"),
    providers: [...new Set(rows.flatMap((row) => providerOf(row) ?? []))].sort().slice(0, most),
    statusCounts: Object.fromEntries(
      [...new Set(statuses)]
        .slice(0, most)
        .map((status) => [maybePrintable(status) ?? "unknown", count((other) => other === status)])
    )
  }
}

/** A provider as a list of models shows it: ready as soon as one of its models can run now. */
export interface ProviderReadiness {
  readonly provider: string
  readonly ready: boolean
  readonly models: number
  readonly blocker: string | null
}

export const providersIn = (data: Schema.Json): ReadonlyArray<ProviderReadiness> => {
  const answer = Option.getOrNull(Schema.decodeUnknownOption(Models)(data))
  const rows = (answer?.models ?? []).filter((row) => row !== null)
  const names = [...new Set(rows.flatMap((row) => providerOf(row) ?? []))]
  return names.slice(0, most).map((provider) => {
    const own = rows.filter((row) => providerOf(row) === provider)
    const ready = own.some((row) => row.status === "available" || statusOf(row) === "available")
    const reason = own.flatMap((row) => row.availability_reason ?? [])[0]
    return { provider, ready, models: own.length, blocker: ready ? null : (maybePrintable(reason) ?? "not_available") }
  })
}

/** Of more names nobody reads. */
const most = 100

const statusOf = ({ availability_reason, execution, status }: Row): string =>
  execution?.model_execution_status ?? availability_reason ?? status ?? "unknown"

const isExecutable = (status: string): boolean => status === "executable" || status === "available"

const providerOf = ({ id, provider, provider_id }: Row): string | null =>
  maybePrintable(provider_id ?? provider?.id ?? id?.split(".")[0])

/** Whether an answer is a list of models at all. */
export const isModelList = (data: Schema.Json): boolean => Array.isArray(jsonField(data, "models"))
