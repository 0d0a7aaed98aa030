import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import { jsonField, textField } from "@image-skill/core/envelope/JsonFields"
import { measure } from "@image-skill/core/media/Measure"
import * as OpenAiEmulator from "@image-skill/testing/media/emulators/OpenAiEmulator"
import * as Effect from "effect/Effect"
import { layer, makePicture } from "./ai-sdk-model.ts"

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "image-skill-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
)

describe("a model of the AI SDK behind the service", () => {
  it.effect("it is the default, is called once, and its picture is kept and paid for", () =>
    Effect.gen(function* () {
      const emulator = yield* OpenAiEmulator.make
      const place = { apiKey: emulator.apiKey, baseURL: `${emulator.origin}/v1` }
      const envelope = yield* makePicture("a red fox in the snow").pipe(Effect.provide(layer(yield* folder, place)))
      assert.isNull(envelope.error)
      assert.strictEqual(emulator.accepted(), 1)
      assert.strictEqual(jsonField(jsonField(envelope.data, "quota"), "consumed_credits"), 4)
      const assets = jsonField(envelope.data, "assets")
      const url = textField(Array.isArray(assets) ? assets[0] : undefined, "url")
      assert.strictEqual(measure(readFileSync(fileURLToPath(url)))?.mimeType, "image/png")
    })
  )
})
