import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import { Store, type StoreUnavailable } from "../store/Store.ts"
import { ArtifactStore, type ArtifactStoreFailed } from "./ArtifactStore.ts"
import { Assets } from "./Assets.ts"

/**
 * Who still needs which bytes. Equal bytes are stored once, so they may go only when the last asset that points to them
 * is gone, and while nobody in this process is about to point to them.
 */
export class OwnedBytes extends Context.Service<
  OwnedBytes,
  {
    /** Bytes that are stored in this scope are not freed by anybody until the scope ends. */
    readonly storing: Effect.Effect<void, never, Scope.Scope>
    /** Frees the bytes unless an asset points to them, or may be about to. */
    free(sha256: string): Effect.Effect<void, ArtifactStoreFailed | StoreUnavailable>
  }
>()("core/media/OwnedBytes") {
  static readonly layer = Layer.effect(
    OwnedBytes,
    Effect.gen(function* () {
      const store = yield* Store
      const assets = yield* Assets
      const artifacts = yield* ArtifactStore
      let busy = 0
      const waiting = new Set<string>()
      // Whoever wants to store waits for a removal that has begun, which may be of the very same bytes.
      const gate = Semaphore.makeUnsafe(1)

      const free = (sha256: string): Effect.Effect<void, ArtifactStoreFailed | StoreUnavailable> =>
        Effect.suspend(() => {
          if (busy > 0) {
            waiting.add(sha256)
            return Effect.void
          }
          return Effect.flatMap(assets.isInUse(sha256), (isInUse) =>
            isInUse ? Effect.void : artifacts.remove(sha256)
          ).pipe(store.transaction)
        }).pipe(gate.withPermit)

      const leave = Effect.suspend(() => {
        busy -= 1
        if (busy > 0) return Effect.void
        const now = [...waiting]
        waiting.clear()
        return Effect.forEach(now, (sha256) => Effect.ignore(free(sha256)), { discard: true })
      })

      return OwnedBytes.of({
        storing: Effect.acquireRelease(
          gate.withPermit(
            Effect.sync(() => {
              busy += 1
            })
          ),
          () => leave
        ),
        free
      })
    })
  )
}
