import { Store, StoreUnavailable } from "@image-skill/core/store/Store"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Semaphore from "effect/Semaphore"

/** A part of the store's state that one repository owns. Values are immutable: a change replaces the value. */
export interface Cell<A> {
  readonly get: Effect.Effect<A>
  readonly update: (change: (value: A) => A) => Effect.Effect<void>
  /** Gives the first of the pair and keeps the second, at once; a failure changes nothing. */
  readonly modify: <B, E = never>(
    change: (value: A) => Result.Result<readonly [result: B, next: A], E>
  ) => Effect.Effect<B, E>
}

/** What a database says when a unique row exists already. */
export const conflict = (what: string): Result.Result<never, StoreUnavailable> =>
  Result.fail(new StoreUnavailable({ reason: "conflict", message: `${what} exists already` }))

/** The state that the memory repositories share, so that a transaction covers all of them. */
export class MemoryStore extends Context.Service<MemoryStore, { readonly cell: <A>(initial: A) => Cell<A> }>()(
  "testing/store/MemoryStore"
) {}

/**
 * The stores that a fiber has a transaction open in, each with the turn that transactions within this one take. It
 * travels in the context, so that what a transaction forks belongs to it and everybody else waits.
 */
const OpenTransactions = Context.Reference<ReadonlyMap<object, Semaphore.Semaphore>>("testing/store/OpenTransactions", {
  defaultValue: () => new Map()
})

/** A database in memory: one transaction at a time, undone by putting back what there was when it began. */
export const layer: Layer.Layer<Store | MemoryStore> = Layer.effectContext(
  Effect.sync(() => {
    const self = {}
    const outermost = Semaphore.makeUnsafe(1)
    const snapshots: Array<() => () => void> = []

    const whenFree = <B, E>(effect: Effect.Effect<B, E>): Effect.Effect<B, E> =>
      Effect.flatMap(OpenTransactions, (open) => (open.has(self) ? effect : outermost.withPermit(effect)))

    const cell = <A>(initial: A): Cell<A> => {
      let value = initial
      snapshots.push(() => {
        const before = value
        return () => {
          value = before
        }
      })
      const modify: Cell<A>["modify"] = (change) =>
        whenFree(
          Effect.suspend(() =>
            Effect.map(Effect.fromResult(change(value)), ([result, next]) => {
              value = next
              return result
            })
          )
        )
      return {
        get: whenFree(Effect.sync(() => value)),
        update: (change) => modify((before) => Result.succeed([undefined, change(before)])),
        modify
      }
    }

    const transaction = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
      Effect.flatMap(OpenTransactions, (open) => {
        const inside = new Map([...open, [self, Semaphore.makeUnsafe(1)]])
        const undone = Effect.suspend(() => {
          const undo = snapshots.map((take) => take())
          return Effect.onExit(Effect.provideService(effect, OpenTransactions, inside), (exit) =>
            Exit.isSuccess(exit) ? Effect.void : Effect.sync(() => undo.forEach((restore) => restore()))
          )
        })
        return (open.get(self) ?? outermost).withPermit(undone)
      })

    return Context.make(Store, Store.of({ transaction, check: Effect.void })).pipe(Context.add(MemoryStore, { cell }))
  })
)
