import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { pathToFileURL } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import { publishedModels } from "@image-skill/core/models/Catalogue"

/**
 * The input types that the provider publishes with its own client, by endpoint: field names, and the text of the type of
 * each. Our rows may offer less than they do, never something else.
 */
const client = pathToFileURL(createRequire(import.meta.url).resolve("@fal-ai/client"))
const types = readFileSync(new URL("types/endpoints.d.ts", client), "utf8")

const endpoints = new Map(
  [...types.matchAll(/"(fal-ai\/[^"]+)": \{\s*input: (\w+);/gu)].map(([, path = "", name = ""]) => [path, name])
)

const fieldsOf = (name: string): ReadonlyMap<string, string> => {
  const other = new RegExp(`export type ${name} = (\\w+);`, "u").exec(types)?.[1]
  if (other !== undefined) return fieldsOf(other)
  const body = new RegExp(`export type ${name} = \\{([\\s\\S]*?)\\n\\};`, "u").exec(types)?.[1] ?? ""
  return new Map([...body.matchAll(/^ {4}(\w+)\??: ([^\n]+)/gmu)].map(([, field = "", type = ""]) => [field, type]))
}

const rows = publishedModels
  .filter(({ provider }) => provider === "fal")
  .map((model) => ({ model, fields: fieldsOf(endpoints.get(model.upstream ?? "") ?? "") }))

describe("Rows of fal and the provider's own types", () => {
  it("only one endpoint is not among the types of this version of the client", () => {
    assert.deepStrictEqual(
      rows.filter(({ fields }) => fields.size === 0).map(({ model }) => model.upstream),
      ["fal-ai/flux/dev/redux"]
    )
  })

  for (const { fields, model } of rows.filter((row) => row.fields.size > 0)) {
    it(`${model.id} offers and fixes only what its endpoint has`, () => {
      for (const [name, schema] of Object.entries(model.parameters)) {
        assert.isTrue(fields.has(name), name)
        const values = [schema, ...(schema.oneOf ?? [])].flatMap((option) => option.enum ?? [])
        for (const value of values) assert.include(fields.get(name), `"${value}"`, name)
      }
      assert.deepStrictEqual(
        model.fixed.map(({ name }) => name),
        fields.has("sync_mode") ? ["sync_mode"] : []
      )
    })

    it(`${model.id} takes the inputs that its endpoint takes`, () => {
      assert.strictEqual(fields.has("prompt"), model.prompt === "required")
      assert.strictEqual(fields.has("mask_url"), model.mask !== "none")
      assert.strictEqual(fields.has("elements"), model.references?.roles.includes("element_frontal") ?? false)
      if (model.endpoint === "create") return assert.isFalse(fields.has("image_urls"))
      assert.strictEqual(fields.has("image_urls"), model.maxInputs > 1)
      assert.strictEqual(fields.has("image_url"), model.maxInputs === 1)
    })
  }
})
