import { Store } from "@image-skill/core/store/Store"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Semaphore from "effect/Semaphore"

/** A part of the store's state that one repository owns. Values are immutable: a change replaces the value. */
export interface Cell<A> {
  readonly get: Effect.Effect<A>
  /** Gives the first of the pair and keeps the second, at once. */
  readonly modify: <B>(change: (value: A) => readonly [result: B, next: A]) => Effect.Effect<B>
}

/** The state that the memory repositories share, so that a transaction covers all of them. */
export class MemoryStore extends Context.Service<
  MemoryStore,
  { readonly cell: <A>(initial: A) => Cell<A> }
>()("testing/store/MemoryStore") {}

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

    const cell = <A>(initial: A): Cell<A> => {
      let value = initial
      snapshots.push(() => {
        const before = value
        return () => {
          value = before
        }
      })
      const whenFree = <B>(effect: Effect.Effect<B>): Effect.Effect<B> =>
        Effect.flatMap(OpenTransactions, (open) => (open.has(self) ? effect : outermost.withPermit(effect)))
      return {
        get: whenFree(Effect.sync(() => value)),
        modify: (change) =>
          whenFree(
            Effect.sync(() => {
              const [result, next] = change(value)
              value = next
              return result
            })
          )
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
