import { assert, describe, it } from "@effect/vitest"
import { expectedOutput, proportion, sizeProblem } from "@image-skill/core/models/OutputSize"
import { modelNamed } from "./Deployments.ts"

type Values = { readonly [name: string]: unknown }

/** contract/api.md 6.3: the presets, in pixels. */
const presets: ReadonlyArray<readonly [preset: string, width: number, height: number]> = [
  ["square_hd", 1024, 1024],
  ["square", 512, 512],
  ["portrait_4_3", 768, 1024],
  ["portrait_16_9", 576, 1024],
  ["landscape_4_3", 1024, 768],
  ["landscape_16_9", 1024, 576]
]

const sizes: ReadonlyArray<
  readonly [what: string, model: string, values: Values, ratio: string | null, size: readonly [number, number] | null]
> = [
  ["a provider's own default", "fal.flux-dev", {}, "1:1", null],
  ["an automatic preset", "fal.bytedance-seedream-v4-5-text-to-image", { image_size: "auto_4K" }, "1:1", null],
  ["exact pixels of a provider", "fal.dreamo", { image_size: { width: 640, height: 480 } }, "1:1", [640, 480]],
  ["pixels that lack an edge", "fal.dreamo", { image_size: { width: 640 } }, "1:1", null],
  ["a size in words", "openai.gpt-image-2", { size: "1536x1024" }, "1:1", [1536, 1024]],
  ["an automatic size", "openai.gpt-image-2", { size: "auto" }, "1:1", null],
  ["a tier", "xai.grok-imagine-image-quality", { resolution: "2k" }, "1:1", null],
  ["an embedded square", "local.storyboard", {}, "1:1", [1024, 1024]],
  ["an embedded wide picture", "local.storyboard", {}, "16:9", [1344, 756]],
  ["an embedded tall picture", "local.storyboard", {}, "9:16", [756, 1344]],
  ["an embedded ratio that is not offered", "local.storyboard", {}, "21:9", null],
  ["no ratio at all", "local.storyboard", {}, null, null],
  ["a width alone, with the ratio", "local.storyboard", { width: 1600 }, "16:9", [1600, 900]],
  ["a height alone, with the ratio", "local.storyboard", { height: 900 }, "16:9", [1600, 900]],
  ["a width alone, rounded to whole pixels", "local.storyboard", { width: 1000 }, "16:9", [1000, 563]],
  ["both edges, over the ratio", "local.storyboard", { width: 300, height: 700 }, "16:9", [300, 700]],
  ["a preset named like a property of every object", "fal.flux-dev", { image_size: "constructor" }, "1:1", null],
  ["a ratio named like such a property", "local.storyboard", {}, "constructor", null]
]

const tiers: ReadonlyArray<readonly [given: unknown, tier: string | null, edge: number | null]> = [
  [undefined, null, null],
  ["1k", "1k", 1024],
  ["2k", "2k", 2048],
  ["2K", "2k", 2048],
  ["4K", "4k", 4096],
  ["0.5K", "0.5k", null],
  [2, null, null],
  ["constructor", "constructor", null]
]

const proportions: ReadonlyArray<readonly [text: string, value: number | null]> = [
  ["1:1", 1],
  ["16:9", 16 / 9],
  ["9:16", 9 / 16],
  ["auto", null],
  ["", null],
  ["0:1", null],
  ["1:0", null],
  ["16:9 ", null],
  ["16:9:1", null],
  ["100:1", null],
  ["a:b", null]
]

/** Exact pixels of the embedded model against a ratio: right to the nearest pixel, or refused. */
const exact: ReadonlyArray<readonly [values: Values, ratio: string, problem: string | null]> = [
  [{}, "16:9", null],
  [{ width: 1600, height: 900 }, "16:9", null],
  [{ width: 1000, height: 562 }, "16:9", null],
  [{ width: 1000, height: 563 }, "16:9", null],
  [{ width: 1000, height: 561 }, "16:9", "Contradiction"],
  [{ width: 1000, height: 564 }, "16:9", "Contradiction"],
  [{ width: 900, height: 1600 }, "16:9", "Contradiction"],
  [{ width: 900, height: 1600 }, "1:1", null],
  [{ width: 256, height: 2048 }, "1:1", null],
  [{ width: 255, height: 2048 }, "1:1", "OutOfRange"],
  [{ width: 256, height: 2049 }, "1:1", "OutOfRange"],
  [{ width: 256 }, "16:9", "OutOfRange"],
  [{ width: 256 }, "9:16", null],
  [{ height: 2048 }, "16:9", "OutOfRange"],
  [{ height: 2048 }, "9:16", null]
]

describe("OutputSize", () => {
  for (const [preset, width, height] of presets) {
    it(`${preset} is ${width} by ${height}`, () => {
      assert.deepStrictEqual(expectedOutput(modelNamed("fal.flux-dev"), { image_size: preset }, "1:1").size, {
        width,
        height
      })
    })
  }

  for (const [what, id, values, ratio, size] of sizes) {
    it(`${what} of ${id} is ${size === null ? "not known beforehand" : size.join(" by ")}`, () => {
      const expected = size === null ? null : { width: size[0], height: size[1] }
      assert.deepStrictEqual(expectedOutput(modelNamed(id), values, ratio).size, expected)
    })
  }

  for (const [resolution, resolutionClass, minShortEdge] of tiers) {
    it(`a resolution of ${String(resolution)} promises a short edge of ${minShortEdge}`, () => {
      const expected = expectedOutput(modelNamed("fal.nano-banana-pro"), { resolution }, "1:1")
      assert.deepStrictEqual(expected, { resolutionClass, size: null, minShortEdge })
    })
  }

  for (const [values, ratio, problem] of exact) {
    it(`${JSON.stringify(values)} with ${ratio} is ${problem ?? "no problem"}`, () => {
      assert.strictEqual(sizeProblem(modelNamed("local.storyboard"), values, ratio)?._tag ?? null, problem)
    })
  }

  it("a model that takes no exact pixels has no problem with them", () => {
    assert.isNull(sizeProblem(modelNamed("fal.dreamo"), { image_size: { width: 99_999, height: 1 } }, "16:9"))
  })

  for (const [text, value] of proportions) {
    it(`${JSON.stringify(text)} is ${value === null ? "no proportion" : "a proportion"}`, () => {
      assert.strictEqual(proportion(text), value)
    })
  }
})
