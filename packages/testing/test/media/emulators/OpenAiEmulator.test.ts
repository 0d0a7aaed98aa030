import { assert, describe, it } from "@effect/vitest"
import { measure } from "@image-skill/core/media/Measure"
import { mask, picture } from "@image-skill/testing/media/emulators/Fixtures"
import * as OpenAiEmulator from "@image-skill/testing/media/emulators/OpenAiEmulator"
import * as Effect from "effect/Effect"
import OpenAI, { APIConnectionError, APIError, toFile } from "openai"
import { failed } from "./Failed.ts"

const decoded = (text: string | undefined) => new Uint8Array(Buffer.from(text ?? "", "base64"))

const sdk = Effect.map(OpenAiEmulator.make, (emulator) => ({
  emulator,
  client: new OpenAI({ apiKey: emulator.apiKey, baseURL: `${emulator.origin}/v1`, maxRetries: 0 })
}))

/** OpenAI's own SDK, unmodified, is the judge. */
describe("OpenAiEmulator", () => {
  it.effect("generates what was asked for, and tells what it used", () =>
    Effect.gen(function* () {
      const { client, emulator } = yield* sdk
      const answer = yield* Effect.promise(() =>
        client.images.generate({ model: "gpt-image-2", prompt: "a fox", n: 2, size: "256x320", output_format: "webp" })
      )
      assert.deepStrictEqual(
        answer.data?.map((image) => measure(decoded(image.b64_json))),
        [1, 2].map(() => ({ mimeType: "image/webp", size: { width: 256, height: 320 } }))
      )
      assert.notStrictEqual(answer.data?.[0]?.b64_json, answer.data?.[1]?.b64_json)
      assert.strictEqual(answer.usage?.output_tokens_details?.image_tokens, 544)
      assert.strictEqual(answer.usage?.total_tokens, 550)
      assert.strictEqual(emulator.accepted(), 1)
    })
  )

  it.effect("edits pictures with a mask, sent as a form", () =>
    Effect.gen(function* () {
      const { client } = yield* sdk
      const [one, two, area] = yield* Effect.promise(() => Promise.all([picture(), picture({ seed: 1 }), mask()]))
      const answer = yield* Effect.promise(async () =>
        client.images.edit({
          model: "gpt-image-2",
          prompt: "make it snow",
          size: "256x256",
          image: [await toFile(one, "1.png", { type: "image/png" }), await toFile(two, "2.png", { type: "image/png" })],
          mask: await toFile(area, "mask.png", { type: "image/png" })
        })
      )
      assert.deepStrictEqual(measure(decoded(answer.data?.[0]?.b64_json))?.size, { width: 256, height: 256 })
      assert.strictEqual(answer.usage?.input_tokens_details.image_tokens, 776)
    })
  )

  it.effect("refuses files without a type, as the real one does", () =>
    Effect.gen(function* () {
      const { client, emulator } = yield* sdk
      const bytes = yield* Effect.promise(() => picture())
      const error = yield* failed(async () =>
        client.images.edit({ model: "gpt-image-2", prompt: "x", image: await toFile(bytes, "1") })
      )
      assert.instanceOf(error, APIError)
      assert.strictEqual(error.status, 400)
      assert.match(error.message, /unsupported mimetype/u)
      assert.strictEqual(emulator.accepted(), 0)
    })
  )

  it.effect("another key, an unknown parameter and its own policy are refused in OpenAI's words", () =>
    Effect.gen(function* () {
      const { client, emulator } = yield* sdk
      const stranger = client.withOptions({ apiKey: "sk-somebody-elses-key" })
      const wrong = yield* failed(() => stranger.models.list())
      assert.instanceOf(wrong, APIError)
      assert.deepStrictEqual([wrong.status, wrong.code], [401, "invalid_api_key"])
      const format = yield* failed(() =>
        client.post("/images/generations", { body: { model: "gpt-image-2", prompt: "x", response_format: "b64_json" } })
      )
      assert.instanceOf(format, APIError)
      assert.deepStrictEqual([format.code, format.param], ["unknown_parameter", "response_format"])
      emulator.fail({ _tag: "content" }, 1)
      const blocked = yield* failed(() => client.images.generate({ model: "gpt-image-2", prompt: "x" }))
      assert.instanceOf(blocked, APIError)
      assert.strictEqual(blocked.code, "moderation_blocked")
      assert.strictEqual(emulator.accepted(), 0)
      const { data } = yield* Effect.promise(() => client.models.list())
      assert.include(
        data.map(({ id }) => id),
        "gpt-image-2"
      )
    })
  )

  it.effect("a request that is dropped was taken, one that is refused was not", () =>
    Effect.gen(function* () {
      const { client, emulator } = yield* sdk
      const ask = () => client.images.generate({ model: "gpt-image-2", prompt: "x", size: "256x256" })
      emulator.fail({ _tag: "drop" }, 1)
      assert.instanceOf(yield* failed(ask), APIConnectionError)
      assert.strictEqual(emulator.accepted(), 1)
      emulator.fail({ _tag: "truncated" }, 1)
      yield* failed(ask)
      assert.strictEqual(emulator.accepted(), 2)
      emulator.fail({ _tag: "refuse", status: 429, retryAfterSeconds: 7 }, 1)
      const refused = yield* failed(ask)
      assert.instanceOf(refused, APIError)
      assert.strictEqual(refused.status, 429)
      assert.strictEqual(emulator.accepted(), 2)
    })
  )
})
