import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync
} from "node:fs"
import { stat } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { afterAll, assert, describe, it } from "@effect/vitest"
import * as FileArtifactStore from "@image-skill/adapters/media/FileArtifactStore"
import { ArtifactStore } from "@image-skill/core/media/ArtifactStore"
import * as ArtifactStoreSuite from "@image-skill/testing/media/ArtifactStoreSuite"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { canMount, start, startOnDisk } from "../Child.ts"
import { temporaryFolder } from "../Folder.ts"

/** Where the suite stores: one folder, so that it can be counted what is in it. */
const suiteFolder = mkdtempSync(join(tmpdir(), "image-skill-artifacts-"))
afterAll(() => rmSync(suiteFolder, { recursive: true, force: true }))

ArtifactStoreSuite.suite("files", FileArtifactStore.layer(suiteFolder), {
  overwrite: ({ locate }, sha256, bytes) => Effect.sync(() => writeFileSync(locate(sha256) ?? "", bytes)),
  count: Effect.sync(
    () => readdirSync(suiteFolder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length
  )
})

const bytes = new TextEncoder().encode("abc")
const sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

const put = Effect.flatMap(ArtifactStore, (artifacts) => artifacts.put(bytes))

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8)

describe("a folder of artifacts", () => {
  it.effect("has each under its digest, where it can be located", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const artifacts = yield* Effect.provide(ArtifactStore, FileArtifactStore.layer(folder))
      yield* artifacts.put(bytes)
      const path = join(folder, "objects", "sha256", "ba", "78", sha256)
      assert.strictEqual(artifacts.locate(sha256), path)
      assert.deepStrictEqual(new Uint8Array(readFileSync(path)), bytes)
      assert.deepStrictEqual(readdirSync(join(folder, "tmp")), [])
    })
  )

  it.effect("is for its owner alone, whatever the umask", () =>
    Effect.gen(function* () {
      const folder = join(yield* temporaryFolder, "data")
      yield* Effect.acquireRelease(
        Effect.sync(() => process.umask(0)),
        (mask) => Effect.sync(() => process.umask(mask))
      )
      yield* Effect.provide(put, FileArtifactStore.layer(folder))
      const path = join(folder, "objects", "sha256", "ba", "78", sha256)
      const folders = [folder, join(folder, "tmp"), join(folder, "objects"), dirname(path)]
      assert.deepStrictEqual(folders.map(modeOf), ["700", "700", "700", "700"])
      assert.strictEqual(modeOf(path), "600")
    })
  )

  it.effect("is not made by looking at it", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const artifacts = yield* Effect.provide(ArtifactStore, FileArtifactStore.layer(join(folder, "share", "data")))
      yield* artifacts.check
      yield* Effect.flip(artifacts.get(sha256))
      assert.deepStrictEqual(readdirSync(folder), [])
    })
  )

  it.effect("does not write again what it has", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const artifacts = yield* Effect.provide(ArtifactStore, FileArtifactStore.layer(folder))
      yield* artifacts.put(bytes)
      const before = statSync(artifacts.locate(sha256) ?? "").ino
      yield* artifacts.put(bytes)
      assert.strictEqual(statSync(artifacts.locate(sha256) ?? "").ino, before)
    })
  )

  it.live("keeps what is put while it is being removed as old", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      // Two of them, as two processes have.
      const one = yield* Effect.provide(ArtifactStore, FileArtifactStore.layer(folder))
      const other = yield* Effect.provide(ArtifactStore, Layer.fresh(FileArtifactStore.layer(folder)))
      const path = one.locate(sha256) ?? ""
      const limit = DateTime.makeUnsafe(1_700_000_000_000)
      let removals = 0
      for (let turn = 0; turn < 160; turn++) {
        yield* one.put(bytes)
        utimesSync(path, 1, 1)
        const storing = turn % 2 === 0 ? one.put(bytes) : one.putStream(Stream.succeed(bytes), 9)
        // Each time the removal begins at another step of the storing.
        const steps = Effect.replicateEffect(
          Effect.promise(() => stat(folder)),
          turn % 16,
          { discard: true }
        )
        const removing = Effect.andThen(steps, other.removeOlder(sha256, limit))
        const [isRemoved] = yield* Effect.all([removing, storing], { concurrency: "unbounded" })
        if (isRemoved) removals += 1
        assert.deepStrictEqual(yield* one.get(sha256), bytes)
      }
      assert.isAbove(removals, 0)
      assert.deepStrictEqual(readdirSync(join(folder, "tmp")), [])
    })
  )

  it.effect("is listed a few at a time, in order, and from anywhere", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const artifacts = yield* Effect.provide(ArtifactStore, FileArtifactStore.layer(folder))
      assert.deepStrictEqual(yield* artifacts.list("ab12", 5), { names: [], next: null })
      const stored = yield* Effect.forEach([1, 2, 3, 4, 5, 6, 7], (value) => artifacts.put(Uint8Array.of(value)))
      writeFileSync(join(dirname(artifacts.locate(stored[0]?.sha256 ?? "") ?? ""), "stray"), "of somebody else")
      const names = stored.map(({ sha256 }) => sha256).toSorted()
      assert.deepStrictEqual(yield* artifacts.list(null, 100), { names, next: null })
      const pages = Effect.fnUntraced(function* (begin: string | null) {
        const all: Array<string> = []
        let from = begin
        do {
          const page = yield* artifacts.list(from, 2)
          assert.isAtMost(page.names.length, 2)
          all.push(...page.names)
          from = page.next
        } while (from !== null)
        return all
      })
      assert.deepStrictEqual(yield* pages(null), names)
      const middle = names[3] ?? ""
      assert.deepStrictEqual(yield* pages(middle.slice(0, 4)), names.slice(3))
    })
  )

  it.effect("is swept once of what a crash left there more than a day ago", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const artifacts = yield* Effect.provide(ArtifactStore, FileArtifactStore.layer(folder))
      const now = 1_700_000_000
      yield* TestClock.setTime(now * 1000)
      const left = (name: string, seconds: number) => {
        const path = join(folder, "tmp", name)
        mkdirSync(path, { recursive: true })
        writeFileSync(join(path, "part"), "half of a")
        utimesSync(path, seconds, seconds)
      }
      left("put-old", now - 86_401)
      left("put-young", now - 86_399)
      yield* artifacts.put(bytes)
      assert.deepStrictEqual(readdirSync(join(folder, "tmp")), ["put-young"])
      left("put-later", now - 86_401)
      yield* artifacts.put(new TextEncoder().encode("def"))
      assert.deepStrictEqual(readdirSync(join(folder, "tmp")).sort(), ["put-later", "put-young"])
    })
  )

  it.effect.each(["artifact", "stream"])(
    "has nothing of a killed %s under its name before all of it is there",
    (what) =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        const child = yield* start("media/programs/KilledMove.ts", [folder, what])
        assert.strictEqual(yield* child.next, "moving")
        assert.isNull(yield* child.ended)
        const artifacts = yield* Effect.provide(ArtifactStore, FileArtifactStore.layer(folder))
        assert.strictEqual((yield* Effect.flip(artifacts.get(sha256))).reason, "missing")
        yield* artifacts.put(bytes)
        assert.deepStrictEqual(yield* artifacts.get(sha256), bytes)
      })
  )
})

describe("a disk", () => {
  const Told = Schema.Struct({ what: Schema.String, outcome: Schema.String })

  // Where mounts are refused, in some containers, this cannot be tried; the line in the report says so.
  it.effect.skipIf(!canMount)("that is full or read-only is told as such, and nothing half-written stays", () =>
    Effect.gen(function* () {
      const child = yield* startOnDisk("1m", yield* temporaryFolder, "media/programs/Disk.ts")
      const told = yield* Effect.replicateEffect(Effect.flatMap(child.next, Schema.decodeUnknownEffect(Told)), 16)
      assert.deepStrictEqual(Object.fromEntries(told.map(({ outcome, what }) => [what, outcome])), {
        storing: "ok",
        "saving more than fits": "full",
        "streaming more than fits": "full",
        "what it leaves in tmp": "",
        "storing until the disk is full": "full",
        "the check on a full disk": "full",
        "what lies in tmp then": "",
        "what lies beside it then": "data",
        "what was stored before": "ok",
        "the check on a read-only disk": "denied",
        "storing on a read-only disk": "denied",
        "spooling on a read-only disk": "denied",
        "streaming on a read-only disk": "denied",
        "saving on a read-only disk": "denied",
        "saving where no folder can be made": "denied",
        "storing where no folder can be made": "denied"
      })
    })
  )

  it.effect("that is not there any more is told as such", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      writeFileSync(join(folder, "file"), "")
      const artifacts = yield* Effect.provide(ArtifactStore, FileArtifactStore.layer(join(folder, "file", "data")))
      const failures = yield* Effect.all([Effect.flip(artifacts.put(bytes)), Effect.flip(artifacts.check)])
      assert.deepStrictEqual(
        failures.map(({ reason }) => reason),
        ["unknown", "unknown"]
      )
      assert.isTrue(existsSync(join(folder, "file")))
    })
  )
})
