import { assert, describe, it } from "@effect/vitest"
import * as Google from "@image-skill/adapters/media/providers/Google"
import { measure } from "@image-skill/core/media/Measure"
import { googleModels } from "@image-skill/core/models/catalogue/GoogleModels"
import type { Model } from "@image-skill/core/models/Model"
import { problems } from "@image-skill/core/models/Parameters"
import * as GoogleEmulator from "@image-skill/testing/media/emulators/GoogleEmulator"
import * as MediaProviderSuite from "@image-skill/testing/media/MediaProviderSuite"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import {
  base64Of,
  connect,
  filled,
  type Given,
  inputsOf,
  madeBy,
  prompt,
  requestOf,
  sentTo,
  until,
  worldOf
} from "./VendorWorld.ts"

const world = worldOf(GoogleEmulator.make, Google.make, "/v1beta")

const rowOf = (id: string): Model => {
  const row = googleModels.find((model) => model.id === id)
  assert.isDefined(row, id)
  return row
}

const flash = rowOf("google.gemini-3-1-flash-image")
const flashEdit = rowOf("google.gemini-3-1-flash-image-edit")

interface Case {
  readonly id: string
  readonly upstream: string
  readonly ratio?: string
  readonly parameters?: { readonly [name: string]: Schema.Json }
  readonly inputs?: ReadonlyArray<Given>
  /** Exactly what goes out beside the parts. */
  readonly config: Schema.JsonObject
  readonly size: readonly [number, number]
  /** Millionths of a US dollar, where the row has rates. */
  readonly cost: number | null
}

const only = { responseModalities: ["IMAGE"] }

const cases: ReadonlyArray<Case> = [
  {
    id: "google.gemini-3-1-flash-image",
    upstream: "gemini-3.1-flash-image",
    ratio: "21:9",
    parameters: { imageSize: "1K" },
    config: { ...only, imageConfig: { aspectRatio: "21:9", imageSize: "1K" } },
    size: [1536, 672],
    cost: null
  },
  {
    id: "google.gemini-3-1-flash-image-edit",
    upstream: "gemini-3.1-flash-image",
    parameters: { temperature: 0, topP: 0.5 },
    inputs: [{}],
    config: { ...only, temperature: 0, topP: 0.5 },
    size: [1024, 1024],
    cost: null
  },
  {
    id: "google.gemini-3-pro-image",
    upstream: "gemini-3-pro-image",
    parameters: { imageSize: "2K" },
    config: { ...only, imageConfig: { aspectRatio: "1:1", imageSize: "2K" } },
    size: [2048, 2048],
    cost: null
  },
  {
    id: "google.gemini-3-pro-image-edit",
    upstream: "gemini-3-pro-image",
    ratio: "5:4",
    inputs: [{}, {}, {}],
    config: { ...only, imageConfig: { aspectRatio: "5:4" } },
    size: [1152, 896],
    cost: null
  },
  {
    id: "google.gemini-3-pro-image-preview",
    upstream: "gemini-3-pro-image-preview",
    config: { ...only, imageConfig: { aspectRatio: "1:1" } },
    size: [1024, 1024],
    cost: null
  },
  {
    id: "google.gemini-3-pro-image-preview-edit",
    upstream: "gemini-3-pro-image-preview",
    parameters: { imageSize: "1K" },
    inputs: [{}],
    config: { ...only, imageConfig: { imageSize: "1K" } },
    size: [1024, 1024],
    cost: null
  },
  {
    id: "google.gemini-2-5-flash-image",
    upstream: "gemini-2.5-flash-image",
    ratio: "16:9",
    config: { ...only, imageConfig: { aspectRatio: "16:9" } },
    size: [1344, 768],
    // 1,290 tokens at 30, six of the prompt at 0.30, rounded up.
    cost: 38_702
  },
  {
    id: "google.gemini-2-5-flash-image-edit",
    upstream: "gemini-2.5-flash-image",
    inputs: [{}, {}],
    config: only,
    size: [1024, 1024],
    // With 516 tokens for the inputs.
    cost: 38_857
  }
]

MediaProviderSuite.suite(
  "Google",
  Effect.map(world, ({ provider }) => provider),
  {
    model: flash,
    request: { parameters: { imageSize: "1K", temperature: 0.5 } },
    vendor: {
      emulator: GoogleEmulator.make,
      connect: ({ apiKey, origin }) => connect(Google.make, apiKey, `${origin}/v1beta`),
      givesUrls: false
    },
    live: {
      variable: "GEMINI_API_KEY",
      make: Effect.suspend(() => connect(Google.make, process.env["GEMINI_API_KEY"] ?? "", null))
    }
  }
)

describe("MediaProvider (Google)", () => {
  it("every row has a case", () => {
    assert.deepStrictEqual(
      googleModels.map(({ id }) => id),
      cases.map(({ id }) => id)
    )
  })

  for (const { config, cost, id, inputs: given = [], parameters = {}, ratio, size, upstream } of cases) {
    it.effect(`${id} sends exactly its native request and gives the picture`, () =>
      Effect.gen(function* () {
        const { emulator, provider } = yield* world
        const model = rowOf(id)
        assert.deepStrictEqual(problems(model, parameters), [])
        const inputs = yield* inputsOf(given)
        const request = requestOf(model, { inputs, parameters, ...(ratio === undefined ? {} : { aspectRatio: ratio }) })
        const media = inputs.map((_, index) => ({ inlineData: { mimeType: "image/png", data: { media: index } } }))
        const body = { contents: [{ role: "user", parts: [...media, { text: prompt }] }], generationConfig: config }
        const path = `/models/${upstream}:generateContent`
        assert.deepStrictEqual(provider.plan(request), Result.succeed({ path, body }))
        const { made, result } = yield* madeBy(provider, request)
        assert.deepStrictEqual(sentTo(emulator, `/v1beta${path}`), filled(body, yield* base64Of(inputs)))
        const [width, height] = size
        const mimeType = upstream.startsWith("gemini-3") ? "image/jpeg" : "image/png"
        assert.deepStrictEqual(made.map(measure), [{ mimeType, size: { width, height } }])
        assert.include(model.output.mimeTypes, mimeType)
        assert.strictEqual(result.reportedMicroUsd, cost)
        assert.deepStrictEqual(result.provenance, { model_version: upstream, response_id: "emulated-0" })
        assert.deepStrictEqual([emulator.accepted(), emulator.calls.length], [1, 1])
      })
    )
  }

  it.effect("what a model cannot take is refused before anything is sent", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* world
      const [image, cover, strange] = yield* inputsOf([{}, { role: "mask" }, { mimeType: "image/gif" }])
      assert(image !== undefined && cover !== undefined && strange !== undefined)
      const refused = [
        requestOf({ ...flash, upstream: null }),
        requestOf(flash, { prompt: null }),
        requestOf(flash, { outputCount: 2 }),
        requestOf(flash, { inputs: [image] }),
        requestOf(flash, { parameters: { responseModalities: "TEXT" } }),
        requestOf(flashEdit),
        requestOf(flashEdit, { inputs: [image, cover] }),
        requestOf(flashEdit, { inputs: [strange] }),
        requestOf({ ...flashEdit, maxInputs: 1 }, { inputs: [image, image] })
      ]
      for (const [place, request] of refused.entries()) {
        assert.isTrue(Result.isFailure(provider.plan(request)), `${place}`)
        assert.strictEqual((yield* Effect.flip(provider.submit(request))).reason, "rejected", `${place}`)
      }
      assert.lengthOf(emulator.calls, 0)
    })
  )

  it.effect("its filters refuse a text and an edit in different words, which mean the same", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* world
      emulator.fail({ _tag: "content" })
      const inputs = yield* inputsOf([{}])
      const refused = [
        [requestOf(flash), "(PROHIBITED_CONTENT)"],
        [requestOf(flashEdit, { inputs }), "(IMAGE_SAFETY)"]
      ] as const
      for (const [request, word] of refused) {
        const { message, reason } = yield* Effect.flip(madeBy(provider, request))
        assert.strictEqual(reason, "content_refused")
        assert.include(message, word)
      }
      assert.strictEqual(emulator.accepted(), 0)
    })
  )

  it.effect("an answer that never comes is unknown after five minutes, and is not asked for again", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* world
      emulator.fail({ _tag: "endless" })
      const waiting = yield* Effect.forkChild(Effect.flip(provider.submit(requestOf(flash))))
      yield* until(() => emulator.accepted() === 1)
      yield* TestClock.adjust(Duration.minutes(5))
      const error = yield* Fiber.join(waiting)
      assert.deepStrictEqual([error.reason, emulator.calls.length], ["unknown", 1])
    })
  )

  it.effect("a picture that is delivered twice is two outputs, and one of another type is as it is", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* world
      emulator.fail({ _tag: "duplicate" }, 1)
      const twice = yield* madeBy(provider, requestOf(flash))
      assert.lengthOf(twice.made, 2)
      assert.deepStrictEqual(twice.made[0], twice.made[1])
      emulator.fail({ _tag: "wrong_type" }, 1)
      const { made } = yield* madeBy(provider, requestOf(flash))
      assert.deepStrictEqual(made.map(measure), [null])
    })
  )

  it.effect("answers without a picture say why: the filters in their words, anything else as a rejection", () =>
    Effect.gen(function* () {
      const { provider } = yield* world
      const read = (json: string) => Effect.flip(provider.outputs(new TextEncoder().encode(json), requestOf(flash)))
      const answers: ReadonlyArray<readonly [json: string, reason: string, word: string]> = [
        [`{"promptFeedback":{"blockReason":"OTHER"}}`, "content_refused", "OTHER"],
        [`{"candidates":[{"finishReason":"IMAGE_PROHIBITED_CONTENT"}]}`, "content_refused", "IMAGE_PROHIBITED_CONTENT"],
        [`{"candidates":[{"content":{"parts":[{"text":"no"}]},"finishReason":"NO_IMAGE"}]}`, "rejected", "NO_IMAGE"],
        [`{"candidates":[{"finishReason":"a red fox https://x"}]}`, "rejected", "no reason given"],
        [`{}`, "rejected", "no reason given"],
        [`<html>`, "rejected", "is not what this version knows"]
      ]
      for (const [json, reason, word] of answers) {
        const error = yield* read(json)
        assert.strictEqual(error.reason, reason, json)
        assert.include(error.message, word)
      }
    })
  )

  it.effect("it has no queue: nothing is found again, and nothing is canceled", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* world
      assert.deepStrictEqual(yield* provider.poll({}), { _tag: "Gone" })
      assert.strictEqual(yield* provider.cancel({}), "not_supported")
      assert.lengthOf(emulator.calls, 0)
    })
  )
})
