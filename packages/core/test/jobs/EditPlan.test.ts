import { assert, describe, it } from "@effect/vitest"
import type { Refusal } from "@image-skill/core/envelope/Refusal"
import { planEdit } from "@image-skill/core/jobs/EditPlan"
import type { EditRequest } from "@image-skill/core/jobs/EditRequest"
import type { JobMedia } from "@image-skill/core/jobs/Job"
import type { MediaPlan } from "@image-skill/core/jobs/MediaPlan"
import { wishOfEdit } from "@image-skill/core/jobs/MediaWish"
import type { Listed } from "@image-skill/core/models/Catalogue"
import * as Result from "effect/Result"
import { deploymentOf, everything, offline } from "../models/Deployments.ts"

const hosted = deploymentOf("xai", "fal", "openai", "local")

/** What the names of assets stand for; anything else is a picture of 512 by 512 pixels. */
const facts: { readonly [assetId: string]: Partial<JobMedia> } = {
  image_film: { mimeType: "video/mp4" },
  image_wide: { size: { width: 512, height: 256 } },
  image_odd: { size: null },
  image_tiff: { mimeType: "image/tiff" },
  image_gif: { mimeType: "image/gif" },
  image_tiny: { size: { width: 64, height: 64 } }
}

type Request = Partial<EditRequest>

const plan = (request: Request, listed: ReadonlyArray<Listed>, isEmbedded = false) => {
  const wish = wishOfEdit({ inputAssetId: "image_source", prompt: "make it night", ...request })
  const media = wish.media.map((wished): JobMedia => ({
    ...wished,
    sha256: "0".repeat(64),
    mimeType: "image/png",
    contentLength: 1_000,
    size: { width: 512, height: 512 },
    visibility: "public",
    ...facts[wished.assetId]
  }))
  return planEdit(wish, listed, media, { isEmbedded })
}

const planned = (request: Request, listed: ReadonlyArray<Listed> = everything, isEmbedded = false): MediaPlan =>
  Result.getOrThrow(plan(request, listed, isEmbedded))

const refusalOf = (request: Request, listed: ReadonlyArray<Listed>, isEmbedded = false): Refusal =>
  Result.match(plan(request, listed, isEmbedded), {
    onSuccess: ({ model }) => assert.fail(`${model.id} takes it`),
    onFailure: (refusal) => refusal
  })

const many = (count: number) => Array.from({ length: count }, (_, index) => `image_more${index}`)
const promptless = { prompt: "" }
const wrong = { modelParameters: { nonsense: 1 } }

/** Every way a plan is refused: the request, the code, and what the message or the details name. */
const refusals: ReadonlyArray<
  readonly [what: string, listed: ReadonlyArray<Listed>, request: Request, code: string, says: string]
> = [
  ["a model that is none", everything, { model: "fal.nonsense" }, "MODEL_NOT_FOUND", "--model"],
  ["a model of create", everything, { model: "fal.flux-dev" }, "INVALID_ARGUMENTS", "cannot be used by edit"],
  [
    "a model of another provider",
    everything,
    { model: "fal.flux-pro-kontext", provider: "xai" },
    "INVALID_ARGUMENTS",
    "--provider"
  ],
  ["a model without its key", offline, { model: "fal.flux-pro-kontext" }, "MODEL_NOT_EXECUTABLE", "FAL_KEY"],
  ["no prompt", everything, { model: "fal.flux-pro-kontext", ...promptless }, "INVALID_ARGUMENTS", "--prompt"],
  ["a prompt too many", everything, { model: "local.adjust" }, "INVALID_ARGUMENTS", "--prompt"],
  [
    "a parameter that is none",
    everything,
    { model: "fal.flux-pro-kontext", ...wrong },
    "MODEL_PARAMETERS_INVALID",
    "nonsense"
  ],
  [
    "a ratio that is not offered",
    everything,
    { model: "fal.flux-pro-kontext", aspectRatio: "7:3" },
    "INVALID_ARGUMENTS",
    "--aspect-ratio"
  ],
  [
    "a film",
    everything,
    { model: "fal.flux-pro-kontext", inputAssetId: "image_film" },
    "INPUT_POLICY_DENIED",
    "input_asset_id"
  ],
  [
    "a film among further inputs",
    everything,
    { model: "openai.gpt-image-2-edit", acceptUnknownCost: true, additionalInputAssetIds: ["image_b", "image_film"] },
    "INPUT_POLICY_DENIED",
    "additional_input_asset_ids[1]"
  ],
  [
    "more inputs than the model takes",
    everything,
    { model: "fal.flux-pro-kontext", additionalInputAssetIds: many(1) },
    "INVALID_ARGUMENTS",
    "1 input"
  ],
  [
    "more inputs than any model takes",
    deploymentOf("fal"),
    { additionalInputAssetIds: many(15) },
    "INVALID_ARGUMENTS",
    "16 were given"
  ],
  [
    "a mask where none is taken",
    everything,
    { model: "fal.flux-pro-kontext", maskAssetId: "image_mask" },
    "INVALID_ARGUMENTS",
    "--mask"
  ],
  [
    "no mask where one is needed",
    everything,
    { model: "fal.ideogram-v2-edit", acceptUnknownCost: true },
    "INVALID_ARGUMENTS",
    "--mask"
  ],
  [
    "a mask of another type",
    everything,
    { model: "fal.ideogram-v2-edit", acceptUnknownCost: true, maskAssetId: "image_gif" },
    "INPUT_POLICY_DENIED",
    "mask_asset_id"
  ],
  [
    "a mask of another size",
    everything,
    { model: "fal.ideogram-v2-edit", acceptUnknownCost: true, maskAssetId: "image_wide" },
    "INPUT_POLICY_DENIED",
    "512x512"
  ],
  [
    "a mask over a picture of unknown size",
    everything,
    { model: "fal.ideogram-v2-edit", acceptUnknownCost: true, inputAssetId: "image_odd", maskAssetId: "image_mask" },
    "INPUT_POLICY_DENIED",
    "unknown"
  ],
  [
    "more outputs than it makes",
    everything,
    { model: "fal.flux-pro-kontext", outputCount: 20 },
    "INVALID_ARGUMENTS",
    "--output-count"
  ],
  [
    "a cost that nobody knows",
    everything,
    { model: "openai.gpt-image-2-edit" },
    "BUDGET_REQUIRES_CONFIRMATION",
    "openai.gpt-image-2-edit"
  ],
  [
    "a guard that is too low",
    everything,
    { model: "fal.flux-pro-kontext", maxUsd: 0.01 },
    "BUDGET_GUARD_EXCEEDED",
    "--max-usd"
  ],
  [
    "references where none are taken",
    everything,
    { model: "fal.flux-pro-kontext", references: [{ assetId: "image_r", role: "reference_image", index: 0 }] },
    "INVALID_ARGUMENTS",
    "reference"
  ],
  ["a photograph, offline, with a prompt", offline, {}, "INPUT_POLICY_DENIED", "local.adjust"],
  ["a provider that edits nothing here", offline, { provider: "fal" }, "MODEL_NOT_EXECUTABLE", "--provider fal"]
]

describe("planEdit", () => {
  for (const [what, listed, request, code, says] of refusals)
    it(`refuses ${what} with ${code}`, () => {
      const refusal = refusalOf(request, listed)
      assert.strictEqual(refusal.code, code)
      assert.include(`${refusal.message} ${JSON.stringify(refusal.details ?? {})}`, says)
      assert.isDefined(refusal.recovery?.suggestedCommand)
    })

  /** Which model is chosen for whom, when none is named. */
  const choices: ReadonlyArray<
    readonly [what: string, listed: ReadonlyArray<Listed>, request: Request, isEmbedded: boolean, model: string]
  > = [
    ["a prompt", hosted, { acceptUnknownCost: true }, false, "fal.nano-banana-2-edit"],
    ["a mask", hosted, { maskAssetId: "image_mask", acceptUnknownCost: true }, false, "fal.ideogram-v2-edit"],
    ["no prompt, offline", offline, promptless, false, "local.adjust"],
    ["a picture of the embedded illustrator, offline", offline, {}, true, "local.storyboard-edit"],
    [
      "a picture of the embedded illustrator, where a provider is",
      hosted,
      { acceptUnknownCost: true },
      true,
      "fal.nano-banana-2-edit"
    ]
  ]
  for (const [what, listed, request, isEmbedded, model] of choices)
    it(`chooses ${model} for ${what}`, () => {
      const { selection, model: chosen } = planned(request, listed, isEmbedded)
      assert.strictEqual(chosen.id, model)
      assert.strictEqual(selection.policy, "hosted_default_edit_v1")
    })

  it("says that an embedded model is no neural one, unless it was named", () => {
    assert.match(planned(promptless, offline).warnings.join(" "), /not by a neural model/u)
    assert.deepStrictEqual(planned({ ...promptless, model: "local.adjust" }, offline).warnings, [])
  })

  it("counts every further input and reference in the price where the model does", () => {
    const model = "xai.grok-imagine-image-quality-edit"
    const roomy = everything.map((row) => ({ ...row, model: { ...row.model, maxInputs: 4 } }))
    const one = planned({ model }, roomy)
    const three = planned({ model, additionalInputAssetIds: many(2) }, roomy)
    assert.isAbove(three.price.credits, one.price.credits)
    assert.strictEqual(three.media.length, 3)
  })

  it("keeps the size of the input for a mask only where both are known to be the same", () => {
    const { media } = planned({
      model: "fal.ideogram-v2-edit",
      acceptUnknownCost: true,
      inputAssetId: "image_wide",
      maskAssetId: "image_wide"
    })
    assert.deepStrictEqual(
      media.map(({ role, size }) => [role, size?.height]),
      [
        ["input", 256],
        ["mask", 256]
      ]
    )
  })

  it("never says yes to what it says no to for a part of it: the inputs come before references and price", () => {
    const { code } = refusalOf({ model: "fal.flux-pro-kontext", inputAssetId: "image_film", maxUsd: 0.01 }, everything)
    assert.strictEqual(code, "INPUT_POLICY_DENIED")
  })
})
