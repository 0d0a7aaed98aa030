import { assert, describe, it } from "@effect/vitest"
import { measure } from "@image-skill/core/media/Measure"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { answered, accepted, bytesOf, type Given, inputsOf, requestOf, rowOf, rows, world } from "./FalWorld.ts"

interface Case {
  readonly id: string
  readonly ratio?: string
  readonly count?: number
  readonly parameters?: { readonly [name: string]: Schema.Json }
  readonly inputs?: ReadonlyArray<Given>
  /** Exactly what goes out, beside the prompt; media by their place among the inputs. */
  readonly body: Schema.JsonObject
  readonly type: string
  /** Pixels of a picture. */
  readonly size: readonly [number, number] | null
}

const at = (media: number) => ({ media })
const one: ReadonlyArray<Given> = [{}]
const view = { width: 400, height: 400 }

const cases: ReadonlyArray<Case> = [
  {
    id: "fal.flux-dev",
    ratio: "4:3",
    parameters: { seed: 0 },
    body: { image_size: "landscape_4_3", num_images: 1, seed: 0, sync_mode: false },
    type: "image/jpeg",
    size: [1024, 768]
  },
  {
    id: "fal.flux-pro-v1-1-ultra",
    ratio: "3:2",
    parameters: { seed: 0, raw: false },
    body: { aspect_ratio: "3:2", num_images: 1, seed: 0, raw: false, sync_mode: false },
    type: "image/jpeg",
    size: [2512, 1680]
  },
  {
    id: "fal.z-image-turbo",
    ratio: "16:9",
    parameters: { image_size: "square" },
    body: { image_size: "square", num_images: 1, sync_mode: false },
    type: "image/png",
    size: [512, 512]
  },
  {
    id: "fal.gemini-3-pro-image-preview",
    ratio: "16:9",
    parameters: { resolution: "1K", seed: 0 },
    body: { aspect_ratio: "16:9", num_images: 1, resolution: "1K", seed: 0, sync_mode: false },
    type: "image/png",
    size: [1360, 768]
  },
  {
    id: "fal.nano-banana-pro",
    ratio: "1:1",
    parameters: { resolution: "1K", seed: 0 },
    body: { aspect_ratio: "1:1", num_images: 1, resolution: "1K", seed: 0, sync_mode: false },
    type: "image/png",
    size: [1024, 1024]
  },
  {
    id: "fal.bytedance-seedream-v4-5-text-to-image",
    ratio: "3:2",
    parameters: { seed: 0 },
    body: { image_size: { width: 1152, height: 768 }, num_images: 1, seed: 0, sync_mode: false },
    type: "image/png",
    size: [1152, 768]
  },
  {
    id: "fal.bytedance-seedream-v5-lite-text-to-image",
    ratio: "2:3",
    body: { image_size: { width: 768, height: 1152 }, num_images: 1, sync_mode: false },
    type: "image/png",
    size: [768, 1152]
  },
  {
    id: "fal.dreamo",
    parameters: { image_size: { width: 640, height: 512 } },
    // Given in the wrong order: the index decides.
    inputs: [
      { role: "reference_image", index: 1, ...view },
      { role: "reference_image", index: 0, task: "id", ...view }
    ],
    body: {
      image_size: { width: 640, height: 512 },
      first_image_url: at(1),
      first_reference_task: "id",
      second_image_url: at(0),
      sync_mode: false
    },
    type: "image/jpeg",
    size: [640, 512]
  },
  {
    id: "fal.kling-image-o3-text-to-image",
    ratio: "1:1",
    count: 2,
    inputs: [
      { role: "element_frontal", index: 1, ...view },
      { role: "element_reference", index: 0, referenceIndex: 1, ...view },
      { role: "element_frontal", index: 0, ...view },
      { role: "element_reference", index: 0, referenceIndex: 0, ...view }
    ],
    body: {
      aspect_ratio: "1:1",
      num_images: 2,
      elements: [{ frontal_image_url: at(2), reference_image_urls: [at(3), at(1)] }, { frontal_image_url: at(0) }],
      sync_mode: false
    },
    type: "image/png",
    size: [1024, 1024]
  },
  {
    id: "fal.kling-image-v3-text-to-image",
    ratio: "16:9",
    body: { aspect_ratio: "16:9", num_images: 1, sync_mode: false },
    type: "image/png",
    size: [1360, 768]
  },
  {
    id: "fal.ltx-video-13b-distilled",
    ratio: "9:16",
    body: { aspect_ratio: "9:16" },
    type: "video/mp4",
    size: null
  },
  { id: "fal.stable-audio-25-text-to-audio", body: { sync_mode: false }, type: "audio/wav", size: null },
  {
    id: "fal.z-image-turbo-image-to-image",
    inputs: one,
    body: { image_url: at(0), image_size: "auto", num_images: 1, sync_mode: false },
    type: "image/png",
    size: [640, 480]
  },
  {
    id: "fal.gemini-3-pro-image-preview-edit",
    inputs: one,
    body: { image_urls: [at(0)], aspect_ratio: "auto", num_images: 1, sync_mode: false },
    type: "image/png",
    size: [1184, 880]
  },
  {
    id: "fal.nano-banana-pro-edit",
    ratio: "4:3",
    parameters: { seed: 0, resolution: "1K" },
    inputs: [{ index: 1 }, { index: 0 }],
    body: {
      image_urls: [at(1), at(0)],
      aspect_ratio: "4:3",
      num_images: 1,
      seed: 0,
      resolution: "1K",
      sync_mode: false
    },
    type: "image/png",
    size: [1184, 880]
  },
  {
    id: "fal.nano-banana-2-edit",
    parameters: { seed: 0, resolution: "0.5K" },
    inputs: one,
    body: { image_urls: [at(0)], aspect_ratio: "auto", num_images: 1, seed: 0, resolution: "0.5K", sync_mode: false },
    type: "image/png",
    size: [592, 448]
  },
  {
    id: "fal.ideogram-v2-edit",
    parameters: { expand_prompt: false, seed: 0, style: "render_3D" },
    inputs: [{}, { role: "mask" }],
    body: { image_url: at(0), mask_url: at(1), expand_prompt: false, seed: 0, style: "render_3D", sync_mode: false },
    type: "image/png",
    size: [640, 480]
  },
  {
    id: "fal.flux-pro-kontext",
    parameters: { seed: 0 },
    inputs: one,
    body: { image_url: at(0), num_images: 1, seed: 0, sync_mode: false },
    type: "image/jpeg",
    size: [640, 480]
  },
  {
    id: "fal.flux-pro-kontext-max",
    inputs: one,
    body: { image_url: at(0), num_images: 1, sync_mode: false },
    type: "image/jpeg",
    size: [640, 480]
  },
  {
    id: "fal.bytedance-seedream-v4-5-edit",
    inputs: one,
    body: { image_urls: [at(0)], num_images: 1, sync_mode: false },
    type: "image/png",
    size: [1024, 768]
  },
  {
    id: "fal.bytedance-seedream-v5-lite-edit",
    ratio: "16:9",
    inputs: one,
    body: { image_urls: [at(0)], image_size: "landscape_16_9", num_images: 1, sync_mode: false },
    type: "image/png",
    size: [1024, 576]
  },
  {
    id: "fal.kling-image-o3-image-to-image",
    inputs: [{}, { role: "element_frontal", ...view }],
    body: {
      image_urls: [at(0)],
      elements: [{ frontal_image_url: at(1) }],
      aspect_ratio: "auto",
      num_images: 1,
      sync_mode: false
    },
    type: "image/png",
    size: [1184, 880]
  },
  {
    id: "fal.kling-image-v3-image-to-image",
    inputs: [{}, { role: "element_frontal", ...view }, { role: "element_reference", referenceIndex: 0, ...view }],
    body: {
      image_url: at(0),
      elements: [{ frontal_image_url: at(1), reference_image_urls: [at(2)] }],
      num_images: 1,
      sync_mode: false
    },
    type: "image/png",
    size: [1184, 880]
  },
  {
    id: "fal.kling-image-o1",
    ratio: "4:3",
    inputs: one,
    body: { image_urls: [at(0)], aspect_ratio: "4:3", num_images: 1, sync_mode: false },
    type: "image/png",
    size: [1184, 880]
  },
  {
    id: "fal.flux-dev-redux",
    inputs: one,
    body: { image_url: at(0), num_images: 1, sync_mode: false },
    type: "image/jpeg",
    size: [1024, 768]
  },
  {
    id: "fal.flux-krea-redux",
    ratio: "1:1",
    inputs: one,
    body: { image_url: at(0), image_size: "square_hd", num_images: 1, sync_mode: false },
    type: "image/jpeg",
    size: [1024, 1024]
  },
  {
    id: "fal.flux-schnell-redux",
    ratio: "3:4",
    inputs: one,
    body: { image_url: at(0), image_size: "portrait_4_3", num_images: 1, sync_mode: false },
    type: "image/jpeg",
    size: [768, 1024]
  },
  { id: "fal.trellis-image-to-3d", inputs: one, body: { image_url: at(0) }, type: "model/gltf-binary", size: null }
]

const readJson = Schema.decodeUnknownSync(Schema.fromJsonString(Schema.Json))

/** Uploaded inputs are told by the names that they were given. */
const withPlaces = (value: Schema.Json): Schema.Json => {
  if (typeof value === "string") {
    const place = /\/files\/in-\d+\/input-(\d+)\.png$/u.exec(value)?.[1]
    return place === undefined ? value : { media: Number(place) }
  }
  if (Array.isArray(value)) return value.map(withPlaces)
  return typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withPlaces(item)]))
    : value
}

const urlsIn = (value: Schema.Json): ReadonlyArray<string> => {
  if (typeof value === "string") return value.startsWith("http") ? [value] : []
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(urlsIn) : []
}

describe("the models of fal", () => {
  it("every row that can be executed is run below, and each once", () => {
    assert.sameMembers(
      cases.map(({ id }) => id),
      rows.map(({ id }) => id)
    )
    assert.lengthOf(cases, 28)
  })

  it.effect.each(cases)("$id takes exactly this and gives $type", (expected) =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* world
      const model = rowOf(expected.id)
      const { count = 1, inputs: given = [], parameters = {}, ratio } = expected
      const inputs = yield* Effect.promise(() => inputsOf(given))
      const request = requestOf(model, {
        parameters,
        inputs,
        outputCount: count,
        ...(ratio === undefined ? {} : { aspectRatio: ratio })
      })
      const body = model.prompt === "forbidden" ? expected.body : { ...expected.body, prompt: "a red fox in the snow" }
      const path = `/${model.upstream}`
      assert.deepStrictEqual(provider.plan(request), Result.succeed({ path, body }))
      assert.lengthOf(emulator.calls, 0, "planning asks nobody")

      const answer = yield* answered(provider, yield* accepted(provider, request))
      const posts = emulator.calls.filter((call) => call.path === path && call.method === "POST")
      const sent = posts.map((call) => readJson(new TextDecoder().decode(call.body)))
      assert.deepStrictEqual(sent.map(withPlaces), [body])
      assert.strictEqual(emulator.accepted(), 1)
      for (const url of sent.flatMap(urlsIn)) {
        const [, place = ""] = /input-(\d+)\.png$/u.exec(url) ?? []
        const stored = yield* Effect.promise(async () => new Uint8Array(await (await fetch(url)).arrayBuffer()))
        assert.deepStrictEqual(stored, yield* inputs[Number(place)]?.bytes ?? Effect.succeed(null))
      }

      const { outputs, warnings } = yield* provider.outputs(answer, request)
      const made = yield* Effect.forEach(outputs, bytesOf)
      for (const bytes of made) {
        const measured = measure(bytes)
        assert(measured !== null)
        assert.strictEqual(measured.mimeType, expected.type)
        if (expected.size !== null)
          assert.deepStrictEqual([measured.size?.width ?? 0, measured.size?.height ?? 0], expected.size)
      }
      assert.lengthOf(made, count)
      assert.include(model.output.mimeTypes, expected.type)
      assert.strictEqual(new Set(made.map((bytes) => Buffer.from(bytes).toString("base64"))).size, count)
      assert.deepStrictEqual(warnings, [])
      if (parameters["seed"] === 0) for (const { facts } of outputs) assert.deepStrictEqual(facts, { seed: 0 })
    })
  )

  it.effect("what an endpoint cannot take is refused before anything is sent", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* world
      const some = yield* Effect.promise(() =>
        inputsOf([{}, { role: "mask" }, { role: "reference_image" }, { role: "element_reference" }, { index: 1 }])
      )
      const [image, cover, reference, element, second] = some
      assert(image !== undefined && cover !== undefined && reference !== undefined)
      assert(element !== undefined && second !== undefined)
      const flux = rowOf("fal.flux-dev")
      const kontext = rowOf("fal.flux-pro-kontext")
      const refused = [
        requestOf({ ...flux, upstream: "fal-ai/nobody" }),
        requestOf({ ...flux, upstream: null }),
        requestOf(flux, { prompt: null }),
        requestOf(flux, { parameters: { sync_mode: true } }),
        requestOf(flux, { parameters: { prompt: "another" } }),
        requestOf(flux, { aspectRatio: "7:5" }),
        requestOf(flux, { inputs: [image] }),
        requestOf(flux, { inputs: [reference] }),
        requestOf(rowOf("fal.flux-dev-redux"), { prompt: "words", inputs: [image] }),
        requestOf(rowOf("fal.dreamo"), { outputCount: 2 }),
        requestOf(rowOf("fal.dreamo"), { inputs: [reference, reference, reference] }),
        requestOf(kontext),
        requestOf(kontext, { inputs: [image, second] }),
        requestOf(kontext, { inputs: [image, cover] }),
        requestOf(rowOf("fal.ideogram-v2-edit"), { inputs: [image] }),
        requestOf(rowOf("fal.kling-image-o3-text-to-image"), { inputs: [element] })
      ]
      for (const [place, request] of refused.entries()) {
        const plan = provider.plan(request)
        assert.isTrue(Result.isFailure(plan), `${place} ${request.model.id}`)
        const failure = yield* Effect.flip(provider.submit(request))
        assert.deepStrictEqual([failure.provider, failure.reason], ["fal", "rejected"], `${place}`)
        assert.notInclude(failure.message, "words")
      }
      assert.lengthOf(emulator.calls, 0)
    })
  )
})
