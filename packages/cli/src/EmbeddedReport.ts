import { LedgerStore } from "@image-skill/core/credits/LedgerStore"
import type { Ids } from "@image-skill/core/envelope/Ids"
import { Catalogue, ProviderStatus } from "@image-skill/core/models/Catalogue"
import { brokenBooks } from "@image-skill/core/payments/BrokenBooks"
import { PaymentRails } from "@image-skill/core/payments/PaymentRails"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import { services } from "./EmbeddedWiring.ts"
import type { Machine } from "./Machine.ts"

/** What the operator of an embedded service should know, names of missing variables included. */
export const embeddedReport = (machine: Machine, withLedger: boolean): Effect.Effect<Schema.Json, never, Ids> =>
  Effect.gen(function* () {
    const { models } = yield* Catalogue
    const status = yield* ProviderStatus
    const rails = yield* Effect.flatMap(PaymentRails, ({ described }) => described)
    const providers = [...new Set(models.map(({ provider }) => provider))].map((provider) => {
      const availability = status.of(provider)
      return {
        provider,
        available: availability._tag === "Available",
        reason: availability._tag === "Available" ? null : availability.reason,
        variable: availability._tag === "Available" ? null : availability.variable
      }
    })
    return {
      providers,
      rails: rails.map(({ agentSettleable, available, liveMoney, methodId, operatorHint }) => ({
        method_id: methodId,
        available,
        live_money: liveMoney,
        agent_settleable: agentSettleable,
        needs: available ? null : operatorHint,
        ...(available && operatorHint !== null ? { remark: operatorHint } : {})
      })),
      ...(withLedger ? { ledger: yield* ledgerReport } : {})
    }
  }).pipe(
    Effect.provide(services(machine)),
    Effect.catchTag("RuntimeUnsupported", ({ message }) => Effect.succeed({ error: message }))
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
