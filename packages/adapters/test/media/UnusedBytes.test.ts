import { existsSync, mkdirSync, statSync, utimesSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { assert, describe, it } from "@effect/vitest"
import { jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import { JobStore } from "@image-skill/core/jobs/JobStore"
import { Assets } from "@image-skill/core/media/Assets"
import { fullJob } from "@image-skill/testing/jobs/JobSample"
import { picture } from "@image-skill/testing/media/emulators/Fixtures"
import * as Effect from "effect/Effect"
import { temporaryFolder } from "../Folder.ts"
import { serve, until } from "../service/Compositions.ts"
import { customer } from "../service/ProviderSite.ts"
import { bearer, send } from "../service/RawHttp.ts"
import { data } from "../service/Site.ts"
import { repositories } from "../store/Repositories.ts"

const pathOf = (folder: string, sha256: string): string =>
  join(folder, "objects", "sha256", sha256.slice(0, 2), sha256.slice(2, 4), sha256)

/** As if that many seconds had gone by since it was written. */
const age = (path: string, seconds: number): void => {
  const at = statSync(path).mtimeMs / 1000 - seconds
  utimesSync(path, at, at)
}

/** A server with somebody's picture on it. */
const withPicture = Effect.gen(function* () {
  const folder = yield* temporaryFolder
  const { apiBaseUrl: origin } = yield* serve(folder)
  const token = yield* customer(origin)
  const bytes = yield* Effect.promise(() => picture({ seed: 21 }))
  const upload = { method: "PUT", path: "/v1/uploads?filename=picture", headers: bearer(token), body: bytes }
  const asset = jsonField(data(yield* send(origin, upload)), "asset") ?? null
  const path = `/v1/assets/${textField(asset, "asset_id")}`
  const link = new URL(textField(asset, "url")).pathname
  return {
    folder,
    file: pathOf(folder, textField(asset, "sha256")),
    remove: Effect.map(send(origin, { method: "DELETE", path, headers: bearer(token) }), ({ status }) => status),
    look: Effect.map(send(origin, { path: link }), ({ status }) => status)
  }
})

describe("stored bytes", () => {
  it.live("of an asset that was kept for a while go with it", () =>
    Effect.gen(function* () {
      const { file, look, remove } = yield* withPicture
      age(file, 700)
      assert.strictEqual(yield* look, 200)
      assert.strictEqual(yield* remove, 200)
      assert.isFalse(existsSync(file))
      assert.notStrictEqual(yield* look, 200)
    })
  )

  it.live(
    "of an asset that was just made go a while after it, by whatever server runs then; its link stops at once",
    () =>
      Effect.gen(function* () {
        const { file, folder, look, remove } = yield* withPicture
        assert.strictEqual(yield* remove, 200)
        assert.notStrictEqual(yield* look, 200)
        assert.isTrue(existsSync(file))
        age(file, 700)
        const database = new DatabaseSync(join(folder, "image-skill.sqlite"))
        database.exec("UPDATE unused_bytes SET due_at = '2000-01-01T00:00:00.000Z'")
        yield* serve(folder)
        yield* until(Effect.sync(() => !existsSync(file)))
        yield* until(Effect.sync(() => database.prepare("SELECT * FROM unused_bytes").all().length === 0))
        database.close()
      })
  )

  it.live("that nobody ever owned go when a server finds them, and those that somebody owns stay", () =>
    Effect.gen(function* () {
      const { file, folder } = yield* withPicture
      age(file, 2 * 86_400)
      const [old, young] = ["0f".repeat(32), "0e".repeat(32)].map((name) => pathOf(folder, name))
      assert(old !== undefined && young !== undefined)
      for (const path of [old, young]) {
        mkdirSync(dirname(path), { recursive: true })
        writeFileSync(path, "left by a crash")
      }
      age(old, 2 * 86_400)
      yield* serve(folder)
      yield* until(Effect.sync(() => !existsSync(old)))
      assert.isTrue(existsSync(young))
      assert.isTrue(existsSync(file))
    })
  )

  it.layer(repositories)((it) => {
    it.effect("of a job that has not ended are in use, although no asset points to them yet", () =>
      Effect.gen(function* () {
        const [assets, jobs] = [yield* Assets, yield* JobStore]
        const job = fullJob("midway")
        const sha256 = job.produced?.outputs[0]?.sha256 ?? ""
        assert.match(sha256, /^[0-9a-f]{64}$/u)
        yield* jobs.insert({ ...job, step: "produced", owner: "one" })
        assert.isTrue(yield* assets.isInUse(sha256))
        assert.isFalse(yield* assets.isInUse("7".repeat(64)))
        assert.isTrue(yield* jobs.update({ ...job, step: "ended" }, "one"))
        assert.isFalse(yield* assets.isInUse(sha256))
      })
    )
  })
})
