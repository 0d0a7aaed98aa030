import type { ArtifactStoreFailed } from "@image-skill/core/media/ArtifactStore"
import * as Array from "effect/Array"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Pull from "effect/Pull"
import * as Stream from "effect/Stream"
import { damaged, hasher } from "./StoreFiles.ts"

type Chunks<E> = Pull.Pull<Array.NonEmptyReadonlyArray<Uint8Array>, E>

/**
 * The same chunks, hashed as they pass. The last one is held back until the hash is right, so that damaged bytes never
 * look whole, and those that fit into one chunk never appear at all.
 */
export const verified = <E>(
  chunks: Stream.Stream<Uint8Array, E>,
  sha256: string
): Stream.Stream<Uint8Array, E | ArtifactStoreFailed> =>
  Stream.transformPull(chunks, (pull) =>
    Effect.sync(() => {
      const hash = hasher()
      let held: Uint8Array | null = null
      let isOver = false

      const last = Effect.suspend((): Chunks<ArtifactStoreFailed> => {
        if (isOver) return Cause.done()
        isOver = true
        if (hash.digest("hex") !== sha256) return Effect.fail(damaged())
        return held === null ? Cause.done() : Effect.succeed(Array.of(held))
      })

      const next: Chunks<E | ArtifactStoreFailed> = Effect.suspend((): Chunks<E | ArtifactStoreFailed> =>
        isOver
          ? Cause.done()
          : pull.pipe(
              Effect.flatMap((some): Chunks<E | ArtifactStoreFailed> => {
                for (const chunk of some) hash.update(chunk)
                const known = held === null ? some : Array.prepend(some, held)
                held = Array.lastNonEmpty(known)
                const passed = Array.initNonEmpty(known)
                return Array.isReadonlyArrayNonEmpty(passed) ? Effect.succeed(passed) : next
              }),
              Pull.catchDone(() => last)
            )
      )
      return next
    })
  )
