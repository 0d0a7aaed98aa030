import { assert, describe, it } from "@effect/vitest"
import { publishedModels } from "@image-skill/core/models/Catalogue"
import type { Model, ParameterSchema } from "@image-skill/core/models/Model"
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

const presetOrPixels =
  "one of square_hd, square, portrait_4_3, portrait_16_9, landscape_4_3, landscape_16_9, or an object with width, height"

/** A row of somebody else, with a rule that no published row has. */
const coded: Model = {
  ...flux,
  parameters: {
    code: { type: "string", pattern: "^[A-Z]+$" },
    size: { type: "string", pattern: "^[1-9][0-9]{1,3}x[1-9][0-9]{1,3}$" }
  }
}

const edge: ParameterSchema = { type: "integer", minimum: 0 }
const cropped: Model = {
  ...flux,
  parameters: {
    crop: {
      oneOf: [
        { type: "object", properties: { left: edge, top: edge }, required: ["left", "top"] },
        { type: "object", properties: { ratio: { type: "string", enum: ["1:1"] } }, required: ["ratio"] }
      ]
    }
  }
}

/** Each value with what is said about it, and what may have been meant. */
const refused: ReadonlyArray<readonly [what: string, model: Model, values: Values, problem: string, instead?: string]> =
  [
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
    ["a listed value in another case", gpt, { quality: "Low" }, "must be one of low, medium, high, auto", "low"],
    ["a value with a slip", gpt, { quality: "hihg" }, "must be one of low, medium, high, auto", "high"],
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
    ["neither a preset nor pixels", dreamo, { image_size: 512 }, `must be ${presetOrPixels}`],
    ["pixels in a list", dreamo, { image_size: [640, 480] }, `must be ${presetOrPixels}`],
    [
      "a preset with a slip, where pixels are taken too",
      dreamo,
      { image_size: "sqare" },
      "must be one of square_hd, square, portrait_4_3, portrait_16_9, landscape_4_3, landscape_16_9",
      "square"
    ],
    ["pixels without a height", dreamo, { image_size: { width: 640 } }, "must have height"],
    [
      "pixels with something else",
      dreamo,
      { image_size: { width: 640, height: 480, depth: 3 } },
      "its field depth is not known"
    ],
    [
      "pixels with a slip in a name",
      dreamo,
      { image_size: { width: 640, heigth: 480 } },
      "must have height; its field heigth is not known, did you mean height?"
    ],
    [
      "pixels of which everything is wrong",
      dreamo,
      { image_size: { width: "640", depth: 3 } },
      "must have height; its field width must be an integer of at least 64; its field depth is not known"
    ],
    [
      "pixels below the least",
      dreamo,
      { image_size: { width: 63, height: 64 } },
      "its field width must be an integer of at least 64"
    ],
    [
      "an object that is likest the second of two",
      cropped,
      { crop: { ratio: "5:4" } },
      "its field ratio must be one of 1:1"
    ],
    [
      "an object that is likest the first of two",
      cropped,
      { crop: { left: -1, ratio: "1:1", top: 0 } },
      "its field left must be an integer of at least 0; its field ratio is not known"
    ],
    ["a size where there is no auto", coded, { size: "auto" }, "must look like 1024x1536"],
    ["a text that breaks a rule of its own", coded, { code: "7" }, "must match ^[A-Z]+$"]
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

/** Takes any text, so that a canary is as good as another. */
const isFreeText = (schema: ParameterSchema | undefined): boolean =>
  schema?.type === "string" && schema.enum === undefined && schema.pattern === undefined

const hasParameters = ({ parameters }: Model): boolean => Object.keys(parameters).length > 0

/** A value that the schema describes; another `pick` is another value. */
const valueFor = (schema: ParameterSchema, pick: number): unknown => {
  const { enum: values = [], maximum, minimum, oneOf = [], pattern, properties = {}, type } = schema
  const option = oneOf[pick % Math.max(oneOf.length, 1)]
  if (option !== undefined) return valueFor(option, pick)
  if (type === "boolean") return pick % 2 === 0
  if (type === "integer" || type === "number") return Math.min((minimum ?? 0) + (pick % 1_000), maximum ?? 1_000_000)
  if (type === "object")
    return Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, valueFor(field, pick)]))
  if (values.length > 0) return values[pick % values.length]
  return pattern === undefined
    ? "#12ab34"
    : pattern.includes("#")
      ? "#12ab34"
      : `${100 + (pick % 900)}x${100 + (pick % 900)}`
}

describe("Parameters", () => {
  for (const [model, values] of accepted) {
    it(`${model.id} takes ${JSON.stringify(values)}`, () => {
      assert.deepStrictEqual(problems(model, values), [])
    })
  }

  for (const [what, model, values, problem, instead = null] of refused) {
    it(`${what} is refused with what it must be`, () => {
      assert.deepStrictEqual(
        problems(model, values).map((found) => [found.parameter, found.problem, found.instead]),
        [[Object.keys(values)[0], problem, instead]]
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

  it("media by a provider's own name is refused even where a row lists it", () => {
    for (const name of Object.keys(natives).filter((native) => native !== "n" && native !== "num_images")) {
      const model: Model = { ...flux, parameters: { [name]: { type: "string" } } }
      assert.strictEqual(problems(model, { [name]: "https://example.com/a.png" })[0]?.instead, natives[name])
    }
  })

  it("a control that the service sets is refused with its value and the reason", () => {
    assert.deepStrictEqual(problems(flux, { sync_mode: true }), [
      {
        parameter: "sync_mode",
        problem: "is set by the service to false: outputs are always copied into owned storage",
        allowed: null,
        instead: null
      }
    ])
  })

  it("a field of the request is named as such where a row does not know it", () => {
    for (const name of ["prompt", "aspect_ratio", "output_count"]) {
      assert.deepStrictEqual(problems(flux, { [name]: "1:1" }), [
        { parameter: name, problem: "is a field of the request, not a model parameter", allowed: null, instead: name }
      ])
    }
  })

  it("fields beyond number are counted, not listed", () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`f${index}`.repeat(40), 1]))
    const [found] = problems(dreamo, { image_size: { width: 64, height: 64, ...many } })
    const problem = found?.problem ?? ""
    assert.isTrue(problem.endsWith("; and 492 more"))
    assert.isBelow(problem.length, 800)
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
        const taken = values.filter(([name]) => isFreeText(model.parameters[name]) && typeof sent[name] === "string")
        assert.lengthOf(found, values.length - taken.length + 3)
      }
      assert.isAtMost(problems(model, others).length, Object.keys(others).length)
    }
  )

  it.prop(
    "what a schema describes is taken, and one wrong value is the one problem that is told",
    [Schema.Literals(publishedModels.filter(hasParameters).map(({ id }) => id)), Schema.Natural, Schema.Natural],
    ([id, pick, spoilt]) => {
      const model = modelNamed(id)
      const names = Object.keys(model.parameters)
      const sound = Object.fromEntries(
        Object.entries(model.parameters).map(([name, schema]) => [name, valueFor(schema, pick)])
      )
      assert.deepStrictEqual(problems(model, sound), [])
      const broken = names[spoilt % names.length] ?? ""
      for (const value of [null, [], { nested: {} }, Number.NaN]) {
        const told = problems(model, { ...sound, [broken]: value }).map(({ parameter }) => parameter)
        assert.deepStrictEqual(told, [broken])
      }
    }
  )
})
