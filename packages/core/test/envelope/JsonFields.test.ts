import { assert, describe, it } from "@effect/vitest"
import { isDeeperThan, jsonField, textField, withFields } from "@image-skill/core/envelope/JsonFields"

const nested = (levels: number): unknown =>
  Array.from({ length: levels }).reduce<unknown>((inner, _, index) => (index % 2 === 0 ? [inner] : { inner }), 1)

describe("JsonFields", () => {
  it("a field is found in an object, and nowhere else", () => {
    assert.strictEqual(jsonField({ a: 1 }, "a"), 1)
    for (const value of [undefined, null, 1, "a", [1], {}]) assert.isUndefined(jsonField(value, "a"))
  })

  it("text is text or nothing", () => {
    assert.strictEqual(textField({ a: "b" }, "a"), "b")
    for (const value of [1, null, ["b"], { b: "c" }]) assert.strictEqual(textField({ a: value }, "a"), "")
  })

  it("fields are set beside those that are there, and what is no object counts as empty", () => {
    assert.deepStrictEqual(withFields({ a: 1, b: 2 }, { b: 3 }), { a: 1, b: 3 })
    assert.deepStrictEqual(withFields([1], { b: 3 }), { b: 3 })
  })

  it("depth is counted to the level, and does not depend on a stack", () => {
    assert.isFalse(isDeeperThan(nested(64), 64))
    assert.isTrue(isDeeperThan(nested(65), 64))
    assert.isTrue(isDeeperThan(nested(200_000), 64))
    assert.isFalse(isDeeperThan(1, 0))
    assert.isFalse(
      isDeeperThan(
        Array.from({ length: 100_000 }, () => ({ a: 1 })),
        64
      )
    )
  })
})
