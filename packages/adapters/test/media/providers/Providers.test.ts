import { execFile } from "node:child_process"
import { promisify } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import * as BlackForestLabs from "@image-skill/adapters/media/providers/BlackForestLabs"
import * as Fal from "@image-skill/adapters/media/providers/Fal"
import * as Google from "@image-skill/adapters/media/providers/Google"
import * as OpenAi from "@image-skill/adapters/media/providers/OpenAi"
import * as Providers from "@image-skill/adapters/media/providers/Providers"
import * as Replicate from "@image-skill/adapters/media/providers/Replicate"
import * as Xai from "@image-skill/adapters/media/providers/Xai"
import { MediaProviders } from "@image-skill/core/media/MediaProvider"
import { ProviderStatus, publishedModels } from "@image-skill/core/models/Catalogue"
import { xaiModels } from "@image-skill/core/models/catalogue/XaiModels"
import * as OpenAiEmulator from "@image-skill/testing/media/emulators/OpenAiEmulator"
import * as XaiEmulator from "@image-skill/testing/media/emulators/XaiEmulator"
import { bytesOfRun, inputOf } from "@image-skill/testing/media/MediaProviderRun"
import { solidPng } from "@image-skill/testing/media/Png"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import { onNetwork } from "./Network.ts"

const from = (names: { readonly [name: string]: string }) => Providers.configured((name) => names[name] ?? null)

const ids = (names: { readonly [name: string]: string }) =>
  Effect.map(from(names).providers, (all) => all.map(({ id }) => id))

const keys = {
  openai: "OPENAI_API_KEY",
  xai: "XAI_API_KEY",
  fal: "FAL_KEY",
  google: "GEMINI_API_KEY",
  bfl: "BFL_API_KEY",
  replicate: "REPLICATE_API_TOKEN",
  compatible: "IMAGE_SKILL_COMPATIBLE_BASE_URL"
}

const vendors = [
  { id: "openai", make: OpenAi.make },
  { id: "xai", make: Xai.make },
  { id: "fal", make: Fal.make },
  { id: "google", make: Google.make },
  { id: "bfl", make: BlackForestLabs.make },
  { id: "replicate", make: Replicate.make }
] as const

const request = {
  key: "job_configured",
  model: xaiModels[1] ?? assert.fail("no row"),
  prompt: "a fox",
  parameters: {},
  aspectRatio: "1:1",
  outputCount: 1,
  size: null,
  inputs: []
}

describe("Providers", () => {
  it.effect.each(Object.entries(keys))(
    "%s is there with %s alone, and names it where it is missing or blank",
    ([id, key]) =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* ids({ [key]: "http://127.0.0.1:1" }), [id])
        for (const names of [{}, { [key]: " " }]) {
          assert.deepStrictEqual(yield* ids(names), [])
          assert.deepStrictEqual(from(names).missing(id), {
            _tag: "Unavailable",
            reason: "provider_credentials_missing",
            variable: key
          })
        }
      })
  )

  it.effect("the registry knows those that are there, those that lack a key, and that it never heard of others", () =>
    Effect.gen(function* () {
      const { missing, providers } = from({ XAI_API_KEY: "xai-key" })
      const layer = MediaProviders.layerOf(yield* providers, missing)
      yield* Effect.gen(function* () {
        const { of } = yield* ProviderStatus
        assert.deepStrictEqual(of("xai"), { _tag: "Available" })
        assert.deepInclude(of("fal"), { variable: "FAL_KEY" })
        assert.deepInclude(of("midjourney"), { reason: "provider_not_supported", variable: null })
      }).pipe(Effect.provide(layer))
    })
  )

  it.effect.each(["http://10.0.0.1/v1", "ftp://host", "https://user:pw@host", "not a url", "https://host/?key=1"])(
    "a key does not go to %s: its provider cannot run, and the variable is named",
    (base) =>
      Effect.gen(function* () {
        const names = { OPENAI_API_KEY: "sk-key", OPENAI_BASE_URL: base }
        assert.deepStrictEqual(yield* ids(names), [])
        assert.deepStrictEqual(from(names).missing("openai"), {
          _tag: "Unavailable",
          reason: "provider_unreachable",
          variable: "OPENAI_BASE_URL"
        })
      })
  )

  it.effect("the models of an own server are rows as soon as it has an address", () =>
    Effect.gen(function* () {
      const models = { IMAGE_SKILL_COMPATIBLE_MODELS: "sdxl,flux" }
      assert.deepStrictEqual(from(models).models, [])
      const there = from({ ...models, IMAGE_SKILL_COMPATIBLE_BASE_URL: "http://192.168.1.4:8080" })
      assert.deepStrictEqual(
        there.models.map(({ id }) => id),
        ["compatible.sdxl", "compatible.flux"]
      )
      assert.deepStrictEqual(
        (yield* there.providers).map(({ id }) => id),
        ["compatible"]
      )
    })
  )

  it.effect.each(vendors)("the plans of $id before and after it is loaded are the same", ({ id, make }) =>
    Effect.gen(function* () {
      const [before] = yield* from({ [keys[id]]: "key" }).providers
      const after = yield* onNetwork(make({ apiKey: Redacted.make("key"), baseUrl: null }))
      assert.strictEqual(after.id, id)
      for (const model of publishedModels.filter(({ provider }) => provider === id)) {
        const prompt = model.prompt === "required" ? "a fox" : null
        const aspectRatio = model.aspectRatios.default ?? "1:1"
        const inputs = model.inputImage === "required" ? [inputOf(solidPng(64, 64, 1, 2, 3))] : []
        const own = { ...request, model, prompt, aspectRatio, inputs }
        const plan = before?.plan(own)
        assert.deepStrictEqual(plan, after.plan(own), model.id)
        if (model.wired && model.mask !== "required") assert.strictEqual(plan?._tag, "Success", model.id)
      }
    })
  )

  it.effect("the first request that is given up leaves the next ones be", () =>
    Effect.gen(function* () {
      const { apiKey, origin } = yield* XaiEmulator.make
      const [provider] = yield* from({ XAI_API_KEY: ` ${apiKey}\n`, XAI_BASE_URL: origin }).providers
      if (provider === undefined) return assert.fail("no provider")
      const given = yield* Effect.forkChild(provider.submit(request), { startImmediately: true })
      yield* Fiber.interrupt(given)
      assert.lengthOf(yield* bytesOfRun(provider, request), 1)
    })
  )

  it.effect("the HTTP client is loaded by the first request, not by the configuration or a plan", () =>
    Effect.gen(function* () {
      const { apiKey, origin } = yield* OpenAiEmulator.make
      const program = new URL("programs/Configure.ts", import.meta.url).pathname
      const { stdout } = yield* Effect.promise(() =>
        promisify(execFile)(process.execPath, [
          "--conditions=@image-skill/source",
          "--no-warnings",
          program,
          origin,
          apiKey
        ])
      )
      assert.deepStrictEqual(JSON.parse(stdout), [
        false,
        false,
        true,
        "Answered",
        "openai xai fal google bfl replicate compatible"
      ])
    })
  )
})
