import { assert, describe, it } from "@effect/vitest"
import { jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import { publishedModels } from "@image-skill/core/models/Catalogue"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import { asks, downloaded, gets, ProviderSite, sha256Of } from "../../service/ProviderSite.ts"
import { json } from "../../service/RawHttp.ts"
import { firstOf } from "../../service/Site.ts"

/** A model that is run over HTTP, and what must come of it. */
interface Row {
  readonly id: string
  /** Beside the model, the prompt, and the inputs. */
  readonly body?: Schema.JsonObject
  /** How many pictures go in; with a mask after them. */
  readonly inputs?: 1 | 2
  readonly mask?: true
  readonly promptless?: true
  /** Nobody knows the price beforehand; 17 credits are charged where nobody tells it afterwards, either. */
  readonly unknown?: true
  readonly credits: number
  readonly type: string
  /** Pixels; null for what has none. */
  readonly size: readonly [width: number, height: number] | null
  /** What is said to be unmeasured; nothing, when left out. */
  readonly notMeasured?: RegExp
  /** What is told about it; nothing, when left out. */
  readonly flags?: ReadonlyArray<string>
}

const parameters = (model_parameters: Schema.JsonObject): Pick<Row, "body"> => ({ body: { model_parameters } })
const square = parameters({ image_size: "square" })
const gpt = parameters({ quality: "low", size: "1024x1024" })
const jpeg = (width: number, height = width) => ({ type: "image/jpeg", size: [width, height] }) as const
const png = (width: number, height = width) => ({ type: "image/png", size: [width, height] }) as const
const webp = (width: number, height = width) => ({ type: "image/webp", size: [width, height] }) as const
const unknown = { unknown: true, credits: 17 } as const

/** The prices are those of contract/models.json, and for the other vendors of their public lists, divided by 0.6. */
const rows: ReadonlyArray<Row> = [
  { id: "xai.grok-imagine-image-quality", ...parameters({ resolution: "1k" }), credits: 9, ...jpeg(1024) },
  { id: "xai.grok-imagine-image", credits: 4, ...jpeg(1024) },
  {
    id: "xai.grok-imagine-image-quality-edit",
    ...parameters({ resolution: "1k" }),
    inputs: 1,
    credits: 10,
    ...jpeg(1024)
  },
  { id: "xai.grok-imagine-image-edit", inputs: 1, credits: 4, ...jpeg(1024) },

  { id: "openai.gpt-image-2", ...gpt, credits: 1, ...png(1024) },
  // 6 tokens of text, 388 of each picture, 272 of the output: 0.011294 USD.
  {
    id: "openai.gpt-image-2-edit",
    ...parameters({ size: "256x256", quality: "low" }),
    inputs: 1,
    unknown: true,
    credits: 2,
    ...png(256)
  },
  { id: "openai.gpt-image-1.5", ...gpt, credits: 2, ...png(1024) },
  // At 32 instead of 30 USD per million, and with two pictures: 0.014942 USD.
  { id: "openai.gpt-image-1.5-edit", ...gpt, inputs: 2, mask: true, unknown: true, credits: 3, ...png(1024) },

  { id: "fal.flux-dev", ...square, credits: 5, ...jpeg(512) },
  { id: "fal.flux-pro-v1-1-ultra", credits: 10, ...jpeg(2048) },
  { id: "fal.z-image-turbo", ...square, credits: 1, ...png(512) },
  { id: "fal.z-image-turbo-image-to-image", ...square, inputs: 1, credits: 1, ...png(512) },
  { id: "fal.gemini-3-pro-image-preview", ...parameters({ resolution: "1K" }), credits: 25, ...png(1024) },
  { id: "fal.gemini-3-pro-image-preview-edit", inputs: 2, credits: 25, ...png(1024) },
  { id: "fal.nano-banana-pro", ...parameters({ resolution: "1K" }), credits: 25, ...png(1024) },
  { id: "fal.nano-banana-pro-edit", inputs: 2, credits: 25, ...png(1024) },
  { id: "fal.nano-banana-2-edit", ...parameters({ resolution: "0.5K" }), inputs: 1, ...unknown, ...png(512) },
  // The emulator paints the whole picture anew, which a masked edit must not do.
  {
    id: "fal.ideogram-v2-edit",
    inputs: 1,
    mask: true,
    ...unknown,
    ...png(320),
    flags: ["changed_outside_mask"]
  },
  { id: "fal.flux-pro-kontext", inputs: 1, credits: 7, ...jpeg(320) },
  { id: "fal.flux-pro-kontext-max", inputs: 1, credits: 14, ...jpeg(320) },
  { id: "fal.bytedance-seedream-v4-5-text-to-image", ...square, credits: 7, ...png(512) },
  { id: "fal.bytedance-seedream-v4-5-edit", inputs: 1, credits: 7, ...png(1024, 768) },
  { id: "fal.bytedance-seedream-v5-lite-text-to-image", ...square, credits: 6, ...png(512) },
  { id: "fal.bytedance-seedream-v5-lite-edit", inputs: 1, credits: 6, ...png(1024, 768) },
  { id: "fal.dreamo", ...square, ...unknown, ...jpeg(512) },
  { id: "fal.kling-image-o3-text-to-image", credits: 5, ...png(1024) },
  { id: "fal.kling-image-o3-image-to-image", inputs: 1, ...unknown, ...png(1024) },
  { id: "fal.kling-image-v3-text-to-image", credits: 5, ...png(1024) },
  { id: "fal.kling-image-v3-image-to-image", inputs: 1, ...unknown, ...png(1024) },
  { id: "fal.kling-image-o1", inputs: 1, ...unknown, ...png(1024) },
  { id: "fal.flux-dev-redux", promptless: true, inputs: 1, ...unknown, ...jpeg(1024, 768) },
  { id: "fal.flux-krea-redux", promptless: true, inputs: 1, ...unknown, ...jpeg(1024, 768) },
  { id: "fal.flux-schnell-redux", promptless: true, inputs: 1, ...unknown, ...jpeg(1024, 768) },
  {
    id: "fal.ltx-video-13b-distilled",
    credits: 7,
    type: "video/mp4",
    size: [96, 64],
    notMeasured: /^the pictures and the sound of a film /u
  },
  { id: "fal.stable-audio-25-text-to-audio", credits: 34, type: "audio/wav", size: null },
  { id: "fal.trellis-image-to-3d", promptless: true, inputs: 1, credits: 4, type: "model/gltf-binary", size: null },

  { id: "google.gemini-3-1-flash-image", ...parameters({ imageSize: "1K" }), credits: 12, ...jpeg(1024) },
  { id: "google.gemini-3-1-flash-image-edit", inputs: 2, credits: 12, ...jpeg(1024) },
  { id: "google.gemini-3-pro-image", credits: 23, ...jpeg(1024) },
  { id: "google.gemini-3-pro-image-edit", inputs: 1, credits: 23, ...jpeg(1024) },
  { id: "google.gemini-3-pro-image-preview", credits: 23, ...jpeg(1024) },
  { id: "google.gemini-3-pro-image-preview-edit", inputs: 1, credits: 23, ...jpeg(1024) },
  { id: "google.gemini-2-5-flash-image", credits: 7, ...png(1024) },
  { id: "google.gemini-2-5-flash-image-edit", inputs: 2, credits: 7, ...png(1024) },

  {
    id: "bfl.flux-pro-1-1",
    ...parameters({ width: 288, height: 256, output_format: "png" }),
    credits: 7,
    ...png(288, 256)
  },
  { id: "bfl.flux-pro-1-1-ultra", credits: 10, ...jpeg(1024) },
  { id: "bfl.flux-kontext-pro", credits: 7, ...jpeg(1024) },
  { id: "bfl.flux-kontext-pro-edit", inputs: 2, credits: 7, ...jpeg(1024, 768) },
  { id: "bfl.flux-kontext-max", credits: 14, ...jpeg(1024) },
  { id: "bfl.flux-kontext-max-edit", inputs: 1, credits: 14, ...jpeg(1024, 768) },
  { id: "bfl.flux-pro-1-0-fill", inputs: 1, mask: true, credits: 9, ...jpeg(1024, 768) },

  { id: "replicate.flux-schnell", ...parameters({ megapixels: "0.25" }), credits: 1, ...webp(512) },
  { id: "replicate.flux-dev", ...parameters({ megapixels: "0.25" }), credits: 5, ...webp(512) },
  { id: "replicate.flux-kontext-pro-edit", inputs: 1, credits: 7, ...png(1024) },
  { id: "replicate.flux-fill-pro", inputs: 1, mask: true, credits: 9, ...jpeg(1024) },

  { id: "local.storyboard", ...parameters({ width: 288, height: 256 }), credits: 0, ...png(288, 256) },
  { id: "local.adjust", ...parameters({ rotate: 90 }), promptless: true, inputs: 1, credits: 0, ...png(320) }
]

/** It edits only what the illustrator drew. */
const sceneEditor = "local.storyboard-edit"
const scenes = "local.storyboard"
const small = { model_parameters: { width: 288, height: 256 } }

/** contract/models.json: rows whose execution is unspecified, which means that they are only listed (decision D4a.8). */
const catalogOnly = [
  "fal.nano-banana-2",
  "fal.imagen4-preview",
  "fal.imagen4-preview-fast",
  "fal.imagen4-preview-ultra"
]

const rowsOf = (wired: boolean) => publishedModels.filter((model) => model.wired === wired).map(({ id }) => id)

const promptOf = ({ promptless }: Row) => (promptless === true ? {} : { prompt: "at night" })

const bodyOf = Effect.fnUntraced(function* (row: Row) {
  const { inputs } = yield* ProviderSite
  const { body = {} } = row
  const common = { model: row.id, ...promptOf(row), ...body, accept_unknown_cost: row.unknown === true }
  if (row.inputs === undefined) return { path: "/v1/create", body: common }
  const sources = {
    input_asset_id: inputs.first,
    ...(row.inputs === 2 ? { additional_input_asset_ids: [inputs.second] } : {}),
    ...(row.mask === true ? { mask_asset_id: inputs.mask } : {})
  }
  return { path: "/v1/edit", body: { ...sources, ...common } }
})

const creditsOf = (job: Schema.Json | undefined) => {
  const credits = jsonField(job, "credits")
  return { state: jsonField(credits, "state"), captured: jsonField(credits, "captured") }
}

it.layer(ProviderSite.layer, { excludeTestServices: true })("every row of the catalogue, over HTTP", (it) => {
  it.effect.each(rows)("$id makes $type", (row) =>
    Effect.gen(function* () {
      const { vendors } = yield* ProviderSite
      const { body, path } = yield* bodyOf(row)
      const made = yield* gets(path, body)
      const asset = firstOf(jsonField(made, "assets"))
      assert.strictEqual(textField(asset, "mime_type"), row.type)
      const [width, height] = row.size ?? [null, null]
      assert.deepInclude(asset, { width, height })

      const media = yield* downloaded(asset)
      assert.strictEqual(media.headers["content-type"], row.type)
      assert.strictEqual(sha256Of(media.bytes), textField(asset, "sha256"))
      const [provider = ""] = row.id.split(".")
      const vendor = Object.entries(vendors).find(([id]) => id === provider)?.[1]
      if (vendor !== undefined) {
        assert.isTrue((yield* vendor.sent).has(textField(asset, "sha256")), "the very bytes that the vendor sent")
      }

      assert.strictEqual(jsonField(jsonField(made, "quota"), "consumed_credits"), row.credits)
      const job = jsonField(yield* gets(`/v1/jobs/${textField(made, "job_id")}`), "job")
      assert.deepStrictEqual(creditsOf(job), { state: row.credits === 0 ? "free" : "captured", captured: row.credits })
      const evidence = jsonField(asset, "evidence")
      assert.deepStrictEqual(jsonField(evidence, "flags"), row.flags ?? [])
      assert.match(textField(evidence, "not_measured"), row.notMeasured ?? /^$/u)
    })
  )

  it.effect(`${sceneEditor} edits what ${scenes} drew`, () =>
    Effect.gen(function* () {
      const drawn = yield* gets("/v1/create", { model: scenes, prompt: "a red boat", ...small })
      const source = firstOf(jsonField(drawn, "assets"))
      const body = { input_asset_id: textField(source, "asset_id"), model: sceneEditor, prompt: "make it night" }
      const asset = firstOf(jsonField(yield* gets("/v1/edit", body), "assets"))
      assert.deepStrictEqual([jsonField(asset, "width"), jsonField(asset, "height")], [288, 256])
      assert.strictEqual(sha256Of((yield* downloaded(asset)).bytes), textField(asset, "sha256"))
      assert.notStrictEqual(textField(asset, "sha256"), textField(source, "sha256"))
    })
  )

  it.effect.each(catalogOnly)("%s is only listed: nothing runs it, and nothing is charged for asking", (model) =>
    Effect.gen(function* () {
      const { vendors } = yield* ProviderSite
      const before = vendors.fal.emulator.accepted()
      for (const dry_run of [true, false]) {
        const reply = yield* asks("/v1/create", { model, prompt: "at night", accept_unknown_cost: true, dry_run })
        assert.strictEqual(textField(jsonField(json(reply), "error"), "code"), "MODEL_NOT_EXECUTABLE")
      }
      assert.strictEqual(vendors.fal.emulator.accepted(), before)
      const row = jsonField(yield* gets(`/v1/models/${model}`), "model")
      assert.strictEqual(jsonField(jsonField(row, "execution"), "model_execution_status"), "cataloged_not_wired")
    })
  )
})

describe("the catalogue", () => {
  it("has no row that is neither run above nor listed only, and none twice", () => {
    const run = [...rows.map(({ id }) => id), sceneEditor]
    assert.deepStrictEqual(run.toSorted(), rowsOf(true).toSorted())
    assert.deepStrictEqual(catalogOnly.toSorted(), rowsOf(false).toSorted())
  })
})
