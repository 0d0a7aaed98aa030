import { assert, describe, it } from "@effect/vitest"
import { isTrue, lenient, listOf, maybeBoolean, maybeNumber, maybeText } from "@image-skill/core/envelope/Lenient"
import { wire } from "@image-skill/core/envelope/Wire"
import * as Schema from "effect/Schema"

const Answer = Schema.Struct({
  text: maybeText,
  number: maybeNumber,
  flag: isTrue,
  boolean: maybeBoolean,
  list: listOf(Schema.Number),
  rows: listOf(Schema.Struct({ id: Schema.String, price: maybeNumber })),
  inner: lenient(Schema.NullOr(Schema.Struct({ remaining: maybeNumber })), null),
  word: lenient(Schema.Literals(["a", "b"]), "b")
})

const read = Schema.decodeUnknownSync(Answer)

const fallbacks: typeof Answer.Type = {
  text: null,
  number: null,
  flag: false,
  boolean: null,
  list: [],
  rows: [],
  inner: null,
  word: "b"
}

const promised: typeof Answer.Type = {
  text: "a",
  number: 1,
  flag: true,
  boolean: false,
  list: [1, 2],
  rows: [{ id: "x", price: 2 }],
  inner: { remaining: 3 },
  word: "a"
}

/** One odd value for each field. */
const odd: { readonly [field: string]: ReadonlyArray<unknown> } = {
  text: [1, true, {}, [], null],
  number: ["1", "", Number.NaN, Number.POSITIVE_INFINITY, true, {}, null],
  flag: ["true", "yes", 1, null, {}, []],
  boolean: ["true", 1, null, {}],
  list: ["1", 1, {}, null, true],
  rows: ["x", {}, null],
  inner: ["x", 1, [], null],
  word: ["c", "", 1, null]
}

describe("Lenient", () => {
  it("what was promised is read", () => {
    assert.deepStrictEqual(read(promised), promised)
  })

  it("what is missing becomes its fallback", () => {
    assert.deepStrictEqual(read({}), fallbacks)
  })

  it("what nobody asked for is left out", () => {
    assert.deepStrictEqual(read({ ...promised, more: 1 }), promised)
  })

  for (const [field, values] of Object.entries(odd)) {
    it(`an odd ${field} becomes its fallback and leaves the other fields alone`, () => {
      for (const value of values) {
        const expected = { ...promised, [field]: fallbacks[field as keyof typeof fallbacks] }
        assert.deepStrictEqual<unknown>(read({ ...promised, [field]: value }), expected)
      }
    })
  }

  it("an element that cannot be read is null, and the others are kept in their places", () => {
    const rows = [{ id: "x" }, { price: 1 }, null, "y", { id: "z", price: "dear" }]
    const expected = [{ id: "x", price: null }, null, null, null, { id: "z", price: null }]
    assert.deepStrictEqual(read({ list: [1, "x", null, 2], rows }), {
      ...fallbacks,
      list: [1, null, null, 2],
      rows: expected
    })
  })

  it.prop(
    "no answer is odd enough to fail",
    [
      Schema.Struct({
        ...Schema.Struct({}).fields,
        text: Schema.Json,
        number: Schema.Json,
        flag: Schema.Json,
        list: Schema.Json,
        rows: Schema.Json,
        inner: Schema.Json,
        word: Schema.Json
      })
    ],
    ([answer]) => {
      assert.hasAllKeys(read(answer), Object.keys(fallbacks))
    }
  )

  it("a field is as lenient under its name on the wire", () => {
    const Renamed = wire({ claimState: maybeText, isOpen: isTrue })
    assert.deepStrictEqual(Schema.decodeUnknownSync(Renamed)({ claim_state: 1, is_open: "yes" }), {
      claimState: null,
      isOpen: false
    })
    assert.deepStrictEqual(Schema.decodeUnknownSync(Renamed)({}), { claimState: null, isOpen: false })
  })
})
