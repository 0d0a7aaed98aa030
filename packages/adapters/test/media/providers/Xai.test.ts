import { assert, describe, it } from "@effect/vitest"
import * as Xai from "@image-skill/adapters/media/providers/Xai"
import type { GenerationRequest } from "@image-skill/core/media/MediaProvider"
import { xaiModels } from "@image-skill/core/models/catalogue/XaiModels"
import { pictures } from "@image-skill/testing/media/emulators/Fixtures"
import * as XaiEmulator from "@image-skill/testing/media/emulators/XaiEmulator"
import { inputOf, run } from "@image-skill/testing/media/MediaProviderRun"
import * as MediaProviderSuite from "@image-skill/testing/media/MediaProviderSuite"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { onNetwork } from "./Network.ts"

const row = (id: string) => xaiModels.find((model) => model.id === `xai.${id}`) ?? assert.fail(id)

const connect = ({ apiKey, origin }: { readonly apiKey: string; readonly origin: string }) =>
  onNetwork(Xai.make({ apiKey: Redacted.make(apiKey), baseUrl: `${origin}/v1` }))

const started = Effect.gen(function* () {
  const emulator = yield* XaiEmulator.make
  return { emulator, provider: yield* connect(emulator) }
})

MediaProviderSuite.suite("xAI", Effect.flatMap(XaiEmulator.make, connect), {
  model: row("grok-imagine-image-quality"),
  request: { parameters: { resolution: "1k" } },
  vendor: { emulator: XaiEmulator.make, connect, givesUrls: false },
  live: {
    variable: "XAI_API_KEY",
    make: Effect.suspend(() =>
      onNetwork(Xai.make({ apiKey: Redacted.make(process.env["XAI_API_KEY"] ?? ""), baseUrl: null }))
    )
  }
})

const request: GenerationRequest = {
  key: "job_xai",
  model: row("grok-imagine-image-quality"),
  prompt: "a red fox",
  parameters: { resolution: "2k" },
  aspectRatio: "16:9",
  outputCount: 1,
  size: null,
  inputs: []
}

const answer = (text: string) => new TextEncoder().encode(text)

const bodyOf = (bytes: Uint8Array | undefined): unknown => JSON.parse(new TextDecoder().decode(bytes))

describe("Xai", () => {
  it.effect("a generation sends exactly its plan, and costs what xAI says", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* started
      const { reportedMicroUsd } = yield* run(provider, { ...request, outputCount: 2 })
      assert.deepStrictEqual(bodyOf(emulator.calls[0]?.body), {
        model: "grok-imagine-image-quality",
        prompt: "a red fox",
        n: 2,
        aspect_ratio: "16:9",
        resolution: "2k",
        response_format: "b64_json"
      })
      assert.strictEqual(reportedMicroUsd, 140_000)
    })
  )

  it.effect.each([1, 3])("an edit sends %d pictures within itself, the references after the one to edit", (count) =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* started
      const all = yield* Effect.promise(() => pictures(count))
      const edit: GenerationRequest = {
        ...request,
        model: row("grok-imagine-image-edit"),
        parameters: {},
        aspectRatio: "auto",
        inputs: all.map((bytes, index) => (index === 0 ? inputOf(bytes) : inputOf(bytes, "reference_image", index - 1)))
      }
      const sources = all.map((bytes) => ({
        type: "image_url",
        url: `data:image/png;base64,${Buffer.from(bytes).toString("base64")}`
      }))
      const { reportedMicroUsd } = yield* run(provider, edit)
      assert.strictEqual(emulator.calls[0]?.path, "/v1/images/edits")
      assert.deepStrictEqual(bodyOf(emulator.calls[0]?.body), {
        model: "grok-imagine-image",
        prompt: "a red fox",
        n: 1,
        response_format: "b64_json",
        ...(count === 1 ? { image: sources[0] } : { images: sources })
      })
      assert.strictEqual(reportedMicroUsd, 20_000 + 2_000 * count)
      const four = [...edit.inputs, ...edit.inputs, ...edit.inputs, ...edit.inputs].slice(0, 4)
      assert.strictEqual((yield* Effect.flip(provider.submit({ ...edit, inputs: four }))).reason, "rejected")
    })
  )

  it.effect("outputs that xAI holds back are left out and said; when all are, its policy refused", () =>
    Effect.gen(function* () {
      const { provider } = yield* started
      const one = `{"b64_json":"AAAA","respect_moderation":true}`
      const none = `{"b64_json":null,"url":"","respect_moderation":false}`
      const ticks = `"usage":{"cost_in_usd_ticks":200000001}`
      const some = yield* provider.outputs(answer(`{"data":[${none},${one}],${ticks}}`), request)
      assert.deepStrictEqual([some.outputs.length, some.reportedMicroUsd], [1, 20_001])
      assert.match(some.warnings.join(), /held 1 of 2 outputs back/u)
      const failure = yield* Effect.flip(provider.outputs(answer(`{"data":[${none}]}`), request))
      assert.strictEqual(failure.reason, "content_refused")
    })
  )
})
