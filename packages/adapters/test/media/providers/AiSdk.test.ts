import { createOpenAI } from "@ai-sdk/openai"
import type { Experimental_VideoModelV4 as VideoModelV4, ImageModelV4 } from "@ai-sdk/provider"
import { createXai } from "@ai-sdk/xai"
import { assert, describe, it } from "@effect/vitest"
import * as AiSdk from "@image-skill/adapters/media/providers/AiSdk"
import * as AiSdkModels from "@image-skill/adapters/media/providers/AiSdkModels"
import type { GenerationRequest } from "@image-skill/core/media/MediaProvider"
import type { ParameterSchema } from "@image-skill/core/models/Model"
import { mp4, pictures } from "@image-skill/testing/media/emulators/Fixtures"
import * as OpenAiEmulator from "@image-skill/testing/media/emulators/OpenAiEmulator"
import * as XaiEmulator from "@image-skill/testing/media/emulators/XaiEmulator"
import { bytesOfRun, ended, inputOf, run } from "@image-skill/testing/media/MediaProviderRun"
import * as MediaProviderSuite from "@image-skill/testing/media/MediaProviderSuite"
import * as Effect from "effect/Effect"
import { onNetwork } from "./Network.ts"

interface Place {
  readonly apiKey: string
  readonly origin: string
}

const perOutput = { _tag: "PerOutput", microUsd: 50_000 } as const
const text: ParameterSchema = { type: "string" }

const overOpenAi = ({ apiKey, origin }: Place) =>
  AiSdkModels.fromImageModel(createOpenAI({ apiKey, baseURL: `${origin}/v1` }).image("gpt-image-2"), {
    provider: "bridged",
    price: perOutput,
    parameters: { size: text, quality: text },
    aspectRatios: { values: [], default: null, ignored: "1:1" }
  })

const ticks = (metadata: unknown): number | null => {
  const found = /"costInUsdTicks":(\d+)/u.exec(JSON.stringify(metadata))?.[1]
  return found === undefined ? null : Math.ceil(Number(found) / 10_000)
}

const overXai = ({ apiKey, origin }: Place) =>
  AiSdkModels.fromImageModel(
    createXai({ apiKey, baseURL: `${origin}/v1` }).image("grok-imagine-image"),
    {
      provider: "bridged",
      price: perOutput,
      maxInputs: 3,
      references: { roles: ["reference_image"], maxEntries: 3, tasks: [] }
    },
    { cost: ticks }
  )

const connected = (bridge: (place: Place) => AiSdkModels.Bridged) => (place: Place) =>
  onNetwork(AiSdk.make({ id: "bridged", models: [bridge(place)] }))

const nowhere: Place = { apiKey: "none", origin: "http://127.0.0.1:1" }

MediaProviderSuite.suite("AI SDK, @ai-sdk/openai", Effect.flatMap(OpenAiEmulator.make, connected(overOpenAi)), {
  model: overOpenAi(nowhere).row,
  request: { parameters: { size: "256x320", quality: "low" } },
  vendor: { emulator: OpenAiEmulator.make, connect: connected(overOpenAi), givesUrls: false }
})

MediaProviderSuite.suite("AI SDK, @ai-sdk/xai", Effect.flatMap(XaiEmulator.make, connected(overXai)), {
  model: overXai(nowhere).row,
  vendor: { emulator: XaiEmulator.make, connect: connected(overXai), givesUrls: false }
})

const request: GenerationRequest = {
  key: "job_bridged",
  model: overXai(nowhere).row,
  prompt: "a red fox",
  parameters: {},
  aspectRatio: "16:9",
  outputCount: 1,
  size: null,
  inputs: []
}

describe("AiSdk", () => {
  it.effect("what the SDK's provider reports becomes the bill, and pictures go along", () =>
    Effect.gen(function* () {
      const emulator = yield* XaiEmulator.make
      const provider = yield* connected(overXai)(emulator)
      const [one, two] = yield* Effect.promise(() => pictures(2))
      const inputs = [one, two].flatMap((bytes, index) =>
        bytes === undefined ? [] : [inputOf(bytes, "reference_image", index)]
      )
      const { reportedMicroUsd } = yield* run(provider, { ...request, inputs })
      assert.strictEqual(reportedMicroUsd, 24_000)
      assert.deepInclude(JSON.parse(new TextDecoder().decode(emulator.calls[0]?.body)), {
        aspect_ratio: "16:9",
        images: [one, two].map((bytes) => ({
          type: "image_url",
          url: `data:image/png;base64,${Buffer.from(bytes ?? []).toString("base64")}`
        }))
      })
    })
  )

  it.effect("what the SDK's provider ignores is a warning", () =>
    Effect.gen(function* () {
      const emulator = yield* OpenAiEmulator.make
      const bridged = overOpenAi(emulator)
      const provider = yield* onNetwork(AiSdk.make({ id: "bridged", models: [bridged] }))
      const { warnings } = yield* run(provider, {
        ...request,
        model: bridged.row,
        parameters: { seed: 7, size: "256x256" }
      })
      assert.match(warnings.join(), /does not support seed/u)
    })
  )

  it.effect("a paid answer of a model that polls on its own is unknown, whatever its later requests were told", () =>
    Effect.gen(function* () {
      const polling: ImageModelV4 = {
        specificationVersion: "v4",
        provider: "polling.image",
        modelId: "slow",
        maxImagesPerCall: 1,
        doGenerate: () =>
          Promise.reject(
            Object.assign(new Error("Not Found"), { name: "AI_APICallError", statusCode: 404, requestBodyValues: {} })
          )
      }
      const bridged = AiSdkModels.fromImageModel(polling, { provider: "bridged", price: perOutput })
      const provider = yield* onNetwork(AiSdk.make({ id: "bridged", models: [bridged] }))
      const failure = yield* Effect.flip(provider.submit({ ...request, model: bridged.row }))
      assert.strictEqual(failure.reason, "unknown")
    })
  )

  it.effect("a model that nobody bridged, and a video model without a durable start, are refused beforehand", () =>
    Effect.gen(function* () {
      const film: VideoModelV4 = {
        specificationVersion: "v4",
        provider: "x.video",
        modelId: "film",
        maxVideosPerCall: 1
      }
      const bridged = AiSdkModels.fromVideoModel(film, { provider: "bridged", price: perOutput })
      assert.isFalse(bridged.row.wired)
      const provider = yield* onNetwork(AiSdk.make({ id: "bridged", models: [bridged] }))
      for (const model of [bridged.row, request.model])
        assert.strictEqual((yield* Effect.flip(provider.submit({ ...request, model }))).reason, "rejected")
    })
  )

  it.effect("a video is started once, its operation is the handle, and its status is asked for until it ends", () =>
    Effect.gen(function* () {
      const bytes = yield* Effect.promise(() => mp4())
      const asked: Array<string> = []
      const said = ["pending", "Bad Gateway", "completed"]
      const response = { timestamp: new Date(0), modelId: "film", headers: undefined }
      const film: VideoModelV4 = {
        specificationVersion: "v4",
        provider: "x.video",
        modelId: "film",
        maxVideosPerCall: 1,
        doStart: ({ seed }) => {
          asked.push(`start with ${seed}`)
          return Promise.resolve({ operation: { id: "op-1", note: undefined }, warnings: [], response })
        },
        doStatus: ({ operation }) => {
          const now = said.shift()
          asked.push(`status of ${JSON.stringify(operation)}`)
          if (now === "pending") return Promise.resolve({ status: "pending", response })
          return now === "completed"
            ? Promise.resolve({
                status: "completed",
                videos: [{ type: "binary", data: bytes, mediaType: "video/mp4" }],
                warnings: [],
                response
              })
            : Promise.resolve({ status: "error", error: now ?? "the content was flagged", response })
        }
      }
      const bridged = AiSdkModels.fromVideoModel(film, { provider: "bridged", price: perOutput })
      const make = onNetwork(AiSdk.make({ id: "bridged", models: [bridged] }))
      const own = { ...request, model: bridged.row, parameters: { seed: 0 } }
      const submitted = yield* (yield* make).submit(own)
      assert.deepStrictEqual(submitted, {
        _tag: "Accepted",
        handle: { model: "bridged.film", operation: { id: "op-1" } }
      })
      const { handle } = submitted._tag === "Accepted" ? submitted : assert.fail(submitted._tag)
      const provider = yield* make
      assert.strictEqual((yield* provider.poll(handle))._tag, "Pending")
      assert.strictEqual((yield* Effect.flip(provider.poll(handle))).reason, "unavailable")
      const end = yield* ended(provider, submitted)
      const outputs = yield* bytesOfRun({ ...provider, submit: () => Effect.succeed(end) }, own)
      assert.deepStrictEqual(outputs, [bytes])
      assert.strictEqual((yield* Effect.flip(provider.poll(handle))).reason, "content_refused")
      const status = `status of {"id":"op-1"}`
      assert.deepStrictEqual(asked, ["start with 0", status, status, status, status])
    })
  )
})
