import { join } from "node:path"
import { Readable } from "node:stream"
import { assert, describe, it } from "@effect/vitest"
import * as CommandSecretStore from "@image-skill/adapters/identity/CommandSecretStore"
import * as ConfigSecretStore from "@image-skill/adapters/identity/ConfigSecretStore"
import * as EnvironmentSecretStore from "@image-skill/adapters/identity/EnvironmentSecretStore"
import * as FileAuthConfig from "@image-skill/adapters/identity/FileAuthConfig"
import * as FlagSecretStore from "@image-skill/adapters/identity/FlagSecretStore"
import * as KeychainSecretStore from "@image-skill/adapters/identity/KeychainSecretStore"
import * as StdinSecretStore from "@image-skill/adapters/identity/StdinSecretStore"
import type { SecretStore } from "@image-skill/core/identity/SecretStore"
import * as MemoryAuthConfig from "@image-skill/testing/identity/MemoryAuthConfig"
import * as SecretStoreSuite from "@image-skill/testing/identity/SecretStoreSuite"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { temporaryFolder } from "../Folder.ts"
import { fakeTools, secretTool, security, vault } from "./FakeTool.ts"

const origin = "https://api.example.com"

const read = (store: SecretStore, from = origin) =>
  Effect.map(
    store.read(from),
    Option.map((token) => Redacted.value(token))
  )

const failureOf = (store: SecretStore) =>
  Effect.map(Effect.flip(store.read(origin)), ({ message, reason, source }) => ({ message, reason, source }))

const keychain = (tool: string, source: string) =>
  Effect.map(fakeTools({ [tool]: source }), ({ folder }) => KeychainSecretStore.make(folder))

const command = Effect.map(fakeTools({ vault }), ({ folder }) =>
  CommandSecretStore.make(join(folder, "vault"), ["a word of its own"])
)

const piped = (text: string, isTerminal = false) =>
  StdinSecretStore.make({
    isTerminal,
    // A byte at a time, as slowly as a pipe can give them.
    bytes: () => Readable.from(Array.from(new TextEncoder().encode(text), (byte) => Uint8Array.of(byte)))
  })

const environment = (values: { readonly [name: string]: string }) => EnvironmentSecretStore.make((name) => values[name])

SecretStoreSuite.suite("config", Effect.provide(ConfigSecretStore.make, MemoryAuthConfig.layer(), { local: true }))
SecretStoreSuite.suite(
  "config file",
  Effect.flatMap(temporaryFolder, (folder) =>
    Effect.provide(ConfigSecretStore.make, FileAuthConfig.layer(join(folder, "config.json")))
  )
)
SecretStoreSuite.suite("command", command)
SecretStoreSuite.suite("secret-tool", keychain("secret-tool", secretTool))
SecretStoreSuite.suite("security", keychain("security", security))

SecretStoreSuite.readOnlySuite("flag", FlagSecretStore.make, { trims: false, blank: "refused" })
SecretStoreSuite.readOnlySuite("stdin", piped, { trims: true, blank: "refused" })
SecretStoreSuite.readOnlySuite("environment", (text) => environment({ IMAGE_SKILL_TOKEN: text }), {
  trims: true,
  blank: "none"
})

/** More than anybody should read. */
function* zeros() {
  for (let kilobyte = 0; kilobyte < 4096; kilobyte += 1) yield new Uint8Array(1024)
}

/** A program for `CommandSecretStore` that does one thing, whatever it is asked. */
const script = (body: string) =>
  Effect.map(fakeTools({ tool: `#!/bin/sh\n${body}\n` }), ({ folder }) =>
    CommandSecretStore.make(join(folder, "tool"), [])
  )

describe("the environment", () => {
  it.effect("gives the older name only while the first is unset or blank", () =>
    Effect.gen(function* () {
      const both = { IMAGE_SKILL_TOKEN: "isk_r_first", IMAGE_SKILL_HOSTED_TOKEN: "isk_r_older" }
      assert.deepStrictEqual(yield* read(environment(both)), Option.some("isk_r_first"))
      assert.deepStrictEqual(yield* read(environment({ ...both, IMAGE_SKILL_TOKEN: " " })), Option.some("isk_r_older"))
      assert.deepStrictEqual(
        yield* read(environment({ IMAGE_SKILL_HOSTED_TOKEN: "isk_r_older" })),
        Option.some("isk_r_older")
      )
      assert.deepStrictEqual(yield* read(environment({})), Option.none())
    })
  )

  it.effect("does not fall back from a first token that cannot be sent", () =>
    Effect.gen(function* () {
      const store = environment({ IMAGE_SKILL_TOKEN: "two words", IMAGE_SKILL_HOSTED_TOKEN: "isk_r_older" })
      assert.strictEqual((yield* failureOf(store)).reason, "malformed")
    })
  )
})

describe("standard input", () => {
  it.effect("that is a terminal is not read", () =>
    Effect.gen(function* () {
      const store = StdinSecretStore.make({ isTerminal: true, bytes: () => assert.fail("it was read") })
      assert.deepInclude(yield* failureOf(store), { reason: "terminal", source: "stdin" })
    })
  )

  it.effect("is read to its end, but not without end", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* read(piped(`\n${"x".repeat(4000)}\n`)), Option.some("x".repeat(4000)))
      const source = Readable.from(zeros())
      const endless = StdinSecretStore.make({ isTerminal: false, bytes: () => source })
      assert.strictEqual((yield* failureOf(endless)).reason, "malformed")
      assert.isFalse(source.readableEnded)
    })
  )
})

describe("a saved token", () => {
  it.effect.each([
    ["https://api.example.com", "https://api.example.com/v1/"],
    ["https://api.example.com:443", "https://API.example.com"],
    ["embedded:", " embedded: "]
  ] as const)("of %s is one of %s too", ([saved, asked]) =>
    Effect.gen(function* () {
      const auth = { apiBaseUrl: saved, token: Redacted.make("isk_r_saved"), savedAt: "" }
      const store = yield* Effect.provide(ConfigSecretStore.make, MemoryAuthConfig.layer(auth))
      assert.deepStrictEqual(yield* read(store, asked), Option.some("isk_r_saved"))
    })
  )

  it.effect.each([
    ["embedded:", "elsewhere:"],
    ["embedded:", "file:///embedded"],
    ["no URL", "no other URL"]
  ] as const)("of %s is none of %s", ([saved, asked]) =>
    Effect.gen(function* () {
      const auth = { apiBaseUrl: saved, token: Redacted.make("isk_r_saved"), savedAt: "" }
      const store = yield* Effect.provide(ConfigSecretStore.make, MemoryAuthConfig.layer(auth))
      assert.deepStrictEqual(yield* read(store, asked), Option.none())
    })
  )

  it.effect("that cannot be sent is malformed", () =>
    Effect.gen(function* () {
      const auth = { apiBaseUrl: origin, token: Redacted.make("two words"), savedAt: "" }
      const store = yield* Effect.provide(ConfigSecretStore.make, MemoryAuthConfig.layer(auth))
      assert.deepInclude(yield* failureOf(store), { reason: "malformed", source: "config" })
    })
  )
})

describe("a command", () => {
  it.effect("gets the token by standard input only, and its own words first", () =>
    Effect.gen(function* () {
      const tools = yield* fakeTools({ vault })
      const store = CommandSecretStore.make(join(tools.folder, "vault"), ["a word of its own"])
      yield* store.write?.(origin, Redacted.make("isk_r_secret")) ?? Effect.void
      assert.deepStrictEqual(yield* read(store), Option.some("isk_r_secret"))
      assert.notInclude(tools.seen(), "isk_r_secret")
      assert.isTrue(tools.seen().startsWith(`a word of its own\nstore\n${origin}\n`))
    })
  )

  it.effect.each([
    { what: "ends with 2", body: "exit 2", message: /tool get ended with exit code 2$/u },
    { what: "ends with 1 and prints something", body: "echo isk_r_half; exit 1", message: /exit code 1$/u },
    { what: "is killed", body: "kill -9 $$", message: /could not be run$/u },
    { what: "never stops talking", body: "yes isk_r_noise", message: /could not be run$/u },
    { what: "never stops talking itself", body: "exec yes isk_r_noise", message: /could not be run$/u }
  ])("that $what is unavailable, and nothing that it said is repeated", ({ body, message }) =>
    Effect.gen(function* () {
      const failure = yield* failureOf(yield* script(`echo "isk_r_leak is wrong" >&2; ${body}`))
      assert.deepInclude(failure, { reason: "unavailable", source: "command" })
      assert.match(failure.message, message)
      assert.notMatch(failure.message, /isk_r/u)
    })
  )

  it.effect("that is not there is unavailable", () =>
    Effect.gen(function* () {
      const store = CommandSecretStore.make("/nowhere/at/all", [])
      assert.deepInclude(yield* failureOf(store), {
        reason: "unavailable",
        message: "/nowhere/at/all get could not be run"
      })
    })
  )

  it.effect("that prints nothing although it has found something is blank", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* failureOf(yield* script("exit 0"))).reason, "blank")
    })
  )

  it.effect("that does not read its input may still have stored the token", () =>
    Effect.gen(function* () {
      const store = yield* script("exit 0")
      yield* store.write?.(origin, Redacted.make("x".repeat(4096))) ?? Effect.void
    })
  )

  it.effect("that takes longer than ten seconds is killed", () =>
    Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(failureOf(yield* script("exec sleep 3600")))
      yield* TestClock.adjust("9 seconds")
      assert.isUndefined(fiber.pollUnsafe())
      yield* TestClock.adjust("1 second")
      const failure = yield* Fiber.join(fiber)
      assert.match(failure.message, /took too long$/u)
    })
  )
})

describe("a keychain", () => {
  it.effect.each([
    { tool: "security", source: security },
    { tool: "secret-tool", source: secretTool }
  ])("gives $tool the token by standard input only", ({ source, tool }) =>
    Effect.gen(function* () {
      const tools = yield* fakeTools({ [tool]: source })
      const store = KeychainSecretStore.make(tools.folder)
      yield* store.write?.(origin, Redacted.make("isk_r_secret")) ?? Effect.void
      assert.deepStrictEqual(yield* read(store), Option.some("isk_r_secret"))
      assert.include(tools.seen(), origin)
      assert.notInclude(tools.seen(), "isk_r_secret")
    })
  )

  it.effect.each(["", "/nowhere/at/all", "/nowhere:/at/all:"])(
    "that %o has no tool for is unavailable, and names them",
    (path) =>
      Effect.gen(function* () {
        // The working folder has one, but an empty entry of PATH does not mean it here.
        const { folder } = yield* fakeTools({ security })
        yield* Effect.acquireRelease(
          Effect.sync(() => {
            const before = process.cwd()
            process.chdir(folder)
            return before
          }),
          (before) => Effect.sync(() => process.chdir(before))
        )
        const failure = yield* failureOf(KeychainSecretStore.make(path))
        assert.deepInclude(failure, { reason: "unavailable", source: "keychain" })
        assert.match(failure.message, /security .*secret-tool/u)
      })
  )

  it.effect("without a keyring behind it is unavailable, not empty", () =>
    Effect.gen(function* () {
      const store = yield* keychain("secret-tool", "#!/bin/sh\necho 'no D-Bus, no isk_r_secret' >&2\nexit 1\n")
      const failure = yield* failureOf(store)
      assert.deepInclude(failure, { reason: "unavailable" })
      assert.notInclude(failure.message, "isk_r")
    })
  )

  it.effect("that does not keep what it was given says so", () =>
    Effect.gen(function* () {
      const store = yield* keychain("security", '#!/bin/sh\n[ "$1" = -i ] && exit 0\nexit 44\n')
      const failure = yield* Effect.flip(store.write?.(origin, Redacted.make("isk_r_lost")) ?? Effect.void)
      assert.deepInclude(failure, { reason: "unavailable", message: "security did not keep the token" })
    })
  )
})
