import { assert, describe, it } from "@effect/vitest"
import { publishedModels } from "@image-skill/core/models/Catalogue"
import type { Model } from "@image-skill/core/models/Model"
import { problems } from "@image-skill/core/models/Parameters"
import * as Schema from "effect/Schema"
import { modelNamed } from "./Deployments.ts"

type Values = { readonly [name: string]: unknown }

const flux = modelNamed("fal.flux-dev")
const gpt = modelNamed("openai.gpt-image-2")
const dreamo = modelNamed("fal.dreamo")
const ultra = modelNamed("fal.flux-pro-v1-1-ultra")
const local = modelNamed("local.storyboard")

const accepted: ReadonlyArray<readonly [model: Model, values: Values]> = [
  [flux, {}],
  [flux, { image_size: "square_hd", seed: 7 }],
  [flux, { seed: -1 }],
  [ultra, { raw: true }],
  [ultra, { raw: false, seed: 0 }],
  [gpt, { size: "auto", quality: "high", background: "opaque" }],
  [gpt, { size: "2048x1152", output_compression: 0 }],
  [gpt, { output_compression: 100, output_format: "webp" }],
  [dreamo, { image_size: "portrait_16_9" }],
  [dreamo, { image_size: { width: 640, height: 480 } }],
  [local, { width: 256, height: 2_048, seed: 4_294_967_295, style: "auto", output_format: "jpeg" }]
]

/** Each value with what is said about it. */
const refused: ReadonlyArray<readonly [what: string, model: Model, values: Values, problem: string]> = [
  ["a text for an integer", flux, { seed: "7" }, "must be an integer"],
  ["a fraction for an integer", flux, { seed: 1.5 }, "must be an integer"],
  ["an integer that cannot be told from its neighbour", flux, { seed: 2 ** 53 }, "must be an integer"],
  ["what is no number", flux, { seed: Number.NaN }, "must be an integer"],
  ["a boolean for an integer", flux, { seed: true }, "must be an integer"],
  ["nothing for an integer", flux, { seed: null }, "must be an integer"],
  ["an integer below its range", local, { width: 255 }, "must be an integer of at least 256 and of at most 2048"],
  ["an integer above its range", local, { height: 2_049 }, "must be an integer of at least 256 and of at most 2048"],
  ["a percentage above 100", gpt, { output_compression: 101 }, "must be an integer of at least 0 and of at most 100"],
  ["a percentage below 0", gpt, { output_compression: -1 }, "must be an integer of at least 0 and of at most 100"],
  ["a text for a boolean", ultra, { raw: "true" }, "must be true or false"],
  ["a number for a boolean", ultra, { raw: 1 }, "must be true or false"],
  ["a number for a text", gpt, { quality: 1 }, "must be a string"],
  ["a list for a text", gpt, { quality: ["low"] }, "must be a string"],
  ["a value that is not listed", gpt, { quality: "best" }, "must be one of low, medium, high, auto"],
  ["a listed value in another case", gpt, { quality: "Low" }, "must be one of low, medium, high, auto"],
  ["an empty text", gpt, { quality: "" }, "must be one of low, medium, high, auto"],
  ["a size that is none", gpt, { size: "big" }, "must look like 1024x1536, or be auto"],
  ["a size with one edge", gpt, { size: "1024x" }, "must look like 1024x1536, or be auto"],
  ["a size on two lines", gpt, { size: "1024x1024\n" }, "must look like 1024x1536, or be auto"],
  [
    "a preset that is not listed",
    flux,
    { image_size: "huge" },
    "must be one of square_hd, square, portrait_4_3, portrait_16_9, landscape_4_3, landscape_16_9"
  ],
  [
    "neither a preset nor pixels",
    dreamo,
    { image_size: 512 },
    "must satisfy one of: must be a string; or must be an object"
  ],
  [
    "pixels without a height",
    dreamo,
    { image_size: { width: 640 } },
    "must satisfy one of: must be a string; or must have height"
  ],
  [
    "pixels with something else",
    dreamo,
    { image_size: { width: 640, height: 480, depth: 3 } },
    "must satisfy one of: must be a string; or its field depth is not known"
  ],
  [
    "pixels in a list",
    dreamo,
    { image_size: [640, 480] },
    "must satisfy one of: must be a string; or must be an object"
  ]
]

/** contract/api.md 7.6: what is never a parameter, and the field of the request that takes its place. */
const natives: { readonly [name: string]: string } = {
  image_url: "input_asset_id",
  image_urls: "input_asset_id",
  mask_url: "mask_asset_id",
  elements: "references",
  frontal_image_url: "references",
  reference_image_urls: "references",
  first_image_url: "references",
  second_image_url: "references",
  images: "references",
  first_reference_task: "references",
  anything_reference_task: "references",
  n: "output_count",
  num_images: "output_count"
}

describe("Parameters", () => {
  for (const [model, values] of accepted) {
    it(`${model.id} takes ${JSON.stringify(values)}`, () => {
      assert.deepStrictEqual(problems(model, values), [])
    })
  }

  for (const [what, model, values, problem] of refused) {
    it(`${what} is refused with what it must be`, () => {
      assert.deepStrictEqual(
        problems(model, values).map((found) => [found.parameter, found.problem, found.instead]),
        [[Object.keys(values)[0], problem, null]]
      )
    })
  }

  for (const [name, field] of Object.entries(natives)) {
    it(`${name} is refused by every model, and ${field} named instead`, () => {
      for (const model of publishedModels) {
        const [found] = problems(model, { [name]: "https://example.com/a.png" })
        assert.deepInclude(found, { parameter: name, instead: field, allowed: null }, model.id)
        assert.include(found?.problem, field)
      }
    })
  }

  it("a count by the provider's name is taken where the model lists it", () => {
    const model: Model = { ...flux, parameters: { num_images: { type: "integer", minimum: 1, maximum: 4 } } }
    assert.deepStrictEqual(problems(model, { num_images: 2 }), [])
    assert.lengthOf(problems(model, { num_images: 5 }), 1)
    assert.lengthOf(problems(model, { n: 2 }), 1)
  })

  it("a control that is only catalogued is refused with the reason", () => {
    const [found] = problems(modelNamed("fal.flux-pro-kontext"), { guidance_scale: 3 })
    assert.deepStrictEqual(found, {
      parameter: "guidance_scale",
      problem: "is listed for this model but not wired, so it cannot be sent",
      allowed: null,
      instead: null
    })
  })

  it("an unknown name is refused with the names there are and the one that may be meant", () => {
    assert.deepStrictEqual(problems(flux, { imagesize: "square" }), [
      {
        parameter: "imagesize",
        problem: "is not a parameter of this model",
        allowed: ["image_size", "seed"],
        instead: "image_size"
      }
    ])
    assert.deepStrictEqual(problems(modelNamed("xai.grok-imagine-image"), { colour: "red" }), [
      { parameter: "colour", problem: "is not a parameter of this model", allowed: [], instead: null }
    ])
  })

  it("a name that every object has is unknown like any other", () => {
    const hostile: unknown = JSON.parse(`{"__proto__": 1, "constructor": 2, "toString": 3}`)
    const names = problems(flux, Schema.decodeUnknownSync(Schema.JsonObject)(hostile)).map(({ parameter }) => parameter)
    assert.deepStrictEqual(names, ["__proto__", "constructor", "toString"])
  })

  it("the values of a list are named, so that one can be chosen", () => {
    assert.deepStrictEqual(problems(gpt, { moderation: "none" })[0]?.allowed, ["auto", "low"])
  })

  it("all problems are told at once, in the order in which they were sent", () => {
    const values = { quality: "best", n: 2, size: "1024x1024", seed: 1, output_compression: 200 }
    assert.deepStrictEqual(
      problems(gpt, values).map(({ parameter }) => parameter),
      ["quality", "n", "seed", "output_compression"]
    )
  })

  it.prop(
    "no problem repeats the value that was sent",
    [Schema.Literals(publishedModels.map(({ id }) => id)), Schema.JsonObject],
    ([id, others]) => {
      const model = modelNamed(id)
      const canary = "sk_test_CANARY0123456789"
      const values = Object.keys(model.parameters).map((name) => [name, { width: canary, deep: [canary] }] as const)
      for (const sent of [Object.fromEntries(values), Object.fromEntries(values.map(([name]) => [name, canary]))]) {
        const found = problems(model, { ...sent, unknown: canary, images: [canary], a_reference_task: canary })
        assert.notInclude(JSON.stringify(found), canary)
        assert.lengthOf(found, values.length + 3)
      }
      assert.isAtMost(problems(model, others).length, Object.keys(others).length)
    }
  )
})
