import { execFileSync } from "node:child_process"
import { once } from "node:events"
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync
} from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Readable } from "node:stream"
import { afterAll, assert, describe, it } from "@effect/vitest"
import * as NodeLocalFiles from "@image-skill/adapters/media/NodeLocalFiles"
import { LocalFiles } from "@image-skill/core/media/LocalFiles"
import * as LocalFilesSuite from "@image-skill/testing/media/LocalFilesSuite"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { start } from "../Child.ts"
import { temporaryFolder } from "../Folder.ts"

const shared = mkdtempSync(join(tmpdir(), "image-skill-test-"))
afterAll(() => rmSync(shared, { recursive: true, force: true }))

const layer = NodeLocalFiles.layerOf(() => Readable.from([Buffer.from("from a"), Buffer.from(" pipe")]))

LocalFilesSuite.suite("Node", layer, shared)

const bytes = new TextEncoder().encode("abc")

const save = (path: string, overwrite: boolean) =>
  Effect.gen(function* () {
    const files = yield* LocalFiles
    const file = yield* files.create(path, overwrite)
    yield* file.write(bytes)
    yield* file.commit
  }).pipe(Effect.scoped, Effect.provide(layer))

const readText = (path: string, maxBytes: number) =>
  Effect.flatMap(LocalFiles, (files) => files.readText(path, maxBytes)).pipe(Effect.provide(layer))

const readBytes = (path: string, maxBytes: number) =>
  Effect.flatMap(LocalFiles, (files) => files.readBytes(path, maxBytes)).pipe(Effect.provide(layer))

describe("a file of media", () => {
  it.effect("is a file: what may wait or never end is refused before it is opened", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      execFileSync("mkfifo", [join(folder, "pipe")])
      symlinkSync(join(folder, "pipe"), join(folder, "link"))
      const server = createServer().listen(join(folder, "socket"))
      yield* Effect.addFinalizer(() => Effect.sync(() => server.close()))
      yield* Effect.promise(() => once(server, "listening"))
      for (const path of ["pipe", "link", "socket"].map((name) => join(folder, name))) {
        assert.strictEqual((yield* Effect.flip(readBytes(path, 100))).reason, "not_a_file", path)
      }
      for (const path of ["/dev/zero", "/dev/null", "/dev/tty", folder]) {
        assert.strictEqual((yield* Effect.flip(readBytes(path, 100))).reason, "not_a_file", path)
      }
    })
  )

  it.effect("is judged by its length before any of it is read", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder, "giant.png")
      writeFileSync(path, "")
      truncateSync(path, 2 ** 40)
      const before = process.memoryUsage().arrayBuffers
      assert.strictEqual((yield* Effect.flip(readBytes(path, 25_000_000))).reason, "too_large")
      assert.isBelow(process.memoryUsage().arrayBuffers - before, 1_000_000)
    })
  )

  it.effect("says in a word why it cannot be read", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      symlinkSync(join(folder, "loop"), join(folder, "loop"))
      writeFileSync(join(folder, "file"), "x")
      assert.strictEqual((yield* Effect.flip(readBytes(join(folder, "loop"), 9))).reason, "unknown")
      assert.strictEqual((yield* Effect.flip(readBytes(join(folder, "file", "inner"), 9))).reason, "not_a_file")
      assert.strictEqual((yield* Effect.flip(readBytes(join(folder, "a".repeat(300)), 9))).reason, "unknown")
      assert.strictEqual((yield* Effect.flip(readBytes("a\0b", 9))).reason, "unknown")
    })
  )

  it.effect("that grows or shrinks under its reader is a failure, never half of a picture", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder, "file.png")
      const files = yield* Effect.provide(LocalFiles, layer)
      for (const length of [5, 15]) {
        writeFileSync(path, "0123456789")
        const { body } = yield* files.open(path, 100)
        truncateSync(path, length)
        assert.strictEqual((yield* Effect.flip(Stream.runDrain(body))).reason, "unknown", `${length}`)
      }
    })
  )

  it.effect("may be gone from its name, and is still the one that was judged", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder, "file.png")
      const files = yield* Effect.provide(LocalFiles, layer)
      writeFileSync(path, "first")
      const { body } = yield* files.open(path, 100)
      rmSync(path)
      writeFileSync(path, "another")
      assert.strictEqual(yield* Stream.mkString(Stream.decodeText(body)), "first")
    })
  )
})

describe("a file of the caller", () => {
  it.effect("leaves no trace in the folder until it is committed, nor after", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const files = yield* Effect.provide(LocalFiles, layer)
      const scope = yield* Scope.make()
      const file = yield* Scope.provide(files.create(join(folder, "saved.txt"), false), scope)
      yield* file.write(bytes)
      assert.isTrue(readdirSync(folder).every((name) => name.startsWith(".image-skill-")))
      yield* file.commit
      yield* Scope.close(scope, Exit.void)
      assert.deepStrictEqual(readdirSync(folder), ["saved.txt"])
    })
  )

  it.effect("has the mode that the caller's umask gives it", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder, "saved.txt")
      yield* Effect.acquireRelease(
        Effect.sync(() => process.umask(0o027)),
        (mask) => Effect.sync(() => process.umask(mask))
      )
      yield* save(path, false)
      assert.strictEqual((statSync(path).mode & 0o777).toString(8), "640")
    })
  )

  it.effect("is not what a link that leads nowhere gives room for", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const files = yield* Effect.provide(LocalFiles, layer)
      symlinkSync(join(folder, "nowhere"), join(folder, "link"))
      assert.isTrue(yield* files.exists(join(folder, "link")))
      assert.strictEqual((yield* Effect.flip(save(join(folder, "link"), false))).reason, "exists")
    })
  )

  it.effect("never takes the place of a pipe or a device, which are no files", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder, "pipe")
      execFileSync("mkfifo", [path])
      assert.strictEqual((yield* Effect.flip(save(path, true))).reason, "not_a_file")
      assert.isTrue(statSync(path).isFIFO())
    })
  )

  it.effect("may be read from a pipe that a shell hands in", () =>
    Effect.gen(function* () {
      const pipe = join(yield* temporaryFolder, "pipe")
      execFileSync("mkfifo", [pipe])
      execFileSync("sh", ["-c", 'printf "from a shell" > "$1" &', "sh", pipe], { stdio: "ignore" })
      assert.strictEqual(yield* readText(pipe, 100), "from a shell")
    })
  )

  it.effect("without end is read up to what is allowed", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* Effect.flip(readText("/dev/zero", 100_000))).reason, "too_large")
    })
  )

  it.effect.each(["new file", "replaced file"])("that is cut off by a kill leaves what was there (%s)", (what) =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      if (what === "replaced file") writeFileSync(join(folder, "saved.txt"), "before")
      const child = yield* start("media/programs/KilledMove.ts", [folder, what])
      assert.strictEqual(yield* child.next, "moving")
      assert.isNull(yield* child.ended)
      const seen = readdirSync(folder).filter((name) => !name.startsWith("."))
      assert.deepStrictEqual(seen, what === "replaced file" ? ["saved.txt"] : [])
      if (what === "replaced file") assert.strictEqual(readFileSync(join(folder, "saved.txt"), "utf8"), "before")
    })
  )
})
