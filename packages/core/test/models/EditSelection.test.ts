import { assert, describe, it } from "@effect/vitest"
import { listedPrice, priceOf } from "@image-skill/core/credits/ModelPrice"
import { isRunnable, type Listed } from "@image-skill/core/models/Catalogue"
import type { Budget, Selection } from "@image-skill/core/models/DefaultSelection"
import { chooseEdit, editOrder, editPolicy, type EditWish, inputFault } from "@image-skill/core/models/EditSelection"
import type { Model } from "@image-skill/core/models/Model"
import * as Schema from "effect/Schema"
import { deploymentOf, modelNamed } from "./Deployments.ts"

const nano = "fal.nano-banana-2-edit"
const ideogram = "fal.ideogram-v2-edit"

/** The two embedded editors, as their rows have to be for the choice between them (decision D1.6). */
const embeddedRow = (id: string, prompt: Model["prompt"]): Listed => ({
  model: {
    ...modelNamed("local.storyboard"),
    id,
    operation: "image.edit",
    endpoint: "edit",
    supports: "edit",
    prompt,
    inputImage: "required",
    maxInputs: 1,
    parameters: {},
    aspectRatios: { values: ["auto"], default: "auto", ignored: null },
    sizes: null
  },
  availability: { _tag: "Available" }
})
const embedded = [embeddedRow("local.adjust", "forbidden"), embeddedRow("local.storyboard-edit", "required")]
const hostedOnly = (...providers: ReadonlyArray<string>): ReadonlyArray<Listed> => [
  ...deploymentOf(...providers).filter(({ model }) => model.provider !== "local"),
  ...embedded
]
const all = hostedOnly("xai", "fal", "openai")
const offline = hostedOnly()

interface Asked extends Partial<EditWish> {
  /** Credits that may be debited. */
  readonly guard?: number
  readonly acceptUnknown?: boolean
}

const wishOf = ({ acceptUnknown: _accept, guard: _guard, ...asked }: Asked): EditWish => ({
  intent: "explore",
  provider: null,
  aspectRatio: "auto",
  outputCount: 1,
  parameters: {},
  hasPrompt: true,
  hasMask: false,
  inputCount: 1,
  isEmbeddedPicture: false,
  ...asked
})

const priceFor = (model: Model, parameters: EditWish["parameters"]) =>
  priceOf({ model, parameters, outputCount: 1, referenceCount: 0, size: null })

const budgetOf = ({ acceptUnknown = false, guard = Number.POSITIVE_INFINITY }: Asked): Budget => ({
  credits: (model, parameters) => priceFor(model, parameters).credits,
  fits: (credits) => credits <= guard,
  isSettled: (model, parameters) => acceptUnknown || priceFor(model, parameters).confidence !== "unknown"
})

const select = (listed: ReadonlyArray<Listed>, asked: Asked): Selection =>
  chooseEdit(
    editOrder(listed, asked.hasMask ?? false, (model) => listedPrice(model).credits),
    wishOf(asked),
    budgetOf(asked)
  )

const outcome = (selection: Selection): string =>
  selection._tag === "Chosen"
    ? selection.chosen.model.id
    : selection._tag === "OverBudget"
      ? `OverBudget ${selection.cheapestCredits}`
      : selection._tag

/** contract/api.md 7.7 and decision D1.6. */
const cases: ReadonlyArray<readonly [what: string, listed: ReadonlyArray<Listed>, asked: Asked, expected: string]> = [
  ["an edit without a mask", all, {}, nano],
  ["an edit with a mask", all, { hasMask: true }, ideogram],
  ["an edit whose unknown cost is accepted", all, { acceptUnknown: true }, nano],
  ["a masked edit whose unknown cost is accepted", all, { hasMask: true, acceptUnknown: true }, ideogram],
  ["a guard above the stand-in price", all, { guard: 17 }, nano],
  ["a guard below the stand-in price", all, { guard: 16 }, "xai.grok-imagine-image-edit"],
  ["a guard below the cheapest", all, { guard: 3 }, "OverBudget 4"],
  ["a provider", all, { provider: "xai" }, "xai.grok-imagine-image-edit"],
  ["a provider whose costs nobody knows", all, { provider: "openai" }, "openai.gpt-image-2-edit"],
  ["the embedded provider, with nothing to draw", all, { provider: "local", hasPrompt: false }, "local.adjust"],
  ["a provider that does not run", hostedOnly("xai"), { provider: "openai" }, "NothingRunnable"],
  ["a machine where only one provider runs", hostedOnly("xai"), {}, "xai.grok-imagine-image-edit"],
  ["a mask where only optional ones are taken", hostedOnly("openai"), { hasMask: true }, "openai.gpt-image-2-edit"],
  ["a mask where none is taken", hostedOnly("xai"), { hasMask: true }, "NothingFitting"],
  [
    "a ratio that the default of masks does not know",
    all,
    { hasMask: true, aspectRatio: "16:9" },
    "openai.gpt-image-2-edit"
  ],
  ["a ratio", all, { aspectRatio: "16:9" }, nano],
  ["several inputs", all, { inputCount: 14 }, nano],
  ["more inputs than the default takes", all, { inputCount: 16 }, "openai.gpt-image-2-edit"],
  ["more inputs than anybody takes", all, { inputCount: 17 }, "NothingFitting"],
  ["a parameter that the default has", all, { parameters: { resolution: "2K" } }, nano],
  ["a parameter of another model", all, { parameters: { input_fidelity: "high" } }, "openai.gpt-image-1.5-edit"],
  [
    "a parameter of models with a known price",
    all,
    { parameters: { resolution: "2k" } },
    "xai.grok-imagine-image-quality-edit"
  ],
  ["no prompt where hosted models run", all, { hasPrompt: false }, "NothingFitting"],
  ["a prompt for an embedded picture, offline", offline, { isEmbeddedPicture: true }, "local.storyboard-edit"],
  ["a prompt for another picture, offline", offline, {}, "NothingFitting"],
  [
    "no prompt for an embedded picture, offline",
    offline,
    { isEmbeddedPicture: true, hasPrompt: false },
    "local.adjust"
  ],
  ["no prompt for another picture, offline", offline, { hasPrompt: false }, "local.adjust"],
  ["an embedded picture where hosted models run", all, { isEmbeddedPicture: true }, nano]
]

describe("EditSelection.chooseEdit", () => {
  for (const [what, listed, asked, expected] of cases) {
    it(`${what} ends in ${expected}`, () => {
      assert.strictEqual(outcome(select(listed, asked)), expected)
    })
  }

  it("without the default, a known cost goes before one that would have to be accepted, and falls behind once it is", () => {
    const two = all.filter(({ model }) => ["fal.kling-image-o1", "fal.nano-banana-pro-edit"].includes(model.id))
    assert.strictEqual(outcome(select(two, {})), "fal.nano-banana-pro-edit")
    assert.strictEqual(outcome(select(two, { acceptUnknown: true })), "fal.kling-image-o1")
    assert.strictEqual(outcome(select(two.slice(-1), {})), two.at(-1)?.model.id)
  })

  it("a guard that forces a lower choice is told, with the credits of the preferred one", () => {
    const selection = select(all, { guard: 10 })
    const from = selection._tag === "Chosen" ? selection.chosen.downgradedFrom : null
    assert.deepStrictEqual([from?.model.id, from?.credits], [nano, 17])
    const free = select(all, {})
    assert.isNull(free._tag === "Chosen" ? free.chosen.downgradedFrom : 0)
  })

  it("the receipt lists what was passed over, and why", () => {
    const selection = select(hostedOnly("xai", "openai"), { hasMask: true })
    assert.deepStrictEqual(
      selection._tag === "Chosen" ? selection.considered.map(({ model, outcome: why }) => [model.id, why]) : [],
      [
        ["xai.grok-imagine-image-edit", "unsupported"],
        ["xai.grok-imagine-image-quality-edit", "unsupported"],
        ["openai.gpt-image-2-edit", "selected"]
      ]
    )
  })

  it("the policy has the name of the contract", () => {
    assert.strictEqual(editPolicy, "hosted_default_edit_v1")
  })

  it.prop(
    "what is chosen runs, edits, takes the inputs, keeps the guard, and is embedded only where nothing hosted edits",
    [
      Schema.Struct({
        providers: Schema.Array(Schema.Literals(["xai", "fal", "openai"])),
        hasPrompt: Schema.Boolean,
        hasMask: Schema.Boolean,
        isEmbeddedPicture: Schema.Boolean,
        inputCount: Schema.Literals([1, 1, 2, 11, 16]),
        aspectRatio: Schema.Literals(["auto", "auto", "1:1", "16:9"]),
        acceptUnknown: Schema.Boolean,
        guard: Schema.Natural.check(Schema.isLessThanOrEqualTo(30))
      })
    ],
    ([{ providers, ...asked }]) => {
      const listed = hostedOnly(...providers)
      const selection = select(listed, asked)
      if (selection._tag !== "Chosen") return
      const { model, parameters } = selection.chosen
      assert.isTrue(listed.some((row) => row.model === model && isRunnable(row)))
      assert.strictEqual(model.operation, "image.edit")
      assert.isNull(inputFault(model, wishOf(asked)))
      assert.isAtMost(budgetOf(asked).credits(model, parameters), asked.guard)
      assert.strictEqual(model.provider === "local", providers.length === 0)
    },
    { arbitrary: { runs: 300 } }
  )
})

const faults: ReadonlyArray<readonly [model: string, asked: Partial<EditWish>, fault: string | null]> = [
  [nano, {}, null],
  [nano, { hasPrompt: false }, "PromptRequired"],
  [nano, { hasMask: true }, "MaskNotSupported"],
  [nano, { inputCount: 15 }, "TooManyInputs"],
  [ideogram, {}, "MaskRequired"],
  [ideogram, { hasMask: true }, null],
  ["openai.gpt-image-2-edit", { hasMask: true, inputCount: 16 }, null],
  ["openai.gpt-image-2-edit", { inputCount: 16 }, null],
  ["fal.flux-dev-redux", {}, "PromptForbidden"],
  ["fal.flux-dev-redux", { hasPrompt: false }, null],
  ["fal.trellis-image-to-3d", { hasPrompt: false, inputCount: 2 }, "TooManyInputs"]
]

describe("EditSelection.inputFault", () => {
  for (const [id, asked, fault] of faults) {
    it(`${id} ${fault === null ? "takes" : "refuses"} ${JSON.stringify(asked)}`, () => {
      assert.strictEqual(inputFault(modelNamed(id), wishOf(asked))?._tag ?? null, fault)
    })
  }

  it("scenes can be edited only in pictures that have one", () => {
    const model = embedded[1]?.model ?? modelNamed(nano)
    assert.strictEqual(inputFault(model, wishOf({}))?._tag, "SceneRequired")
    assert.isNull(inputFault(model, wishOf({ isEmbeddedPicture: true })))
  })
})

const orderOf = (hasMask: boolean) =>
  editOrder(all, hasMask, (model) => listedPrice(model).credits).map(({ model }) => model.id)

describe("EditSelection.editOrder", () => {
  it("the default comes first, then ascending debits, then the embedded ones", () => {
    assert.deepStrictEqual(orderOf(false).slice(0, 3), [
      nano,
      "xai.grok-imagine-image-edit",
      "fal.bytedance-seedream-v5-lite-edit"
    ])
    assert.strictEqual(orderOf(true)[0], ideogram)
    assert.deepStrictEqual(orderOf(true).slice(-2), ["local.storyboard-edit", "local.adjust"])
    assert.notInclude(orderOf(false), "fal.trellis-image-to-3d")
  })
})
