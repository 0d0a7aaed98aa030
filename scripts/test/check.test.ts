import { existsSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { makeWorkspace, root } from "./workspace.ts"

const effectCompiler = join(root, "node_modules/@effect/tsgo-linux-x64/artifacts/typescript/7.0.2/tsc")

/** Runs the real checks, or the named ones, on a workspace that holds nothing but `files`. */
const check = (files: { readonly [path: string]: string }, ...steps: ReadonlyArray<string>) => {
  const workspace = makeWorkspace(files)
  const { status, stderr, stdout } = workspace.run("scripts/check.mjs", ...steps)
  workspace.remove()
  return { status, stdout, stderr }
}

/** The smallest project that `tsc -b` builds. */
const project = (code: string) => ({
  "tsconfig.json": `{ "files": [], "references": [{ "path": "packages/core" }] }\n`,
  "packages/core/tsconfig.json": `{ "extends": "../../tsconfig.base.json", "include": ["src"] }\n`,
  "packages/core/src/jobs/Job.ts": code
})

const good = `import * as Effect from "effect/Effect"\n\nexport const job = Effect.succeed(1)\n`

describe("npm run check", () => {
  it("passes a clean workspace and names each step with its time", () => {
    const { status, stderr, stdout } = check(project(good))
    assert.strictEqual(stderr, "")
    assert.strictEqual(status, 0)
    for (const step of ["types", "lint", "format", "text"])
      assert.match(stdout, new RegExp(`ok +${step} +[\\d.]+ s`, "u"))
  })

  it("runs only the steps that are named", () => {
    const { stdout } = check(project(good), "text", "format")
    assert.match(stdout, /text/u)
    assert.match(stdout, /format/u)
    assert.notMatch(stdout, /types|lint/u)
  })

  it("refuses a step that does not exist and lists those that do", () => {
    const { status, stderr } = check({}, "spelling")
    assert.strictEqual(status, 2)
    assert.include(stderr, "No check is called spelling. There are: types, lint, format, text.")
  })

  it("fails on a type error, with its place and what to run", () => {
    const { status, stderr, stdout } = check(project(`export const job: string = 1\n`), "types", "text")
    assert.strictEqual(status, 1)
    assert.match(stdout, /FAIL +types/u)
    assert.match(stdout, /ok +text/u)
    assert.include(stderr, "packages/core/src/jobs/Job.ts(1,14): error TS2322")
    assert.include(stderr, "Failed: types. To repair:")
    assert.include(stderr, "npx tsc -b")
  })

  it("fails on a rule that needs types", () => {
    const code = `export const job = (work: () => Promise<void>): void => {\n  work()\n}\n`
    const { status, stderr } = check(project(code), "lint")
    assert.strictEqual(status, 1)
    assert.include(stderr, "typescript(no-floating-promises)")
    assert.include(stderr, "npx oxlint --fix")
  })

  it("fails on code that is not formatted", () => {
    const { status, stderr } = check(project(`export const job = 1;\n`), "format")
    assert.strictEqual(status, 1)
    assert.include(stderr, "packages/core/src/jobs/Job.ts")
    assert.include(stderr, "npm run format")
  })

  // The compiler with the rules of Effect is an optional package that exists for Linux on x64 only.
  it.skipIf(!existsSync(effectCompiler))("fails on an Effect that nobody runs", () => {
    const floating = `import * as Effect from "effect/Effect"

export const job = Effect.gen(function* () {
  Effect.log("lost")
  yield* Effect.fail("no")
})
`
    const { status, stderr } = check(project(floating), "types")
    assert.strictEqual(status, 1)
    assert.include(stderr, "Job.ts(4,3): error")
    assert.include(stderr, "effect(floatingEffect)")
    assert.include(stderr, "effect(missingReturnYieldStar)")
    assert.include(stderr, "Failed: types. To repair:")
  })
})
