import { assert, describe, it } from "@effect/vitest"
import { publishedModels } from "@image-skill/core/models/Catalogue"
import { aliasesOf, migrationOf, resolveModelId } from "@image-skill/core/models/ModelAliases"
import { modelNamed } from "./Deployments.ts"

/** contract/api.md 16. */
const aliases: { readonly [alias: string]: string } = {
  "nano-banana": "fal.nano-banana-2",
  "nano-banana-edit": "fal.nano-banana-2-edit",
  "nano-banana-pro": "fal.nano-banana-pro",
  "nano-banana-pro-edit": "fal.nano-banana-pro-edit",
  imagen4: "fal.imagen4-preview",
  "imagen4-fast": "fal.imagen4-preview-fast",
  "imagen4-ultra": "fal.imagen4-preview-ultra"
}

describe("ModelAliases", () => {
  for (const [alias, id] of Object.entries(aliases)) {
    it(`${alias} stands for ${id}, and its row says so`, () => {
      assert.strictEqual(resolveModelId(alias, publishedModels), id)
      assert.deepStrictEqual(aliasesOf(modelNamed(id)), [alias])
      assert.deepStrictEqual(migrationOf(modelNamed(id)).aliases, [alias])
    })
  }

  it("an id, and what is neither an id nor an alias, stay what they are", () => {
    for (const id of ["fal.flux-dev", "nano-banana-3", "constructor", "__proto__", "", "default"])
      assert.strictEqual(resolveModelId(id, publishedModels), id)
  })

  it("a row with the name of an alias wins, and an alias without its row stands for nothing", () => {
    const own = { ...modelNamed("fal.flux-dev"), id: "imagen4" }
    assert.strictEqual(resolveModelId("imagen4", [...publishedModels, own]), "imagen4")
    assert.strictEqual(resolveModelId("imagen4", [modelNamed("fal.flux-dev")]), "imagen4")
  })

  it("a row without a past has no hints", () => {
    assert.deepStrictEqual(migrationOf(modelNamed("fal.dreamo")), { hints: [], replaces: [], aliases: [] })
    assert.lengthOf(migrationOf(modelNamed("fal.nano-banana-2-edit")).hints, 1)
  })
})
