import { assert, describe, it } from "@effect/vitest"
import type { Model } from "@image-skill/core/models/Model"
import {
  type Reference,
  type ReferenceFacts,
  referenceProblem,
  withReferenceIndexes
} from "@image-skill/core/models/References"
import * as Schema from "effect/Schema"
import { modelNamed } from "./Deployments.ts"

const kling = modelNamed("fal.kling-image-o3-text-to-image")
const dreamo = modelNamed("fal.dreamo")
const grok = modelNamed("xai.grok-imagine-image-edit")
const flux = modelNamed("fal.flux-dev")

const picture: ReferenceFacts = { mimeType: "image/png", contentLength: 1_000, width: 300, height: 300 }

/** `f0` is the frontal image of element 0, `r0:2` its view in slot 2, `i1:ip` reference image 1 with its task. */
const referenceOf = (text: string, position: number): Reference => {
  const [, kind = "", index = "", rest = ""] = /^([fri])(\d+)(?::(\w+))?$/u.exec(text) ?? []
  const task = (["ip", "id", "style"] as const).find((word) => word === rest) ?? null
  return {
    assetId: `image_${position}`,
    role: kind === "f" ? "element_frontal" : kind === "r" ? "element_reference" : "reference_image",
    index: Number(index),
    referenceIndex: /^\d+$/u.test(rest) ? Number(rest) : null,
    referenceTask: task
  }
}

const referencesOf = (text: string): ReadonlyArray<Reference> =>
  text.split(" ").flatMap((word, position) => (word === "" ? [] : [referenceOf(word, position)]))

const factsOf = (references: ReadonlyArray<Reference>, facts = picture): ReadonlyMap<string, ReferenceFacts> =>
  new Map(references.map(({ assetId }) => [assetId, facts]))

/** Ten elements, each with a frontal image and three views: as much as Kling takes. */
const full = Array.from({ length: 10 }, (_, index) => `f${index} r${index} r${index} r${index}`).join(" ")

const accepted: ReadonlyArray<readonly [model: Model, references: string]> = [
  [flux, ""],
  [kling, ""],
  [kling, "f0"],
  [kling, "f0 r0"],
  [kling, "r0 f0"],
  [kling, "f0 r0:2 r0:0 r0:1"],
  [kling, "f0 r0:1 r0 r0"],
  [kling, "f1 f0 r1:0 r0:0"],
  [kling, full],
  [dreamo, "i0"],
  [dreamo, "i0:ip i1:id"],
  [dreamo, "i1:style i0"],
  [grok, "i0"],
  [grok, "i1 i0"]
]

/** contract/api.md 7.8, rule by rule: the model, the references, the field that is wrong and the flag that gave it. */
const refused: ReadonlyArray<
  readonly [what: string, model: Model, references: string, field: string, flag: string, message: RegExp]
> = [
  ["a model that takes none", flux, "i0", "references", "--reference-image", /takes no references/u],
  ["more than 40 entries", kling, `${full} f10`, "references", "--element-frontal", /at most 40/u],
  ["more images than DreamO takes", dreamo, "i0 i1 i2", "references", "--reference-image", /at most 2/u],
  ["more images than xAI takes", grok, "i0 i1 i2", "references", "--reference-image", /at most 2/u],
  ["a reference image for Kling", kling, "f0 i0", "references[1].role", "--reference-image", /element_frontal or/u],
  ["an element for DreamO", dreamo, "f0", "references[0].role", "--element-frontal", /reference_image$/u],
  ["a view for xAI", grok, "i0 r0", "references[1].role", "--element-reference", /reference_image$/u],
  ["a slot on a frontal image", kling, "f0:1", "references[0].reference_index", "--element-frontal", /only an/u],
  ["a slot on a reference image", dreamo, "i0:1", "references[0].reference_index", "--reference-image", /only an/u],
  ["a task on an element", kling, "f0:ip", "references[0].reference_task", "--element-frontal", /only a reference/u],
  ["a task for xAI", grok, "i0:style", "references[0].reference_task", "--reference-image", /no reference_task/u],
  ["an eleventh element", kling, "f10", "references[0].index", "--element-frontal", /0 to 9/u],
  ["a gap among elements", kling, "f0 f2", "references[1].index", "--element-frontal", /without a gap/u],
  ["elements that do not start at 0", kling, "f1", "references[0].index", "--element-frontal", /without a gap/u],
  ["two frontal images of an element", kling, "f0 f0", "references[1].index", "--element-frontal", /more than one/u],
  ["a view without a frontal image", kling, "f0 r1", "references[1].index", "--element-reference", /element 1 has no/u],
  ["only a view", kling, "r0", "references[0].index", "--element-reference", /element 0 has no frontal/u],
  ["a fourth view", kling, "f0 r0 r0 r0 r0", "references[4].index", "--element-reference", /more than 3/u],
  ["a fourth slot", kling, "f0 r0:3", "references[1].reference_index", "--element-reference", /0 to 2/u],
  [
    "two views in one slot",
    kling,
    "f0 r0:1 r0:1",
    "references[2].reference_index",
    "--element-reference",
    /two images/u
  ],
  ["two images at one index", dreamo, "i0 i0", "references[1].index", "--reference-image", /two reference images/u],
  ["images that do not start at 0", dreamo, "i1", "references[0].index", "--reference-image", /without a gap/u],
  ["a gap among images", grok, "i0 i2", "references[1].index", "--reference-image", /without a gap/u]
]

/** What an asset must be to guide a model: type, bytes, pixels and proportion, each at its edges. */
const media: ReadonlyArray<readonly [what: string, facts: Partial<ReferenceFacts>, sound: boolean]> = [
  ["PNG", {}, true],
  ["JPEG", { mimeType: "image/jpeg" }, true],
  ["WebP", { mimeType: "image/webp" }, true],
  ["GIF", { mimeType: "image/gif" }, false],
  ["AVIF", { mimeType: "image/avif" }, false],
  ["a film", { mimeType: "video/mp4" }, false],
  ["no bytes", { contentLength: 0 }, false],
  ["one byte", { contentLength: 1 }, true],
  ["10,000,000 bytes", { contentLength: 10_000_000 }, true],
  ["10,000,001 bytes", { contentLength: 10_000_001 }, false],
  ["an unknown width", { width: null }, false],
  ["an unknown height", { height: null }, false],
  ["299 pixels across", { width: 299 }, false],
  ["299 pixels down", { height: 299 }, false],
  ["a ratio of 0.40", { width: 400, height: 1_000 }, true],
  ["a ratio just below 0.40", { width: 400, height: 1_001 }, false],
  ["a ratio of 2.50", { width: 1_000, height: 400 }, true],
  ["a ratio just above 2.50", { width: 1_001, height: 400 }, false]
]

describe("References.referenceProblem", () => {
  for (const [model, text] of accepted) {
    it(`${model.id} takes "${text}"`, () => {
      const references = referencesOf(text)
      assert.isNull(referenceProblem(model, references, factsOf(references)))
    })
  }

  for (const [what, model, text, field, flag, message] of refused) {
    it(`${what} is refused, and the field named`, () => {
      const references = referencesOf(text)
      const found = referenceProblem(model, references, factsOf(references))
      assert.deepInclude(found, { code: "INVALID_ARGUMENTS", field, flag })
      assert.match(found?.message ?? "", message)
    })
  }

  for (const [what, facts, sound] of media) {
    it(`an asset of ${what} ${sound ? "guides" : "does not guide"} a model`, () => {
      for (const [model, text] of [
        [kling, "f0 r0"],
        [dreamo, "i0 i1"],
        [grok, "i0 i1"]
      ] as const) {
        const references = referencesOf(text)
        const known = new Map([...factsOf(references), ["image_1", { ...picture, ...facts }]])
        const found = referenceProblem(model, references, known)
        if (sound) assert.isNull(found)
        else assert.deepInclude(found, { code: "INPUT_POLICY_DENIED", field: "references[1].asset_id" })
      }
    })
  }

  it("an asset that the caller does not own is not found, and its id is not repeated", () => {
    const references = referencesOf("i0 i1")
    const found = referenceProblem(dreamo, references, new Map([["image_0", picture]]))
    assert.deepInclude(found, { code: "ASSET_NOT_FOUND", field: "references[1].asset_id", flag: "--reference-image" })
    assert.notInclude(found?.message, "image_1")
  })

  it("what the request says is judged before any asset is", () => {
    assert.strictEqual(referenceProblem(kling, referencesOf("f0 f2"), new Map())?.code, "INVALID_ARGUMENTS")
  })

  it("one asset may stand in several places", () => {
    const references = referencesOf("f0 f1").map((reference) => ({ ...reference, assetId: "image_0" }))
    assert.isNull(referenceProblem(kling, references, new Map([["image_0", picture]])))
  })
})

const slotsOf = (text: string): ReadonlyArray<number | null> =>
  withReferenceIndexes(referencesOf(text)).map(({ referenceIndex }) => referenceIndex)

describe("References.withReferenceIndexes", () => {
  it("views without a slot take the free ones of their element in order of appearance", () => {
    assert.deepStrictEqual(slotsOf("f0 r0 r0 r0"), [null, 0, 1, 2])
    assert.deepStrictEqual(slotsOf("f0 r0 f1 r1 r0 r1"), [null, 0, null, 0, 1, 1])
    assert.deepStrictEqual(slotsOf("r0 r0:0 f0 r0"), [1, 0, null, 2])
    assert.deepStrictEqual(slotsOf("r0:2 r0 r0"), [2, 0, 1])
  })

  it("frontal and reference images have no slot", () => {
    assert.deepStrictEqual(slotsOf("f0 i0 i1:ip"), [null, null, null])
  })

  it.prop(
    "a slot that was named is kept, and no two views of an element get the same one unless they were named so",
    [Schema.Array(Schema.Literals(["f0", "r0", "r0:0", "r0:1", "r0:2", "r1", "r1:1", "f1"]))],
    ([words]) => {
      const given = referencesOf(words.join(" "))
      const placed = withReferenceIndexes(given)
      for (const [position, reference] of given.entries()) {
        const slot = placed[position]?.referenceIndex
        if (reference.referenceIndex !== null) assert.strictEqual(slot, reference.referenceIndex)
        else if (reference.role === "element_reference")
          assert.lengthOf(
            placed.filter(
              ({ index, referenceIndex, role }) =>
                role === "element_reference" && index === reference.index && referenceIndex === slot
            ),
            1
          )
      }
    }
  )
})
