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
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { afterAll, assert, describe, it } from "@effect/vitest"
import * as FileArtifactStore from "@image-skill/adapters/media/FileArtifactStore"
import { ArtifactStore } from "@image-skill/core/media/ArtifactStore"
import * as ArtifactStoreSuite from "@image-skill/testing/media/ArtifactStoreSuite"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
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
