import { spawnSync } from "node:child_process"
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as FileAuthConfig from "@image-skill/adapters/identity/FileAuthConfig"
import { AuthConfig } from "@image-skill/core/identity/AuthConfig"
import * as AuthConfigSuite from "@image-skill/testing/identity/AuthConfigSuite"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import { canMount, start, startOnDisk } from "../Child.ts"
import { temporaryFolder } from "../Folder.ts"

AuthConfigSuite.suite(
  "file",
  Layer.unwrap(
    Effect.map(temporaryFolder, (folder) => FileAuthConfig.layer(join(folder, "image-skill", "config.json")))
  )
)

const save = (token: string) =>
  Effect.flatMap(AuthConfig, ({ prepare }) => prepare).pipe(
    Effect.flatMap(({ commit }) =>
      commit({
        apiBaseUrl: "https://api.example.com",
        token: Redacted.make(token),
        savedAt: "2026-01-02T03:04:05.678Z"
      })
    ),
    Effect.scoped
  )

const savedToken = Effect.flatMap(AuthConfig, ({ read }) =>
  Effect.map(
    read,
    Option.map(({ token }) => Redacted.value(token))
  )
)

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8)

/** A config in a folder that is not there yet. */
const fresh = Effect.map(temporaryFolder, (folder) => {
  const path = join(folder, "new", "image-skill", "config.json")
  return { folder, path, within: Effect.provide(FileAuthConfig.layer(path)) }
})

const withoutMask = Effect.acquireRelease(
  Effect.sync(() => process.umask(0)),
  (mask) => Effect.sync(() => process.umask(mask))
)

describe("a config file", () => {
  it.effect("has the format that published clients read", () =>
    Effect.gen(function* () {
      const { path, within } = yield* fresh
      yield* within(save("isk_r_saved"))
      const expected = [
        "{",
        '  "api_base_url": "https://api.example.com",',
        '  "token": "isk_r_saved",',
        '  "saved_at": "2026-01-02T03:04:05.678Z",',
        '  "actor": null',
        "}",
        ""
      ]
      assert.strictEqual(readFileSync(path, "utf8"), expected.join("\n"))
    })
  )

  it.effect("and its folder are for their owner alone, whatever the umask", () =>
    Effect.gen(function* () {
      const { folder, path, within } = yield* fresh
      yield* withoutMask
      yield* within(save("isk_r_first"))
      yield* within(save("isk_r_second"))
      const own = join(folder, "new", "image-skill")
      assert.deepStrictEqual([modeOf(own), modeOf(path)], ["700", "600"])
      assert.deepStrictEqual(
        readdirSync(own).map((name) => modeOf(join(own, name))),
        ["600", "600"]
      )
    })
  )

  it.effect("that others could read is replaced by one that they cannot", () =>
    Effect.gen(function* () {
      const { path, within } = yield* fresh
      yield* within(save("isk_r_first"))
      chmodSync(path, 0o644)
      const { previousPath } = yield* within(save("isk_r_second"))
      assert.deepStrictEqual([modeOf(path), modeOf(previousPath ?? "")], ["600", "600"])
    })
  )

  it.effect.each([
    { what: "is empty", text: "" },
    { what: "is no JSON", text: "{" },
    { what: "has no token", text: '{"api_base_url":"embedded:"}' },
    { what: "has a blank token", text: '{"api_base_url":"embedded:","token":"  "}' },
    { what: "has a token that is no text", text: '{"api_base_url":"embedded:","token":7}' },
    { what: "names no service", text: '{"token":"isk_r_orphan"}' },
    { what: "has no end", text: `{"api_base_url":"embedded:","token":"isk_r_x","padding":"${"x".repeat(70_000)}"}` }
  ])("that $what counts as none, and is replaced", ({ text }) =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder, "config.json")
      const within = Effect.provide(FileAuthConfig.layer(path))
      writeFileSync(path, text)
      assert.deepStrictEqual(yield* within(savedToken), Option.none())
      assert.deepStrictEqual(yield* within(save("isk_r_new")), { previousPath: null })
      assert.deepStrictEqual(yield* within(savedToken), Option.some("isk_r_new"))
    })
  )

  it.effect("of another client is read, with blanks around its token or fields of its own", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder, "config.json")
      writeFileSync(path, '{"api_base_url":"https://api.example.com","token":" isk_r_old\\n","actor":{"id":1},"v":2}')
      const saved = yield* Effect.flatMap(AuthConfig, ({ read }) => read).pipe(
        Effect.provide(FileAuthConfig.layer(path))
      )
      assert.deepStrictEqual(
        Option.map(saved, ({ apiBaseUrl, savedAt, token }) => [apiBaseUrl, savedAt, Redacted.value(token)]),
        Option.some(["https://api.example.com", "", "isk_r_old"])
      )
    })
  )

  it.effect("is not written through a symbolic link, nor is the link removed", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const path = join(folder, "config.json")
      const target = join(folder, "elsewhere.json")
      writeFileSync(target, "theirs")
      symlinkSync(target, path)
      const config = yield* Effect.provide(AuthConfig, FileAuthConfig.layer(path))
      assert.strictEqual((yield* config.probe)._tag, "NotWritable")
      for (const call of [Effect.asVoid(Effect.scoped(config.prepare)), Effect.asVoid(config.remove)]) {
        const failure = yield* Effect.flip(call)
        assert.match(failure.message, /symbolic link/u)
      }
      assert.strictEqual(readFileSync(target, "utf8"), "theirs")
      assert.strictEqual(readlinkSync(path), target)
      assert.deepStrictEqual(readdirSync(folder).sort(), ["config.json", "elsewhere.json"])
    })
  )

  it.effect("that becomes a symbolic link after it was prepared is refused all the same", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const path = join(folder, "config.json")
      const config = yield* Effect.provide(AuthConfig, FileAuthConfig.layer(path))
      const { commit } = yield* config.prepare
      symlinkSync(join(folder, "elsewhere.json"), path)
      const auth = { apiBaseUrl: "embedded:", token: Redacted.make("isk_r_new"), savedAt: "" }
      yield* Effect.flip(commit(auth))
      assert.isFalse(existsSync(join(folder, "elsewhere.json")))
    })
  )

  it.effect("may lie in a folder that is a symbolic link", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      mkdirSync(join(folder, "real"))
      symlinkSync(join(folder, "real"), join(folder, "linked"))
      yield* save("isk_r_saved").pipe(Effect.provide(FileAuthConfig.layer(join(folder, "linked", "config.json"))))
      assert.isTrue(existsSync(join(folder, "real", "config.json")))
    })
  )
})

describe("the token before", () => {
  it.effect("stays beside the new one under the time of the change", () =>
    Effect.gen(function* () {
      const { path, within } = yield* fresh
      yield* within(save("isk_r_first"))
      yield* TestClock.setTime(1_700_000_000_000)
      const { previousPath } = yield* within(save("isk_r_second"))
      assert.strictEqual(previousPath, `${path}.previous-1700000000000`)
      assert.include(readFileSync(previousPath ?? "", "utf8"), '"isk_r_first"')
    })
  )

  it.effect("takes the next name when two changes fall into one millisecond", () =>
    Effect.gen(function* () {
      const { path, within } = yield* fresh
      yield* within(save("isk_r_first"))
      const kept = yield* Effect.forEach(["isk_r_second", "isk_r_third"], (token) => within(save(token)))
      assert.deepStrictEqual(
        kept.map(({ previousPath }) => previousPath),
        [`${path}.previous-0`, `${path}.previous-1`]
      )
    })
  )

  it.effect("is kept three times, and then the oldest goes", () =>
    Effect.gen(function* () {
      const { folder, within } = yield* fresh
      for (const index of [1, 2, 3, 4, 5, 6]) {
        yield* TestClock.setTime(index)
        yield* within(save(`isk_r_${index}`))
      }
      assert.deepStrictEqual(readdirSync(join(folder, "new", "image-skill")).sort(), [
        "config.json",
        "config.json.previous-4",
        "config.json.previous-5",
        "config.json.previous-6"
      ])
    })
  )
})

describe("preparing and probing", () => {
  it.effect("leave nothing behind, not even a folder", () =>
    Effect.gen(function* () {
      const { folder, within } = yield* fresh
      const config = yield* within(AuthConfig)
      yield* Effect.scoped(config.prepare)
      assert.deepStrictEqual(yield* config.probe, { _tag: "Writable", parentPath: join(folder, "new", "image-skill") })
      assert.deepStrictEqual(readdirSync(folder), [])
    })
  )

  it.effect("leave a folder that was there, and what is in it", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const path = join(folder, "config.json")
      const config = yield* Effect.provide(AuthConfig, FileAuthConfig.layer(path))
      yield* Effect.scoped(config.prepare)
      yield* config.probe
      assert.isTrue(existsSync(folder))
      assert.deepStrictEqual(readdirSync(folder), [])
    })
  )

  it.effect("have an own file each, so that two processes can save at once", () =>
    Effect.gen(function* () {
      const { within } = yield* fresh
      const config = yield* within(AuthConfig)
      const scope = yield* Scope.make()
      const [first, second] = yield* Effect.all([config.prepare, config.prepare]).pipe(Scope.provide(scope))
      const auth = { apiBaseUrl: "embedded:", savedAt: "" }
      yield* first.commit({ ...auth, token: Redacted.make("isk_r_first") })
      yield* second.commit({ ...auth, token: Redacted.make("isk_r_second") })
      yield* Scope.close(scope, Exit.void)
      assert.deepStrictEqual(yield* within(savedToken), Option.some("isk_r_second"))
    })
  )

  it.effect("say what is in the way", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      writeFileSync(join(folder, "file"), "")
      const config = yield* Effect.provide(AuthConfig, FileAuthConfig.layer(join(folder, "file", "config.json")))
      const probe = yield* config.probe
      assert.deepStrictEqual([probe._tag, probe.parentPath], ["NotWritable", join(folder, "file")])
      const failure = yield* Effect.flip(Effect.scoped(config.prepare))
      assert.strictEqual(failure.path, join(folder, "file", "config.json"))
      assert.match(failure.message, /^E[A-Z]+: /u)
    })
  )
})

describe("what is there and is no file", () => {
  it.effect.each([
    { kind: "a folder", make: (path: string): unknown => mkdirSync(path) },
    { kind: "a pipe", make: (path: string): unknown => spawnSync("mkfifo", [path]) }
  ])("$kind is refused before there is a token, and is left as it is", ({ make }) =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const path = join(folder, "config.json")
      make(path)
      const before = lstatSync(path)
      const config = yield* Effect.provide(AuthConfig, FileAuthConfig.layer(path))
      assert.strictEqual((yield* config.probe)._tag, "NotWritable")
      const failure = yield* Effect.flip(Effect.scoped(config.prepare))
      assert.strictEqual(failure.path, path)
      assert.deepStrictEqual([lstatSync(path).ino, lstatSync(path).mode], [before.ino, before.mode])
      assert.deepStrictEqual(readdirSync(folder), ["config.json"])
    })
  )
})

describe("a save that is cut off", () => {
  it.effect("by a kill leaves the token before", () =>
    Effect.gen(function* () {
      const { path, within } = yield* fresh
      yield* within(save("isk_r_old"))
      const child = yield* start("identity/programs/KilledSave.ts", [path])
      assert.strictEqual(yield* child.next, "renaming")
      assert.isNull(yield* child.ended)
      assert.deepStrictEqual(yield* within(savedToken), Option.some("isk_r_old"))
    })
  )

  it.effect("by a kill leaves a file that the next save sweeps up, a day later", () =>
    Effect.gen(function* () {
      const { folder, path, within } = yield* fresh
      yield* within(save("isk_r_old"))
      const left = `${path}.new-1234-0badcafe`
      writeFileSync(left, "isk_r_lost", { mode: 0o600 })
      yield* TestClock.setTime(statSync(left).mtimeMs + 23 * 3_600_000)
      yield* within(save("isk_r_old"))
      assert.isTrue(existsSync(left))
      yield* TestClock.adjust("2 hours")
      yield* within(save("isk_r_old"))
      assert.deepStrictEqual(readdirSync(join(folder, "new", "image-skill")), ["config.json"])
    })
  )

  const Told = Schema.Struct({ what: Schema.String, outcome: Schema.String })

  // Where mounts are refused, in some containers, this cannot be tried; the line in the report says so.
  it.effect.skipIf(!canMount)("by a full or read-only disk leaves the token before, and nothing else", () =>
    Effect.gen(function* () {
      const child = yield* startOnDisk("64k", yield* temporaryFolder, "identity/programs/Disk.ts")
      const told = yield* Effect.replicateEffect(Effect.flatMap(child.next, Schema.decodeUnknownEffect(Told)), 8)
      assert.deepStrictEqual(Object.fromEntries(told.map(({ outcome, what }) => [what, outcome])), {
        saving: "ok",
        "saving on a full disk": "ENOSPC",
        "what is saved then": "isk_r_old",
        "what lies there then": "config.json",
        "the probe on a read-only disk": "NotWritable",
        "saving on a read-only disk": "EROFS",
        "what is saved after all": "isk_r_old",
        "saving where no folder can be made": "EROFS"
      })
    })
  )
})
