import { ActivityLog } from "@image-skill/core/activity/ActivityLog"
import { LedgerStore } from "@image-skill/core/credits/LedgerStore"
import { PaymentStore } from "@image-skill/core/payments/PaymentStore"
import { Store, StoreUnavailable } from "@image-skill/core/store/Store"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** What befalls a write: nothing, the failure of the store, or the end of the process. */
export type Blow = "none" | "fail" | "crash"

/** Decides what befalls the next write or commit. A crash never returns: whoever runs the process ends it. */
export interface Faults {
  readonly next: () => Blow
  readonly crash: Effect.Effect<never>
}

/** Lets everybody else go first after it has read. */
const slow =
  <Input extends ReadonlyArray<unknown>, A>(read: (...input: Input) => Effect.Effect<A, StoreUnavailable>) =>
  (...input: Input): Effect.Effect<A, StoreUnavailable> =>
    Effect.tap(read(...input), Effect.yieldNow)

type Rows = Store | LedgerStore | PaymentStore | ActivityLog

/**
 * The same rows, written by a process that may fail or die at any write, and right after any commit. Between what it
 * reads, everybody else may go first.
 */
export const layer = (faults: Faults): Layer.Layer<Rows, never, Rows> => {
  const hit = Effect.suspend((): Effect.Effect<void, StoreUnavailable> => {
    const blow = faults.next()
    if (blow === "none") return Effect.void
    return blow === "crash" ? faults.crash : Effect.fail(new StoreUnavailable({ reason: "busy", message: "busy" }))
  })
  const hard =
    <Input extends ReadonlyArray<unknown>, A>(write: (...input: Input) => Effect.Effect<A, StoreUnavailable>) =>
    (...input: Input): Effect.Effect<A, StoreUnavailable> =>
      Effect.andThen(hit, write(...input))
  return Layer.effectContext(
    Effect.gen(function* () {
      const store = yield* Store
      const ledger = yield* LedgerStore
      const payments = yield* PaymentStore
      const activity = yield* ActivityLog
      const died = Effect.suspend(() => (faults.next() === "crash" ? faults.crash : Effect.void))
      return Context.make(
        Store,
        Store.of({ ...store, transaction: (effect) => Effect.tap(store.transaction(effect), () => died) })
      ).pipe(
        Context.add(LedgerStore, {
          ...ledger,
          accounts: slow(ledger.accounts),
          journalByKey: slow(ledger.journalByKey),
          hold: slow(ledger.hold),
          append: hard(ledger.append),
          insertHold: hard(ledger.insertHold),
          closeHold: hard(ledger.closeHold),
          setDebt: hard(ledger.setDebt)
        }),
        Context.add(PaymentStore, {
          ...payments,
          quoteByKey: slow(payments.quoteByKey),
          attemptsOfQuote: slow(payments.attemptsOfQuote),
          receiptOfAttempt: slow(payments.receiptOfAttempt),
          insertQuote: hard(payments.insertQuote),
          updateQuote: hard(payments.updateQuote),
          insertAttempt: hard(payments.insertAttempt),
          rememberKey: hard(payments.rememberKey),
          updateAttempt: hard(payments.updateAttempt),
          insertReceipt: hard(payments.insertReceipt),
          updateReversed: hard(payments.updateReversed),
          insertReversal: hard(payments.insertReversal),
          insertEvent: hard(payments.insertEvent),
          updateEvent: hard(payments.updateEvent),
          setNote: hard(payments.setNote)
        }),
        Context.add(ActivityLog, { ...activity, append: hard(activity.append) })
      )
    })
  )
}
