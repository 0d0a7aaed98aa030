import { createXai } from "@ai-sdk/xai"
import { assert, describe, it } from "@effect/vitest"
import { measure } from "@image-skill/core/media/Measure"
import { picture, pictures } from "@image-skill/testing/media/emulators/Fixtures"
import * as XaiEmulator from "@image-skill/testing/media/emulators/XaiEmulator"
import { generateImage } from "ai"
import * as Effect from "effect/Effect"

const sdk = Effect.map(XaiEmulator.make, (emulator) => ({
  emulator,
  xai: createXai({ apiKey: emulator.apiKey, baseURL: `${emulator.origin}/v1` })
}))

/** The AI SDK's provider for xAI, unmodified, is the judge. */
describe("XaiEmulator", () => {
  it.effect("generates what was asked for, and says what it costs", () =>
    Effect.gen(function* () {
      const { emulator, xai } = yield* sdk
      const { calls, images } = yield* Effect.promise(() =>
        generateImage({
          model: xai.image("grok-imagine-image"),
          prompt: "a fox",
          n: 2,
          aspectRatio: "16:9",
          maxRetries: 0
        })
      )
      assert.deepStrictEqual(
        images.map(({ uint8Array }) => measure(uint8Array)),
        [1, 2].map(() => ({ mimeType: "image/jpeg", size: { width: 1024, height: 576 } }))
      )
      assert.deepStrictEqual(
        calls.map(({ providerMetadata }) => providerMetadata?.["xai"]),
        [{ images: [{}, {}], costInUsdTicks: 400_000_000 }]
      )
      assert.strictEqual(emulator.accepted(), 1)
    })
  )

  it.effect("edits one picture, or several", () =>
    Effect.gen(function* () {
      const { emulator, xai } = yield* sdk
      const [one, two] = yield* Effect.promise(() => pictures(2))
      for (const sources of [[one], [one, two]]) {
        const { image } = yield* Effect.promise(() =>
          generateImage({
            model: xai.image("grok-imagine-image"),
            prompt: { text: "make it snow", images: sources.flatMap((source) => source ?? []) },
            maxRetries: 0
          })
        )
        assert.strictEqual(measure(image.uint8Array)?.mimeType, "image/jpeg")
      }
      assert.strictEqual(emulator.accepted(), 2)
      assert.isTrue(emulator.calls.every(({ path }) => path === "/v1/images/edits"))
    })
  )

  it.effect("refuses in xAI's words", () =>
    Effect.gen(function* () {
      const { emulator, xai } = yield* sdk
      emulator.fail({ _tag: "content" }, 1)
      const error = yield* Effect.flip(
        Effect.tryPromise({
          try: () => generateImage({ model: xai.image("grok-imagine-image"), prompt: "x", maxRetries: 0 }),
          catch: String
        })
      )
      assert.match(error, /rejected by content moderation/u)
      assert.strictEqual(emulator.accepted(), 0)
    })
  )

  it.effect("gives a URL unless asked for the bytes, and that URL needs no key", () =>
    Effect.gen(function* () {
      const { emulator } = yield* sdk
      const answer = yield* Effect.promise(() =>
        fetch(`${emulator.origin}/v1/images/generations`, {
          method: "POST",
          headers: { authorization: `Bearer ${emulator.apiKey}`, "content-type": "application/json" },
          body: JSON.stringify({ model: "grok-imagine-image", prompt: "a fox" })
        }).then((response) => response.text())
      )
      const url = /"url":"([^"]+)"/u.exec(answer)?.[1] ?? ""
      const bytes = yield* Effect.promise(() => fetch(url).then((response) => response.arrayBuffer()))
      assert.deepStrictEqual(measure(new Uint8Array(bytes))?.size, { width: 1024, height: 1024 })
      assert.notStrictEqual(bytes.byteLength, (yield* Effect.promise(() => picture())).length)
    })
  )
})
