import {
  type GenerationRequest,
  type MediaProvider,
  MediaProviderError,
  type NativeRequest
} from "@image-skill/core/media/MediaProvider"
import type { RemoteFetch } from "@image-skill/core/media/RemoteFetch"
import type { Availability } from "@image-skill/core/models/Catalogue"
import type { Model } from "@image-skill/core/models/Model"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import { baseUrlOf, isBaseUrl } from "../internal/BaseUrl.ts"
import * as BlackForestLabsNative from "./BlackForestLabsNative.ts"
import * as FalNative from "./FalNative.ts"
import * as GoogleNative from "./GoogleNative.ts"
import * as OpenAiCompatibleModels from "./OpenAiCompatibleModels.ts"
import * as OpenAiNative from "./OpenAiNative.ts"
import * as ReplicateNative from "./ReplicateNative.ts"
import * as XaiNative from "./XaiNative.ts"

type Network = HttpClient.HttpClient | RemoteFetch
type Variable = (name: string) => string | null

export interface ConfiguredProviders {
  /** Those whose key is there. Their programs and the HTTP clients are loaded by the first request. */
  readonly providers: Effect.Effect<ReadonlyArray<MediaProvider>, never, Scope.Scope>
  /** Further rows of the catalogue: the models of the operator's own server. */
  readonly models: ReadonlyArray<Model>
  /** Why one of the others cannot run, for `MediaProviders.layerOf`. */
  readonly missing: (id: string) => Availability
}

interface Settings {
  readonly apiKey: Redacted.Redacted
  readonly baseUrl: string | null
}

interface Vendor {
  readonly id: string
  readonly key: string
  readonly base: string
  readonly plan: MediaProvider["plan"]
  readonly load: (settings: Settings) => Effect.Effect<MediaProvider, never, Network>
}

const media = (index: number) => ({ media: index })

/** Plans are pure and asked for by every dry run, so they are here from the start. */
const vendors: ReadonlyArray<Vendor> = [
  {
    id: "openai",
    key: "OPENAI_API_KEY",
    base: "OPENAI_BASE_URL",
    plan: OpenAiNative.native,
    load: (settings) =>
      Effect.flatMap(
        Effect.promise(() => import("./OpenAi.ts")),
        ({ make }) => make(settings)
      )
  },
  {
    id: "xai",
    key: "XAI_API_KEY",
    base: "XAI_BASE_URL",
    plan: XaiNative.native,
    load: (settings) =>
      Effect.flatMap(
        Effect.promise(() => import("./Xai.ts")),
        ({ make }) => make(settings)
      )
  },
  {
    id: "fal",
    key: "FAL_KEY",
    base: "FAL_BASE_URL",
    plan: (request) =>
      Result.mapError(
        FalNative.nativeRequest(request, media),
        (message) => new MediaProviderError({ provider: "fal", reason: "rejected", message })
      ),
    load: (settings) =>
      Effect.flatMap(
        Effect.promise(() => import("./Fal.ts")),
        ({ make }) => make(settings)
      )
  },
  {
    id: "google",
    key: "GEMINI_API_KEY",
    base: "GEMINI_BASE_URL",
    plan: (request) => GoogleNative.native("google", request, media),
    load: (settings) =>
      Effect.flatMap(
        Effect.promise(() => import("./Google.ts")),
        ({ make }) => make(based(settings, "https://generativelanguage.googleapis.com/v1beta"))
      )
  },
  {
    id: "bfl",
    key: "BFL_API_KEY",
    base: "BFL_BASE_URL",
    plan: (request) => BlackForestLabsNative.native("bfl", request, media),
    load: (settings) =>
      Effect.flatMap(
        Effect.promise(() => import("./BlackForestLabs.ts")),
        ({ make }) => make(based(settings, "https://api.bfl.ai/v1"))
      )
  },
  {
    id: "replicate",
    key: "REPLICATE_API_TOKEN",
    base: "REPLICATE_BASE_URL",
    plan: (request) => ReplicateNative.native("replicate", request, media),
    load: (settings) =>
      Effect.flatMap(
        Effect.promise(() => import("./Replicate.ts")),
        ({ make }) => make(based(settings, "https://api.replicate.com/v1"))
      )
  }
]

const based = ({ apiKey, baseUrl }: Settings, standard: string): Settings => ({
  apiKey,
  baseUrl: baseUrl === null ? null : baseUrlOf(baseUrl, standard)
})

const own = {
  id: OpenAiCompatibleModels.provider,
  base: "IMAGE_SKILL_COMPATIBLE_BASE_URL",
  key: "IMAGE_SKILL_COMPATIBLE_API_KEY"
}

/**
 * The providers that the operator's variables make: `OPENAI_API_KEY`, `XAI_API_KEY`, `FAL_KEY`, `GEMINI_API_KEY`,
 * `BFL_API_KEY`, `REPLICATE_API_TOKEN`, each with its `<PROVIDER>_BASE_URL`, and `IMAGE_SKILL_COMPATIBLE_BASE_URL` with
 * `_API_KEY` and `_MODELS`. A blank one is unset. What is missing or wrong is named, never shown.
 */
export const configured = (read: Variable, network: Layer.Layer<Network> = nodeNetwork): ConfiguredProviders => {
  const variable = (name: string) => blankIsNull(read(name)?.trim() ?? "")
  return {
    models: variable(own.base) === null ? [] : OpenAiCompatibleModels.modelsOf(variable),
    missing: (id) => availabilityOf(id, variable),
    providers: Effect.gen(function* () {
      const scope = yield* Effect.scope
      // Whoever gives up while they are loaded leaves them to the next one.
      const context = yield* Effect.cached(Effect.uninterruptible(Layer.buildWithScope(network, scope)))
      const connect = (load: Effect.Effect<MediaProvider, never, Network>) =>
        Effect.cached(Effect.uninterruptible(Effect.flatMap(context, (built) => Effect.provideContext(load, built))))
      const all: Array<MediaProvider> = []
      for (const { id, load, plan, ...names } of vendors) {
        const settings = settingsOf(names, variable)
        if (settings !== null) all.push(lazy(id, plan, yield* connect(load(settings))))
      }
      const server = variable(own.base)
      if (server !== null && isBaseUrl(server, true))
        all.push(lazy(own.id, OpenAiCompatibleModels.native, yield* connect(compatible(server, variable(own.key)))))
      return all
    })
  }
}

const compatible = (baseUrl: string, key: string | null) =>
  Effect.flatMap(
    Effect.promise(() => import("./OpenAiCompatible.ts")),
    ({ make }) => make({ baseUrl, apiKey: key === null ? null : Redacted.make(key) })
  )

const settingsOf = ({ base, key }: Pick<Vendor, "key" | "base">, variable: Variable): Settings | null => {
  const apiKey = variable(key)
  const baseUrl = variable(base)
  if (apiKey === null || (baseUrl !== null && !isBaseUrl(baseUrl))) return null
  return { apiKey: Redacted.make(apiKey), baseUrl }
}

const availabilityOf = (id: string, variable: Variable): Availability => {
  const isOwn = id === own.id
  const names = isOwn ? { base: own.base, key: own.base } : vendors.find((vendor) => vendor.id === id)
  if (names === undefined) return { _tag: "Unavailable", reason: "provider_not_supported", variable: null }
  if (variable(names.key) === null)
    return { _tag: "Unavailable", reason: "provider_credentials_missing", variable: names.key }
  const base = variable(names.base)
  return base === null || isBaseUrl(base, isOwn)
    ? { _tag: "Available" }
    : { _tag: "Unavailable", reason: "provider_unreachable", variable: names.base }
}

const lazy = (
  id: string,
  plan: (request: GenerationRequest) => Result.Result<NativeRequest, MediaProviderError>,
  loaded: Effect.Effect<MediaProvider>
): MediaProvider => ({
  id,
  availability: { _tag: "Available" },
  repeatable: false,
  plan,
  submit: (request) => Effect.flatMap(loaded, ({ submit }) => submit(request)),
  poll: (handle) => Effect.flatMap(loaded, ({ poll }) => poll(handle)),
  cancel: (handle) => Effect.flatMap(loaded, ({ cancel }) => cancel(handle)),
  outputs: (answer, request) => Effect.flatMap(loaded, ({ outputs }) => outputs(answer, request))
})

/** One connection a request: one that was kept open may be closed at the moment in which a paid request enters it. */
const nodeNetwork: Layer.Layer<Network> = Layer.mergeAll(
  Layer.unwrap(
    Effect.map(
      Effect.promise(() => import("@effect/platform-node/NodeHttpClient")),
      ({ layerNodeHttp }) => layerNodeHttp
    )
  ),
  Layer.unwrap(
    Effect.map(
      Effect.promise(() => import("../NodeRemoteFetch.ts")),
      ({ layer }) => layer
    )
  )
)

const blankIsNull = (text: string): string | null => (text === "" ? null : text)
