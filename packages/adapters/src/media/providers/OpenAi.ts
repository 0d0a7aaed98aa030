import type {
  GenerationRequest,
  MediaProvider,
  NativeRequest,
  ProviderInput
} from "@image-skill/core/media/MediaProvider"
import type { RemoteFetch } from "@image-skill/core/media/RemoteFetch"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as Redacted from "effect/Redacted"
import type * as Schema from "effect/Schema"
import { baseUrlOf } from "../internal/BaseUrl.ts"
import { checked, resultOf, tokenCost } from "../internal/ImageAnswer.ts"
import { failure } from "../internal/ProviderFailure.ts"
import { call, type Connection } from "../internal/ProviderHttp.ts"
import { hasAlpha, mediaOf } from "../internal/ProviderInputs.ts"
import { native } from "./OpenAiNative.ts"

export interface OpenAiSettings {
  readonly apiKey: Redacted.Redacted
  /** With the version, e.g. `https://host/v1`, or an origin; null is OpenAI itself. */
  readonly baseUrl: string | null
}

const provider = "openai"

/** Pictures of high quality take minutes. */
const patience = Duration.minutes(10)

/** OpenAI's image models. Its answer holds the outputs, so there is nothing to poll and nothing to cancel. */
export const make = Effect.fn("OpenAi.make")(function* ({
  apiKey,
  baseUrl
}: OpenAiSettings): Effect.fn.Return<MediaProvider, never, HttpClient.HttpClient | RemoteFetch> {
  const context = yield* Effect.context<HttpClient.HttpClient | RemoteFetch>()
  const connection: Connection = {
    provider,
    baseUrl: baseUrlOf(baseUrl, "https://api.openai.com/v1"),
    headers: { authorization: Redacted.make(`Bearer ${Redacted.value(apiKey)}`) }
  }
  return {
    id: provider,
    availability: { _tag: "Available" },
    repeatable: false,
    plan: native,
    submit: Effect.fn("OpenAi.submit")(function* (request: GenerationRequest) {
      const planned = yield* Effect.fromResult(native(request))
      const media = yield* mediaOf(provider, request)
      const answer = yield* Effect.provideContext(
        call(connection, {
          method: "POST",
          path: planned.path,
          body: request.inputs.length === 0 ? planned.body : formOf(planned, request.inputs, media),
          timeout: patience,
          paid: true
        }),
        context
      )
      return { _tag: "Answered", answer: yield* checked(provider, answer) } as const
    }),
    poll: () => Effect.fail(failure(provider, "rejected", "the provider keeps no requests to ask after")),
    cancel: () => Effect.succeed("not_supported"),
    outputs: Effect.fn("OpenAi.outputs")(function* (answer: Uint8Array, request: GenerationRequest) {
      const cost = (read: Parameters<typeof tokenCost>[1]) => tokenCost(request.model, read)
      return yield* resultOf(connection, answer, { cost, warnings: yield* maskWarnings(request), remote: context })
    })
  }
})

/** Each file has a name and the type that was read from its bytes: without them it is refused. */
const formOf = (
  { body }: NativeRequest,
  inputs: ReadonlyArray<ProviderInput>,
  media: ReadonlyArray<Uint8Array>
): FormData => {
  const form = new FormData()
  for (const [name, value] of Object.entries(body))
    for (const item of isList(value) ? value : [value]) {
      const index = mediaIndex(item)
      const input = index === null ? undefined : inputs[index]
      if (input === undefined) form.append(name, textOf(item))
      else form.append(name, blobOf(media[index ?? 0], input.mimeType), fileName(input, index ?? 0))
    }
  return form
}

const blobOf = (bytes: Uint8Array | undefined, type: string): Blob => new Blob([new Uint8Array(bytes ?? [])], { type })

const fileName = ({ mimeType, role }: ProviderInput, index: number): string =>
  `${role}-${index + 1}.${mimeType.slice(mimeType.indexOf("/") + 1).replace("jpeg", "jpg")}`

const isList = (value: Schema.Json): value is ReadonlyArray<Schema.Json> => Array.isArray(value)

const mediaIndex = (item: Schema.Json): number | null =>
  typeof item === "object" && item !== null && "media" in item && typeof item["media"] === "number"
    ? item["media"]
    : null

const textOf = (item: Schema.Json): string => (typeof item === "string" ? item : JSON.stringify(item))

/** OpenAI changes what is transparent in the mask; without transparency that is nothing, or it refuses. */
const maskWarnings = ({ inputs }: GenerationRequest): Effect.Effect<ReadonlyArray<string>> => {
  const mask = inputs.find(({ role }) => role === "mask")
  if (mask === undefined) return Effect.succeed([])
  return Effect.match(mask.bytes, {
    onFailure: () => [],
    onSuccess: (bytes) => (hasAlpha(bytes) ? [] : [opaqueMask])
  })
}

const opaqueMask =
  "The mask has no transparency. OpenAI changes what is transparent in a mask; it was sent as it is, without converting white into transparent."
