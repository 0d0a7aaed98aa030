import { assert, describe, it } from "@effect/vitest"
import { measure } from "@image-skill/core/media/Measure"
import * as CompatibleEmulator from "@image-skill/testing/media/emulators/CompatibleEmulator"
import * as Effect from "effect/Effect"
import OpenAI from "openai"

/** OpenAI's own SDK, unmodified, is the judge: such servers promise to work with it. */
describe("CompatibleEmulator", () => {
  it.effect("a server of LocalAI's kind gives URLs, unless it is asked for base64", () =>
    Effect.gen(function* () {
      const { apiKey, origin } = yield* CompatibleEmulator.make("localai")
      const client = new OpenAI({ apiKey, baseURL: `${origin}/v1`, maxRetries: 0 })
      const ask = (format: "url" | "b64_json") =>
        Effect.promise(() =>
          client.post<OpenAI.ImagesResponse>("/images/generations", {
            body: { model: "stablediffusion", prompt: "a fox", n: 2, size: "256x256", response_format: format }
          })
        )
      const urls = (yield* ask("url")).data?.flatMap(({ url }) => url ?? []) ?? []
      assert.lengthOf(urls, 2)
      const bytes = yield* Effect.promise(() => fetch(urls[1] ?? "").then((response) => response.arrayBuffer()))
      assert.deepStrictEqual(measure(new Uint8Array(bytes)), {
        mimeType: "image/png",
        size: { width: 256, height: 256 }
      })
      const [first] = (yield* ask("b64_json")).data ?? []
      assert.strictEqual(measure(new Uint8Array(Buffer.from(first?.b64_json ?? "", "base64")))?.mimeType, "image/png")
    })
  )

  it.effect("a server of sd-server's kind needs no key and gives base64", () =>
    Effect.gen(function* () {
      const { accepted, origin } = yield* CompatibleEmulator.make("sd-server")
      const client = new OpenAI({ apiKey: "none", baseURL: `${origin}/v1`, maxRetries: 0 })
      const { data } = yield* Effect.promise(() => client.images.generate({ prompt: "a fox", size: "512x512" }))
      assert.isNotNull(measure(new Uint8Array(Buffer.from(data?.[0]?.b64_json ?? "", "base64"))))
      assert.strictEqual(accepted(), 1)
    })
  )
})
