import { readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as FileAnswerSpool from "@image-skill/adapters/media/FileAnswerSpool"
import { AnswerSpool } from "@image-skill/core/media/AnswerSpool"
import * as AnswerSpoolSuite from "@image-skill/testing/media/AnswerSpoolSuite"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { start } from "../Child.ts"
import { temporaryFolder } from "../Folder.ts"

AnswerSpoolSuite.suite("files", Layer.unwrap(Effect.map(temporaryFolder, FileAnswerSpool.layer)))

const answer = new TextEncoder().encode('{"data":[]}')

describe("a folder of answers", () => {
  it.effect("has each under its job, for its owner alone, and nothing half-written beside it", () =>
    Effect.gen(function* () {
      const folder = join(yield* temporaryFolder, "data")
      const spool = yield* Effect.provide(AnswerSpool, FileAnswerSpool.layer(folder))
      yield* spool.put("job_1", answer)
      const path = join(folder, "spool", "job_1")
      assert.deepStrictEqual(new Uint8Array(readFileSync(path)), answer)
      assert.deepStrictEqual(
        [folder, join(folder, "spool"), path].map((it) => (statSync(it).mode & 0o777).toString(8)),
        ["700", "700", "600"]
      )
      assert.deepStrictEqual(readdirSync(join(folder, "tmp")), [])
    })
  )

  it.effect("has nothing of a job before all of it is there, not even after a kill", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const child = yield* start("media/programs/KilledMove.ts", [folder, "spool"])
      assert.strictEqual(yield* child.next, "moving")
      assert.isNull(yield* child.ended)
      const spool = yield* Effect.provide(AnswerSpool, FileAnswerSpool.layer(folder))
      assert.deepStrictEqual(yield* spool.get("job_1"), Option.none())
      yield* spool.put("job_1", answer)
      assert.deepStrictEqual(yield* spool.get("job_1"), Option.some(answer))
    })
  )

  it.effect("gives what another process left there", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const before = yield* Effect.provide(AnswerSpool, FileAnswerSpool.layer(folder))
      yield* before.put("job_1", answer)
      const after = yield* Effect.provide(AnswerSpool, FileAnswerSpool.layer(folder))
      assert.deepStrictEqual(yield* after.get("job_1"), Option.some(answer))
    })
  )

  it.effect.each(["", ".", "..", "../job_1", "a/b", "a\\b", "a\0b", ".hidden", "a".repeat(201)])(
    "has no place for a job called %o",
    (name) =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        const spool = yield* Effect.provide(AnswerSpool, FileAnswerSpool.layer(join(folder, "data")))
        for (const act of [spool.put(name, answer), spool.get(name), spool.remove(name)]) {
          assert.strictEqual((yield* Effect.flip(act)).reason, "unknown")
        }
        assert.deepStrictEqual(readdirSync(folder), [])
      })
  )
})
