import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import type { StoreUnavailable } from "../store/Store.ts"
import { ArtifactStore, type ArtifactStoreFailed } from "./ArtifactStore.ts"
import { Assets } from "./Assets.ts"

/**
 * Who still needs which bytes. Equal bytes are stored once, so they may go only when the last asset that points to them
 * is gone, and while nobody is about to point to them. Whoever stores says so by putting the bytes, which is seen by
 * every process: bytes that were put a short time ago stay. Of what is to go later a note is kept, so that it goes
 * whatever becomes of this process.
 */
export class OwnedBytes extends Context.Service<
  OwnedBytes,
  {
    /** However long it takes: bytes that are put in this scope are not freed by this process until the scope ends. */
    readonly storing: Effect.Effect<void, never, Scope.Scope>
    /** Notes, in the transaction in which an asset goes, that its bytes may be nobody's then. `free` comes after it. */
    letGo(sha256: string): Effect.Effect<void, StoreUnavailable>
    /** Frees the bytes, now or later, unless an asset points to them. */
    free(sha256: string): Effect.Effect<void, ArtifactStoreFailed | StoreUnavailable>
    /** Frees up to `limit` of those that wait for it, and of those that a crash left without an owner; says how many. */
    sweep(limit: number): Effect.Effect<number, ArtifactStoreFailed | StoreUnavailable>
  }
>()("core/media/OwnedBytes") {
  static readonly layer = Layer.effect(
    OwnedBytes,
    Effect.gen(function* () {
      const assets = yield* Assets
      const artifacts = yield* ArtifactStore
      /** Since when somebody in this process stores. */
      const begun = new Set<{ readonly at: DateTime.DateTime }>()
      // Whoever wants to store waits for a removal that has begun, which may be of the very same bytes.
      const gate = Semaphore.makeUnsafe(1)
      /** A command sees a few of them only, so each begins somewhere else. */
      let from: string | null = hexadecimal(yield* Random.nextIntBetween(0, 0xffff))

      const removeOlder = (sha256: string, age: Duration.Duration) =>
        Effect.flatMap(DateTime.now, (now) => {
          const oldest = [...begun].map(({ at }) => at).reduce(DateTime.min, DateTime.subtractDuration(now, age))
          return artifacts.removeOlder(sha256, oldest)
        })

      const note = (sha256: string, wait: Duration.Duration) =>
        Effect.flatMap(DateTime.now, (now) =>
          assets.noteUnused(sha256, DateTime.formatIso(DateTime.addDuration(now, wait)))
        )

      /** Whether they went. What cannot be freed now is noted for later. */
      const attempt = (sha256: string) =>
        Effect.gen(function* () {
          const isInUse = yield* assets.isInUse(sha256)
          const isGone = isInUse ? false : yield* Effect.onError(removeOlder(sha256, grace), () => later(sha256))
          yield* isInUse || isGone ? assets.forgetUnused(sha256) : note(sha256, grace)
          return isGone
        }).pipe(gate.withPermit)

      const later = (sha256: string) => Effect.ignore(note(sha256, grace))

      const collect = (sha256: string) =>
        Effect.flatMap(assets.isInUse(sha256), (isInUse) =>
          isInUse ? Effect.succeed(false) : removeOlder(sha256, orphanAge)
        ).pipe(gate.withPermit)

      // What cannot be freed now keeps no other waiting, and is come back to.
      const sweep = Effect.fn("OwnedBytes.sweep")(function* (limit: number) {
        const due = yield* assets.unused(DateTime.formatIso(yield* DateTime.now), limit)
        const freed = yield* Effect.forEach(due, (sha256) => Effect.orElseSucceed(attempt(sha256), () => false))
        const page = yield* artifacts.list(from, limit)
        const isRound = page.next === null && from !== null
        const begin = isRound ? yield* artifacts.list(null, limit - page.names.length) : { names: [], next: page.next }
        from = begin.next
        const names = [...page.names, ...begin.names]
        const collected = yield* Effect.forEach(names, (sha256) => Effect.orElseSucceed(collect(sha256), () => false))
        return [...freed, ...collected].filter((isGone) => isGone).length
      })

      return OwnedBytes.of({
        storing: Effect.asVoid(
          Effect.acquireRelease(
            Effect.map(DateTime.now, (at) => {
              const entry = { at }
              begun.add(entry)
              return entry
            }).pipe(gate.withPermit),
            (entry) => Effect.sync(() => begun.delete(entry))
          )
        ),
        letGo: (sha256) => note(sha256, Duration.zero),
        free: (sha256) => Effect.asVoid(attempt(sha256)),
        sweep
      })
    })
  )
}

/** Longer than any process takes from putting bytes to owning them, but for one whose job says what it has put. */
const grace = Duration.minutes(2)

/** What nobody owns after a day is left over from a crash: what was paid for is given up by then, too. */
const orphanAge = Duration.days(1)

const hexadecimal = (number: number): string => number.toString(16).padStart(4, "0")
