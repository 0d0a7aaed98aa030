// Lives through one purchase, and dies by SIGKILL at the step that it was told: before a commit with everything written,
// before a write without a transaction, before a call to the rail, before somebody else acts, or at the end. After one
// step is before the next.
import { ActivityLog } from "@image-skill/core/activity/ActivityLog"
import { LedgerStore } from "@image-skill/core/credits/LedgerStore"
import type { PaymentRail } from "@image-skill/core/payments/PaymentRail"
import { PaymentStore } from "@image-skill/core/payments/PaymentStore"
import { ReturnPage } from "@image-skill/core/payments/ReturnPage"
import { Store } from "@image-skill/core/store/Store"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { stores } from "../../jobs/Composition.ts"
import { main, tell, words } from "../../Program.ts"
import { serveKit } from "../../service/Compositions.ts"
import { configuredRails, control, type Life, live, serviceOver } from "../PaymentLife.ts"

const life = JSON.parse(words[0] ?? "") as Life

let steps = 0
let armed = false

const pass = (what: string): void => {
  if (!armed) return
  steps += 1
  if (steps !== life.fatal) return
  tell({ killedAt: what })
  process.kill(process.pid, "SIGKILL")
}

const at = (what: string) => Effect.sync(() => pass(what))

/** What is written in the transaction that one is in; null outside of any. */
const Written = Context.Reference<Array<string> | null>("test/Written", { defaultValue: () => null })

/** A write inside of a transaction is no step of its own: the commit is. */
const watch = <A, E, R>(what: string, effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.flatMap(Written, (written) =>
    written === null
      ? Effect.andThen(at(what), effect)
      : Effect.tap(effect, () => Effect.sync(() => written.push(what)))
  )

/** What the services here give is an effect that needs nothing more; its failures pass through untouched. */
const isCall = (value: unknown): value is Effect.Effect<unknown> => Effect.isEffect(value)

const isWrite = (name: string): boolean => /^(?:append|close|insert|rememberKey|set|update)/u.test(name)

const watched = <S extends object>(service: S, isStep: (name: string) => boolean): S =>
  new Proxy(service, {
    get: (target, key) => {
      const member: unknown = Reflect.get(target, key)
      const name = String(key)
      if (typeof member !== "function" || !isStep(name)) return member
      return (...args: ReadonlyArray<unknown>): unknown => {
        const result: unknown = Reflect.apply(member, target, args)
        return isCall(result) ? watch(name, result) : result
      }
    }
  })

/** A transaction inside of another one ends with the other one. One that has written nothing is no step. */
const watchedStore = (store: Store["Service"]): Store["Service"] =>
  Store.of({
    ...store,
    transaction: (effect) =>
      Effect.flatMap(Written, (outer) => {
        if (outer !== null) return store.transaction(effect)
        const written: Array<string> = []
        const step = Effect.suspend(() =>
          written.length === 0 ? Effect.void : at(`the commit of ${written.join(", ")}`)
        )
        return store.transaction(Effect.tap(Effect.provideService(effect, Written, written), () => step))
      })
  })

const kept = Layer.mergeAll(
  Layer.effect(Store, Effect.map(Store, watchedStore)),
  Layer.effect(
    PaymentStore,
    Effect.map(PaymentStore, (rows) => watched(rows, isWrite))
  ),
  Layer.effect(
    LedgerStore,
    Effect.map(LedgerStore, (rows) => watched(rows, isWrite))
  ),
  Layer.effect(
    ActivityLog,
    Effect.map(ActivityLog, (rows) => watched(rows, isWrite))
  )
).pipe(Layer.provideMerge(stores(life.folder)))

const watchedRail = (rail: PaymentRail): PaymentRail => ({
  ...rail,
  open: (order) => watch("the rail's open", rail.open(order)),
  read: (attempt) => watch("the rail's read", rail.read(attempt)),
  close: (attempt) => watch("the rail's close", rail.close(attempt))
})

main(
  Effect.gen(function* () {
    const { events, rails } = configuredRails(life.stripe)
    const returnPage = ReturnPage.at("https://service.example")
    const services = yield* Layer.build(serviceOver(kept, { rails: rails.map(watchedRail), events, returnPage }))
    const { origin } = yield* serveKit(Layer.succeedContext(services))
    // Deposits are looked at by whoever asks; pages are heard of by an event.
    if (life.stripe !== null && life.methodId === "stripe_checkout") {
      const types = ["checkout.session.completed", "charge.refunded"]
      yield* control(life.stripe, "addWebhook", { url: `${origin}/v1/webhooks/stripe`, events: types })
    }
    armed = true
    const { state } = yield* Effect.provideContext(live(life, at), services)
    pass("the end")
    tell({ ended: state, steps })
  }).pipe(Effect.scoped)
)
