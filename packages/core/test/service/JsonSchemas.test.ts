import { assert, describe, it } from "@effect/vitest"
import { answerSchema, requestSchema } from "@image-skill/core/service/JsonSchemas"
import { operationIds } from "@image-skill/core/service/Operations"
import { requests } from "@image-skill/core/service/Requests"

describe("JsonSchemas", () => {
  it("every request is an object with exactly its fields, and every answer is one", () => {
    for (const id of operationIds) {
      const { properties, type } = requestSchema(id)
      const fields = Object.keys(requests[id].from.fields)
      if (fields.length > 0) assert.strictEqual(type, "object", id)
      assert.sameMembers(Object.keys(properties ?? {}), fields, id)
      assert.isNotEmpty(JSON.stringify(answerSchema(id)), id)
    }
  })

  it("a rule stands in keywords, or in the words in which it is refused", () => {
    assert.deepInclude(requestSchema("create")["properties"], {
      prompt: { type: "string", description: "must be text of 0 to 8,000 characters" },
      output_count: { type: "integer", minimum: 1, maximum: 1000 },
      visibility: { type: "string", enum: ["public", "private"] }
    })
    assert.deepStrictEqual(requestSchema("signup")["required"], ["agent_name", "runtime"])
  })

  it("an amount is a number and nothing else", () => {
    for (const id of operationIds) assert.notInclude(JSON.stringify(answerSchema(id)), "NaN", id)
    assert.deepInclude(answerSchema("creditsQuote")["properties"], { credits: { type: "number" } })
  })
})
