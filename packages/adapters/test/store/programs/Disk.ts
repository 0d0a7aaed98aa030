// Fills up a small disk, empties it, and makes it read-only; tells what the database says each time.
import { execFileSync } from "node:child_process"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { Assets } from "@image-skill/core/media/Assets"
import { Store, type StoreUnavailable } from "@image-skill/core/store/Store"
import { asset } from "@image-skill/testing/media/AssetSample"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { main, tell, words } from "../../Program.ts"
import { inFolder } from "../Repositories.ts"

const [disk = ""] = words
const data = join(disk, "data")

const outcome = <A, R>(effect: Effect.Effect<A, StoreUnavailable, R>) =>
  Effect.match(effect, { onFailure: ({ reason }) => reason, onSuccess: () => "ok" as const })

/** Takes whatever space is left. */
const fill = (): void => {
  for (const size of [65_536, 4096, 1]) {
    try {
      for (let part = 0; ; part += 1) writeFileSync(join(disk, `ballast-${size}-${part}`), Buffer.alloc(size))
    } catch {
      // Full for this size; the next one may still find a gap.
    }
  }
}

const empty = (): void => {
  execFileSync("sh", ["-c", 'rm -f "$1"/ballast-*', "sh", disk])
}

const count = Effect.flatMap(Assets, (assets) => Effect.map(assets.ofJob("job_sample"), (rows) => rows.length))

main(
  Effect.gen(function* () {
    yield* Effect.gen(function* () {
      const store = yield* Store
      const assets = yield* Assets
      let written = 0
      const insertNext = Effect.suspend(() => store.transaction(assets.insert(asset(`${written}`)))).pipe(
        Effect.tap(() => Effect.sync(() => (written += 1)))
      )
      fill()
      tell({ what: "the first call on a full disk", outcome: yield* outcome(insertNext) })
      empty()
      tell({ what: "the first call once there is space", outcome: yield* outcome(insertNext) })
      fill()
      const stopped = yield* outcome(Effect.repeat(insertNext, Schedule.recurs(10_000)))
      tell({ what: "writing until the disk is full", outcome: stopped })
      tell({ what: "what was written before is there", outcome: (yield* count) === written })
      empty()
      tell({ what: "writing once there is space again", outcome: yield* outcome(insertNext) })
      tell({ what: "nothing was lost or added", outcome: (yield* count) === written })
    }).pipe(Effect.provide(inFolder(data)))

    execFileSync("mount", ["-o", "remount,ro", disk])
    yield* Effect.gen(function* () {
      const store = yield* Store
      const assets = yield* Assets
      tell({ what: "the check on a read-only disk", outcome: yield* outcome(store.check) })
      tell({ what: "writing to a read-only disk", outcome: yield* outcome(assets.insert(asset("ro"))) })
    }).pipe(Effect.provide(inFolder(data)))

    yield* Effect.gen(function* () {
      const store = yield* Store
      const assets = yield* Assets
      tell({ what: "the check where nothing is and nothing can be", outcome: yield* outcome(store.check) })
      tell({ what: "the first call there", outcome: yield* outcome(assets.insert(asset("ro"))) })
    }).pipe(Effect.provide(inFolder(join(disk, "fresh", "data"))))
  })
)
