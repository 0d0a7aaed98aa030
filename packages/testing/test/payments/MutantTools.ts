import { ActivityLog } from "@image-skill/core/activity/ActivityLog"
import { CreditLedger } from "@image-skill/core/credits/CreditLedger"
import type { Entries, Journal, JournalKind } from "@image-skill/core/credits/Journal"
import { LedgerStore } from "@image-skill/core/credits/LedgerStore"
import { Ids } from "@image-skill/core/envelope/Ids"
import type { OrganizationId } from "@image-skill/core/identity/Actor"
import { PaymentBooks } from "@image-skill/core/payments/PaymentBooks"
import type { PaymentRail, PaymentTruth } from "@image-skill/core/payments/PaymentRail"
import { PaymentStore } from "@image-skill/core/payments/PaymentStore"
import { Store } from "@image-skill/core/store/Store"
import type { Mutation } from "@image-skill/testing/payments/SimulatedProcess"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

export const overPayments = (
  change: (rows: PaymentStore["Service"], ids: Ids["Service"]) => Partial<PaymentStore["Service"]>
): Pick<Mutation, "rows"> => ({
  rows: overRows(
    (rows, _, ids) => change(rows, ids),
    () => ({})
  )
})

export const overLedgerRows = (
  change: (rows: LedgerStore["Service"]) => Partial<LedgerStore["Service"]>
): Pick<Mutation, "rows"> => ({ rows: overRows(() => ({}), change) })

export const overRows = (
  payments: (
    rows: PaymentStore["Service"],
    ledger: LedgerStore["Service"],
    ids: Ids["Service"]
  ) => Partial<PaymentStore["Service"]>,
  ledger: (rows: LedgerStore["Service"]) => Partial<LedgerStore["Service"]>
): NonNullable<Mutation["rows"]> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const rows = yield* PaymentStore
      const ledgerRows = yield* LedgerStore
      const ids = yield* Ids
      return Context.make(PaymentStore, { ...rows, ...payments(rows, ledgerRows, ids) }).pipe(
        Context.add(LedgerStore, { ...ledgerRows, ...ledger(ledgerRows) }),
        Context.add(ActivityLog, yield* ActivityLog),
        Context.add(Store, yield* Store)
      )
    })
  )

export const overEvents = (isDropped: (type: string) => boolean): Pick<Mutation, "rows"> => ({
  rows: Layer.effectContext(
    Effect.gen(function* () {
      const activity = yield* ActivityLog
      return Context.make(ActivityLog, {
        ...activity,
        append: (event) => (isDropped(event.type) ? Effect.void : activity.append(event))
      }).pipe(
        Context.add(PaymentStore, yield* PaymentStore),
        Context.add(LedgerStore, yield* LedgerStore),
        Context.add(Store, yield* Store)
      )
    })
  )
})

export interface Tools {
  readonly rows: LedgerStore["Service"]
  readonly payments: PaymentStore["Service"]
  readonly ids: Ids["Service"]
  readonly store: Store["Service"]
  /** Writes whatever entries, and looks at no floor. */
  readonly write: (
    kind: JournalKind,
    about: { readonly organizationId: OrganizationId; readonly key: string; readonly reference: string },
    entries: Entries
  ) => ReturnType<LedgerStore["Service"]["append"]>
}

export const tools = Effect.gen(function* () {
  const rows = yield* LedgerStore
  const payments = yield* PaymentStore
  const ids = yield* Ids
  const store = yield* Store
  const made: Tools = {
    rows,
    payments,
    ids,
    store,
    write: Effect.fnUntraced(function* (kind, about, entries) {
      const accounts = yield* rows.accounts(about.organizationId)
      const journal: Journal = {
        id: yield* ids.next("journal"),
        kind,
        ...about,
        traceId: "trace_mutant",
        at: "2026-01-02T03:04:05.678Z"
      }
      const postings = Object.entries(entries).flatMap(([name, amount]) => {
        const account = accounts.find(({ kind: known }) => known === name)
        const { balance, seq } = account ?? { balance: 0, seq: 0 }
        return amount === 0
          ? []
          : [
              {
                journalId: journal.id,
                organizationId: about.organizationId,
                kind: name as keyof Entries,
                amount,
                seq: seq + 1,
                balanceAfter: balance + amount
              }
            ]
      })
      yield* rows.append(journal, postings)
    })
  }
  return made
})

export const overLedger = (
  change: (ledger: CreditLedger["Service"], tools: Tools) => Partial<CreditLedger["Service"]>
): Pick<Mutation, "ledger"> => ({
  ledger: Layer.effect(
    CreditLedger,
    Effect.gen(function* () {
      const ledger = yield* CreditLedger
      return { ...ledger, ...change(ledger, yield* tools) }
    })
  )
})

export const overBooks = (
  change: (
    books: PaymentBooks["Service"],
    ledger: CreditLedger["Service"],
    tools: Tools
  ) => Partial<PaymentBooks["Service"]>
): Pick<Mutation, "books"> => ({
  books: Layer.effect(
    PaymentBooks,
    Effect.gen(function* () {
      const books = yield* PaymentBooks
      return { ...books, ...change(books, yield* CreditLedger, yield* tools) }
    })
  )
})

export const overTruth = (change: (truth: PaymentTruth) => PaymentTruth): Pick<Mutation, "rail"> => ({
  rail: (rail): PaymentRail => ({
    ...rail,
    read: (attempt) => Effect.map(rail.read(attempt), change),
    close: (attempt) => Effect.map(rail.close(attempt), change)
  })
})
