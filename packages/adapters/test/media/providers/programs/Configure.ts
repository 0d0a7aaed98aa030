import * as Providers from "@image-skill/adapters/media/providers/Providers"
import { openAiModels } from "@image-skill/core/models/catalogue/OpenAiModels"
import * as Effect from "effect/Effect"

/** Says whether an HTTP client was loaded: after the configuration, after a plan, and after a request. */
const [origin = "", apiKey = ""] = process.argv.slice(2)

const names: { readonly [name: string]: string } = {
  OPENAI_API_KEY: apiKey,
  OPENAI_BASE_URL: origin,
  XAI_API_KEY: "xai-key",
  FAL_KEY: "fal-key",
  GEMINI_API_KEY: "gemini-key",
  BFL_API_KEY: "bfl-key",
  REPLICATE_API_TOKEN: "r8-key",
  IMAGE_SKILL_COMPATIBLE_BASE_URL: origin
}

const isClientLoaded = () => /_http_client|undici/u.test(String(Reflect.get(process, "moduleLoadList")))

const program = Effect.gen(function* () {
  const all = yield* Providers.configured((name) => names[name] ?? null).providers
  const said = [isClientLoaded()]
  const [provider] = all
  const [model] = openAiModels
  if (provider === undefined || model === undefined) return said
  const parameters = { size: "256x256" }
  const request = {
    key: "k",
    model,
    prompt: "x",
    parameters,
    aspectRatio: "1:1",
    outputCount: 1,
    size: null,
    inputs: []
  }
  yield* Effect.fromResult(provider.plan(request))
  said.push(isClientLoaded())
  const submitted = yield* provider.submit(request)
  return [...said, isClientLoaded(), submitted._tag, all.map(({ id }) => id).join(" ")]
})

process.stdout.write(JSON.stringify(await Effect.runPromise(Effect.scoped(program))))
