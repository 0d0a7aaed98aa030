import { spawnSync } from "node:child_process"
import { assert, describe, it } from "@effect/vitest"
import { root } from "./workspace.ts"

const simulate = (...words: ReadonlyArray<string>) =>
  spawnSync(process.execPath, ["--conditions=@image-skill/source", "--no-warnings", "scripts/simulate.mjs", ...words], {
    cwd: root,
    encoding: "utf8"
  })

describe("npm run simulate", () => {
  it("ends with 1 where something is wrong, and says what, what happened before, and how to see it again", () => {
    const { status, stderr, stdout } = simulate("--seed", "1", "--steps", "8", "--mutant", "stores-tokens-raw")
    assert.strictEqual(status, 1)
    assert.match(stdout, /^1 seeds, \d+ steps in [\d.]+ s: \d+ steps\/s/u)
    assert.match(stderr, /Seed 1 broke at step \d+:\n {2}secrets stay where they belong: a secret stands in the rows/u)
    assert.match(stderr, /What happened before:\n +[\d.]+ s {2}\w/u)
    assert.match(stderr, /Again: npm run simulate -- --seed 1 --steps 8 --mutant stores-tokens-raw\n$/u)
  }, 60_000)

  it("refuses a seed that is no number", () => {
    const { status, stderr } = simulate("--seed", "one")
    assert.strictEqual(status, 2)
    assert.match(stderr, /Seeds and steps are whole numbers/u)
  }, 60_000)
})
