import { AnswerSpool } from "@image-skill/core/media/AnswerSpool"
import { ArtifactStore, ArtifactStoreFailed } from "@image-skill/core/media/ArtifactStore"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import type { Dice } from "../payments/Dice.ts"
import type { Faults } from "../payments/FaultyStores.ts"

/** How often, in percent, a disk takes nothing more, and how often nothing can be read from it. */
export interface Disks {
  artifactsFull: number
  spoolFull: number
  unreadable: number
}

/** The same bytes on disks that are full now and then, written by a process that may die before or after. */
export const layer = (
  dice: Dice,
  disks: Disks,
  faults: Faults
): Layer.Layer<ArtifactStore | AnswerSpool, never, ArtifactStore | AnswerSpool> => {
  const died = Effect.suspend(() => (faults.next() === "crash" ? faults.crash : Effect.void))
  const trouble = (percent: () => number, reason: "full" | "unreachable") =>
    Effect.suspend(() =>
      dice.chance(percent()) ? Effect.fail(new ArtifactStoreFailed({ reason, message: reason })) : Effect.void
    )
  const full = (percent: () => number) => Effect.andThen(died, trouble(percent, "full"))
  const isFull = full(() => disks.artifactsFull)
  const isSpoolFull = full(() => disks.spoolFull)
  const isAway = trouble(() => disks.unreadable, "unreachable")
  return Layer.effectContext(
    Effect.gen(function* () {
      const artifacts = yield* ArtifactStore
      const spool = yield* AnswerSpool
      return Context.make(ArtifactStore, {
        ...artifacts,
        put: (bytes) => Effect.andThen(isFull, Effect.tap(artifacts.put(bytes), died)),
        putStream: (body, maxBytes) => Effect.andThen(isFull, Effect.tap(artifacts.putStream(body, maxBytes), died)),
        get: (sha256, range) => Effect.andThen(isAway, artifacts.get(sha256, range)),
        stream: (sha256, range) =>
          Stream.concat(Stream.drain(Stream.fromEffect(isAway)), artifacts.stream(sha256, range)),
        removeOlder: (sha256, before) => Effect.andThen(died, artifacts.removeOlder(sha256, before)),
        check: trouble(() => disks.artifactsFull / 2, "full")
      }).pipe(
        Context.add(AnswerSpool, {
          put: (jobId, answer) => Effect.andThen(isSpoolFull, Effect.tap(spool.put(jobId, answer), died)),
          get: (jobId) => Effect.andThen(isAway, spool.get(jobId)),
          remove: (jobId) => Effect.andThen(died, spool.remove(jobId))
        })
      )
    })
  )
}
