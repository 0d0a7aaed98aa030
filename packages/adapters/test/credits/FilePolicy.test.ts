import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as FilePolicy from "@image-skill/adapters/credits/FilePolicy"
import * as Effect from "effect/Effect"
import { temporaryFolder } from "../Folder.ts"

const written = Effect.fnUntraced(function* (write: (path: string) => void) {
  const folder = yield* temporaryFolder
  write(join(folder, FilePolicy.fileName))
  return yield* FilePolicy.inFolder(folder)
})

describe("the owner's file of caps", () => {
  it.effect("is read anew at every decision", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const read = FilePolicy.inFolder(folder)
      assert.deepStrictEqual(yield* read, { _tag: "Absent" })
      const path = join(folder, FilePolicy.fileName)
      writeFileSync(path, `{"max_credits_per_day": 100}`, { mode: 0o600 })
      assert.deepStrictEqual(yield* read, { _tag: "Read", policy: { maxCreditsPerDay: 100 } })
      writeFileSync(path, `{"max_credits_per_day": 50}`)
      assert.deepStrictEqual(yield* read, { _tag: "Read", policy: { maxCreditsPerDay: 50 } })
    })
  )

  it.effect("stops everything when it is malformed, no file, a link, too large or open to others", () =>
    Effect.gen(function* () {
      const cases: ReadonlyArray<(path: string) => void> = [
        (path) => writeFileSync(path, "{", { mode: 0o600 }),
        (path) => writeFileSync(path, `{"max_credits_per_dya": 1}`, { mode: 0o600 }),
        (path) => writeFileSync(path, `{"max_credits_per_day": 0}`, { mode: 0o600 }),
        (path) => mkdirSync(path),
        (path) => {
          writeFileSync(`${path}.real`, "{}", { mode: 0o600 })
          symlinkSync(`${path}.real`, path)
        },
        (path) => writeFileSync(path, `{"allowed_models": []}${" ".repeat(70_000)}`, { mode: 0o600 }),
        (path) => {
          writeFileSync(path, "{}")
          chmodSync(path, 0o666)
        }
      ]
      for (const write of cases) assert.strictEqual((yield* written(write))._tag, "Broken")
    })
  )
})
