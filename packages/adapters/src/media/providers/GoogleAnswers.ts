import type {
  GenerationRequest,
  MediaProviderError,
  ProviderOutput,
  ProviderResult
} from "@image-skill/core/media/MediaProvider"
import type { TokenRates } from "@image-skill/core/models/Model"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { failure } from "../internal/ProviderFailure.ts"
import { fromBase64, readJson } from "../internal/ProviderReaders.ts"

const maybe = <S extends Schema.Constraint>(schema: S) => Schema.optionalKey(Schema.NullOr(schema))

const Part = Schema.Struct({
  /** A sketch on the way to the picture: billed with the thoughts, and no output. */
  thought: maybe(Schema.Boolean),
  inlineData: maybe(Schema.Struct({ mimeType: maybe(Schema.String), data: maybe(Schema.String) }))
})

const TokenCounts = maybe(
  Schema.Array(Schema.Struct({ modality: maybe(Schema.String), tokenCount: maybe(Schema.Number) }))
)

const Usage = Schema.Struct({
  promptTokenCount: maybe(Schema.Number),
  candidatesTokenCount: maybe(Schema.Number),
  promptTokensDetails: TokenCounts,
  candidatesTokensDetails: TokenCounts
})
type Usage = typeof Usage.Type

/** What is read of a `GenerateContentResponse` (https://ai.google.dev/api/generate-content). */
const Answer = Schema.Struct({
  candidates: maybe(
    Schema.Array(
      Schema.Struct({
        content: maybe(Schema.Struct({ parts: maybe(Schema.Array(Part)) })),
        finishReason: maybe(Schema.String)
      })
    )
  ),
  promptFeedback: maybe(Schema.Struct({ blockReason: maybe(Schema.String) })),
  usageMetadata: maybe(Usage),
  modelVersion: maybe(Schema.String),
  responseId: maybe(Schema.String)
})
type Answer = typeof Answer.Type

/** The pictures of an answer. One without any is a refusal, which Google words in a status of success. */
export const readAnswer = Effect.fn("GoogleAnswers.readAnswer")(function* (
  provider: string,
  bytes: Uint8Array,
  { model }: GenerationRequest
): Effect.fn.Return<ProviderResult, MediaProviderError> {
  const answer = yield* readJson(provider, Answer, bytes, "rejected")
  const outputs = outputsOf(answer)
  if (outputs.length === 0) return yield* withoutPicture(provider, answer)
  const rates = "rates" in model.price ? (model.price.rates ?? null) : null
  return {
    outputs,
    reportedMicroUsd: rates === null ? null : costOf(answer.usageMetadata ?? null, rates),
    warnings: [],
    provenance: { model_version: answer.modelVersion ?? null, response_id: answer.responseId ?? null }
  }
})

const outputsOf = ({ candidates }: Answer): ReadonlyArray<ProviderOutput> =>
  (candidates ?? []).flatMap(({ content, finishReason }) =>
    (content?.parts ?? []).flatMap(({ inlineData, thought }) => {
      const media = thought === true ? null : fromBase64(inlineData?.data ?? "")
      if (media === null || media.length === 0) return []
      return [{ body: Stream.make(media), facts: { finish_reason: finishReason ?? null } }]
    })
  )

/** The names under which Google's filters end a request (`BlockedReason`, `FinishReason`). */
const ofPolicy = new Set([
  "SAFETY",
  "BLOCKLIST",
  "PROHIBITED_CONTENT",
  "SPII",
  "RECITATION",
  "IMAGE_SAFETY",
  "IMAGE_PROHIBITED_CONTENT",
  "IMAGE_RECITATION",
  "JAILBREAK",
  "MODEL_ARMOR"
])

const withoutPicture = (provider: string, { candidates, promptFeedback }: Answer): MediaProviderError => {
  const blocked = promptFeedback?.blockReason ?? null
  const ends = (candidates ?? []).flatMap(({ finishReason }) => finishReason ?? [])
  const word = blocked ?? ends.find((end) => ofPolicy.has(end)) ?? ends[0] ?? "no reason given"
  // `blockReason` is set by nothing but the filters, also where it says no more than OTHER.
  const isContent = blocked !== null || ofPolicy.has(word)
  const named = /^[A-Z_]{1,60}$/u.test(word) ? word : "no reason given"
  return isContent
    ? failure(provider, "content_refused", `the content policy of the provider refused the request (${named})`)
    : failure(provider, "rejected", `the provider ended the request without a picture (${named})`)
}

/** In whole millionths of a US dollar, rounded up; null where the answer does not count what came out. */
const costOf = (usage: Usage | null, rates: TokenRates): number | null => {
  const out = countOf(usage?.candidatesTokensDetails, "IMAGE") ?? usage?.candidatesTokenCount ?? null
  if (usage === null || out === null) return null
  const imageIn = countOf(usage.promptTokensDetails, "IMAGE") ?? 0
  const textIn = Math.max(0, (usage.promptTokenCount ?? imageIn) - imageIn)
  return Math.ceil((out * rates.imageOutput + imageIn * rates.imageInput + textIn * rates.textInput) / 1_000_000)
}

const countOf = (details: Usage["candidatesTokensDetails"], modality: string): number | null => {
  const counts = (details ?? []).flatMap((entry) => (entry.modality === modality ? [entry.tokenCount ?? 0] : []))
  return counts.length === 0 ? null : counts.reduce((sum, count) => sum + count, 0)
}
