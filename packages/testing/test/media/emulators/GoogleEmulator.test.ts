import { assert, describe, it } from "@effect/vitest"
import { ApiError, GoogleGenAI } from "@google/genai"
import { measure } from "@image-skill/core/media/Measure"
import { picture } from "@image-skill/testing/media/emulators/Fixtures"
import { make } from "@image-skill/testing/media/emulators/GoogleEmulator"
import * as Effect from "effect/Effect"
import { failed } from "./Failed.ts"

const model = "gemini-2.5-flash-image"

const sdk = Effect.map(make, (emulator) => ({
  emulator,
  client: new GoogleGenAI({ apiKey: emulator.apiKey, httpOptions: { baseUrl: emulator.origin } })
}))

const decoded = (text: string | undefined) => new Uint8Array(Buffer.from(text ?? "", "base64"))

/** Google's own SDK, unmodified, is the judge. */
describe("GoogleEmulator", () => {
  it.effect("draws what was asked for in the wanted shape, and counts its tokens", () =>
    Effect.gen(function* () {
      const { client, emulator } = yield* sdk
      const answer = yield* Effect.promise(() =>
        client.models.generateContent({
          model,
          contents: "a fox",
          config: { responseModalities: ["IMAGE"], imageConfig: { aspectRatio: "16:9" } }
        })
      )
      assert.deepStrictEqual(measure(decoded(answer.data)), {
        mimeType: "image/png",
        size: { width: 1344, height: 768 }
      })
      assert.strictEqual(answer.candidates?.[0]?.finishReason, "STOP")
      assert.strictEqual(answer.usageMetadata?.candidatesTokenCount, 1290)
      assert.deepStrictEqual<unknown>(answer.usageMetadata?.promptTokensDetails, [{ modality: "TEXT", tokenCount: 2 }])
      assert.strictEqual(emulator.accepted(), 1)
    })
  )

  it.effect("edits pictures that stand in the request, and thinks before it draws with the third generation", () =>
    Effect.gen(function* () {
      const { client } = yield* sdk
      const bytes = yield* Effect.promise(() => picture())
      const data = Buffer.from(bytes).toString("base64")
      const answer = yield* Effect.promise(() =>
        client.models.generateContent({
          model: "gemini-3-pro-image",
          contents: [{ inlineData: { mimeType: "image/png", data } }, { text: "make it snow" }],
          config: { responseModalities: ["IMAGE"], imageConfig: { imageSize: "2K" } }
        })
      )
      const parts = answer.candidates?.[0]?.content?.parts ?? []
      assert.deepStrictEqual(
        parts.map(({ inlineData, thought }) => [thought ?? false, measure(decoded(inlineData?.data))?.size?.width]),
        [
          [true, 64],
          [false, 2048]
        ]
      )
      assert.strictEqual(answer.usageMetadata?.thoughtsTokenCount, 212)
    })
  )

  it.effect("refusals of its filters are answers: of a text before anything is drawn, of an edit after it", () =>
    Effect.gen(function* () {
      const { client, emulator } = yield* sdk
      emulator.fail({ _tag: "content" })
      const text = yield* Effect.promise(() => client.models.generateContent({ model, contents: "something vile" }))
      assert.strictEqual(text.promptFeedback?.blockReason, "PROHIBITED_CONTENT")
      assert.isUndefined(text.candidates)
      const data = Buffer.from(yield* Effect.promise(() => picture())).toString("base64")
      const edit = yield* Effect.promise(() =>
        client.models.generateContent({ model, contents: [{ inlineData: { mimeType: "image/png", data } }, "vile"] })
      )
      assert.strictEqual(edit.candidates?.[0]?.finishReason, "IMAGE_SAFETY")
      assert.isUndefined(edit.data)
      assert.strictEqual(emulator.accepted(), 0)
    })
  )

  it.effect("another key, another model and what the model does not know are refused in Google's words", () =>
    Effect.gen(function* () {
      const { client, emulator } = yield* sdk
      const stranger = new GoogleGenAI({ apiKey: "somebody-elses", httpOptions: { baseUrl: emulator.origin } })
      const cases: ReadonlyArray<readonly [() => Promise<unknown>, number, RegExp]> = [
        [() => stranger.models.generateContent({ model, contents: "a fox" }), 400, /API key not valid/u],
        [() => client.models.generateContent({ model: "gemini-9", contents: "a fox" }), 404, /is not found/u],
        [
          () =>
            client.models.generateContent({ model, contents: "a fox", config: { imageConfig: { imageSize: "4K" } } }),
          400,
          /Unsupported image size/u
        ],
        [
          () =>
            client.models.generateContent({
              model,
              contents: "a fox",
              config: { imageConfig: { aspectRatio: "7:5" } }
            }),
          400,
          /Unsupported aspect ratio/u
        ],
        [
          () =>
            client.models.generateContent({ model, contents: { inlineData: { mimeType: "image/gif", data: "AA" } } }),
          400,
          /Unable to process input image/u
        ]
      ]
      for (const [ask, status, words] of cases) {
        const error = yield* failed(ask)
        assert.instanceOf(error, ApiError)
        assert.strictEqual(error.status, status)
        assert.match(error.message, words)
      }
      assert.strictEqual(emulator.accepted(), 0)
    })
  )

  it.effect("every fault strikes as it says", () =>
    Effect.gen(function* () {
      const { client, emulator } = yield* sdk
      const quick = "gemini-3.1-flash-image"
      const ask = () => client.models.generateContent({ model: quick, contents: "a fox" })
      emulator.fail({ _tag: "refuse", status: 503, retryAfterSeconds: 7 }, 1)
      const refused = yield* failed(ask)
      assert.instanceOf(refused, ApiError)
      assert.strictEqual(refused.status, 503)
      assert.strictEqual(emulator.accepted(), 0)
      for (const _tag of ["drop", "truncated"] as const) {
        emulator.fail({ _tag }, 1)
        assert.notInstanceOf(yield* failed(ask), ApiError)
      }
      assert.strictEqual(emulator.accepted(), 2)
      emulator.fail({ _tag: "duplicate" }, 1)
      const doubled = yield* Effect.promise(ask)
      const [, first, second] = doubled.candidates?.[0]?.content?.parts ?? []
      assert.isDefined(first?.inlineData?.data)
      assert.strictEqual(first.inlineData.data, second?.inlineData?.data)
      emulator.fail({ _tag: "wrong_type" }, 1)
      const odd = yield* Effect.promise(ask)
      assert.isNull(measure(decoded(odd.candidates?.[0]?.content?.parts?.at(-1)?.inlineData?.data)))
      emulator.fail({ _tag: "endless" }, 1)
      const config = { abortSignal: AbortSignal.timeout(60) }
      yield* failed(() => client.models.generateContent({ model: quick, contents: "a fox", config }))
      assert.strictEqual(emulator.accepted(), 5)
      emulator.fail({ _tag: "slow", millis: 60 }, 1)
      const begun = performance.now()
      yield* Effect.promise(ask)
      assert.isAtLeast(performance.now() - begun, 55)
    })
  )
})
