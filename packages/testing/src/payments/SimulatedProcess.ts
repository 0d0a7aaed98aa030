import type { ActivityLog } from "@image-skill/core/activity/ActivityLog"
import type { Violation } from "@image-skill/core/credits/CheckCredits"
import { CreditLedger } from "@image-skill/core/credits/CreditLedger"
import type { LedgerStore } from "@image-skill/core/credits/LedgerStore"
import { SpendGuard } from "@image-skill/core/credits/SpendGuard"
import type { SpendPolicies } from "@image-skill/core/credits/SpendPolicies"
import type { Ids } from "@image-skill/core/envelope/Ids"
import { CreditQuotes } from "@image-skill/core/payments/CreditQuotes"
import { Fulfilment } from "@image-skill/core/payments/Fulfilment"
import { PaymentBooks } from "@image-skill/core/payments/PaymentBooks"
import { PaymentEvents } from "@image-skill/core/payments/PaymentEvents"
import type { PaymentRail } from "@image-skill/core/payments/PaymentRail"
import { PaymentRails } from "@image-skill/core/payments/PaymentRails"
import type { PaymentStore } from "@image-skill/core/payments/PaymentStore"
import { Purchases } from "@image-skill/core/payments/Purchases"
import { ReturnPage } from "@image-skill/core/payments/ReturnPage"
import type { Store } from "@image-skill/core/store/Store"
import * as Cause from "effect/Cause"
import type * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as FaultyStores from "./FaultyStores.ts"
import type { ProviderWorld } from "./ProviderWorld.ts"

/** What outlives a process. */
export type Rows = Store | LedgerStore | PaymentStore | SpendPolicies | ActivityLog | Ids
type Over<A, R> = Layer.Layer<A, never, A | R>

/** Other code in the place of ours, for those who test the tests: each wraps what it replaces. */
export interface Mutation {
  readonly rows?: Over<LedgerStore | PaymentStore | ActivityLog | Store, Ids>
  readonly ledger?: Over<CreditLedger, Rows>
  readonly books?: Over<PaymentBooks, CreditLedger | Rows>
  readonly quotes?: Over<CreditQuotes, Rows>
  readonly fulfilment?: Over<Fulfilment, PaymentBooks | Rows>
  readonly rail?: (rail: PaymentRail) => PaymentRail
}

type Services = CreditQuotes | Purchases | Fulfilment | PaymentBooks | CreditLedger | Rows

/** A process of the service: it does what it is given until it dies, and then the next one goes on with the same rows. */
export const make = (rows: Context.Context<Rows>, world: ProviderWorld, mutation: Mutation) => {
  const counts = { crashes: 0, failures: 0 }
  const defects: Array<Violation> = []
  let left = -1
  let blow: FaultyStores.Blow = "none"
  let crashed = Deferred.makeUnsafe<void>()
  let life: Context.Context<Services> | null = null

  const faults: FaultyStores.Faults = {
    next: () => {
      left -= 1
      if (left !== -1 || blow === "none") return "none"
      counts[blow === "crash" ? "crashes" : "failures"] += 1
      return blow
    },
    crash: Effect.suspend(() => Effect.andThen(Deferred.succeed(crashed, undefined), Effect.never))
  }

  const layer = layerOf(rows, faults, world, mutation)
  const begin = Effect.suspend(() =>
    life === null
      ? Effect.tap(Effect.scoped(Layer.build(layer)), (built) => Effect.sync(() => void (life = built)))
      : Effect.succeed(life)
  )
  const log = Logger.layer([
    Logger.make(({ logLevel, message }) => {
      if (logLevel === "Error") defects.push({ invariant: 0, message: String(message) })
    })
  ])

  const run = <A, E>(work: Effect.Effect<A, E, Services>) =>
    Effect.gen(function* () {
      const services = yield* begin
      const exit = yield* Effect.exit(
        Effect.raceFirst(Effect.asVoid(Effect.provide(work, services)), Deferred.await(crashed))
      ).pipe(Effect.provide(log))
      if (Exit.isFailure(exit) && Cause.hasDies(exit.cause))
        defects.push({ invariant: 0, message: Cause.pretty(exit.cause) })
      if (yield* Deferred.isDone(crashed)) {
        crashed = Deferred.makeUnsafe()
        life = null
      }
    })

  return {
    run,
    defects: () => defects.splice(0),
    blows: () => counts,
    faults: {
      set: (after: number, kind: FaultyStores.Blow) => {
        left = after + 1
        blow = kind
      }
    }
  }
}

const layerOf = (
  rows: Context.Context<Rows>,
  faults: FaultyStores.Faults,
  world: ProviderWorld,
  { books: overBooks, fulfilment, ledger, quotes, rail, rows: overRows }: Mutation
): Layer.Layer<Services> => {
  const rails = rail === undefined ? world.rails : world.rails.map(rail)
  return Purchases.layer.pipe(
    Layer.provideMerge(over(quotes)),
    Layer.provideMerge(CreditQuotes.layer),
    Layer.provideMerge(over(fulfilment)),
    Layer.provideMerge(Fulfilment.layer),
    Layer.provideMerge(over(overBooks)),
    Layer.provideMerge(PaymentBooks.layer),
    Layer.provideMerge(over(ledger)),
    Layer.provideMerge(Layer.merge(CreditLedger.layer, SpendGuard.layer)),
    Layer.provideMerge(
      Layer.mergeAll(PaymentRails.layerOf(rails), Layer.succeed(PaymentEvents, world.events), ReturnPage.none)
    ),
    Layer.provideMerge(over(overRows)),
    Layer.provideMerge(FaultyStores.layer(faults)),
    Layer.provideMerge(Layer.succeedContext(rows))
  )
}

/** What stands in front of a service; nothing does, ordinarily. */
const over = <A, R>(layer: Over<A, R> | undefined): Layer.Layer<never, never, A | R> | Over<A, R> =>
  layer ?? Layer.empty
