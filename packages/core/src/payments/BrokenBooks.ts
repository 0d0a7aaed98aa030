import * as Effect from "effect/Effect"
import { ActivityLog } from "../activity/ActivityLog.ts"
import { LedgerStore } from "../credits/LedgerStore.ts"
import { Store } from "../store/Store.ts"
import { type Books, checkLedger } from "./CheckLedger.ts"
import { PaymentStore } from "./PaymentStore.ts"

/** All rows that have to do with money, as they were at one moment. */
export const books = Effect.gen(function* () {
  const ledger = yield* LedgerStore
  const payments = yield* PaymentStore
  const activity = yield* ActivityLog
  const store = yield* Store
  return yield* Effect.all({ ledger: ledger.dump, payments: payments.dump, events: activity.ofCredits }).pipe(
    store.transaction
  )
})

/** What is wrong with the books; nothing, when they are in order. */
export const brokenBooks = Effect.map(books, (all: Books) => checkLedger(all))
