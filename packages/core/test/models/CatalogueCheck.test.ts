import { assert, describe, it } from "@effect/vitest"
import { Catalogue, CatalogueInvalid, publishedModels } from "@image-skill/core/models/Catalogue"
import { catalogueFaults } from "@image-skill/core/models/CatalogueCheck"
import type { Model } from "@image-skill/core/models/Model"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { modelNamed } from "./Deployments.ts"

const create = modelNamed("fal.nano-banana-pro")
const edit = modelNamed("xai.grok-imagine-image-edit")
const kling = modelNamed("fal.kling-image-o1")

type Row = { readonly [field: string]: unknown }

const withTiers = (tiers: ReadonlyArray<unknown>, more: Row = {}) => ({
  ...create,
  price: { ...create.price, tiers, ...more }
})

const leaving = (deprecation: Row) => ({
  ...create,
  deprecation: { sunsetAt: null, replacementModelId: null, ...deprecation }
})

/** One thing that is wrong with a sound row, and what is said of it. */
const faulty: ReadonlyArray<readonly [what: string, row: Row, fault: RegExp]> = [
  ["a field that is missing", { ...create, notes: undefined }, /notes/u],
  ["a field that nobody knows", { ...create, colour: "red" }, /colour/u],
  ["an id without a provider", { ...create, id: "banana" }, /^row 0: id: /u],
  ["an id of another provider", { ...create, id: "xai.banana" }, /must begin with fal\./u],
  ["an unknown operation", { ...create, operation: "image.dream" }, /operation/u],
  [
    "an operation of another modality",
    { ...create, modality: "video", output: { ...create.output, assetPrefix: "video" } },
    /image\.generate does not make video/u
  ],
  ["an edit at the endpoint create", { ...create, operation: "image.edit" }, /belongs to the endpoint edit/u],
  ["supports that contradict the endpoint", { ...create, supports: "edit" }, /create and supports edit/u],
  ["assets of another kind", { ...create, output: { ...create.output, assetPrefix: "video" } }, /video_/u],
  ["a media type that is none", { ...create, output: { ...create.output, mimeTypes: ["picture"] } }, /mimeTypes/u],
  ["a create with an input", { ...create, inputImage: "required", maxInputs: 1 }, /a create on none/u],
  ["inputs that are not taken", { ...create, maxInputs: 1 }, /maxInputs must be 0/u],
  ["an edit without inputs", { ...edit, maxInputs: 0 }, /else at least 1/u],
  ["half an input", { ...edit, maxInputs: 1.5 }, /maxInputs/u],
  ["a mask on nothing", { ...create, mask: "optional" }, /a mask needs an input/u],
  ["no outputs", { ...create, maxOutputs: 0 }, /maxOutputs/u],
  [
    "tasks of elements",
    { ...kling, references: { roles: ["element_frontal"], maxEntries: 4, tasks: ["ip"] } },
    /tasks belong to/u
  ],
  [
    "views without frontal images",
    { ...kling, references: { roles: ["element_reference"], maxEntries: 4, tasks: [] } },
    /needs the role element_frontal/u
  ],
  ["references without a role", { ...kling, references: { roles: [], maxEntries: 4, tasks: [] } }, /roles/u],
  [
    "a default ratio that is not offered",
    { ...create, aspectRatios: { values: ["1:1"], default: "16:9", ignored: null } },
    /default aspect ratio/u
  ],
  [
    "a default ratio of none",
    { ...create, aspectRatios: { values: ["1:1"], default: null, ignored: null } },
    /default aspect ratio/u
  ],
  [
    "an offered ratio that is ignored",
    { ...create, aspectRatios: { values: ["1:1"], default: "1:1", ignored: "1:1" } },
    /must not be offered/u
  ],
  [
    "a ratio that is none",
    { ...create, aspectRatios: { values: ["wide"], default: "wide", ignored: null } },
    /aspectRatios/u
  ],
  ["sizes for some ratios only", { ...create, sizes: { "1:1": { width: 64, height: 64 } } }, /every aspect ratio/u],
  [
    "media as a parameter",
    { ...create, parameters: { ...create.parameters, image_url: { type: "string" } } },
    /image_url names media/u
  ],
  [
    "a task as a parameter",
    { ...create, parameters: { ...create.parameters, my_reference_task: { type: "string" } } },
    /names media/u
  ],
  ["a wired control that is only catalogued", { ...create, catalogedOnly: ["seed"] }, /seed is wired/u],
  [
    "a wired control that is fixed",
    { ...create, fixed: [{ name: "seed", value: "1", reason: "none" }] },
    /seed is wired, so not fixed/u
  ],
  [
    "a default that is refused",
    { ...create, parameters: { resolution: { type: "string", enum: ["1K", "2K", "4K"], default: "8K" } } },
    /resolution refuses its own default/u
  ],
  [
    "a range the wrong way round",
    { ...create, parameters: { ...create.parameters, steps: { type: "integer", minimum: 9, maximum: 1 } } },
    /steps has a minimum above/u
  ],
  [
    "a value that is listed twice",
    { ...create, parameters: { ...create.parameters, mood: { type: "string", enum: ["a", "a"] } } },
    /mood lists a value twice/u
  ],
  [
    "a pattern that is none",
    { ...create, parameters: { ...create.parameters, code: { type: "string", pattern: "(" } } },
    /code has a pattern that is none/u
  ],
  [
    "a required field that is nowhere, deep inside",
    {
      ...create,
      parameters: {
        ...create.parameters,
        box: { oneOf: [{ type: "object", properties: {}, required: ["x"] }] }
      }
    },
    /box requires a field/u
  ],
  ["a price without tiers", withTiers([]), /price/u],
  ["a price of nothing", withTiers([{ when: { resolution: "1K" }, microUsd: 0 }]), /price/u],
  ["a price in fractions", { ...create, price: { _tag: "PerOutput", microUsd: 0.5 } }, /price/u],
  [
    "a tier of an unknown parameter",
    withTiers([
      { when: { resolution: "1K" }, microUsd: 1 },
      { when: { size: "2K" }, microUsd: 1 }
    ]),
    /tier: size is not a parameter/u
  ],
  [
    "a tier of an unknown value",
    withTiers([
      { when: { resolution: "1K" }, microUsd: 1 },
      { when: { resolution: "8K" }, microUsd: 1 }
    ]),
    /tier: resolution must be one of/u
  ],
  [
    "two prices for the same",
    withTiers([
      { when: { resolution: "1K" }, microUsd: 1 },
      { when: { resolution: "1K" }, microUsd: 2 }
    ]),
    /two tiers have the same/u
  ],
  ["a listed tier that is none", withTiers([{ when: { resolution: "1K" }, microUsd: 1 }], { listed: {} }), /listed/u],
  [
    "an implied tier that is none",
    withTiers([{ when: { resolution: "1K" }, microUsd: 1 }], { otherwise: { resolution: "2K" } }),
    /otherwise names no tier/u
  ],
  [
    "a price by source without sources",
    {
      ...create,
      price: { _tag: "SourcesAndOutputs", sourceMicroUsd: 1, tiers: [{ when: {}, microUsd: 1 }], listed: {} }
    },
    /needs input images/u
  ],
  ["an end on a day that is none", leaving({ sunsetAt: "2026-02-30" }), /not a day of the calendar/u],
  ["a replacement that is no row", leaving({ replacementModelId: "fal.nothing" }), /fal\.nothing is no row/u],
  ["a replacement that does something else", leaving({ replacementModelId: edit.id }), /does not do image\.generate/u],
  ["a replacement that leaves, too", leaving({ replacementModelId: create.id }), /on its way out, too/u],
  ["an end that says nothing of a replacement", { ...create, deprecation: { sunsetAt: null } }, /deprecation/u],
  ["a usage without rates", { ...create, price: { _tag: "Usage" } }, /price/u],
  ["a price rule that nobody knows", { ...create, price: { _tag: "Haggled" } }, /price/u],
  ["a date that is no date", { ...create, priceSource: { ...create.priceSource, asOf: "today" } }, /asOf/u],
  [
    "a day that is not in the calendar",
    { ...create, priceSource: { ...create.priceSource, asOf: "2026-02-30" } },
    /not a day of the calendar/u
  ],
  ["a basis that is none", { ...create, priceSource: { ...create.priceSource, basis: "hearsay" } }, /basis/u],
  [
    "a price out of nowhere",
    { ...create, priceSource: { ...create.priceSource, basis: "none" } },
    /without a basis must be unknown/u
  ]
]

const start = (models: ReadonlyArray<Model>) =>
  Effect.exit(
    Effect.provide(
      Catalogue.use(({ models: rows }) => Effect.succeed(rows)),
      Catalogue.layerOf(models)
    )
  )

describe("CatalogueCheck", () => {
  it("no published row has a fault", () => {
    assert.deepStrictEqual(catalogueFaults(publishedModels), [])
  })

  for (const [what, row, fault] of faulty) {
    it(`${what} is a fault, and the only one`, () => {
      const faults = catalogueFaults([row], row["id"] === edit.id ? [] : [edit])
      assert.isAtLeast(faults.length, 1)
      for (const found of faults) assert.match(found, fault)
    })
  }

  it("what is no row at all is a fault", () => {
    for (const row of [null, 7, "fal.flux-dev", [], {}]) assert.isAtLeast(catalogueFaults([row]).length, 1)
  })

  it("an id that another row has is a fault, here and among the others", () => {
    assert.deepStrictEqual(catalogueFaults([create, create]), [`${create.id}: there is another row with this id`])
    assert.deepStrictEqual(catalogueFaults([create], [create]), [`${create.id}: there is another row with this id`])
  })

  it("all faults of all rows are told together", () => {
    const rows = [{ ...create, maxInputs: 1 }, { ...edit, maxInputs: 0, modality: "audio" }, kling]
    const owners = catalogueFaults(rows).map((fault) => fault.slice(0, fault.indexOf(":")))
    assert.deepStrictEqual(new Set(owners), new Set([create.id, edit.id]))
    assert.isAtLeast(owners.length, 3)
  })
})

describe("Catalogue.layerOf", () => {
  it.effect("a deployment with sound rows of its own starts", () =>
    Effect.gen(function* () {
      const own: Model = { ...create, id: "acme.painter", provider: "acme" }
      const exit = yield* start([...publishedModels, own])
      assert.isTrue(Exit.isSuccess(exit) && exit.value.at(-1) === own)
    })
  )

  it.effect("a deployment with a faulty row of its own does not start, and says why", () =>
    Effect.gen(function* () {
      const exit = yield* start([...publishedModels, { ...create, id: "acme.painter" }, { ...create }])
      const defect = Exit.isFailure(exit) ? Cause.squash(exit.cause) : null
      if (!(defect instanceof CatalogueInvalid)) return assert.fail("it started")
      assert.deepStrictEqual(defect.faults, [
        "acme.painter: the id must begin with fal.",
        `${create.id}: there is another row with this id`
      ])
      assert.include(defect.message, "acme.painter: the id must begin with fal.")
    })
  )
})
