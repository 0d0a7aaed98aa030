import { wire } from "@image-skill/core/envelope/Wire"
import type { MediaProviderError, ProviderOutput, ProviderResult } from "@image-skill/core/media/MediaProvider"
import type { RemoteFetch } from "@image-skill/core/media/RemoteFetch"
import type { Model, TokenRates } from "@image-skill/core/models/Model"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { failure } from "./ProviderFailure.ts"
import { type Connection, download, type ProviderAnswer } from "./ProviderHttp.ts"
import { fromBase64, fromDataUrl, readJson } from "./ProviderReaders.ts"

const maybe = <S extends Schema.Constraint>(schema: S) => Schema.optionalKey(Schema.NullOr(schema))

const Tokens = wire({ textTokens: maybe(Schema.Number), imageTokens: maybe(Schema.Number) })

/** What the image API of OpenAI answers, and those that are modelled on it. Everything is optional: they differ. */
const ImageAnswer = wire({
  data: Schema.Array(
    wire({ b64Json: maybe(Schema.String), url: maybe(Schema.String), respectModeration: maybe(Schema.Boolean) })
  ),
  created: maybe(Schema.Number),
  size: maybe(Schema.String),
  quality: maybe(Schema.String),
  background: maybe(Schema.String),
  outputFormat: maybe(Schema.String),
  usage: maybe(
    wire({
      inputTokens: maybe(Schema.Number),
      inputTokensDetails: maybe(Tokens),
      outputTokens: maybe(Schema.Number),
      costInUsdTicks: maybe(Schema.Number)
    })
  )
})
export type ImageAnswer = typeof ImageAnswer.Type

/** More than this is taken for a mistake. */
const mostOutputBytes = 128 * 1024 * 1024

/** A paid answer that cannot be read settles nothing, so it is not taken for one. */
export const checked = (provider: string, { bytes }: ProviderAnswer): Effect.Effect<Uint8Array, MediaProviderError> =>
  Effect.as(readJson(provider, ImageAnswer, bytes, "unknown"), bytes)

/** The outputs of a kept answer, decoded or downloaded when they are needed. */
export const resultOf = Effect.fn("ImageAnswer.resultOf")(function* (
  connection: Pick<Connection, "provider" | "baseUrl">,
  bytes: Uint8Array,
  more: {
    readonly cost: (answer: ImageAnswer) => number | null
    readonly warnings: ReadonlyArray<string>
    readonly remote: Context.Context<RemoteFetch>
  }
): Effect.fn.Return<ProviderResult, MediaProviderError> {
  const { provider } = connection
  const answer = yield* readJson(provider, ImageAnswer, bytes, "rejected")
  const shown = answer.data.filter(({ respectModeration }) => respectModeration !== false)
  if (shown.length === 0 && answer.data.length > 0)
    return yield* failure(provider, "content_refused", "the content policy of the provider held the outputs back")
  const outputs = shown.flatMap((item) => outputOf(connection, item, more.remote))
  if (outputs.length === 0) return yield* failure(provider, "rejected", "the provider answered without an output")
  const { background = null, created = null, outputFormat = null, quality = null, size = null } = answer
  const held = answer.data.length - shown.length
  return {
    outputs,
    reportedMicroUsd: more.cost(answer),
    warnings: [
      ...more.warnings,
      ...(held === 0 ? [] : [`The content policy of the provider held ${held} of ${answer.data.length} outputs back.`])
    ],
    provenance: { background, created, output_format: outputFormat, quality, size }
  }
})

const outputOf = (
  connection: Pick<Connection, "provider" | "baseUrl">,
  { b64Json, url }: ImageAnswer["data"][number],
  remote: Context.Context<RemoteFetch>
): ReadonlyArray<ProviderOutput> => {
  const text = present(b64Json)
  if (text !== null) return [{ facts: {}, body: decoded(connection.provider, () => fromBase64(text)) }]
  const address = present(url)
  if (address === null) return []
  return /^data:/iu.test(address)
    ? [{ facts: {}, body: decoded(connection.provider, () => fromDataUrl(address)?.bytes ?? null) }]
    : [{ facts: {}, body: Stream.provideContext(download(connection, address, mostOutputBytes), remote) }]
}

const present = (text: string | null | undefined): string | null => (text === undefined || text === "" ? null : text)

const decoded = (provider: string, read: () => Uint8Array | null): Stream.Stream<Uint8Array, MediaProviderError> =>
  Stream.suspend(() => {
    const bytes = read()
    return bytes === null
      ? Stream.fail(failure(provider, "rejected", "an output of the provider cannot be decoded"))
      : Stream.succeed(bytes)
  })

/** What the reported tokens cost, in millionths of a US dollar, rounded up; null where either is unknown. */
export const tokenCost = (model: Model, { usage }: ImageAnswer): number | null => {
  const rates = ratesOf(model)
  if (rates === null || usage === null || usage === undefined) return null
  const { inputTokens, inputTokensDetails, outputTokens } = usage
  if (typeof outputTokens !== "number") return null
  const images = inputTokensDetails?.imageTokens ?? 0
  const texts = inputTokensDetails?.textTokens ?? 0
  // What the provider does not tell apart counts at the dearer rate.
  const rest = Math.max(0, (inputTokens ?? 0) - images - texts)
  const micros = outputTokens * rates.imageOutput + (images + rest) * rates.imageInput + texts * rates.textInput
  return Math.ceil(micros / 1_000_000)
}

const ratesOf = ({ price }: Model): TokenRates | null =>
  price._tag === "Usage" ? price.rates : price._tag === "Tiered" ? (price.rates ?? null) : null

/** Ticks are 1e-10 US dollar, ten thousand to the millionth; rounded up. */
export const tickCost = ({ usage }: ImageAnswer): number | null =>
  typeof usage?.costInUsdTicks === "number" ? Math.ceil(usage.costInUsdTicks / 10_000) : null
