import { assert, describe, it } from "@effect/vitest"
import { priceOf } from "@image-skill/core/credits/ModelPrice"
import { publishedModels } from "@image-skill/core/models/Catalogue"
import { choose, intentClass, preferenceOrder, type Wish } from "@image-skill/core/models/DefaultSelection"
import { expectedOutput } from "@image-skill/core/models/OutputSize"
import { modelRow, ModelRow } from "@image-skill/core/service/answers/Models"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { ask, healthy, models, sketch } from "./ServiceStates.ts"

/** contract/after-0.1.24.md 5, as tables of their own. Rows are written as a service sends them. */

const row = (id: string, more: Schema.JsonObject = {}): Schema.JsonObject => ({ ...sketch, id, ...more })
const compact = (id: string, more: Schema.JsonObject = {}): Schema.JsonObject => ({
  id,
  status: "available",
  supports: ["create"],
  model_execution_status: "executable",
  credits_required: 9,
  estimated_usd_per_image: 0.05,
  pricing_confidence: "known",
  ...more
})
const ratios = (...values: ReadonlyArray<string>) => ({ media: { input: { aspect_ratios: { values } } } })
const fromPicture = (prompt = true): Schema.JsonObject => ({
  supports: ["edit"],
  media: { input: { images: { required: true }, prompt: { required: prompt } } }
})

const picture = row("demo.picture", { modality: "image" })
const video = row("demo.video", { modality: "video", ...ratios("1:1", "16:9") })
const tall = row("demo.tall", { modality: "video", ...ratios("9:16", "1:1") })
const audio = row("demo.audio", { modality: "audio" })
const mesh = row("demo.mesh", { modality: "3d", ...fromPicture(false) })
const editor = row("demo.editor", { modality: "image", ...fromPicture() })
const upscaler = row("demo.upscaler", { modality: "image", ...fromPicture(false) })
const everything = [picture, video, audio, mesh, editor, upscaler]

const asking = (wish: Parameters<typeof ask>[0]["wish"], ...rows: ReadonlyArray<Schema.JsonObject>) =>
  ask({ wish: wish ?? {}, token: "env", state: { ...healthy, models: models(...rows) } })

/** Prompt, intent, what is planned where everything can run. */
const wordings: ReadonlyArray<readonly [prompt: string, intent: string | null, chosen: string]> = [
  ["a lighthouse at dusk", null, "demo.picture"],
  ["a video of a lighthouse", null, "demo.video"],
  ["a short CLIP of rain", null, "demo.video"],
  ["drone footage of a coast", null, "demo.video"],
  ["an animated logo", null, "demo.video"],
  ["a looping animation", null, "demo.video"],
  ["rain, as mp4", null, "demo.video"],
  ["b-roll of a kitchen", null, "demo.video"],
  ["a timelapse of clouds", null, "demo.video"],
  ["a music video of rain", null, "demo.video"],
  ["the sound of rain", null, "demo.audio"],
  ["calm music", null, "demo.audio"],
  ["a soundtrack for a walk", null, "demo.audio"],
  ["rain as wav", null, "demo.audio"],
  ["audio of a crowd", null, "demo.audio"],
  ["rain", "audio", "demo.audio"],
  ["rain", "video", "demo.video"],
  ["rain", "text-to-audio", "demo.audio"],
  ["a video of rain", "image", "demo.picture"],
  ["a chair as glb", null, "demo.mesh"],
  ["a gltf chair", null, "demo.mesh"],
  ["a 3D model of a chair", null, "demo.mesh"],
  ["a 3d printable object", null, "demo.mesh"],
  ["a chair", "image-to-3d", "demo.mesh"],
  ["a 3d looking poster", null, "demo.picture"],
  ["an audience in a videodrome", null, "demo.picture"]
]

describe("what the words of a wish choose", () => {
  for (const [prompt, intent, chosen] of wordings) {
    it.effect(`"${prompt}"${intent === null ? "" : ` with the intent ${intent}`} chooses ${chosen}`, () =>
      Effect.gen(function* () {
        const { answer } = yield* asking({ prompt, intent }, ...everything)
        assert.strictEqual(answer.selection?.modelId, chosen)
      })
    )
  }

  it.effect("a video has the ratio that videos have, unless another was named", () =>
    Effect.gen(function* () {
      const cases = [
        [video, null, "16:9", `--aspect-ratio "16:9"`],
        [tall, null, "9:16", `--aspect-ratio "9:16"`],
        [video, "1:1", "16:9", `--aspect-ratio "1:1"`]
      ] as const
      for (const [model, aspectRatio, suggested, part] of cases) {
        const { answer } = yield* asking({ prompt: "a video", aspectRatio }, picture, model)
        assert.deepStrictEqual(
          [answer.selection?.modality, answer.selection?.suggestedAspectRatio],
          ["video", suggested]
        )
        assert.include(answer.nextCommand, part)
      }
    })
  )

  it.effect("what nothing here can make is said, and only an explicit intent stands in the way", () =>
    Effect.gen(function* () {
      const read = yield* asking({ prompt: "a video of rain" }, picture)
      assert.deepStrictEqual([read.answer.stage, read.answer.selection?.modelId], ["ready_to_create", "demo.picture"])
      assert.include(read.answer.selection?.reason ?? "", "video")
      assert.isTrue(read.warnings.some((warning) => warning.includes("speaks of video")))
      const named = yield* asking({ prompt: "rain", intent: "video" }, picture)
      assert.deepStrictEqual([named.answer.stage, named.answer.selection], ["no_executable_model", null])
      assert.include(named.answer.blocker?.message ?? "", "video")
      const plain = yield* asking({ prompt: "rain" }, picture)
      assert.deepStrictEqual(plain.warnings, [])
    })
  )
})

describe("a model that works on a picture", () => {
  it.effect("gives a command for an edit, with its own kind of key and a place for the picture", () =>
    Effect.gen(function* () {
      const { answer } = yield* asking({ prompt: "night", model: "demo.editor" }, ...everything)
      assert.match(
        answer.nextCommand,
        /^image-skill edit --input image_\.\.\. --model "demo.editor" --prompt "night" /u
      )
      assert.match(answer.nextCommand, / --idempotency-key "edit-guide-\d+-0badcafe" /u)
      assert.isFalse(answer.nextCommandCopyRunnable)
      assert.deepStrictEqual(
        answer.nextCommandMissingInputs.map(({ flag, placeholder }) => [flag, placeholder]),
        [["--input", "image_..."]]
      )
      assert.deepStrictEqual(
        answer.nextCommandEffect.placeholders.map(({ required, token }) => [token, required]),
        [["image_...", true]]
      )
    })
  )

  it.effect("needs no prompt where it takes none", () =>
    Effect.gen(function* () {
      const { answer } = yield* asking({ model: "demo.upscaler" }, ...everything)
      assert.strictEqual(answer.stage, "ready_to_create")
      assert.notInclude(answer.nextCommand, "--prompt")
      const { answer: said, warnings } = yield* asking({ prompt: "sharper", model: "demo.upscaler" }, ...everything)
      assert.notInclude(said.nextCommand, "--prompt")
      assert.isTrue(warnings.some((warning) => warning.includes("takes no prompt")))
    })
  )

  it.effect("is what an edit is planned with, its pictures kept, under its own schema", () =>
    Effect.gen(function* () {
      const wish = { operation: "edit", inputs: ["photo.jpg"], prompt: "night" } as const
      const { answer } = yield* asking(wish, ...everything)
      assert.strictEqual(answer.schema, "image-skill.edit-guide.v1")
      assert.match(answer.nextCommand, /^image-skill edit --input "photo.jpg" --model "demo.editor" --prompt "night" /u)
      assert.isTrue(answer.nextCommandCopyRunnable)
      assert.match(answer.escapeHatches.dryRun, /^image-skill edit --dry-run --input "photo.jpg" /u)
      const stranger = yield* ask({ wish, state: { ...healthy, models: models(...everything) } })
      assert.include(stranger.answer.nextCommand, `--edit-input "photo.jpg"`)
      assert.match(stranger.answer.afterNext ?? "", /^image-skill edit --guide --input "photo.jpg" --prompt "night" /u)
      const silent = yield* asking({ operation: "edit", inputs: ["photo.jpg"] }, ...everything)
      assert.strictEqual(silent.answer.stage, "prompt_required")
      assert.include(silent.answer.nextCommand, "--prompt CHANGE")
      const wrong = yield* asking({ ...wish, model: "demo.picture" }, ...everything)
      assert.strictEqual(wrong.answer.stage, "no_executable_model")
    })
  )
})

/** Typed, the rows of the service, the row that is meant. */
const names: ReadonlyArray<readonly [typed: string, chosen: string | null]> = [
  ["default", "demo.usual"],
  ["nano-banana-pro", "fal.nano-banana-pro"],
  ["nano-banana", "fal.nano-banana-2"],
  ["imagen4-fast", "fal.imagen4-preview-fast"],
  ["house-style", "demo.usual"],
  ["FAL.Nano_Banana_Pro", "fal.nano-banana-pro"],
  ["fal-ai/nano-banana-pro", "fal.nano-banana-pro"],
  ["nano-banana-2", "fal.nano-banana-2"],
  ["preview-fast", "fal.imagen4-preview-fast"],
  ["nano", null],
  ["imagen4-preview", "fal.imagen4-preview"],
  ["xx", null],
  ["sd-turbo", null]
]

describe("the name of a model", () => {
  const rows = [
    compact("demo.usual", { default: true, migration: { aliases: ["house-style"] } }),
    compact("fal.nano-banana-2"),
    compact("fal.nano-banana-pro"),
    compact("fal.imagen4-preview"),
    compact("fal.imagen4-preview-fast")
  ]
  for (const [typed, chosen] of names) {
    it.effect(`${typed} means ${chosen ?? "none"}`, () =>
      Effect.gen(function* () {
        const { answer } = yield* asking({ prompt: "a fox", model: typed }, ...rows)
        assert.strictEqual(answer.selection?.modelId ?? null, chosen)
        if (chosen !== null) assert.include(answer.nextCommand, `--model "${chosen}"`)
      })
    )
  }
})

const tier = (resolution: string, credits: number, usd: number) => ({
  when: { resolution },
  credits_required: credits,
  estimated_provider_cost_usd: usd
})

const usd = (value: number) => ({ text: `${value}`, usd: value })

describe("the price of the parameters that the service fills in", () => {
  const quality = row("xai.grok-imagine-image-quality", {
    economics: {
      estimated_usd_per_image: 0.05,
      credit_pricing: { credits_required: 9, estimated_revenue_usd: 0.09, credit_unit_usd: 0.01 },
      tiers: [tier("1k", 9, 0.05), tier("2k", 12, 0.07)]
    }
  })
  const cases: ReadonlyArray<
    readonly [
      string,
      Parameters<typeof ask>[0]["wish"],
      credits: number,
      source: string,
      defaults: ReadonlyArray<string>
    ]
  > = [
    ["its best tier", {}, 12, "model_parameters", ["resolution=2k"]],
    ["the lower one for a draft", { intent: "draft" }, 9, "model_parameters", ["resolution=1k"]],
    ["the lower one under a tight cap", { cap: usd(0.1) }, 9, "model_parameters", ["resolution=1k"]],
    ["its best tier under a cap just wide enough", { cap: usd(0.12) }, 12, "model_parameters", ["resolution=2k"]],
    ["the caller's own tier", { modelParametersJson: `{"resolution":"1k"}` }, 9, "model_parameters", []]
  ]
  for (const [name, wish, credits, source, defaults] of cases) {
    it.effect(`is ${name}`, () =>
      Effect.gen(function* () {
        const { answer } = yield* asking({ prompt: "a fox", ...wish }, quality)
        assert.deepStrictEqual(
          [answer.cost.estimatedCredits, answer.cost.pricingSource, answer.cost.modelParameterDefaultsApplied],
          [credits, source, defaults]
        )
      })
    )
  }

  it.effect("is guarded: the command allows what the service will really debit", () =>
    Effect.gen(function* () {
      const { answer } = yield* asking({ prompt: "a fox" }, quality)
      assert.include(answer.nextCommand, `--max-estimated-usd-per-image "0.12"`)
    })
  )

  it.effect("is the row's own where it has no tiers", () =>
    Effect.gen(function* () {
      const { answer } = yield* asking({ prompt: "a fox" }, compact("demo.compact"))
      assert.deepStrictEqual([answer.cost.estimatedCredits, answer.cost.pricingSource], [9, "model_registry"])
    })
  )
})

const price = (model: Parameters<typeof expectedOutput>[0], parameters: Wish["parameters"]) =>
  priceOf({
    model,
    parameters,
    outputCount: 1,
    referenceCount: 0,
    size: expectedOutput(model, parameters, "1:1").size
  })

describe("the guide and the service", () => {
  const intents = ["explore", "draft", "final"]
  const providers = ["xai", "fal", "openai", "google", "bfl", "replicate"]
  const sets = [["xai"], ["fal"], ["openai"], [], providers]

  it.effect("choose the same model and tier for every intent, cap and set of providers", () =>
    Effect.gen(function* () {
      let compared = 0
      for (const runnable of sets) {
        const listed = publishedModels.map((model) => ({
          model,
          availability:
            model.provider === "local" || runnable.includes(model.provider)
              ? ({ _tag: "Available" } as const)
              : ({ _tag: "Unavailable", reason: "provider_credentials_missing", variable: null } as const)
        }))
        let rows: ReadonlyArray<Schema.JsonObject> = []
        for (const intent of intents) {
          for (const cap of [null, 0.1, 0.05]) {
            const wish: Wish = { intent, provider: null, aspectRatio: "1:1", outputCount: 1, parameters: {} }
            const budget = {
              credits: (model: Parameters<typeof expectedOutput>[0], parameters: Wish["parameters"]) =>
                price(model, parameters).credits,
              fits: (credits: number) => cap === null || credits / 100 <= cap + 1e-9,
              isSettled: (model: Parameters<typeof expectedOutput>[0], parameters: Wish["parameters"]) =>
                price(model, parameters).confidence !== "unknown"
            }
            const order = (name: string) =>
              preferenceOrder(listed, intentClass(name), (model) => price(model, {}).credits)
            const selection = choose(order(intent), wish, budget)
            const usual = choose(order("explore"), { ...wish, intent: "explore" }, { ...budget, fits: () => true })
            if (selection._tag !== "Chosen" || usual._tag !== "Chosen") continue
            compared += 1
            const usualId = usual.chosen.model.id
            if (rows.length === 0)
              rows = yield* Effect.forEach(listed, (one) =>
                Schema.encodeEffect(ModelRow)(modelRow(one, one.model.id === usualId))
              )
            const { answer } = yield* asking(
              { prompt: "a fox", intent, cap: cap === null ? null : { text: `${cap}`, usd: cap } },
              ...rows
            )
            const { defaultsApplied, model } = selection.chosen
            const where = `${runnable.join()} ${intent} ${cap}`
            assert.strictEqual(answer.selection?.modelId, model.id, where)
            const tiers = defaultsApplied.filter(
              (applied) => answer.cost.pricingSource === "model_parameters" && applied !== ""
            )
            assert.includeMembers(tiers, [...answer.cost.modelParameterDefaultsApplied], where)
          }
        }
      }
      assert.isAtLeast(compared, 35)
    })
  )
})
