import { assert, describe, it } from "@effect/vitest"
import * as OpenAi from "@image-skill/adapters/media/providers/OpenAi"
import type { GenerationRequest } from "@image-skill/core/media/MediaProvider"
import { openAiModels } from "@image-skill/core/models/catalogue/OpenAiModels"
import { serve } from "@image-skill/testing/media/emulators/Emulator"
import { mask, picture, pictures } from "@image-skill/testing/media/emulators/Fixtures"
import * as OpenAiEmulator from "@image-skill/testing/media/emulators/OpenAiEmulator"
import { partsOf } from "@image-skill/testing/media/emulators/OpenAiWire"
import { bytesOfRun, inputOf, run } from "@image-skill/testing/media/MediaProviderRun"
import * as MediaProviderSuite from "@image-skill/testing/media/MediaProviderSuite"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { onNetwork } from "./Network.ts"

const row = (id: string) => openAiModels.find((model) => model.id === `openai.${id}`) ?? assert.fail(id)

const connect = ({ apiKey, origin }: { readonly apiKey: string; readonly origin: string }) =>
  onNetwork(OpenAi.make({ apiKey: Redacted.make(apiKey), baseUrl: origin }))

const started = Effect.gen(function* () {
  const emulator = yield* OpenAiEmulator.make
  return { emulator, provider: yield* connect(emulator) }
})

const parameters = { size: "256x320", quality: "low", output_format: "webp", output_compression: 70, moderation: "low" }

MediaProviderSuite.suite("OpenAI", Effect.flatMap(OpenAiEmulator.make, connect), {
  model: row("gpt-image-2"),
  request: { parameters },
  vendor: { emulator: OpenAiEmulator.make, connect, givesUrls: false },
  live: {
    variable: "OPENAI_API_KEY",
    make: Effect.suspend(() =>
      onNetwork(OpenAi.make({ apiKey: Redacted.make(process.env["OPENAI_API_KEY"] ?? ""), baseUrl: null }))
    )
  }
})

const request: GenerationRequest = {
  key: "job_openai",
  model: row("gpt-image-2"),
  prompt: "a red fox",
  parameters: {},
  aspectRatio: "1:1",
  outputCount: 1,
  size: null,
  inputs: []
}

const bodyOf = (bytes: Uint8Array | undefined): unknown => JSON.parse(new TextDecoder().decode(bytes))

describe("OpenAi", () => {
  it.effect.each([
    { aspectRatio: "1:1", size: "1024x1024" },
    { aspectRatio: "9:16", size: "1024x1536" },
    { aspectRatio: "4:3", size: "1536x1024" }
  ])("without a size the ratio $aspectRatio asks for $size", ({ aspectRatio, size }) =>
    Effect.gen(function* () {
      const { provider } = yield* started
      const { body, path } = yield* Effect.fromResult(provider.plan({ ...request, aspectRatio }))
      assert.strictEqual(path, "/images/generations")
      assert.deepStrictEqual(body, { size, model: "gpt-image-2", prompt: "a red fox", n: 1 })
    })
  )

  it.effect("a generation sends exactly its plan", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* started
      yield* run(provider, { ...request, parameters, outputCount: 2 })
      assert.deepStrictEqual(bodyOf(emulator.calls[0]?.body), {
        ...parameters,
        model: "gpt-image-2",
        prompt: "a red fox",
        n: 2
      })
      assert.strictEqual(emulator.calls[0]?.headers.authorization, `Bearer ${emulator.apiKey}`)
      assert.isUndefined(emulator.calls[0]?.headers["traceparent"])
    })
  )

  it.effect("an edit sends its pictures and the mask as files with names and types, untouched", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* started
      const [one, area] = yield* Effect.promise(() => Promise.all([picture({ seed: 1 }), mask()]))
      const two = yield* Effect.promise(() => picture({ seed: 2, format: "jpeg", width: 50 }))
      const edit: GenerationRequest = {
        ...request,
        model: row("gpt-image-2-edit"),
        prompt: "make it snow, “softly”",
        aspectRatio: "auto",
        parameters: { size: "256x256", quality: "low", output_compression: 80, output_format: "jpeg" },
        inputs: [inputOf(one), inputOf(two, "input", 1), inputOf(area, "mask")]
      }
      assert.deepStrictEqual((yield* Effect.fromResult(provider.plan(edit))).body, {
        ...edit.parameters,
        model: "gpt-image-2",
        prompt: "make it snow, “softly”",
        n: 1,
        "image[]": [{ media: 0 }, { media: 1 }],
        mask: { media: 2 }
      })
      const { reportedMicroUsd, warnings } = yield* run(provider, edit)
      assert.deepStrictEqual(warnings, [])
      // 272 tokens of pictures out, 776 in, 10 of text, at 30, 8 and 5 USD per million.
      assert.strictEqual(reportedMicroUsd, 8_160 + 6_208 + 50)
      const [sent] = emulator.calls
      const parts = sent === undefined ? null : partsOf(sent)
      assert.deepStrictEqual(
        parts?.map(({ bytes, fileName, name, type }) => [
          name,
          fileName,
          type,
          fileName === null ? bytes.toString() : bytes.length
        ]),
        [
          ["size", null, "text/plain", "256x256"],
          ["quality", null, "text/plain", "low"],
          ["output_compression", null, "text/plain", "80"],
          ["output_format", null, "text/plain", "jpeg"],
          ["model", null, "text/plain", "gpt-image-2"],
          ["prompt", null, "text/plain", "make it snow, “softly”"],
          ["n", null, "text/plain", "1"],
          ["image[]", "input-1.png", "image/png", one.length],
          ["image[]", "input-2.jpg", "image/jpeg", two.length],
          ["mask", "mask-3.png", "image/png", area.length]
        ]
      )
      assert.deepStrictEqual(parts?.[8]?.bytes, Buffer.from(two))
    })
  )

  it.effect("a mask without transparency is refused by OpenAI, not by us", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* started
      const [one, two] = yield* Effect.promise(() => pictures(2))
      const inputs = [one, two].flatMap((bytes, index) =>
        bytes === undefined ? [] : [inputOf(bytes, index === 0 ? "input" : "mask")]
      )
      const failure = yield* Effect.flip(
        run(provider, { ...request, model: row("gpt-image-2-edit"), aspectRatio: "auto", inputs })
      )
      assert.strictEqual(failure.reason, "rejected")
      assert.match(failure.message, /^the provider rejected the request \(HTTP 400(?:, [a-z_]+)?\)$/u)
      assert.lengthOf(emulator.calls, 1)
      // Where a provider takes it all the same, the answer says what was sent.
      const answer = new TextEncoder().encode(`{"data":[{"b64_json":"AAAA"}]}`)
      const { reportedMicroUsd, warnings } = yield* provider.outputs(answer, { ...request, inputs })
      assert.match(warnings.join(), /no transparency/u)
      assert.isNull(reportedMicroUsd)
    })
  )

  it.effect(
    "what is no picture, too many outputs, or an edit without a picture is refused before anything is sent",
    () =>
      Effect.gen(function* () {
        const { emulator, provider } = yield* started
        const film = inputOf(new Uint8Array([1]), "input", 0, { mimeType: "video/mp4" })
        const edit = { ...request, model: row("gpt-image-2-edit") }
        for (const bad of [
          edit,
          { ...edit, inputs: [film] },
          { ...request, inputs: [film] },
          { ...request, outputCount: 11 },
          { ...request, prompt: null }
        ])
          assert.strictEqual((yield* Effect.flip(provider.submit(bad))).reason, "rejected")
        assert.lengthOf(emulator.calls, 0)
      })
  )

  it.effect.each(["<html>Welcome</html>", "", "{}", `{"data":null}`])(
    "a success that is no answer of OpenAI, but %o, leaves a paid request unknown",
    (body) =>
      Effect.gen(function* () {
        const { calls, origin } = yield* serve(() => ({ status: 200, body }))
        const failure = yield* Effect.flip((yield* connect({ apiKey: "sk-key", origin })).submit(request))
        assert.deepStrictEqual([failure.reason, calls.length], ["unknown", 1])
      })
  )

  it.effect("an input that cannot be read leaves everything unsent", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* started
      const bytes = yield* Effect.promise(() => picture())
      const { ArtifactStoreFailed } = yield* Effect.promise(() => import("@image-skill/core/media/ArtifactStore"))
      const lost = inputOf(bytes, "input", 0, {
        bytes: Effect.fail(new ArtifactStoreFailed({ reason: "missing", message: "gone" }))
      })
      const failure = yield* Effect.flip(
        provider.submit({ ...request, model: row("gpt-image-2-edit"), inputs: [lost] })
      )
      assert.deepStrictEqual([failure.reason, emulator.calls.length], ["rejected", 0])
      assert.strictEqual(failure.message, "an input is gone; nothing was sent")
      const away = inputOf(bytes, "input", 0, {
        bytes: Effect.fail(new ArtifactStoreFailed({ reason: "unreachable", message: "at /home/demo" }))
      })
      const later = yield* Effect.flip(provider.submit({ ...request, model: row("gpt-image-2-edit"), inputs: [away] }))
      assert.deepStrictEqual([later.reason, emulator.calls.length], ["unavailable", 0])
      assert.notInclude(later.message, "demo")
    })
  )

  it.effect.each([
    { answer: "", reason: "rejected" },
    { answer: "<html>", reason: "rejected" },
    { answer: `{"data":[]}`, reason: "rejected" },
    { answer: `{"data":[{"b64_json":"%%%"}]}`, reason: "rejected" },
    { answer: `{"error":{"message":"no"}}`, reason: "rejected" }
  ] as const)("a kept answer that cannot be read is over: %o", ({ answer, reason }) =>
    Effect.gen(function* () {
      const { provider } = yield* started
      const kept = new TextEncoder().encode(answer)
      const outputs = Effect.flatMap(provider.outputs(kept, request), ({ outputs: [first] }) =>
        first === undefined
          ? Effect.void
          : Effect.asVoid(
              bytesOfRun({ ...provider, submit: () => Effect.succeed({ _tag: "Answered", answer: kept }) }, request)
            )
      )
      assert.strictEqual((yield* Effect.flip(outputs)).reason, reason)
    })
  )
})
