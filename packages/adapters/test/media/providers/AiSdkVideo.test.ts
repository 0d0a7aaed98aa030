import { createFal } from "@ai-sdk/fal"
import { assert, describe, it } from "@effect/vitest"
import * as AiSdk from "@image-skill/adapters/media/providers/AiSdk"
import * as AiSdkModels from "@image-skill/adapters/media/providers/AiSdkModels"
import { measure } from "@image-skill/core/media/Measure"
import type { GenerationRequest } from "@image-skill/core/media/MediaProvider"
import * as FalEmulator from "@image-skill/testing/media/emulators/FalEmulator"
import { bytesOfRun, ended, kept } from "@image-skill/testing/media/MediaProviderRun"
import * as Effect from "effect/Effect"
import { onNetwork } from "./Network.ts"

const queue = "https://queue.fal.run"

interface Place {
  readonly apiKey: string
  readonly origin: string
}

/** The SDK's provider knows one queue only, so the way to the emulator and back is by its own `fetch` option. */
const through =
  (origin: string): typeof fetch =>
  async (input, init) => {
    const url = input instanceof Request ? input.url : String(input)
    const answer = await fetch(url.replace(queue, origin), init)
    const body = (await answer.text()).replaceAll(`${origin}/fal-ai/`, `${queue}/fal-ai/`)
    return new Response(body, { status: answer.status, headers: { "content-type": "application/json" } })
  }

const bridge = ({ apiKey, origin }: Place) =>
  AiSdkModels.fromVideoModel(createFal({ apiKey, fetch: through(origin) }).video("ltx-video-13b-distilled"), {
    provider: "bridged",
    price: { _tag: "PerOutput", microUsd: 100_000 }
  })

const connect = (place: Place) =>
  onNetwork(AiSdk.make({ id: "bridged", models: [bridge(place)], mediaOrigin: place.origin }))

const request: GenerationRequest = {
  key: "job_film",
  model: bridge({ apiKey: "none", origin: "http://127.0.0.1:1" }).row,
  prompt: "a fox runs",
  parameters: { seed: 3 },
  aspectRatio: "16:9",
  outputCount: 1,
  size: null,
  inputs: []
}

/** The AI SDK's provider for fal, unmodified, before fal's emulator. */
describe("AiSdk with @ai-sdk/fal", () => {
  it.effect("a film is started once, found again by another instance, and fetched", () =>
    Effect.gen(function* () {
      const emulator = yield* FalEmulator.make
      const submitted = yield* (yield* connect(emulator)).submit(request)
      if (submitted._tag !== "Accepted") return assert.fail(submitted._tag)
      assert.notInclude(JSON.stringify(submitted.handle), emulator.apiKey)
      const other = yield* connect(emulator)
      assert.strictEqual((yield* other.poll(kept(submitted.handle)))._tag, "Pending")
      const end = yield* ended(other, submitted)
      const again = { ...other, submit: () => Effect.succeed(end) }
      assert.deepStrictEqual(
        (yield* bytesOfRun(again, request)).map((bytes) => measure(bytes)?.mimeType),
        ["video/mp4"]
      )
      assert.deepStrictEqual(
        emulator.requests().map(({ endpoint, input }) => [endpoint, input]),
        [["fal-ai/ltx-video-13b-distilled", { prompt: "a fox runs", aspect_ratio: "16:9", seed: 3 }]]
      )
    })
  )

  it.effect("a status that cannot be read is asked for again, and the film is not lost", () =>
    Effect.gen(function* () {
      const emulator = yield* FalEmulator.make
      const provider = yield* connect(emulator)
      const submitted = yield* provider.submit(request)
      if (submitted._tag !== "Accepted") return assert.fail(submitted._tag)
      for (const status of [502, 503, 429]) {
        emulator.refuse("result", status)
        const failure = yield* Effect.flip(provider.poll(submitted.handle))
        assert.strictEqual(failure.reason, "unavailable", `${status}: ${failure.message}`)
      }
      assert.strictEqual((yield* ended(provider, submitted))._tag, "Answered")
      assert.strictEqual(emulator.accepted(), 1)
    })
  )

  it.effect("a start whose answer is lost is unknown, and is not made again", () =>
    Effect.gen(function* () {
      const emulator = yield* FalEmulator.make
      emulator.fail({ _tag: "drop" }, 1)
      const failure = yield* Effect.flip((yield* connect(emulator)).submit(request))
      assert.deepStrictEqual([failure.reason, emulator.accepted()], ["unknown", 1])
    })
  )
})
