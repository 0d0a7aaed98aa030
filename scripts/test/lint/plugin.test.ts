import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import plugin from "../../lint/plugin.mjs"
import { root } from "../workspace.ts"

const rules = Object.keys(plugin.rules)

describe("the house rules", () => {
  it("each is switched on", () => {
    const config = readFileSync(join(root, ".oxlintrc.json"), "utf8")
    assert.deepStrictEqual(
      rules.filter((rule) => !config.includes(`"house/${rule}"`)),
      []
    )
  })

  it("each is tried through the real linter", () => {
    const tests = readdirSync(join(root, "scripts/test/lint"))
    assert.deepStrictEqual(
      rules.filter((rule) => !tests.includes(`${rule}.test.ts`)),
      []
    )
  })
})
