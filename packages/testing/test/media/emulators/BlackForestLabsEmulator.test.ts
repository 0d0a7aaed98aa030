import { createBlackForestLabs } from "@ai-sdk/black-forest-labs"
import { assert, describe, it } from "@effect/vitest"
import { measure } from "@image-skill/core/media/Measure"
import { make } from "@image-skill/testing/media/emulators/BlackForestLabsEmulator"
import { mask, picture } from "@image-skill/testing/media/emulators/Fixtures"
import * as Effect from "effect/Effect"
import { failed } from "./Failed.ts"

const sdk = Effect.map(make, (emulator) => ({
  emulator,
  provider: createBlackForestLabs({ apiKey: emulator.apiKey, baseURL: `${emulator.origin}/v1` })
}))

type Provider = ReturnType<typeof createBlackForestLabs>
type Ask = Parameters<ReturnType<Provider["image"]>["doGenerate"]>[0]

/** One call of the SDK, which polls by itself. */
const generate = (provider: Provider, model: string, ask: Partial<Ask> = {}) =>
  Promise.resolve(
    provider.image(model).doGenerate({
      prompt: "a fox",
      n: 1,
      size: undefined,
      aspectRatio: undefined,
      seed: undefined,
      files: undefined,
      mask: undefined,
      ...ask,
      providerOptions: { blackForestLabs: { pollIntervalMillis: 1, ...ask.providerOptions?.["blackForestLabs"] } }
    })
  )

const file = (data: Uint8Array) => ({ type: "file", mediaType: "image/png", data }) as const

const soon = { providerOptions: { blackForestLabs: { pollTimeoutMillis: 20 } } }

const bytesOf = (image: unknown): Uint8Array => (image instanceof Uint8Array ? image : new Uint8Array())

/** The maker's package of the AI SDK, unmodified, is the judge. */
describe("BlackForestLabsEmulator", () => {
  it.effect("takes a request with its cost, and gives the picture at a link once it is ready", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* sdk
      const { images, providerMetadata } = yield* Effect.promise(() =>
        generate(provider, "flux-pro-1.1", {
          seed: 0,
          providerOptions: { blackForestLabs: { width: 320, height: 256, outputFormat: "png" } }
        })
      )
      assert.deepStrictEqual(measure(bytesOf(images[0])), { mimeType: "image/png", size: { width: 320, height: 256 } })
      assert.deepInclude(providerMetadata?.["blackForestLabs"]?.images[0], {
        seed: 0,
        duration: 4.5,
        cost: 4,
        inputMegapixels: 0,
        outputMegapixels: 0.08
      })
      assert.deepStrictEqual(
        emulator.calls.map(({ method, path }) => `${method} ${path.replace(/[\w-]{36}/u, "ID")}`),
        ["POST /v1/flux-pro-1.1", "GET /v1/get_result", "GET /v1/get_result", "GET /delivery/ID/sample.png"]
      )
      assert.strictEqual(emulator.accepted(), 1)
    })
  )

  it.effect("edits several pictures, and fills what a mask shows", () =>
    Effect.gen(function* () {
      const { provider } = yield* sdk
      const [one, two, area] = yield* Effect.promise(() => Promise.all([picture(), picture({ seed: 1 }), mask()]))
      const edited = yield* Effect.promise(() =>
        generate(provider, "flux-kontext-pro", { files: [file(one), file(two)], aspectRatio: "4:3" })
      )
      assert.deepInclude(edited.providerMetadata?.["blackForestLabs"]?.images[0], { cost: 4, inputMegapixels: 1 })
      const filled = yield* Effect.promise(() =>
        generate(provider, "flux-pro-1.0-fill", { files: [file(one)], mask: file(area) })
      )
      assert.strictEqual(measure(bytesOf(filled.images[0]))?.mimeType, "image/jpeg")
    })
  )

  it.effect("another key, strange fields and values and its filters are refused in the maker's words", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* sdk
      const stranger = createBlackForestLabs({ apiKey: "somebody-elses", baseURL: `${emulator.origin}/v1` })
      const wrong = yield* failed(() => generate(stranger, "flux-pro-1.1"))
      assert.deepInclude(wrong, { statusCode: 403, message: "Not authenticated - Invalid Authentication" })
      const cases: ReadonlyArray<readonly [model: string, ask: Partial<Ask>, field: string]> = [
        ["flux-pro-1.1-ultra", { aspectRatio: "0:3" }, "aspect_ratio"],
        ["flux-pro-1.1", { size: "1000x1000" }, "width"],
        ["flux-pro-1.0-fill", {}, "image"]
      ]
      for (const [model, ask, field] of cases) {
        const error = yield* failed(() => generate(provider, model, ask))
        assert.deepInclude(error, { statusCode: 422 })
        assert.include(String(error), field)
      }
      emulator.fail({ _tag: "content" }, 1)
      // This SDK takes the word of the filters for "not yet".
      const refused = yield* failed(() => generate(provider, "flux-pro-1.1", soon))
      assert.match(String(refused), /timed out/u)
      assert.strictEqual(emulator.accepted(), 0)
      const query = emulator.calls.findLast(({ path }) => path === "/v1/get_result")?.query.toString() ?? ""
      const said = yield* Effect.promise(async () =>
        (await fetch(`${emulator.origin}/v1/get_result?${query}`, { headers: { "x-key": emulator.apiKey } })).json()
      )
      assert.deepInclude(said, { status: "Request Moderated", result: null })
    })
  )

  it.effect("every fault strikes as it says, and links to samples end", () =>
    Effect.gen(function* () {
      const { emulator, provider } = yield* sdk
      const ask = () => generate(provider, "flux-pro-1.1", { size: "256x256" })
      emulator.fail({ _tag: "refuse", status: 429, retryAfterSeconds: 7 }, 1)
      assert.deepInclude(yield* failed(ask), { statusCode: 429 })
      assert.strictEqual(emulator.accepted(), 0)
      for (const _tag of ["drop", "truncated"] as const) {
        emulator.fail({ _tag }, 1)
        assert.instanceOf(yield* failed(ask), Error)
      }
      assert.strictEqual(emulator.accepted(), 2)
      emulator.fail({ _tag: "wrong_type" }, 1)
      assert.isNull(measure(bytesOf((yield* Effect.promise(ask)).images[0])))
      emulator.fail({ _tag: "endless" }, 1)
      const endless = yield* failed(() => generate(provider, "flux-pro-1.1", soon))
      assert.match(String(endless), /timed out/u)
      emulator.fail({ _tag: "slow", millis: 60 }, 1)
      const begun = performance.now()
      yield* Effect.promise(ask)
      assert.isAtLeast(performance.now() - begun, 55)
      const fetched = emulator.calls.findLast(({ path }) => path.startsWith("/delivery/"))
      const link = `${emulator.origin}${fetched?.path ?? ""}?${fetched?.query.toString() ?? ""}`
      emulator.fail({ _tag: "redirect", to: "http://169.254.169.254/" }, 1)
      const moved = yield* Effect.promise(() => fetch(link, { redirect: "manual" }))
      assert.deepStrictEqual([moved.status, moved.headers.get("location")], [302, "http://169.254.169.254/"])
      assert.strictEqual((yield* Effect.promise(() => fetch(link))).status, 200)
      emulator.expire()
      assert.strictEqual((yield* Effect.promise(() => fetch(link))).status, 403)
    })
  )
})
