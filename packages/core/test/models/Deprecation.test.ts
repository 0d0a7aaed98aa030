import { assert, describe, it } from "@effect/vitest"
import { listedPrice } from "@image-skill/core/credits/ModelPrice"
import { planCreate } from "@image-skill/core/jobs/CreatePlan"
import { wishOf } from "@image-skill/core/jobs/MediaWish"
import { type Listed, publishedModels } from "@image-skill/core/models/Catalogue"
import { catalogueFaults } from "@image-skill/core/models/CatalogueCheck"
import { chooseEdit, defaultEditModel, editOrder } from "@image-skill/core/models/EditSelection"
import type { Deprecation } from "@image-skill/core/models/Model"
import { capabilitiesListAnswer, capabilityRow } from "@image-skill/core/service/answers/Capabilities"
import { compactModelRow } from "@image-skill/core/service/answers/CompactModels"
import { modelRow } from "@image-skill/core/service/answers/Models"
import { defaultModelId, modelsListAnswer } from "@image-skill/core/service/answers/ModelsList"
import * as Result from "effect/Result"
import { deploymentOf } from "./Deployments.ts"

const quality = "xai.grok-imagine-image-quality"
const sent: Deprecation = { sunsetAt: "2027-01-31", replacementModelId: "fal.flux-dev" }

const hosted = deploymentOf("xai", "fal")

/** The same deployment with one row on its way out. */
const without = (id: string, deprecation: Deprecation, from: ReadonlyArray<Listed> = hosted): ReadonlyArray<Listed> =>
  from.map((row) => (row.model.id === id ? { ...row, model: { ...row.model, deprecation } } : row))

const rowOf = (listed: ReadonlyArray<Listed>, id: string): Listed => {
  const row = listed.find(({ model }) => model.id === id)
  if (row === undefined) throw new Error(`no row ${id}`)
  return row
}

const planned = (listed: ReadonlyArray<Listed>, model?: string) =>
  Result.getOrThrow(
    planCreate(wishOf({ prompt: "a lighthouse at dusk", ...(model === undefined ? {} : { model }) }), listed)
  )

const all = { after: null, compact: true, limit: null }
const nothingAsked = {
  available: null,
  executable: null,
  catalogOnly: null,
  operation: null,
  provider: null,
  modality: null,
  query: null
}

const chosenOf = (listed: ReadonlyArray<Listed>): string => {
  const selection = chooseEdit(
    editOrder(listed, false, (model) => listedPrice(model).credits),
    {
      intent: "explore",
      provider: null,
      aspectRatio: "auto",
      outputCount: 1,
      parameters: {},
      hasPrompt: true,
      hasMask: false,
      inputCount: 1,
      isEmbeddedPicture: false
    },
    { credits: () => 1, fits: () => true, isSettled: () => true }
  )
  return selection._tag === "Chosen" ? selection.chosen.model.id : selection._tag
}

describe("a deprecated model", () => {
  it("is chosen for nobody, and runs for whoever names it, with the way on", () => {
    assert.strictEqual(planned(hosted).model.id, quality)
    const listed = without(quality, sent)
    assert.strictEqual(planned(listed).model.id, "fal.flux-dev")
    assert.deepStrictEqual(planned(listed).warnings, [])
    assert.deepStrictEqual(planned(listed, quality).warnings, [
      `${quality} is deprecated and will be withdrawn after 2027-01-31; use fal.flux-dev: image-skill models show fal.flux-dev --json`
    ])
  })

  it("without a replacement leads to the list of those that do the same", () => {
    const listed = without(quality, { sunsetAt: null, replacementModelId: null })
    assert.deepStrictEqual(planned(listed, quality).warnings, [
      `${quality} is deprecated and will be withdrawn; use another model: image-skill models list --available --operation image.generate --json`
    ])
  })

  it("is no default of edit either", () => {
    assert.strictEqual(chosenOf(hosted), defaultEditModel)
    const listed = without(defaultEditModel, { sunsetAt: null, replacementModelId: null })
    assert.notStrictEqual(chosenOf(listed), defaultEditModel)
  })

  it("stands behind those that stay, so that published clients, which take the first, do not take it", () => {
    const listed = without(quality, sent)
    assert.strictEqual(defaultModelId(listed), "fal.flux-dev")
    const { models } = modelsListAnswer(listed, { ...nothingAsked, available: true, operation: "image.generate" }, all)
    assert.deepStrictEqual([models[0]?.id, models.at(-1)?.id], ["fal.flux-dev", quality])
    assert.isNull(defaultModelId(without("xai.grok-imagine-image", sent, without(quality, sent, deploymentOf("xai")))))
  })

  it("says so in its rows and in its capability, and no other row says anything", () => {
    const listed = without(quality, sent)
    const told = {
      deprecated: true,
      sunsetAt: "2027-01-31",
      replacementModelId: "fal.flux-dev",
      migrationCommand: "image-skill models show fal.flux-dev --json"
    }
    const row = modelRow(rowOf(listed, quality), false)
    assert.deepStrictEqual<unknown>(row.deprecation, told)
    assert.deepStrictEqual<unknown>(compactModelRow(row).deprecation, told)
    assert.deepStrictEqual<unknown>(capabilityRow(rowOf(listed, quality)).deprecation, told)
    assert.deepStrictEqual(capabilitiesListAnswer(listed).deprecations, [
      "is.image.generate.xai-grok-imagine-image-quality.v1"
    ])
    const other = modelRow(rowOf(listed, "fal.flux-dev"), true)
    assert.isNull(other.deprecation)
    assert.notProperty(compactModelRow(other), "deprecation")
    assert.isNull(capabilityRow(rowOf(listed, "fal.flux-dev")).deprecation)
  })

  it("is a sound row of a catalogue", () => {
    const row = { ...rowOf(hosted, quality).model, deprecation: sent }
    const others = publishedModels.filter(({ id }) => id !== quality)
    assert.deepStrictEqual(catalogueFaults([row], others), [])
  })
})
