import { spawnSync } from "node:child_process"
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { afterEach, assert, beforeEach, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { root } from "./workspace.ts"

const Manifest = Schema.fromJsonString(Schema.Struct({ scripts: Schema.Record(Schema.String, Schema.String) }))

const { scripts } = Schema.decodeUnknownSync(Manifest)(readFileSync(join(root, "package.json"), "utf8"))

/** The section of the README that says how to begin. */
const beginning =
  readFileSync(join(root, "README.md"), "utf8")
    .split(/^## Two commands$/mu)[1]
    ?.split(/^## /mu)[0] ?? ""

describe("the README", () => {
  it("begins with two commands, npm start and npm test", () => {
    const typed = [...beginning.matchAll(/^\$ (.*)$|`([^`\n]+)`/gmu)].map(([, block, inline]) => block ?? inline ?? "")
    const commands = new Set(typed.filter((line) => /^(?:npm|npx|node|yarn|pnpm|make|git|docker) /u.test(line)))
    assert.deepStrictEqual([...commands].toSorted(), ["npm start", "npm test"])
  })

  it("needs nothing before them: each installs and builds by itself", () => {
    for (const name of ["start", "test"]) {
      assert.isDefined(scripts[name])
      assert.strictEqual(scripts[`pre${name}`], "node scripts/setup.mjs")
    }
  })
})

// The stand-in for npm is a shell script.
describe.skipIf(process.platform === "win32")(".ci/run", () => {
  let folder = ""
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "image-skill-ci-"))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  /** Runs it with an npm that notes where it was called and with what, and fails for the given script. */
  const run = (failing: string) => {
    writeFileSync(join(folder, "npm"), `#!/bin/sh\necho "$PWD> npm $*" >> "$CALLS"\n[ "$*" != "${failing}" ]\n`)
    chmodSync(join(folder, "npm"), 0o755)
    const calls = join(folder, "calls")
    const { status, stdout } = spawnSync(join(root, ".ci/run"), {
      cwd: folder,
      encoding: "utf8",
      env: { PATH: [folder, process.env["PATH"]].join(delimiter), CALLS: calls }
    })
    return { status, stdout, calls: existsSync(calls) ? readFileSync(calls, "utf8").trim().split("\n") : [] }
  }

  const both = ["npm run check", "npm test"].map((command) => `${join(root, ".")}> ${command}`)

  it("runs the checks and the test command of the README, from the root, wherever it is started", () => {
    const { calls, status } = run("nothing")
    assert.deepStrictEqual(calls, both)
    assert.strictEqual(status, 0)
  })

  it.each(["run check", "test"])(
    "fails when npm %s fails, says so last, and runs the other all the same",
    (failing) => {
      const { calls, status, stdout } = run(failing)
      assert.deepStrictEqual(calls, both)
      assert.strictEqual(status, 1)
      assert.include(stdout.trim().split("\n").at(-1), `npm ${failing}`)
    }
  )
})
