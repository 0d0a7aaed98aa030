import { Store } from "@image-skill/core/store/Store"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Semaphore from "effect/Semaphore"
import { type Cell, MemoryStore } from "../store/MemoryStore.ts"
import { CurrentOwner, never } from "./Timeline.ts"

/** A database in memory that outlives the processes which write to it, as a file on a disk does. */
export interface Database {
  readonly layer: Layer.Layer<Store | MemoryStore>
  /** The process that had it open is gone: what it had not committed never was, and nobody waits for it. */
  readonly abandon: () => void
  /** Looks at what is committed, whatever transaction is open. */
  readonly observe: <A>(look: () => A) => A
  /** What each repository has committed, in whatever shape it keeps it. */
  readonly tables: () => ReadonlyArray<unknown>
  /** Grows with every change. */
  readonly version: () => number
}

interface Table {
  readonly seen: () => unknown
  readonly begin: () => void
  readonly commit: () => void
  readonly undo: () => void
  readonly snapshot: () => () => void
}

/** Whether this fiber has the transaction open, with the turn that transactions within it take. */
const OpenTransaction = Context.Reference<Semaphore.Semaphore | null>("testing/simulation/OpenTransaction", {
  defaultValue: () => null
})

/** A fiber that was in the middle of something when its process died may still be on the stack: it goes no further. */
const alive = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.flatMap(CurrentOwner, ({ isAlive }) => (isAlive ? effect : never))

const within = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.provideService(effect, OpenTransaction, Semaphore.makeUnsafe(1))

export const make = (): Database => {
  const tables: Array<Table> = []
  let outermost = Semaphore.makeUnsafe(1)
  let isObserved = false
  let version = 0

  const whenFree = <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
    alive(Effect.flatMap(OpenTransaction, (open) => (open === null ? outermost.withPermit(effect) : effect)))

  const cell = <A>(initial: A): Cell<A> => {
    let value = initial
    let committed: { readonly value: A } | null = null
    const seen = (): A => (committed === null ? value : committed.value)
    tables.push({
      seen,
      begin: () => {
        committed = { value }
      },
      commit: () => {
        committed = null
      },
      undo: () => {
        value = seen()
        committed = null
      },
      snapshot: () => {
        const before = value
        return () => {
          value = before
        }
      }
    })
    const modify: Cell<A>["modify"] = (change) =>
      whenFree(
        Effect.suspend(() =>
          Effect.map(Effect.fromResult(change(value)), ([result, next]) => {
            if (value !== next) version += 1
            value = next
            return result
          })
        )
      )
    return {
      get: Effect.suspend(() => (isObserved ? Effect.succeed(seen()) : whenFree(Effect.sync(() => value)))),
      update: (change) => modify((before) => Result.succeed([undefined, change(before)])),
      modify
    }
  }

  const outer = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    Effect.suspend(() => {
      tables.forEach(({ begin }) => begin())
      return Effect.onExit(within(effect), (exit) =>
        Effect.sync(() => {
          version += 1
          tables.forEach(({ commit, undo }) => (Exit.isSuccess(exit) ? commit() : undo()))
        })
      )
    })

  const inner = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    Effect.suspend(() => {
      const restore = tables.map(({ snapshot }) => snapshot())
      return Effect.onExit(within(effect), (exit) =>
        Exit.isSuccess(exit) ? Effect.void : Effect.sync(() => restore.forEach((back) => back()))
      )
    })

  const transaction: Store["Service"]["transaction"] = (effect) =>
    Effect.flatMap(OpenTransaction, (open) => {
      if (isObserved) return effect
      return alive(open === null ? outermost.withPermit(outer(effect)) : open.withPermit(inner(effect)))
    })

  return {
    layer: Layer.succeedContext(
      Context.make(Store, Store.of({ transaction, check: Effect.void })).pipe(Context.add(MemoryStore, { cell }))
    ),
    abandon: () => {
      tables.forEach(({ undo }) => undo())
      outermost = Semaphore.makeUnsafe(1)
      version += 1
    },
    observe: (look) => {
      isObserved = true
      const seen = look()
      isObserved = false
      return seen
    },
    tables: () => tables.map(({ seen }) => seen()),
    version: () => version
  }
}
