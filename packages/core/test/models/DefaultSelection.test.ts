import { assert, describe, it } from "@effect/vitest"
import { isRunnable, type Listed } from "@image-skill/core/models/Catalogue"
import {
  type Budget,
  type IntentClass,
  choose,
  chooseNamed,
  intentClass,
  preferenceOrder,
  type Selection,
  takesRatio,
  type Wish
} from "@image-skill/core/models/DefaultSelection"
import type { Model } from "@image-skill/core/models/Model"
import { problems } from "@image-skill/core/models/Parameters"
import * as Schema from "effect/Schema"
import { deploymentOf, everything, modelNamed, offline } from "./Deployments.ts"

const quality = "xai.grok-imagine-image-quality"

/** Credits of one output, as contract/api.md 13 gives them; 17 where nobody knows the cost beforehand. */
const flat: { readonly [id: string]: number } = {
  "fal.flux-dev": 5,
  "xai.grok-imagine-image": 4,
  "fal.flux-pro-v1-1-ultra": 10,
  "fal.gemini-3-pro-image-preview": 25,
  "fal.nano-banana-pro": 25,
  "fal.bytedance-seedream-v4-5-text-to-image": 7,
  "fal.bytedance-seedream-v5-lite-text-to-image": 6,
  "fal.kling-image-o3-text-to-image": 5,
  "fal.kling-image-v3-text-to-image": 5,
  "local.storyboard": 0
}

const creditsOfOne = ({ id }: Model, parameters: Wish["parameters"]): number => {
  if (id === quality) return parameters["resolution"] === "2k" ? 12 : 9
  if (id === "fal.z-image-turbo") return parameters["image_size"] === undefined ? 17 : 1
  if (id === "openai.gpt-image-2")
    return parameters["quality"] === "low" ? 1 : parameters["quality"] === "medium" ? 9 : 17
  if (id === "openai.gpt-image-1.5")
    return parameters["quality"] === "low" ? 2 : parameters["quality"] === "medium" ? 6 : 17
  return flat[id] ?? 17
}

const listedCredits = (model: Model): number =>
  ({ "fal.z-image-turbo": 1, "openai.gpt-image-2": 9, "openai.gpt-image-1.5": 6 })[model.id] ?? creditsOfOne(model, {})

/** The one whose cost nobody knows beforehand. */
const unsettled = "openai.gpt-image-1.5"

/** The debit of one output must not be above the guard, in cents. */
const budgetOf = (outputCount: number, guard: number | null): Budget => ({
  isSettled: ({ id }) => id !== unsettled,
  credits: (model, parameters) => creditsOfOne(model, parameters) * outputCount,
  fits: (credits) => guard === null || credits / outputCount <= guard
})

interface Asked extends Partial<Wish> {
  /** Cents for one output. */
  readonly guard?: number
}

const wishOf = (asked: Asked): Wish => ({
  intent: "explore",
  provider: null,
  aspectRatio: "1:1",
  outputCount: 1,
  parameters: {},
  ...asked
})

const select = (listed: ReadonlyArray<Listed>, asked: Asked): Selection => {
  const wish = wishOf(asked)
  const ordered = preferenceOrder(listed, intentClass(wish.intent), listedCredits)
  return choose(ordered, wish, budgetOf(wish.outputCount, asked.guard ?? null))
}

const hosted = deploymentOf("xai", "fal", "local")

/** contract/api.md 7.7, worked cases and rules: what is chosen, with which parameters filled in. */
const chosen: ReadonlyArray<
  readonly [what: string, listed: ReadonlyArray<Listed>, asked: Asked, model: string, defaults: ReadonlyArray<string>]
> = [
  ["exploring without a guard", hosted, {}, quality, ["resolution=2k"]],
  ["exploring with a guard of 12 cents", hosted, { guard: 12 }, quality, ["resolution=2k"]],
  ["exploring with a guard of 9 cents", hosted, { guard: 9 }, quality, ["resolution=1k"]],
  ["exploring with a guard of 7 cents", hosted, { guard: 7 }, "fal.flux-dev", ["image_size=square_hd"]],
  ["a final with a guard of 4 cents", hosted, { intent: "final", guard: 4 }, "xai.grok-imagine-image", []],
  ["a draft", hosted, { intent: "draft" }, "fal.flux-dev", ["image_size=square_hd"]],
  [
    "a final with a guard of 3 cents",
    hosted,
    { intent: "final", guard: 3 },
    "fal.z-image-turbo",
    ["image_size=square_hd"]
  ],
  ["a final without a guard", hosted, { intent: "final" }, quality, ["resolution=2k"]],
  ["a draft where the first choice cannot run", deploymentOf("xai"), { intent: "draft" }, quality, ["resolution=1k"]],
  ["a draft with a guard of 4 cents", hosted, { intent: "draft", guard: 4 }, "xai.grok-imagine-image", []],
  [
    "a guard of 3 cents where a listed model of the policy fits",
    everything,
    { guard: 3 },
    "openai.gpt-image-2",
    ["quality=low", "size=1024x1024"]
  ],
  ["only one provider, asked for", everything, { provider: "fal" }, "fal.flux-dev", ["image_size=square_hd"]],
  [
    "only one provider, asked for as a draft",
    everything,
    { provider: "xai", intent: "draft" },
    quality,
    ["resolution=1k"]
  ],
  [
    "a provider whose tier is a quality",
    everything,
    { provider: "openai" },
    "openai.gpt-image-2",
    ["quality=medium", "size=1024x1024"]
  ],
  [
    "such a provider with a guard",
    everything,
    { provider: "openai", guard: 8 },
    "openai.gpt-image-2",
    ["quality=low", "size=1024x1024"]
  ],
  [
    "such a provider and a wide picture",
    everything,
    { provider: "openai", aspectRatio: "16:9" },
    "openai.gpt-image-2",
    ["quality=medium", "size=1536x1024"]
  ],
  [
    "such a provider and a tall picture",
    everything,
    { provider: "openai", aspectRatio: "2:3" },
    "openai.gpt-image-2",
    ["quality=medium", "size=1024x1536"]
  ],
  [
    "a wide picture",
    everything,
    { provider: "fal", aspectRatio: "16:9" },
    "fal.flux-dev",
    ["image_size=landscape_16_9"]
  ],
  [
    "a tall picture",
    everything,
    { provider: "fal", aspectRatio: "9:16" },
    "fal.flux-dev",
    ["image_size=portrait_16_9"]
  ],
  ["an old screen", everything, { provider: "fal", aspectRatio: "4:3" }, "fal.flux-dev", ["image_size=landscape_4_3"]],
  ["an old portrait", everything, { provider: "fal", aspectRatio: "3:4" }, "fal.flux-dev", ["image_size=portrait_4_3"]],
  [
    "a ratio that the first model of a provider does not know",
    everything,
    { provider: "fal", aspectRatio: "3:2", guard: 8 },
    "fal.kling-image-o3-text-to-image",
    []
  ],
  [
    "more outputs than the first models make",
    everything,
    { provider: "fal", outputCount: 2 },
    "fal.kling-image-o3-text-to-image",
    []
  ],
  ["as many outputs as only some make", everything, { outputCount: 10, guard: 4 }, "xai.grok-imagine-image", []],
  [
    "a parameter that the first model refuses",
    everything,
    { parameters: { seed: 7 } },
    "fal.flux-dev",
    ["image_size=square_hd"]
  ],
  ["a parameter of one model only", everything, { parameters: { raw: true } }, "fal.flux-pro-v1-1-ultra", []],
  [
    "a value that only one family takes",
    everything,
    { parameters: { resolution: "4K" } },
    "fal.gemini-3-pro-image-preview",
    []
  ],
  ["a tier that the caller names", everything, { parameters: { resolution: "1k" } }, quality, []],
  [
    "a tier that the caller names for a draft",
    everything,
    { intent: "draft", parameters: { resolution: "2k" } },
    quality,
    []
  ],
  [
    "a size that the caller names",
    everything,
    { provider: "fal", parameters: { image_size: "square" } },
    "fal.flux-dev",
    []
  ],
  [
    "a quality that the caller names",
    everything,
    { parameters: { quality: "low" } },
    "openai.gpt-image-2",
    ["size=1024x1024"]
  ],
  ["a machine without credentials", offline, {}, "local.storyboard", []],
  [
    "a machine without credentials, asked for a final",
    offline,
    { intent: "final", outputCount: 4 },
    "local.storyboard",
    []
  ],
  ["a machine without credentials that may charge nothing", offline, { guard: 0 }, "local.storyboard", []],
  ["an embedded model asked for by its provider", everything, { provider: "local" }, "local.storyboard", []]
]

/** What cannot be chosen, and why. */
const refused: ReadonlyArray<readonly [what: string, listed: ReadonlyArray<Listed>, asked: Asked, reason: string]> = [
  ["no provider at all", deploymentOf(), {}, "NothingRunnable"],
  ["a provider that cannot run", hosted, { provider: "openai" }, "NothingRunnable"],
  ["a provider that nobody knows", everything, { provider: "acme" }, "NothingRunnable"],
  ["a ratio that no create knows", everything, { aspectRatio: "auto" }, "NothingFitting"],
  ["a ratio that is not offered", everything, { aspectRatio: "21:9" }, "NothingFitting"],
  ["more outputs than anybody makes", everything, { outputCount: 11 }, "NothingFitting"],
  ["more outputs than the embedded model makes", offline, { outputCount: 5 }, "NothingFitting"],
  ["a parameter that no model has", everything, { parameters: { colour: "red" } }, "NothingFitting"],
  [
    "parameters that no model has together",
    everything,
    { parameters: { raw: true, quality: "low" } },
    "NothingFitting"
  ],
  ["a guard of nothing where hosted models run", everything, { guard: 0 }, "OverBudget 1"],
  ["a guard below the cheapest tier of a provider", deploymentOf("xai"), { guard: 3 }, "OverBudget 4"],
  [
    "a guard below the only tier that fits",
    everything,
    { parameters: { resolution: "4K" }, guard: 24 },
    "OverBudget 25"
  ],
  ["a guard below several outputs", everything, { outputCount: 3, provider: "xai", guard: 3 }, "OverBudget 12"]
]

/** A lower model or tier that a guard forces is told, with the credits of what the policy prefers (decision D1.6). */
const downgrades: ReadonlyArray<readonly [asked: Asked, preferred: string | null, credits: number]> = [
  [{}, null, 0],
  [{ guard: 13 }, null, 0],
  [{ guard: 12 }, null, 0],
  [{ guard: 9 }, quality, 12],
  [{ guard: 7 }, quality, 12],
  [{ guard: 3, intent: "final" }, quality, 12],
  [{ guard: 7, outputCount: 2 }, quality, 24],
  [{ guard: 9, parameters: { resolution: "1k" } }, null, 0],
  [{ intent: "draft" }, null, 0],
  [{ intent: "draft", guard: 4 }, "fal.flux-dev", 5]
]

const receipts: ReadonlyArray<
  readonly [asked: Asked, considered: ReadonlyArray<readonly [id: string, outcome: string]>]
> = [
  [{}, [[quality, "selected"]]],
  [
    { guard: 4 },
    [
      [quality, "over_budget"],
      ["fal.flux-dev", "over_budget"],
      ["xai.grok-imagine-image", "selected"]
    ]
  ],
  [
    { parameters: { quality: "low" } },
    [
      [quality, "unsupported"],
      ["fal.flux-dev", "unsupported"],
      ["xai.grok-imagine-image", "unsupported"],
      ["openai.gpt-image-2", "selected"]
    ]
  ]
]

const classes: { readonly [intent: string]: string } = {
  cheap: "budget_draft",
  budget: "budget_draft",
  draft: "budget_draft",
  test: "budget_draft",
  final: "final",
  finalize: "final",
  hero: "final",
  product: "final",
  "product-shot": "final",
  campaign: "final",
  publication: "final",
  deliverable: "final",
  explore: "general",
  anything: "general",
  "": "general",
  " Draft\n": "budget_draft",
  FINAL: "final",
  drafts: "general",
  "product shot": "general",
  constructor: "general",
  toString: "general"
}

const chosenOf = (selection: Selection) => (selection._tag === "Chosen" ? selection.chosen : null)

const reasonOf = (selection: Selection): string =>
  selection._tag === "OverBudget" ? `OverBudget ${selection.cheapestCredits}` : selection._tag

const wishes = Schema.Struct({
  providers: Schema.Array(Schema.Literals(["xai", "fal", "openai", "local"])),
  intent: Schema.Literals(["explore", "draft", "final"]),
  provider: Schema.NullOr(Schema.Literals(["xai", "fal", "openai", "local"])),
  aspectRatio: Schema.Literals(["1:1", "1:1", "16:9", "3:2", "auto"]),
  outputCount: Schema.Literals([1, 1, 2, 4, 10]),
  parameters: Schema.Struct({
    seed: Schema.optionalKey(Schema.Literal(7)),
    resolution: Schema.optionalKey(Schema.Literals(["1k", "2k", "4K"])),
    quality: Schema.optionalKey(Schema.Literals(["low", "auto"]))
  }),
  guard: Schema.NullOr(Schema.Natural.check(Schema.isLessThanOrEqualTo(30)))
})

describe("DefaultSelection.intentClass", () => {
  for (const [intent, expected] of Object.entries(classes)) {
    it(`${JSON.stringify(intent)} is ${expected}`, () => {
      assert.strictEqual(intentClass(intent), expected)
    })
  }
})

const idsOf = (intent: IntentClass) => preferenceOrder(everything, intent, listedCredits).map(({ model }) => model.id)

describe("DefaultSelection.preferenceOrder", () => {
  it("quality comes first, but for drafts the cheaper model does", () => {
    const rest = ["xai.grok-imagine-image", "openai.gpt-image-2"]
    assert.deepStrictEqual(idsOf("general").slice(0, 4), [quality, "fal.flux-dev", ...rest])
    assert.deepStrictEqual(idsOf("final").slice(0, 4), [quality, "fal.flux-dev", ...rest])
    assert.deepStrictEqual(idsOf("budget_draft").slice(0, 4), ["fal.flux-dev", quality, ...rest])
  })

  it("the other image models follow by ascending debit, and the embedded one is last", () => {
    assert.deepStrictEqual(idsOf("general").slice(4), [
      "fal.z-image-turbo",
      "fal.kling-image-o3-text-to-image",
      "fal.kling-image-v3-text-to-image",
      "openai.gpt-image-1.5",
      "fal.bytedance-seedream-v5-lite-text-to-image",
      "fal.bytedance-seedream-v4-5-text-to-image",
      "fal.flux-pro-v1-1-ultra",
      "fal.nano-banana-2",
      "fal.dreamo",
      "fal.imagen4-preview",
      "fal.imagen4-preview-fast",
      "fal.imagen4-preview-ultra",
      "fal.gemini-3-pro-image-preview",
      "fal.nano-banana-pro",
      "local.storyboard"
    ])
  })
})

describe("DefaultSelection.choose", () => {
  for (const [what, listed, asked, id, defaults] of chosen) {
    it(`for ${what}, ${id} is chosen`, () => {
      const found = chosenOf(select(listed, asked))
      assert.strictEqual(found?.model.id, id)
      assert.deepStrictEqual(found?.defaultsApplied, defaults)
      const filled = defaults.map((text): readonly [string, string] => [
        text.slice(0, text.indexOf("=")),
        text.slice(text.indexOf("=") + 1)
      ])
      assert.deepStrictEqual(found?.parameters, { ...asked.parameters, ...Object.fromEntries(filled) })
    })
  }

  for (const [what, listed, asked, reason] of refused) {
    it(`${what} ends in ${reason}`, () => {
      assert.strictEqual(reasonOf(select(listed, asked)), reason)
    })
  }

  for (const [asked, preferred, credits] of downgrades) {
    it(`${JSON.stringify(asked)} ${preferred === null ? "is no downgrade" : `is told as a downgrade from ${credits} credits`}`, () => {
      const from = chosenOf(select(hosted, asked))?.downgradedFrom ?? null
      assert.deepStrictEqual(
        from === null ? null : [from.model.id, from.credits],
        preferred === null ? null : [preferred, credits]
      )
    })
  }

  for (const [asked, expected] of receipts) {
    it(`the receipt of ${JSON.stringify(asked)} lists what was passed over, and why`, () => {
      const selection = select(everything, asked)
      const considered = selection._tag === "Chosen" ? selection.considered : []
      assert.deepStrictEqual<unknown>(
        considered.map(({ model, outcome }) => [model.id, outcome]),
        expected
      )
    })
  }

  it.prop(
    "what is chosen can run, takes the wish, keeps the guard, and is embedded only where nothing hosted runs",
    [wishes],
    ([{ guard, providers, ...wish }]) => {
      const listed = deploymentOf(...providers)
      const selection = select(listed, { ...wish, ...(guard === null ? {} : { guard }) })
      const runs = listed.filter(
        (row) => isRunnable(row) && (wish.provider === null || row.model.provider === wish.provider)
      )
      const images = runs.filter(({ model }) => model.operation === "image.generate")
      assert.strictEqual(selection._tag === "NothingRunnable", images.length === 0)
      const found = chosenOf(selection)
      if (found === null) return
      const { model, parameters } = found
      assert.include(
        images.map((row) => row.model),
        model
      )
      assert.strictEqual(
        model.provider === "local",
        images.every((row) => row.model.provider === "local")
      )
      assert.isTrue(takesRatio(model, wish.aspectRatio) && wish.outputCount <= model.maxOutputs)
      assert.deepStrictEqual(problems(model, parameters), [])
      assert.deepInclude(parameters, wish.parameters)
      assert.isAtMost(creditsOfOne(model, parameters), guard ?? Number.POSITIVE_INFINITY)
    },
    { arbitrary: { runs: 500 } }
  )

  it.prop(
    "a guard raised to what a refusal names is sufficient",
    [wishes],
    ([{ guard, providers, ...wish }]) => {
      const listed = deploymentOf(...providers)
      const selection = select(listed, { ...wish, guard: guard ?? 0 })
      if (selection._tag !== "OverBudget") return
      const raised = select(listed, { ...wish, guard: selection.cheapestCredits / wish.outputCount })
      assert.strictEqual(raised._tag, "Chosen")
    },
    { arbitrary: { runs: 500 } }
  )
})

const named = (id: string, asked: Asked) => {
  const wish = wishOf(asked)
  return chooseNamed(modelNamed(id), wish, budgetOf(wish.outputCount, asked.guard ?? null))
}

describe("DefaultSelection.chooseNamed", () => {
  it("a named model still gets its tier, as far as the guard allows", () => {
    assert.deepStrictEqual(named(quality, {}).defaultsApplied, ["resolution=2k"])
    assert.deepStrictEqual(named(quality, { guard: 9 }).defaultsApplied, ["resolution=1k"])
    assert.deepStrictEqual(named(quality, { intent: "draft" }).defaultsApplied, ["resolution=1k"])
    assert.deepStrictEqual(named("openai.gpt-image-2", { guard: 5 }).defaultsApplied, ["quality=low", "size=1024x1024"])
    assert.deepStrictEqual(named("openai.gpt-image-1.5", {}).defaultsApplied, ["size=1024x1024"])
    assert.deepStrictEqual(named("fal.flux-dev", { aspectRatio: "9:16" }).defaultsApplied, ["image_size=portrait_16_9"])
    assert.deepStrictEqual(named("fal.nano-banana-pro", {}).defaultsApplied, [])
    assert.deepStrictEqual(named("local.storyboard", {}).defaultsApplied, [])
  })

  it("where no tier fits the guard the lowest is left, for the guard to refuse", () => {
    assert.deepStrictEqual(named(quality, { guard: 1 }).defaultsApplied, ["resolution=1k"])
  })

  it("a lower tier is told, and a tier that the caller named is not", () => {
    assert.strictEqual(named(quality, { guard: 9 }).downgradedFrom?.credits, 12)
    assert.isNull(named(quality, {}).downgradedFrom)
    assert.isNull(named(quality, { guard: 9, parameters: { resolution: "1k" } }).downgradedFrom)
  })
})

describe("DefaultSelection.takesRatio", () => {
  it("a ratio is taken where it is offered, or where published clients send it to a model that has none", () => {
    assert.isTrue(takesRatio(modelNamed("fal.flux-dev"), "16:9"))
    assert.isFalse(takesRatio(modelNamed("fal.flux-dev"), "3:2"))
    assert.isFalse(takesRatio(modelNamed("fal.flux-dev"), "auto"))
    assert.isTrue(takesRatio(modelNamed("fal.stable-audio-25-text-to-audio"), "1:1"))
    assert.isFalse(takesRatio(modelNamed("fal.stable-audio-25-text-to-audio"), "16:9"))
    assert.isTrue(takesRatio(modelNamed("fal.trellis-image-to-3d"), "auto"))
    assert.isFalse(takesRatio(modelNamed("fal.trellis-image-to-3d"), "1:1"))
  })
})
