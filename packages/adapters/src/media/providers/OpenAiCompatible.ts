import type { GenerationRequest, MediaProvider } from "@image-skill/core/media/MediaProvider"
import type { RemoteFetch } from "@image-skill/core/media/RemoteFetch"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as Redacted from "effect/Redacted"
import { baseUrlOf } from "../internal/BaseUrl.ts"
import { checked, resultOf } from "../internal/ImageAnswer.ts"
import { failure } from "../internal/ProviderFailure.ts"
import { call, type Connection } from "../internal/ProviderHttp.ts"
import { native, provider } from "./OpenAiCompatibleModels.ts"

export interface OpenAiCompatibleSettings {
  /** Null where the server asks for none. */
  readonly apiKey: Redacted.Redacted | null
  /** With the version, e.g. `http://127.0.0.1:8080/v1`, or an origin. */
  readonly baseUrl: string
}

/** A small machine may need long for a picture. */
const patience = Duration.minutes(30)

/** Any server that speaks OpenAI's image generations, e.g. LocalAI or stable-diffusion.cpp. */
export const make = Effect.fn("OpenAiCompatible.make")(function* ({
  apiKey,
  baseUrl
}: OpenAiCompatibleSettings): Effect.fn.Return<MediaProvider, never, HttpClient.HttpClient | RemoteFetch> {
  const context = yield* Effect.context<HttpClient.HttpClient | RemoteFetch>()
  const connection: Connection = {
    provider,
    baseUrl: baseUrlOf(baseUrl, "http://127.0.0.1:8080/v1"),
    headers: apiKey === null ? {} : { authorization: Redacted.make(`Bearer ${Redacted.value(apiKey)}`) }
  }
  return {
    id: provider,
    availability: { _tag: "Available" },
    repeatable: false,
    plan: native,
    submit: Effect.fn("OpenAiCompatible.submit")(function* (request: GenerationRequest) {
      const planned = yield* Effect.fromResult(native(request))
      const answer = yield* Effect.provideContext(
        call(connection, { method: "POST", ...planned, timeout: patience, paid: true }),
        context
      )
      return { _tag: "Answered", answer: yield* checked(provider, answer) } as const
    }),
    poll: () => Effect.fail(failure(provider, "rejected", "the provider keeps no requests to ask after")),
    cancel: () => Effect.succeed("not_supported"),
    outputs: (answer) => resultOf(connection, answer, { cost: () => 0, warnings: [], remote: context })
  }
})
