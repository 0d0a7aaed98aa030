import { assert, describe, it } from "@effect/vitest"
import { toAnswer } from "@image-skill/core/envelope/EnvelopeErrors"
import { errorCodes } from "@image-skill/core/envelope/ErrorRegistry"
import type { Refusal } from "@image-skill/core/envelope/Refusal"
import { planCreate } from "@image-skill/core/jobs/CreatePlan"
import type { CreateRequest } from "@image-skill/core/jobs/CreateRequest"
import type { JobMedia } from "@image-skill/core/jobs/Job"
import type { MediaPlan } from "@image-skill/core/jobs/MediaPlan"
import { wishOf } from "@image-skill/core/jobs/MediaWish"
import type { Listed } from "@image-skill/core/models/Catalogue"
import * as Arbitrary from "effect/Arbitrary"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { deploymentOf, everything, offline } from "../models/Deployments.ts"
import { requestOf, understood } from "./PrintedCreate.ts"

const hosted = deploymentOf("xai", "fal", "local")

/** The owned picture that a reference names. */
const owned: JobMedia = {
  role: "reference_image",
  assetId: "image_owned",
  index: 0,
  referenceIndex: null,
  task: null,
  sha256: "0".repeat(64),
  mimeType: "image/png",
  contentLength: 1_000,
  size: { width: 512, height: 512 },
  visibility: "public"
}

const reference = { assetId: owned.assetId, role: "reference_image", index: 0 } as const

const plan = (request: CreateRequest, listed: ReadonlyArray<Listed>) =>
  planCreate(
    wishOf(request),
    listed,
    (request.references ?? []).map(() => owned)
  )

const planned = (request: CreateRequest, listed: ReadonlyArray<Listed> = everything): MediaPlan =>
  Result.getOrThrow(plan({ prompt: "a lighthouse at dusk", ...request }, listed))

const refusalOf = (request: CreateRequest, listed: ReadonlyArray<Listed> = everything): Refusal | null =>
  Result.match(plan({ prompt: "a lighthouse at dusk", ...request }, listed), {
    onSuccess: () => null,
    onFailure: (refusal) => refusal
  })

const codeOf = (request: CreateRequest, listed?: ReadonlyArray<Listed>): string =>
  refusalOf(request, listed)?.code ?? "planned"

/** contract/api.md 2.2: the checks that a plan makes, in order, each with a request that fails it and no other. */
const checks: ReadonlyArray<readonly [stage: string, fault: CreateRequest, code: string, says: string]> = [
  ["an unknown model", { model: "fal.nonsense" }, "MODEL_NOT_FOUND", "--model"],
  ["a blank prompt", { prompt: "" }, "INVALID_ARGUMENTS", "--prompt"],
  ["a parameter that does not fit", { modelParameters: { seed: "seven" } }, "MODEL_PARAMETERS_INVALID", "seed"],
  ["references where none are taken", { references: [reference] }, "INVALID_ARGUMENTS", "references"],
  ["a guard that is too low", { maxUsd: 0 }, "BUDGET_GUARD_EXCEEDED", "--max-usd"]
]

/** Every pair of faults in one request; the earlier check speaks. */
const pairs = checks.flatMap(([first, fault, code, says], index) =>
  checks
    .slice(index + 1)
    .map(([second, other]) => ({ first, second, request: { model: "fal.flux-dev", ...other, ...fault }, code, says }))
)

/** Every way a plan is refused: who runs what, the request, the code, and the flag or value that the message names. */
const refusals: ReadonlyArray<
  readonly [what: string, listed: ReadonlyArray<Listed>, request: CreateRequest, code: string, says: string]
> = [
  ["a blank prompt", everything, { prompt: "" }, "INVALID_ARGUMENTS", "--prompt"],
  ["a model that is nearly one", everything, { model: "fal.flux-dv" }, "MODEL_NOT_FOUND", "fal.flux-dev"],
  ["a model that is none", everything, { model: "nonsense" }, "MODEL_NOT_FOUND", "--model"],
  [
    "a model of another provider",
    everything,
    { provider: "xai", model: "fal.flux-dev" },
    "INVALID_ARGUMENTS",
    "--provider"
  ],
  [
    "a model that edits",
    everything,
    { model: "openai.gpt-image-1.5-edit" },
    "INVALID_ARGUMENTS",
    "works on an input image"
  ],
  [
    "a model that is only listed",
    everything,
    { model: "fal.imagen4-preview" },
    "MODEL_NOT_EXECUTABLE",
    "fal.imagen4-preview"
  ],
  ["a model without credentials", offline, { model: "fal.flux-dev" }, "MODEL_NOT_EXECUTABLE", "FAL_KEY"],
  ["a provider without credentials", offline, { provider: "fal" }, "MODEL_NOT_EXECUTABLE", "--provider"],
  ["no provider at all", deploymentOf(), {}, "MODEL_NOT_EXECUTABLE", "no model"],
  [
    "a parameter of another model",
    everything,
    { model: "fal.flux-dev", modelParameters: { raw: true } },
    "MODEL_PARAMETERS_INVALID",
    "--model-parameters-json"
  ],
  [
    "a parameter of no model",
    everything,
    { modelParameters: { colour: "red" } },
    "MODEL_PARAMETERS_INVALID",
    "--model-parameters-json"
  ],
  [
    "a ratio of another model",
    everything,
    { model: "fal.flux-dev", aspectRatio: "3:2" },
    "INVALID_ARGUMENTS",
    "--aspect-ratio"
  ],
  ["a ratio of no model", everything, { aspectRatio: "21:9" }, "INVALID_ARGUMENTS", "--aspect-ratio"],
  [
    "a ratio for sound",
    everything,
    { model: "fal.stable-audio-25-text-to-audio", aspectRatio: "16:9" },
    "INVALID_ARGUMENTS",
    "--aspect-ratio"
  ],
  [
    "more outputs than the model makes",
    everything,
    { model: "fal.flux-dev", outputCount: 2 },
    "INVALID_ARGUMENTS",
    "--output-count"
  ],
  ["more outputs than any model makes", everything, { outputCount: 11 }, "INVALID_ARGUMENTS", "--output-count"],
  [
    "an edge that the ratio makes too long",
    offline,
    { model: "local.storyboard", aspectRatio: "9:16", modelParameters: { width: 2_048 } },
    "MODEL_PARAMETERS_INVALID",
    "2048x3641"
  ],
  [
    "an edge that the ratio makes too short",
    offline,
    { model: "local.storyboard", aspectRatio: "16:9", modelParameters: { width: 256 } },
    "MODEL_PARAMETERS_INVALID",
    "256x144"
  ],
  [
    "pixels that contradict the ratio",
    offline,
    { model: "local.storyboard", aspectRatio: "16:9", modelParameters: { width: 512, height: 512 } },
    "INVALID_ARGUMENTS",
    "--aspect-ratio"
  ],
  ["references without a model", everything, { references: [reference] }, "INVALID_ARGUMENTS", "--model"],
  [
    "references for a model without them",
    everything,
    { model: "fal.flux-dev", references: [reference] },
    "INVALID_ARGUMENTS",
    "references"
  ],
  ["a cost that nobody knows", everything, { model: "fal.dreamo" }, "BUDGET_REQUIRES_CONFIRMATION", "fal.dreamo"],
  [
    "an accepted cost above the guard",
    everything,
    { model: "fal.dreamo", acceptUnknownCost: true, maxUsd: 0.16 },
    "BUDGET_GUARD_EXCEEDED",
    "--max-usd"
  ],
  [
    "a guard per output that is too low",
    everything,
    { model: "fal.flux-dev", maxEstimatedUsdPerImage: 0.04 },
    "BUDGET_GUARD_EXCEEDED",
    "--max-estimated-usd-per-image"
  ],
  [
    "a guard for the request that is too low",
    everything,
    { model: "xai.grok-imagine-image", outputCount: 3, maxUsd: 0.09 },
    "BUDGET_GUARD_EXCEEDED",
    "--max-usd"
  ],
  [
    "a guard below every model",
    everything,
    { maxEstimatedUsdPerImage: 0 },
    "BUDGET_GUARD_EXCEEDED",
    "--max-estimated-usd-per-image"
  ],
  ["a guard for the request below every model", everything, { maxUsd: 0.001 }, "BUDGET_GUARD_EXCEEDED", "--max-usd"],
  [
    "a guard for the request below every model, beside a generous one",
    everything,
    { maxEstimatedUsdPerImage: 10, maxUsd: 0.001 },
    "BUDGET_GUARD_EXCEEDED",
    "--max-usd 0.001"
  ],
  [
    "a guard that is too low, in a dry run",
    everything,
    { model: "fal.flux-dev", dryRun: true, maxUsd: 0 },
    "BUDGET_GUARD_EXCEEDED",
    "--max-usd"
  ]
]

/** contract/api.md 7.7, worked cases with the prices of part 13: dollars allowed for one output, choice, credits. */
const worked: ReadonlyArray<
  readonly [intent: string, guard: number | null, model: string, defaults: string, credits: number]
> = [
  ["explore", null, "xai.grok-imagine-image-quality", "resolution=2k", 12],
  ["explore", 0.12, "xai.grok-imagine-image-quality", "resolution=2k", 12],
  ["explore", 0.09, "xai.grok-imagine-image-quality", "resolution=1k", 9],
  ["explore", 0.07, "fal.flux-dev", "image_size=square_hd", 5],
  ["final", 0.04, "xai.grok-imagine-image", "", 4],
  ["draft", null, "fal.flux-dev", "image_size=square_hd", 5],
  ["final", 0.03, "fal.z-image-turbo", "image_size=square_hd", 1]
]

const cents = Schema.Natural.check(Schema.isLessThanOrEqualTo(40)).pipe((schema) =>
  Arbitrary.map(Arbitrary.schema(schema), (n) => n / 100)
)

const requests: Arbitrary.Arbitrary<CreateRequest> = Arbitrary.all({
  perOutput: cents,
  total: cents,
  chosen: Arbitrary.schema(
    Schema.Struct({
      model: Schema.NullOr(
        Schema.Literals([
          "fal.flux-dev",
          "fal.dreamo",
          "openai.gpt-image-2",
          "xai.grok-imagine-image",
          "xai.grok-imagine-image-quality",
          "local.storyboard"
        ])
      ),
      provider: Schema.NullOr(Schema.Literals(["xai", "openai"])),
      intent: Schema.Literals(["explore", "draft", "final"]),
      aspectRatio: Schema.Literals(["1:1", "1:1", "16:9", "3:2"]),
      outputCount: Schema.Literals([1, 1, 2, 3]),
      hasGuard: Schema.Boolean,
      hasTotal: Schema.Boolean,
      seed: Schema.Boolean,
      acceptUnknownCost: Schema.Boolean
    })
  )
}).pipe(
  Arbitrary.map(({ chosen, perOutput, total }) => ({
    intent: chosen.intent,
    aspectRatio: chosen.aspectRatio,
    outputCount: chosen.outputCount,
    acceptUnknownCost: chosen.acceptUnknownCost,
    ...(chosen.model === null ? {} : { model: chosen.model }),
    ...(chosen.provider === null || chosen.model !== null ? {} : { provider: chosen.provider }),
    ...(chosen.hasGuard ? { maxEstimatedUsdPerImage: perOutput } : {}),
    ...(chosen.hasTotal ? { maxUsd: total } : {}),
    ...(chosen.seed ? { modelParameters: { seed: 7 } } : {})
  }))
)

describe("CreatePlan.wishOf", () => {
  it("what a request leaves out has the contract's defaults", () => {
    assert.deepStrictEqual(wishOf({}), {
      operation: "create",
      prompt: "",
      media: [],
      visibility: null,
      provider: null,
      model: null,
      intent: "explore",
      aspectRatio: "1:1",
      outputCount: 1,
      parameters: {},
      guard: { perOutputUsd: null, totalUsd: null },
      acceptUnknownCost: false,
      dryRun: false
    })
  })

  it("what a request says is kept, a guard of nothing too", () => {
    assert.deepInclude(wishOf({ intent: "final", maxUsd: 0, maxEstimatedUsdPerImage: 0, outputCount: 3 }), {
      intent: "final",
      outputCount: 3,
      guard: { perOutputUsd: 0, totalUsd: 0 }
    })
  })
})

describe("CreatePlan.plan", () => {
  it("a plan says what will be made, by whom, for how much and why", () => {
    const { expected, modelParameters, price, selection, ...rest } = planned(
      { intent: "final", maxEstimatedUsdPerImage: 0.12 },
      hosted
    )
    assert.deepInclude(rest, { prompt: "a lighthouse at dusk", aspectRatio: "1:1", outputCount: 1, warnings: [] })
    assert.deepInclude<object>(price, {
      credits: 12,
      providerCost: 70_000,
      source: "model_parameters",
      confidence: "known"
    })
    assert.deepStrictEqual(expected, { resolutionClass: "2k", size: null, minShortEdge: 2_048 })
    assert.deepInclude(selection, {
      policy: "hosted_default_create_v1",
      intent: "final",
      intentClass: "final",
      parameterKeys: ["resolution"],
      defaultsApplied: ["resolution=2k"],
      output: expected,
      considered: [{ capabilityId: "is.image.generate.xai-grok-imagine-image-quality.v1", outcome: "selected" }],
      preferredCredits: null
    })
    assert.deepStrictEqual(modelParameters, {
      acceptedKeys: ["resolution"],
      provenance: { resolution: "default_policy" }
    })
  })

  it("a named model is planned with the caller's parameters, and what was filled in is told apart", () => {
    const { modelParameters, selection } = planned({ model: "openai.gpt-image-2", modelParameters: { quality: "low" } })
    assert.strictEqual(selection.policy, "explicit_model")
    assert.deepStrictEqual(modelParameters.provenance, { quality: "request", size: "default_policy" })
  })

  for (const [intent, guard, id, defaults, credits] of worked) {
    it(`${intent} with ${guard === null ? "no guard" : `a guard of ${guard}`} is ${id} for ${credits} credits`, () => {
      const { model, price, selection } = planned(
        { intent, ...(guard === null ? {} : { maxEstimatedUsdPerImage: guard }) },
        hosted
      )
      assert.deepStrictEqual<unknown>(
        [model.id, selection.defaultsApplied.join(), price.credits],
        [id, defaults, credits]
      )
    })
  }

  it("1:1 is ignored by a model that has no aspect ratio, because published clients always send it", () => {
    assert.strictEqual(planned({ model: "fal.stable-audio-25-text-to-audio", aspectRatio: "1:1" }).price.credits, 34)
    assert.strictEqual(planned({ model: "fal.ltx-video-13b-distilled", aspectRatio: "1:1" }).price.credits, 7)
  })

  it("1:1 does not contradict exact pixels, for the same reason", () => {
    for (const model of [{}, { model: "local.storyboard" }]) {
      const { expected } = planned(
        { ...model, aspectRatio: "1:1", modelParameters: { width: 1600, height: 900 } },
        offline
      )
      assert.deepStrictEqual(expected.size, { width: 1600, height: 900 })
    }
  })

  it("pixels that are the ratio, to the nearest pixel, do not contradict it", () => {
    assert.strictEqual(
      codeOf({ model: "local.storyboard", aspectRatio: "16:9", modelParameters: { width: 1000, height: 563 } }),
      "planned"
    )
  })

  it("a default whose cost would have to be accepted first is passed over while another has a known one", () => {
    const wide = { aspectRatio: "3:2" }
    const { model, price, selection } = planned(wide, deploymentOf("fal"))
    assert.strictEqual(price.confidence, "known")
    assert.notStrictEqual(model.id, "fal.z-image-turbo")
    assert.include(
      selection.considered.map(({ outcome }) => outcome),
      "unsupported"
    )
    assert.strictEqual(codeOf(wide, deploymentOf("openai")), "BUDGET_REQUIRES_CONFIRMATION")
  })

  it("several outputs are priced together and guarded each", () => {
    const three = { model: "xai.grok-imagine-image-quality", modelParameters: { resolution: "1k" }, outputCount: 3 }
    assert.strictEqual<number>(planned(three).price.credits, 25)
    assert.strictEqual(codeOf({ ...three, maxEstimatedUsdPerImage: 0.084 }), "planned")
    assert.strictEqual(codeOf({ ...three, maxEstimatedUsdPerImage: 0.083 }), "BUDGET_GUARD_EXCEEDED")
    assert.strictEqual(codeOf({ ...three, maxUsd: 0.25 }), "planned")
    assert.strictEqual(codeOf({ ...three, maxUsd: 0.24 }), "BUDGET_GUARD_EXCEEDED")
  })

  it("an embedded default is told to be no neural model, and a named one needs no telling", () => {
    assert.include(planned({}, offline).warnings.join(), "not a neural model")
    assert.deepStrictEqual(planned({ model: "local.storyboard" }, offline).warnings, [])
  })

  it("a lower choice that a guard forces is told with the credits of the preferred one", () => {
    const { selection, warnings } = planned({ maxEstimatedUsdPerImage: 0.07 }, hosted)
    assert.strictEqual(selection.preferredCredits, 12)
    assert.include(warnings.join(), "12 credits")
  })

  it("an unknown cost is reserved by its stand-in once it is accepted, and told", () => {
    const { price, warnings } = planned({ model: "fal.dreamo", acceptUnknownCost: true })
    assert.deepInclude<object>(price, { credits: 17, providerCost: null, fallbackCost: 100_000 })
    assert.include(warnings.join(), "not known before the run")
  })

  it("a dry run of an unknown cost is no error, and says what a live run needs", () => {
    assert.include(planned({ model: "fal.dreamo", dryRun: true }).warnings.join(), "--accept-unknown-cost")
  })

  it("an unknown cost is refused with the flag that accepts it", () => {
    assert.strictEqual(refusalOf({ model: "fal.dreamo" })?.recovery?.requiredFlag, "--accept-unknown-cost")
  })
})

describe("CreatePlan.plan refuses", () => {
  for (const [what, listed, request, code, says] of refusals) {
    it(`${what} with ${code}, and says where it stands`, () => {
      const refusal = refusalOf(request, listed)
      assert.strictEqual(refusal?.code, code)
      assert.include(refusal?.message, says)
    })

    it(`${what} with a next command that this program has`, () => {
      const refusal = refusalOf(request, listed)
      const { suggestedCommand } = refusal?.recovery ?? {}
      assert.isDefined(suggestedCommand, "every failure names the next command")
      assert.deepStrictEqual(understood(suggestedCommand).unknown, [])
      if (suggestedCommand.path[0] === "create") {
        const again = refusalOf(requestOf(suggestedCommand, "a lighthouse at dusk"), listed)
        assert.notStrictEqual(again?.message, refusal?.message, "the advice leads back to where it came from")
      }
      assert.match(refusal?.recovery?.docsUrl ?? "", /^https:\/\/image-skill\.com\/cli\.md#image-skill-/u)
      assert.include<string>(errorCodes, refusal?.code ?? "")
    })
  }

  for (const { code, first, request, says, second } of pairs) {
    it(`${first} before ${second}`, () => {
      const refusal = refusalOf(request)
      assert.strictEqual(refusal?.code, code)
      assert.include(refusal?.message, says)
    })
  }

  it("without ever repeating the prompt or a parameter's value", () => {
    const prompt = "a PROMPTCANARY at dusk"
    const secret = "sk_test_PARAMETERCANARY"
    for (const [what, listed, request] of refusals) {
      const modelParameters = { ...request.modelParameters, seed: secret, style: { inner: [secret] } }
      for (const sent of [request, { ...request, modelParameters }]) {
        const refusal = refusalOf({ prompt, ...sent }, listed)
        if (refusal === null) continue
        const { envelope } = toAnswer(refusal, {
          command: "image-skill create",
          traceId: "trace_1",
          actor: null,
          effect: "spend"
        })
        assert.notInclude(JSON.stringify(envelope), "PROMPTCANARY", what)
        assert.notInclude(refusal.message, "PARAMETERCANARY", what)
        assert.notInclude(JSON.stringify(refusal.details ?? null), "PARAMETERCANARY", what)
      }
    }
  })

  it.prop(
    "a model that is chosen as strictly as one that is named",
    [
      Schema.Struct({
        width: Schema.optionalKey(Schema.Literals([200, 256, 700, 1_000, 2_048])),
        height: Schema.optionalKey(Schema.Literals([256, 512, 1_280, 2_049])),
        seed: Schema.optionalKey(Schema.Literals([0, -1]))
      }),
      Schema.Literals(["1:1", "16:9", "9:16", "21:9"]),
      Schema.Literals([1, 4, 5])
    ],
    ([modelParameters, aspectRatio, outputCount]) => {
      const request = { modelParameters, aspectRatio, outputCount }
      assert.strictEqual(codeOf(request, offline), codeOf({ ...request, model: "local.storyboard" }, offline))
    },
    { arbitrary: { runs: 300 } }
  )

  it.prop(
    "a budget only until its own advice is followed, at most once for each guard",
    [requests],
    ([request]) => {
      let sent: CreateRequest = request
      for (const step of [1, 2, 3, 4]) {
        const refusal = refusalOf(sent)
        if (refusal === null || !refusal.code.startsWith("BUDGET_")) return
        assert.notStrictEqual(step, 4, JSON.stringify([request, sent, refusal.message]))
        const { suggestedCommand } = refusal.recovery ?? {}
        if (suggestedCommand === undefined) return assert.fail("no advice")
        sent = requestOf(suggestedCommand, "a lighthouse at dusk")
      }
    },
    { arbitrary: { runs: 500 } }
  )

  it.prop(
    "nothing that keeps every guard, and plans nothing that breaks one",
    [requests],
    ([request]) => {
      const result = plan({ prompt: "a", ...request }, everything)
      if (Result.isFailure(result)) return
      const { outputCount, price } = result.success
      const debit = price.credits / 100
      assert.isAtMost(debit / outputCount, (request.maxEstimatedUsdPerImage ?? Number.POSITIVE_INFINITY) + 1e-9)
      assert.isAtMost(debit, (request.maxUsd ?? Number.POSITIVE_INFINITY) + 1e-9)
      assert.isTrue(price.confidence !== "unknown" || request.acceptUnknownCost === true)
    },
    { arbitrary: { runs: 500 } }
  )
})
