import { assert, describe, it } from "@effect/vitest"
import * as OpenAiCompatible from "@image-skill/adapters/media/providers/OpenAiCompatible"
import { modelsOf } from "@image-skill/adapters/media/providers/OpenAiCompatibleModels"
import { measure } from "@image-skill/core/media/Measure"
import type { GenerationRequest } from "@image-skill/core/media/MediaProvider"
import type { Model } from "@image-skill/core/models/Model"
import * as CompatibleEmulator from "@image-skill/testing/media/emulators/CompatibleEmulator"
import { bytesOfRun } from "@image-skill/testing/media/MediaProviderRun"
import * as MediaProviderSuite from "@image-skill/testing/media/MediaProviderSuite"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { onNetwork } from "./Network.ts"

const rowsOf = (names: string) => modelsOf((name) => (name === "IMAGE_SKILL_COMPATIBLE_MODELS" ? names : null))
const model: Model = rowsOf("stablediffusion")[0] ?? assert.fail("no row")

const connect = ({ apiKey, origin }: { readonly apiKey: string; readonly origin: string }) =>
  onNetwork(OpenAiCompatible.make({ apiKey: Redacted.make(apiKey), baseUrl: origin }))

const parameters = { size: "320x256", seed: 0, step: 4, negative_prompt: "rain" }

for (const flavour of ["localai", "sd-server"] as const) {
  const emulator = CompatibleEmulator.make(flavour)
  MediaProviderSuite.suite(`OpenAI-compatible, ${flavour}`, Effect.flatMap(emulator, connect), {
    model,
    request: { parameters },
    vendor: { emulator, connect, givesUrls: false, checksKey: flavour === "localai" }
  })
}

/** A server that gives URLs whatever it is asked for. */
const urls = CompatibleEmulator.make("localai", { alwaysUrls: true })
MediaProviderSuite.suite("OpenAI-compatible, by URL", Effect.flatMap(urls, connect), {
  model,
  request: { parameters },
  vendor: { emulator: urls, connect, givesUrls: true }
})

const request: GenerationRequest = {
  key: "job_compatible",
  model,
  prompt: "a red fox",
  parameters: {},
  aspectRatio: "16:9",
  outputCount: 1,
  size: { width: 896, height: 512 },
  inputs: []
}

describe("OpenAiCompatible", () => {
  it.effect("sends what the server knows, and the pixels of the ratio", () =>
    Effect.gen(function* () {
      const emulator = yield* CompatibleEmulator.make("sd-server")
      const provider = yield* onNetwork(OpenAiCompatible.make({ apiKey: null, baseUrl: `${emulator.origin}/v1` }))
      const [bytes] = yield* bytesOfRun(provider, { ...request, parameters: { seed: 0, step: 4 } })
      assert.deepStrictEqual(measure(bytes ?? new Uint8Array())?.size, request.size)
      const sent: unknown = JSON.parse(new TextDecoder().decode(emulator.calls[0]?.body))
      assert.deepStrictEqual(sent, {
        size: "896x512",
        seed: 0,
        step: 4,
        model: "stablediffusion",
        prompt: "a red fox",
        n: 1,
        response_format: "b64_json"
      })
      assert.isUndefined(emulator.calls[0]?.headers.authorization)
    })
  )

  it("each name is a row, once, and keeps its own spelling for the server", () => {
    const rows = rowsOf("Stable Diffusion XL, flux.1-schnell,,/models/sd:1.5.gguf,stable-diffusion-xl")
    assert.deepStrictEqual(
      rows.map(({ id, upstream }) => [id, upstream]),
      [
        ["compatible.stable-diffusion-xl", "Stable Diffusion XL"],
        ["compatible.flux.1-schnell", "flux.1-schnell"],
        ["compatible.models-sd-1.5.gguf", "/models/sd:1.5.gguf"]
      ]
    )
    assert.deepStrictEqual(
      rows.map(({ price }) => price._tag),
      ["Free", "Free", "Free"]
    )
    assert.deepStrictEqual(rowsOf(" , "), [])
    assert.deepStrictEqual(
      modelsOf(() => null),
      []
    )
  })
})
