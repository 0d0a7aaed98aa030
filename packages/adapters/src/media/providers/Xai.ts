import type { GenerationRequest, MediaProvider, NativeRequest } from "@image-skill/core/media/MediaProvider"
import type { RemoteFetch } from "@image-skill/core/media/RemoteFetch"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as Redacted from "effect/Redacted"
import type * as Schema from "effect/Schema"
import { baseUrlOf } from "../internal/BaseUrl.ts"
import { checked, resultOf, tickCost } from "../internal/ImageAnswer.ts"
import { failure } from "../internal/ProviderFailure.ts"
import { call, type Connection } from "../internal/ProviderHttp.ts"
import { mediaOf } from "../internal/ProviderInputs.ts"
import { toDataUrl } from "../internal/ProviderReaders.ts"
import { native } from "./XaiNative.ts"

export interface XaiSettings {
  readonly apiKey: Redacted.Redacted
  /** With the version, e.g. `https://host/v1`, or an origin; null is xAI itself. */
  readonly baseUrl: string | null
}

const provider = "xai"
const patience = Duration.minutes(5)

/** xAI's image models. Its answer holds the outputs, so there is nothing to poll and nothing to cancel. */
export const make = Effect.fn("Xai.make")(function* ({
  apiKey,
  baseUrl
}: XaiSettings): Effect.fn.Return<MediaProvider, never, HttpClient.HttpClient | RemoteFetch> {
  const context = yield* Effect.context<HttpClient.HttpClient | RemoteFetch>()
  const connection: Connection = {
    provider,
    baseUrl: baseUrlOf(baseUrl, "https://api.x.ai/v1"),
    headers: { authorization: Redacted.make(`Bearer ${Redacted.value(apiKey)}`) }
  }
  return {
    id: provider,
    availability: { _tag: "Available" },
    repeatable: false,
    plan: native,
    submit: Effect.fn("Xai.submit")(function* (request: GenerationRequest) {
      const planned = yield* Effect.fromResult(native(request))
      const media = yield* mediaOf(provider, request)
      const urls = media.map((bytes, index) => toDataUrl({ bytes, mimeType: request.inputs[index]?.mimeType ?? "" }))
      const answer = yield* Effect.provideContext(
        call(connection, {
          method: "POST",
          path: planned.path,
          body: filled(planned, urls),
          timeout: patience,
          paid: true
        }),
        context
      )
      return { _tag: "Answered", answer: yield* checked(provider, answer) } as const
    }),
    poll: () => Effect.fail(failure(provider, "rejected", "the provider keeps no requests to ask after")),
    cancel: () => Effect.succeed("not_supported"),
    outputs: (answer) => resultOf(connection, answer, { cost: tickCost, warnings: [], remote: context })
  }
})

/** The body with the pictures in their places. */
const filled = ({ body }: NativeRequest, urls: ReadonlyArray<string>): Schema.JsonObject => {
  const { image, images, ...rest } = body
  return {
    ...rest,
    ...(image === undefined ? {} : { image: sourceOf(urls[0] ?? "") }),
    ...(images === undefined ? {} : { images: urls.map(sourceOf) })
  }
}

const sourceOf = (url: string): Schema.JsonObject => ({ type: "image_url", url })
