import { LedgerStore } from "@image-skill/core/credits/LedgerStore"
import type { Ids } from "@image-skill/core/envelope/Ids"
import type { Start } from "@image-skill/core/envelope/Start"
import { providerRow, railReadiness, railRow } from "@image-skill/core/guide/Readiness"
import { Catalogue, ProviderStatus } from "@image-skill/core/models/Catalogue"
import { brokenBooks } from "@image-skill/core/payments/BrokenBooks"
import { PaymentRails } from "@image-skill/core/payments/PaymentRails"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import { services } from "./EmbeddedWiring.ts"
import type { Machine } from "./Machine.ts"

/** What the operator of an embedded service should know, names of missing variables included. */
export interface EmbeddedReport {
  readonly rails: ReadonlyArray<Schema.JsonObject>
  readonly providers: ReadonlyArray<Schema.JsonObject>
  /** Null where nothing was asked for that only the embedded service has. */
  readonly embedded: Schema.JsonObject | null
}

export const embeddedReport = (
  machine: Machine,
  host: Start,
  withLedger: boolean
): Effect.Effect<EmbeddedReport, never, Ids> =>
  Effect.gen(function* () {
    const { models } = yield* Catalogue
    const status = yield* ProviderStatus
    const rails = yield* Effect.flatMap(PaymentRails, ({ described }) => described)
    const providers = [...new Set(models.map(({ provider }) => provider))].map((provider) => {
      const availability = status.of(provider)
      const ready = availability._tag === "Available"
      const count = models.filter((model) => model.provider === provider).length
      const row = { provider, ready, models: count, blocker: ready ? null : availability.reason }
      return providerRow(row, ready ? null : availability.variable, host)
    })
    const report: EmbeddedReport = {
      providers,
      rails: rails.map((rail) => ({
        ...railRow(railReadiness(rail), host),
        ...(rail.available && rail.operatorHint !== null ? { remark: rail.operatorHint } : {})
      })),
      embedded: withLedger ? { ledger: yield* ledgerReport } : null
    }
    return report
  }).pipe(
    Effect.provide(services(machine)),
    Effect.catchTag("RuntimeUnsupported", ({ message }) =>
      Effect.succeed<EmbeddedReport>({ rails: [], providers: [], embedded: { error: message } })
    )
  )

const ledgerReport = Effect.gen(function* () {
  const { dump } = yield* LedgerStore
  const books = yield* dump
  const violations = yield* brokenBooks
  return {
    ok: violations.length === 0,
    journals: books.journals.length,
    postings: books.postings.length,
    violations: violations.slice(0, 20).map(({ invariant, message }) => ({ invariant, message }))
  }
}).pipe(Effect.catchTag("StoreUnavailable", ({ message, reason }) => Effect.succeed({ ok: false, reason, message })))
