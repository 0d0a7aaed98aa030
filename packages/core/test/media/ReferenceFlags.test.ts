import { assert, describe, it } from "@effect/vitest"
import { planReferences, referenceRequest, referenceValue } from "@image-skill/core/media/ReferenceFlags"
import * as Schema from "effect/Schema"

type Values = ReadonlyArray<string | true>

const plan = (frontals: Values, references: Values = [], images: Values = []) =>
  planReferences({ "element-frontal": frontals, "element-reference": references, "reference-image": images })

/** What was read of one value of a flag: source, index, slot or task, and what stood before a bad suffix. */
const readAs = (flag: 0 | 1 | 2, value: string): ReadonlyArray<string | number | null | undefined> => {
  const { references } = plan(flag === 0 ? [value] : [], flag === 1 ? [value] : [], flag === 2 ? [value] : [])
  const [reference] = references
  return [
    reference?.source,
    reference?.index,
    reference?.referenceIndex ?? reference?.task ?? null,
    reference?.beforeBadSuffix
  ]
}

const problems = (...values: Parameters<typeof plan>): ReadonlyArray<string> =>
  plan(...values).problems.map(({ flag, problem }) => `--${flag} ${problem}`)

describe("a reference", () => {
  it("is a source and, behind its last @, an index and what belongs to it", () => {
    const [frontal, element, image] = [0, 1, 2] as const
    const cases: ReadonlyArray<readonly [0 | 1 | 2, string, ReadonlyArray<string | number | null>]> = [
      [frontal, "a.png", ["a.png", 0, null, null]],
      [frontal, "a.png@0", ["a.png", 0, null, null]],
      [frontal, "a.png@3", ["a.png", 3, null, null]],
      [frontal, "a@b.png", ["a@b.png", 0, null, "a"]],
      [frontal, "a@2x.png", ["a@2x.png", 0, null, "a"]],
      [frontal, "a@2x.png@1", ["a@2x.png", 1, null, null]],
      [frontal, "a@1@2", ["a@1", 2, null, null]],
      [frontal, "a.png@", ["a.png@", 0, null, "a.png"]],
      [frontal, "a.png@-1", ["a.png@-1", 0, null, "a.png"]],
      [frontal, "a.png@1.5", ["a.png@1.5", 0, null, "a.png"]],
      [frontal, "@b", ["@b", 0, null, null]],
      [frontal, "image_a1@1", ["image_a1", 1, null, null]],
      [element, "a.png@1:2", ["a.png", 1, 2, null]],
      [element, "a.png@1:", ["a.png@1:", 0, null, "a.png"]],
      [element, "a.png@1:ip", ["a.png@1:ip", 0, null, "a.png"]],
      [element, "a.png@1:2:3", ["a.png@1:2:3", 0, null, "a.png"]],
      [element, "https://h.example/a.png@0:1", ["https://h.example/a.png", 0, 1, null]],
      [image, "a.png@1", ["a.png", 1, null, null]],
      [image, "a.png@0:ip", ["a.png", 0, "ip", null]],
      [image, "a.png@0:id", ["a.png", 0, "id", null]],
      [image, "a.png@0:style", ["a.png", 0, "style", null]],
      [image, "a.png@0:foo", ["a.png@0:foo", 0, null, "a.png"]],
      [image, "a.png@0:IP", ["a.png@0:IP", 0, null, "a.png"]],
      [image, "a.png@0:1", ["a.png@0:1", 0, null, "a.png"]],
      [image, "https://user@h.example/a.png", ["https://user@h.example/a.png", 0, null, "https://user"]]
    ]
    for (const [flag, value, expected] of cases) assert.deepStrictEqual(readAs(flag, value), expected, value)
  })

  it("is sent in the order of the flags: frontals, elements, images", () => {
    const { problems, references } = plan(["f.png"], ["s.png@0:2"], ["i.png@0:id"])
    assert.deepStrictEqual(problems, [])
    assert.deepStrictEqual(
      references.map((reference, at) => referenceRequest(reference, `image_${at}`)),
      [
        { assetId: "image_0", role: "element_frontal", index: 0 },
        { assetId: "image_1", role: "element_reference", index: 0, referenceIndex: 2 },
        { assetId: "image_2", role: "reference_image", index: 0, referenceTask: "id" }
      ]
    )
  })

  it("allows what only a model could forbid: equal slots, both families at once, forty of them", () => {
    assert.deepStrictEqual(problems(["a"], ["b@0:1", "c@0:1"], ["d", "e@1"]), [])
    const elements = Array.from({ length: 10 }, (_, index) => index)
    assert.deepStrictEqual(
      problems(
        elements.map((index) => `f@${index}`),
        elements.flatMap((index) => [0, 1, 2].map((slot) => `r@${index}:${slot}`))
      ),
      []
    )
  })
})

describe("references that are wrong", () => {
  it("are told one by one first, in the order of the flags", () => {
    assert.deepStrictEqual(
      problems(["@0", "a@0:1", "b@10", true, "@12:3"], [true, "c@0:3", "@11:9"], [true, "", "  @0:ip", "d@10"]),
      [
        "--element-frontal needs a value: an asset id, a path or a URL",
        "--element-reference needs a value: an asset id, a path or a URL",
        "--reference-image needs a value: an asset id, a path or a URL",
        "--element-frontal names no picture before its @",
        "--element-frontal takes @ELEMENT only; a slot after a colon is for --element-reference",
        "--element-frontal has the index 10; the highest is 9",
        "--element-frontal names no picture before its @",
        "--element-frontal takes @ELEMENT only; a slot after a colon is for --element-reference",
        "--element-frontal has the index 12; the highest is 9",
        "--element-reference has the slot 3; the highest is 2",
        "--element-reference names no picture before its @",
        "--element-reference has the index 11; the highest is 9",
        "--element-reference has the slot 9; the highest is 2",
        "--reference-image names no picture before its @",
        "--reference-image names no picture before its @",
        "--reference-image has the index 10; the highest is 9"
      ]
    )
  })

  it("are then told all together, in the order of the contract", () => {
    assert.deepStrictEqual(
      problems(["a@0", "b@0", "c@2"], ["d@4", "e@0", "f@0", "g@0", "h@0"], ["i@1", "j@1", "k@3"]),
      [
        "--element-frontal names element 0 twice",
        "--element-frontal leaves out element 1: elements count from 0 without gaps",
        "--element-frontal leaves out element 3: elements count from 0 without gaps",
        "--element-reference is for element 4, which has no --element-frontal",
        "--element-reference is given more than 3 times for element 0",
        "--reference-image names index 1 twice",
        "--reference-image leaves out index 0: they count from 0 without gaps",
        "--reference-image leaves out index 2: they count from 0 without gaps"
      ]
    )
  })

  it("are told each for itself", () => {
    const cases: ReadonlyArray<readonly [Parameters<typeof plan>, string]> = [
      [[["a", "b"]], "--element-frontal names element 0 twice"],
      [[["a@1"]], "--element-frontal leaves out element 0: elements count from 0 without gaps"],
      [[[], ["a"]], "--element-reference is for element 0, which has no --element-frontal"],
      [[["f"], ["a", "b", "c", "d"]], "--element-reference is given more than 3 times for element 0"],
      [[[], [], ["a", "b"]], "--reference-image names index 0 twice"],
      [[[], [], ["a@1:ip"]], "--reference-image leaves out index 0: they count from 0 without gaps"]
    ]
    for (const [values, problem] of cases) assert.deepStrictEqual(problems(...values), [problem])
  })
})

const index = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 9 }))
const slot = Schema.NullOr(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 2 })))
const task = Schema.NullOr(Schema.Literals(["ip", "id", "style"]))

describe("a reference that is printed again", () => {
  it.prop("is read as the same reference to the asset", [index, slot, task], ([element, place, use]) => {
    const wanted = [
      { values: (value: string) => plan([], [value]), suffix: place === null ? "" : `:${place}` },
      { values: (value: string) => plan([], [], [value]), suffix: use === null ? "" : `:${use}` }
    ]
    for (const { suffix, values } of wanted) {
      const first = values(`a.png@${element}${suffix}`).references[0] ?? assert.fail("nothing was read")
      assert.strictEqual(first.source, "a.png")
      const [second] = values(referenceValue(first, "image_a.b-c")).references
      assert.deepStrictEqual(second, { ...first, source: "image_a.b-c" })
    }
  })
})
