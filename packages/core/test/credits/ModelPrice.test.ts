import { assert, describe, it } from "@effect/vitest"
import { listedPrice, needsConfirmation, type Priced, priceOf, tierPrices } from "@image-skill/core/credits/ModelPrice"
import type { Model, PriceRule } from "@image-skill/core/models/Model"
import * as Schema from "effect/Schema"
import { modelNamed } from "../models/Deployments.ts"

const square = { width: 1024, height: 1024 }
const once: Omit<Priced, "model"> = { parameters: {}, outputCount: 1, referenceCount: 0, size: null }

const ruled = (price: PriceRule): Model => ({ ...modelNamed("fal.flux-dev"), price })

/** A request for a published model, what it costs the operator in millionths, and the credits (contract/api.md 6.3, 13). */
const known: ReadonlyArray<
  readonly [what: string, model: string, request: Partial<Priced>, microUsd: number, credits: number]
> = [
  ["one output", "fal.flux-dev", {}, 25_000, 5],
  ["one clip of sound", "fal.stable-audio-25-text-to-audio", {}, 200_000, 34],
  ["one mesh", "fal.trellis-image-to-3d", {}, 20_000, 4],
  ["two outputs, priced together", "fal.kling-image-o3-text-to-image", { outputCount: 2 }, 56_000, 10],
  [
    "three outputs, priced together and not rounded one by one",
    "xai.grok-imagine-image-quality",
    { outputCount: 3 },
    150_000,
    25
  ],
  ["ten outputs, priced together", "xai.grok-imagine-image", { outputCount: 10 }, 200_000, 34],
  ["no tier named, where one holds otherwise", "xai.grok-imagine-image-quality", {}, 50_000, 9],
  ["the lower tier", "xai.grok-imagine-image-quality", { parameters: { resolution: "1k" } }, 50_000, 9],
  ["the higher tier", "xai.grok-imagine-image-quality", { parameters: { resolution: "2k" } }, 70_000, 12],
  [
    "a tier that costs no more than the one below",
    "fal.nano-banana-pro",
    { parameters: { resolution: "2K" } },
    150_000,
    25
  ],
  [
    "a tier that costs twice as much",
    "fal.nano-banana-pro",
    { parameters: { resolution: "4K", seed: 7 } },
    300_000,
    50
  ],
  [
    "low quality by a token table",
    "openai.gpt-image-1.5",
    { parameters: { quality: "low", size: "1024x1024" } },
    8_704,
    2
  ],
  ["low quality, taller", "openai.gpt-image-1.5", { parameters: { quality: "low", size: "1024x1536" } }, 13_056, 3],
  ["low quality, wider", "openai.gpt-image-1.5", { parameters: { quality: "low", size: "1536x1024" } }, 12_800, 3],
  ["medium quality", "openai.gpt-image-1.5", { parameters: { quality: "medium", size: "1024x1024" } }, 33_792, 6],
  [
    "medium quality, taller",
    "openai.gpt-image-1.5",
    { parameters: { quality: "medium", size: "1024x1536" } },
    50_688,
    9
  ],
  [
    "medium quality, wider",
    "openai.gpt-image-1.5",
    { parameters: { quality: "medium", size: "1536x1024" } },
    50_176,
    9
  ],
  ["high quality", "openai.gpt-image-1.5", { parameters: { quality: "high", size: "1024x1024" } }, 133_120, 23],
  ["high quality, taller", "openai.gpt-image-1.5", { parameters: { quality: "high", size: "1024x1536" } }, 199_680, 34],
  ["high quality, wider", "openai.gpt-image-1.5", { parameters: { quality: "high", size: "1536x1024" } }, 198_656, 34],
  [
    "low quality of the newer model",
    "openai.gpt-image-2",
    { parameters: { quality: "low", size: "1024x1024" } },
    6_000,
    1
  ],
  [
    "medium quality of the newer model",
    "openai.gpt-image-2",
    { parameters: { quality: "medium", size: "1024x1024" } },
    53_000,
    9
  ],
  [
    "high quality of the newer model",
    "openai.gpt-image-2",
    { parameters: { quality: "high", size: "1024x1024" } },
    211_000,
    36
  ],
  ["a megapixel and a bit", "fal.z-image-turbo", { size: square }, 5_243, 1],
  ["a quarter of that", "fal.z-image-turbo", { size: { width: 512, height: 512 } }, 1_311, 1],
  ["four quarters, rounded once", "fal.z-image-turbo", { size: { width: 512, height: 512 }, outputCount: 4 }, 5_243, 1],
  ["four megapixels", "fal.z-image-turbo", { size: { width: 2048, height: 2048 } }, 20_972, 4],
  ["an edit of one source", "xai.grok-imagine-image-edit", {}, 22_000, 4],
  ["an edit of three sources", "xai.grok-imagine-image-edit", { referenceCount: 2 }, 26_000, 5],
  [
    "a quality edit of one source",
    "xai.grok-imagine-image-quality-edit",
    { parameters: { resolution: "1k" } },
    60_000,
    10
  ],
  [
    "a quality edit at the higher tier",
    "xai.grok-imagine-image-quality-edit",
    { parameters: { resolution: "2k" } },
    80_000,
    14
  ],
  [
    "a quality edit of three sources",
    "xai.grok-imagine-image-quality-edit",
    { referenceCount: 2, parameters: { resolution: "1k" } },
    80_000,
    14
  ],
  [
    "a quality edit of three sources at the higher tier",
    "xai.grok-imagine-image-quality-edit",
    { referenceCount: 2, parameters: { resolution: "2k" } },
    100_000,
    17
  ],
  ["a picture made by this program", "local.storyboard", { outputCount: 4 }, 0, 0]
]

/** Nobody can know these before the run: 0.10 USD stands in, so 17 credits (contract/api.md 6.6). */
const unknowable: ReadonlyArray<readonly [what: string, model: string, request: Partial<Priced>]> = [
  ["a token table without quality and size", "openai.gpt-image-1.5", {}],
  ["a token table without a size", "openai.gpt-image-1.5", { parameters: { quality: "low" } }],
  ["a token table without a quality", "openai.gpt-image-1.5", { parameters: { size: "1024x1024" } }],
  [
    "a token table with automatic quality",
    "openai.gpt-image-1.5",
    { parameters: { quality: "auto", size: "1024x1024" } }
  ],
  [
    "a token table with a size that is not in it",
    "openai.gpt-image-2",
    { parameters: { quality: "low", size: "2048x2048" } }
  ],
  ["a tier that is not listed", "fal.nano-banana-pro", { parameters: { resolution: "8K" } }],
  ["megapixels of an unknown size", "fal.z-image-turbo", {}],
  ["megapixels of an automatic size", "fal.z-image-turbo-image-to-image", { parameters: { image_size: "auto" } }],
  ["what the provider meters", "openai.gpt-image-2-edit", {}],
  ["what nobody lists", "fal.dreamo", { size: square }],
  ["what nobody lists, several times", "fal.dreamo", { outputCount: 3 }]
]

const sources: ReadonlyArray<readonly [id: string, request: Partial<Priced>, source: string, confidence: string]> = [
  ["fal.flux-dev", {}, "model_registry", "known"],
  ["local.storyboard", {}, "model_registry", "known"],
  ["xai.grok-imagine-image-quality", { parameters: { resolution: "2k" } }, "model_parameters", "known"],
  ["fal.z-image-turbo", { size: square }, "model_parameters", "known"],
  ["openai.gpt-image-2", { parameters: { quality: "low", size: "1024x1024" } }, "token_table", "estimated"]
]

/** What a list shows is a fact of the registry, whatever the request of a caller would change. */
const listed: ReadonlyArray<
  readonly [id: string, credits: number, cost: number | null, source: string, confidence: string]
> = [
  ["xai.grok-imagine-image-quality", 9, 50_000, "model_registry", "known"],
  ["xai.grok-imagine-image-quality-edit", 10, 60_000, "model_registry", "known"],
  ["fal.z-image-turbo", 1, 5_243, "model_registry", "known"],
  ["openai.gpt-image-2", 9, 53_000, "token_table", "estimated"],
  ["local.storyboard", 0, 0, "model_registry", "known"],
  ["fal.nano-banana-2-edit", 17, null, "fallback", "unknown"]
]

const microUsd = Schema.Natural.check(Schema.isLessThanOrEqualTo(10_000_000))
const count = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 10 }))

describe("ModelPrice.priceOf", () => {
  for (const [what, id, request, cost, credits] of known) {
    it(`${what} of ${id} is ${credits} credits`, () => {
      const price = priceOf({ ...once, ...request, model: modelNamed(id) })
      assert.deepInclude<object>(price, { providerCost: cost, credits, fallbackCost: null })
    })
  }

  for (const [what, id, request] of unknowable) {
    it(`${what} has no known price`, () => {
      const price = priceOf({ ...once, ...request, model: modelNamed(id) })
      assert.deepStrictEqual<object>(price, {
        credits: 17,
        providerCost: null,
        fallbackCost: 100_000,
        confidence: "unknown",
        source: "fallback"
      })
    })
  }

  for (const [id, request, source, confidence] of sources) {
    it(`the price of ${id} comes from the ${source} and is ${confidence}`, () => {
      assert.deepInclude<object>(priceOf({ ...once, ...request, model: modelNamed(id) }), { source, confidence })
    })
  }

  it.prop(
    "several outputs cost what they cost the operator together, never more than one by one",
    [microUsd, count],
    ([cost, outputCount]) => {
      const model = ruled({ _tag: "PerOutput", microUsd: cost })
      const one = priceOf({ ...once, model })
      const all = priceOf({ ...once, model, outputCount })
      assert.strictEqual<number | null>(all.providerCost, cost * outputCount)
      assert.isAtMost(all.credits, one.credits * outputCount)
      assert.isAtLeast(all.credits * 6_000, cost * outputCount)
    }
  )

  it.prop(
    "each further source adds its own cost",
    {
      source: microUsd,
      output: microUsd,
      referenceCount: Schema.Natural.check(Schema.isLessThanOrEqualTo(2)),
      outputCount: count
    },
    ({ output, outputCount, referenceCount, source }) => {
      const model = ruled({
        _tag: "SourcesAndOutputs",
        sourceMicroUsd: source,
        tiers: [{ when: {}, microUsd: output }],
        listed: {}
      })
      const { providerCost } = priceOf({ ...once, model, outputCount, referenceCount })
      assert.strictEqual<number | null>(providerCost, source * (1 + referenceCount) + output * outputCount)
    }
  )
})

describe("ModelPrice.listedPrice", () => {
  for (const [id, credits, providerCost, source, confidence] of listed) {
    it(`a list shows one output of ${id} at default settings for ${credits} credits`, () => {
      const price = listedPrice(modelNamed(id))
      assert.deepInclude<object>(price, { credits, providerCost, source, confidence })
    })
  }

  it("every tier is listed with its own price", () => {
    assert.deepStrictEqual<unknown>(
      tierPrices(modelNamed("xai.grok-imagine-image-quality-edit")).map(({ price, when }) => [when, price.credits]),
      [
        [{ resolution: "1k" }, 10],
        [{ resolution: "2k" }, 14]
      ]
    )
    assert.deepStrictEqual<unknown>(
      tierPrices(modelNamed("fal.nano-banana-pro")).map(({ price, when }) => [when, price.credits]),
      [
        [{ resolution: "1K" }, 25],
        [{ resolution: "2K" }, 25],
        [{ resolution: "4K" }, 50]
      ]
    )
    assert.deepStrictEqual(tierPrices(modelNamed("fal.flux-dev")), [])
  })
})

describe("ModelPrice.needsConfirmation", () => {
  it("an unknown cost at default settings has to be accepted, and no other", () => {
    for (const id of ["openai.gpt-image-2-edit", "fal.nano-banana-2-edit", "fal.dreamo", "fal.flux-dev-redux"]) {
      assert.isTrue(needsConfirmation(modelNamed(id)), id)
    }
    for (const id of ["local.storyboard", "fal.flux-dev", "fal.z-image-turbo", "openai.gpt-image-2"]) {
      assert.isFalse(needsConfirmation(modelNamed(id)), id)
    }
  })

  it("an edit that is priced by a size nobody named needs a confirmation, too", () => {
    const model = modelNamed("fal.z-image-turbo-image-to-image")
    assert.isTrue(needsConfirmation(model))
    assert.deepInclude(listedPrice(model), { providerCost: null, confidence: "unknown" })
  })
})
