import { assert, describe, it } from "@effect/vitest"
import { canonicalJson } from "@image-skill/core/jobs/CanonicalJson"
import * as Schema from "effect/Schema"

const texts: ReadonlyArray<readonly [value: unknown, text: string]> = [
  [{ b: 1, a: [{ d: 1, c: 2 }] }, `{"a":[{"c":2,"d":1}],"b":1}`],
  [{ z: undefined, a: null }, `{"a":null}`],
  [{ "10": 1, "9": 2, a: 3 }, `{"9":2,"10":1,"a":3}`],
  [{ é: 1, z: 2, Z: 3 }, `{"Z":3,"z":2,"é":1}`],
  [[3, 1, 2], "[3,1,2]"],
  ["text", `"text"`],
  [1.5, "1.5"],
  [true, "true"],
  [null, "null"],
  [{}, "{}"]
]

/** The same value with the keys of every object the other way round. */
const reversed = (value: Schema.Json): Schema.Json => {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, inner]) => [key, reversed(inner)])
  )
}

describe("CanonicalJson", () => {
  for (const [value, text] of texts) {
    it(`${text} is the text of that value, however its keys stand`, () => {
      assert.strictEqual(canonicalJson(value), text)
    })
  }

  it.prop("equal values have equal text, whatever the order of their keys", [Schema.Json], ([value]) => {
    assert.strictEqual(canonicalJson(reversed(value)), canonicalJson(value))
  })

  it.prop("the text is the value, no more and no less", [Schema.Json], ([value]) => {
    const read = Schema.decodeSync(Schema.fromJsonString(Schema.Json))
    assert.deepStrictEqual(read(canonicalJson(value)), read(JSON.stringify(value)))
  })
})
